"""The batch engine: exponential smoothing over a whole grid of parameters, for a whole panel, in two matrix products.

The model
---------
A level ``l``, a trend ``b`` and a lasting drift ``m`` follow one series of innovations ``e`` (Hyndman, Koehler, Ord and
Snyder 2008, chapter 2; the drift that a damped trend returns to is added)::

    y(t) = l(t-1) + m + phi b(t-1) + e(t)
    l(t) = l(t-1) + m + phi b(t-1) + alpha e(t)
    b(t) =                phi b(t-1) + beta e(t)

Why two products suffice
------------------------
Fix ``(alpha, beta, phi)``. Yearly changes ``d(t) = y(t) - y(t-1)`` no longer hold the first level::

    d(t) = m + phi^t b(0) + e(t) + (phi beta - 1 + alpha) e(t-1) + phi^2 beta e(t-2) + phi^3 beta e(t-3) + ...

so with ``e ~ N(0, s^2)``, ``b(0) ~ N(0, s^2 / p)`` and ``m ~ N(0, s^2 / q)`` the changes are Gaussian with covariance
``s^2 K``, ``K = D D' + x x' / p + 1 1' / q``, where D holds the coefficients above and x the powers of phi. K depends
on the parameters and on the length alone, never on the data. Split K at the last observed year into past and future:

* the sum of squared one-step errors is a quadratic form of the changes, ``S = d' P d`` with ``P = inv(K_pp)``,
* the forecast is a fixed weight on every change, ``W d`` with ``W = K_fp inv(K_pp)``, summed up over the years ahead,
* its variance is ``S / n`` times the diagonal of ``K_ff - W K_pf``, summed up likewise.

A precision of nought (p = 0 or q = 0) leaves that state free; it is then solved by least squares, which is the limit.
With s^2 integrated out, a point of the grid has the posterior weight ``|K_pp|^(-1/2) S^(-n/2)``; averaging with these
weights carries the uncertainty of the parameters into path and spread, instead of picking one winner. A bounded grid is
the prior: ten to twenty points cannot move far from it, and should not.

For a panel, the products ``d_i d_j`` of every series times the stacked P give S for all series and all grid points; the
weights, times the stacked W, give each series' own averaged weights on its changes. A rolling origin is the same with a
shorter length. Operators are cached by length; no series is ever looped over.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from qdecon.models.protocol import Array, Forecast, checked
from qdecon.models.scale import LEVEL, Scale

if TYPE_CHECKING:
    from collections.abc import Sequence

BLOCK = 256  # series worked on at once, so that a block stays in the processor's cache
RESOLUTION = 1e-13  # squared errors below this share of the squared changes are rounding
TINY = np.finfo(float).tiny  # so that a series that never moved fits every grid point alike


@dataclass(frozen=True)
class Innovations:
    """Exponential smoothing averaged over a grid of parameters.

    Attributes
    ----------
    alpha : tuple of float
        Smoothing of the level; above 1 a change tends to be followed by another one of its sign.
    beta : tuple of float
        Smoothing of the trend, as a share of alpha; 0 with ``trend=None`` for no trend.
    phi : tuple of float
        Damping of the trend a year.
    trend : float or None
        Precision p of the first trend in units of the innovations' variance; 0 leaves it free, None drops it.
    drift : float or None
        Precision q of the lasting drift, likewise.
    scale : Scale
        Where the innovations live.

    Examples
    --------
    >>> drift = Innovations("drift", alpha=(1.0,), drift=0.0)
    >>> drift.forecast(np.array([[1.0, 2.0, 5.0, 7.0]]), 2).path
    array([[ 9., 11.]])
    """

    name: str
    alpha: tuple[float, ...] = (1.0,)
    beta: tuple[float, ...] = (0.0,)
    phi: tuple[float, ...] = (1.0,)
    trend: float | None = None
    drift: float | None = None
    scale: Scale = LEVEL
    source: str = "Hyndman, Koehler, Ord and Snyder (2008), chapters 2 and 5"
    needs: int = 4

    @property
    def formula(self) -> str:
        """Equations and grid in one line."""
        parts = ["m" if self.drift is not None else "", "phi b(t-1)" if self.trend is not None else ""]
        moves = " + ".join(part for part in parts if part) or "0"
        return (
            f"y(t) = l(t-1) + {moves} + e(t) on the {self.scale.kind}, averaged over alpha in {self.alpha}, "
            f"beta/alpha in {self.beta}, phi in {self.phi}"
        )

    @property
    def grid(self) -> tuple[tuple[float, float, float], ...]:
        """Every (alpha, beta, phi)."""
        return tuple((alpha, alpha * share, phi) for alpha, share, phi in product(self.alpha, self.beta, self.phi))

    def forecast(self, values: Array, horizon: int) -> Forecast:
        """Posterior mean path of every series, anchored at its last value."""
        return forecast_together((self,), checked(values, horizon, self.needs, self.name), horizon)[0]

    def average(self, changes: Array, products: Array, horizon: int) -> tuple[Array, Array]:
        """Change since the last value and its standard deviation, averaged over the grid.

        Parameters
        ----------
        changes : ndarray, shape (series, n)
            Yearly changes on the scale.
        products : ndarray, shape (series, n (n + 1) / 2)
            Their :func:`pairs`.

        Returns
        -------
        tuple of ndarray, each of shape (series, horizon)
        """
        made = operators(self.grid, self.trend, self.drift, changes.shape[1], horizon)
        squares, weight = made.posterior(changes, products)
        each = (changes @ made.weights).reshape(len(changes), len(made.prior), horizon)
        moves = np.matmul(weight[:, None, :], each)[:, 0]
        inside = (weight * squares) @ made.variance
        between = np.matmul(weight[:, None, :], each**2)[:, 0] - moves**2
        return moves, np.sqrt(inside + np.maximum(between, 0.0))


def forecast_together(models: Sequence[Innovations], values: Array, horizon: int) -> list[Forecast]:
    """Forecasts of several models on one scale, which share the changes and their products.

    Parameters
    ----------
    models : sequence of Innovations
        All on the scale of the first.
    values : ndarray, shape (series, years)

    Returns
    -------
    list of Forecast
    """
    scale = models[0].scale
    scaled = scale.forth(values)
    moves, spread = np.empty((2, len(models), len(values), horizon))
    for start in range(0, len(values), BLOCK):
        block = slice(start, start + BLOCK)
        changes = np.diff(scaled[block], axis=1)
        products = pairs(changes)
        for place, model in enumerate(models):
            moves[place, block], spread[place, block] = model.average(changes, products, horizon)
    paths = scale.back(scaled[:, -1:] + moves)
    return [Forecast(path, each * scale.slope(path)) for path, each in zip(paths, spread, strict=True)]


@dataclass(frozen=True)
class Operators:
    """What depends on parameters and length alone; m is the number of grid points, h the horizon.

    Attributes
    ----------
    precision : ndarray, shape (n (n + 1) / 2, m)
        Weights of the products of changes in the sum of squared one-step errors.
    weights : ndarray, shape (n, m h)
        Weights of the changes in the change since the last value.
    variance : ndarray, shape (m, h)
        Variance of that change for a sum of squares of 1.
    prior : ndarray, shape (m,)
        Log posterior weight for a sum of squares of 1, up to what all grid points share.
    degrees : int
        Changes less the states left free.
    """

    precision: Array
    weights: Array
    variance: Array
    prior: Array
    degrees: int

    def posterior(self, changes: Array, products: Array) -> tuple[Array, Array]:
        """Sum of squared one-step errors and weight of every grid point, each of shape (series, m)."""
        own = products[:, : changes.shape[1]].sum(axis=1, keepdims=True)  # the squares come first
        squares = np.maximum(products @ self.precision, RESOLUTION * own + TINY)
        weight = self.prior - 0.5 * self.degrees * np.log(squares)
        weight = np.exp(weight - weight.max(axis=1, keepdims=True))
        return squares, weight / weight.sum(axis=1, keepdims=True)


@lru_cache(maxsize=4096)
def operators(
    grid: tuple[tuple[float, float, float], ...], trend: float | None, drift: float | None, n: int, horizon: int
) -> Operators:
    """Operators of a grid for series of ``n`` yearly changes."""
    years, free = n + horizon, (trend == 0) + (drift == 0)
    made = response(grid, years)
    cover = made @ made.transpose(0, 2, 1)
    inverse = np.linalg.inv(cover[:, :n, :n])
    carried = cover[:, n:, :n] @ inverse
    rest = cover[:, n:, n:] - carried @ cover[:, :n, n:]
    shapes, known = _states(grid, trend, drift, years)
    past, future = shapes[:, :n], shapes[:, n:] - carried @ shapes[:, :n]
    turned = past.transpose(0, 2, 1) @ inverse
    inner = turned @ past + np.diag(known)
    solved = np.linalg.solve(inner, turned)  # least squares where a precision is nought, shrunk elsewhere
    precision = inverse - inverse @ past @ solved
    summed = np.tril(np.ones((horizon, horizon)))
    weights = summed @ (carried + future @ solved)
    variance = summed @ (rest + future @ np.linalg.solve(inner, future.transpose(0, 2, 1))) @ summed.T
    log_det = np.linalg.slogdet(cover[:, :n, :n])[1] + np.linalg.slogdet(inner)[1]
    return Operators(
        precision=_packed(np.asarray(precision)),
        weights=np.ascontiguousarray(weights.transpose(2, 0, 1)).reshape(n, -1),
        variance=np.diagonal(variance, axis1=1, axis2=2) / (n - free),
        prior=-0.5 * log_det,
        degrees=n - free,
    )


def _states(
    grid: tuple[tuple[float, float, float], ...], trend: float | None, drift: float | None, years: int
) -> tuple[Array, Array]:
    """How first trend and lasting drift show in the yearly changes, shape (m, years, states), and their precisions."""
    phi = np.array([point[2] for point in grid])
    fading: Array = phi[:, None] ** np.arange(1.0, years + 1)
    states: list[tuple[Array, float | None]] = [(fading, trend), (np.ones_like(fading), drift)]
    kept = [(shape, precision) for shape, precision in states if precision is not None]
    shapes = np.stack([shape for shape, _ in kept], axis=2) if kept else np.empty((len(grid), years, 0))
    return shapes, np.array([precision for _, precision in kept], dtype=float)


def _packed(precision: Array) -> Array:
    """Symmetric matrices as weights of :func:`pairs`: their diagonals, the others twice; shape (k, m)."""
    n = precision.shape[1]
    first = np.concatenate([np.arange(lag, n) for lag in range(n)])
    second = np.concatenate([np.arange(n - lag) for lag in range(n)])
    return np.ascontiguousarray((precision[:, first, second] * np.where(first == second, 1.0, 2.0)).T)


def pairs(changes: Array) -> Array:
    """Products of every two changes of a series, by their distance in years; shape (series, n (n + 1) / 2)."""
    n, series = changes.shape[1], len(changes)
    by_year = np.ascontiguousarray(changes.T)  # a year's changes lie side by side, and so do their products
    out = np.empty((n * (n + 1) // 2, series))
    start = 0
    for lag in range(n):
        np.multiply(by_year[lag:], by_year[: n - lag], out=out[start : start + n - lag])
        start += n - lag
    return out.T


def response(grid: tuple[tuple[float, float, float], ...], years: int) -> Array:
    """Coefficients of the innovations e(0), e(1), ... in the yearly changes 1, 2, ...; shape (m, years, years + 1)."""
    alpha, beta, phi = np.array(grid).T[:, :, None, None]
    lag = np.arange(1, years + 1)[:, None] - np.arange(years + 1)
    later = beta * phi ** np.maximum(lag, 1) - np.where(lag == 1, 1 - alpha, 0.0)
    return np.where(lag == 0, 1.0, np.where(lag > 0, later, 0.0))
