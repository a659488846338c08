"""A scenario: what is assumed year by year, named, with its reason; everything else goes as the model says."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from qdecon.errors import NotAvailable, UnknownName
from qdecon.plan import Bilingual

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qdecon.models import Array

LEVERS: Mapping[str, Bilingual] = MappingProxyType(
    {
        "real_growth": Bilingual("实际增长，%", "real growth, %"),
        "deflator": Bilingual("平减指数，%", "deflator, %"),
        "manufacturing_outgrowth": Bilingual(
            "制造业实际增速比其余部分高出，对数百分点", "manufacturing's real outgrowth over the rest, log points"
        ),
        "manufacturing_price": Bilingual(
            "制造业价格比其余部分多涨，对数百分点", "manufacturing's price against the rest, log points"
        ),
        "services_outgrowth": Bilingual(
            "服务业实际增速比其余部分高出，对数百分点", "services' real outgrowth over the rest, log points"
        ),
        "services_price": Bilingual(
            "服务业价格比其余部分多涨，对数百分点", "services' price against the rest, log points"
        ),
    }
)
LARGEST = 50.0  # of a lever, in its unit: beyond, it is a slip of the pen
LONGEST = 30  # years
PAIRS = (("manufacturing_outgrowth", "manufacturing_price"), ("services_outgrowth", "services_price"))
_ID = re.compile(r"[a-z][a-z0-9-]{0,63}")


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
        where = f"assumption {self.lever}"
        if self.lever not in LEVERS:
            raise UnknownName(f"unknown lever {self.lever!r}", "assumption", f"choose one of {', '.join(LEVERS)}")
        if not 1 <= len(self.values) <= LONGEST:
            raise NotAvailable(f"{len(self.values)} yearly values", where, f"give 1 to {LONGEST}")
        for value in (*self.values, self.spread):
            if not math.isfinite(value) or abs(value) > LARGEST:
                raise NotAvailable(f"{value:g} is out of range", where, f"stay within {LARGEST:g} either way")
        if self.spread < 0:
            raise NotAvailable(f"a spread of {self.spread:g}", where, "give 0 or more")

    def path(self, years: int) -> Array:
        """Values of the first ``years`` years."""
        kept = self.values[:years]
        return np.array([*kept, *[self.values[-1]] * (years - len(kept))])


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
        if not (0 <= self.fall <= LARGEST and 0 <= self.recovery <= 1):
            raise NotAvailable(
                f"a fall of {self.fall:g} with recovery {self.recovery:g}",
                f"shock of {self.year}",
                f"give a fall of 0 to {LARGEST:g} points and a recovery of 0 to 1",
            )

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
        if not 1900 <= self.first <= 2200:
            raise NotAvailable(f"first year {self.first}", where, "give a calendar year")
        levers = [each.lever for each in self.assumptions]
        if len(levers) != len(set(levers)):
            twice = next(lever for lever in levers if levers.count(lever) > 1)
            raise NotAvailable(f"{twice} is assumed twice", where, "keep one assumption a lever")
        for pair in PAIRS:
            if len(set(pair) & set(levers)) == 1:
                alone = next(lever for lever in pair if lever in levers)
                other = pair[1 - pair.index(alone)]
                raise NotAvailable(
                    f"{alone} without {other}",
                    where,
                    f"state {other} too: only their sum moves a nominal share, and nothing published tells them apart",
                )

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
