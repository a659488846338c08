"""One target asked of many places: a verdict a place, the best first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from qdecon.errors import NotAvailable, UnknownName
from qdecon.plan import Bilingual
from qdecon.verdict.judge import assess
from qdecon.verdict.record import STATUS_WORDS, STATUSES, Status, Verdict
from qdecon.verdict.wording import amount, columns, day, goal, inside, joined, percent

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from qdecon.data import Dataset
    from qdecon.plan import Language, Target

BEST_FIRST: tuple[Status, ...] = (
    "met", "on_track", "uncertain", "off_track", "missed", "not_published", "not_assessable",
)  # fmt: skip
RARE, SURE = 0.05, 0.95  # beyond, a chance is told only as a bound
SEVERAL = Bilingual("各地已公布的数字", "Published figures of several places")


@dataclass(frozen=True)
class Standing:
    """Where every place stands on one common target.

    Attributes
    ----------
    target : Target
        With the name of its indicator as label, unless it has one.
    as_of : datetime.date
        The latest as-of date among the places.
    among : Bilingual
        What the places' figures are, where it is the same for all.
    verdicts : tuple of Verdict
        By status from the best, then by figure or chance; equals in the order given.

    Examples
    --------
    >>> import qdecon as qd
    >>> from qdecon.data.gathering import peers
    >>> from qdecon.plan import common_target
    >>> doubled = common_target("gdp", "multiple_of_baseline", "at_least", 2, "倍", 2018, baseline=2008)
    >>> standing = qd.scorecard(peers(), doubled)
    >>> len(standing.verdicts), standing["Qingdao"].status
    (36, 'met')
    """

    target: Target
    as_of: dt.date
    among: Bilingual
    verdicts: tuple[Verdict, ...]

    def __getitem__(self, place: str) -> Verdict:
        for verdict in self.verdicts:
            if place in (verdict.place.zh, verdict.place.en):
                return verdict
        known = ", ".join(f"{verdict.place.zh} ({verdict.place.en})" for verdict in self.verdicts)
        raise UnknownName(f"unknown place {place!r}", "argument place", f"choose one of {known}")

    def counts(self) -> dict[Status, int]:
        """Places by status."""
        tally = Counter(verdict.status for verdict in self.verdicts)
        return {status: tally[status] for status in STATUSES}

    def aim(self) -> Bilingual:
        """The target in words: indicator, figure, year."""
        target = self.target
        asked = goal(target.value or 0, target.unit or "", target.comparator)
        since = Bilingual("", "")
        if target.baseline is not None:
            since = Bilingual(f"与{target.baseline}年之比", f" that of {target.baseline}")
        return Bilingual(
            f"{target.label.zh}{target.deadline}年{since.zh}{asked.zh}",
            f"{inside(target.label.en)} in {target.deadline} {asked.en}{since.en}",
        )

    def summary(self) -> Bilingual:
        """The standing in one sentence, and what is plain of all places alike."""
        count, when, aim, tally = len(self.verdicts), day(self.as_of), self.aim(), self.counts()
        shown = [status for status in BEST_FIRST if tally[status]]
        head = Bilingual(
            f"截至{when.zh}，{count}个地方按同一目标（{aim.zh}）判断："
            + "、".join(f"{tally[status]}个{STATUS_WORDS[status].zh}" for status in shown)
            + "。",
            f"As of {when.en}, {count} place{'' if count == 1 else 's'} judged by one target ({aim.en}): "
            + ", ".join(f"{tally[status]} {STATUS_WORDS[status].en}" for status in shown)
            + ".",
        )
        silent = None
        if tally["not_published"] == count:
            silent = Bilingual(
                f"没有一个地方公布{self.target.deadline}年的这一数字，因此一个也不能核对。",
                f"No figure of it for {self.target.deadline} is published for any of them in these data, so none can be settled.",
            )
        return joined(head, silent, _whose(self.target))

    def to_records(self) -> list[dict[str, Any]]:
        """One plain record a place, rounded at the rim."""
        return [
            {"place_zh": verdict.place.zh, "place_en": verdict.place.en} | verdict.to_record()
            for verdict in self.verdicts
        ]

    def to_frame(self, language: Language = "zh") -> pd.DataFrame:
        """The table that can be quoted: one row a place."""
        return pd.DataFrame([_row(verdict, language) for verdict in self.verdicts])

    def text(self, language: Language = "zh") -> str:
        """The standing for a terminal: the summary, then a line a place without its sentence."""
        table = [_row(verdict, language) for verdict in self.verdicts]
        names = list(table[0])[:-1]
        widths = {name: max(columns(name), *(columns(each[name]) for each in table)) for name in names}
        lines = [
            "  ".join(each[name] + " " * (widths[name] - columns(each[name])) for name in names).rstrip()
            for each in (dict(zip(names, names, strict=True)), *table)
        ]
        return "\n".join([self.summary()[language], "", *lines])

    def __str__(self) -> str:
        return self.text("zh")


def stand(datasets: Mapping[str, Dataset], target: Target) -> Standing:
    """Judge every place by one target.

    Parameters
    ----------
    datasets : mapping
        Name to dataset, for instance from :func:`qdecon.peers`.
    target : Target
        From :func:`qdecon.plan.common_target`, or a plan's.

    Raises
    ------
    NotAvailable
        If there are no datasets, or no figure could settle the target.
    UnknownName
        If an indicator is not defined, or its unit is another.
    """
    if not datasets:
        raise NotAvailable(
            "there are no places to judge", "argument dataset", "pass at least one, as qdecon.peers gives"
        )
    if not target.assessable or target.years or target.indicator is None:
        raise NotAvailable(
            f"target {target.id} names no figure of one year",
            "argument target",
            "state one by qdecon.plan.common_target",
        )
    named = target if target.label.zh else replace(target, label=_named(next(iter(datasets.values())), target))
    verdicts = [_verdict(dataset, named) for dataset in datasets.values()]
    titles = {dataset.plan.title for dataset in datasets.values()}
    return Standing(
        named,
        max(dataset.as_of for dataset in datasets.values()),
        titles.pop() if len(titles) == 1 else SEVERAL,
        tuple(sorted(verdicts, key=_place_in_line)),
    )


def _named(dataset: Dataset, target: Target) -> Bilingual:
    return dataset.indicator(target.indicator or "").name


def _verdict(dataset: Dataset, target: Target) -> Verdict:
    """The verdict of one place, which says that the target is not its own.

    Raises
    ------
    UnknownName
        If its unit is not that of the indicator.
    """
    indicator = dataset.indicator(target.indicator or "")
    multiple = target.measure == "multiple_of_baseline"
    wanted = "倍" if multiple else "百分点" if target.measure == "points_per_year" else indicator.unit
    if target.unit != wanted:
        raise UnknownName(f"unit of the target: {target.unit!r}", "argument target", f"state its value in {wanted}")
    # A rate has no growth from here to there, so that it is judged as a share is.
    asked = replace(target, measure="share") if indicator.kind == "rate" and target.measure == "level" else target
    alone = replace(dataset, plan=replace(dataset.plan, targets=(asked,)))
    verdict = assess(alone, asked.id)
    place = dataset.plan.place
    own = None if target in dataset.plan.targets else _whose(target, place)
    credited = tuple(dataset.sources[name] for name in verdict.sources if name in dataset.sources)
    return replace(
        verdict, target=target, place=place, sentence=joined(verdict.sentence, own), credits=verdict.credits or credited
    )


def _whose(target: Target, place: Bilingual | None = None) -> Bilingual:
    """Whose target it is: never that of the places judged by it."""
    where = place or Bilingual("这些地方", "these places")
    if target.strength == "own":
        return Bilingual(
            f"这个目标由分析者自拟，不是{where.zh}提出的。",
            f"The target is the analyst's own; {where.en} did not set it.",
        )
    return Bilingual(
        f"这个目标取自另一份文件，不是{where.zh}提出的。",
        f"The target is taken from another plan; {where.en} did not set it.",
    )


def _place_in_line(verdict: Verdict) -> tuple[int, float, float]:
    """Status from the best, then the chance as far as it is told, then the figure; under a ceiling the lower is better."""
    target, span = verdict.target, verdict.projected
    figure = verdict.value if verdict.value is not None else span.median if span is not None else None
    odds = min(max(verdict.probability or 0.0, RARE), SURE)
    if figure is None:
        return BEST_FIRST.index(verdict.status), -odds, 0.0
    if target.comparator == "about":
        figure = -abs(figure - (target.value or 0.0))
    return BEST_FIRST.index(verdict.status), -odds, figure if target.comparator == "at_most" else -figure


def _row(verdict: Verdict, language: Language) -> dict[str, str]:
    """One place as words."""
    target, chinese, span = verdict.target, language == "zh", verdict.projected
    unit = target.unit or ""
    names = (
        ("地方", "公布值", "预测中位数", "80%区间", "还需年增", "判断", "概率", "一句话")
        if chinese
        else ("place", "published", "median", "80% interval", "needs a year", "verdict", "probability", "sentence")
    )
    cells = (
        verdict.place[language],
        "" if verdict.value is None else amount(verdict.value, unit, language),
        "" if span is None else amount(span.median, unit, language),
        "" if span is None else f"{amount(span.lo80, unit, language)}–{amount(span.hi80, unit, language)}",
        "" if verdict.required_growth is None else percent(verdict.required_growth),
        STATUS_WORDS[verdict.status][language],
        _odds(verdict)[language],
        verdict.sentence[language],
    )
    return dict(zip(names, cells, strict=True))


def _odds(verdict: Verdict) -> Bilingual:
    """A probability for a table cell, marked where it is about a figure never published."""
    odds = verdict.probability
    if odds is None:
        return Bilingual("", "")
    text = "<5%" if odds < RARE else ">95%" if odds > SURE else f"{100 * odds:.0f}%"
    if verdict.probability_kind == "unpublished_outcome":
        return Bilingual(f"{text}（未公布）", f"{text} (unpublished)")
    return Bilingual(text, text)
