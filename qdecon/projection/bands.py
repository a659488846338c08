"""Bands for a panel of any series: the default model's path plus quantiles of the errors it really made on that panel.

How a band is made
------------------
1. The model is replayed at past origins of every series; for h years ahead the last four origins whose outcome is known
   are kept. Each error is divided by the spread that the model itself expected for h years ahead, so that errors of
   all series and lengths are comparable.
2. A panel is calmer or wilder today than it was then. Errors of an origin are rescaled by how large one-step errors
   were in the panel over the years they span, compared with the newest ones (in full for a large panel, half-way for
   fifty series, since a handful says little about calm).
3. Quantiles of the pooled errors are split into a symmetric part, which is the width, and the rest, which is bias. Bias
   is carried on only as far as earlier origins agree about it: by m^2 / (m^2 + s^2), with mean and variance of the
   origins' median one-step errors.
4. A small panel says little about its own quantiles. Its width is averaged with the one measured on public annual
   competition series, with a weight of n / (n + 150) for n series; a single series has practically the latter alone.

Steps use nothing that was not known at the last origin. Source: pooled conformal prediction (Vovk, Gammerman and Shafer
2005) with scaled scores; DECISIONS.md says why each step is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qdecon.errors import NotAvailable
from qdecon.models.batch import Batch, forecast
from qdecon.models.protocol import Array, Forecast

if TYPE_CHECKING:
    from qdecon.models.protocol import Model

LEVELS = np.array([0.025, *np.round(np.arange(0.05, 0.96, 0.05), 2), 0.975])
ADAPTS = 50  # with so many series the newest errors move a band half-way
ORIGINS = 4  # for each number of years ahead
MEMORY = 8  # origins that must agree about a bias
SHIPPED_WEIGHT = 150  # the shipped quantiles count as so many series
LARGEST = 1024  # series that are replayed; more would not change a quantile in its second digit
NEVER_MOVED = 1e6  # an error of so many spreads is that of a series that stood still until then; it measures nothing
TAIL = 0.8  # the quantile of absolute errors that measures how calm a panel is


@dataclass(frozen=True)
class Calibration:
    """Quantiles of scaled errors.

    Attributes
    ----------
    levels : ndarray, shape (k,)
        Between 0 and 1, symmetric about one half.
    multipliers : ndarray, shape (horizon, k)
        Quantiles in units of the model's own spread.
    series : int
        Series of the panel that were replayed.
    carried : float
        How much of past bias is carried on, 0 to 1.
    note : str
        What the quantiles rest on, in words.
    """

    levels: Array
    multipliers: Array
    series: int
    carried: float
    note: str

    def quantiles(self, made: Forecast) -> Array:
        """Quantiles of every series, shape (series, horizon, k), in the unit of the values."""
        return made.path[:, :, None] + made.spread[:, :, None] * self.multipliers[: made.path.shape[1]]


def calibrate(series: Batch, model: Model, horizon: int, shipped: Array) -> Calibration:
    """Replay a model on a panel and turn its errors into quantiles.

    Parameters
    ----------
    series : Batch
        The panel up to the origin; nothing after it.
    horizon : int
    shipped : ndarray, shape (at least horizon, k)
        Symmetric quantiles at ``LEVELS`` measured elsewhere.

    Returns
    -------
    Calibration
    """
    few = series.every(-(-series.size // LARGEST))
    return calibration(scaled_errors(few, model, horizon, horizon + ORIGINS - 1), shipped)


def calibration(errors: Array, shipped: Array) -> Calibration:
    """Turn scaled errors into quantiles.

    Parameters
    ----------
    errors : ndarray, shape (series, origins, horizon)
        From :func:`scaled_errors`, newest origin first.
    shipped : ndarray, shape (at least horizon, k)

    Raises
    ------
    NotAvailable
        If the shipped quantiles do not reach that far.

    Examples
    --------
    >>> nothing = np.full((1, 4, 1), np.nan)
    >>> calibration(nothing, np.ones((1, 21))).note
    'quantiles measured on public annual series'
    """
    horizon = errors.shape[2]
    if len(shipped) < horizon:
        raise NotAvailable(
            f"quantiles reach {len(shipped)} years ahead, not {horizon}", "argument horizon", "ask for a nearer year"
        )
    replayed = int(np.isfinite(errors[:, 0, 0]).sum())
    if not replayed:
        return Calibration(LEVELS, shipped[:horizon], 0, 0.0, "quantiles measured on public annual series")
    calm = np.array([_tail(errors[:, back, 0]) for back in range(errors.shape[1])])
    share, adapts = replayed / (replayed + SHIPPED_WEIGHT), replayed / (replayed + ADAPTS)
    carried = _carried(errors[:, :, 0])
    rows = []
    for ahead in range(1, horizon + 1):
        pool = np.concatenate([_as_calm(errors, calm, back, ahead, adapts) for back in range(ahead, ahead + ORIGINS)])
        if not len(pool):
            rows.append(shipped[ahead - 1])
            continue
        quantile = np.quantile(pool, LEVELS)
        width, bias = (quantile - quantile[::-1]) / 2, (quantile + quantile[::-1]) / 2
        middle = bias[len(LEVELS) // 2]
        skew = min(carried, share) * (bias - middle)  # more of it than of the width, and quantiles could cross
        rows.append(share * width + (1 - share) * shipped[ahead - 1] + carried * middle + skew)
    note = f"quantiles of {replayed} series of the panel, with a weight of {share:.0%}, and of public annual series"
    return Calibration(LEVELS, np.array(rows), replayed, carried, note)


def _as_calm(errors: Array, calm: Array, back: int, ahead: int, adapts: float) -> Array:
    """Known errors of the origin ``back`` years ago, as large as they would be in the newest year."""
    if back > errors.shape[1]:
        return np.empty(0)
    known = errors[:, back - 1, ahead - 1]
    known = known[np.isfinite(known)]
    then = calm[back - ahead : back]
    return known * (calm[0] / np.mean(then)) ** adapts if then.all() and calm[0] else known


def scaled_errors(series: Batch, model: Model, horizon: int, origins: int) -> Array:
    """Errors of a model at the last origins of a panel, in units of the spread it expected.

    Returns
    -------
    ndarray, shape (size, origins, horizon)
        Origin 0 lies one year before the last value; NaN where the outcome is not known or a series is too short.
    """
    made = forecast(model, series.origins(1, origins), horizon)
    path, spread = (each.reshape(series.size, origins, horizon) for each in (made.path, made.spread))
    with np.errstate(invalid="ignore", divide="ignore"):
        errors = (outcomes(series, 1, origins, horizon) - path) / spread
    return np.where(np.abs(errors) < NEVER_MOVED, errors, np.nan)


def outcomes(series: Batch, first: int, origins: int, horizon: int) -> Array:
    """What came after each origin, shape (size, origins, horizon); NaN where it is not known yet."""
    known = series.latest(first + origins - 1)
    padded = np.concatenate([known, np.full((series.size, horizon), np.nan)], axis=1)
    starts = origins - 1 - np.arange(origins)  # the newest origin begins ``first`` years before the end
    return padded[:, starts[:, None] + np.arange(horizon)]


def _tail(errors: Array) -> float:
    known = errors[np.isfinite(errors)]
    return float(np.quantile(np.abs(known), TAIL)) if len(known) else 0.0


def _carried(one_step: Array) -> float:
    """Share of past bias that earlier origins agree about."""
    medians = np.array([np.median(column[np.isfinite(column)]) for column in one_step.T if np.isfinite(column).any()])
    medians = medians[:MEMORY]
    if len(medians) < 2 or not medians.any():
        return 0.0
    return float(medians.mean() ** 2 / (medians.mean() ** 2 + medians.var(ddof=1)))
