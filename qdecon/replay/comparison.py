"""Several models scored on one panel, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qdecon.models import default_model
from qdecon.replay.panel import backtest_panel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qdecon.models import Array, Model

COLUMNS = {
    "model": "", "horizon": "d", "n": "d", "mase": ".3f", "smape": ".2f", "owa": ".3f", "coverage80": ".1%",
    "coverage95": ".1%", "msis95": ".2f", "crps": ".3f", "brier": ".3f", "pit_error": ".3f",
    "series_per_second": ",.0f", "bands": "",
}  # fmt: skip


def compare_models(
    series: Sequence[tuple[Array, int]],
    models: Sequence[Model],
    shipped: Array,
    *,
    origins: int = 1,
    jobs: int = 1,
    clock: Callable[[], float] | None = None,
) -> list[dict[str, Any]]:
    """Score models on a panel.

    The default model for levels gets calibrated bands, every other one those of its textbook: what stands beside it is
    what a reader would otherwise use.

    Parameters
    ----------
    series : sequence of (values, horizon)
        All annual values of a series, oldest first; the last ``horizon`` are the outcome.
    models : sequence of Model
    shipped : ndarray
        Quantiles measured elsewhere, see :func:`qdecon.projection.calibrate`.
    origins, jobs : int
        As in :func:`qdecon.replay.backtest_panel`.
    clock : callable, optional
        Tells seconds; without it the speed is not reported.

    Returns
    -------
    list of dict
        One row a model and horizon: the summary of :class:`qdecon.replay.PanelRecord`, ``horizon`` and
        ``series_per_second`` (series times origins, calibration and scoring included).
    """
    rows = []
    for horizon in sorted({each for _, each in series}):
        group = [values for values, each in series if each == horizon]
        for model in models:
            bands = shipped if model == default_model("level") else None
            start = clock() if clock else 0.0
            record = backtest_panel(
                group, horizon, model, bands, origins=origins, jobs=jobs, progress=clock is not None
            )
            taken = clock() - start if clock else 0.0
            speed = len(group) * origins / taken if taken else None
            rows.append(record.summary() | {"horizon": horizon, "series_per_second": speed})
    return [{name: row[name] for name in COLUMNS} for row in rows]


def comparison_text(rows: Sequence[dict[str, Any]]) -> str:
    """The rows as an aligned table.

    Examples
    --------
    >>> row = dict.fromkeys(COLUMNS) | {"model": "drift", "n": 2, "mase": 1.25}
    >>> print(comparison_text([row]).splitlines()[1].split()[:4])
    ['drift', '-', '2', '1.250']
    """
    heads = [name.replace("_per_second", "/s").replace("_", " ") for name in COLUMNS]
    cells = [[_cell(row[name], form) for name, form in COLUMNS.items()] for row in rows]
    widths = [max(len(line[place]) for line in [heads, *cells]) for place in range(len(heads))]
    left = {0, len(heads) - 1}
    return "\n".join(
        "  ".join(
            text.ljust(width) if place in left else text.rjust(width)
            for place, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in [heads, *cells]
    )


def _cell(value: Any, form: str) -> str:
    return "-" if value is None else format(value, form)
