"""One other way to read a verdict, and the other ways to read its clause.

A reading of the clause or of the figures is the same dataset with one thing changed, judged as always. A reading of the
model asks the same question of another model that the library has. The base reading is not among them: it holds by
definition and would flatter every count.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from qdecon.plan import Bilingual
from qdecon.verdict.judge import assess
from qdecon.verdict.outlook import status_of
from qdecon.verdict.published import figure, width_unit
from qdecon.verdict.record import STATUS_WORDS
from qdecon.verdict.wording import amount

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qdecon.data import Dataset
    from qdecon.plan import Target
    from qdecon.verdict.record import Status, Verdict

Kind = Literal["clause", "data", "model"]
Side = Literal["met", "missed", "open", "unknown"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_SIDES: dict[Status, Side] = {
    "met": "met", "on_track": "met", "missed": "missed", "off_track": "missed", "uncertain": "open",
}  # fmt: skip
_LEANS: dict[Side, Bilingual] = {
    "met": Bilingual("，很可能已达标", ", probably met"),
    "missed": Bilingual("，很可能未达标", ", probably missed"),
    "open": Bilingual("，达标与否难定", ", open"),
    "unknown": Bilingual("", ""),
}


@dataclass(frozen=True)
class Reading:
    """A verdict under one reading.

    Attributes
    ----------
    id : str
    kind : {"clause", "data", "model"}
    name : Bilingual
        What is read otherwise, as it follows "if".
    status : str
    side : {"met", "missed", "open", "unknown"}
        Side of the target: of a figure, or of a probability from 0.8 or up to 0.2.
    probability : float or None
    value : float or None
        Published, estimated from a part of the year, or the median projected, in the unit of the target.
    """

    id: str
    kind: Kind
    name: Bilingual
    status: Status
    side: Side
    probability: float | None = None
    value: float | None = None

    @property
    def finding(self) -> Bilingual:
        """Status in words, and for a figure never published which way the evidence leans."""
        words = STATUS_WORDS[self.status]
        lean = _LEANS[self.side if self.status == "not_published" else "unknown"]
        return Bilingual(words.zh + lean.zh, words.en + lean.en)


class Change(NamedTuple):
    """A dataset in which one thing is read otherwise, and the target to judge in it."""

    id: str
    name: Bilingual
    dataset: Dataset
    target_id: str


def from_verdict(verdict: Verdict, name: str, kind: Kind, words: Bilingual) -> Reading:
    """A verdict as a reading."""
    value = verdict.projected.median if verdict.value is None and verdict.projected else verdict.value
    side = _SIDES.get(verdict.status) or side_of(verdict.probability)
    return Reading(name, kind, words, verdict.status, side, verdict.probability, value)


def side_of(probability: float | None) -> Side:
    """Side of the target that a probability speaks for.

    Examples
    --------
    >>> side_of(0.8), side_of(0.5), side_of(0.2), side_of(None)
    ('met', 'open', 'missed', 'unknown')
    """
    return "unknown" if probability is None else _SIDES[status_of(probability)]


def judged(change: Change, kind: Kind) -> Reading:
    """A changed dataset, judged as always."""
    return from_verdict(assess(change.dataset, change.target_id), change.id, kind, change.name)


def clause_readings(dataset: Dataset, target: Target, *, silent: bool) -> tuple[Reading, ...]:
    """Other deadlines of the same clause (never successors), strict or not, the wider width, the base a year off.

    Where nothing is published (``silent``), any wording leads to the same silence, and only deadlines are readings.
    """
    changes = [*_deadlines(dataset, target), *(() if silent else _wordings(dataset, target))]
    return tuple(judged(change, "clause") for change in changes)


def _deadlines(dataset: Dataset, target: Target) -> Iterator[Change]:
    first = target.reading_of or target.id
    others = [each for each in dataset.plan.targets if first in (each.id, each.reading_of) and each.id != target.id]
    for other in sorted(others, key=lambda each: (each.deadline or 0, each.id)):
        if other.deadline is None:
            name = Bilingual(f"按{other.id}读", f"it is read as {other.id}")
            yield Change(f"reading-{other.id}", name, dataset, other.id)
        else:
            name = Bilingual(f"期限读作{other.deadline}年", f"the deadline is read as {other.deadline}")
            yield Change(f"deadline-{other.deadline}", name, dataset, other.id)


def _wordings(dataset: Dataset, target: Target) -> Iterator[Change]:
    if target.comparator == "at_least":
        name = Bilingual("“不低于”读作“超过”", '"at least" is read as "more than"')
        yield Change("strict", name, _with(dataset, replace(target, comparator="more_than")), target.id)
    if target.comparator == "more_than":
        name = Bilingual("“超过”读作“不低于”", '"more than" is read as "at least"')
        yield Change("not-strict", name, _with(dataset, replace(target, comparator="at_least")), target.id)
    if target.comparator == "about":
        unit, widths = width_unit(target), target.tolerance[::-1]
        zh, en = amount(widths[0], unit, "zh"), amount(widths[0], unit, "en")
        name = Bilingual(f"“约”放宽到±{zh}", f'"about" allows {en} either way')
        yield Change("width", name, _with(dataset, replace(target, tolerance=widths)), target.id)
    for year in () if target.baseline is None else (target.baseline - 1, target.baseline + 1):
        moved = replace(target, baseline=year)
        if figure(dataset, moved, target.deadline or 0) is not None:
            name = Bilingual(f"基数取{year}年", f"the base is {year}")
            yield Change(f"base-{year}", name, _with(dataset, moved), target.id)


def _with(dataset: Dataset, target: Target) -> Dataset:
    """The dataset in which a target is read otherwise."""
    targets = tuple(target if each.id == target.id else each for each in dataset.plan.targets)
    return replace(dataset, plan=replace(dataset.plan, targets=targets))
