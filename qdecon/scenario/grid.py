"""Chance of one target over two levers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from qdecon.errors import NotAvailable
from qdecon.plan import Bilingual
from qdecon.scenario.inversion import what_else
from qdecon.scenario.judged import accounts_to
from qdecon.scenario.outcome import reached
from qdecon.scenario.record import Assumption, Scenario
from qdecon.verdict.outlook import met_in

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from qdecon.data import Dataset
    from qdecon.models import Array
    from qdecon.plan import Target


@dataclass(frozen=True)
class Sweep:
    """Chance of one target over two levers.

    Attributes
    ----------
    target : Target
    levers : (str, str)
    across, up : tuple of float
        Values of the first and the second lever, rising.
    chances : ndarray, shape (up, across)
    spread : float
        Half-width of the 80 % interval around both levers.
    rest : Bilingual
        What else was assumed.
    place : Bilingual
    as_of : date
    """

    target: Target
    levers: tuple[str, str]
    across: tuple[float, ...]
    up: tuple[float, ...]
    chances: Array
    spread: float
    rest: Bilingual
    place: Bilingual
    as_of: dt.date

    def __post_init__(self) -> None:
        self.chances.setflags(write=False)

    def to_frame(self) -> pd.DataFrame:
        """Chances as a table: one row a value of the second lever, one column a value of the first."""
        rows, columns = (
            pd.Index(each, name=name) for each, name in zip((self.up, self.across), self.levers[::-1], strict=True)
        )
        return pd.DataFrame(self.chances, index=rows, columns=columns)

    def frontier(self, chance: float) -> tuple[float | None, ...]:
        """For each value of the first lever, the second's at which the chance is reached, by straight lines between.

        None where it is nowhere reached, or everywhere exceeded, on the map.
        """
        found: list[float | None] = []
        for column in self.chances.T:
            rising = column if column[-1] >= column[0] else column[::-1]
            values = self.up if column[-1] >= column[0] else self.up[::-1]
            inside = rising[0] <= chance <= rising[-1]
            found.append(float(np.interp(chance, rising, values)) if inside else None)
        return tuple(found)


def sweep(
    dataset: Dataset,
    target_id: str,
    first: tuple[str, Sequence[float]],
    second: tuple[str, Sequence[float]],
    around: Scenario | None = None,
    spread: float = 0.0,
) -> Sweep:
    """Map the chance of a target over two levers, each held at one value every year.

    Parameters
    ----------
    dataset : Dataset
    target_id : str
    first, second : (lever, values)
        Values rising; a lever of a pair whose partner nobody states has it at nought.
    around : Scenario, optional
        Other assumptions.
    spread : float
        Half-width of the 80 % interval around both levers, in their units; with 0 they hold exactly.

    Raises
    ------
    NotAvailable
        If the values do not rise, the levers set the same thing, or the target is not ahead of the accounts.
    UnknownName
        If there is no such target or lever.

    Examples
    --------
    >>> import qdecon as qd
    >>> made = sweep(qd.load("qingdao"), "t06-2028", ("real_growth", (3, 5)), ("deflator", (-1, 0, 1)))
    >>> made.chances.tolist(), made.frontier(0.5)
    ([[0.0, 0.0], [0.0, 1.0], [0.0, 1.0]], (None, -0.5))
    """
    for lever, values in (first, second):
        if len(values) < 2 or (np.diff(values) <= 0).any():
            raise NotAvailable(f"values of {lever} do not rise", "arguments first, second", "give two or more, rising")
    if first[0] == second[0]:
        raise NotAvailable(f"{first[0]} is swept twice", "arguments first, second", "choose two levers")
    target = dataset.plan.target(target_id)
    base = accounts_to(dataset, target)
    known = around or Scenario("sweep", Bilingual("扫描", "a sweep"), base.years[0])
    chances = np.empty((len(second[1]), len(first[1])))
    for row, high in enumerate(second[1]):
        for column, far in enumerate(first[1]):
            levers = (Assumption(first[0], (float(far),), spread), Assumption(second[0], (float(high),), spread))
            found = reached(base, known.assuming(*levers), dataset, target.indicator or "", target.deadline or 0)
            chances[row, column] = met_in(found, target)
    across, up = (tuple(float(value) for value in values) for _, values in (first, second))
    rest = what_else(around, first[0], second[0])
    return Sweep(target, (first[0], second[0]), across, up, chances, spread, rest, dataset.plan.place, dataset.as_of)
