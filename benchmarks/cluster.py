"""Two Dask workers against one on the same backtest, through joblib's backend; each cluster is local, on loopback.

python benchmarks/cluster.py [series]
"""

from __future__ import annotations

import sys
import time

import dask
import numpy as np
from distributed import Client, LocalCluster
from joblib import parallel_config

from benchmarks.sets import random_walks
from qdecon.data import shipped_quantiles
from qdecon.models import default_model
from qdecon.replay import PanelRecord, backtest_panel

ORIGINS = 10
_SPAWN = "distributed.nanny.pre-spawn-environ"
MEMORY = {f"{_SPAWN}.MALLOC_TRIM_THRESHOLD_": 2**30, f"{_SPAWN}.MALLOC_MMAP_THRESHOLD_": 2**25}


def run(workers: int, series: list[np.ndarray]) -> tuple[float, PanelRecord]:
    """Seconds and result of the backtest; the cluster's start is not counted."""
    with (
        dask.config.set(MEMORY),
        LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
        ) as cluster,
        Client(cluster),
        parallel_config(backend="dask"),
    ):
        backtest_panel(series[:4096], 6, default_model("level"), shipped_quantiles(), jobs=-1)  # imports
        begun = time.perf_counter()
        made = backtest_panel(series, 6, default_model("level"), shipped_quantiles(), origins=ORIGINS, jobs=-1)
        return time.perf_counter() - begun, made


def main() -> None:
    """Print seconds and their ratio, and whether both gave the same."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 800_000
    panel = random_walks(count, years=30)
    series = [np.concatenate([past, future]) for past, future in zip(panel.past, panel.future, strict=True)]
    (one, first), (two, second) = run(1, series), run(2, series)
    print(
        f"{count:,} series x {ORIGINS} origins: one process {one:.1f} s, two workers {two:.1f} s, ratio {one / two:.2f}"
    )
    print(f"same to the last bit: {np.array_equal(first.crps, second.crps)}")


if __name__ == "__main__":
    main()
