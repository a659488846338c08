"""Measure the quantiles of scaled errors that are shipped for series without a panel: data/record/quantiles.csv.

    python -m tools.quantiles FILE...

Each FILE is a panel of public annual series. The last values of each series, its test part, are never read: a later
evaluation on them stays one on unseen outcomes. Panels count alike, whatever their size.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from qdecon.data import QUANTILES_FILE
from qdecon.models import default_model
from qdecon.models.batch import batch
from qdecon.projection import LEVELS, scaled_errors
from qdecon.sources import read_panel

RECORD = Path(__file__).resolve().parent.parent / "data" / "record"
HORIZON, ORIGINS = 10, 6


def measured(path: str) -> np.ndarray:
    """Symmetric quantiles of one panel, shape (HORIZON, levels)."""
    past = batch([series.past for series in read_panel(path).series])
    errors = scaled_errors(past, default_model("level"), HORIZON, HORIZON + ORIGINS - 1)
    rows = []
    for ahead in range(1, HORIZON + 1):
        pool = errors[:, ahead - 1 : ahead - 1 + ORIGINS, ahead - 1]
        pool = pool[np.isfinite(pool)]
        rows.append(np.quantile(np.concatenate([pool, -pool]), LEVELS))
    return np.array(rows)


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(prog="python -m tools.quantiles", description="shipped quantiles of scaled errors")
    parser.add_argument("files", nargs="+", metavar="FILE")
    options = parser.parse_args()
    mean = np.mean([measured(path) for path in options.files], axis=0)
    table = pd.DataFrame(mean.round(4), columns=[f"{level:g}" for level in LEVELS])
    table.insert(0, "horizon", np.arange(1, HORIZON + 1))
    table.to_csv(RECORD / QUANTILES_FILE, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
