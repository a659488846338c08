"""The accounts of a place as joint, equally likely outcomes in which everything adds up.

The tree
--------
GDP is split by four log-odds, each of a part against the rest of what is left::

    gdp = va_tertiary + goods,   goods = va_primary + va_secondary,   va_secondary > va_industry > va_manufacturing > 0

Services come first because plans are about them: their log-odds are those of their own published share, whatever
farming does. The primary sector, a few per cent, splits the rest. Every level is its parent times a share between 0 and
1, so sums and order hold in every outcome, and an item that was never published stays below its ceiling.

What moves together
-------------------
* GDP is that of :func:`qdecon.projection.project`, outcome by outcome: every own path of peers with every common one.
* An outcome's sectors take their own errors from the city and end year that its GDP error came from, where that city's
  sectors are known then (1999-2017), and from any other path otherwise.
* Every outcome belongs to one year of the nation. The common errors of all log-odds, and what splits growth into volume
  and price, are those that the nation had on the way to that year, where it has them. GDP's common errors have their
  shapes from other countries, so they are crossed with these.
* Own errors of industry within the secondary sector are those of provinces. Nobody publishes manufacturing by place, so
  its own errors are those of provinces' industry too, drawn separately; its common ones are the nation's within the
  secondary sector, the only ratio of manufacturing that is long and on one basis.
* Volume and price: part of a nation's error of nominal growth is one of volume. That part, found by least squares, and
  what remains of the error path of volume are taken over; the deflator is the rest, so that nominal = real x deflator.

A way longer than any realised error path is put together end to end from several. Whatever is drawn is drawn with a
seed; GDP is not drawn.

Where it starts
---------------
At the latest published ratio inside one basis, which is then applied to the basis of GDP. Past changes are formed
inside one basis too; a step over several years counts as so many equal ones in the drift, and not at all in the spread.
With too few of them the ratio stays where it is, and the errors are those of that model. Manufacturing and industry are
rarely published for the same year: the earlier one is carried to the year of the later one, and outcomes are kept in
which manufacturing is then the smaller one and whatever was published in between is respected. Any other outcome takes
over both from one that is kept, so that nothing above them changes.
"""

from __future__ import annotations

import zlib
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from qdecon.errors import NotAvailable, UnknownName
from qdecon.models import PER_CENT, Naive, default_model
from qdecon.projection.origins import WINDOW, History, moved, own_spread, replay_origins
from qdecon.projection.paths import NATION_FIRST, Projection, growth_of, level_class, project
from qdecon.projection.reference import FEWEST_LONG, ReferenceClass, combine, reference_class

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from qdecon.data import Dataset, Panel
    from qdecon.models import Array, Model

GDP, REAL, DEFLATOR = "gdp", "gdp_growth_real", "gdp_deflator_growth"
SERVICES, FARMING, SECONDARY = "va_tertiary", "va_primary", "va_secondary"
INDUSTRY, MANUFACTURING = "va_industry", "va_manufacturing"
RAREST = 0.01  # share of outcomes that a published bound must leave


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


@dataclass(frozen=True)
class Accounts:
    """Joint outcomes of the accounts; row k of every array is the same outcome.

    Attributes
    ----------
    whole : Projection
        GDP, the same as projected by itself.
    real_growth, deflator : ndarray, shape (outcomes, years), or None
        Yearly changes as fractions: GDP grows by ``(1 + real_growth) * (1 + deflator) - 1``.
    items : mapping
        Indicator id to levels, shape (outcomes, years), in the unit of GDP; GDP included.
    ratios : mapping
        Id of a share indicator to its part and whole.
    missing : mapping
        Indicator id to the reason why it is absent.
    conditions : mapping
        Published bound to the share of outcomes that respected it before it was imposed.
    """

    whole: Projection
    real_growth: Array | None
    deflator: Array | None
    items: Mapping[str, Array]
    ratios: Mapping[str, tuple[str, str]]
    missing: Mapping[str, str]
    conditions: Mapping[str, float]

    def __post_init__(self) -> None:
        for array in (self.real_growth, self.deflator, *self.items.values()):
            if array is not None:
                array.setflags(write=False)

    @property
    def years(self) -> tuple[int, ...]:
        """Years of the columns."""
        return self.whole.years

    @property
    def gdp(self) -> Array:
        """Levels of GDP at current prices, shape (outcomes, years)."""
        return self.whole.paths

    @property
    def indicators(self) -> tuple[str, ...]:
        """Everything that :meth:`projection` knows: levels, shares, real growth and deflator."""
        return (*self.items, *self.ratios, *(() if self.real_growth is None else (REAL, DEFLATOR)))

    def share(self, part: str, whole: str = GDP) -> Array:
        """Part as a fraction of a whole, shape (outcomes, years).

        Raises
        ------
        NotAvailable
            If one of them could not be projected.
        UnknownName
            If one of them is no item of the accounts.
        """
        return np.asarray(self._levels(part) / self._levels(whole))

    def projection(self, indicator: str) -> Projection:
        """Outcomes of one indicator in its own unit, shares and growth in per cent; counts and spreads are GDP's.

        Raises
        ------
        NotAvailable
            If it could not be projected.
        UnknownName
            If it is not in the accounts.
        """
        if indicator in self.ratios:
            paths = 100 * self.share(*self.ratios[indicator])
        elif indicator in (REAL, DEFLATOR) and self.real_growth is not None and self.deflator is not None:
            paths = 100 * (self.real_growth if indicator == REAL else self.deflator)
        else:
            paths = self._levels(indicator)
        regime = self.whole.regime if indicator == GDP else None
        return replace(self.whole, indicator=indicator, paths=paths, regime=regime)

    def to_frame(self) -> pd.DataFrame:
        """Tabulate quantiles by indicator and year: ``median lo80 hi80 lo95 hi95``, in the unit of each indicator."""
        made = {name: self.projection(name) for name in self.indicators}
        rows = {(name, year): each.quantiles(year) for name, each in made.items() for year in self.years}
        index = pd.MultiIndex.from_tuples(rows, names=["indicator", "year"])
        return pd.DataFrame(list(rows.values()), index=index, columns=["median", "lo80", "hi80", "lo95", "hi95"])

    def _levels(self, name: str) -> Array:
        if name in self.missing:
            raise NotAvailable(f"no {name}: {self.missing[name]}", "accounts", "see `missing`")
        if name not in self.items:
            raise UnknownName(f"no {name!r} in the accounts", "argument", f"choose from {', '.join(self.indicators)}")
        return self.items[name]


def project_accounts(dataset: Dataset, year: int, seed: int | None = None) -> Accounts:
    """Project GDP, growth and deflator, the three sectors, industry and manufacturing together.

    Parameters
    ----------
    dataset : Dataset
        As known on the as-of date; the plan's place is left out of its reference classes.
    year : int
        Last year of the outcomes; the first is the one after GDP's latest figure.
    seed : int, optional
        Of the draws of everything but GDP; by default derived from the plan's id.

    Returns
    -------
    Accounts
        Without the items that cannot be projected; ``missing`` says why.

    Raises
    ------
    NotAvailable
        If GDP cannot be projected, or fewer than 1 % of the outcomes respect a published bound.

    Examples
    --------
    >>> import qdecon as qd
    >>> accounts = project_accounts(qd.load("qingdao"), 2026)
    >>> sectors = [accounts.share(name) for name in ("va_primary", "va_secondary", "va_tertiary")]
    >>> bool(np.allclose(sum(sectors), 1, rtol=1e-12))
    True
    """
    draw = np.random.default_rng(zlib.crc32(dataset.plan.id.encode()) if seed is None else seed)
    whole, growth, errors, cities = _whole(dataset, year)
    last = dataset.peers.nation.last
    lots = Lots(cities, draw.integers(NATION_FIRST + FEWEST_LONG, last, size=len(cities), endpoint=True), draw)
    made, missing = dict[str, Odds](), dict[str, str]()
    for branch in BRANCHES:
        try:
            made[branch.pair[0]] = _odds(dataset, branch, whole.years, lots)
        except NotAvailable as error:
            missing[branch.pair[0]] = error.what
    items, conditions = _levels(whole, made, missing, draw)
    real_growth = deflator = None
    try:
        real_growth = np.expm1(np.diff(_real(dataset, whole, errors, lots), axis=1, prepend=0.0))
        deflator = np.exp(growth) / (1 + real_growth) - 1
    except NotAvailable as error:
        missing |= dict.fromkeys((REAL, DEFLATOR), error.what)
    ratios = {
        each.id: (each.numerator, each.denominator)
        for each in dataset.indicators.values()
        if each.kind == "share" and each.numerator in items and each.denominator in items
    }
    return Accounts(whole, real_growth, deflator, *map(MappingProxyType, (items, ratios, missing, conditions)))  # type: ignore[arg-type]


def _whole(dataset: Dataset, year: int) -> tuple[Projection, Array, Array, NDArray[np.int_]]:
    """GDP's outcomes, their yearly log growth, the log errors that made them, and where each own error came from."""
    whole = project(dataset, GDP, year)
    reference = level_class(dataset, GDP, default_model("account"), len(whole.years))
    errors = combine(reference.own * whole.spread, reference.common * whole.common_spread)
    cities = np.repeat(_codes(reference.own_key, len(whole.years)), len(errors) // len(reference.own))
    growth = np.diff(np.log(whole.paths), axis=1, prepend=np.log(dataset.series(GDP).iloc[-1]))
    return whole, growth, errors, cities


def _odds(dataset: Dataset, branch: Branch, years: tuple[int, ...], lots: Lots) -> Odds:
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
    errors = _drawn(own, reference.own_key, cities, horizon, lots.draw)
    common = reference.common * reference.common_spread
    errors += _drawn(common, reference.common_key, lots.nation, horizon, lots.draw)
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


def _codes(keys: tuple[tuple[int, int], ...], length: int) -> NDArray[np.int_]:
    return np.array([10_000 * place + origin + length for place, origin in keys])


def _drawn(
    paths: Array, keys: tuple[tuple[int, int], ...], wanted: NDArray[np.int_], horizon: int, draw: np.random.Generator
) -> Array:
    """One error path an outcome: of the place and end year wanted, any other where the class has none."""
    codes, size = _codes(keys, paths.shape[1]), len(wanted)
    order = np.argsort(codes)
    rows = order[np.minimum(np.searchsorted(codes, wanted, sorter=order), len(order) - 1)]
    drawn = paths[np.where(codes[rows] == wanted, rows, draw.integers(len(codes), size=size))]
    while drawn.shape[1] < horizon:  # no path is as long as that: another one goes before it
        before = paths[draw.integers(len(codes), size=size), : horizon - drawn.shape[1]]
        drawn = np.concatenate([before, before[:, -1:] + drawn], axis=1)
    return drawn


def _levels(
    whole: Projection, made: Mapping[str, Odds], missing: dict[str, str], draw: np.random.Generator
) -> tuple[dict[str, Array], dict[str, float]]:
    """Levels of every branch whose whole is there, and the bounds imposed; adds to ``missing``."""
    items, conditions = {GDP: whole.paths}, dict[str, float]()
    ahead = {name: odds.paths[:, -len(whole.years) :] for name, odds in made.items()}
    if SERVICES in made:
        items[SERVICES], goods = whole.paths * _share(ahead[SERVICES]), whole.paths * _share(-ahead[SERVICES])
        if FARMING in made:
            items[FARMING], items[SECONDARY] = goods * _share(ahead[FARMING]), goods * _share(-ahead[FARMING])
    if SECONDARY in items:
        if {INDUSTRY, MANUFACTURING} <= made.keys():
            nested, conditions = _nested(made[INDUSTRY], made[MANUFACTURING], draw)
            ahead |= {name: odds[:, -len(whole.years) :] for name, odds in nested.items()}
        for name, parent in ((INDUSTRY, SECONDARY), (MANUFACTURING, INDUSTRY if INDUSTRY in made else SECONDARY)):
            if name in made:
                items[name] = items[parent] * _share(ahead[name])
    for name in (FARMING, SECONDARY, INDUSTRY, MANUFACTURING):
        if name not in items:
            missing.setdefault(name, "what it is a part of cannot be projected")
    return items, conditions


def _nested(industry: Odds, inner: Odds, draw: np.random.Generator) -> tuple[dict[str, Array], dict[str, float]]:
    """Manufacturing within industry, from the first year in which both are known or carried to.

    Raises
    ------
    NotAvailable
        If fewer than 1 % of the outcomes respect what was published of either in between.
    """
    start = max(industry.start, inner.start)
    fits = inner.since(start)[:, 0] < industry.since(start)[:, 0]
    for year in range(min(industry.start, inner.start) + 1, start):
        if year > inner.start and year in industry.published:
            fits &= inner.since(year)[:, 0] < industry.published[year]
        if year > industry.start and year in inner.published:
            fits &= industry.since(year)[:, 0] > inner.published[year]
    share, bound = float(fits.mean()), f"{MANUFACTURING} < {INDUSTRY} up to {start}"
    if share < RAREST:
        raise NotAvailable(f"{share:.1%} of the outcomes respect {bound}", "published figures", "check years and bases")
    rows = np.arange(len(fits))
    rows[~fits] = draw.choice(np.flatnonzero(fits), size=int((~fits).sum()))
    outer, within = industry.since(start)[rows], inner.since(start)[rows]
    first = _share(within[:, :1]) / _share(outer[:, :1])
    odds = np.log(first / (1 - first)) + within - within[:, :1]
    return {INDUSTRY: outer, MANUFACTURING: odds}, {bound: share}


def _real(dataset: Dataset, whole: Projection, errors: Array, lots: Lots) -> Array:
    """Real GDP since its latest year, in logs, shape (outcomes, years).

    Raises
    ------
    NotAvailable
        If too little real growth was published, or the nation has no past errors of real growth and deflator.
    """
    name, model, horizon = dataset.indicator(GDP).real_growth, default_model("account"), len(whole.years)
    known = {year: item.value or 0.0 for (year, _), item in dataset.annual(name).items()} if name else {}
    run: list[float] = []
    while (year := whole.years[0] - 1 - len(run)) in known and len(run) < WINDOW:
        run.append(float(np.log1p(known[year] / 100)))
    if len(run) < model.needs - 1:
        raise NotAvailable(
            f"real growth is known of {len(run)} years up to GDP's latest", "accounts", "wait for figures"
        )
    volume, price = (_rates(dataset.peers.nation, each) for each in (REAL, DEFLATOR))
    both = (volume + price, volume + 0 * price)  # the second with the gaps of the first
    made = [replay_origins(History(each[None, :], NATION_FIRST), model, horizon, FEWEST_LONG) for each in both]
    kept = made[0].complete()
    if not kept.any():
        raise NotAvailable("the nation has no past errors of real growth", "reference class", "choose a nearer year")
    nominal, real = (each.errors[kept] / made[0].spread[kept, None] for each in made)
    passed = float(np.sum(nominal * real) / np.sum(nominal**2))
    keys = tuple((0, int(origin)) for origin in made[0].year[kept])
    rest = _drawn((real - passed * nominal) * whole.common_spread, keys, lots.nation, horizon, lots.draw)
    return np.asarray(moved(model, np.array([run[::-1]]), horizon)[0] + passed * errors + rest)


def _rates(panel: Panel, indicator: str) -> Array:
    """Published growth rates of the nation as yearly log changes; NaN where there is none."""
    bases = [rates for place in panel.levels.get(indicator, {}).values() for rates in place.values()]
    known = {year: float(np.log1p(rate / 100)) for rates in bases for year, rate in rates.items()}
    return np.array([known.get(year, np.nan) for year in range(NATION_FIRST, panel.last + 1)])


def _share(odds: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-odds)))
