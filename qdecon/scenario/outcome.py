"""Running a scenario: the accounts as they would be, outcome by outcome, with everything adding up.

A lever replaces a path of the accounts, the same outcome keeps its place, and what no lever touches stays as the model
has it:

* GDP grows by ``(1 + real growth) * (1 + deflator)``; with neither lever nor shock its outcomes are the model's own.
* The log-odds of manufacturing's (or services') nominal share of GDP change by exactly real outgrowth plus relative
  price.
* All else keeps its share of what the pinned parts leave, so that the parts add up to GDP in every outcome.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from qdecon.errors import NotAvailable
from qdecon.projection import project_accounts
from qdecon.projection.branches import GDP, INDUSTRY, MANUFACTURING, SECONDARY, SERVICES

if TYPE_CHECKING:
    from qdecon.data import Dataset
    from qdecon.models import Array
    from qdecon.projection import Accounts
    from qdecon.scenario.record import Scenario

PINNED = {MANUFACTURING: "manufacturing", SERVICES: "services"}  # item: beginning of the names of its two levers
HOLDS = {SECONDARY: (MANUFACTURING,), INDUSTRY: (MANUFACTURING,)}  # items that hold a pinned one
EIGHTY = 1.2815515655446004  # half-width of the 80 % interval of a standard normal variable


def run(dataset: Dataset, scenario: Scenario, year: int) -> Accounts:
    """Project the accounts under a scenario.

    Parameters
    ----------
    dataset : Dataset
    scenario : Scenario
        An empty one gives the model's own accounts.
    year : int
        Last year.

    Returns
    -------
    Accounts

    Raises
    ------
    NotAvailable
        If the accounts lack what a lever moves, the scenario begins before their first year, or its shares leave
        nothing for the rest.

    Examples
    --------
    >>> import qdecon as qd
    >>> from qdecon.scenario.record import Assumption, Scenario
    >>> from qdecon.plan import Bilingual
    >>> steady = (Assumption("real_growth", (5.0,)), Assumption("deflator", (0.0,)))
    >>> made = run(qd.load("qingdao"), Scenario("steady", Bilingual("稳", "steady"), 2026, steady), 2027)
    >>> (made.gdp / 17560.67)[0].round(4)
    array([1.05  , 1.1025])
    """
    return applied(project_accounts(dataset, year), scenario)


def applied(base: Accounts, scenario: Scenario) -> Accounts:
    """Accounts under a scenario.

    Raises
    ------
    NotAvailable
        As :func:`run`.
    """
    if not scenario.assumptions and not scenario.shocks:
        return base
    if scenario.first > base.years[0] and scenario.assumptions:
        raise NotAvailable(
            f"{scenario.id} begins in {scenario.first}, the projection in {base.years[0]}",
            f"scenario {scenario.id!r}",
            f"state the years from {base.years[0]} on",
        )
    real, deflator, gdp = _growth(base, scenario)
    factor = gdp / base.gdp
    items = {name: each * factor for name, each in base.items.items()}
    items[GDP] = gdp
    shares = {name: _share(base, scenario, name) for name in PINNED}
    items = _placed(items, {name: share for name, share in shares.items() if share is not None}, scenario)
    whole = replace(base.whole, paths=gdp, model=f"scenario {scenario.id}")
    return replace(base, whole=whole, real_growth=real, deflator=deflator, items=MappingProxyType(items))


def _growth(base: Accounts, scenario: Scenario) -> tuple[Array | None, Array | None, Array]:
    """Real growth, deflator and GDP.

    Raises
    ------
    NotAvailable
        If the accounts tell no real growth.
    """
    volume, price = (_lever(base, scenario, name) for name in ("real_growth", "deflator"))
    if volume is None and price is None and not scenario.shocks:
        return base.real_growth, base.deflator, base.gdp
    if base.real_growth is None or base.deflator is None:
        raise NotAvailable(
            "the accounts tell no real growth and deflator apart",
            f"scenario {scenario.id!r}",
            "wait for published real growth, or leave these levers out",
        )
    real = np.log1p(base.real_growth) if volume is None else np.log1p(volume / 100)
    real = real + sum(shock.effect(base.years) for shock in scenario.shocks) / 100
    deflator = base.deflator if price is None else price / 100 + np.zeros_like(base.deflator)
    gdp = base.start[GDP][:, None] * np.exp(np.cumsum(real + np.log1p(deflator), axis=1))
    return np.expm1(real), deflator, gdp


def _lever(base: Accounts, scenario: Scenario, name: str) -> Array | None:
    """Outcomes of a lever, shape (outcomes, years); None where the model has its way."""
    assumed = scenario.of(name)
    if assumed is None:
        return None
    shape = base.gdp.shape
    late = base.years[0] - scenario.first
    path = assumed.path(late + shape[1])[late:]
    if not assumed.spread:
        return np.broadcast_to(path, shape)
    draw = np.random.default_rng(zlib.crc32(f"{scenario.id} {name}".encode()))
    return np.asarray(path + draw.permutation(_normal(shape[0]))[:, None] * assumed.spread / EIGHTY)


def _normal(count: int) -> Array:
    """Equally likely quantiles of a standard normal variable."""
    from scipy.special import ndtri  # loaded only where a path has a spread

    return np.asarray(ndtri((np.arange(count) + 0.5) / count))


def _share(base: Accounts, scenario: Scenario, name: str) -> Array | None:
    """Share of GDP that an item's two levers give it; None where it goes as the model says.

    Raises
    ------
    NotAvailable
        If the accounts lack the item.
    """
    moves = [_lever(base, scenario, f"{PINNED[name]}_{kind}") for kind in ("outgrowth", "price")]
    if moves[0] is None or moves[1] is None:
        return None
    if name not in base.items:
        raise NotAvailable(
            f"no {name}: {base.missing.get(name, 'it is no item of the accounts')}",
            f"scenario {scenario.id!r}",
            "leave its levers out",
        )
    first = base.start[name] / base.start[GDP]
    odds = np.log(first / (1 - first))[:, None] + np.cumsum(moves[0] + moves[1], axis=1) / 100
    return np.asarray(1 / (1 + np.exp(-odds)))


def _placed(items: dict[str, Array], shares: dict[str, Array], scenario: Scenario) -> dict[str, Array]:
    """Items with pinned shares; all else keeps its share of what they leave.

    Raises
    ------
    NotAvailable
        If they leave nothing.
    """
    if not shares:
        return items
    gdp = items[GDP]
    before, after = (
        sum(each, np.zeros_like(gdp)) for each in ([items[name] / gdp for name in shares], shares.values())
    )
    short = float(np.mean((after >= 1).any(axis=1)))
    if short:
        raise NotAvailable(
            f"the shares leave nothing for the rest in {short:.0%} of the outcomes",
            f"scenario {scenario.id!r}",
            "lower an outgrowth or a relative price",
        )
    left = (1 - after) / (1 - before)
    placed = {GDP: gdp, **{name: gdp * share for name, share in shares.items()}}
    for name, each in items.items():
        if name not in placed:
            held = [pinned for pinned in HOLDS.get(name, ()) if pinned in shares]
            rest = each - sum((items[pinned] for pinned in held), np.zeros_like(gdp))
            placed[name] = rest * left + sum((placed[pinned] for pinned in held), np.zeros_like(gdp))
    return {name: placed[name] for name in items}
