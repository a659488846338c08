"""How often comparable places did what is asked: the outside view, counted window by window.

Nominal growth of a Chinese city is mostly the nation's growth of that year: in 2004 or 2021 nearly anybody grew fast.
So windows are compared by how far a city outgrew the nation in the same years; the plain nominal count stands beside.
Source of the idea: Kahneman and Tversky (1979), Intuitive prediction: biases and corrective procedures.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Literal

from qdecon.errors import NotAvailable
from qdecon.plan import Bilingual
from qdecon.scrutiny.windows import TIE, Window, WindowCount
from qdecon.verdict.frequency import SMALLEST, comparable_provinces, share_rises
from qdecon.verdict.wording import joined, percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from qdecon.data import Dataset, Panel

Reason = Literal["break", "basis", "gap"]

LARGEST = 2.0  # of the city's own GDP; with SMALLEST a factor of two either way
REASONS: tuple[Reason, ...] = ("break", "basis", "gap")  # the first that applies is counted


@dataclass(frozen=True)
class Excluded:
    """Windows between known years of all cities that could not be formed; each counts under the first that applies.

    Attributes
    ----------
    breaks : int
        They hold a year whose level was shifted or whose boundaries changed.
    bases : int
        They cross from one statistical basis to another.
    gaps : int
        A year is missing, of the city or of the nation.
    """

    breaks: int
    bases: int
    gaps: int


@dataclass(frozen=True)
class GrowthBaseRate(WindowCount):
    """How often comparable cities outgrew the nation as far as one city would have to.

    Attributes
    ----------
    growth : float
        Growth a year that is asked, nominal, as a fraction.
    nation : float
        Growth a year that the nation is expected to have.
    nation_year : int or None
        Year the nation's growth was taken from; None if it was given.
    own : tuple of Window
        The city's own past, from its own figures; never counted.
    excluded : Excluded

    Examples
    --------
    >>> import qdecon as qd
    >>> from qdecon.scrutiny.baserate import base_rate
    >>> rate = base_rate(qd.load("qingdao"), 20000 / 17560.67 - 1, 1)
    >>> rate.hits, rate.cases, rate.raw_hits
    (2, 388, 145)
    """

    growth: float
    nation: float
    nation_year: int | None
    own: tuple[Window, ...]
    excluded: Excluded

    @property
    def raw(self) -> tuple[Window, ...]:
        """Windows of the reference class that reached the nominal growth, whatever the nation did."""
        return tuple(window for window in self.comparable if window.change >= self.growth - TIE)

    @property
    def raw_hits(self) -> int:
        """How many windows of the reference class reached the nominal growth."""
        return len(self.raw)

    @property
    def margin(self) -> Bilingual:
        """What a window must have done, as a verb."""
        points = f"{abs(100 * self.needed):.1f}"
        zh, en = ("", "") if self.years == 1 else ("年均", " a year")
        if self.needed >= 0:
            return Bilingual(f"{zh}比全国快{points}个百分点以上", f"outgrew the nation by {points} points{en} or more")
        return Bilingual(
            f"{zh}比全国快，或慢不超过{points}个百分点",
            f"stayed ahead of the nation or within {points} points{en} of it",
        )

    @property
    def asked(self) -> Bilingual:
        """What is asked, and how far that is from the growth expected of the nation."""
        gap, pace, low = f"{abs(100 * self.needed):.1f}", percent(self.growth), self.needed < 0
        taken = Bilingual(
            f"按{self.nation_year}年的{percent(self.nation)}计" if self.nation_year else f"假定{percent(self.nation)}",
            f"taken as {percent(self.nation)}" + (f", as in {self.nation_year}" if self.nation_year else ""),
        )
        return Bilingual(
            f"{self.name.zh}{self.span.zh}{'' if self.years == 1 else '年均'}名义增长{pace}，比全国（{taken.zh}）"
            f"{'低' if low else '高'}{gap}个百分点。",
            f"{self.name.en} growth of {pace} {'in' if self.years == 1 else 'a year over'} {self.span.en} would be "
            f"{gap} points {'below' if low else 'above'} the nation's ({taken.en}).",
        )

    @property
    def nominal(self) -> Bilingual:
        """The same count on nominal growth alone, with what the nation did in those years."""
        pace, hits = percent(self.growth), self.raw
        then = percent(median(window.nation for window in hits)) if hits else ""
        return Bilingual(
            f"只看名义增速，{self.cases}个中有{len(hits)}个达到{pace}"
            + (f"，但那些年份全国自身增长{then}（中位数）。" if then else "。"),
            f"In nominal terms alone {len(hits)} of the {self.cases} reached {pace}"
            + (f", in years when the nation itself grew {then} (median)." if then else "."),
        )

    @property
    def best(self) -> Bilingual | None:
        """The city's own best window; None if it has none."""
        if not self.own:
            return None
        top = max(self.own, key=lambda window: window.excess)
        points = f"{100 * top.excess:+.1f}".replace("-", "−")
        return Bilingual(
            f"{self.place.zh}自身{len(self.own)}个窗口中，最好的一个为{points}个百分点（{top.when.zh}）。",
            f"The best of {self.place.en}'s own {len(self.own)} was {points} points ({top.when.en}).",
        )

    @property
    def sentence(self) -> Bilingual:
        """The finding in counts, the nominal count last."""
        place = self.place
        counted = Bilingual(
            f"可比城市（期初地区生产总值为{place.zh}的一半至两倍）的{self.cases}个{self.span.zh}窗口中，"
            f"{self.found.zh}{self.margin.zh}{self.which.zh}；其他主要城市合计{self.all_cases}个中有{self.all_hits}个。",
            f"Of {self.cases} windows of {self.span.en} of comparable cities (half to twice {place.en}'s GDP at the "
            f"start), {self.found.en} {self.margin.en}{self.which.en}; of all {self.all_cases} of the other main "
            f"cities, {self.all_hits} did.",
        )
        return joined(self.asked, counted, self.best, self.nominal)

    @property
    def left_out(self) -> Bilingual:
        """How many windows could not be formed, and why."""
        out = self.excluded
        return Bilingual(
            f"未计入的窗口：跨两个统计口径{out.bases}个，含水平断层或区划调整{out.breaks}个，缺年份{out.gaps}个。",
            f"Windows left out: {out.bases} across two statistical bases, {out.breaks} over a shift of level "
            f"or boundaries, {out.gaps} with a missing year.",
        )

    @property
    def caution(self) -> Bilingual:
        """How many places and starting years stand behind the counts, and what was left out."""
        return joined(super().caution, self.left_out)


@dataclass(frozen=True)
class ShareBaseRate(WindowCount):
    """How often a share of comparable provinces rose as far as is asked; see :mod:`qdecon.verdict.frequency`."""

    @property
    def sentence(self) -> Bilingual:
        """The finding in counts."""
        points = f"{self.needed:.1f}"
        return Bilingual(
            f"可比省份的{self.name.zh}，{self.cases}个{self.span.zh}窗口中{self.found.zh}上升{points}个百分点以上"
            f"{self.which.zh}；全部省份{self.all_cases}个中有{self.all_hits}个。",
            f"{self.name.en}: of {self.cases} windows of {self.span.en} in comparable provinces, {self.found.en} rose "
            f"{points} points or more{self.which.en}; of all {self.all_cases}, {self.all_hits} did.",
        )

    def to_frame(self) -> pd.DataFrame:
        """Tabulate the windows, one row each: ``place place_en first last rise comparable hit``."""
        return super().to_frame().drop(columns=["nation", "excess"]).rename(columns={"growth": "rise"})


def base_rate(
    dataset: Dataset, growth: float, years: int, *, indicator: str = "gdp", nation: float | None = None
) -> GrowthBaseRate:
    """Count how often comparable cities outgrew the nation as far as the plan's city would have to.

    A city is comparable in a window if its GDP at the window's start was half to twice that of the plan's city in the
    same year. The rule is written on size alone; size at the start, since a city may be large today because it grew.
    Growth of a window is formed from yearly growths, each inside one statistical basis; a window that holds a year
    without one is left out and counted. The city's own windows follow the same rule.

    Parameters
    ----------
    dataset : Dataset
    growth : float
        Nominal growth a year that is asked, as a fraction.
    years : int
        Length of the windows.
    indicator : str
        Of the city, the peers and the nation.
    nation : float, optional
        Growth a year expected of the nation, as a fraction; its latest known yearly growth if None.

    Raises
    ------
    NotAvailable
        If no comparable window of that length or no growth of the nation is known.
    UnknownName
        If there is no such indicator.

    Examples
    --------
    >>> import qdecon as qd
    >>> rate = base_rate(qd.load("qingdao"), 0.10, 3)
    >>> f"{rate.nation_year}: {rate.nation:.4f}"
    '2025: 0.0399'
    """
    home, cities = dataset.peers.nation, dataset.peers.cities.without([dataset.plan.place.zh])
    pairs = home.pairs(indicator, home.places[0])
    national = {year: math.log(value / before) for year, (before, value, _) in pairs.items()}
    if not national:
        raise NotAvailable("no growth of the nation is known", f"as of {dataset.as_of}", "choose a later date")
    latest = max(national)
    expected = math.expm1(national[latest]) if nation is None else nation
    own_size = _own_size(dataset)
    windows: list[Window] = []
    lost: Counter[Reason] = Counter()
    for city in cities.places:
        names, size = (city, dataset.peers.names_en.get(city, city)), _size(cities, city)
        for first, growths in _spans(_steps(cities, indicator, city), national, years):
            if isinstance(growths, str):
                lost[growths] += 1
            else:
                ratio = size.get(first, math.nan) / own_size.get(first, math.nan)
                windows.append(Window(*names, first, first + years, *growths, SMALLEST <= ratio <= LARGEST))
    if not any(window.comparable for window in windows):
        raise NotAvailable(
            f"no comparable window of {years} years is known", f"as of {dataset.as_of}", "choose another length"
        )
    place = dataset.plan.place
    steps = {step.year: math.log1p(step.value) for step in dataset.growth_steps(indicator) if not step.derived}
    return GrowthBaseRate(
        place=place,
        name=dataset.indicator(indicator).name,
        as_of=dataset.as_of,
        years=years,
        needed=growth - expected,
        windows=tuple(sorted(windows, key=lambda window: window.first)),
        growth=growth,
        nation=expected,
        nation_year=latest if nation is None else None,
        own=tuple(
            Window(place.zh, place.en, first, first + years, *growths, False)
            for first, growths in _spans(steps, national, years)
            if not isinstance(growths, str)
        ),
        excluded=Excluded(breaks=lost["break"], bases=lost["basis"], gaps=lost["gap"]),
    )


def share_base_rate(dataset: Dataset, part: str, whole: str, rise: float, years: int) -> ShareBaseRate:
    """Count how often the share of comparable provinces rose by ``rise`` points or more, with place and years.

    Counts are those of :func:`qdecon.verdict.frequency.rise_rate`.

    Raises
    ------
    NotAvailable
        If no window of that length is known, or the provinces lack a series.

    Examples
    --------
    >>> import qdecon as qd
    >>> rate = share_base_rate(qd.load("qingdao"), "va_industry", "gdp", 3.0, 1)
    >>> rate.hits, rate.cases
    (0, 176)
    """
    panel = dataset.peers.provinces
    if not {part, whole} <= panel.levels.keys():
        raise NotAvailable(f"the provinces have no {part} or {whole}", "reference class", "add the series to the peers")
    kept, english = comparable_provinces(dataset, whole), dataset.peers.names_en
    windows = [
        Window(place, english.get(place, place), last - years, last, points, 0.0, place in kept)
        for place, found in share_rises(panel, part, whole, years).items()
        for (_, last), points in found.items()
    ]
    if not any(window.comparable for window in windows):
        raise NotAvailable(f"no window of {years} years is known", f"as of {dataset.as_of}", "choose a later date")
    ordered = tuple(sorted(windows, key=lambda window: window.first))
    one, other = dataset.indicator(part).name, dataset.indicator(whole).name
    name = Bilingual(f"{one.zh}占{other.zh}比重", f"Share of {one.en.lower()} in {other.en}")
    return ShareBaseRate(dataset.plan.place, name, dataset.as_of, years, rise, ordered)


def _steps(panel: Panel, indicator: str, place: str) -> dict[int, float | Reason]:
    """Yearly changes of the logarithm between a place's first and last year, or why one cannot be formed."""
    pairs = panel.pairs(indicator, place)
    bases = panel.levels[indicator].get(place, {}).values()
    known = {year for values in bases for year in values if year <= panel.last}
    steps: dict[int, float | Reason] = {}
    for year in range(min(known, default=0) + 1, max(known, default=0) + 1):
        before, value, _ = pairs.get(year, (0.0, 0.0, ""))
        if min(before, value) > 0:
            steps[year] = math.log(value / before)
        elif (place, indicator, year) in panel.splices:
            steps[year] = "break"
        else:
            steps[year] = "basis" if {year - 1, year} <= known and year not in pairs else "gap"
    return steps


def _spans(
    steps: Mapping[int, float | Reason], national: Mapping[int, float], years: int
) -> Iterator[tuple[int, tuple[float, float] | Reason]]:
    """Starting year of every window with growth a year of place and nation, or why the window cannot be formed."""
    if not steps or years < 1:
        return
    for first in range(min(steps) - 1, max(steps) - years + 1):
        span = range(first + 1, first + years + 1)
        own = [steps.get(year, "gap") for year in span]
        changes = [each for each in own if not isinstance(each, str)]
        if len(changes) == years and all(year in national for year in span):
            common = sum(national[year] for year in span)
            yield first, (math.expm1(sum(changes) / years), math.expm1(common / years))
        else:
            yield first, next((reason for reason in REASONS if reason in own), "gap")


def _size(panel: Panel, place: str) -> dict[int, float]:
    """GDP of a place by year, on the newest basis that has it."""
    bases = sorted(panel.levels["gdp"].get(place, {}).items())
    return {year: value for _, values in bases for year, value in values.items()}


def _own_size(dataset: Dataset) -> dict[int, float]:
    """GDP of the plan's city by year: from the peers, so that sizes stand on like bases, else from its own figures."""
    found = _size(dataset.peers.cities, dataset.plan.place.zh)
    if found or "gdp" not in dataset.indicators:
        return found
    return {year: item.value for (year, _), item in dataset.annual("gdp").items() if item.value}
