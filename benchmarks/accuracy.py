"""Accuracy and bands of qdecon and of the peers on the same series, by the same formulas.

Scores are those of ``qdecon.replay.scores``. Each is a mean over series of the mean over years ahead; coverage and the
error of stated probabilities count every series and year alike. A method is compared with qdecon on the very same
series: the mean difference in MASE, with an interval from drawing series anew. Series of one competition are not
independent (they share years and countries), so that the interval is rather too narrow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.service import SCRATCH
from qdecon.data import shipped_quantiles
from qdecon.models import default_model
from qdecon.models.batch import batch, forecast
from qdecon.projection.bands import LEVELS, calibrate
from qdecon.replay import scores

if TYPE_CHECKING:
    from benchmarks.service import Peers
    from benchmarks.sets import Array, Panel

CENTRAL = [10, 20, 30, 40, 50, 60, 70, 80, 90, 95]  # per cent; with the path itself they are the 21 LEVELS
SAMPLE = 1000  # series at most for methods that take a second for fifty of them
DRAWS, SEED = 10_000, 20220505
QDECON, ALONE = "default model, calibrated on the set", "default model, every series on its own"


@dataclass(frozen=True)
class Made:
    """Forecasts of a method for some series of a panel.

    Attributes
    ----------
    rows : ndarray of int
        Which series of the panel.
    path : ndarray, shape (rows, horizon)
    quantiles : ndarray, shape (rows, horizon, 21)
    failed : int
        Series that the method could not fit.
    """

    library: str
    method: str
    rows: np.ndarray
    path: Array
    quantiles: Array
    failed: int = 0


@dataclass(frozen=True)
class Row:
    """One line of the table; means over series.

    Attributes
    ----------
    less, less_low, less_high : float
        The method's MASE less that of qdecon on the same series, and its 95 % interval.
    worst80, worst95 : float
        The coverage of that number of years ahead which lies farthest from what it should be.
    """

    set: str
    library: str
    method: str
    n: int
    failed: int
    mase: float
    smape: float
    owa: float
    less: float
    less_low: float
    less_high: float
    coverage80: float
    coverage95: float
    worst80: float
    worst95: float
    msis95: float
    crps: float
    pit_error: float


def qdecon(panel: Panel) -> list[Made]:
    """The default model for levels; its bands once from the panel and once from the shipped quantiles alone."""
    past, model, rows = batch(panel.past), default_model("level"), np.arange(len(panel.past))
    made = forecast(model, past, panel.horizon)
    pooled = calibrate(past, model, panel.horizon, shipped_quantiles()).quantiles(made)
    alone = made.path[:, :, None] + made.spread[:, :, None] * shipped_quantiles()[: panel.horizon]
    return [
        Made("qdecon", QDECON, rows, made.path, pooled),
        Made("qdecon", ALONE, rows, made.path, alone),
    ]


def peers_forecasts(panel: Panel, peers: Peers, full: bool) -> list[Made]:
    """Every peer's; the slow ones on every k-th series of a large panel, unless all are asked for."""
    made = []
    for library, names in peers.ask("methods").items():
        slow = library == "statsmodels" and not full
        rows = np.arange(0, len(panel.past), -(-len(panel.past) // SAMPLE) if slow else 1)
        source, out = SCRATCH / "panel.npz", SCRATCH / "forecasts.npz"
        panel.take(rows, panel.name).save(source)
        for name in names:
            peers.ask("forecast", panel=str(source), method=name, horizon=panel.horizon, central=CENTRAL, out=str(out))
            with np.load(out) as stored:
                path = stored["path"]
                lower, upper = np.split(stored["quantiles"], 2, axis=2)
                # a path may lie outside its own innermost simulated interval
                quantiles = np.sort(np.concatenate([lower, path[:, :, None], upper], axis=2), axis=2)
                made.append(Made(library, name, rows, path, quantiles, int(stored["failed"])))
    return made


def table(panel: Panel, everything: list[Made]) -> list[Row]:
    """Score all methods; the first one is what the others are compared with, and one is called Naive."""
    scale = np.array([scores.naive_scale(values[None])[0] for values in panel.past])
    each = {made.method: scaled_errors(panel, made, scale) for made in everything}
    naive = each["Naive"]
    return [row(panel, made, scale, each[made.method], naive, each[everything[0].method]) for made in everything]


def scaled_errors(panel: Panel, made: Made, scale: Array) -> tuple[Array, Array]:
    """MASE and sMAPE of every series of the panel; NaN for those left out or without a scale."""
    mase, smape = np.full((2, len(panel.past)), np.nan)
    outcome = panel.future[made.rows]
    mase[made.rows] = scores.mean_absolute_scaled_error(outcome, made.path, scale[made.rows])
    smape[made.rows] = scores.symmetric_percentage_error(outcome, made.path)
    return mase, smape


def row(
    panel: Panel,
    made: Made,
    scale: Array,
    own: tuple[Array, Array],
    naive: tuple[Array, Array],
    first: tuple[Array, Array],
) -> Row:
    """All scores of one method."""
    outcome, unit = panel.future[made.rows], scale[made.rows]
    known = np.isfinite(own[0])
    mase, smape = float(own[0][known].mean()), float(np.nanmean(own[1]))
    naive_mase = float(naive[0][known].mean())
    naive_smape = float(naive[1][np.isfinite(own[1])].mean())
    low95, low80, high80, high95 = (made.quantiles[:, :, np.argmin(abs(LEVELS - p))] for p in (0.025, 0.1, 0.9, 0.975))
    inside80 = ((low80 <= outcome) & (outcome <= high80)).mean(axis=0)
    inside95 = ((low95 <= outcome) & (outcome <= high95)).mean(axis=0)
    flat, quantiles = outcome.ravel(), made.quantiles.reshape(-1, len(LEVELS))
    moved = np.isfinite(unit) & (unit > 0)
    crps = scores.crps_quantiles(flat, quantiles, LEVELS).reshape(outcome.shape).mean(axis=1)
    low, high = interval(own[0][known] - first[0][known])
    return Row(
        panel.name,
        made.library,
        made.method,
        len(made.rows),
        made.failed,
        mase,
        smape,
        scores.overall_weighted_average(smape, mase, naive_smape, naive_mase),
        float((own[0] - first[0])[known].mean()),
        low,
        high,
        float(inside80.mean()),
        float(inside95.mean()),
        float(inside80[np.argmax(abs(inside80 - 0.80))]),
        float(inside95[np.argmax(abs(inside95 - 0.95))]),
        float(np.nanmean(scores.mean_scaled_interval_score(outcome, low95, high95, 0.95, unit))),
        float((crps[moved] / unit[moved]).mean()),
        float(scores.pit_error(scores.probability_integral_transform(flat, quantiles, LEVELS), LEVELS)),
    )


def interval(differences: Array) -> tuple[float, float]:
    """95 % interval of a mean when the series are drawn anew."""
    draw, means = np.random.default_rng(SEED), []
    for _ in range(DRAWS // 100):
        picked = draw.integers(len(differences), size=(100, len(differences)), dtype=np.int32)
        means.append(differences[picked].mean(axis=1))
    low, high = np.quantile(np.concatenate(means), [0.025, 0.975])
    return float(low), float(high)
