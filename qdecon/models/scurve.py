"""S-curves: growth that slows towards a ceiling, stated or estimated.

For counts and adoption, whose growth rate falls as the ceiling K nears. On a scale of its own each curve is a straight
line: log(y / (K - y)) for the logistic, -log(-log(y / K)) for Gompertz. A drift on that scale, anchored at the last
value, is the whole model; a falling series drifts down towards nought.

Where no ceiling is stated, candidates on a grid are compared by how well each predicts every year from the year before
(least squares in logs). With a ceiling beyond all bounds both curves are exponential growth, so the same sum of squares
for a drift on logs tells whether the series bends at all. Early in its rise it does not, every high ceiling fits alike,
and the model refuses. The likelihood of each candidate is its weight in path and spread.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from qdecon.errors import NotAvailable, UnknownName
from qdecon.models.protocol import Forecast, checked

if TYPE_CHECKING:
    from qdecon.models.protocol import Array

SHAPES = ("logistic", "gompertz")
BEND = 8.0  # at most 2 in 100 series of 8 to 20 years that grow without a ceiling pass it (simulated in the tests)
RESOLUTION = 1e-20  # squared errors below this share of the squared growth rates are rounding


@dataclass(frozen=True)
class Ceilings:
    """What a batch of series tells about its ceilings; m is the number of candidates.

    Attributes
    ----------
    candidates : ndarray, shape (series, m)
        Ceilings compared, rising, in the unit of the values.
    weights : ndarray, shape (series, m)
        Likelihood of each, scaled to sum to 1.
    bend : ndarray, shape (series,)
        Twice the log likelihood ratio of the best candidate to growth without a ceiling; the model asks for ``BEND``.
    """

    candidates: Array
    weights: Array
    bend: Array

    @property
    def best(self) -> Array:
        """Likeliest ceiling of each series, shape (series,)."""
        return np.take_along_axis(self.candidates, self.weights.argmax(axis=1)[:, None], axis=1)[:, 0]


@dataclass(frozen=True)
class SCurve:
    """Logistic or Gompertz curve towards a ceiling.

    An estimated ceiling comes out low, more often than not, as long as a noisy series stands below half of it. State
    the ceiling wherever one is known: every household, every vehicle, the target of the industry.

    Attributes
    ----------
    shape : {"logistic", "gompertz"}
        The logistic turns at half its ceiling; Gompertz at 37 % of it, and closes in more slowly.
    ceiling : float or None
        K in the unit of the values, the same for every series; None estimates one for each.
    room : tuple of float
        Lowest and highest candidate: the room above the largest value, in multiples of it.
    candidates : int
        How many are compared, evenly spaced in the logarithm of the room.

    Examples
    --------
    >>> SCurve(ceiling=100.0).forecast(np.array([[10.0, 20.0, 36.0]]), 2).path
    array([[55.8, 74.0]])
    """

    shape: Literal["logistic", "gompertz"] = "logistic"
    ceiling: float | None = None
    room: tuple[float, float] = (0.01, 100.0)
    candidates: int = 121
    source: str = "Meade and Islam (2006), Modelling and forecasting the diffusion of innovation"

    def __post_init__(self) -> None:
        """Refuse a shape that does not exist and a ceiling that holds nothing.

        Raises
        ------
        UnknownName
            If the shape is neither of the two.
        NotAvailable
            If the ceiling is not above nought.
        """
        if self.shape not in SHAPES:
            raise UnknownName(f"unknown shape {self.shape!r}", "argument shape", f"choose one of {', '.join(SHAPES)}")
        if self.ceiling is not None and not 0 < self.ceiling < np.inf:
            raise NotAvailable(f"a ceiling of {self.ceiling:g}", "argument ceiling", "state a finite one above 0")

    @property
    def name(self) -> str:
        """Registry name."""
        return f"{self.shape} curve"

    @property
    def formula(self) -> str:
        """The path in one line."""
        top = "K estimated" if self.ceiling is None else f"K = {self.ceiling:g}"
        if self.shape == "logistic":
            return f"y(h) = K / (1 + ((K - y) / y) exp(-k h)), k the mean change of log(y / (K - y)), {top}"
        return f"y(h) = K (y / K)^exp(-k h), k the mean change of -log(-log(y / K)), {top}"

    @property
    def needs(self) -> int:
        """Fewest annual values it accepts; more where the ceiling has to be found."""
        return 8 if self.ceiling is None else 3

    def forecast(self, values: Array, horizon: int) -> Forecast:
        """Drift towards the ceiling, averaged over ceilings where none is stated.

        Raises
        ------
        NotAvailable
            If a value is not above nought or not below the ceiling, or a series does not bend and no ceiling is stated.
        """
        array = self._between(checked(values, horizon, self.needs, self.name))
        if self.ceiling is not None:
            return self._towards(array, np.full((len(array), 1), self.ceiling), horizon)
        found = self.ceilings(array)
        if (found.bend < BEND).any():
            row = int(np.argmax(found.bend < BEND))
            raise NotAvailable(
                f"the series does not bend yet: a ceiling fits it hardly better than growth without one "
                f"(likelihood ratio {found.bend[row]:.1f}, {BEND:g} needed)",
                f"argument values, series {row}",
                "state a ceiling, or use drift on log",
            )
        moves, squares = np.zeros((2, len(array), horizon))
        for candidate, weight in zip(found.candidates.T[..., None], found.weights.T[..., None], strict=True):
            made = self._towards(array, candidate, horizon)
            move = made.path - array[:, -1:]
            moves += weight * move
            squares += weight * (move**2 + made.spread**2)
        return Forecast(array[:, -1:] + moves, np.sqrt(np.maximum(squares - moves**2, 0.0)))

    def ceilings(self, values: Array) -> Ceilings:
        """Compare candidate ceilings.

        Parameters
        ----------
        values : ndarray, shape (series, years)
            Annual values above nought, oldest first, without gaps; the ceiling stated, if any, is not looked at.

        Returns
        -------
        Ceilings

        Raises
        ------
        NotAvailable
            If there are fewer than eight years, a gap, or a value that is not above nought.

        Examples
        --------
        >>> risen = 100 / (1 + np.exp(-0.5 * np.arange(-6.0, 3.0)))[None, :]
        >>> SCurve().ceilings(risen).best.round()
        array([101.])
        """
        array = replace(self, ceiling=None)._between(checked(values, 1, 8, self.name))
        logs = np.log(array)
        growth = np.diff(logs, axis=1)
        candidates = array.max(axis=1, keepdims=True) * (1 + np.geomspace(*self.room, self.candidates))
        squares = np.empty(candidates.shape)
        for column in range(self.candidates):  # over the grid, never over the series
            top = candidates[:, column, None]
            line = self._forth(array / top)
            ahead = top * self._back(line[:, :-1] + _mean_change(line))
            squares[:, column] = np.sum((np.log(ahead) - logs[:, 1:]) ** 2, axis=1)
        endless = np.sum((growth - _mean_change(logs)) ** 2, axis=1)
        floor = RESOLUTION * np.sum(growth**2, axis=1) + np.finfo(float).tiny
        degrees = growth.shape[1]
        likelihood = -degrees / 2 * np.log(np.maximum(squares, floor[:, None]))
        highest = likelihood.max(axis=1, keepdims=True)
        weights = np.exp(likelihood - highest)
        bend = 2 * highest[:, 0] + degrees * np.log(np.maximum(endless, floor))
        return Ceilings(candidates, weights / weights.sum(axis=1, keepdims=True), bend)

    def _between(self, values: Array) -> Array:
        top = np.inf if self.ceiling is None else self.ceiling
        if not ((values > 0) & (values < top)).all():
            row, column = np.argwhere((values <= 0) | (values >= top))[0]
            limits = "above 0" if self.ceiling is None else f"between 0 and the ceiling of {top:g}"
            raise NotAvailable(
                f"the {self.name} takes values {limits}, got {values[row, column]:g}",
                f"argument values, series {row}, year {column}",
                "state a higher ceiling, or project this series by drift",
            )
        return values

    def _towards(self, values: Array, top: Array, horizon: int) -> Forecast:
        """Drift on the straightened scale, with the textbook variance s^2 h (1 + h/n); ``top`` is a column."""
        line = self._forth(values / top)
        changes, drift = np.diff(line, axis=1), _mean_change(line)
        ahead, n = np.arange(1, horizon + 1), changes.shape[1]
        share = self._back(line[:, -1:] + drift * ahead)
        variance = np.sum((changes - drift) ** 2, axis=1, keepdims=True) / (n - 1)
        return Forecast(top * share, np.sqrt(variance * ahead * (1 + ahead / n)) * top * self._slope(share))

    def _forth(self, share: Array) -> Array:
        return np.log(share) - np.log1p(-share) if self.shape == "logistic" else -np.log(-np.log(share))

    def _back(self, line: Array) -> Array:
        if self.shape == "logistic":
            return np.exp(-np.logaddexp(0.0, -line))
        return np.exp(-np.exp(np.minimum(-line, 700.0)))  # beyond that the exponential overflows, and the share is 0

    def _slope(self, share: Array) -> Array:
        rest = 1 - share if self.shape == "logistic" else -np.log(np.maximum(share, np.finfo(float).tiny))
        return np.asarray(share * rest)


def _mean_change(line: Array) -> Array:
    return np.asarray((line[:, -1:] - line[:, :1]) / (line.shape[1] - 1))
