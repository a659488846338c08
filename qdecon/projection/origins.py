"""A model replayed at every past origin of a panel: its error paths, and the one-step spread that scales them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qdecon.models import Model

WINDOW = 20  # longest memory of model and spread, in yearly changes
PRIOR = 5  # the panel's median spread counts as so many one-step errors
FEWEST = 5  # yearly changes before an origin


@dataclass(frozen=True)
class Origins:
    """The same model replayed at every origin of a panel.

    Attributes
    ----------
    place, year : ndarray of int, shape (n,)
        Row of the panel and origin year.
    errors : ndarray, shape (n, horizon)
        Actual minus projected change since the origin; NaN where the future is unknown or crosses a splice.
    paths : ndarray, shape (n, horizon)
        Projected change.
    spread : ndarray, shape (n,)
        One-step spread at the origin, shrunk to the panel.
    """

    place: NDArray[np.int_]
    year: NDArray[np.int_]
    errors: NDArray[np.float64]
    paths: NDArray[np.float64]
    spread: NDArray[np.float64]


def replay_origins(
    changes: NDArray[np.float64], first: int, model: Model, horizon: int, fewest: int = FEWEST
) -> Origins:
    """Run a model at every origin of a panel that has enough yearly changes without a gap.

    Parameters
    ----------
    changes : ndarray, shape (places, years)
        Yearly changes on the model's scale; NaN where none can be formed.
    first : int
        Year of the first column.
    horizon : int
        Years ahead.
    fewest : int
        Yearly changes needed before an origin.

    Returns
    -------
    Origins
    """
    places, years = changes.shape
    runs = np.zeros((places, years), dtype=int)
    for column in range(years):
        before = runs[:, column - 1] if column else 0
        runs[:, column] = np.where(np.isnan(changes[:, column]), 0, before + 1)
    paths = np.full((places, years, horizon), np.nan)
    enough = min(fewest, model.needs + 1)
    capped = np.minimum(runs, WINDOW)
    for length in np.unique(capped[capped >= enough]):
        rows, columns = np.nonzero(capped == length)
        past = changes[rows[:, None], columns[:, None] + np.arange(1 - length, 1)]
        paths[rows, columns] = model.path(past, horizon)
    future = np.full((places, years, horizon), np.nan)
    for ahead in range(1, horizon + 1):
        future[:, : years - ahead, ahead - 1] = changes[:, ahead:]
    errors = np.cumsum(future, axis=2) - paths
    spread = _shrunk_spread(_one_step_squares(errors[:, :, 0], runs), runs >= fewest)
    rows, columns = np.nonzero((runs >= fewest) & ~np.isnan(spread))
    return Origins(rows, columns + first, errors[rows, columns], paths[rows, columns], spread[rows, columns])


def _one_step_squares(
    one_step: NDArray[np.float64], runs: NDArray[np.int_]
) -> tuple[NDArray[np.float64], NDArray[np.int_]]:
    """Sum and count of squared one-step errors known at each origin, inside its run and window."""
    places, years = one_step.shape
    totals, counts = np.zeros((places, years)), np.zeros((places, years), dtype=int)
    for column in range(years):
        for back in range(1, min(WINDOW, column) + 1):
            made = one_step[:, column - back]
            inside = (runs[:, column] > back) & ~np.isnan(made)
            totals[:, column] += np.where(inside, np.nan_to_num(made) ** 2, 0.0)
            counts[:, column] += inside
    return totals, counts


def _shrunk_spread(
    squares: tuple[NDArray[np.float64], NDArray[np.int_]], eligible: NDArray[np.bool_]
) -> NDArray[np.float64]:
    totals, counts = squares
    out = np.full(totals.shape, np.nan)
    for column in range(totals.shape[1]):
        usable = eligible[:, column] & (counts[:, column] > 0)
        if usable.any():
            typical = float(np.median(totals[usable, column] / counts[usable, column]))
            out[:, column] = np.sqrt((totals[:, column] + PRIOR * typical) / (counts[:, column] + PRIOR))
    return out


def own_spread(changes: NDArray[np.float64], model: Model, typical: float) -> float:
    """One-step spread of one series, shrunk towards the typical spread of its peers.

    Parameters
    ----------
    changes : ndarray, shape (years,)
    typical : float
        The panel's median spread.
    """
    row = np.atleast_2d(changes)
    squares = [
        float((row[0, end] - model.path(row[:, max(0, end - WINDOW) : end], 1)[0, 0]) ** 2)
        for end in range(max(model.needs + 1, row.shape[1] - WINDOW), row.shape[1])
    ]
    return float(np.sqrt((sum(squares) + PRIOR * typical**2) / (len(squares) + PRIOR)))
