"""The track record: the projections replayed forward in time on places whose outcome is known.

At every origin only errors realised before it may be used. Coverage is reported by horizon and by origin year, since
peers err together: a pooled figure hides the years in which everybody was wrong. Intervals come from resampling whole
origin years. The CRPS stands beside that of drift in logs with its own textbook band, on the same cases. Leaving one
city out of one pool of all errors is a diagnostic only, and passes almost by construction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from qdecon.data import RECORD_FILE
from qdecon.errors import NotAvailable
from qdecon.models import LOG, Drift, default_model
from qdecon.projection import (
    ABROAD_FIRST,
    CITY_FIRST,
    FEWEST,
    NATION_FIRST,
    History,
    Origins,
    combine,
    growth_of,
    reference_class,
    replay_origins,
)
from qdecon.replay.scores import crps_normal, crps_sample, pit_error, rank

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from qdecon.data import Dataset, Panel, Peers
    from qdecon.models import Model
    from qdecon.plan import Language

HORIZON = 5
CITY_LAST = 2018  # one family of releases, up to the fourth census
PROVINCE_FIRST, PROVINCE_FEWEST = 2017, 3  # their one basis begins in 2016
MUNICIPALITIES = ("北京", "上海", "天津", "重庆")  # on one basis throughout
COUNTRY_FEWEST = 8
SMALLEST_POOL = 20  # error paths below which no band is drawn
POINTS = 101  # quantiles that stand for the common part where only one horizon is judged
DRAWS, SEED = 2000, 20220505


@dataclass(frozen=True)
class Record:
    """Coverage of the 80 % and 95 % bands, and how sharp they were.

    Attributes
    ----------
    cases : DataFrame
        One row a replayed forecast: ``panel origin horizon place covered80 covered95 rank crps crps_drift``; rank is
        the share of outcomes at or below what happened, both CRPS are in logs.
    """

    cases: pd.DataFrame

    def coverage(self) -> pd.DataFrame:
        """Coverage by panel and horizon, with the number of cases and an interval from resampling whole origin years.

        Returns
        -------
        DataFrame
            ``panel horizon origins cases``, for each level ``coverage low high``, the worst origin year at 80 %, and
            the mean CRPS of the projection and of drift, and the PIT error of the projection.
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
            row["worst80"] = float(group.groupby("origin")["covered80"].mean().min())
            row |= {name: float(group[name].mean()) for name in ("crps", "crps_drift")}
            row["pit_error"] = pit_error(group["rank"].to_numpy())
            rows.append(row)
        return pd.DataFrame(rows)

    def pooled(self) -> pd.DataFrame:
        """All years ahead together, by panel: origins, cases, coverage, CRPS against drift (a fraction), PIT error."""
        rows = []
        for panel, group in self.cases.groupby("panel", sort=True):
            rows.append(
                {
                    "panel": panel, "origins": group["origin"].nunique(), "cases": len(group),
                    "coverage80": group["covered80"].mean(), "coverage95": group["covered95"].mean(),
                    "crps_against_drift": group["crps"].mean() / group["crps_drift"].mean() - 1,
                    "pit_error": pit_error(group["rank"].to_numpy()),
                }
            )  # fmt: skip
        return pd.DataFrame(rows).set_index("panel")

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
            "countries": ("国家（逐年向前）", "countries, forward in time"),
            "municipalities": ("直辖市（逐年向前）", "municipalities, forward in time"),
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
        """The tables to commit, by file name, rounded."""
        rounded = self.coverage().round({"crps": 4, "crps_drift": 4}).round(4)
        shares = [name for name in rounded if name.startswith(("coverage", "low", "high", "worst", "pit"))]
        return {
            RECORD_FILE: rounded.round(dict.fromkeys(shares, 3)),
            "coverage_by_origin.csv": self.by_origin().round(3),
        }


def _held(coverage: float, low: float, high: float) -> str:
    """Coverage in per cent with its interval, if there is one."""
    return f"{100 * coverage:.0f}%" + ("" if np.isnan(low) else f" ({100 * low:.0f}-{100 * high:.0f})")


def backtest(dataset: Dataset) -> Record:
    """Replay the default model for GDP on cities, provinces, municipalities and countries.

    Parameters
    ----------
    dataset : Dataset
        Only its peers are read.

    Returns
    -------
    Record
    """
    peers = dataset.peers
    around = surroundings(peers)
    municipalities = growth_of(_only(peers.cities, MUNICIPALITIES), "gdp", CITY_FIRST)
    places = {name: row for row, name in enumerate(peers.cities.places)}
    themselves = [places[name] for name in MUNICIPALITIES]
    rows = [
        *_forward("cities", around.cities, around, list(range(len(peers.cities.places)))),
        *_forward("municipalities", municipalities, around, themselves),
        *_forward("provinces", growth_of(peers.provinces, "gdp", PROVINCE_FIRST), around, fewest=PROVINCE_FEWEST),
        *_abroad(around.abroad),
        *_one_left_out(around.cities),
    ]
    return Record(pd.DataFrame(rows))


class Around(NamedTuple):
    """What the reference classes are made of."""

    cities: History
    nation: History
    abroad: History


def surroundings(peers: Peers) -> Around:
    """Growth of cities inside one family of releases, of the nation and of other countries."""
    return Around(
        growth_of(peers.cities, "gdp", CITY_FIRST).until(CITY_LAST),
        growth_of(peers.nation, "gdp", NATION_FIRST),
        growth_of(peers.countries, "gdp_real", ABROAD_FIRST),
    )


def _only(panel: Panel, places: tuple[str, ...]) -> Panel:
    return panel.without([place for place in panel.places if place not in places])


def _forward(
    name: str, judged: History, around: Around, themselves: list[int] | None = None, fewest: int = FEWEST
) -> Iterator[dict[str, object]]:
    """Forecasts of one panel with reference classes cut at each origin; a city is left out of its own class."""
    model = default_model("account")
    for horizon in range(1, HORIZON + 1):
        made, drift = (replay_origins(judged, each, horizon, fewest) for each in (model, Drift(LOG)))
        for row, pool in forward_pools(made, around, model, themselves):
            yield _case(name, made, drift, row, pool)


def forward_pools(
    made: Origins, around: Around, model: Model, themselves: Sequence[int] | None = None
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Rows of replayed origins whose outcome is known, with the errors that had been realised at each origin.

    Parameters
    ----------
    made : Origins
    around : Around
    model : Model
        The one replayed.
    themselves : sequence of int, optional
        For each place of the panel its row among the cities, which is left out of its own reference class.

    Yields
    ------
    (int, ndarray of shape (outcomes,))
    """
    horizon = made.errors.shape[1]
    for origin in np.unique(made.year):
        here = (made.year == origin) & ~np.isnan(made.errors[:, -1])
        if not here.any():
            continue
        known = [each.until(int(origin)) for each in around]
        try:
            reference = reference_class(known[0], known[1], model, horizon, known[2])
        except NotAvailable:
            continue
        common = _condensed(reference.common[:, -1]) * reference.common_spread
        owners = np.array([place for place, _ in reference.own_key])
        for row in np.nonzero(here)[0]:
            out = owners != themselves[made.place[row]] if themselves is not None else np.ones(len(owners), bool)
            if out.sum() >= SMALLEST_POOL:
                yield int(row), combine(reference.own[out, -1] * made.spread[row], common)


def _abroad(countries: History) -> Iterator[dict[str, object]]:
    """Countries, each by the others' errors: own parts plus common ones with either sign, all realised before."""
    model = default_model("account")
    for horizon in range(1, HORIZON + 1):
        made, drift = (replay_origins(countries, each, horizon, COUNTRY_FEWEST) for each in (model, Drift(LOG)))
        scaled, known = made.errors[:, -1] / made.spread, ~np.isnan(made.errors[:, -1])
        common = {int(year): np.median(scaled[known & (made.year == year)]) for year in np.unique(made.year[known])}
        own = scaled - np.array([common.get(int(year), np.nan) for year in made.year])
        for origin in sorted(common):
            shared = np.array([common[year] for year in common if year + horizon <= origin])
            past = known & (made.year + horizon <= origin)
            if past.sum() < SMALLEST_POOL * HORIZON:
                continue
            for row in np.nonzero(known & (made.year == origin))[0]:
                others = _condensed(own[past & (made.place != made.place[row])])
                pool = combine(others, np.concatenate([shared, -shared])) * made.spread[row]
                yield _case("countries", made, drift, int(row), pool)


def _one_left_out(cities: History) -> Iterator[dict[str, object]]:
    """Raw errors of all other cities, past and future: a diagnostic of the scaling, not a record."""
    model = default_model("account")
    for horizon in range(1, HORIZON + 1):
        made, drift = (replay_origins(cities, each, horizon) for each in (model, Drift(LOG)))
        scaled, known = made.errors[:, -1] / made.spread, ~np.isnan(made.errors[:, -1])
        for row in np.nonzero(known)[0]:
            pool = scaled[known & (made.place != made.place[row])] * made.spread[row]
            yield _case("cities, one left out", made, drift, int(row), pool)


def _condensed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Equally likely quantiles that stand for many outcomes of one year."""
    return np.quantile(values, (np.arange(POINTS) + 0.5) / POINTS)


def _case(panel: str, made: Origins, drift: Origins, row: int, pool: NDArray[np.float64]) -> dict[str, object]:
    outcome, same = made.errors[row, -1], made.moves[row, -1] - drift.moves[row, -1]
    low80, high80, low95, high95 = np.quantile(pool, [0.1, 0.9, 0.025, 0.975])
    single = np.array([outcome])
    return {
        "panel": panel, "origin": int(made.year[row]), "horizon": made.errors.shape[1], "place": int(made.place[row]),
        "covered80": bool(low80 <= outcome <= high80), "covered95": bool(low95 <= outcome <= high95),
        "rank": float(rank(single, pool)[0]), "crps": float(crps_sample(single, pool)[0]),
        "crps_drift": float(crps_normal(single + same, np.zeros(1), drift.expected[row, -1:])[0]),
    }  # fmt: skip
