"""Running a scenario: the accounts as they would be, outcome by outcome, with everything adding up.

A lever replaces a path of the accounts, the same outcome keeps its place, and what no lever touches stays as the model
has it:

* GDP grows by ``(1 + real growth) * (1 + deflator)``; with no lever or shock on growth its outcomes are the model's
  own. A stated nominal growth leaves real growth to the model, and the deflator is the rest. A driver gives real growth
  by its elasticity, with the errors of that regression.
* Shares of GDP that levers set are pinned, see :mod:`qdecon.scenario.parts`.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from qdecon.errors import NotAvailable
from qdecon.projection import project_accounts
from qdecon.projection.branches import GDP
from qdecon.scenario.driver import elasticity
from qdecon.scenario.parts import parts
from qdecon.scenario.record import DRIVERS, LEVERS

if TYPE_CHECKING:
    from qdecon.data import Dataset
    from qdecon.models import Array
    from qdecon.projection import Accounts
    from qdecon.scenario.record import Scenario

OF_GDP = frozenset(["real_growth", "deflator", "nominal_growth", *DRIVERS])
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
        If the accounts lack what a lever moves, the scenario begins before their first year, its shares leave nothing
        for the rest, or too few years tell an elasticity.

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
    return applied(project_accounts(dataset, year), scenario, dataset)


def applied(base: Accounts, scenario: Scenario, dataset: Dataset) -> Accounts:
    """Accounts under a scenario; ``base`` are the model's own of the same dataset.

    Raises
    ------
    NotAvailable
        As :func:`run`.
    """
    if scenario.empty:
        return base
    moves = _moves(base, scenario)
    real, deflator, gdp = _growth(base, scenario, moves, dataset)
    items, ratios, fits = parts(base, gdp, moves, scenario, dataset)
    rows = np.arange(len(gdp))
    if not fits.all():
        rows[~fits] = _generator(scenario, "taken over").choice(np.flatnonzero(fits), size=int((~fits).sum()))
        items = {name: each[rows] for name, each in items.items()}
        real, deflator = (None if each is None else each[rows] for each in (real, deflator))
        base = replace(base, start=MappingProxyType({name: each[rows] for name, each in base.start.items()}))
    return replace(
        base,
        whole=replace(base.whole, paths=items[GDP], model=f"scenario {scenario.id}"),
        real_growth=real,
        deflator=deflator,
        items=MappingProxyType(items),
        ratios=MappingProxyType(ratios),
    )


def reached(base: Accounts, scenario: Scenario, dataset: Dataset, indicator: str, year: int) -> Array:
    """Outcomes of one indicator in one year, the same as those of :func:`applied`; of GDP without forming its parts.

    Raises
    ------
    NotAvailable, UnknownName
        As :func:`applied` and :meth:`qdecon.projection.Accounts.projection`.
    """
    moves = _moves(base, scenario)
    if indicator == GDP and moves.keys() <= OF_GDP:
        return np.asarray(_growth(base, scenario, moves, dataset)[2][:, base.years.index(year)])
    return applied(base, scenario, dataset).projection(indicator).at(year)


def _moves(base: Accounts, scenario: Scenario) -> dict[str, Array]:
    """Outcomes of every lever that is assumed, shape (outcomes, years).

    Raises
    ------
    NotAvailable
        If the scenario begins too late.
    """
    if scenario.first > base.years[0] and scenario.assumptions:
        raise NotAvailable(
            f"{scenario.id} begins in {scenario.first}, the projection in {base.years[0]}",
            f"scenario {scenario.id!r}",
            f"state the years from {base.years[0]} on",
        )
    return {name: path for name in LEVERS if (path := _lever(base, scenario, name)) is not None}


def _growth(
    base: Accounts, scenario: Scenario, moves: dict[str, Array], dataset: Dataset
) -> tuple[Array | None, Array | None, Array]:
    """Real growth, deflator and GDP.

    Raises
    ------
    NotAvailable
        If the accounts tell no real growth, or too few years tell an elasticity.
    """
    driver = next((name for name in DRIVERS if name in moves), None)
    if not OF_GDP & moves.keys() and not scenario.shocks:
        return base.real_growth, base.deflator, base.gdp
    if base.real_growth is None or base.deflator is None:
        if OF_GDP & moves.keys() == {"nominal_growth"} and not scenario.shocks:
            grown = np.cumsum(np.log1p(moves["nominal_growth"] / 100), axis=1)
            return None, None, base.start[GDP][:, None] * np.exp(grown)
        raise NotAvailable(
            "the accounts tell no real growth and deflator apart",
            f"scenario {scenario.id!r}",
            "state nominal growth, or give published real growth",
        )
    if driver is not None:
        draw = _generator(scenario, f"errors of {driver}")
        real = elasticity(dataset, driver).follow(np.log1p(moves[driver] / 100), draw)
    else:
        real = np.log1p(moves["real_growth"] / 100 if "real_growth" in moves else base.real_growth)
    price = np.log1p(moves["deflator"] / 100 if "deflator" in moves else base.deflator)
    if "nominal_growth" in moves:
        price = np.log1p(moves["nominal_growth"] / 100) - real
    if scenario.shocks:
        real = real + sum(shock.effect(base.years) for shock in scenario.shocks) / 100
    gdp = base.start[GDP][:, None] * np.exp(np.cumsum(real + price, axis=1))
    return np.expm1(real), np.expm1(price), gdp


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
    rank = _generator(scenario, name).permutation(_normal(shape[0]))
    return np.asarray(path + rank[:, None] * assumed.spread / EIGHTY)


def _generator(scenario: Scenario, name: str) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(f"{scenario.id} {name}".encode()))


def _normal(count: int) -> Array:
    """Equally likely quantiles of a standard normal variable."""
    from scipy.special import ndtri  # loaded only where a path has a spread

    return np.asarray(ndtri((np.arange(count) + 0.5) / count))
