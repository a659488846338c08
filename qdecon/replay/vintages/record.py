"""One verdict as it stood on earlier dates, by what was known then.

What moved it from one date to the next is split in the order that :mod:`qdecon.replay.vintages.step` states.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from qdecon.data import known
from qdecon.errors import NotAvailable, UnknownName
from qdecon.plan import Bilingual
from qdecon.replay.vintages.inputs import Inputs, inputs
from qdecon.replay.vintages.step import (
    CAUSES,
    HARDLY,
    Step,
    figure_words,
    first_step,
    news,
    next_step,
    probability,
    standing_words,
)
from qdecon.verdict import STATUS_WORDS
from qdecon.verdict.published import RELEASE
from qdecon.verdict.wording import chance, day, joined, listed, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from qdecon.data import Dataset
    from qdecon.data.observations import Source
    from qdecon.plan import Language, Target


@dataclass(frozen=True)
class VerdictHistory:
    """The verdict of one target on one date after the other.

    Attributes
    ----------
    target : Target
    place : Bilingual
    steps : tuple of Step
        Oldest first.
    as_of : datetime.date
        The dataset's date: up to it, nothing else moved the verdict.
    names : mapping
        Names of the indicators that the verdict reads.
    credits : tuple of Source
        Sources of the verdicts and of what was released, latest first.
    sentence : Bilingual
        The whole in a few sentences.
    """

    target: Target
    place: Bilingual
    steps: tuple[Step, ...]
    as_of: dt.date
    names: Mapping[str, Bilingual]
    credits: tuple[Source, ...]
    sentence: Bilingual

    def __str__(self) -> str:
        return f"{wrapped(self.sentence.zh)}\n{wrapped(self.sentence.en)}"

    def to_frame(self, language: Language = "zh") -> pd.DataFrame:
        """One row a step.

        Returns
        -------
        pandas.DataFrame
            ``date status probability probability_kind change time revision peers figures turned_by released sources
            sentence``; probabilities and their changes from 0 to 1, NaN where there is none; words empty where there
            are none.
        """
        rows = [
            {
                "date": pd.Timestamp(step.date), "status": step.verdict.status,
                "probability": step.verdict.probability, "probability_kind": step.verdict.probability_kind or "",
                "change": step.change, **{cause: (step.parts or {}).get(cause) for cause in CAUSES},
                "turned_by": step.turned_by or "",
                "released": listed([figure_words(self.names, item, language) for item in step.released], language),
                "sources": ", ".join(dict.fromkeys(item.source for item in step.released)),
                "sentence": step.sentence[language],
            }
            for step in self.steps
        ]  # fmt: skip
        return pd.DataFrame(rows).astype(dict.fromkeys(("probability", "change", *CAUSES), float))


def history(dataset: Dataset, target_id: str, dates: Iterable[dt.date | str] | None = None) -> VerdictHistory:
    """Judge one target on earlier dates, each by what was known then.

    Parameters
    ----------
    dataset : Dataset
        From :func:`qdecon.load`; its as-of date is the last one possible.
    target_id : str
    dates : iterable of date or str, optional
        In any order. Default: the adoption, every date on which a figure of the target's own indicator became known or
        changed, and every date on which anything else moved the verdict: another figure that it reads, figures of
        other places (31 March), or a deadline passed in silence.

    Returns
    -------
    VerdictHistory

    Raises
    ------
    UnknownName
        If the plan has no such target, or a date is none.
    NotAvailable
        If a date lies before the adoption or after the as-of date, or there is none.

    Notes
    -----
    Other places' figures carry no publication dates and count as known by the rule of the data contract. How often past
    bands held is quoted from today's track record on every date; no probability depends on it.

    Examples
    --------
    >>> import qdecon as qd
    >>> told = history(qd.load("qingdao"), "t10", ["2025-02-28", "2024-02-28"])
    >>> [step.verdict.status for step in told.steps], told.steps[1].turned_by
    (['off_track', 'missed'], 'figures')
    """
    target = dataset.plan.target(target_id)
    needs = inputs(dataset, target)
    chosen = _dates_of_news(dataset, needs) if dates is None else _checked(dataset, target, dates)
    names = {name: dataset.indicator(name).name for name, _ in sorted(needs.cells)}
    steps = [first_step(dataset, needs, chosen[0])]
    for date in chosen[1:]:
        steps.append(next_step(dataset, needs, names, steps[-1].verdict, date))
    if dates is None:
        steps = [steps[0], *(now for one, now in pairwise(steps) if _tells(target, one, now))]
    cited = [name for step in reversed(steps) for name in (*step.verdict.sources, *(i.source for i in step.released))]
    return VerdictHistory(
        target, dataset.plan.place, tuple(steps), dataset.as_of, names,
        tuple(dataset.sources[name] for name in dict.fromkeys(cited) if name in dataset.sources),
        _summary(target, names, steps),
    )  # fmt: skip


def _tells(target: Target, before: Step, step: Step) -> bool:
    """Whether a step moved the verdict, or brought a figure of the target's own indicator."""
    return step.standing != before.standing or any(item.indicator == target.indicator for item in step.released)


def _dates_of_news(dataset: Dataset, needs: Inputs) -> list[dt.date]:
    """The adoption, and every later date on which something that the verdict reads changed."""
    old = known(dataset, _adopted(dataset, needs.target))
    releases = {item.known for item in dataset.observations if (item.indicator, item.period.part) in needs.cells}
    falls_due = {dt.date(year, *RELEASE) for year in range(old.as_of.year, dataset.as_of.year + 1)}
    chosen = [old.as_of]
    for date in sorted(each for each in releases | falls_due if old.as_of < each <= dataset.as_of):
        new = known(dataset, date)
        if needs.released(old, new) or needs.peer_year(old, new) or needs.fell_due(old.as_of, date):
            chosen.append(date)
        old = new
    return chosen


def _adopted(dataset: Dataset, target: Target) -> dt.date:
    return max(target.adopted, dataset.plan.published)


def _checked(dataset: Dataset, target: Target, dates: Iterable[dt.date | str]) -> list[dt.date]:
    """Dates in order, each once.

    Raises
    ------
    NotAvailable
        If there is none, or one lies before the adoption or after the as-of date.
    """
    chosen, start = sorted({_date(each) for each in dates}), _adopted(dataset, target)
    remedy = f"choose dates from {start} to {dataset.as_of}"
    if not chosen:
        raise NotAvailable("there is no date to judge on", "argument dates", remedy)
    if chosen[0] < start:
        raise NotAvailable(f"the target {target.id} did not exist on {chosen[0]}", "argument dates", remedy)
    if chosen[-1] > dataset.as_of:
        raise NotAvailable(f"the dataset ends before {chosen[-1]}", "argument dates", remedy)
    return chosen


def _date(date: dt.date | str) -> dt.date:
    if isinstance(date, dt.date):
        return date
    try:
        return dt.date.fromisoformat(date)
    except ValueError as error:
        raise UnknownName(f"no date: {date!r}", "argument dates", "write YYYY-MM-DD") from error


def _summary(target: Target, names: Mapping[str, Bilingual], steps: Sequence[Step]) -> Bilingual:
    """The whole in a few sentences: both ends, the largest fall and rise, every turn of the status."""
    ends = steps if len(steps) == 1 else (steps[0], steps[-1])
    told = [(day(each.date), standing_words(each.verdict)) for each in ends]
    head = Bilingual(
        f"{target.label.zh}：" + "；".join(f"{on.zh}{state.zh}" for on, state in told) + "。",
        f"{target.label.en}: " + "; ".join(f"{state.en} on {on.en}" for on, state in told) + ".",
    )
    turns = [steps[0], *(now for one, now in pairwise(steps) if one.verdict.status != now.verdict.status)]
    runs = [(STATUS_WORDS[step.verdict.status], day(step.date)) for step in turns]
    verdicts = Bilingual(
        "判断先后为：" + listed([f"{status.zh}（{on.zh}起）" for status, on in runs], "zh") + "。",
        "Verdicts: " + listed([f"{status.en} from {on.en}" for status, on in runs], "en") + ".",
    )
    return joined(head, *(_largest(names, steps, sign) for sign in (-1, 1)), verdicts if len(runs) > 2 else None)


def _largest(names: Mapping[str, Bilingual], steps: Sequence[Step], sign: int) -> Bilingual | None:
    """The largest fall (-1) or rise (1) that has a figure; None if it would not show in words."""
    place = max(range(len(steps)), key=lambda each: sign * (steps[each].change or 0.0))
    step = steps[place]
    if sign * (step.change or 0.0) < HARDLY:
        return None
    before, after = (chance(probability(each.verdict)) for each in (steps[place - 1], step))
    if before == after:  # both beyond what the record supports telling apart
        return None
    on, came, kind = (
        day(step.date),
        news(names, step),
        Bilingual("下降", "fall") if sign < 0 else Bilingual("上升", "rise"),
    )
    return Bilingual(
        f"最大的一次{kind.zh}在{on.zh}，由{before.zh}到{after.zh}" + (f"，新公布{came.zh}。" if came.zh else "。"),
        f"The largest {kind.en}, from {before.en} to {after.en}, came on {on.en}"
        + (f" with {came.en}." if came.en else "."),
    )
