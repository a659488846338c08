"""Rerun every claim about accuracy and speed side by side with the peers, and write benchmarks/RESULTS.md.

    bash benchmarks/run.sh                            everything; `make bench` does this
    bash benchmarks/run.sh accuracy --sets M1 M3      one part, some of the sets
    bash benchmarks/run.sh accuracy --panel FILE --horizon 6
    bash benchmarks/run.sh --quick                    a smoke run; its page stays in the scratch folder

The peers live in an environment of their own (.bench/) and are asked through a pipe; measuring fetches nothing.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path

from benchmarks.accuracy import Row, peers_forecasts, qdecon, table
from benchmarks.badges import Badge, Stated, scored
from benchmarks.report import ACCURACY, BADGES, MEMORY, PAGE, RELIABILITY, SPEED, VERSIONS, page, store, stored
from benchmarks.service import ROOT, SCRATCH, Peers
from benchmarks.sets import CITIES, COMPETITIONS, Panel, cities, open_panel, read_panel
from benchmarks.speed import QUICK, Sizes, measure, measure_memory
from benchmarks.timing import Line, Memory


def arguments() -> argparse.Namespace:
    """What is to be rerun."""
    parser = argparse.ArgumentParser(prog="bash benchmarks/run.sh", description="qdecon and its peers, side by side")
    parser.add_argument("part", nargs="?", choices=["all", "accuracy", "badges", "speed"], default="all")
    known = [*COMPETITIONS, CITIES]
    parser.add_argument("--sets", nargs="*", default=known, choices=known, metavar="SET")
    parser.add_argument("--panel", nargs="*", type=Path, default=[], metavar="FILE", help="CSV: series, year, value")
    parser.add_argument("--horizon", type=int, default=6, help="test years of the panels given by --panel")
    parser.add_argument("--full", action="store_true", help="slow peers on every series of a large panel, too")
    parser.add_argument("--quick", action="store_true", help="every tenth series, small sizes, two turns")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks", help="folder of the results")
    return parser.parse_args()


def main() -> int:
    """Measure, store, write the page."""
    options = arguments()
    out = SCRATCH / "quick" if options.quick else options.out
    with Peers() as peers:
        exported = peers.ask("sets", folder=str(SCRATCH))
        panels = [cities() if name == CITIES else open_panel(exported["panels"][name]) for name in options.sets]
        panels += [read_panel(path, options.horizon) for path in options.panel]
        if options.quick:
            panels = [thinned(panel) for panel in panels]
        out.mkdir(parents=True, exist_ok=True)
        store_versions(out / VERSIONS, exported["versions"])
        if options.part in ("all", "accuracy"):
            store(out / ACCURACY, accuracy(panels, peers, options.full))
        if options.part in ("all", "badges"):
            badges, reliability = badge_tables([panel for panel in panels if panel.name != CITIES])
            store(out / BADGES, badges)
            store(out / RELIABILITY, reliability)
        if options.part in ("all", "speed"):
            sizes = QUICK if options.quick else Sizes()
            real = [panel for panel in panels if panel.name in COMPETITIONS and "macro" not in panel.name]
            store(out / SPEED, measure(real, peers, sizes, say))
            store(out / MEMORY, measure_memory(sizes))
    text = page(
        stored(out / ACCURACY, Row),
        stored(out / BADGES, Badge),
        stored(out / RELIABILITY, Stated),
        stored(out / SPEED, Line),
        stored(out / MEMORY, Memory),
        read_versions(out / VERSIONS),
    )
    (out / PAGE).write_text(text, encoding="utf-8")
    say(f"written: {(out / PAGE).relative_to(ROOT) if (out / PAGE).is_relative_to(ROOT) else PAGE}")
    return 0


def accuracy(panels: list[Panel], peers: Peers, full: bool) -> list[Row]:
    """Rows of every set."""
    rows: list[Row] = []
    for panel in panels:
        begun = time.perf_counter()
        rows += table(panel, [*qdecon(panel), *peers_forecasts(panel, peers, full)])
        say(f"{panel.name}, {len(panel.past)} series: {time.perf_counter() - begun:.0f} s")
    return rows


def badge_tables(panels: list[Panel]) -> tuple[list[Badge], list[Stated]]:
    """Scores of badges on every set; cities have their own record, forward in time."""
    badges: list[Badge] = []
    reliability: list[Stated] = []
    for panel in panels:
        begun = time.perf_counter()
        made = scored(panel)
        badges, reliability = badges + made[0], reliability + made[1]
        say(f"{panel.name}, badges: {time.perf_counter() - begun:.0f} s")
    return badges, reliability


def thinned(panel: Panel) -> Panel:
    """Every tenth series."""
    return panel.take(range(0, len(panel.past), 10), panel.name)


def store_versions(path: Path, peers: dict[str, str]) -> None:
    """What was measured with what: qdecon's environment, then the peers'."""
    own = {name: version(name) for name in ("qdecon", "numpy", "pandas", "joblib")}
    machine = f"{platform.machine()} with {os.cpu_count()} cores"
    rows = [("", "machine", machine), ("", "Python", platform.python_version())]
    rows += [("", name, number) for name, number in own.items()]
    rows += [("peers", name, number) for name, number in peers.items()]
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows([("environment", "package", "version"), *rows])


def read_versions(path: Path) -> dict[str, str]:
    """Version by package; those of the peers' environment say so."""
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return {f"{row['package']}{' (peers)' if row['environment'] else ''}": row["version"] for row in rows}


def say(text: str) -> None:
    """Progress, while it happens."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
