"""Targets that hold every year: each year by itself, then the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qdecon.plan import Bilingual, satisfies
from qdecon.verdict.context import related_figures
from qdecon.verdict.published import bounded_flow, cited, due, enclosing, figure, weakest, window_words
from qdecon.verdict.record import STATUS_WORDS, Status, Verdict, YearReading
from qdecon.verdict.wording import amount, goal, joined, listed, months

if TYPE_CHECKING:
    from qdecon.data import Dataset, Observation
    from qdecon.plan import Target


def every_year(dataset: Dataset, target: Target) -> Verdict:
    """Judge a target of every year: one missed year breaks it, all met years keep it, silence leaves it open."""
    used: list[Observation] = []
    readings = tuple(_one_year(dataset, target, year, used) for year in target.years)
    statuses = {each.status for each in readings}
    status: Status
    if "missed" in statuses:
        status = "missed"
    elif statuses == {"met"}:
        status = "met"
    elif "not_assessable" in statuses:
        status = "not_assessable"
    else:
        status = "not_published"
    aim = goal(target.value or 0, target.unit or "", target.comparator)
    head = Bilingual(
        f"{target.label.zh}（每年{aim.zh}）：{STATUS_WORDS[status].zh}。",
        f"{target.label.en} ({aim.en} every year): {STATUS_WORDS[status].en}.",
    )
    body = [each.sentence for each in readings if each.status not in ("not_published", "not_assessable")]
    silent = [each.year for each in readings if each.status == "not_published"]
    ahead = [each.year for each in readings if each.status == "not_assessable"]
    if silent:
        body.append(
            Bilingual(
                f"{listed([str(year) for year in silent], 'zh')}年没有单独公布的数字。",
                f"No separate figure was published for {listed([str(year) for year in silent], 'en')}.",
            )
        )
        together = _together(dataset, target, silent, used)
        if together is not None:
            body.append(together)
    if ahead:
        body.append(
            Bilingual(
                f"{listed([str(year) for year in ahead], 'zh')}年的数字尚未到公布时间。",
                f"Figures for {listed([str(year) for year in ahead], 'en')} are not due yet.",
            )
        )
    partial = _partial_year(dataset, target, used)
    final = readings[-1]
    return Verdict(
        target, status, dataset.as_of, joined(head, *body, partial, related_figures(dataset, target)), value=final.value,
        evidence=weakest(tuple(used)), sources=cited(tuple(used)), years=readings,
    )  # fmt: skip


def _one_year(dataset: Dataset, target: Target, year: int, used: list[Observation]) -> YearReading:
    found = figure(dataset, target, year)
    if found is not None:
        kept = satisfies(found.value, target)
        used.extend(found.used)
        status: Status = "met" if kept else "missed"
        shown = Bilingual(amount(found.value, target.unit or "", "zh"), amount(found.value, target.unit or "", "en"))
        sentence = Bilingual(
            f"{year}年{shown.zh}，{STATUS_WORDS[status].zh}。", f"{year}: {shown.en}, {STATUS_WORDS[status].en}."
        )
        return YearReading(year, status, found.value, sentence)
    bound = bounded_flow(dataset, target, year)
    if bound is not None:
        status, window = bound
        words = window_words(window)
        used.extend((window.first, window.last))
        if status == "missed":
            sentence = Bilingual(
                f"{year}年：{words.zh}，这段时间包含整个{year}年；若计数是累计且可比的，则按上限判定未完成。",
                f"{year}: {words.en}, over a window that holds all of {year}: missed by bound, if the counts are cumulative and like "
                "for like.",
            )
        else:
            sentence = Bilingual(
                f"{year}年：{words.zh}，都在{year}年之内；若计数是累计且可比的，则按下限判定完成。",
                f"{year}: {words.en}, all inside {year}: met by bound, if the counts are cumulative and like for like.",
            )
        return YearReading(year, status, None, sentence)
    if due(year, dataset.as_of):
        return YearReading(year, "not_published", None, Bilingual(f"{year}年未公布。", f"{year}: not published."))
    return YearReading(year, "not_assessable", None, Bilingual(f"{year}年尚未到公布时间。", f"{year}: not due yet."))


def _together(dataset: Dataset, target: Target, silent: list[int], used: list[Observation]) -> Bilingual | None:
    """What the cumulative count says about the silent years together, and which splits would keep the promise."""
    stock = dataset.indicator(target.indicator or "").stock
    if stock is None or target.value is None or silent != list(range(silent[0], silent[-1] + 1)):
        return None
    window = enclosing(dataset, stock, silent[0], silent[-1])
    if window is None:
        return None
    used.extend((window.first, window.last))
    words = window_words(window)
    years_zh, years_en = f"{silent[0]}—{silent[-1]}年", f"{silent[0]}-{silent[-1]}"
    most = window.change - target.value * (len(silent) - 1)
    need = Bilingual("", "")
    if window.change < target.value * len(silent):
        need = Bilingual("，合计已不足。", ", too few for all of them together.")
    elif len(silent) > 1 and most < 2 * target.value:
        need = Bilingual(
            f"，分年不详；要每年都达标，任一年须在{target.value:,.0f}到{most:,.0f}之间。",
            f", the split is unknown; to keep the promise every year, each must lie between {target.value:,.0f} and {most:,.0f}.",
        )
    else:
        need = Bilingual("，分年不详。", ", the split is unknown.")
    return Bilingual(f"{years_zh}合计：{words.zh}{need.zh}", f"{years_en} together: {words.en}{need.en}")


def _partial_year(dataset: Dataset, target: Target, used: list[Observation]) -> Bilingual | None:
    """A part of a year, told as context."""
    parts = [
        item
        for item in dataset.observations
        if item.indicator == target.indicator
        and item.period.part == "partial"
        and item.usable
        and item.value is not None
    ]
    if not parts:
        return None
    last = parts[-1]
    used.append(last)
    if target.measure == "points_per_year":
        name = dataset.indicator(last.indicator).name
        return Bilingual(
            f"{name.zh}只有{last.year}年{months(last.period.month).zh}的数字（{amount(last.value or 0, last.unit, 'zh')}），算不出年增幅。",
            f"{name.en} is known only for {months(last.period.month).en} of {last.year} "
            f"({amount(last.value or 0, last.unit, 'en')}): no yearly rise can be formed.",
        )
    return Bilingual(
        f"只有{last.year}年{months(last.period.month).zh}的数字：{amount(last.value or 0, last.unit, 'zh')}。",
        f"Only {months(last.period.month).en} of {last.year} is known: {amount(last.value or 0, last.unit, 'en')}.",
    )
