"""The track record: the projections replayed forward in time on places whose outcome is known.

At every origin only errors realised before it may be used. Coverage is reported by horizon and by origin year, since
peers err together: a pooled figure hides the years in which everybody was wrong. Intervals come from resampling whole
origin years. Leaving one city out of one pool of all errors is a diagnostic only, and passes almost by construction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from qdecon.data.peers import RECORD_FILE
from qdecon.errors import NotAvailable
from qdecon.models import default_model
from qdecon.projection import CITY_FIRST, NATION_FIRST, Origins, combine, reference_class, replay_origins

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from qdecon.data import Dataset
    from qdecon.plan import Language

HORIZON = 5
CITY_YEARS = range(CITY_FIRST, 2019)  # one family of releases, up to the fourth census
PROVINCE_FIRST = 2016
SMALLEST_POOL = 20  # own error paths below which no band is drawn
DRAWS, SEED = 2000, 20220505


@dataclass(frozen=True)
class Record:
    """Coverage of the 80 % and 95 % bands.

    Attributes
    ----------
    cases : DataFrame
        One row a replayed forecast: ``panel origin horizon place covered80 covered95 rank``; rank is the share of
        outcomes at or below what happened.
    """

    cases: pd.DataFrame

    def coverage(self) -> pd.DataFrame:
        """Coverage by panel and horizon, with the number of cases and an interval from resampling whole origin years.

        Returns
        -------
        DataFrame
            ``panel horizon origins cases`` and, for each level, ``coverage low high``.
        """
        draw = np.random.default_rng(SEED)
        rows = []
        for (panel, horizon), group in self.cases.groupby(["panel", "horizon"], sort=True):
            row: dict[str, object] = {
                "panel": panel, "horizon": horizon, "origins": group["origin"].nunique(), "cases": len(group)
            }  # fmt: skip
            by_year = group.groupby("origin")[["covered80", "covered95"]].agg(["sum", "count"])
            picks = draw.integers(len(by_year), size=(DRAWS, len(by_year)))
            for level in (0.80, 0.95):
                name = f"covered{100 * level:.0f}"
                hits, counts = by_year[name, "sum"].to_numpy(), by_year[name, "count"].to_numpy()
                resampled = hits[picks].sum(axis=1) / counts[picks].sum(axis=1)
                # a single origin year cannot tell how far another one would differ
                low, high = np.quantile(resampled, [0.025, 0.975]) if len(by_year) > 1 else (np.nan, np.nan)
                short = f"{100 * level:.0f}"
                row |= {
                    f"coverage{short}": float(group[name].mean()),
                    f"low{short}": float(low),
                    f"high{short}": float(high),
                }
            rows.append(row)
        return pd.DataFrame(rows)

    def by_origin(self) -> pd.DataFrame:
        """Coverage by panel, horizon and origin year, with the number of cases."""
        grouped = self.cases.groupby(["panel", "horizon", "origin"], sort=True)
        return grouped.agg(
            cases=("place", "size"), coverage80=("covered80", "mean"), coverage95=("covered95", "mean")
        ).reset_index()

    def text(self, language: Language = "zh") -> str:
        """The coverage table in words."""
        names = {
            "cities": ("城市（逐年向前）", "cities, forward in time"),
            "provinces": ("省份（逐年向前）", "provinces, forward in time"),
            "cities, one left out": ("城市（留一，仅作诊断）", "cities, one left out (diagnostic only)"),
        }
        lines = []
        for row in self.coverage().itertuples():
            panel = names[str(row.panel)][0 if language == "zh" else 1]
            one, two = _held(row.coverage80, row.low80, row.high80), _held(row.coverage95, row.low95, row.high95)
            if language == "zh":
                head = f"{panel} 提前{row.horizon}年"
                lines.append(f"{head}：80%区间覆盖{one}，95%区间覆盖{two}，{row.origins}个起点，n={row.cases}")
            else:
                head = f"{panel}, {row.horizon} ahead"
                lines.append(f"{head}: 80% band held {one}, 95% band {two}, {row.origins} origins, n={row.cases}")
        return "\n".join(lines)

    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables to commit, by file name, rounded to 3 decimals."""
        return {RECORD_FILE: self.coverage().round(3), "coverage_by_origin.csv": self.by_origin().round(3)}


def _held(coverage: float, low: float, high: float) -> str:
    """Coverage in per cent with its interval, if there is one."""
    return f"{100 * coverage:.0f}%" + ("" if np.isnan(low) else f" ({100 * low:.0f}-{100 * high:.0f})")


def backtest(dataset: Dataset) -> Record:
    """Replay the default model for GDP on cities and provinces.

    Parameters
    ----------
    dataset : Dataset
        Only its peers are read.

    Returns
    -------
    Record
    """
    peers = dataset.peers
    cities = peers.cities.log_growth("gdp", CITY_YEARS)
    nation = peers.nation.log_growth("gdp", range(NATION_FIRST, peers.nation.last + 1))
    provinces = peers.provinces.log_growth("gdp", range(PROVINCE_FIRST, peers.provinces.last + 1))
    rows = [
        *_forward("cities", cities, CITY_YEARS.start, cities, nation, same=True),
        *_forward("provinces", provinces, PROVINCE_FIRST, cities, nation, same=False),
        *_one_left_out(cities),
    ]
    return Record(pd.DataFrame(rows))


def _forward(
    name: str,
    judged: NDArray[np.float64],
    first: int,
    cities: NDArray[np.float64],
    nation: NDArray[np.float64],
    *,
    same: bool,
) -> Iterator[dict[str, object]]:
    """Forecasts of one panel with reference classes cut at each origin."""
    model = default_model("level")
    for horizon in range(1, HORIZON + 1):
        origins = replay_origins(judged, first, model, horizon)
        for origin in np.unique(origins.year):
            here = (origins.year == origin) & ~np.isnan(origins.errors[:, -1])
            if not here.any():
                continue
            known = cities[:, : origin - CITY_YEARS.start + 1]
            try:
                reference = reference_class(
                    known, CITY_YEARS.start, nation[:, : origin - NATION_FIRST + 1], NATION_FIRST, model, horizon
                )
            except NotAvailable:
                continue
            owners = np.array([place for place, _ in reference.own_key])
            for row in np.nonzero(here)[0]:
                own = reference.own[owners != origins.place[row], -1] if same else reference.own[:, -1]
                if len(own) < SMALLEST_POOL:
                    continue
                pool = combine(own * origins.spread[row], reference.common[:, -1] * reference.nation_spread)
                yield _case(name, int(origin), horizon, int(origins.place[row]), pool, float(origins.errors[row, -1]))


def _one_left_out(cities: NDArray[np.float64]) -> Iterator[dict[str, object]]:
    """Raw errors of all other cities, past and future: a diagnostic of the scaling, not a record."""
    model = default_model("level")
    for horizon in range(1, HORIZON + 1):
        origins: Origins = replay_origins(cities, CITY_YEARS.start, model, horizon)
        scaled = origins.errors[:, -1] / origins.spread
        known = ~np.isnan(scaled)
        for row in np.nonzero(known)[0]:
            pool = scaled[known & (origins.place != origins.place[row])]
            place, origin = int(origins.place[row]), int(origins.year[row])
            yield _case("cities, one left out", origin, horizon, place, pool, float(scaled[row]))


def _case(
    panel: str, origin: int, horizon: int, place: int, pool: NDArray[np.float64], outcome: float
) -> dict[str, object]:
    lows = np.quantile(pool, [0.1, 0.9, 0.025, 0.975])
    return {
        "panel": panel, "origin": origin, "horizon": horizon, "place": place,
        "covered80": bool(lows[0] <= outcome <= lows[1]), "covered95": bool(lows[2] <= outcome <= lows[3]),
        "rank": float(np.mean(pool <= outcome)),
    }  # fmt: skip
