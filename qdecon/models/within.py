"""A model that goes only by the years since the last detected break of each series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qdecon.models.protocol import Array, Forecast, Model, checked
from qdecon.models.regime import LEAST, critical, largest_shift
from qdecon.models.scale import LOG, Scale


@dataclass(frozen=True)
class WithinRegime:
    """Shorten every series to its current regime, then let another model continue it.

    It is not the default: replayed on cities, countries and competition series, windows shortened on detection made
    errors larger, not smaller, since a break found in twenty points is as often none (DECISIONS.md). It shows what a
    verdict would be if the break is real.

    Attributes
    ----------
    model : Model
    scale : Scale
        Where yearly changes are compared.

    Examples
    --------
    >>> from qdecon.models.drift import Drift
    >>> slowed = np.cumsum([1.0] + [9.0, 9.1] * 4 + [3.0, 3.1] * 4)[None, :]
    >>> WithinRegime(Drift(), Scale()).forecast(slowed, 1).path - slowed[:, -1:]
    array([[3.05]])
    """

    model: Model
    scale: Scale = LOG

    @property
    def name(self) -> str:
        """Name of the model, with the window."""
        return f"{self.model.name} within the regime"

    @property
    def formula(self) -> str:
        """That of the model."""
        return f"{self.model.formula}; only the years since a detected break"

    @property
    def source(self) -> str:
        """That of the model, and of the test."""
        return f"{self.model.source}; Andrews (1993)"

    @property
    def needs(self) -> int:
        """As many values as the model."""
        return self.model.needs

    def forecast(self, values: Array, horizon: int) -> Forecast:
        """Forecast each series from the years of its regime."""
        array = checked(values, horizon, self.needs, self.name)
        years = array.shape[1] - 1
        if years < 2 * LEAST:
            return self.model.forecast(array, horizon)
        shift = largest_shift(np.diff(self.scale.forth(array), axis=1))
        start = np.where(shift.statistic > critical(years), shift.start, 0)
        path, spread = np.empty((2, len(array), horizon))
        for first in np.unique(start):
            rows = start == first
            made = self.model.forecast(array[rows, first:], horizon)
            path[rows], spread[rows] = made.path, made.spread
        return Forecast(path, spread)
