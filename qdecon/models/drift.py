"""Models that continue an average of past changes: naive, full drift and recent drift."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qdecon.models.protocol import Changes, checked


@dataclass(frozen=True)
class Naive:
    """The last value stays.

    Examples
    --------
    >>> Naive().path(np.array([[0.06, 0.05]]), 2)
    array([[0., 0.]])
    """

    name: str = "naive"
    formula: str = "y(h) = 0"
    source: str = "Makridakis and Hibon (2000), benchmark Naive1"
    needs: int = 1

    def path(self, changes: Changes, horizon: int) -> Changes:
        """Zero change."""
        return np.zeros((checked(changes, self.needs, self.name).shape[0], horizon))


@dataclass(frozen=True)
class FullDrift:
    """The average change of all years continues.

    On log-odds this is the drift of a share that can never leave 0 to 100 %.

    Examples
    --------
    >>> FullDrift().path(np.array([[0.04, 0.06]]), 2)
    array([[0.05, 0.1 ]])
    """

    name: str = "full drift"
    formula: str = "y(h) = h * mean(d)"
    source: str = "Hyndman and Athanasopoulos (2021), section 5.2, drift method"
    needs: int = 1

    def path(self, changes: Changes, horizon: int) -> Changes:
        """Mean change times years ahead."""
        mean = checked(changes, self.needs, self.name).mean(axis=1, keepdims=True)
        return np.asarray(mean * np.arange(1, horizon + 1))


@dataclass(frozen=True)
class RecentDrift:
    """The average of the last years, shrunk towards that of all years.

    Attributes
    ----------
    window : int
        Number of last changes.
    weight : float
        Weight of the recent average; the rest goes to the full one. Half-way, because a decade's growth says little
        about the next one's (Pritchett and Summers 2014).

    Examples
    --------
    >>> RecentDrift(window=1).path(np.array([[0.10, 0.04]]), 1)
    array([[0.055]])
    """

    window: int = 5
    weight: float = 0.5
    name: str = "recent drift"
    formula: str = "y(h) = h * (w * mean(last d) + (1 - w) * mean(d))"
    source: str = "drift method with shrinkage; Pritchett and Summers (2014), NBER 20573"
    needs: int = 1

    def path(self, changes: Changes, horizon: int) -> Changes:
        """Shrunk mean change times years ahead."""
        array = checked(changes, self.needs, self.name)
        recent = array[:, -self.window :].mean(axis=1, keepdims=True)
        drift = self.weight * recent + (1 - self.weight) * array.mean(axis=1, keepdims=True)
        return np.asarray(drift * np.arange(1, horizon + 1))
