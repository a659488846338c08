"""The Theta method on the batch engine: exponential smoothing of the level plus half the slope of a straight line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qdecon.models.innovations import BLOCK, operators, pairs
from qdecon.models.protocol import Array, Forecast, checked
from qdecon.models.scale import LEVEL, Scale


@dataclass(frozen=True)
class Theta:
    """Theta with two lines: a straight one, and one with twice the curvature, which is smoothed.

    The forecast is that of simple exponential smoothing plus half the least-squares slope b of the series (Hyndman and
    Billah 2003)::

        y(h) = l(n) + b/2 (h - 1 + 1/alpha - (1 - alpha)^n / alpha)

    Attributes
    ----------
    alpha : tuple of float
        Smoothing of the level, averaged with posterior weights.
    scale : Scale

    Examples
    --------
    >>> Theta(alpha=(1.0,)).forecast(np.array([[1.0, 2.0, 3.0, 4.0]]), 2).path
    array([[4.5, 5. ]])
    """

    alpha: tuple[float, ...] = (0.2, 0.4, 0.6, 0.8, 1.0)
    scale: Scale = LEVEL
    name: str = "theta"
    source: str = "Assimakopoulos and Nikolopoulos (2000); Hyndman and Billah (2003)"
    needs: int = 4

    @property
    def formula(self) -> str:
        """The path in one line."""
        return f"y(h) = l(n) + b/2 (h - 1 + 1/alpha - (1 - alpha)^n / alpha) on the {self.scale.kind}"

    def forecast(self, values: Array, horizon: int) -> Forecast:
        """Smoothed level plus half the slope, anchored where the smoothing ends."""
        array = checked(values, horizon, self.needs, self.name)
        scaled = self.scale.forth(array)
        years, alpha = array.shape[1], np.array(self.alpha)
        centred = np.arange(years) - (years - 1) / 2
        slope = scaled @ centred / np.sum(centred**2)
        lag = (1 - (1 - alpha) ** years) / alpha
        moves, variance = np.empty((2, len(array), horizon))
        made = operators(tuple((each, 0.0, 1.0) for each in self.alpha), None, None, years - 1, horizon)
        for start in range(0, len(array), BLOCK):
            block = slice(start, start + BLOCK)
            changes = np.diff(scaled[block], axis=1)
            squares, weight = made.posterior(changes, pairs(changes))
            level = (changes @ made.weights).reshape(len(changes), len(alpha), horizon)
            each = level + slope[block, None, None] / 2 * (np.arange(horizon) + lag[:, None])
            moves[block] = np.matmul(weight[:, None, :], each)[:, 0]
            between = np.matmul(weight[:, None, :], each**2)[:, 0] - moves[block] ** 2
            variance[block] = (weight * squares) @ made.variance + np.maximum(between, 0.0)
        path = self.scale.back(scaled[:, -1:] + moves)
        return Forecast(path, np.sqrt(variance) * self.scale.slope(path))
