"""The track record as data: how often past bands held, and quantiles of errors measured on public annual series."""

from __future__ import annotations

import csv
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qdecon.errors import NotAvailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

RECORD_FILE, QUANTILES_FILE, RELIABILITY_FILE = "coverage.csv", "quantiles.csv", "reliability.csv"
_EMBEDDED = Path(__file__).resolve().parent.parent / "datasets" / "record"


@dataclass(frozen=True)
class Coverage:
    """How often past bands held, and the CRPS beside that of drift: one panel, one horizon of the track record."""

    panel: str
    horizon: int
    origins: int
    cases: int
    coverage80: float
    coverage95: float
    worst80: float
    crps: float
    crps_drift: float


@dataclass(frozen=True)
class Reliability:
    """What stated probabilities between ``low`` and ``high`` came to, on one panel, with a 95 % interval."""

    panel: str
    low: float
    high: float
    n: int
    stated: float
    came: float
    came_low: float
    came_high: float


def read_reliability(folder: Path) -> tuple[Reliability, ...]:
    """Read the reliability table that ``qdecon backtest --badges`` wrote; empty if there is none."""
    if not (folder / RELIABILITY_FILE).exists():
        return ()
    with _told(folder / RELIABILITY_FILE), (folder / RELIABILITY_FILE).open(encoding="utf-8", newline="") as handle:
        return tuple(
            Reliability(
                row["panel"], float(row["low"]), float(row["high"]), int(row["n"]),
                *(float(row[name] or "nan") for name in ("stated", "came", "came_low", "came_high")),
            )
            for row in csv.DictReader(handle)
        )  # fmt: skip


def read_record(folder: Path) -> tuple[Coverage, ...]:
    """Read the track record that ``qdecon backtest`` wrote; empty if there is none."""
    if not (folder / RECORD_FILE).exists():
        return ()
    with _told(folder / RECORD_FILE), (folder / RECORD_FILE).open(encoding="utf-8", newline="") as handle:
        return tuple(
            Coverage(
                row["panel"],
                int(row["horizon"]),
                int(row["origins"]),
                int(row["cases"]),
                *(float(row[name]) for name in ("coverage80", "coverage95", "worst80", "crps", "crps_drift")),
            )
            for row in csv.DictReader(handle)
        )


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say in the project's words that a table of the record is damaged.

    Raises
    ------
    NotAvailable
        If it is.
    """
    try:
        yield
    except (KeyError, TypeError, ValueError, csv.Error, OSError) as error:
        raise NotAvailable(
            "the table of the track record is damaged",
            f"record/{path.name}",
            "write it again: `qdecon backtest --folder`",
        ) from error


def shipped_quantiles() -> NDArray[np.float64]:
    """Quantiles of scaled errors for a series that has no panel, shape (years ahead, levels).

    They were measured by ``python -m tools.quantiles`` on the parts of the M1 and M3 competitions' annual series that
    precede their test years, in units of the spread that the default model for levels expects.

    Examples
    --------
    >>> shipped_quantiles().shape
    (10, 21)
    """
    return np.loadtxt(_EMBEDDED / QUANTILES_FILE, delimiter=",", skiprows=1, ndmin=2)[:, 1:]
