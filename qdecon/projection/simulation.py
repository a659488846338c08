"""Joint paths for many series at once, drawn from whole error paths: quantiles and the chance of a threshold.

A finite reference class needs no draws (see :func:`qdecon.projection.combine`). Draws are for panels in which every
series has shocks of its own, say "how many of 300 cities reach it". Each series is seeded by its own name, so that its
numbers do not depend on which others are simulated beside it.

A sample from m error paths is how often each was drawn. Sorted by their error in a year, the running total of these
counts gives every quantile of that year exactly, so that paths are never written out and never sorted.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qdecon.errors import NotAvailable
from qdecon.models import Array, Forecast

if TYPE_CHECKING:
    from collections.abc import Sequence

LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)


@dataclass(frozen=True)
class Simulation:
    """What is kept of the paths.

    Attributes
    ----------
    quantiles : ndarray, shape (series, horizon, 7)
        At 2.5, 10, 25, 50, 75, 90 and 97.5 %, in the unit of the values.
    chance : ndarray, shape (series,)
        Share of paths at or above the threshold in the last year.
    draws : int
        Paths a series.
    """

    quantiles: Array
    chance: Array
    draws: int


def simulate(made: Forecast, shapes: Array, threshold: Array, names: Sequence[str], draws: int = 10_000) -> Simulation:
    """Draw whole error paths for every series and summarise them.

    Parameters
    ----------
    made : Forecast
        Path and spread, shape (series, horizon).
    shapes : ndarray, shape (m, horizon)
        Error paths in units of the spread one to ``horizon`` years ahead, each of one origin, so that errors of
        neighbouring years belong together.
    threshold : ndarray, shape (series,)
    names : sequence of str
        Seed of each series.
    draws : int

    Raises
    ------
    NotAvailable
        If shapes, thresholds or names do not fit the forecast.

    Examples
    --------
    >>> made = Forecast(np.array([[10.0]]), np.array([[1.0]]))
    >>> simulate(made, np.array([[-1.0], [1.0]]), np.array([10.0]), ["town"]).chance.round(1)
    array([0.5])
    """
    series, horizon = made.path.shape
    if shapes.ndim != 2 or shapes.shape[1] != horizon or len(threshold) != series or len(names) != series:
        raise NotAvailable(
            f"{series} series of {horizon} years do not fit {len(threshold)} thresholds, {len(names)} names and shapes "
            f"of {shapes.shape}",
            "arguments shapes, threshold, names",
            "give one threshold and name a series, and error paths of the forecast's horizon",
        )
    order = np.argsort(shapes, axis=0).T
    ranked = np.take_along_axis(shapes.T, order, axis=1)
    wanted = np.round(np.array(LEVELS) * (draws - 1)) + 1
    quantiles, chance = np.empty((series, horizon, len(LEVELS))), np.empty(series)
    for row, name in enumerate(names):
        picked = np.random.default_rng(zlib.crc32(name.encode())).integers(len(shapes), size=draws, dtype=np.uint32)
        counts = np.bincount(picked, minlength=len(shapes))
        passed = np.cumsum(counts[order], axis=1)
        for year in range(horizon):
            quantiles[row, year] = ranked[year, np.searchsorted(passed[year], wanted)]
        met = made.path[row, -1] + made.spread[row, -1] * shapes[:, -1] >= threshold[row]
        chance[row] = counts[met].sum() / draws
    return Simulation(made.path[:, :, None] + made.spread[:, :, None] * quantiles, chance, draws)
