"""A plan with its figures as they were known on one date: series on one basis, growth inside bases, bounds."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from qdecon.errors import NotAvailable, UnknownName

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qdecon.data.indicators import Basis, Indicator
    from qdecon.data.observations import Observation, Source
    from qdecon.data.peers import Peers
    from qdecon.plan import Plan


@dataclass(frozen=True)
class Growth:
    """Growth of one year, formed inside one basis or derived for a splice year.

    Attributes
    ----------
    year : int
    value : float
        As a fraction.
    basis : str
        Basis of both levels, or of the new level for a splice year.
    derived : bool
        True if it is published real growth times a stated deflator.
    steps : str
        How it was formed.
    sources : tuple of str
    """

    year: int
    value: float
    basis: str
    derived: bool
    steps: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Bound:
    """A published figure that caps an indicator in one year, on the basis of that year.

    ``value`` is in the unit of the indicator; ``of`` is the observation that gives the numerator.
    """

    year: int
    value: float
    basis: str
    of: Observation
    whole: Observation


@dataclass(frozen=True)
class Dataset:
    """Everything known about a plan on the as-of date.

    Attributes
    ----------
    plan : Plan
        Only targets that existed on that date.
    observations : tuple of Observation
        Only figures known on that date, every vintage of them, rejected ones included.
    as_of : datetime.date
    peers : Peers
        As known on that date.
    digests : mapping
        File name to SHA-256 of the files read.

    Examples
    --------
    >>> import qdecon as qd
    >>> city = qd.load("qingdao")
    >>> city.value("gdp", 2018, basis="census4").value
    10949.38
    """

    plan: Plan
    indicators: Mapping[str, Indicator]
    bases: tuple[Basis, ...]
    observations: tuple[Observation, ...]
    sources: Mapping[str, Source]
    as_of: dt.date
    peers: Peers
    digests: Mapping[str, str]

    def indicator(self, name: str) -> Indicator:
        """Find an indicator.

        Raises
        ------
        UnknownName
            If it is not defined.
        """
        if name not in self.indicators:
            known = ", ".join(sorted(self.indicators))
            raise UnknownName(f"unknown indicator {name!r}", "argument indicator", f"choose one of {known}")
        return self.indicators[name]

    @cached_property
    def _annual(self) -> dict[str, dict[tuple[int, str], Observation]]:
        """Best known annual figure by indicator, year and basis."""
        best: dict[str, dict[tuple[int, str], Observation]] = {}
        for observation in self.observations:
            if observation.usable and observation.period.part == "year":
                cell = best.setdefault(observation.indicator, {})
                key = (observation.year, observation.basis)
                if key not in cell or observation.rank > cell[key].rank:
                    cell[key] = observation
        return best

    @cached_property
    def _basis_order(self) -> dict[str, int]:
        return {"": -1} | {basis.id: place for place, basis in enumerate(self.bases)}

    def annual(self, name: str) -> dict[tuple[int, str], Observation]:
        """Best known annual observation by (year, basis): strongest vintage first, then grade, then digits."""
        self.indicator(name)
        return dict(sorted(self._annual.get(name, {}).items()))

    def value(self, name: str, year: int, basis: str | None = None) -> Observation | None:
        """Annual observation of one year, on the newest basis that has it unless one is named."""
        found = [key for key in self.annual(name) if key[0] == year and basis in (None, key[1])]
        if not found:
            return None
        return self._annual[name][max(found, key=lambda key: self._basis_order[key[1]])]

    def latest(self, name: str) -> Observation | None:
        """Latest annual observation, on its newest basis."""
        years = [year for year, _ in self.annual(name)]
        return self.value(name, max(years)) if years else None

    def partial(self, name: str) -> tuple[Observation, ...]:
        """Known figures of parts of years (cumulative from January), best of each period, in order of time."""
        best: dict[str, Observation] = {}
        for item in self.observations:
            if item.indicator == name and item.usable and item.period.part == "partial":
                label = item.period.label
                if label not in best or item.rank > best[label].rank:
                    best[label] = item
        return tuple(sorted(best.values(), key=lambda item: (item.year, item.period.month)))

    def stock(self, name: str) -> tuple[Observation, ...]:
        """Known counts stated at a month or for the end of a year, in order of time."""
        best: dict[tuple[int, int], Observation] = {}
        for item in self.observations:
            if item.indicator == name and item.usable and item.period.part in ("month", "year"):
                when = (item.year, item.period.month)
                if when not in best or item.rank > best[when].rank:
                    best[when] = item
        return tuple(best[when] for when in sorted(best))

    def series(self, name: str, basis: str | None = None) -> pd.Series[float]:
        """Annual series on one basis: the one that holds the latest figure, unless another is named.

        Returns
        -------
        pandas.Series
            On an annual PeriodIndex. ``attrs`` hold ``unit``, ``basis``, ``sources`` and ``cut``: what was left out and
            why.

        Raises
        ------
        NotAvailable
            If nothing is known.
        UnknownName
            If the indicator has no figure on the basis named.
        """
        cells = self.annual(name)
        last = self.latest(name)
        if last is None:
            raise NotAvailable(f"no annual figure of {name} is known", f"as of {self.as_of}", "see `city.observations`")
        chosen = last.basis if basis is None else basis
        kept = {year: item for (year, own), item in cells.items() if own == chosen}
        if not kept:
            known = ", ".join(sorted({own for _, own in cells}))
            raise UnknownName(f"{name} has no figure on basis {chosen!r}", "argument basis", f"choose one of {known}")
        cut = sorted({year for year, own in cells if own != chosen and year not in kept})
        series = pd.Series(
            [item.value for item in kept.values()],
            index=pd.PeriodIndex([str(year) for year in kept], freq="Y"),
            name=name,
            dtype=float,
        )
        series.attrs = {
            "unit": self.indicator(name).unit,
            "basis": chosen,
            "sources": tuple(dict.fromkeys(item.source for item in kept.values())),
            "cut": f"{cut[0]}-{cut[-1]} stand on another basis" if cut else "",
        }
        return series

    def growth_steps(self, name: str) -> tuple[Growth, ...]:
        """Yearly growth, each formed inside one basis; in a splice year real growth times the driver's deflator.

        A growth rate across two bases is never formed. Where a year can be formed inside several bases, the newest is
        used. A splice year without real growth or deflator stays out, and so does a step from or to nothing.
        """
        cells = self.annual(name)
        steps: list[Growth] = []
        for year in sorted({year for year, _ in cells}):
            own = [basis for when, basis in cells if when == year]
            shared = [
                basis
                for basis in own
                if (year - 1, basis) in cells and min(_number(cells[year - 1, basis]), _number(cells[year, basis])) > 0
            ]
            if shared:
                basis = max(shared, key=self._basis_order.__getitem__)
                before, now = cells[year - 1, basis], cells[year, basis]
                value = _number(now) / _number(before) - 1
                text = f"{_number(now):.10g} / {_number(before):.10g} - 1"
                steps.append(Growth(year, value, basis, False, text, (before.source, now.source)))
            elif any(when == year - 1 for when, _ in cells):
                spliced = self._spliced(name, year, max(own, key=self._basis_order.__getitem__))
                steps.extend([spliced] if spliced else [])
        return tuple(steps)

    def _spliced(self, name: str, year: int, basis: str) -> Growth | None:
        real_name, driver = self.indicator(name).real_growth, self.plan.driver
        real = self.value(real_name, year) if real_name else None
        deflator = self.peers.deflator(driver, year) if driver else None
        if real is None or deflator is None:
            return None
        value = (1 + _number(real) / 100) * (1 + deflator) - 1
        text = f"(1 + {_number(real):g} %) x (1 {'+' if deflator >= 0 else '-'} {abs(100 * deflator):.2f} %) - 1"
        return Growth(year, value, basis, True, text, (real.source, "nbs-provinces-2026"))

    def growth(self, name: str) -> pd.DataFrame:
        """Yearly growth as a table.

        Returns
        -------
        pandas.DataFrame
            On an annual PeriodIndex: ``growth`` (fraction), ``basis``, ``derived``, ``steps``.

        Examples
        --------
        >>> import qdecon as qd
        >>> growth = qd.load("qingdao").growth("gdp")
        >>> round(float(growth.loc["2019", "growth"]), 4)  # inside the basis of the fourth census
        0.0723
        """
        steps = self.growth_steps(name)
        return pd.DataFrame(
            {
                "growth": [step.value for step in steps],
                "basis": [step.basis for step in steps],
                "derived": [step.derived for step in steps],
                "steps": [step.steps for step in steps],
            },
            index=pd.PeriodIndex([str(step.year) for step in steps], freq="Y"),
        )

    def ceilings(self, name: str) -> tuple[Bound, ...]:
        """Upper bounds of a share from the ceiling of its numerator, each for one year and basis.

        Manufacturing is a part of industry, so industry's share of GDP caps manufacturing's.
        """
        indicator = self.indicator(name)
        if indicator.numerator is None or indicator.denominator is None:
            return ()
        cap = self.indicator(indicator.numerator).ceiling
        if cap is None:
            return ()
        wholes = self.annual(indicator.denominator)
        return tuple(
            Bound(year, 100 * _number(item) / _number(wholes[year, basis]), basis, item, wholes[year, basis])
            for (year, basis), item in self.annual(cap).items()
            if (year, basis) in wholes
        )

    def to_frame(self) -> pd.DataFrame:
        """Every known observation as a table, rejected and conflicting ones included."""
        items = self.observations
        return pd.DataFrame(
            {
                "indicator": [item.indicator for item in items],
                "period": [item.period.label for item in items],
                "value": [item.value for item in items],
                "unit": [item.unit for item in items],
                "basis": [item.basis for item in items],
                "vintage": [item.vintage for item in items],
                "published": [item.published for item in items],
                "known": pd.to_datetime([item.known for item in items]),
                "assumed": [item.assumed for item in items],
                "evidence": [item.evidence for item in items],
                "qualifier": [item.qualifier for item in items],
                "use": [item.use for item in items],
                "source": [item.source for item in items],
                "quote": [item.quote for item in items],
                "note": [item.note for item in items],
            }
        )


def _number(observation: Observation) -> float:
    """Value of a usable observation; usable ones have one."""
    assert observation.value is not None  # guaranteed by Observation.usable
    return observation.value
