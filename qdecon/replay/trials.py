"""Trials: targets set at past origins whose outcome is known, so that any judgement of them can be scored.

Two ways of setting a target. By *ratio*: half-way through, the target is where the observed pace is R times the pace
needed from the base; that is what an on-track ratio sees, and R close to 1 is where it has to decide. By *stretch*: at
the base a planner asks for the recent pace times a stretch, as planners do, and the plan is judged every year of its
run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qdecon.errors import NotAvailable
from qdecon.models import Array
from qdecon.projection import History
from qdecon.rules import Course

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

RATIOS = (0.60, 0.80, 0.95, 1.05, 1.20, 1.50)
STRETCHES = (0.8, 1.0, 1.1, 1.25)
SLOWEST = 0.005  # yearly growth below which a ratio of paces means little
ROUNDING = 1e-9  # of a logarithm: what adding up changes may lose


@dataclass(frozen=True)
class Trials:
    """Targets for positive annual series, the state of each at the moment of judgement, and whether they were met.

    All values are logarithms relative to the base year.

    Attributes
    ----------
    protocol : {"ratio", "stretch"}
    history : History
        Yearly changes of the series in logs.
    row, base, origin, deadline : ndarray of int, shape (n,)
        Row of the history; base year, year of judgement (the last figure known) and year of the target.
    asked : ndarray, shape (n,)
        Logarithm of target over base.
    setting : ndarray, shape (n,)
        The ratio or the stretch.
    done : ndarray, shape (n,)
        Logarithm of the figure of the origin over that of the base.
    met : ndarray of bool, shape (n,)
    """

    protocol: str
    history: History
    row: NDArray[np.int_]
    base: NDArray[np.int_]
    origin: NDArray[np.int_]
    deadline: NDArray[np.int_]
    asked: Array
    setting: Array
    done: Array
    met: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.row)

    @property
    def left(self) -> NDArray[np.int_]:
        """Years from the origin to the deadline."""
        return self.deadline - self.origin

    @property
    def used(self) -> Array:
        """Share of the time from base to deadline that has passed."""
        return (self.origin - self.base) / (self.deadline - self.base)

    @property
    def needed(self) -> Array:
        """Logarithm of the target over the figure of the origin."""
        return self.asked - self.done

    def take(self, kept: NDArray[np.bool_]) -> Trials:
        """Some of the trials."""
        names = ("row", "base", "origin", "deadline", "asked", "setting", "done", "met")
        return Trials(self.protocol, self.history, *(getattr(self, name)[kept] for name in names))

    def courses(self) -> Iterator[Course]:
        """What a published rule is given: the figures from base to origin, the base being 1."""
        first = self.history.first
        for row, base, origin, deadline, asked in zip(
            self.row, self.base, self.origin, self.deadline, self.asked, strict=True
        ):
            changes = self.history.changes[row, base + 1 - first : origin + 1 - first]
            values = np.exp(np.cumsum(np.concatenate([[0.0], changes])))
            yield Course(np.arange(base, origin + 1), values, "up", float(np.exp(asked)), int(deadline))


def history_of(series: Sequence[Array]) -> History:
    """Yearly log changes of series without known years; the first change of each stands in year 1.

    Raises
    ------
    NotAvailable
        If no series has all its values above nought: those that have not are left as gaps.

    Examples
    --------
    >>> history_of([np.array([1.0, 2.0, 4.0]), np.array([0.0, 1.0])]).changes.round(3)
    array([[0.693, 0.693],
           [  nan,   nan]])
    """
    changes = np.full((len(series), max(map(len, series), default=1) - 1), np.nan)
    for row, values in enumerate(series):
        if (values > 0).all():
            changes[row, : len(values) - 1] = np.diff(np.log(values))
    if not np.isfinite(changes).any():
        raise NotAvailable("no series has all its values above nought", "argument series", "give levels")
    return History(changes, 1)


def ratio_trials(
    history: History, *, gone: int = 5, left: int = 5, points: int = 11, ratios: Sequence[float] = RATIOS
) -> Trials:
    """Targets for which the observed pace is ``ratio`` times the pace needed from the base.

    Parameters
    ----------
    history : History
    gone, left : int
        Years from base to origin and from origin to deadline.
    points : int
        Values needed up to the origin.
    ratios : sequence of float

    Examples
    --------
    >>> made = ratio_trials(history_of([1.05 ** np.arange(16.0)]), ratios=(0.95, 1.05))
    >>> made.met, made.used  # steady growth keeps its pace: met from R = 1 on
    (array([False,  True]), array([0.5, 0.5]))
    """
    row, origin = _known(history, points, back=gone, ahead=left)
    pace = np.expm1(_change(history, row, origin - gone, origin) / gone)
    row, origin, pace = (each[pace > SLOWEST] for each in (row, origin, pace))
    setting = np.repeat(ratios, len(row))
    asked = (gone + left) * np.log1p(np.tile(pace, len(ratios)) / setting)
    row, origin = (np.tile(each, len(ratios)) for each in (row, origin))
    return _judged("ratio", history, row, origin - gone, origin, origin + left, asked, setting)


def stretch_trials(
    history: History, *, years: int = 5, past: int = 5, points: int = 6, stretches: Sequence[float] = STRETCHES
) -> Trials:
    """Targets of plans of ``years`` years that ask for the pace of the last ``past`` years times a stretch.

    A plan is judged after each year of its run but the last. Series that did not grow get no plan.

    Parameters
    ----------
    history : History
    years, past : int
    points : int
        Values needed up to the base.
    stretches : sequence of float

    Examples
    --------
    >>> made = stretch_trials(history_of([1.05 ** np.arange(9.0)]), years=3, stretches=(1.0, 1.1))
    >>> made.used.round(2), made.met
    (array([0.33, 0.67, 0.33, 0.67]), array([ True,  True, False, False]))
    """
    row, base = _known(history, points, back=past, ahead=years)
    pace = np.expm1(_change(history, row, base - past, base) / past)
    row, base, pace = (each[pace > SLOWEST] for each in (row, base, pace))
    passed, setting = np.tile(np.arange(1, years), len(stretches)), np.repeat(stretches, years - 1)
    row, base, pace = (np.repeat(each, len(passed)) for each in (row, base, pace))
    plans = len(row) // len(passed)
    passed, setting = np.tile(passed, plans), np.tile(setting, plans)
    asked = years * np.log1p(pace * setting)
    return _judged("stretch", history, row, base, base + passed, base + years, asked, setting)


def _known(history: History, points: int, *, back: int, ahead: int) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    """Row and year of every origin with so many values behind it and as many years known to either side."""
    row, place = np.nonzero(history.runs() >= points - 1)
    year = place + history.first
    whole = _change(history, row, year - back, year + ahead)
    return row[np.isfinite(whole)], year[np.isfinite(whole)]


def _change(history: History, row: NDArray[np.int_], begin: NDArray[np.int_], end: NDArray[np.int_]) -> Array:
    """Change of each row between two years; NaN if a year in between is not known."""
    last = history.first + history.changes.shape[1] - 1
    padded = np.pad(history.changes, ((0, 0), (1, 0)))  # column 0 is the year before the first change
    total, gaps = np.cumsum(np.nan_to_num(padded), axis=1), np.cumsum(np.isnan(padded), axis=1)
    inside = (begin >= history.first - 1) & (end <= last)
    first, final = (np.clip(each - history.first + 1, 0, padded.shape[1] - 1) for each in (begin, end))
    whole = inside & (gaps[row, final] == gaps[row, first])
    return np.where(whole, total[row, final] - total[row, first], np.nan)


def _judged(
    protocol: str,
    history: History,
    row: NDArray[np.int_],
    base: NDArray[np.int_],
    origin: NDArray[np.int_],
    deadline: NDArray[np.int_],
    asked: Array,
    setting: Array,
) -> Trials:
    """What had been done by the origin, and whether the target was met; a figure equal to the target meets it."""
    done, reached = _change(history, row, base, origin), _change(history, row, base, deadline)
    return Trials(
        protocol, history, row, base, origin, deadline, asked, np.asarray(setting), done, reached >= asked - ROUNDING
    )
