"""The full year from a part of it: the latest cumulative figure, carried by what past years made of theirs.

How a year is carried
---------------------
**Levels and flows** are the part times the ratio year / same part of past years. The ratios are taken for a sample of a
normal variable with unknown mean and spread; a further one then follows Student's t with n - 1 degrees of freedom.
Ratios and not their logarithms: they spread by a few per cent, where both agree, and a reader can check a ratio. A
cumulative figure does not fall, so no quantile lies below the part.

**Real growth** is a rate at comparable prices and needs no basis. The year's rate is the part's plus a difference with
mean nought (nothing makes the rest of a year grow faster every time) whose spread is the root mean square of past
differences: Student's t with n degrees of freedom. A mean would be drawn from 2020 and 2021, whose rates rebounded.

What is refused
---------------
Year and part of a ratio stand on one statistical basis, and all ratios on that of the part to be carried. A re-basing
that moved every quarter alike would leave ratios as they are, but no census is known to have done so: with ratios
borrowed from the basis of the fourth census, 2025 would have come out 3 to 4 % too high. So none is borrowed. Labels of
bases may be wrong as well, and growth that is stated with a part must fit them:

* The increase stated with it must not be counted from a figure on another basis.
* The prices implied by its nominal and real growth must lie where a further year of the nation's deflator would in 95
  of 100 cases, by its last twenty years.

A first release is set against the first release of the year where that is known, like against like.
Source of the t distributions: Gelman et al., Bayesian Data Analysis (2013), sections 2.6 and 3.2.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, NoReturn

import numpy as np
import pandas as pd

from qdecon.errors import NotAvailable
from qdecon.plan import Bilingual

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from qdecon.data import Dataset, Observation
    from qdecon.plan import Comparator

FEWEST = 2  # ratios or differences without which no spread can be told
INCREASE = "{}_increment_nominal"  # the indicator, if there is one, that states the increase on the year before
PRICES = "{}_deflator_growth"  # the nation's prices of an indicator, in per cent
PRICE_YEARS = 20


@dataclass(frozen=True)
class Predictive:
    """Student's t around a centre; all that would lie below ``least`` lies there.

    Attributes
    ----------
    centre, scale, least : float
        In the unit of the figure; ``scale`` may be nought.
    degrees : int
        Degrees of freedom.
    """

    centre: float
    scale: float
    degrees: int
    least: float = -np.inf

    def quantile(self, level: float) -> float:
        """The figure that is not exceeded with a probability of ``level``.

        Examples
        --------
        >>> student([2.0, 2.1, 2.2], factor=100.0).quantile(0.9)
        231.77
        """
        from scipy.special import stdtrit  # loaded only where it is needed

        return max(self.least, self.centre + self.scale * float(stdtrit(self.degrees, level)))

    @property
    def quantiles(self) -> tuple[float, float, float, float, float]:
        """Median, then lower and upper end of the 80 % and of the 95 % interval."""
        at = self.quantile
        return at(0.5), at(0.1), at(0.9), at(0.025), at(0.975)

    def chance(self, value: float, comparator: Comparator = "at_least", tolerance: float | None = None) -> float:
        """Probability that the figure satisfies a comparator.

        Raises
        ------
        NotAvailable
            If ``about`` has no tolerance.

        Examples
        --------
        >>> year = student([2.0, 2.1, 2.2], factor=100.0, least=100.0)
        >>> year.chance(210.0), year.chance(210.0, "at_most"), year.chance(90.0)
        (0.5, 0.5, 1.0)
        """
        match comparator:
            case "at_least":
                return 1 - self._below(value)
            case "more_than":
                return 1 - self._up_to(value)
            case "at_most":
                return self._up_to(value)
            case "about":
                if tolerance is None:
                    raise NotAvailable("about has no tolerance", "argument tolerance", "state the width that counts")
                return self._up_to(value + tolerance) - self._below(value - tolerance)

    def _up_to(self, value: float) -> float:
        return self._below(float(np.nextafter(value, np.inf)))

    def _below(self, value: float) -> float:
        from scipy.special import stdtr

        if value <= self.least or not self.scale:
            return float(self.least < value and self.centre < value)
        return float(stdtr(self.degrees, (value - self.centre) / self.scale))


def student(sample: Sequence[float], *, factor: float = 1.0, least: float = -np.inf) -> Predictive:
    """Distribution of ``factor`` times a further value of a normal variable, by a sample of at least two."""
    values = np.asarray(sample, dtype=float)
    spread = float(values.std(ddof=1) * np.sqrt(1 + 1 / len(values)))
    return Predictive(factor * float(values.mean()), factor * spread, len(values) - 1, least)


@dataclass(frozen=True)
class PastYear:
    """A past year with the same part.

    Attributes
    ----------
    year : int
    step : float
        Year / part of a level or flow; year - part, in percentage points, of a rate of growth.
    part, whole : Observation
        On one statistical basis.
    """

    year: int
    step: float
    part: Observation
    whole: Observation


@dataclass(frozen=True)
class LeftOut:
    """A past year whose part was published and which yet carries nothing, with the reason."""

    year: int
    reason: Bilingual


@dataclass(frozen=True)
class Nowcast:
    """A year that is published only in part.

    Attributes
    ----------
    rates : bool
        Whether the figure is a rate of growth, carried by differences.
    part : Observation
        The latest cumulative figure of the year; its basis is that of the nowcast.
    past : tuple of PastYear
        What it is carried by, oldest first.
    predictive : Predictive
        Of the year's figure, in ``part.unit``.
    """

    rates: bool
    part: Observation
    past: tuple[PastYear, ...]
    left_out: tuple[LeftOut, ...]
    predictive: Predictive

    @property
    def used(self) -> tuple[Observation, ...]:
        """Every figure used, the part of this year first."""
        return (self.part, *(item for each in self.past for item in (each.part, each.whole)))

    def to_frame(self) -> pd.DataFrame:
        """Every past year with the same part: ``year part whole step basis sources reason_zh reason_en``."""
        kept = [
            {"year": each.year, "part": each.part.value, "whole": each.whole.value, "step": each.step,
             "basis": each.part.basis, "sources": f"{each.part.source}, {each.whole.source}",
             "reason_zh": "", "reason_en": ""}
            for each in self.past
        ]  # fmt: skip
        left = [{"year": each.year, "reason_zh": each.reason.zh, "reason_en": each.reason.en} for each in self.left_out]
        return pd.DataFrame(kept + left).sort_values("year", ignore_index=True)


def nowcast(dataset: Dataset, indicator: str, year: int) -> Nowcast:
    """Carry the latest cumulative figure of a year to the whole year.

    Parameters
    ----------
    dataset : Dataset
        As known on its as-of date.
    indicator : str
        A level or flow, or the real growth of one.
    year : int
        A year without an annual figure.

    Returns
    -------
    Nowcast

    Raises
    ------
    NotAvailable
        If the year is published, or no part of it is; if the part is set aside, stands on another basis than the annual
        figures, or is stated with growth that shows another base; or if fewer than two past years carry it.
    UnknownName
        If there is no such indicator.

    Examples
    --------
    >>> import qdecon as qd
    >>> made = nowcast(qd.load("qingdao", as_of="2024-08-01"), "gdp", 2024)
    >>> [round(each.step, 3) for each in made.past], round(made.predictive.quantile(0.5))
    ([2.162, 2.11, 2.099], 16944)
    """
    rates = _rates(dataset, indicator)
    published = dataset.value(indicator, year)
    if published is not None:
        what = f"{indicator} of {year} is published: {published.value:.10g} {published.unit}"
        _refuse(dataset, what, published, f"read `city.value({indicator!r}, {year})`")
    parts = _parts(dataset, indicator, year)
    if not parts:
        what = f"no figure of a part of {year} is known for {indicator}"
        raise NotAvailable(what, f"as of {dataset.as_of}", "wait for its release")
    return _carried(dataset, parts, rates)


@dataclass(frozen=True)
class Replayed:
    """A past part-year release, and what the nowcast would have said on its day.

    Attributes
    ----------
    period : str
        As written in the table.
    known : datetime.date
        Day of the release; nothing known later is used.
    n : int
        Past years it was carried by.
    nowcast, lo80, hi80 : float or None
        None where it is refused.
    outcome : float or None
        Annual figure on the basis of the part; its first release where that is known.
    error : float or None
        Nowcast less outcome: in per cent of it, or in percentage points of growth.
    held : bool or None
        Whether the outcome lies in the 80 % interval.
    reason : str
        Why there is no nowcast, or no outcome to score it by.
    """

    period: str
    known: dt.date
    n: int = 0
    nowcast: float | None = None
    lo80: float | None = None
    hi80: float | None = None
    outcome: float | None = None
    error: float | None = None
    held: bool | None = None
    reason: str = ""


@dataclass(frozen=True)
class NowcastRecord:
    """What the nowcast of an indicator would have said at every past part-year release, refused ones included."""

    indicator: str
    replayed: tuple[Replayed, ...]

    @property
    def scored(self) -> tuple[Replayed, ...]:
        """Releases with a nowcast and an outcome."""
        return tuple(each for each in self.replayed if each.error is not None)

    @property
    def held(self) -> int:
        """How many 80 % intervals held the outcome, of ``len(scored)``."""
        return sum(bool(each.held) for each in self.scored)

    def to_frame(self) -> pd.DataFrame:
        """One row a release, with the attributes of :class:`Replayed`; what does not exist is missing."""
        numbers = dict.fromkeys(["nowcast", "lo80", "hi80", "outcome", "error"], float)
        return pd.DataFrame([asdict(each) for each in self.replayed]).astype({**numbers, "held": "boolean"})


def nowcast_record(dataset: Dataset, indicator: str) -> NowcastRecord:
    """Replay the nowcast at every past part-year release, with only what was known on its day.

    Raises
    ------
    NotAvailable
        If the indicator is neither a level or flow nor the real growth of one, or no part of a year is known.
    UnknownName
        If there is no such indicator.

    Examples
    --------
    >>> import qdecon as qd
    >>> record = nowcast_record(qd.load("qingdao"), "gdp")
    >>> [each.period for each in record.scored], record.held
    (['2016Q2ytd', '2017Q2ytd', '2023Q2ytd'], 2)
    """
    rates = _rates(dataset, indicator)
    releases: dict[str, Observation] = {}
    for item in _parts(dataset, indicator):
        releases[item.period.label] = min(releases.get(item.period.label, item), item, key=lambda each: each.known)
    if not releases:
        what = f"no figure of a part of a year is known for {indicator}"
        raise NotAvailable(what, f"as of {dataset.as_of}", "choose an indicator with part-year figures")
    return NowcastRecord(indicator, tuple(_replayed(dataset, item, rates) for item in releases.values()))


def _replayed(dataset: Dataset, release: Observation, rates: bool) -> Replayed:
    """The nowcast on the day of a release, from parts of the year up to that one, and what came of it."""
    label, known = release.period.label, release.known
    before = tuple(item for item in dataset.observations if item.known <= known)
    then = replace(dataset, observations=before, peers=dataset.peers.known(known), as_of=known)
    parts = [
        item for item in _parts(then, release.indicator, release.year) if item.period.month <= release.period.month
    ]
    whole = _whole(dataset, release)
    outcome = None if whole is None else whole.value
    try:
        made = _carried(then, parts, rates)
    except NotAvailable as refusal:
        return Replayed(label, known, outcome=outcome, reason=refusal.what)
    n, (middle, low, high, _, _) = len(made.past), made.predictive.quantiles
    if outcome is None:
        return Replayed(label, known, n, middle, low, high, reason="the year is not published on the basis of the part")
    error = middle - outcome if rates else 100 * (middle / outcome - 1)
    return Replayed(label, known, n, middle, low, high, outcome, error, low <= outcome <= high)


def _rates(dataset: Dataset, name: str) -> bool:
    # whether it is carried by differences; what a part of a year says nothing about is refused
    rates = any(other.real_growth == name for other in dataset.indicators.values())
    if not rates and dataset.indicator(name).kind not in ("level", "flow"):
        what = f"{name} does not add up over a year"
        raise NotAvailable(what, "argument indicator", "name a level, a flow or the real growth of one")
    return rates


def _parts(dataset: Dataset, name: str, year: int | None = None, month: int | None = None) -> list[Observation]:
    """Undisputed cumulative figures, also those set aside as context; in order of time, the best of a period last."""
    found = [
        item
        for item in dataset.observations
        if (item.indicator, item.period.part) == (name, "partial")
        if year in (None, item.year) and month in (None, item.period.month)
        if item.usable or (item.use == "context" and replace(item, use="yes").usable)
    ]
    return sorted(found, key=lambda item: (item.year, item.period.month, item.rank))


def _carried(dataset: Dataset, parts: list[Observation], rates: bool) -> Nowcast:
    usable = [item for item in parts if item.usable]
    for item in usable or parts:
        if fault := _growth_fault(dataset, item):
            _refuse(dataset, fault, item, "wait for the annual figure, or correct the basis of the part")
    part = (usable or parts)[-1]
    told, latest = f"{part.indicator} of {part.period.label}", dataset.latest(part.indicator)
    if not usable:
        _refuse(dataset, f"{told} is set aside: {part.note or part.use}", part, "wait for the annual figure")
    if latest is not None and latest.basis != part.basis:
        what = f"{told} stands on {part.basis}, the annual figures on {latest.basis}"
        _refuse(dataset, what, part, "wait for a part-year figure on the basis of the annual ones")
    past, left_out = _past(dataset, part, rates)
    if len(past) < FEWEST:
        what = f"{told} needs {FEWEST} past years with part and whole on its basis; {len(past)} known"
        _refuse(dataset, what, part, "wait for the annual figure, or add the same part of earlier years")
    steps, value = [each.step for each in past], _number(part)
    if rates:
        predictive = Predictive(value, float(np.sqrt(np.mean(np.square(steps)))), len(steps))
    else:
        predictive = student(steps, factor=value, least=value)
    return Nowcast(rates, part, past, left_out, predictive)


def _growth_fault(dataset: Dataset, part: Observation) -> str:
    """What in the growth stated with a part shows that it stands on another base; empty if nothing does."""
    name, value = part.indicator, _number(part)
    told, month = f"{name} of {part.period.label}", part.period.month
    before = {item.basis: item for item in _parts(dataset, name, part.year - 1, month) if item.usable}
    base = _number(before[part.basis]) if part.basis in before else None
    for stated in _parts(dataset, INCREASE.format(name), part.year, month):
        base, rounding = value - _number(stated), stated.half_step + part.half_step + 1e-9
        near = [item for item in before.values() if abs(_number(item) - base) <= item.half_step + rounding]
        if near and part.basis not in [item.basis for item in near]:
            on = f"{near[0].value:.10g}, a figure on {near[0].basis}"
            return f"the increase stated with {told} is counted from {on}, not on {part.basis}"
    prices = _prices(dataset, name)
    real = _parts(dataset, dataset.indicator(name).real_growth or "", part.year, month)
    if not base or not real or len(prices) < PRICE_YEARS:
        return ""
    nominal, volume = value / base - 1, _number(real[-1]) / 100
    implied = 100 * ((1 + nominal) / (1 + volume) - 1)
    *_, low, high = student(prices).quantiles
    shown, allowed = f"{nominal:.1%} nominal and {volume:.1%} real growth", f"{low:.1f}% to {high:.1f}%"
    return "" if low <= implied <= high else f"{shown} of {told} imply prices {implied:+.1f}%, outside {allowed}"


def _prices(dataset: Dataset, name: str) -> list[float]:
    """The nation's last known years of price change, in per cent; empty where none is published of this indicator."""
    nation = dataset.peers.nation
    series = [years for bases in nation.levels.get(PRICES.format(name), {}).values() for years in bases.values()]
    known = {year: value for years in series for year, value in years.items() if year <= nation.last}
    return [known[year] for year in sorted(known)[-PRICE_YEARS:]]


def _past(dataset: Dataset, part: Observation, rates: bool) -> tuple[tuple[PastYear, ...], tuple[LeftOut, ...]]:
    """Earlier years with the same part: those that carry, and the others with the reason."""
    same = [
        item
        for item in dataset.observations
        if item.indicator == part.indicator and item.period.part == "partial"
        if item.period.month == part.period.month and item.year < part.year
    ]
    past: list[PastYear] = []
    left_out: list[LeftOut] = []
    for year in sorted({item.year for item in same}):
        items = [item for item in same if item.year == year]
        own = [item for item in items if item.usable and item.basis == part.basis and (rates or _number(item) > 0)]
        best = max(own, key=lambda item: item.rank, default=None)
        whole = None if best is None else _whole(dataset, best)
        if best is None or whole is None:
            left_out.append(LeftOut(year, _reason(items, part.basis)))
        else:
            step = _number(whole) - _number(best) if rates else _number(whole) / _number(best)
            past.append(PastYear(year, step, best, whole))
    return tuple(past), tuple(left_out)


def _reason(items: list[Observation], basis: str) -> Bilingual:
    """Why a past year with figures of the part carries nothing."""
    usable = [item.basis for item in items if item.usable]
    if basis in usable:
        return Bilingual("同一口径的全年数没有公布", "no annual figure is published on the basis of the part")
    if usable:
        return Bilingual("同期数属于另一统计口径", "the part stands on another statistical basis")
    if any(item.use in ("yes", "duplicate") for item in items):
        return Bilingual("同期数只是“超过”或预计的说法", 'the part is told only as "more than" or as expected')
    return Bilingual("同期数互相矛盾或不可比", "figures of the part conflict or are set aside")


def _whole(dataset: Dataset, part: Observation) -> Observation | None:
    """Annual figure of the part's year on its basis: of its own vintage where that is known, else the best."""
    found = [
        item
        for item in dataset.observations
        if item.indicator == part.indicator and item.period.part == "year" and item.usable
        if (item.year, item.basis) == (part.year, part.basis)
    ]
    return max(found, key=lambda item: (item.vintage == part.vintage, item.rank), default=None)


def _refuse(dataset: Dataset, what: str, item: Observation, remedy: str) -> NoReturn:
    raise NotAvailable(what, f"observations.csv, row {item.row}, as of {dataset.as_of}", remedy)


def _number(item: Observation) -> float:
    assert item.value is not None  # callers choose observations that have one
    return item.value
