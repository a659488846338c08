"""Damped trend anchored at the last value, with fixed parameters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qdecon.models.protocol import Changes, checked


@dataclass(frozen=True)
class DampedTrend:
    """Exponentially smoothed change that fades as it is carried forward.

    The level is the last value (smoothing 1), so the trend follows ``b(t) = beta * d(t) + (1 - beta) * phi * b(t - 1)``
    and the path is ``b * (phi + phi**2 + ... + phi**h)``. Parameters are fixed: with ten to twenty annual points an
    estimate of three parameters is mostly noise.

    Attributes
    ----------
    beta : float
        Weight of the newest change.
    phi : float
        Damping a year.
    first : int
        The trend starts from the mean of so many first changes.

    Examples
    --------
    >>> DampedTrend(beta=1.0, phi=0.5).path(np.array([[0.10, 0.04]]), 2)
    array([[0.02, 0.03]])
    """

    beta: float = 0.5
    phi: float = 0.95
    first: int = 3
    name: str = "damped trend"
    formula: str = "y(h) = b * (phi + ... + phi^h), b(t) = beta * d(t) + (1 - beta) * phi * b(t-1)"
    source: str = "Gardner and McKenzie (1985), with smoothing of the level fixed at 1"
    needs: int = 2

    def path(self, changes: Changes, horizon: int) -> Changes:
        """Damped continuation of the smoothed change."""
        array = checked(changes, self.needs, self.name)
        trend = array[:, : self.first].mean(axis=1)
        for change in array.T:
            trend = self.beta * change + (1 - self.beta) * self.phi * trend
        return np.asarray(trend[:, None] * np.cumsum(self.phi ** np.arange(1, horizon + 1)))
