"""What one lever would have to do for a target to be met with a wanted chance."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from qdecon.errors import NotAvailable, UnknownName
from qdecon.plan import Bilingual
from qdecon.projection.branches import GDP
from qdecon.scenario.judged import accounts_to
from qdecon.scenario.outcome import reached
from qdecon.scenario.record import LARGEST, LEVERS, Assumption, Scenario, partners
from qdecon.scrutiny import GrowthBaseRate, ShareBaseRate, base_rate, share_base_rate
from qdecon.verdict.outlook import met_in
from qdecon.verdict.wording import chance, listed

if TYPE_CHECKING:
    from collections.abc import Callable

    from qdecon.data import Dataset
    from qdecon.models import Array
    from qdecon.plan import Target
    from qdecon.projection import Accounts

Shape: TypeAlias = Literal["constant", "front-loaded", "phased"]
SHAPES: tuple[Shape, ...] = get_args(Shape)
TILT = 0.5  # a tilted path begins and ends so far from its average, as a part of it
HALVINGS = 20  # of a hundred points: to a ten-thousandth of a point


@dataclass(frozen=True)
class Required:
    """The path of a lever that meets a target with a wanted chance.

    Attributes
    ----------
    target : Target
    lever : str
    shape : {"constant", "front-loaded", "phased"}
    wanted : float
        Chance that was asked for.
    values : tuple of float
        By year, in the lever's unit; empty where no path within reason gives it.
    probability : float
        Chance that the path gives; where there is none, the largest that was found.
    years : tuple of int
    rest : Bilingual
        What else was assumed.
    precedent : GrowthBaseRate, ShareBaseRate or None
        How often comparable places went as far as the indicator itself would then go; None where that is not known.
    """

    target: Target
    lever: str
    shape: Shape
    wanted: float
    values: tuple[float, ...]
    probability: float
    years: tuple[int, ...]
    rest: Bilingual
    precedent: GrowthBaseRate | ShareBaseRate | None = None

    @property
    def feasible(self) -> bool:
        """Whether there is such a path."""
        return bool(self.values)

    @property
    def sentence(self) -> Bilingual:
        """The path, or that there is none, in words."""
        lever, words, label = LEVERS[self.lever], chance(self.wanted), self.target.label
        name, unit = lever.name, lever.unit
        if not self.feasible:
            return Bilingual(
                f"{label.zh}：只动{name.zh}，在{LARGEST:g}{unit.zh}以内没有一条路径能使可能性达到{words.zh}。",
                f"{label.en}: moving {name.en} alone, no path within {LARGEST:g}{unit.en} makes it {words.en}.",
            )
        if self.shape == "constant":
            each = f"{self.values[0]:.1f}"
            told = Bilingual(f"每年须为{each}{unit.zh}", f"would have to be {each}{unit.en} every year")
        else:
            steps = list(zip(self.years, self.values, strict=True))
            told = Bilingual(
                "须为" + listed([f"{year}年{value:.1f}{unit.zh}" for year, value in steps], "zh"),
                "would have to be " + listed([f"{value:.1f}{unit.en} in {year}" for year, value in steps], "en"),
            )
        return Bilingual(
            f"{label.zh}：要使可能性达到{words.zh}，{name.zh}{told.zh}，{self.rest.zh}。",
            f"{label.en}: for a chance of {words.en}, {name.en} {told.en}, {self.rest.en}.",
        )


def required(
    dataset: Dataset,
    target_id: str,
    lever: str,
    by: float = 0.5,
    shape: Shape = "constant",
    around: Scenario | None = None,
) -> Required:
    """Solve for one lever.

    Parameters
    ----------
    dataset : Dataset
    target_id : str
        A target ahead of the accounts.
    lever : str
        One of ``LEVERS``; its partner in a pair is held at nought unless ``around`` states it.
    by : float
        Wanted chance, between 0 and 1.
    shape : {"constant", "front-loaded", "phased"}
    around : Scenario, optional
        Other assumptions; any about a lever that sets the same thing give way.

    Raises
    ------
    UnknownName
        If there is no such target, lever or shape.
    NotAvailable
        If the accounts do not hold the target's indicator, or ``by`` is no chance.

    Examples
    --------
    >>> import qdecon as qd
    >>> found = required(qd.load("qingdao"), "t06", "real_growth", by=0.5)
    >>> found.feasible, round(found.values[0], 1), abs(found.probability - 0.5) < 0.005
    (True, 13.1, True)
    """
    if not 0 < by < 1:
        raise NotAvailable(f"{by:g} is no chance to aim at", "argument by", "give a number between 0 and 1")
    if shape not in SHAPES:
        raise UnknownName(f"unknown shape {shape!r}", "argument shape", f"choose one of {', '.join(SHAPES)}")
    if lever not in LEVERS:
        raise UnknownName(f"unknown lever {lever!r}", "argument lever", f"choose one of {', '.join(LEVERS)}")
    target = dataset.plan.target(target_id)
    base = accounts_to(dataset, target)
    known = around or Scenario("required", Bilingual("反推", "solved for"), base.years[0])
    weights, rest = _weights(shape, len(base.years)), what_else(around, lever)
    late = [0.0] * max(base.years[0] - known.first, 0)  # years that are published already

    def outcomes(average: float) -> Array:
        scenario = known.assuming(Assumption(lever, (*late, *(average * weights).tolist())))
        return reached(base, scenario, dataset, target.indicator or "", target.deadline or 0)

    ends = [_farthest(outcomes, target, sign * LARGEST / weights.max()) for sign in (-1, 1)]
    (low, least), (high, most) = sorted(ends, key=lambda end: end[1])
    if not least <= by <= most:
        return Required(target, lever, shape, by, (), most, base.years, rest)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if met_in(outcomes(middle), target) < by else (low, middle)
    found = outcomes(high)
    precedent = _precedent(dataset, target, base, float(np.median(found)))
    values = tuple((high * weights).tolist())
    return Required(target, lever, shape, by, values, met_in(found, target), base.years, rest, precedent)


def _farthest(outcomes: Callable[[float], Array], target: Target, end: float) -> tuple[float, float]:
    """The farthest value towards an end at which the accounts still add up, and the chance there."""
    for _ in range(HALVINGS):
        with suppress(NotAvailable):
            return end, met_in(outcomes(end), target)
        end /= 2
    return 0.0, met_in(outcomes(0.0), target)


def _precedent(dataset: Dataset, target: Target, base: Accounts, end: float) -> GrowthBaseRate | ShareBaseRate | None:
    """How often comparable places did what takes the indicator from its latest level to ``end``.

    Only the median way there is looked up: nothing comparable tells real growth and prices of cities apart. Where no
    peer publishes a part, its ceiling stands for it.
    """
    years, indicator = len(base.years), dataset.indicator(target.indicator or "")
    with suppress(NotAvailable, UnknownName):
        if indicator.kind != "share":
            start = float(np.median(base.start[indicator.id]))
            return base_rate(dataset, (end / start) ** (1 / years) - 1, years, indicator=indicator.id)
        part, whole = indicator.numerator or "", indicator.denominator or GDP
        start = 100 * float(np.median(base.start[part] / base.start[whole]))
        peers = dataset.peers.provinces.levels
        known = part if part in peers else dataset.indicator(part).ceiling or part
        return share_base_rate(dataset, known, whole, end - start, years)
    return None


def _weights(shape: Shape, years: int) -> Array:
    """Yearly values over their average."""
    if shape == "constant" or years == 1:
        return np.ones(years)
    rising = np.linspace(1 - TILT, 1 + TILT, years)
    return rising if shape == "phased" else rising[::-1]


def what_else(around: Scenario | None, *levers: str) -> Bilingual:
    """What is assumed of everything but some levers."""
    said = Bilingual("其余按模型", "all else as the model says")
    if around is not None:
        said = Bilingual(f"其余按“{around.name.zh}”", f'all else as in "{around.name.en}"')
    still = dict.fromkeys(
        other
        for lever in levers
        for other in partners(lever)
        if other not in levers and (around is None or around.of(other) is None)
    )
    for held in (LEVERS[other].name for other in still):
        said = Bilingual(f"{held.zh}取0，{said.zh}", f"with {held.en} held at nought and {said.en}")
    return said
