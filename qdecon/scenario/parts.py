"""Parts of GDP under a scenario: what levers set is pinned, all else keeps its share of what that leaves.

The log-odds of a pinned share of GDP change by exactly real outgrowth plus relative price; or the part grows as stated,
and its share follows. Producer services are pinned within services, from the latest share that was published of any
part of a year: too little is published to project them, so they appear only where a scenario states their path.

Outcomes whose GDP is too small to hold the pinned parts contradict the scenario. If they are rare, each takes over from
one that fits; otherwise the scenario is refused.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from qdecon.errors import NotAvailable
from qdecon.projection.branches import FARMING, GDP, INDUSTRY, MANUFACTURING, SECONDARY, SERVICES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from qdecon.data import Dataset
    from qdecon.models import Array
    from qdecon.projection import Accounts
    from qdecon.scenario.record import Scenario

PRODUCER = "va_producer_services"
PINNED = {MANUFACTURING: "manufacturing", SERVICES: "services", FARMING: "primary"}  # item: how its levers begin
RAREST = 0.01  # share of outcomes that may contradict a scenario
HOLDS = {SECONDARY: (MANUFACTURING,), INDUSTRY: (MANUFACTURING,)}  # items that hold a pinned one


def parts(
    base: Accounts, gdp: Array, moves: Mapping[str, Array], scenario: Scenario, dataset: Dataset
) -> tuple[dict[str, Array], dict[str, tuple[str, str]], NDArray[np.bool_]]:
    """Levels of all items, the shares that can be formed of them, and which outcomes hold the pinned parts.

    Raises
    ------
    NotAvailable
        If the accounts lack a part, or the shares leave nothing for the rest in more than 1 % of the outcomes.
    """
    shares = {item: _share(base, gdp, moves, item, scenario) for item in PINNED if _moved(moves, PINNED[item])}
    fits = _fitting(gdp, shares, scenario)
    items = _placed(base, gdp, shares)
    ratios = dict(base.ratios)
    if _moved(moves, "producer"):
        items[PRODUCER] = items[SERVICES] * _producer(dataset, moves, scenario)
        ratios |= {
            each.id: (PRODUCER, each.denominator)
            for each in dataset.indicators.values()
            if each.kind == "share" and each.numerator == PRODUCER and each.denominator in items
        }
    return items, ratios, fits


def _moved(moves: Mapping[str, Array], part: str) -> bool:
    return f"{part}_growth" in moves or f"{part}_outgrowth" in moves


def _share(base: Accounts, gdp: Array, moves: Mapping[str, Array], item: str, scenario: Scenario) -> Array:
    """Share of GDP that an item's levers give it.

    Raises
    ------
    NotAvailable
        If the accounts lack the item.
    """
    if item not in base.items:
        raise NotAvailable(
            f"no {item}: {base.missing.get(item, 'it is no item of the accounts')}",
            f"scenario {scenario.id!r}",
            "leave its levers out",
        )
    growth = moves.get(f"{PINNED[item]}_growth")
    if growth is not None:
        return np.asarray(base.start[item][:, None] * np.cumprod(1 + growth / 100, axis=1) / gdp)
    return _outgrown(base.start[item] / base.start[GDP], moves, PINNED[item])


def _outgrown(first: Array | float, moves: Mapping[str, Array], part: str) -> Array:
    """Share that starts at ``first`` and moves by outgrowth and relative price."""
    odds = np.asarray(np.log(first / (1 - first)))[..., None]
    total = np.cumsum(moves[f"{part}_outgrowth"] + moves[f"{part}_price"], axis=1) / 100
    return np.asarray(1 / (1 + np.exp(-(odds + total))))


def _producer(dataset: Dataset, moves: Mapping[str, Array], scenario: Scenario) -> Array:
    """Share of producer services in services.

    Raises
    ------
    NotAvailable
        If none was ever published.
    """
    names = [
        each.id
        for each in dataset.indicators.values()
        if (each.kind, each.numerator, each.denominator) == ("share", PRODUCER, SERVICES)
    ]
    published = [item for name in names for item in (*dataset.annual(name).values(), *dataset.partial(name))]
    if not published:
        raise NotAvailable(
            "no share of producer services in services was ever published",
            f"scenario {scenario.id!r}",
            "leave their levers out",
        )
    latest = max(published, key=lambda item: (item.year, item.period.month))
    return _outgrown((latest.value or 0.0) / 100, moves, "producer")


def _fitting(gdp: Array, shares: Mapping[str, Array], scenario: Scenario) -> NDArray[np.bool_]:
    """Outcomes in which the pinned shares leave something for the rest.

    Raises
    ------
    NotAvailable
        If they do not in more than 1 % of them.
    """
    total = reduce(np.add, shares.values(), np.zeros((1, 1)))
    fits: NDArray[np.bool_] = np.broadcast_to((total < 1).all(axis=1), len(gdp))
    short = 1 - float(fits.mean())
    if short > RAREST:
        raise NotAvailable(
            f"the shares leave nothing for the rest in {short:.0%} of the outcomes",
            f"scenario {scenario.id!r}",
            "lower an outgrowth, a relative price or the growth of a part",
        )
    return fits


def _placed(base: Accounts, gdp: Array, shares: Mapping[str, Array]) -> dict[str, Array]:
    """Items with pinned shares; all else keeps its share of what they leave."""
    if not shares and gdp is base.gdp:
        return dict(base.items)
    factor = gdp / base.gdp
    if shares:
        before = reduce(np.add, [base.items[name] for name in shares]) / base.gdp
        factor *= (1 - reduce(np.add, shares.values())) / (1 - before)
    placed = {GDP: gdp, **{name: gdp * share for name, share in shares.items()}}
    for name, each in base.items.items():
        held = [pinned for pinned in HOLDS.get(name, ()) if pinned in shares]
        if name not in placed and held:
            rest = each - reduce(np.add, [base.items[pinned] for pinned in held])
            placed[name] = reduce(np.add, [placed[pinned] for pinned in held], rest * factor)
        elif name not in placed:
            placed[name] = each * factor
    return {name: placed[name] for name in base.items}
