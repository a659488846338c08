"""The branches of the accounts: log-odds of a part against the rest, from the latest published ratio on.

Own errors come from the city and end year that an outcome's GDP error came from, common ones from its year of the
nation; see :mod:`qdecon.projection.accounts`.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from qdecon.errors import NotAvailable
from qdecon.models import PER_CENT, Naive, default_model
from qdecon.projection.origins import WINDOW, History, moved, own_spread
from qdecon.projection.paths import NATION_FIRST, growth_of
from qdecon.projection.reference import ReferenceClass, reference_class

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from qdecon.data import Dataset, Panel
    from qdecon.models import Array, Model

GDP, REAL, DEFLATOR = "gdp", "gdp_growth_real", "gdp_deflator_growth"
SERVICES, FARMING, SECONDARY = "va_tertiary", "va_primary", "va_secondary"
INDUSTRY, MANUFACTURING = "va_industry", "va_manufacturing"


class Branch(NamedTuple):
    """One log-odds of the tree: a part of a whole, or beside another part; and the pairs that show how it moves."""

    pair: tuple[str, str]
    peers: tuple[str, str]
    nation: tuple[str, str]
    beside: bool = False


_INDUSTRY = (INDUSTRY, SECONDARY)
BRANCHES = (
    Branch((SERVICES, GDP), (SERVICES, GDP), (SERVICES, GDP)),
    Branch((FARMING, SECONDARY), (FARMING, SECONDARY), (FARMING, SECONDARY), beside=True),
    Branch(_INDUSTRY, _INDUSTRY, _INDUSTRY),
    Branch((MANUFACTURING, SECONDARY), _INDUSTRY, ("manufacturing_share", "secondary_share")),
)


class Lots(NamedTuple):
    """What each outcome takes its errors from; place and end year are coded as one number."""

    cities: NDArray[np.int_]
    nation: NDArray[np.int_]
    draw: np.random.Generator


class Odds(NamedTuple):
    """Log-odds of a branch: the published ones by year, and outcomes from the latest of these years on."""

    published: dict[int, float]
    start: int
    paths: Array  # (outcomes, years), the first column is the start itself

    def since(self, year: int) -> Array:
        """Outcomes from a year on."""
        return self.paths[:, year - self.start :]


def branch_odds(dataset: Dataset, branch: Branch, years: tuple[int, ...], lots: Lots) -> Odds:
    """Outcomes of one branch's log-odds, from its latest published ratio on.

    Raises
    ------
    NotAvailable
        If no ratio was published before the first year, or no peers publish such a ratio.
    """
    order = {basis.id: place for place, basis in enumerate(dataset.bases)}
    cells = dict(sorted(_published(dataset, branch).items(), key=lambda cell: order.get(cell[0][1], -1)))
    published = {year: odds for (year, _), odds in cells.items() if year < years[0]}
    if not published:
        raise NotAvailable(f"{' and '.join(branch.pair)} were never published together", "accounts", "wait for figures")
    start, model = max(published), default_model("share")
    past, yearly = _past_changes({cell: odds for cell, odds in cells.items() if start - WINDOW <= cell[0] <= start})
    horizon, enough = years[-1] - start, len(past) >= model.needs - 1
    middle = moved(model, past[None, :], horizon, PER_CENT)[0] if enough else np.zeros((1, horizon))
    model = model if enough else Naive(PER_CENT)
    reference = _class(dataset, branch, model, horizon)
    own = reference.own * own_spread(yearly, model, reference.spread, PER_CENT)
    cities = lots.cities if branch.peers[0] in (SERVICES, FARMING) else np.full_like(lots.cities, -1)
    errors = drawn(own, reference.own_key, cities, horizon, lots.draw)
    common = reference.common * reference.common_spread
    errors += drawn(common, reference.common_key, lots.nation, horizon, lots.draw)
    return Odds(published, start, published[start] + np.pad(middle + errors, ((0, 0), (1, 0))))


def _published(dataset: Dataset, branch: Branch) -> dict[tuple[int, str], float]:
    """Log-odds by (year, basis), each of two figures of one basis."""
    parts, others = (_amounts(dataset, name) for name in branch.pair)
    rests = {cell: others[cell] - (0.0 if branch.beside else part) for cell, part in parts.items() if cell in others}
    return {cell: float(np.log(parts[cell] / rest)) for cell, rest in rests.items() if min(parts[cell], rest) > 0}


def _amounts(dataset: Dataset, name: str) -> dict[tuple[int, str], float]:
    """Published levels by (year, basis); where only the share of GDP was published, the level that it implies."""
    found: dict[tuple[int, str], float] = {}
    for each in dataset.indicators.values():
        if (each.kind, each.numerator, each.denominator) == ("share", name, GDP):
            shares, wholes = dataset.annual(each.id), _amounts(dataset, GDP)
            found |= {cell: wholes[cell] * (item.value or 0.0) / 100 for cell, item in shares.items() if cell in wholes}
    levels = dataset.annual(name) if name in dataset.indicators else {}
    return found | {cell: item.value or 0.0 for cell, item in levels.items()}


def _past_changes(cells: Mapping[tuple[int, str], float]) -> tuple[Array, Array]:
    """Changes a year, of the newest basis that tells them, and those that were formed from one year to the next."""
    steps: dict[int, tuple[float, bool]] = {}
    for basis in dict.fromkeys(basis for _, basis in cells):
        for before, after in pairwise(sorted(year for year, own in cells if own == basis)):
            change = (cells[after, basis] - cells[before, basis]) / (after - before)
            steps |= dict.fromkeys(range(before + 1, after + 1), (change, after == before + 1))
    kept = [steps[year] for year in sorted(steps)]
    return np.array([change for change, _ in kept]), np.array([change for change, single in kept if single])


def _class(dataset: Dataset, branch: Branch, model: Model, horizon: int) -> ReferenceClass:
    """The reference class of a branch, for the longest horizon up to the one asked for that has been realised."""
    peers = dataset.peers.provinces if branch.peers == _INDUSTRY else dataset.peers.cities
    own = _changes(peers.without([dataset.plan.place.zh, dataset.plan.driver or ""]), branch.peers, branch.beside)
    common = _changes(dataset.peers.nation, branch.nation, branch.beside)
    for length in range(horizon, 1, -1):
        with suppress(NotAvailable):
            return reference_class(own, common, model, length)
    return reference_class(own, common, model, 1)


def _changes(panel: Panel, pair: tuple[str, str], beside: bool) -> History:
    if not {*pair} <= panel.levels.keys():
        raise NotAvailable(f"no peers publish {' and '.join(pair)}", "reference class", "add the series to the peers")
    if beside:
        part, other = (growth_of(panel, name, NATION_FIRST).changes for name in pair)
        return History(part - other, NATION_FIRST, PER_CENT)
    return replace(growth_of(panel, pair[0], NATION_FIRST, pair[1]), scale=PER_CENT)


def origin_codes(keys: tuple[tuple[int, int], ...], length: int) -> NDArray[np.int_]:
    """Place and end year of error paths, coded as one number."""
    return np.array([10_000 * place + origin + length for place, origin in keys])


def drawn(
    paths: Array, keys: tuple[tuple[int, int], ...], wanted: NDArray[np.int_], horizon: int, draw: np.random.Generator
) -> Array:
    """One error path an outcome: of the place and end year wanted, any other where the class has none."""
    codes, size = origin_codes(keys, paths.shape[1]), len(wanted)
    order = np.argsort(codes)
    rows = order[np.minimum(np.searchsorted(codes, wanted, sorter=order), len(order) - 1)]
    drawn = paths[np.where(codes[rows] == wanted, rows, draw.integers(len(codes), size=size))]
    while drawn.shape[1] < horizon:  # no path is as long as that: another one goes before it
        before = paths[draw.integers(len(codes), size=size), : horizon - drawn.shape[1]]
        drawn = np.concatenate([before, before[:, -1:] + drawn], axis=1)
    return drawn
