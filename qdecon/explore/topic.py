"""What the sliders move: topics with their levers, and a scenario changed by one movement of the hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from qdecon.explore.choice import nothing_assumed
from qdecon.explore.words import WORDS
from qdecon.plan import Bilingual
from qdecon.projection.branches import GDP, MANUFACTURING, SERVICES
from qdecon.scenario import DRIVERS, Assumption, Scenario, Shock, as_in, latest_growth, paces
from qdecon.scenario.record import partners

if TYPE_CHECKING:
    from qdecon.data import Dataset
    from qdecon.projection import Accounts

MODEL = "model"  # way to assume nothing
AS_IN, LIKE = "as_in", "as-in"  # key of the way to assume, and id of a scenario that was made so


@dataclass(frozen=True)
class Topic:
    """One thing that can be assumed in several ways, one at a time.

    Attributes
    ----------
    id : str
        Also the key of its word.
    levers : tuple of str
        The first is the one that a slider moves at once.
    low, high : float
        Ends of its slider, in the lever's unit.
    """

    id: str
    levers: tuple[str, ...]
    low: float
    high: float


TOPICS = (
    Topic("growth", ("real_growth", "nominal_growth", *DRIVERS), -10.0, 15.0),
    Topic("prices", ("deflator",), -5.0, 10.0),
    Topic("manufacturing", ("manufacturing_outgrowth", "manufacturing_growth"), -15.0, 15.0),
    Topic("services", ("services_outgrowth", "services_growth"), -15.0, 15.0),
)
STEP = 0.1


def stated(scenario: Scenario, topic: Topic) -> str | None:
    """The lever of a topic that a scenario states; None where it goes as the model says."""
    return next((lever for lever in topic.levers if scenario.of(lever) is not None), None)


def mode(scenario: Scenario, topic: Topic) -> str:
    """In which way a topic is assumed: by a lever, as in another city, or as the model says."""
    if "nominal_growth" in topic.levers and scenario.id == LIKE:
        return AS_IN
    return stated(scenario, topic) or MODEL


def moved(dataset: Dataset, scenario: Scenario, lever: str, value: float) -> Scenario:
    """The scenario with one lever held at one value every year, as uncertain as the others."""
    return _own(dataset, scenario.assuming(Assumption(lever, (value,), spread(scenario))))


def left(dataset: Dataset, scenario: Scenario, topic: Topic) -> Scenario:
    """The scenario with a topic left to the model."""
    gone = {*topic.levers, *(other for lever in topic.levers for other in partners(lever))}
    kept = tuple(each for each in scenario.assumptions if each.lever not in gone)
    return _own(dataset, replace(scenario, assumptions=kept))


def spread(scenario: Scenario) -> float:
    """Half-width of the 80 % interval around what is stated: the widest."""
    return max((each.spread for each in scenario.assumptions), default=0.0)


def widened(dataset: Dataset, scenario: Scenario, half: float) -> Scenario:
    """The scenario with everything that is stated equally uncertain."""
    return _own(
        dataset, replace(scenario, assumptions=tuple(replace(each, spread=half) for each in scenario.assumptions))
    )


def shocked(dataset: Dataset, scenario: Scenario, year: int, fall: float, recovery: float) -> Scenario:
    """The scenario with one shock, or none if nothing falls."""
    return _own(dataset, replace(scenario, shocks=(Shock(year, fall, recovery),) if fall else ()))


def _own(dataset: Dataset, scenario: Scenario) -> Scenario:
    """The same assumptions under the reader's own name: a preset that was changed is no preset any more."""
    nothing = nothing_assumed(dataset)
    if scenario.empty:
        return nothing
    return replace(
        nothing, name=WORDS["own"], first=scenario.first, assumptions=scenario.assumptions, shocks=scenario.shocks
    )


def renamed(dataset: Dataset, scenario: Scenario) -> Scenario:
    """A scenario that a reader wrote: one that assumes something is not called what the model says."""
    nothing = nothing_assumed(dataset)
    return scenario if scenario.empty or scenario.name != nothing.name else replace(scenario, name=WORDS["own"])


def taken(dataset: Dataset, scenario: Scenario, place: str, first: int, last: int) -> Scenario:
    """The scenario with the nominal growth that another city had in some years, named after it.

    Raises
    ------
    NotAvailable, UnknownName
        As :func:`qdecon.scenario.as_in`.
    """
    assumed = left(dataset, scenario, TOPICS[0]).assuming(*as_in(dataset, place, first, last))
    english, years = dataset.peers.names_en.get(place, place), f"{first}–{last}" if first < last else f"{first}"
    return replace(assumed, id=LIKE, name=Bilingual(f"照{place}{years}年", f"as in {english}, {years}"))


def start(dataset: Dataset, base: Accounts, lever: str) -> float:
    """Where a slider stands before anybody moves it: at the model's median, or at a driver's latest growth."""
    if lever in DRIVERS:
        return latest_growth(dataset, lever)
    known = paces(base)
    if lever in known:
        return float(np.median(known[lever]))
    item = {"nominal_growth": GDP, "manufacturing_growth": MANUFACTURING, "services_growth": SERVICES}.get(lever)
    if item is None or item not in base.items:
        return 0.0
    grown = (base.items[item][:, -1] / base.start[item]) ** (1 / len(base.years))
    return 100 * (float(np.median(grown)) - 1)
