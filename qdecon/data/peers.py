"""The peers: main cities, provinces, the nation and other countries, each figure inside its statistical basis.

Peers carry no publication dates: year t counts as known from 31 March of t + 1 (pseudo real time).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from qdecon.data.record import read_record, read_reliability, shipped_quantiles
from qdecon.errors import UnknownName

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from qdecon.data.inspection import Inspector
    from qdecon.data.record import Coverage, Reliability

COLUMNS = {
    "places.csv": ("place", "kind", "name_en", "code", "province"),
    **dict.fromkeys(
        ("cities.csv", "provinces.csv", "nation.csv", "countries.csv"),
        ("place", "indicator", "period", "value", "unit", "basis", "source"),
    ),
    "breaks.csv": ("place", "indicator", "period", "kind", "reason_zh", "reason_en"),
    "revisions.csv": ("place", "indicator", "period", "preliminary", "final", "unit", "source"),
}
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_YEAR = re.compile(r"[12][0-9]{3}")
Levels = dict[str, dict[str, dict[str, dict[int, float]]]]  # indicator -> place -> basis -> year -> value


def last_known_year(as_of: dt.date) -> int:
    """Latest year whose peer figures count as known.

    Examples
    --------
    >>> last_known_year(dt.date(2023, 3, 31)), last_known_year(dt.date(2023, 3, 30))
    (2022, 2021)
    """
    return as_of.year - 1 if (as_of.month, as_of.day) >= (3, 31) else as_of.year - 2


@dataclass(frozen=True)
class Panel:
    """Annual series of several places.

    Attributes
    ----------
    places : tuple of str
        In the order of their administrative codes.
    levels : mapping
        indicator -> place -> basis -> year -> value.
    splices : frozenset
        (place, indicator, year) whose growth is a level shift or a change of boundaries and is never used.
    last : int
        Latest year known.
    """

    places: tuple[str, ...]
    levels: Levels
    splices: frozenset[tuple[str, str, int]]
    last: int

    def known(self, as_of: dt.date) -> Panel:
        """The panel as known on a date."""
        return replace(self, last=min(self.last, last_known_year(as_of)))

    def without(self, places: Iterable[str]) -> Panel:
        """The panel without some places."""
        left_out = set(places)
        return replace(self, places=tuple(place for place in self.places if place not in left_out))

    def pairs(self, indicator: str, place: str) -> dict[int, tuple[float, float, str]]:
        """Year -> (value of the year before, value, basis), both inside one basis, the newest that holds both.

        Raises
        ------
        UnknownName
            If the panel has no such indicator.
        """
        if indicator not in self.levels:
            known = ", ".join(sorted(self.levels))
            raise UnknownName(f"the peers have no {indicator!r}", "argument indicator", f"choose one of {known}")
        found: dict[int, tuple[float, float, str]] = {}
        for basis, values in sorted(self.levels[indicator].get(place, {}).items()):
            for year, value in values.items():
                if year <= self.last and year - 1 in values and (place, indicator, year) not in self.splices:
                    found[year] = (values[year - 1], value, basis)
        return found

    def log_growth(self, indicator: str, years: range) -> NDArray[np.float64]:
        """Yearly changes of the logarithm, each formed inside one basis; NaN where none can be formed.

        Returns
        -------
        ndarray, shape (places, years)
        """
        out = np.full((len(self.places), len(years)), np.nan)
        for row, place in enumerate(self.places):
            for year, (before, value, _) in self.pairs(indicator, place).items():
                if year in years and min(before, value) > 0:
                    out[row, year - years.start] = np.log(value / before)
        return out

    def log_odds_change(self, part: str, whole: str, years: range) -> NDArray[np.float64]:
        """Yearly changes of the log-odds of part/whole, each formed inside one basis; NaN where none can be formed.

        Returns
        -------
        ndarray, shape (places, years)
        """
        out = np.full((len(self.places), len(years)), np.nan)
        for row, place in enumerate(self.places):
            shares = self.shares(part, whole, place)
            for (basis, year), share in shares.items():
                before = shares.get((basis, year - 1))
                spliced = {(place, part, year), (place, whole, year)} & self.splices
                if (
                    before is not None
                    and year in years
                    and not spliced
                    and 0 < min(before, share) <= max(before, share) < 1
                ):
                    change = np.log(share / (1 - share)) - np.log(before / (1 - before))
                    out[row, year - years.start] = change
        return out

    def shares(self, part: str, whole: str, place: str) -> dict[tuple[str, int], float]:
        """(basis, year) -> part/whole as a fraction, for every basis that holds both."""
        parts, wholes = self.levels[part].get(place, {}), self.levels[whole].get(place, {})
        return {
            (basis, year): value / wholes[basis][year]
            for basis, values in sorted(parts.items())
            for year, value in sorted(values.items())
            if year <= self.last and wholes.get(basis, {}).get(year, 0) > 0
        }


@dataclass(frozen=True)
class Revision:
    """A preliminary figure and its final verification."""

    place: str
    indicator: str
    year: int
    preliminary: float
    final: float

    @property
    def relative(self) -> float:
        """Change of the figure as a fraction of the final one."""
        return (self.final - self.preliminary) / self.final


@dataclass(frozen=True)
class Peers:
    """Cities, provinces, the nation and other countries, with revisions measured between two vintages of provinces.

    ``record`` and ``reliability`` are the track record, ``shipped`` the quantiles of errors for series without peers.
    """

    cities: Panel
    provinces: Panel
    nation: Panel
    countries: Panel
    revisions: tuple[Revision, ...]
    names_en: Mapping[str, str]
    record: tuple[Coverage, ...] = ()
    reliability: tuple[Reliability, ...] = ()
    shipped: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 0)), compare=False)

    def held(self, panel: str, horizon: int) -> Coverage | None:
        """Track record of a panel at a horizon, or None."""
        return next((each for each in self.record if (each.panel, each.horizon) == (panel, horizon)), None)

    def came_true(self, panel: str, probability: float) -> Reliability | None:
        """What past probabilities of that size came to on a panel, or None."""
        found = [each for each in self.reliability if each.panel == panel and each.low <= probability <= each.high]
        return found[-1] if found else None

    def known(self, as_of: dt.date) -> Peers:
        """The peers as known on a date; a final verification counts as known a year after the first release."""
        last = last_known_year(as_of)
        return replace(
            self,
            cities=self.cities.known(as_of),
            provinces=self.provinces.known(as_of),
            nation=self.nation.known(as_of),
            countries=self.countries.known(as_of),
            revisions=tuple(revision for revision in self.revisions if revision.year < last),
        )

    def deflator(self, province: str, year: int) -> float | None:
        """Growth of a province's implied GDP deflator, as a fraction; None if a figure is missing.

        Implied by nominal and real growth on one basis: ``(1 + nominal) / (1 + real) - 1``.
        """
        pair = self.provinces.pairs("gdp", province).get(year)
        index = self.provinces.levels.get("gdp_index", {}).get(province, {})
        real = next((values[year] for values in index.values() if year in values), None)
        if pair is None or real is None or min(*pair[:2], real) <= 0:
            return None
        return pair[1] / pair[0] / (real / 100) - 1


def read_peers(inspector: Inspector) -> Peers | None:
    """Read the peers' tables; faults go to the inspector, and None is returned if there are any."""
    before = len(inspector.problems)
    tables = {file: inspector.table(file, columns) for file, columns in COLUMNS.items()}
    for file, rows in tables.items():
        if not rows and file not in ("breaks.csv", "revisions.csv") and len(inspector.problems) == before:
            inspector.report("the table has no rows", file, None, None, "restore the peers' tables")
        for line, row in rows:
            for column in {"period", "value", "preliminary", "final"} & set(row):
                pattern, remedy = (_YEAR, "write a year") if column == "period" else (_NUMBER, "write plain digits")
                if not pattern.fullmatch(row[column]):
                    inspector.report(f"no number: {row[column]!r}", file, line, column, remedy)
    if len(inspector.problems) > before:
        return None
    places = [row for _, row in tables["places.csv"]]
    splices = frozenset((row["place"], row["indicator"], int(row["period"])) for _, row in tables["breaks.csv"])

    def panel(file: str, kind: str) -> Panel:
        levels: Levels = {}
        for _, row in tables[file]:
            by_basis = levels.setdefault(row["indicator"], {}).setdefault(row["place"], {})
            by_basis.setdefault(row["basis"], {})[int(row["period"])] = float(row["value"])
        names = tuple(row["place"] for row in places if row["kind"] == kind)
        return Panel(names, levels, splices, max(int(row["period"]) for _, row in tables[file]))

    return Peers(
        cities=panel("cities.csv", "city"),
        provinces=panel("provinces.csv", "province"),
        nation=panel("nation.csv", "nation"),
        countries=panel("countries.csv", "country"),
        revisions=tuple(
            Revision(row["place"], row["indicator"], int(row["period"]), float(row["preliminary"]), float(row["final"]))
            for _, row in tables["revisions.csv"]
        ),
        names_en={row["place"]: row["name_en"] for row in places},
        record=read_record(inspector.folder.parent / "record"),
        reliability=read_reliability(inspector.folder.parent / "record"),
        shipped=shipped_quantiles(),
    )
