"""A model replayed at every past origin of a panel of places: its error paths, and the spread that scales them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from qdecon.models import LOG, Scale

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qdecon.models import Model

WINDOW = 20  # longest memory of the model, in yearly changes
PRIOR = 5  # the panel's median variance counts as so many yearly changes
FEWEST = 5  # yearly changes before an origin


@dataclass(frozen=True)
class History:
    """Yearly changes of several places on one scale.

    Attributes
    ----------
    changes : ndarray, shape (places, years)
        NaN where none can be formed inside one basis.
    first : int
        Year of the first column.
    scale : Scale
        Where the changes live: logs for levels, log-odds for shares.
    """

    changes: NDArray[np.float64]
    first: int
    scale: Scale = LOG

    def until(self, year: int) -> History:
        """The history as known at the end of a year."""
        return History(self.changes[:, : max(year - self.first + 1, 0)], self.first, self.scale)

    def runs(self) -> NDArray[np.int_]:
        """Number of yearly changes without a gap up to each year, at most ``WINDOW``; shape (places, years)."""
        runs = np.zeros(self.changes.shape, dtype=int)
        for column in range(self.changes.shape[1]):
            before = runs[:, column - 1] if column else 0
            runs[:, column] = np.where(np.isnan(self.changes[:, column]), 0, before + 1)
        return np.minimum(runs, WINDOW)


@dataclass(frozen=True)
class Origins:
    """The same model replayed at every origin of a panel.

    Attributes
    ----------
    place, year : ndarray of int, shape (n,)
        Row of the panel and origin year.
    errors : ndarray, shape (n, horizon)
        Actual minus projected change since the origin; NaN where the future is unknown or crosses a splice.
    moves : ndarray, shape (n, horizon)
        Projected change.
    expected : ndarray, shape (n, horizon)
        Error that the model itself expected.
    spread : ndarray, shape (n,)
        The same one year ahead, shrunk to the panel.
    """

    place: NDArray[np.int_]
    year: NDArray[np.int_]
    errors: NDArray[np.float64]
    moves: NDArray[np.float64]
    expected: NDArray[np.float64]
    spread: NDArray[np.float64]

    def complete(self) -> NDArray[np.bool_]:
        """Which error paths are known to their end."""
        return np.asarray(~np.isnan(self.errors).any(axis=1))


def moved(
    model: Model, changes: NDArray[np.float64], horizon: int, scale: Scale = LOG
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Project series given by their yearly changes.

    Parameters
    ----------
    changes : ndarray, shape (series, years)
        On the scale, without gaps.

    Returns
    -------
    tuple of ndarray, each of shape (series, horizon)
        Change since the last value and the spread that the model expects, both on the scale.

    Examples
    --------
    >>> from qdecon.models import Drift
    >>> moved(Drift(LOG), np.array([[0.04, 0.06]]), 2)[0].round(6)
    array([[0.05, 0.1 ]])
    """
    rebuilt = np.cumsum(changes, axis=1)
    values = scale.back(np.concatenate([np.zeros((len(changes), 1)), rebuilt], axis=1) - rebuilt[:, -1:])
    made = model.forecast(values, horizon)
    return scale.forth(made.path) - scale.forth(values[:, -1:]), made.spread / scale.slope(made.path)


def replay_origins(history: History, model: Model, horizon: int, fewest: int = FEWEST) -> Origins:
    """Run a model at every origin of a panel that has enough yearly changes without a gap.

    Parameters
    ----------
    history : History
    horizon : int
        Years ahead.
    fewest : int
        Yearly changes needed before an origin.

    Returns
    -------
    Origins
        Read-only: many places ask the same of the nation and of other countries, which is computed once by its values.
    """
    changes = np.ascontiguousarray(history.changes)
    series = changes.tobytes(), changes.shape, history.first, history.scale
    return _replayed(*series, model, horizon, fewest)  # type: ignore[arg-type]  # models are frozen values


@lru_cache(maxsize=16)
def _replayed(
    body: bytes, shape: tuple[int, ...], first: int, scale: Scale, model: Model, horizon: int, fewest: int
) -> Origins:
    history = History(np.frombuffer(body, dtype=float).reshape(shape), first, scale)
    changes, runs = history.changes, history.runs()
    places, years = changes.shape
    moves, expected = np.full((2, places, years, horizon), np.nan)
    for length in np.unique(runs[runs >= max(fewest, model.needs - 1)]):
        rows, columns = np.nonzero(runs == length)
        past = changes[rows[:, None], columns[:, None] + np.arange(1 - length, 1)]
        moves[rows, columns], expected[rows, columns] = moved(model, past, horizon, history.scale)
    future = np.full((places, years, horizon), np.nan)
    for ahead in range(1, min(horizon, years - 1) + 1):
        future[:, : years - ahead, ahead - 1] = changes[:, ahead:]
    errors = np.cumsum(future, axis=2) - moves
    variance = expected[:, :, 0] ** 2
    rows, columns = np.nonzero(~np.isnan(variance))
    spread = np.sqrt(_shrunk(variance, runs))[rows, columns]
    made = (rows, columns + history.first, errors[rows, columns], moves[rows, columns], expected[rows, columns], spread)
    for array in made:
        array.setflags(write=False)
    return Origins(*made)


def _shrunk(variance: NDArray[np.float64], runs: NDArray[np.int_]) -> NDArray[np.float64]:
    """Variances drawn towards the median of their year, which counts as ``PRIOR`` yearly changes."""
    known = ~np.isnan(variance).all(axis=0)
    typical = np.full(variance.shape[1], np.nan)
    typical[known] = np.nanmedian(variance[:, known], axis=0)
    return np.asarray((runs * variance + PRIOR * typical) / (runs + PRIOR))


def own_spread(changes: NDArray[np.float64], model: Model, typical: float, scale: Scale = LOG) -> float:
    """Error that the model expects of one series one year ahead, shrunk towards the typical one of its peers.

    Parameters
    ----------
    changes : ndarray, shape (years,)
    typical : float
        The panel's median spread.
    """
    last = changes[-WINDOW:]
    if len(last) < model.needs - 1:
        return typical
    spread = float(moved(model, last[None, :], 1, scale)[1][0, 0])
    return float(np.sqrt((len(last) * spread**2 + PRIOR * typical**2) / (len(last) + PRIOR)))
