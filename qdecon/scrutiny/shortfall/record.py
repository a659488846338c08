"""Why a level lies below the path that its target asks for: volume, price and re-basing, and structure.

The identity
------------
In logs, and in every outcome::

    ln(actual / plan) = volume + price + re-basing                        for GDP
    ln(part / plan)   = volume + price + re-basing + structure            for a part of GDP

* Volume: published real growth of GDP less the plan's.
* Re-basing: what a new statistical basis did to the level, with no growth behind it. It is measured where one year
  stands on both bases, and is nought where the basis did not change.
* Price: the rest of nominal growth, less the plan's.
* Structure: the part's share of GDP over the plan's. It holds what re-basing did to the share.

Where no basis holds two neighbouring years, price and re-basing are one sum that the data cannot divide. They stay one
part, unless growth of prices is stated: then each is a range over all that was stated, and over the rounding of
published real growth. Without published real growth volume and price stay one part too. Real growth of a part of GDP is
not used: its prices would have to be known as well.

In per cent and in money
------------------------
A part in logs times the logarithmic mean of actual and plan is its amount, so amounts add up as exactly as logs do;
divided by the plan they are per cent of the plan. Source: Ang (2004), Decomposition analysis for policymaking in energy
(the additive LMDI method).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from math import isnan
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from qdecon.errors import NotAvailable, UnknownName
from qdecon.plan import Bilingual
from qdecon.projection.accounts import project_accounts
from qdecon.projection.branches import GDP
from qdecon.scrutiny.shortfall.gap import GAP, MEASURES, PARTS, Estimate, split_gap
from qdecon.scrutiny.shortfall.planpath import plan_path, promised
from qdecon.scrutiny.shortfall.rebasing import (
    find_splices,
    gdp_levels,
    number,
    projected_gaps,
    published_gaps,
    real_growth,
)
from qdecon.verdict.wording import amount, joined, percent, wrapped

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from qdecon.data import Dataset
    from qdecon.data.observations import Source
    from qdecon.plan import Language, Target
    from qdecon.scrutiny.shortfall.gap import Split
    from qdecon.scrutiny.shortfall.planpath import PlanPath
    from qdecon.scrutiny.shortfall.rebasing import Deflator, Splice

NOT_PUBLISHED = Bilingual("没有公布", "it was not published")
NOT_PROJECTED = Bilingual("无法预测", "it cannot be projected")


@dataclass(frozen=True)
class Shortfall:
    """A level against the path of its target, year by year.

    Attributes
    ----------
    name, place : Bilingual
        Indicator and place.
    path : PlanPath
    splits : tuple of Split
        In order of time; at least one.
    splices : tuple of Splice
        Where price and re-basing cannot be told apart.
    deflators : tuple of Deflator
        Those stated that cover all splices; rows of the parts.
    missing : mapping
        Year to why it has no split.
    credits : tuple of Source
        Of the figures and of the path.

    Examples
    --------
    >>> import qdecon as qd
    >>> found = split_shortfall(qd.load("qingdao"), "t06")
    >>> {part: round(found.at(2025).estimate(part).value, 1) for part in ("gap", *found.at(2025).parts)}
    {'gap': -5.9, 'volume': -2.9, 'price_rebasing': -3.0}
    """

    target: Target
    name: Bilingual
    place: Bilingual
    as_of: dt.date
    path: PlanPath
    splits: tuple[Split, ...]
    splices: tuple[Splice, ...]
    deflators: tuple[Deflator, ...]
    missing: Mapping[int, Bilingual]
    credits: tuple[Source, ...]

    @property
    def unit(self) -> str:
        """Unit of the levels."""
        return self.target.unit or ""

    @property
    def latest(self) -> Split:
        """Split of the latest published year, or the first projected one."""
        return next((each for each in reversed(self.splits) if each.kind == "published"), self.splits[0])

    def at(self, year: int) -> Split:
        """Split of one year.

        Raises
        ------
        NotAvailable
            If that year has none.
        """
        for split in self.splits:
            if split.year == year:
                return split
        why = self.missing[year].en if year in self.missing else "it is not on the plan's path"
        have = ", ".join(str(split.year) for split in self.splits)
        raise NotAvailable(f"no split for {year}: {why}", "argument year", f"choose one of {have}")

    def lift(self, year: int) -> tuple[float, float] | None:
        """How far re-basing moved the level up to a year, lowest and highest fraction; None if it cannot be told."""
        split = self.at(year)
        if "rebasing" not in split.parts:
            return None if {"price_rebasing", "growth"} & split.parts.keys() else (0.0, 0.0)
        found = split.estimate("rebasing", "log")
        ends = (found.lo, found.hi) if split.stated else (found.value, found.value)
        return float(np.expm1(ends[0])), float(np.expm1(ends[1]))

    def statement(self, year: int) -> Bilingual:
        """The gap of one year and its parts, in per cent of the plan and in money."""
        split = self.at(year)
        texts = [(PARTS[part], _figures(split, part, self.unit)) for part in split.parts]
        zh = "；".join(name.zh + text.zh for name, text in texts)
        en = "; ".join(f"{name.en} {text.en}" for name, text in texts)
        size = _figures(split, GAP, self.unit)
        zh_side, en_side = ("低", "below") if split.actual < split.plan else ("高", "above")
        subject = f"{year}年{self.place.zh}{self.name.zh}"
        if split.kind == "published":
            return Bilingual(
                f"{subject}比规划路径{zh_side}{size.zh}：{zh}。",
                f"{self.name.en} was {size.en} {en_side} the plan's path in {year}: {en}.",
            )
        return Bilingual(
            f"{subject}预计比规划路径{zh_side}{size.zh}：{zh}。这些是中位数：各部分的中位数相加不必等于总差距，"
            "但在每一种结果里各部分之和都等于差距。",
            f"{self.name.en} is projected {size.en} {en_side} the plan's path in {year}: {en}. These are medians: "
            "those of the parts need not add up to that of the gap, but in every outcome the parts do.",
        )

    @property
    def sentence(self) -> Bilingual:
        """The finding: the latest published year, the deadline if it is projected, and what cannot be divided."""
        years = dict.fromkeys((self.latest.year, self.splits[-1].year))
        return joined(*map(self.statement, years), self.division)

    @property
    def division(self) -> Bilingual | None:
        """Why price and re-basing are one part, or what divides them; None if no year crosses bases."""
        if not self.splices:
            return None
        span = self.lift(self.latest.year)
        share = Bilingual("结构中也含口径调整对占比的影响。", "Structure holds what re-basing did to the share.")
        return joined(self._joint() if span is None else self._stated(*span), share if self.path.whole else None)

    def _joint(self) -> Bilingual:
        last = self.splices[-1]
        return Bilingual(
            f"{last.year}年的数字采用{last.basis.zh}，{last.before}年没有按此口径公布的数字，"
            "所以价格与口径调整无法分开。",
            f"Price and re-basing cannot be told apart: the figure of {last.year} is on the basis of the "
            f"{last.basis.en}, and none of {last.before} was published on it.",
        )

    def _stated(self, low: float, high: float) -> Bilingual:
        years = [year for each in self.splices for year in range(each.before + 1, each.year + 1)]
        ends = [_sign(percent(each)) for each in (low, high)]
        pairs = [(year, each.name, _sign(percent(each.rates[year], 2))) for year in years for each in self.deflators]
        zh = "、".join(f"{name.zh}{rate}" for _, name, rate in pairs)
        en = ", ".join(f"{name.en} {rate}" for _, name, rate in pairs)
        when = ("、".join(map(str, years)), ", ".join(map(str, years)))
        return Bilingual(
            f"{when[0]}年价格变动的假定：{zh}；由此推算，口径调整使水平变动{ends[0]}至{ends[1]}。",
            f"Assumed growth of prices in {when[1]}: {en}; re-basing then moved the level by {ends[0]} to {ends[1]}.",
        )

    def to_frame(self) -> pd.DataFrame:
        """Tabulate: ``year kind part measure value lo80 hi80 lo hi``, parts cumulative from the base year.

        ``measure`` is ``log``, ``percent`` (of the plan) or ``amount`` (in the unit); see :class:`Estimate`.
        """
        rows = [
            (split.year, split.kind, part, measure, *split.estimate(part, measure))
            for split in self.splits
            for part in (GAP, *split.parts)
            for measure in MEASURES
        ]
        return pd.DataFrame(rows, columns=["year", "kind", "part", "measure", *Estimate._fields])

    def __str__(self) -> str:
        said = joined(self.sentence, self.path.reason)
        return "\n".join(wrapped(said[language]) for language in ("zh", "en"))


def split_shortfall(
    dataset: Dataset, target_id: str, path: PlanPath | None = None, deflator: Sequence[Deflator] | None = None
) -> Shortfall:
    """Split a level's distance from the plan's path into volume, price and re-basing, and structure.

    Parameters
    ----------
    dataset : Dataset
        As known on the as-of date.
    target_id : str
        A target for the level of GDP or of a part of it.
    path : PlanPath, optional
        Default :func:`plan_path`.
    deflator : sequence of Deflator, optional
        Stated growth of prices for years that cross bases, for instance :func:`peer_deflators`. Without it price and
        re-basing stay one part from such a year on.

    Returns
    -------
    Shortfall
        From the year after the base to the deadline; years to come from :func:`qdecon.projection.project_accounts`.

    Raises
    ------
    NotAvailable
        If the target is no level of GDP or a part of it, there is no path, no year has a figure, or none of the
        deflators covers a year that crosses bases.
    UnknownName
        If there is no such target.
    """
    target = dataset.plan.target(target_id)
    name, _, deadline = promised(dataset, target)
    path = path or plan_path(dataset, target_id)
    whole = path if name == GDP else path.whole
    levels = gdp_levels(dataset, name, whole.year, deadline) if whole else {}
    if whole is None or whole.year not in levels:
        raise NotAvailable("the path starts from no published year of GDP", "argument path", "give it one, and `whole`")
    splices, usable = find_splices(dataset, levels, deflator or ())
    gdp = published_gaps(dataset, levels, whole, usable)
    parts, last = dataset.annual(name), max(levels)
    shares = {
        year: np.log([number(parts[year, item.basis]) / number(item)])
        for year, item in levels.items()
        if (year, item.basis) in parts and number(parts[year, item.basis]) > 0
    }
    if last < deadline:
        with suppress(NotAvailable, UnknownName):
            accounts = project_accounts(dataset, deadline)
            shares |= {year: np.log(accounts.share(name)[:, place]) for place, year in enumerate(accounts.years)}
            gdp |= projected_gaps(accounts, gdp[last], whole)
    splits, missing = [], dict[int, Bilingual]()
    for year in range(path.year + 1, deadline + 1):
        if year in shares and year in gdp:
            share = None if name == GDP else shares[year] - np.log(path.at(year) / whole.at(year))
            splits.append(
                split_gap(year, "published" if year <= last else "projected", path.at(year), gdp[year], share)
            )
        else:
            missing[year] = NOT_PUBLISHED if year <= last else NOT_PROJECTED
    if not splits:
        raise NotAvailable(f"no year of {name} on the path has a figure", f"as of {dataset.as_of}", "wait for figures")
    items = [
        each for year, item in sorted(levels.items(), reverse=True) for each in (parts.get((year, item.basis)), item)
    ]
    rates = [item for year, item in sorted(real_growth(dataset).items(), reverse=True) if whole.year < year <= last]
    named = [each.source for each in (*items, *rates) if each is not None] + [*path.sources, *whole.sources]
    return Shortfall(
        target=target,
        name=dataset.indicator(name).name,
        place=dataset.plan.place,
        as_of=dataset.as_of,
        path=path,
        splits=tuple(splits),
        splices=splices,
        deflators=usable,
        missing=MappingProxyType(missing),
        credits=tuple(dataset.sources[each] for each in dict.fromkeys(named) if each in dataset.sources),
    )


def _figures(split: Split, part: str, unit: str) -> Bilingual:
    """A part in per cent of the plan and in money, with its range or interval; the gap itself without its sign."""
    share, money = split.estimate(part, "percent"), split.estimate(part, "amount")
    ranged, turn = isnan(share.value), abs if part == GAP else float

    def written(language: Language) -> str:
        to, pause, opened, closed = ("至", "，", "（", "）") if language == "zh" else (" to ", "; ", " (", ")")
        decimals = 0 if language == "zh" and unit == "亿元" else 1
        shares, sums = ((each.lo, each.hi) if ranged else (turn(each.value),) for each in (share, money))
        *first, last = (amount(each, unit, language, decimals) for each in sums)
        named = amount(0, unit, language)[1:]
        inside = [to.join([*(each.removesuffix(named) for each in first), last])]
        if split.kind == "projected" and part != "rebasing":  # a lift that is settled has no interval
            ends = to.join(f"{each:.1f}%" for each in (share.lo80, share.hi80))
            inside.append(f"80%区间{ends}" if language == "zh" else f"80% interval {ends}")
        return _sign(to.join(f"{each:.1f}%" for each in shares) + opened + pause.join(inside) + closed)

    return Bilingual(written("zh"), written("en"))


def _sign(text: str) -> str:
    return text.replace("-", "−")
