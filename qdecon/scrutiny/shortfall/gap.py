"""The gap of one year between a level and its plan, and its parts: as many as the data can tell apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from qdecon.plan import Bilingual

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qdecon.models import Array
    from qdecon.scrutiny.shortfall.rebasing import GdpGap

Measure = Literal["log", "percent", "amount"]
MEASURES: tuple[Measure, ...] = ("log", "percent", "amount")
GAP = "gap"
PARTS = {
    "volume": Bilingual("物量", "volume"),
    "price": Bilingual("价格", "price"),
    "rebasing": Bilingual("口径调整", "re-basing"),
    "price_rebasing": Bilingual("价格与口径调整", "price and re-basing"),
    "growth": Bilingual("物量、价格与口径调整", "volume, price and re-basing together"),
    "structure": Bilingual("结构（占比）", "structure (share of GDP)"),
}


class Estimate(NamedTuple):
    """One part of a gap; NaN where there is none of the kind.

    ``value`` is the figure or the median, ``lo80`` and ``hi80`` bound 80 % of the outcomes, ``lo`` and ``hi`` span what
    was stated: where they are given, the medians are ranges and ``value`` is missing.
    """

    value: float
    lo80: float
    hi80: float
    lo: float
    hi: float


@dataclass(frozen=True)
class Split:
    """The gap of one year and its parts, cumulative from the base year.

    Attributes
    ----------
    kind : {"published", "projected"}
    plan : float
        Level of the plan's path.
    gap : ndarray, shape (outcomes,)
        Log of actual over plan; one outcome for a published year.
    parts : mapping
        Name in ``PARTS`` to logs, shape (deflators, outcomes); their sum is the gap in every cell.
    stated : bool
        Whether price and re-basing are divided by stated deflators, and so are ranges.
    rounding : float
        Log by which rounding of published real growth may move the re-basing then.
    """

    year: int
    kind: Literal["published", "projected"]
    plan: float
    gap: Array
    parts: Mapping[str, Array]
    stated: bool
    rounding: float

    def __post_init__(self) -> None:
        for array in (self.gap, *self.parts.values()):
            array.setflags(write=False)

    @property
    def actual(self) -> float:
        """Published level, or median of the projected ones."""
        return float(self.plan * np.exp(np.median(self.gap)))

    def outcomes(self, part: str = GAP, measure: Measure = "log") -> Array:
        """A part, or the gap, in every outcome, shape (deflators, outcomes)."""
        logs = self.gap[None, :] if part == GAP else self.parts[part]
        return np.asarray(logs * self._scale(measure))

    def estimate(self, part: str = GAP, measure: Measure = "percent") -> Estimate:
        """A part, or the gap, in logs, in per cent of the plan or in the unit of the level."""
        if (part, measure) not in self._estimates:
            self._estimates[part, measure] = self._estimated(part, measure)
        return self._estimates[part, measure]

    @cached_property
    def _estimates(self) -> dict[tuple[str, Measure], Estimate]:
        """Those that were asked for: each is taken over all outcomes."""
        return {}

    def _estimated(self, part: str, measure: Measure) -> Estimate:
        none, made = float("nan"), self.outcomes(part, measure)
        many = made.shape[1] > 1
        lo80, middle, hi80 = np.quantile(made, (0.1, 0.5, 0.9), axis=1)
        if self.stated and part in ("price", "rebasing"):
            slack = self.rounding * float(np.median(self._scale(measure))) if part == "rebasing" else 0.0
            inside = (float(lo80.min() - slack), float(hi80.max() + slack)) if many else (none, none)
            return Estimate(none, *inside, float(middle.min() - slack), float(middle.max() + slack))
        inside = (float(lo80[0]), float(hi80[0])) if many else (none, none)
        return Estimate(float(middle[0]), *inside, none, none)

    def _scale(self, measure: Measure) -> Array:
        """What a log is multiplied by: nothing, or the logarithmic mean of actual and plan."""
        if measure == "log":
            return np.ones_like(self.gap)
        mean = np.divide(np.expm1(self.gap), self.gap, out=np.ones_like(self.gap), where=self.gap != 0)
        return np.asarray(mean * (100 if measure == "percent" else self.plan))


def split_gap(
    year: int, kind: Literal["published", "projected"], plan: float, gdp: GdpGap, structure: Array | None
) -> Split:
    """Name the parts of one year: as many as the data can tell apart."""
    parts: dict[str, Array] = {}
    if gdp.volume is None:
        parts["growth"] = gdp.gap[None, :]
    elif gdp.lift is None:
        parts |= {"volume": gdp.volume[None, :], "price_rebasing": (gdp.gap - gdp.volume)[None, :]}
    else:
        lift = np.repeat(gdp.lift[:, None], len(gdp.gap), axis=1)
        parts |= {"volume": gdp.volume[None, :], "price": gdp.gap - gdp.volume - lift}
        parts |= {"rebasing": lift} if lift.any() else {}
    gap = gdp.gap
    if structure is not None:
        gap, parts["structure"] = gap + structure, structure[None, :]
    return Split(year, kind, plan, gap, MappingProxyType(parts), gdp.stated, gdp.rounding)
