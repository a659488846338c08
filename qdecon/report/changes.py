"""What moved: every verdict on two dates, and every change of a verdict since the plan was adopted."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from qdecon.plan import Bilingual
from qdecon.replay import history

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from qdecon.data import Dataset, Observation
    from qdecon.plan import Target
    from qdecon.replay.vintages import VerdictHistory
    from qdecon.verdict import Verdict


@dataclass(frozen=True)
class Standing:
    """A verdict on one date, as far as a table of changes prints it; the chance is rounded as it is printed."""

    status: str
    chance: float | None = None
    kind: str | None = None
    value: float | None = None


@dataclass(frozen=True)
class Move:
    """One target between two dates, in plain values that can be stored.

    Attributes
    ----------
    target : str
    date : str
        The later date, YYYY-MM-DD.
    before : Standing or None
        None if the target did not exist then.
    after : Standing
    chinese, english : str
        What became known and what it did.
    """

    target: str
    date: str
    before: Standing | None
    after: Standing
    chinese: str = ""
    english: str = ""

    @property
    def moved(self) -> bool:
        """Whether the status, the chance as it is printed, or the published value changed."""
        return self.before != self.after

    @property
    def sentence(self) -> Bilingual:
        """What became known and what it did."""
        return Bilingual(self.chinese, self.english)

    @property
    def key(self) -> str:
        """Names the move once and for all, for a feed."""
        return f"{self.target}/{self.date}"

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Move:
        """A move from what ``dataclasses.asdict`` made of it."""
        before = None if record["before"] is None else Standing(**record["before"])
        return cls(**{**record, "before": before, "after": Standing(**record["after"])})


def standing(verdict: Verdict) -> Standing:
    """What a table of changes prints of a verdict."""
    chance = None if verdict.probability is None else round(verdict.probability, 2)
    return Standing(verdict.status, chance, verdict.probability_kind, verdict.value)


def move_since(dataset: Dataset, target: Target, since: dt.date, now: Verdict) -> Move:
    """Compare the verdict of a target on two dates.

    Parameters
    ----------
    dataset : Dataset
    target : Target
    since : datetime.date
        The earlier one.
    now : Verdict
        On the dataset's date.

    Returns
    -------
    Move
        With the causes told if the target existed on the earlier date.

    Examples
    --------
    >>> import datetime as dt
    >>> import qdecon as qd
    >>> city = qd.load("qingdao")
    >>> move = move_since(city, city.plan.target("t10"), dt.date(2024, 6, 30), qd.assess(city, "t10"))
    >>> move.before.status, move.after.status, move.moved
    ('off_track', 'missed', True)
    """
    date = dataset.as_of.isoformat()
    if since < max(target.adopted, dataset.plan.published):
        return Move(target.id, date, None, standing(now))
    first, *rest = history(dataset, target.id, [since, dataset.as_of]).steps
    told = rest[-1].sentence if rest else Bilingual("", "")
    return Move(target.id, date, standing(first.verdict), standing(now), told.zh, told.en)


def turns(told: VerdictHistory) -> tuple[Move, ...]:
    """Every change of the status in a history, oldest first."""
    return tuple(
        Move(
            told.target.id, other.date.isoformat(), standing(one.verdict), standing(other.verdict),
            other.sentence.zh, other.sentence.en,
        )
        for one, other in pairwise(told.steps)
        if one.verdict.status != other.verdict.status
    )  # fmt: skip


def released(dataset: Dataset, since: dt.date) -> tuple[Observation, ...]:
    """Usable figures that became known after a date, latest first."""
    items = [item for item in dataset.observations if item.usable and since < item.known <= dataset.as_of]
    return tuple(sorted(items, key=lambda item: (item.known, item.year, item.row), reverse=True))
