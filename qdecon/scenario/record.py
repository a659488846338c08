"""A scenario: what is assumed year by year, named, with its reason; everything else goes as the model says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from qdecon.errors import NotAvailable, UnknownName
from qdecon.plan import Bilingual

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qdecon.models import Array


@dataclass(frozen=True)
class Lever:
    """What a scenario can move: its name inside a sentence, and the unit of its values."""

    name: Bilingual
    unit: Bilingual


_PER_CENT, _POINTS = Bilingual("%", "%"), Bilingual("个对数百分点", " log points")
LEVERS: Mapping[str, Lever] = MappingProxyType(
    {
        "real_growth": Lever(Bilingual("实际增长", "real growth"), _PER_CENT),
        "deflator": Lever(Bilingual("平减指数", "the deflator"), _PER_CENT),
        "manufacturing_outgrowth": Lever(
            Bilingual("制造业实际增速高出其余部分的幅度", "manufacturing's real outgrowth over the rest"), _POINTS
        ),
        "manufacturing_price": Lever(
            Bilingual("制造业价格涨幅高出其余部分的幅度", "the rise of manufacturing's relative price"), _POINTS
        ),
        "services_outgrowth": Lever(
            Bilingual("服务业实际增速高出其余部分的幅度", "services' real outgrowth over the rest"), _POINTS
        ),
        "services_price": Lever(
            Bilingual("服务业价格涨幅高出其余部分的幅度", "the rise of services' relative price"), _POINTS
        ),
        "producer_outgrowth": Lever(
            Bilingual(
                "生产性服务业实际增速高出其余服务业的幅度", "producer services' real outgrowth over other services"
            ),
            _POINTS,
        ),
        "producer_price": Lever(
            Bilingual("生产性服务业价格涨幅高出其余服务业的幅度", "the rise of producer services' relative price"),
            _POINTS,
        ),
        "primary_growth": Lever(Bilingual("第一产业名义增长", "nominal growth of the primary sector"), _PER_CENT),
        "manufacturing_growth": Lever(Bilingual("制造业名义增长", "nominal growth of manufacturing"), _PER_CENT),
        "services_growth": Lever(Bilingual("服务业名义增长", "nominal growth of services"), _PER_CENT),
        "nominal_growth": Lever(Bilingual("名义增长", "nominal growth"), _PER_CENT),
        "nation_growth": Lever(Bilingual("全国实际增长", "the nation's real growth"), _PER_CENT),
        "province_growth": Lever(Bilingual("全省实际增长", "the province's real growth"), _PER_CENT),
    }
)
LARGEST = 50.0  # of a lever, in its unit: beyond, it is a slip of the pen
LONGEST = 30  # years
FIRST_YEAR, LAST_YEAR = 1900, 2200
PAIRS = (
    ("manufacturing_outgrowth", "manufacturing_price"),
    ("services_outgrowth", "services_price"),
    ("producer_outgrowth", "producer_price"),
)
DRIVERS = ("nation_growth", "province_growth")
# Levers that set the same thing: of each group, one at most.
RIVALS = (
    ("real_growth", "nominal_growth", *DRIVERS),
    ("deflator", "nominal_growth"),
    ("manufacturing_outgrowth", "manufacturing_growth"),
    ("manufacturing_price", "manufacturing_growth"),
    ("services_outgrowth", "services_growth"),
    ("services_price", "services_growth"),
)
_ID = re.compile(r"[a-z][a-z0-9-]{0,63}")


def _number(what: str, value: Any, where: str, least: float, most: float) -> float:
    """A finite number within limits.

    Raises
    ------
    NotAvailable
        If it is none.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        raise NotAvailable(f"{what} of {str(value)[:32]}", where, f"give a number from {least:g} to {most:g}")
    return float(value)


def _year(year: Any, where: str) -> None:
    """Refuse what is no calendar year.

    Raises
    ------
    NotAvailable
        If it is none.
    """
    if isinstance(year, bool) or not isinstance(year, int) or not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotAvailable(f"{str(year)[:32]} is no year", where, f"give one from {FIRST_YEAR} to {LAST_YEAR}")


@dataclass(frozen=True)
class Assumption:
    """The path of one lever.

    Attributes
    ----------
    lever : str
        One of ``LEVERS``.
    values : tuple of float
        By year from the scenario's first, in the lever's unit; the last holds for all later years.
    spread : float
        Half-width of the 80 % interval around the path, the same every year; 0 for a fixed path. An outcome that lies
        high lies high in every year.

    Examples
    --------
    >>> Assumption("real_growth", (5.0, 4.5)).path(3)
    array([5. , 4.5, 4.5])
    """

    lever: str
    values: tuple[float, ...]
    spread: float = 0.0

    def __post_init__(self) -> None:
        where = f"assumption {self.lever[:64]}"
        if self.lever not in LEVERS:
            raise UnknownName(f"unknown lever {self.lever[:64]!r}", "assumption", f"choose one of {', '.join(LEVERS)}")
        if not 1 <= len(self.values) <= LONGEST:
            raise NotAvailable(f"{len(self.values)} yearly values", where, f"give 1 to {LONGEST}")
        values = tuple(_number("a value", value, where, -LARGEST, LARGEST) for value in self.values)
        object.__setattr__(self, "values", values)  # lists and whole numbers become what they read back as
        object.__setattr__(self, "spread", _number("a spread", self.spread, where, 0.0, LARGEST))

    def path(self, years: int) -> Array:
        """Values of the first ``years`` years."""
        kept = self.values[:years]
        return np.array([*kept, *[self.values[-1]] * (years - len(kept))])


def rivals(lever: str) -> frozenset[str]:
    """The lever itself and all that set the same thing."""
    return frozenset([lever]).union(*(group for group in RIVALS if lever in group))


def partners(lever: str) -> tuple[str, ...]:
    """The other lever of its pair; none if it stands alone."""
    return tuple(other for pair in PAIRS if lever in pair for other in pair if other != lever)


def phased_in(lever: str, start: float, end: float, years: int, spread: float = 0.0) -> Assumption:
    """The path of a lever that goes from one value to another in equal steps, and stays there.

    Parameters
    ----------
    lever : str
    start, end : float
        Values of the first year and of the last of the phase-in, in the lever's unit.
    years : int
        How many years that takes, the first included.
    spread : float

    Raises
    ------
    NotAvailable
        If that is no path: no year, too many, or values beyond reason.
    UnknownName
        If there is no such lever.

    Examples
    --------
    >>> phased_in("deflator", -0.5, 1.5, 3).values
    (-0.5, 0.5, 1.5)
    """
    if years not in range(1, LONGEST + 1):
        raise NotAvailable(
            f"a phase-in over {str(years)[:32]} years", f"phase-in of {lever[:64]}", f"give 1 to {LONGEST}"
        )
    return Assumption(lever, tuple(np.linspace(start, end, years).tolist()) if years > 1 else (end,), spread)


@dataclass(frozen=True)
class Shock:
    """A fall of real growth in one year, and how fast the lost level is made up.

    Attributes
    ----------
    year : int
    fall : float
        Log points of real GDP lost in that year.
    recovery : float
        Share of what is still lost that is made up in each later year, 0 to 1.

    Examples
    --------
    >>> Shock(2027, 4.0, 0.5).effect((2026, 2027, 2028, 2029))  # on yearly growth, in log points
    array([ 0., -4.,  2.,  1.])
    """

    year: int
    fall: float
    recovery: float = 0.0

    def __post_init__(self) -> None:
        where = f"shock of {str(self.year)[:32]}"
        _year(self.year, where)
        object.__setattr__(self, "fall", _number("a fall", self.fall, where, 0.0, LARGEST))
        object.__setattr__(self, "recovery", _number("a recovery", self.recovery, where, 0.0, 1.0))

    def effect(self, years: tuple[int, ...]) -> Array:
        """What it does to growth in each of some consecutive years, in log points."""
        since = np.array([*years, years[-1] + 1]) - self.year
        lost = np.where(since >= 0, -self.fall * (1 - self.recovery) ** np.maximum(since, 0), 0.0)
        return np.diff(lost[:-1], prepend=-self.fall * (1 - self.recovery) ** (since[0] - 1) if since[0] > 0 else 0.0)


@dataclass(frozen=True)
class Scenario:
    """Assumptions by year.

    Attributes
    ----------
    id : str
        Lower-case letters, digits and hyphens.
    name : Bilingual
    first : int
        Year of the first value of every assumption.
    assumptions : tuple of Assumption
        At most one a lever.
    shocks : tuple of Shock
    reason : Bilingual
        Why one would assume that.
    sources : tuple of str
        Ids of sources.

    Examples
    --------
    >>> goal = Scenario("goal", Bilingual("目标", "goal"), 2026, (Assumption("real_growth", (5.0,)),))
    >>> goal.of("real_growth").values, goal.of("deflator")
    ((5.0,), None)
    """

    id: str
    name: Bilingual
    first: int
    assumptions: tuple[Assumption, ...] = ()
    shocks: tuple[Shock, ...] = ()
    reason: Bilingual = field(default_factory=lambda: Bilingual("", ""))
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        where = f"scenario {self.id[:64]!r}"
        if not _ID.fullmatch(self.id):
            raise NotAvailable("no usable id", where, "use lower-case letters, digits and hyphens, at most 64")
        _year(self.first, where)
        levers = [each.lever for each in self.assumptions]
        if len(levers) != len(set(levers)):
            twice = next(lever for lever in levers if levers.count(lever) > 1)
            raise NotAvailable(f"{twice} is assumed twice", where, "keep one assumption a lever")
        for group in RIVALS:
            both = [lever for lever in group if lever in levers]
            if len(both) > 1:
                raise NotAvailable(f"{both[0]} and {both[1]} set the same thing", where, "keep one of them")
        for pair in PAIRS:
            if len(set(pair) & set(levers)) == 1:
                alone = next(lever for lever in pair if lever in levers)
                other = pair[1 - pair.index(alone)]
                raise NotAvailable(
                    f"{alone} without {other}",
                    where,
                    f"state {other} too: only their sum moves a nominal share, and nothing published tells them apart",
                )

    @property
    def empty(self) -> bool:
        """Whether it assumes nothing, so that all goes as the model says."""
        return not self.assumptions and not self.shocks

    def assuming(self, *assumptions: Assumption) -> Scenario:
        """The same with these assumed: what sets the same thing gives way, and a partner nobody states is at nought.

        Examples
        --------
        >>> goal = Scenario("goal", Bilingual("目标", "goal"), 2026, (Assumption("real_growth", (5.0,)),))
        >>> [each.lever for each in goal.assuming(Assumption("services_outgrowth", (1.0,))).assumptions]
        ['real_growth', 'services_outgrowth', 'services_price']
        """
        new = {each.lever for each in assumptions}
        gone = new.union(*map(rivals, new))
        kept = tuple(each for each in self.assumptions if each.lever not in gone)
        stated = {each.lever for each in (*kept, *assumptions)}
        still = [Assumption(other, (0.0,)) for lever in new for other in partners(lever) if other not in stated]
        return replace(self, assumptions=(*kept, *assumptions, *still))

    def of(self, lever: str) -> Assumption | None:
        """The assumption about a lever; None where it goes as the model says.

        Raises
        ------
        UnknownName
            If there is no such lever.
        """
        if lever not in LEVERS:
            raise UnknownName(f"unknown lever {lever!r}", "argument lever", f"choose one of {', '.join(LEVERS)}")
        return next((each for each in self.assumptions if each.lever == lever), None)
