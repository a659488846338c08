"""Which assumption moves a verdict most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from qdecon.plan import Bilingual
from qdecon.projection.branches import GDP
from qdecon.scenario.inversion import what_else
from qdecon.scenario.judged import accounts_to
from qdecon.scenario.outcome import reached
from qdecon.scenario.parts import PINNED
from qdecon.scenario.record import LEVERS, Assumption, Scenario, rivals
from qdecon.verdict.outlook import met_in
from qdecon.verdict.wording import chance

if TYPE_CHECKING:
    import datetime as dt

    from qdecon.data import Dataset
    from qdecon.models import Array
    from qdecon.plan import Language, Target
    from qdecon.projection import Accounts

ENDS = (0.1, 0.9)  # of the model's own outcomes: its 80 % interval


@dataclass(frozen=True)
class Swing:
    """What one lever does to the chance between the ends of its own 80 % interval.

    Attributes
    ----------
    lever : str
    low, high : float
        A year, in the lever's unit.
    at_low, at_high : float
        Chance with the lever held there, all else as before.
    """

    lever: str
    low: float
    high: float
    at_low: float
    at_high: float

    @property
    def size(self) -> float:
        """How far the chance moves, 0 to 1."""
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True)
class Ranking:
    """Levers by how far each moves the chance of a target.

    Attributes
    ----------
    target : Target
    probability : float
        With none of them held.
    swings : tuple of Swing
        Largest first.
    years : tuple of int
    rest : Bilingual
    place : Bilingual
    as_of : date
    """

    target: Target
    probability: float
    swings: tuple[Swing, ...]
    years: tuple[int, ...]
    rest: Bilingual
    place: Bilingual
    as_of: dt.date

    def to_frame(self, language: Language = "zh") -> pd.DataFrame:
        """Tabulate ``lever name low high at_low at_high``, largest swing first."""
        rows = [
            (each.lever, LEVERS[each.lever].name[language], each.low, each.high, each.at_low, each.at_high)
            for each in self.swings
        ]
        return pd.DataFrame(rows, columns=["lever", "name", "low", "high", "at_low", "at_high"])

    @property
    def sentence(self) -> Bilingual:
        """The lever that moves it most, in words."""
        if not self.swings or not self.swings[0].size:
            return Bilingual(
                f"{self.target.label.zh}：没有一项单独推得动它。", f"{self.target.label.en}: no lever alone moves it."
            )
        top, lever = self.swings[0], LEVERS[self.swings[0].lever]
        before, after = chance(top.at_low), chance(top.at_high)
        return Bilingual(
            f"{self.target.label.zh}：最要紧的是{lever.name.zh}，从每年{top.low:.1f}到{top.high:.1f}{lever.unit.zh}，可能性"
            f"从{before.zh}变到{after.zh}。",
            f"{self.target.label.en}: most depends on {lever.name.en}; from {top.low:.1f} to {top.high:.1f}"
            f"{lever.unit.en} a year the chance goes from {before.en} to {after.en}.",
        )


def rank_levers(dataset: Dataset, target_id: str, around: Scenario | None = None) -> Ranking:
    """Rank levers by what they do to a target, each held in turn at the ends of the model's own 80 % interval of it.

    Of a part of GDP the sum of outgrowth and relative price is moved: only that moves a nominal share.

    Parameters
    ----------
    dataset : Dataset
    target_id : str
        A target ahead of the accounts.
    around : Scenario, optional
        Other assumptions; a lever that it states, or sets by another, is left out of the ranking.

    Raises
    ------
    NotAvailable
        If the target is not ahead of the accounts, or the scenario cannot be run.
    UnknownName
        If the plan has no such target.

    Examples
    --------
    >>> import qdecon as qd
    >>> made = rank_levers(qd.load("qingdao"), "t06-2028")
    >>> [each.lever for each in made.swings][:2]
    ['deflator', 'real_growth']
    """
    target = dataset.plan.target(target_id)
    base = accounts_to(dataset, target)
    known = around or Scenario("ranking", Bilingual("排序", "a ranking"), base.years[0])

    def met(*assumed: Assumption) -> float:
        scenario = known.assuming(*assumed)
        return met_in(reached(base, scenario, dataset, target.indicator or "", target.deadline or 0), target)

    stated = {each.lever for each in known.assumptions}
    swings = []
    for lever, pace in paces(base).items():
        if stated & rivals(lever):
            continue
        low, high = (float(each) for each in np.quantile(pace, ENDS))
        ends = [met(Assumption(lever, (each,))) for each in (low, high)]
        swings.append(Swing(lever, low, high, ends[0], ends[1]))
    ordered = tuple(sorted(swings, key=lambda each: -each.size))
    return Ranking(target, met(), ordered, base.years, what_else(around), dataset.plan.place, dataset.as_of)


def paces(base: Accounts) -> dict[str, Array]:
    """Average yearly pace of every lever in the model's own outcomes, in the lever's unit."""
    paces: dict[str, Array] = {}
    if base.real_growth is not None and base.deflator is not None:
        for lever, rates in (("real_growth", base.real_growth), ("deflator", base.deflator)):
            paces[lever] = 100 * np.expm1(np.log1p(rates).mean(axis=1))
    for item, part in PINNED.items():
        if item in base.items and f"{part}_outgrowth" in LEVERS:
            shares = base.share(item)[:, -1], base.start[item] / base.start[GDP]
            last, first = (np.log(share / (1 - share)) for share in shares)
            paces[f"{part}_outgrowth"] = 100 * (last - first) / len(base.years)
    return paces
