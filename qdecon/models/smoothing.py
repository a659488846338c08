"""Exponential smoothing by statsmodels: the outside check beside the package's own models."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from qdecon.models.protocol import Changes, checked


@dataclass(frozen=True)
class ExponentialSmoothing:
    """ETS(A,Ad,N) with parameters estimated by statsmodels, one series at a time.

    It is shown beside the default model and never enters a verdict: estimated on ten to twenty points, its textbook
    band promises 95 % and covers far less.
    """

    name: str = "exponential smoothing"
    formula: str = "ETS(A,Ad,N), maximum likelihood"
    source: str = "Hyndman, Koehler, Ord and Snyder (2008); statsmodels ETSModel"
    needs: int = 9

    def path(self, changes: Changes, horizon: int) -> Changes:
        """Forecast of the cumulated changes, re-anchored at the last value."""
        from statsmodels.tsa.exponential_smoothing.ets import ETSModel  # heavy: loaded when used

        array = checked(changes, self.needs, self.name)
        levels = 100 * np.concatenate(
            [np.zeros((array.shape[0], 1)), np.cumsum(array, axis=1)], axis=1
        )  # the optimiser likes units near 1
        paths = []
        for level in levels:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # convergence notes of single series; the path is only a comparison
                fitted = ETSModel(level, error="add", trend="add", damped_trend=True).fit(disp=False)
            paths.append((np.asarray(fitted.forecast(horizon)) - level[-1]) / 100)
        return np.asarray(paths)
