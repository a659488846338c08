"""What a figure says in words: the finding as title, status and measure below it, the notes at its foot."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qdecon.charts.fonts import missing_glyphs
from qdecon.charts.words import EVIDENCE, PRICES, round_amount, unit_name
from qdecon.data.periods import interval_end
from qdecon.verdict.published import distance, width_unit
from qdecon.verdict.record import OFF_TRACK, ON_TRACK, STATUS_WORDS
from qdecon.verdict.wording import amount, chance, day, goal, listed

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from qdecon.data.observations import Source
    from qdecon.plan import Language
from qdecon.verdict.record import Verdict

CREDITS = 3  # so many sources are named at the foot
_NAMELESS = ("", "repost", "website", "press report")


def subject(verdict: Verdict, language: Language) -> str:
    """Name of what is judged: the indicator's where a figure can be drawn, else the target's."""
    return (verdict.trajectory.name if verdict.trajectory else verdict.target.label)[language]


def headline(verdict: Verdict, language: Language) -> str:
    """Finding of a verdict as a title: one statement of at most 15 English words or some 28 Chinese characters."""
    name, target, chinese = subject(verdict, language), verdict.target, language == "zh"
    year = target.deadline
    if target.years:
        return _every_year(verdict, language)
    if verdict.status == "met":
        if verdict.value is None:
            return f"{name}{year}年目标完成" if chinese else f"{name} met its {year} target"
        reached = amount(verdict.value, target.unit or "", language)
        return f"{name}{year}年达{reached}，目标完成" if chinese else f"{name} met its {year} target with {reached}"
    if verdict.status == "missed":
        gap = shortfall(verdict, language)
        if not gap:
            return f"{name}{year}年目标未完成" if chinese else f"{name} missed its {year} target"
        return f"{name}{year}年差{gap}，目标未完成" if chinese else f"{name} fell {gap} short of its {year} target"
    if verdict.status == "not_published":
        return _unpublished(verdict, language)
    if verdict.status == "not_assessable":
        return f"{name}：无法判断是否达标" if chinese else f"{name}: no verdict is possible"
    return _forecast(verdict, language)


def _every_year(verdict: Verdict, language: Language) -> str:
    name, chinese = subject(verdict, language), language == "zh"
    failed = [str(reading.year) for reading in verdict.years if reading.status == "missed"]
    if failed:
        years = listed(failed, language)
        return f"{name}：{years}年未达年度目标" if chinese else f"{name}: yearly target missed in {years}"
    state = STATUS_WORDS[verdict.status][language]
    return f"{name}：年度目标{state}" if chinese else f"{name}: yearly target {state}"


def _forecast(verdict: Verdict, language: Language) -> str:
    name, target = subject(verdict, language), verdict.target
    aim, year = round_amount(target.value or 0.0, target.unit or "", language), target.deadline
    odds = "" if verdict.probability is None else chance(verdict.probability)[language]
    verb = {"more_than": "超过", "at_most": "不超过"}.get(target.comparator or "", "达到")
    if verdict.assumed is not None:
        if language == "zh":
            return f"假定“{verdict.assumed.zh}”：{name}{year}年{verb}{aim}的可能性{odds}"
        return f'Assuming "{verdict.assumed.en}", {name} of {aim} in {year}: chance {odds}'
    if language == "zh":
        finding = {
            "on_track": f"{name}{year}年有望{verb}{aim}",
            "uncertain": f"{name}{year}年能否{verb}{aim}未定",
            "off_track": f"{name}{year}年难以{verb}{aim}",
        }[verdict.status]
        return f"{finding}，可能性{odds}" if odds else finding
    finding = {
        "on_track": f"{name} on track for {aim} in {year}",
        "uncertain": f"{name} may or may not reach {aim} in {year}",
        "off_track": f"{name} off track for {aim} in {year}",
    }[verdict.status]
    return f"{finding}: chance {odds}" if odds else finding


def _unpublished(verdict: Verdict, language: Language) -> str:
    name, year, odds = subject(verdict, language), verdict.target.deadline, verdict.probability
    lean = 1 if odds is None else 0 if odds <= OFF_TRACK else 2 if odds >= ON_TRACK else 1
    if language == "zh":
        return f"{name}{year}年未公布，" + ("很可能未达标", "达标与否无从判断", "很可能已达标")[lean]
    ends = ("; it probably missed its target", "", "; it probably met its target")
    return f"{name} for {year} was never published{ends[lean]}"


def shortfall(verdict: Verdict, language: Language) -> str:
    """Gap between target and published value: in percentage points for a share, else in per cent of the target.

    Returns
    -------
    str
        Empty if there is no value or no gap.
    """
    target, value = verdict.target, verdict.value
    if value is None or not target.value or value >= target.value:
        return ""
    return distance(value, target, language)


def subtitle(verdict: Verdict, language: Language, period: tuple[int, int]) -> str:
    """Measure, place, unit, price basis and period."""
    unit = verdict.trajectory.unit if verdict.trajectory else verdict.target.unit or ""
    prices = PRICES.get(verdict.target.price_basis) if unit == "亿元" else None
    name, written, first, last = subject(verdict, language), unit_name(unit, language), *period
    if language == "zh":
        years = f"{last}年" if first == last else f"{first}至{last}年"
        parts = [verdict.place.zh + name, written, prices.zh if prices else "", years]
        return "，".join(part for part in parts if part)
    years = f"{last}" if first == last else f"{first} to {last}"
    parts = [name, verdict.place.en, written, prices.en if prices else "", years]
    return ", ".join(part for part in parts if part)


def target_text(verdict: Verdict, language: Language) -> str:
    """Target as it is read: comparator, value, unit, year."""
    target = verdict.target
    if target.value is None:
        return ""
    aim = goal(target.value, target.unit or "", target.comparator)[language]
    if target.comparator == "about" and target.tolerance:
        width = amount(target.tolerance[0], width_unit(target), language)
        aim += f"（±{width}）" if language == "zh" else f" (±{width})"
    return f"{target.deadline}年{aim}" if language == "zh" else f"{aim} in {target.deadline}"


def status_text(verdict: Verdict, language: Language) -> str:
    """Status as a word with its number and the target; the symbol is drawn beside it."""
    target, chinese = verdict.target, language == "zh"
    parts = []
    if verdict.assumed is not None:
        parts.append(f"假定“{verdict.assumed.zh}”" if chinese else f'assuming "{verdict.assumed.en}"')
    if verdict.value is not None:
        reached = amount(verdict.value, target.unit or "", language)
        parts.append(f"{target.deadline}年{reached}" if chinese else f"{reached} in {target.deadline}")
    if verdict.probability is not None:
        odds = chance(verdict.probability)[language]
        known = verdict.probability_kind == "forecast"
        if chinese:
            parts.append(f"可能性{odds}" if known else f"按现有证据，已达标的可能性{odds}")
        else:
            parts.append(f"chance {odds}" if known else f"on the evidence, chance that it was met {odds}")
    parts.append(("目标：" if chinese else "target: ") + target_text(verdict, language))
    word = STATUS_WORDS[verdict.status][language]
    return f"{word}：{'；'.join(parts)}" if chinese else f"{word.capitalize()}: {'; '.join(parts)}"


def credit_line(sources: Iterable[Source], language: Language, as_of: dt.date) -> str:
    """Publishers and dates of sources, those that settle the verdict first, as they come.

    Examples
    --------
    >>> import qdecon as qd
    >>> city = qd.load("qingdao")
    >>> credit_line([city.sources["G22"]], "zh", city.as_of)
    '青岛政务网（2024-02-06）'
    """
    names = list(dict.fromkeys(_credit(each, language, as_of) for each in sources))
    more = "" if len(names) <= CREDITS else ("等" if language == "zh" else " and others")
    return listed(names[:CREDITS], language) + more


def _credit(source: Source, language: Language, as_of: dt.date) -> str:
    """Publisher and date; the title where no publisher is known, the id where the font cannot write it."""
    publisher = re.sub(r"\s*\([^)]*\)$", "", source.publisher)
    name = f"《{source.title}》" if publisher in _NAMELESS else publisher
    if missing_glyphs(name):
        name = source.id
    published = interval_end(source.date)
    if published is None or published > as_of:  # a page retrieved later: its own date says nothing of the figure
        return name
    return f"{name}（{source.date}）" if language == "zh" else f"{name} ({source.date})"


def note_lines(verdict: Verdict, language: Language, credit: str, *, from_zero: bool) -> list[str]:
    """Foot of a figure: source, as-of date, rule; and a warning where the axis does not start at zero."""
    assumed = verdict.assumed is not None
    grade, date, aim = EVIDENCE.get(verdict.evidence), day(verdict.as_of)[language], target_text(verdict, language)
    if language == "zh":
        weakest = f"（证据等级：{grade.zh}）" if grade else ""
        rule = f"判定规则：公布值{aim}为完成；未到期限者，可能性80%以上为在轨，20%以下为偏离。"
        source = f"资料来源：{credit}{weakest}。截至{date}。" + ("假定之下的结果，不是预测。" if assumed else "")
        return [source, rule + ("" if from_zero else "纵轴不从零开始。")]
    weakest = f" (evidence: {grade.en})" if grade else ""
    rule = f"Rule: met if the published figure is {aim}; before that, on track from 80% and off track up to 20%."
    supposed = " It follows from an assumption; no forecast." if assumed else ""
    return [
        f"Source: {credit}{weakest}. As of {date}.{supposed}",
        rule + ("" if from_zero else " Axis does not start at zero."),
    ]
