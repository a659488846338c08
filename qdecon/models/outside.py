"""Models of statsmodels, fitted one series at a time: the outside check beside the package's own.

Each estimates its parameters on ten to twenty points, so its own spread is what a textbook promises and too narrow in
practice. None enters a verdict.

A series is shifted to end at nought and divided by the size of its yearly changes before it is fitted, since optimisers
like numbers near 1. What comes back is taken as change since the last value.
"""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import erfc, sqrt
from typing import TYPE_CHECKING

import numpy as np

from qdecon.errors import NotAvailable
from qdecon.models.protocol import Forecast, checked
from qdecon.models.scale import LOG, Scale

if TYPE_CHECKING:
    from qdecon.models.protocol import Array


@dataclass(frozen=True)
class Fit:
    """One series fitted, in its own unit size.

    Attributes
    ----------
    path : ndarray, shape (horizon,)
        Forecasts.
    variance : ndarray, shape (horizon,)
        Variance of their errors as the package states it.
    start : float
        Where the path sets out: the level that the model sees in the last year.
    """

    path: Array
    variance: Array
    start: float


@dataclass(frozen=True)
class Outside(ABC):
    """What the models of statsmodels share.

    Attributes
    ----------
    scale : Scale
        Where the series is fitted.
    anchored : bool
        Move the path so that it sets out from the last value, where the package lets it set out from a smoothed one.
        The spread stays the package's own. False leaves the package's forecast as it is.
    """

    scale: Scale = LOG
    anchored: bool = True

    @property
    @abstractmethod
    def name(self) -> str:
        """Registry name."""

    @property
    @abstractmethod
    def needs(self) -> int:
        """Fewest annual values it accepts."""

    @abstractmethod
    def fit(self, series: Array, horizon: int) -> Fit:
        """Fit one series, shape (years,), that ends at nought and moves by about 1 a year."""

    def forecast(self, values: Array, horizon: int) -> Forecast:
        """Fit every series by itself.

        Raises
        ------
        NotAvailable
            If no parameters can be found for one of the series.
        """
        array = checked(values, horizon, self.needs, self.name)
        scaled = self.scale.forth(array)
        moves, spread = np.zeros((2, len(array), horizon))
        for row, series in enumerate(scaled):
            size = np.sqrt(np.mean(np.diff(series) ** 2))
            if not size:
                continue  # it never moved, so there is nothing to fit: it stays
            try:
                fit = self._silently((series - series[-1]) / size, horizon)
            except (ArithmeticError, IndexError, ValueError) as error:  # a singular matrix is a ValueError too
                raise self._lost(row) from error
            moves[row] = size * (fit.path - (fit.start if self.anchored else 0.0))
            spread[row] = size * np.sqrt(np.maximum(fit.variance, 0.0))
            if not np.isfinite([moves[row], spread[row]]).all():
                raise self._lost(row)
        path = self.scale.back(scaled[:, -1:] + moves)
        return Forecast(path, spread * self.scale.slope(path))

    def _silently(self, series: Array, horizon: int) -> Fit:
        with warnings.catch_warnings():
            import statsmodels.tools.sm_exceptions  # noqa: F401  sets filters when first loaded, so it comes first

            warnings.simplefilter("ignore")  # notes on the convergence of single series
            return self.fit(series, horizon)

    def _lost(self, row: int) -> NotAvailable:
        return NotAvailable(
            f"{self.name} found no parameters",
            f"argument values, series {row}",
            "leave this series out, or project it by drift",
        )


@dataclass(frozen=True)
class ExponentialSmoothing(Outside):
    """ETS(A,Ad,N): a smoothed level and a trend that fades.

    The package's forecast sets out from the smoothed level; anchored, that level is replaced by the last value. In
    statsmodels the trend fades by 2 to 20 % a year, so that even a steady one is not continued unabated.

    Examples
    --------
    >>> grown = np.array([[100, 111, 118, 128, 141, 150, 160, 174, 189, 203, 219.0]])
    >>> (ExponentialSmoothing().forecast(grown, 2).path / grown[:, -1:]).round(2)
    array([[1.07, 1.15]])
    """

    name: str = "exponential smoothing"
    formula: str = "ETS(A,Ad,N): y(h) = y + (phi + ... + phi^h) b, maximum likelihood"
    source: str = "Hyndman, Koehler, Ord and Snyder (2008); statsmodels ETSModel"
    needs: int = 10

    def fit(self, series: Array, horizon: int) -> Fit:
        """Level, trend, damping and first states by maximum likelihood."""
        from pandas import Series
        from statsmodels.tsa.exponential_smoothing.ets import ETSModel

        # a Series, since statsmodels cannot predict from an array here
        fitted = ETSModel(Series(series), error="add", trend="add", damped_trend=True).fit(disp=False)
        ahead = fitted.get_prediction(start=len(series), end=len(series) + horizon - 1)
        level = np.asarray(fitted.level)[-1]
        return Fit(np.asarray(ahead.predicted_mean), np.asarray(ahead.forecast_variance), float(level))


@dataclass(frozen=True)
class LocalLinearTrend(Outside):
    """Level and slope that both wander, seen through noise, by the Kalman filter.

    The structural model of official statistics, with nothing in common with the code of the package's own models, and
    so the check on them. Its forecast sets out from the filtered level; anchored, from the last value.

    Examples
    --------
    >>> grown = 100 * 1.08 ** np.arange(12.0)[None, :]
    >>> (LocalLinearTrend().forecast(grown, 2).path / grown[:, -1:]).round(3)
    array([[1.08 , 1.166]])
    """

    name: str = "local linear trend"
    formula: str = "y(h) = y + h b, with b the filtered slope"
    source: str = "Harvey (1989), section 2.3; statsmodels UnobservedComponents"
    needs: int = 7

    def fit(self, series: Array, horizon: int) -> Fit:
        """Three variances by maximum likelihood; first level and slope are diffuse."""
        from statsmodels.tsa.statespace.structural import UnobservedComponents

        fitted = UnobservedComponents(series, "local linear trend").fit(disp=False)
        ahead = fitted.get_forecast(horizon)
        return Fit(ahead.predicted_mean, ahead.var_pred_mean, float(fitted.level.filtered[-1]))


@dataclass(frozen=True)
class DriftArima(Outside):
    """ARIMA(0,1,1) with drift: yearly changes are a constant plus an error and a share of the last one.

    Its forecast adds expected changes to the last value and so is anchored already; ``anchored`` changes nothing.

    Examples
    --------
    >>> grown = 100 * 1.08 ** np.arange(12.0)[None, :]
    >>> (DriftArima().forecast(grown, 2).path / grown[:, -1:]).round(3)
    array([[1.08 , 1.166]])
    """

    name: str = "arima with drift"
    formula: str = "y(h) = y + h c + theta e, with e the last error"
    source: str = "Box and Jenkins (1970); statsmodels SARIMAX"
    needs: int = 6

    def fit(self, series: Array, horizon: int) -> Fit:
        """Drift, moving average and variance by maximum likelihood."""
        from statsmodels.tsa.statespace.sarimax import SARIMAX

        ahead = SARIMAX(series, order=(0, 1, 1), trend="c").fit(disp=False).get_forecast(horizon)
        return Fit(ahead.predicted_mean, ahead.var_pred_mean, 0.0)


@dataclass(frozen=True)
class ThetaMethod(Outside):
    """Theta: half the slope of the trend line, added to a smoothed level.

    The package's forecast sets out from the smoothed level; anchored, from the last value. The variance is that of
    statsmodels, ``s^2 (1 + (h - 1)(1 + (1 - alpha)^2))``, which is the textbook's for a level that hardly smooths.

    Examples
    --------
    >>> grown = 100 * 1.08 ** np.arange(12.0)[None, :]
    >>> (ThetaMethod().forecast(grown, 2).path / grown[:, -1:]).round(3)
    array([[1.039, 1.08 ]])
    """

    name: str = "theta, estimated"
    formula: str = "y(h) = y + h b / 2, with b the slope of the least-squares line"
    source: str = "Assimakopoulos and Nikolopoulos (2000); statsmodels ThetaModel"
    needs: int = 6

    def fit(self, series: Array, horizon: int) -> Fit:
        """Slope by least squares, level by simple exponential smoothing."""
        from statsmodels.tsa.forecasting.theta import ThetaModel

        fitted = ThetaModel(series, period=1, deseasonalize=False).fit()
        band = fitted.prediction_intervals(horizon, alpha=erfc(sqrt(0.5)))  # one standard deviation to either side
        path = np.asarray(fitted.forecast(horizon))
        half = np.asarray(band["upper"] - band["lower"]) / 2
        return Fit(path, half**2, float(path[0] - fitted.params["b0"] / 2))
