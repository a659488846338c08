"""Rolling origins over a panel of any annual series: point paths and bands, scored at every origin.

At an origin k years before the last one a series ends k years earlier; the model is fitted again, and its bands use
only errors realised by then. Work is cut into blocks of series and handed to joblib, whose backend the caller chooses:
processes, threads or a Dask cluster. A block is always computed alone, so results are the same to the last bit however
many workers there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from qdecon.errors import NotAvailable
from qdecon.models import Array, Model
from qdecon.models.batch import Batch, batch, forecast
from qdecon.projection import LEVELS, Calibration
from qdecon.projection.bands import LARGEST, ORIGINS, calibration, outcomes, scaled_errors
from qdecon.replay import scores

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

BLOCK = 1024  # series a task
ROWS = 512  # forecasts whose quantiles are written out at once, so that they stay in the processor's cache
TAILS = {80: (0.1, 0.9), 95: (0.025, 0.975)}
_NORMAL = np.array(
    [-1.959964, -1.644854, -1.281552, -1.036433, -0.841621, -0.67449, -0.524401, -0.38532, -0.253347, -0.125661]
)
TEXTBOOK = np.array([*_NORMAL, 0.0, *-_NORMAL[::-1]])  # standard normal quantiles at LEVELS


@dataclass(frozen=True)
class PanelRecord:
    """Scores of one model on one panel.

    Attributes
    ----------
    model : str
    bands : str
        What the bands rest on.
    horizon, origins : int
    mase, smape, smape_naive, mase_naive, msis95, crps, brier : ndarray, shape (series, origins)
        A series' mean over its horizon; smape in %, msis95 and crps divided by the mean absolute yearly change of the
        past; brier of the chance that past average growth is reached or exceeded. NaN where the series is too short,
        or never moved.
    covered80, covered95 : ndarray, shape (series, origins, horizon)
        1 where the band held the outcome, 0 where not.
    pit : ndarray, shape (series, origins, horizon)
        Share of the distribution at or below the outcome.
    """

    model: str
    bands: str
    horizon: int
    origins: int
    mase: Array
    smape: Array
    mase_naive: Array
    smape_naive: Array
    msis95: Array
    crps: Array
    brier: Array
    covered80: Array
    covered95: Array
    pit: Array

    def summary(self) -> dict[str, Any]:
        """One row of the table: means over series and origins.

        Returns
        -------
        dict
            ``model bands n mase smape owa coverage80 coverage95 msis95 crps brier pit_error``; None where nothing is
            known.
        """
        errors = [_mean(each) for each in (self.smape, self.mase, self.smape_naive, self.mase_naive)]
        known = [each for each in errors if each]  # against a naive without error there is no ratio
        return {
            "model": self.model,
            "bands": self.bands,
            "n": int(np.isfinite(self.smape).sum()),
            "mase": errors[1],
            "smape": errors[0],
            "owa": scores.overall_weighted_average(*known) if len(known) == len(errors) else None,
            "coverage80": _mean(self.covered80),
            "coverage95": _mean(self.covered95),
            "msis95": _mean(self.msis95),
            "crps": _mean(self.crps),
            "brier": _mean(self.brier),
            "pit_error": scores.pit_error(self.pit[np.isfinite(self.pit)]) if np.isfinite(self.pit).any() else None,
        }

    def compared(self, other: PanelRecord, score: str = "mase") -> scores.Comparison:
        """Whether one of two models is better by more than chance: Diebold and Mariano, small-sample form.

        A loss is the mean over all series at one origin, so that series that err together count once; oldest first.

        Parameters
        ----------
        other : PanelRecord
            Of the same panel, horizon and origins.
        score : str
            Name of a field with one figure a series and origin.

        Raises
        ------
        NotAvailable
            If the records do not belong together, or there are fewer than ten origins.
        """
        one, two = getattr(self, score), getattr(other, score)
        if one.shape != two.shape or self.horizon != other.horizon:
            raise NotAvailable(
                f"{self.model} and {other.model} were scored on different panels",
                "argument other",
                "score both on the same series, horizon and origins",
            )
        both = np.isfinite(one) & np.isfinite(two)
        losses = [np.nansum(np.where(both, each, 0.0), axis=0)[::-1] / both.sum(axis=0)[::-1] for each in (one, two)]
        return scores.diebold_mariano(losses[0], losses[1], self.horizon)

    def by_horizon(self) -> pd.DataFrame:
        """Coverage of both bands for each number of years ahead, with the number of cases."""
        rows = [
            (_mean(self.covered80[:, :, ahead]), _mean(self.covered95[:, :, ahead])) for ahead in range(self.horizon)
        ]
        table = pd.DataFrame(rows, columns=["coverage80", "coverage95"])
        table.insert(0, "horizon", np.arange(1, self.horizon + 1))
        table["cases"] = np.isfinite(self.covered80).sum(axis=(0, 1))
        return table


def backtest_panel(
    series: Sequence[Array],
    horizon: int,
    model: Model,
    shipped: Array | None = None,
    *,
    origins: int = 1,
    jobs: int = 1,
    block: int = BLOCK,
    progress: bool = False,
) -> PanelRecord:
    """Score a model on a panel.

    Parameters
    ----------
    series : sequence of ndarray, shape (years,)
        All annual values, oldest first; the last ``horizon`` of them are the outcome at the newest origin.
    horizon : int
        Years ahead.
    model : Model
    shipped : ndarray, shape (at least horizon, 21), optional
        Quantiles measured elsewhere, see :func:`qdecon.projection.calibrate`. If None, bands are the textbook's:
        normal, with the spread that the model itself expects.
    origins : int
        Rolling origins, one year apart.
    jobs : int
        Workers for joblib; its active backend is used.
    block : int
        Series a task.
    progress : bool
        Show a bar on a terminal.

    Raises
    ------
    NotAvailable
        If there are no series, or no origins.

    Examples
    --------
    >>> from qdecon.models import Drift
    >>> record = backtest_panel([np.array([1.0, 2.0, 3.0, 5.0, 6.0, 8.0])], 1, Drift())
    >>> round(record.summary()["mase"], 2)
    0.6
    """
    if origins < 1:
        raise NotAvailable(f"{origins} rolling origins", "argument origins", "ask for 1 or more")
    if not len(series):
        raise NotAvailable("there are no series to score", "argument series", "give at least one")
    bands = [Calibration(LEVELS, np.tile(TEXTBOOK, (horizon, 1)), 0, 0.0, "textbook")] * origins
    if shipped is not None:
        few = batch(series[:: -(-len(series) // LARGEST)]).origins(horizon, 1)
        errors = scaled_errors(few, model, horizon, horizon + ORIGINS + origins - 2)
        bands = [calibration(_known(errors, back), shipped) for back in range(origins)]
    tasks = [(batch(series[start : start + block]), horizon, model, bands) for start in range(0, len(series), block)]
    made = [np.concatenate(each).astype(float) for each in zip(*_work(tasks, jobs, progress), strict=True)]
    return PanelRecord(model.name, bands[0].note, horizon, origins, *made)


def _known(errors: Array, back: int) -> Array:
    """Errors as known ``back`` years before the newest origin: an origin of that day is one later today."""
    return errors[:, back:]


def _work(tasks: list[Any], jobs: int, progress: bool) -> Iterator[tuple[NDArray[np.floating], ...]]:
    """Results of all blocks, in their order."""
    from joblib import Parallel, delayed, parallel_config  # loaded when used
    from joblib.parallel import get_active_backend

    steps: Any = tasks
    if progress:
        from tqdm import tqdm

        steps = tqdm(tasks, desc="backtest", unit="block", disable=None)
    if jobs == 1 and not _chosen(get_active_backend()):
        yield from (_score(*task) for task in steps)
        return
    with parallel_config(n_jobs=jobs):
        yield from Parallel()(delayed(_score)(*task) for task in steps)


def _chosen(active: tuple[Any, int]) -> bool:
    """Whether the caller has chosen a backend with workers of its own, such as a Dask cluster."""
    return type(active[0]).__name__ == "DaskDistributedBackend"


def _score(whole: Batch, horizon: int, model: Model, bands: Sequence[Calibration]) -> tuple[NDArray[np.floating], ...]:
    """Scores of one block: see the fields of PanelRecord. What is kept a year travels in fewer bytes."""
    count = len(bands)
    past = whole.origins(horizon, count)
    made = forecast(model, past, horizon)
    outcome = outcomes(whole, horizon, count, horizon).reshape(-1, horizon)
    outcome[np.isnan(made.path[:, 0])] = np.nan
    scale = np.full(len(outcome), np.nan)
    last, average = np.full((2, *outcome.shape), np.nan)
    for rows, values in past.groups:
        last[rows] = values[:, -1:]
        if (years := values.shape[1]) > 1:
            scale[rows] = scores.naive_scale(values)
            average[rows] = (values[:, -1:] - values[:, :1]) / (years - 1)
    threshold: Array = last + average * np.arange(1.0, horizon + 1)
    multipliers = np.tile(np.stack([band.multipliers for band in bands]), (whole.size, 1, 1))
    means = np.empty((7, len(outcome)))
    means[0] = scores.mean_absolute_scaled_error(outcome, made.path, scale)
    means[1] = scores.symmetric_percentage_error(outcome, made.path)
    means[2] = scores.mean_absolute_scaled_error(outcome, last, scale)
    means[3] = scores.symmetric_percentage_error(outcome, last)
    covered, pit = np.empty((2, *outcome.shape), dtype=np.float16), np.empty(outcome.shape, dtype=np.float32)
    for start in range(0, len(outcome), ROWS):
        part = slice(start, start + ROWS)
        quantiles = made.path[part, :, None] + made.spread[part, :, None] * multipliers[part]
        means[4:6, part], covered[:, part], pit[part] = _distribution(outcome[part], quantiles, scale[part])
        means[6, part] = _brier(outcome[part], quantiles, threshold[part])
    shape = (whole.size, count)
    return (*means.reshape(-1, *shape), *(each.reshape(*shape, horizon) for each in (*covered, pit)))


def _distribution(outcome: Array, quantiles: Array, scale: Array) -> tuple[Array, Array, Array]:
    """Scores of stated quantiles: (interval score and CRPS, scaled), (coverage of 80 and of 95 %), PIT."""
    low95, high95, low80, high80 = (
        quantiles[:, :, np.searchsorted(LEVELS, level - 1e-9)] for level in (*TAILS[95], *TAILS[80])
    )
    flat = outcome.ravel(), quantiles.reshape(-1, len(LEVELS)), LEVELS
    with np.errstate(divide="ignore", invalid="ignore"):
        crps = scores.crps_quantiles(*flat).reshape(outcome.shape).mean(axis=1) / scale
    known = np.isfinite(outcome)
    held = [
        np.where(known, (low <= outcome) & (outcome <= high), np.nan)
        for low, high in ((low80, high80), (low95, high95))
    ]
    msis = scores.mean_scaled_interval_score(outcome, low95, high95, 0.95, scale)
    pit = scores.probability_integral_transform(*flat).reshape(outcome.shape)
    return np.stack([msis, np.where(np.isfinite(crps), crps, np.nan)]), np.stack(held), pit


def _brier(outcome: Array, quantiles: Array, threshold: Array) -> Array:
    """Brier score of the chance of a threshold, a mean over the years ahead."""
    flat = threshold.ravel(), quantiles.reshape(-1, len(LEVELS)), LEVELS
    chance = 1 - scores.probability_integral_transform(*flat).reshape(outcome.shape)
    happened = np.where(np.isfinite(outcome), outcome >= threshold, np.nan)
    return np.asarray(np.mean(scores.brier_score(chance, happened), axis=1))


def _mean(values: Array) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else None
