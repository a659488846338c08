"""A target judged under a scenario: a verdict like any other, that names what it assumes."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from qdecon.errors import NotAvailable
from qdecon.plan import Bilingual
from qdecon.projection import project_accounts
from qdecon.scenario.outcome import applied
from qdecon.verdict import STATUS_WORDS, Interval, Verdict, assess
from qdecon.verdict.outlook import met_in, status_of
from qdecon.verdict.trajectory import trajectory
from qdecon.verdict.wording import amount, chance, reaching

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qdecon.data import Dataset
    from qdecon.plan import Target
    from qdecon.projection import Accounts
    from qdecon.scenario.record import Scenario

KEPT = 4  # accounts, one a deadline: tens of megabytes each


def assess_under(dataset: Dataset, scenario: Scenario, target_id: str) -> Verdict:
    """Judge a target still to come under a scenario; under an empty one, as always.

    Parameters
    ----------
    dataset : Dataset
    scenario : Scenario
    target_id : str

    Raises
    ------
    NotAvailable
        If the target is settled or due, or the accounts do not hold its indicator.
    UnknownName
        If the plan has no such target.

    Examples
    --------
    >>> import qdecon as qd
    >>> from qdecon.scenario.record import Assumption, Scenario
    >>> boom = Scenario("boom", Bilingual("大涨", "a boom"), 2026, (Assumption("deflator", (8.0,)),))
    >>> assess_under(qd.load("qingdao"), boom, "t06").status
    'uncertain'
    """
    return accounts_under(dataset, scenario, target_id)[1]


def accounts_under(dataset: Dataset, scenario: Scenario, target_id: str) -> tuple[Accounts | None, Verdict]:
    """The accounts under a scenario up to a target's deadline, and the verdict they give.

    Under an empty scenario the verdict is that of :func:`qdecon.verdict.assess`, and there are no accounts where they
    do not reach the target.

    Raises
    ------
    NotAvailable, UnknownName
        As :func:`assess_under`.
    """
    target = dataset.plan.target(target_id)
    now = _now(_Same(dataset), target.id)
    if scenario.empty:
        with suppress(NotAvailable):
            return accounts_to(dataset, target), now
        return None, now
    accounts = applied(accounts_to(dataset, target), scenario, dataset)
    projection = accounts.projection(target.indicator or "")
    year = target.deadline or 0
    probability, interval = met_in(projection.at(year), target), Interval(*projection.quantiles(year))
    return accounts, replace(
        now, status=status_of(probability), sentence=_sentence(dataset, scenario, target, probability, interval),
        probability=probability, probability_kind="forecast", projected=interval,
        trajectory=trajectory(dataset, target, projection), assumed=scenario.name,
    )  # fmt: skip


def accounts_to(dataset: Dataset, target: Target) -> Accounts:
    """The model's own accounts up to a target's deadline; the last few are kept, since scenarios start from the same.

    Raises
    ------
    NotAvailable
        If the target is settled or due, or the accounts do not hold its indicator.
    """
    if not _lies_ahead(dataset, target):
        raise NotAvailable(
            f"{target.id} is not ahead of the accounts", "argument target", "choose a target with a later deadline"
        )
    base = _base(_Same(dataset), target.deadline or 0)
    if target.indicator not in base.indicators:
        raise NotAvailable(
            f"the accounts hold no {target.indicator}",
            f"target {target.id}",
            f"choose a target for one of {', '.join(base.indicators)}",
        )
    return base


def ahead(dataset: Dataset) -> tuple[str, ...]:
    """Ids of the targets that a scenario can be judged by: those ahead whose indicator the accounts hold."""
    targets = [target for target in dataset.plan.targets if _lies_ahead(dataset, target)]
    if not targets:
        return ()
    with suppress(NotAvailable):
        held = _base(_Same(dataset), min(target.deadline or 0 for target in targets)).indicators
        return tuple(target.id for target in targets if target.indicator in held)
    return ()


def fitting(dataset: Dataset, scenarios: Sequence[Scenario]) -> tuple[Scenario, ...]:
    """Scenarios that can be assumed for a plan: those that state every year of its projection, or nothing."""
    latest = dataset.latest("gdp") if "gdp" in dataset.indicators else None
    if latest is None:
        return ()
    return tuple(each for each in scenarios if not each.assumptions or each.first <= latest.year + 1)


def _lies_ahead(dataset: Dataset, target: Target) -> bool:
    latest = dataset.latest("gdp") if "gdp" in dataset.indicators else None
    return None not in (target.deadline, target.value, latest) and (target.deadline or 0) > (
        latest.year if latest else 0
    )


class _Same:
    """A dataset as a key of a cache: equal only to itself, and kept alive, so that no other can take its place."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.dataset is self.dataset

    def __hash__(self) -> int:
        return id(self.dataset)


@lru_cache(maxsize=KEPT)
def _base(same: _Same, year: int) -> Accounts:
    return project_accounts(same.dataset, year)


@lru_cache(maxsize=4 * KEPT)
def _now(same: _Same, target_id: str) -> Verdict:
    return assess(same.dataset, target_id)


def _sentence(
    dataset: Dataset, scenario: Scenario, target: Target, probability: float, interval: Interval
) -> Bilingual:
    unit, year, name = target.unit or "", target.deadline, dataset.indicator(target.indicator or "").name
    aim, words = reaching(target.value or 0, unit, target.comparator), chance(probability)
    status, decimals = STATUS_WORDS[status_of(probability)], 1 if unit == "%" else 0
    low, middle, high = (
        Bilingual(amount(each, unit, "zh", decimals), amount(each, unit, "en", 1))
        for each in (interval.lo80, interval.median, interval.hi80)
    )
    return Bilingual(
        f"假定“{scenario.name.zh}”：{name.zh}{year}年{aim.zh}的可能性{words.zh}（{status.zh}）；中位数{middle.zh}，"
        f"80%区间{low.zh}至{high.zh}。这是假设之下的结果，不是预测。",
        f'Assuming "{scenario.name.en}", the chance that {name.en} {aim.en} in {year} is {words.en} ({status.en}); '
        f"median {middle.en}, 80% interval {low.en} to {high.en}. That follows from an assumption; it is no forecast.",
    )
