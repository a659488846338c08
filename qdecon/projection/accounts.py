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
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from qdecon.errors import NotAvailable, UnknownName
from qdecon.models import default_model
from qdecon.projection.branches import (
    BRANCHES,
    DEFLATOR,
    FARMING,
    GDP,
    INDUSTRY,
    MANUFACTURING,
    REAL,
    SECONDARY,
    SERVICES,
    Lots,
    Odds,
    branch_odds,
    drawn,
    origin_codes,
)
from qdecon.projection.origins import WINDOW, History, moved, replay_origins
from qdecon.projection.paths import NATION_FIRST, Projection, level_class, project
from qdecon.projection.reference import FEWEST_LONG, combine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from qdecon.data import Dataset, Panel
    from qdecon.models import Array

RAREST = 0.01  # share of outcomes that a published bound must leave


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
    start : mapping
        The same in the year before the first, shape (outcomes,): published, or carried to that year.
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
    start: Mapping[str, Array]
    ratios: Mapping[str, tuple[str, str]]
    missing: Mapping[str, str]
    conditions: Mapping[str, float]

    def __post_init__(self) -> None:
        for array in (self.real_growth, self.deflator, *self.items.values(), *self.start.values()):
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
            made[branch.pair[0]] = branch_odds(dataset, branch, whole.years, lots)
        except NotAvailable as error:
            missing[branch.pair[0]] = error.what
    levels, conditions = _levels(whole.paths, float(dataset.series(GDP).iloc[-1]), made, missing, draw)
    items, start = ({name: each[:, kept] for name, each in levels.items()} for kept in (slice(1, None), 0))
    items[GDP] = whole.paths
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
    return Accounts(whole, real_growth, deflator, *map(MappingProxyType, (items, start, ratios, missing, conditions)))  # type: ignore[arg-type]


def _whole(dataset: Dataset, year: int) -> tuple[Projection, Array, Array, NDArray[np.int_]]:
    """GDP's outcomes, their yearly log growth, the log errors that made them, and where each own error came from."""
    whole = project(dataset, GDP, year)
    reference = level_class(dataset, GDP, default_model("account"), len(whole.years))
    errors = combine(reference.own * whole.spread, reference.common * whole.common_spread)
    cities = np.repeat(origin_codes(reference.own_key, len(whole.years)), len(errors) // len(reference.own))
    growth = np.diff(np.log(whole.paths), axis=1, prepend=np.log(dataset.series(GDP).iloc[-1]))
    return whole, growth, errors, cities


def _levels(
    gdp: Array, last: float, made: Mapping[str, Odds], missing: dict[str, str], draw: np.random.Generator
) -> tuple[dict[str, Array], dict[str, float]]:
    """Levels of every branch whose whole is there, from GDP's latest year on, and the bounds imposed.

    Adds to ``missing``.
    """
    whole = np.concatenate([np.full((len(gdp), 1), last), gdp], axis=1)
    items, conditions, span = {GDP: whole}, dict[str, float](), whole.shape[1]
    ahead = {name: odds.paths[:, -span:] for name, odds in made.items()}
    if SERVICES in made:
        items[SERVICES], goods = whole * _share(ahead[SERVICES]), whole * _share(-ahead[SERVICES])
        if FARMING in made:
            items[FARMING], items[SECONDARY] = goods * _share(ahead[FARMING]), goods * _share(-ahead[FARMING])
    if SECONDARY in items:
        if {INDUSTRY, MANUFACTURING} <= made.keys():
            nested, conditions = _nested(made[INDUSTRY], made[MANUFACTURING], draw)
            ahead |= {name: odds[:, -span:] for name, odds in nested.items()}
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
    rest = drawn((real - passed * nominal) * whole.common_spread, keys, lots.nation, horizon, lots.draw)
    return np.asarray(moved(model, np.array([run[::-1]]), horizon)[0] + passed * errors + rest)


def _rates(panel: Panel, indicator: str) -> Array:
    """Published growth rates of the nation as yearly log changes; NaN where there is none."""
    bases = [rates for place in panel.levels.get(indicator, {}).values() for rates in place.values()]
    known = {year: float(np.log1p(rate / 100)) for rates in bases for year, rate in rates.items()}
    return np.array([known.get(year, np.nan) for year in range(NATION_FIRST, panel.last + 1)])


def _share(odds: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-odds)))
