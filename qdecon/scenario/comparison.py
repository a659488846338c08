"""Scenarios side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from qdecon.scenario.judged import accounts_to
from qdecon.scenario.outcome import applied
from qdecon.verdict import STATUS_WORDS, Interval
from qdecon.verdict.outlook import met_in, status_of
from qdecon.verdict.wording import amount, chance

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from qdecon.data import Dataset
    from qdecon.plan import Bilingual, Language, Target
    from qdecon.scenario.record import Scenario
    from qdecon.verdict.record import Status


@dataclass(frozen=True)
class Case:
    """One target under one scenario.

    Attributes
    ----------
    target : Target
    scenario : Scenario
    probability : float
        That the target is met.
    interval : Interval
        Of the indicator in the target's year, in the target's unit.
    """

    target: Target
    scenario: Scenario
    probability: float
    interval: Interval

    @property
    def status(self) -> Status:
        """On track, uncertain or off track."""
        return status_of(self.probability)


@dataclass(frozen=True)
class Comparison:
    """Several targets under several scenarios.

    Attributes
    ----------
    cases : tuple of Case
        Target by target, in each the scenarios in their order.
    place : Bilingual
    as_of : date
    """

    cases: tuple[Case, ...]
    place: Bilingual
    as_of: dt.date

    @property
    def targets(self) -> tuple[Target, ...]:
        """Each target once, in order."""
        return tuple({case.target.id: case.target for case in self.cases}.values())

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """Each scenario once, in order."""
        return tuple({case.scenario.id: case.scenario for case in self.cases}.values())

    def to_frame(self, language: Language = "zh") -> pd.DataFrame:
        """Tabulate: ``target scenario name status probability median lo80 hi80``, one row a target and scenario."""
        rows = [
            (
                case.target.id, case.scenario.id, case.scenario.name[language], case.status, case.probability,
                case.interval.median, case.interval.lo80, case.interval.hi80,
            )
            for case in self.cases
        ]  # fmt: skip
        columns = ["target", "scenario", "name", "status", "probability", "median", "lo80", "hi80"]
        return pd.DataFrame(rows, columns=columns)

    def text(self, language: Language = "zh") -> str:
        """The comparison in lines, a block a target."""
        lines: list[str] = []
        for target in self.targets:
            lines += ["", f"{target.id}  {target.label[language]}"]
            lines += [_line(case, language) for case in self.cases if case.target.id == target.id]
        return "\n".join(lines[1:])


def _line(case: Case, language: Language) -> str:
    unit = case.target.unit or ""
    decimals = 1 if unit == "%" or language == "en" else 0
    middle, low, high = (
        amount(each, unit, language, decimals)
        for each in (case.interval.median, case.interval.lo80, case.interval.hi80)
    )
    words, status = chance(case.probability)[language], STATUS_WORDS[case.status][language]
    if language == "zh":
        return f"  {case.scenario.name.zh}：{words}（{status}），中位数{middle}，80%区间{low}至{high}"
    return f"  {case.scenario.name.en}: {words} ({status}), median {middle}, 80% interval {low} to {high}"


def compare(dataset: Dataset, scenarios: Sequence[Scenario], target_ids: Sequence[str]) -> Comparison:
    """Judge several targets under several scenarios; one without assumptions is the model's own accounts.

    Raises
    ------
    NotAvailable
        If a target is not ahead of the accounts, or a scenario cannot be run.
    UnknownName
        If the plan has no such target.

    Examples
    --------
    >>> import qdecon as qd
    >>> from qdecon.plan import Bilingual
    >>> from qdecon.scenario import Assumption, Scenario
    >>> flat = Scenario("flat", Bilingual("平", "flat prices"), 2026, (Assumption("deflator", (0.0,)),))
    >>> made = compare(qd.load("qingdao"), [flat], ["t06-2028"])
    >>> made.to_frame("en")[["name", "status"]].values.tolist()
    [['flat prices', 'uncertain']]
    """
    cases = []
    for target in [dataset.plan.target(each) for each in target_ids]:
        base = accounts_to(dataset, target)
        for scenario in scenarios:
            projection = applied(base, scenario, dataset).projection(target.indicator or "")
            year = target.deadline or 0
            cases.append(
                Case(target, scenario, met_in(projection.at(year), target), Interval(*projection.quantiles(year)))
            )
    return Comparison(tuple(cases), dataset.plan.place, dataset.as_of)
