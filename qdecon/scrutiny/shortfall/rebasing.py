"""GDP against the path of its plan: volume, and what new statistical bases did to the level, measured or stated."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from qdecon.errors import NotAvailable
from qdecon.plan import Bilingual
from qdecon.projection.branches import GDP, REAL
from qdecon.projection.paths import CITY_FIRST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qdecon.data import Dataset, Observation
    from qdecon.models import Array
    from qdecon.projection.accounts import Accounts
    from qdecon.scrutiny.shortfall.planpath import PlanPath


@dataclass(frozen=True)
class Deflator:
    """Stated growth of prices that may divide price from re-basing: year to fraction."""

    name: Bilingual
    rates: Mapping[int, float]


class Splice(NamedTuple):
    """Two years with figures that no statistical basis holds together."""

    before: int
    year: int
    basis: Bilingual


def peer_deflators(dataset: Dataset) -> tuple[Deflator, ...]:
    """Growth of prices that can be defended for a year whose own is not known.

    Returns
    -------
    tuple of Deflator
        Implied GDP deflators of the plan's larger economy and of the nation in the same year, and the place's own of
        the year before and the year after, where those grew inside one basis.

    Examples
    --------
    >>> import qdecon as qd
    >>> [(each.name.en, round(100 * each.rates[2024], 2)) for each in peer_deflators(qd.load("qingdao"))]
    [('the nation', -0.8), ('Shandong', -1.08), ('Qingdao the year before', -0.26), ('Qingdao the year after', -0.35)]
    """
    peers, place, driver = dataset.peers, dataset.plan.place, dataset.plan.driver
    home = peers.nation.places[0]
    pairs, growth = peers.nation.pairs(GDP, home), peers.nation.levels[REAL][home]
    nation = {
        year: value / before / (1 + growth[basis][year] / 100) - 1
        for year, (before, value, basis) in pairs.items()
        if year in growth.get(basis, {})
    }
    real = real_growth(dataset)
    own = {
        step.year: (1 + step.value) / (1 + (real[step.year].value or 0.0) / 100) - 1
        for step in dataset.growth_steps(GDP)
        if not step.derived and step.year in real
    }
    made = [Deflator(Bilingual("全国", "the nation"), nation)]
    if driver:
        yearly = {year: peers.deflator(driver, year) for year in range(CITY_FIRST, dataset.as_of.year)}
        rates = {year: rate for year, rate in yearly.items() if rate is not None}
        made.append(Deflator(Bilingual(driver, peers.names_en.get(driver, driver)), rates))
    for shift, zh, en in ((1, "上一年", " the year before"), (-1, "下一年", " the year after")):
        made.append(
            Deflator(Bilingual(place.zh + zh, place.en + en), {year + shift: rate for year, rate in own.items()})
        )
    return tuple(made)


class GdpGap(NamedTuple):
    """GDP against its path up to one year, in logs; None where a part cannot be told.

    ``gap`` and ``volume`` have one figure an outcome, ``lift`` one a deflator; ``stated`` tells whether deflators made
    it, and ``rounding`` how far rounding of real growth moves it then.
    """

    gap: Array
    volume: Array | None
    lift: Array | None
    stated: bool = False
    rounding: float = 0.0


def gdp_levels(dataset: Dataset, name: str, first: int, last: int) -> dict[int, Observation]:
    """Published GDP by year, on the newest basis on which the part of it is published too."""
    found: dict[int, Observation] = {}
    wholes, parts = dataset.annual(GDP), dataset.annual(name)
    for year in range(first, last + 1):
        shared = [basis.id for basis in dataset.bases if (year, basis.id) in wholes.keys() & parts.keys()]
        item = dataset.value(GDP, year, shared[-1] if shared else None)
        if item is not None and item.value:
            found[year] = item
    return found


def _inside(dataset: Dataset, before: Observation, now: Observation) -> float | None:
    """Log growth between two years inside one basis: their own, else the newest that holds both; None if none does."""
    cells = dataset.annual(GDP)
    own = [now.basis] if now.basis == before.basis else [basis.id for basis in dataset.bases]
    shared = [basis for basis in own if {(before.year, basis), (now.year, basis)} <= cells.keys()]
    if not shared:
        return None
    return float(np.log(number(cells[now.year, shared[-1]]) / number(cells[before.year, shared[-1]])))


def find_splices(
    dataset: Dataset, levels: Mapping[int, Observation], deflators: Sequence[Deflator]
) -> tuple[tuple[Splice, ...], tuple[Deflator, ...]]:
    """Years that cross bases, and the deflators that cover all of them.

    Raises
    ------
    NotAvailable
        If deflators are stated and none does.
    """
    labels = {basis.id: basis.label for basis in dataset.bases}
    found = tuple(
        Splice(before, year, labels[levels[year].basis])
        for before, year in pairwise(sorted(levels))
        if _inside(dataset, levels[before], levels[year]) is None
    )
    needed = {year for each in found for year in range(each.before + 1, each.year + 1)}
    usable = tuple(each for each in deflators if needed <= each.rates.keys()) if needed else ()
    if deflators and needed and not usable:
        years = ", ".join(map(str, sorted(needed)))
        raise NotAvailable(f"no stated deflator covers {years}", "argument deflator", "state growth of prices for them")
    return found, usable


def published_gaps(
    dataset: Dataset, levels: Mapping[int, Observation], path: PlanPath, deflators: Sequence[Deflator]
) -> dict[int, GdpGap]:
    """GDP against its path in every published year, the base year included."""
    real, start = real_growth(dataset), np.log(number(levels[path.year]) / path.level)
    lift: Array | None = np.full(max(len(deflators), 1), start)  # the base year's own level may have been revised
    volume, stated, rounding = None if path.real is None else 0.0, False, 0.0
    found = {path.year: GdpGap(np.array([start]), None if volume is None else np.zeros(1), lift)}
    for before, year in pairwise(sorted(levels)):
        rates = [real[each] for each in range(before + 1, year + 1) if each in real]
        grown = sum(np.log1p(number(each) / 100) for each in rates) if len(rates) == year - before else None
        if volume is not None:
            volume = None if grown is None else volume + grown - (year - before) * np.log1p(path.real or 0.0)
        step = np.log(number(levels[year]) / number(levels[before]))
        inside = _inside(dataset, levels[before], levels[year])
        if lift is not None and inside is not None:
            lift = lift + (step - inside)
        elif lift is not None and deflators and grown is not None:
            spans = [[each.rates[when] for when in range(before + 1, year + 1)] for each in deflators]
            lift = lift + step - grown - np.array([np.log1p(span).sum() for span in spans])
            stated, rounding = True, rounding + sum(each.half_step / (100 + number(each)) for each in rates)
        else:
            lift = None
        gap = np.array([np.log(number(levels[year]) / path.at(year))])
        found[year] = GdpGap(gap, None if volume is None else np.array([volume]), lift, stated, rounding)
    return found


def projected_gaps(accounts: Accounts, start: GdpGap, path: PlanPath) -> dict[int, GdpGap]:
    """GDP against its path in every outcome of the years to come; they stand on the basis of the latest figure."""
    volumes = None
    if start.volume is not None and accounts.real_growth is not None and path.real is not None:
        volumes = start.volume + np.cumsum(np.log1p(accounts.real_growth) - np.log1p(path.real), axis=1)
    return {
        year: start._replace(
            gap=np.log(accounts.gdp[:, place] / path.at(year)),
            volume=None if volumes is None else volumes[:, place],
        )
        for place, year in enumerate(accounts.years)
    }


def real_growth(dataset: Dataset) -> dict[int, Observation]:
    """Published real growth of GDP by year, in per cent."""
    name = dataset.indicator(GDP).real_growth
    return {item.year: item for item in dataset.annual(name).values()} if name else {}


def number(item: Observation) -> float:
    """Value of a usable observation; usable ones have one."""
    assert item.value is not None  # guaranteed by Observation.usable
    return item.value
