"""How likely targets are to be met together: counted in joint outcomes, beside what independence would give.

Only a figure still to come has a chance here. A target whose figure is published is told as settled, one whose figure
is overdue as unpublished, and one that the accounts do not hold with the reason.

All chances of one combination are counted in the same outcomes, up to its last deadline. A verdict on a nearer deadline
has a reference class of its own, so its probability may differ by a few points.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from qdecon.errors import NotAvailable, UnknownName
from qdecon.plan import Bilingual, satisfies
from qdecon.projection.accounts import project_accounts
from qdecon.projection.branches import BRANCHES, GDP
from qdecon.projection.events import chance, every_year
from qdecon.scrutiny.audit.finding import Finding, Number, cite
from qdecon.verdict.ceiling import settled_by_bound
from qdecon.verdict.published import due, figure
from qdecon.verdict.wording import amount, day, goal
from qdecon.verdict.wording import chance as odds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from qdecon.data import Dataset
    from qdecon.plan import Target
    from qdecon.projection.accounts import Accounts
    from qdecon.projection.events import Event

RARE = 0.05  # the track record supports no smaller chance, so no ratio of smaller ones is told


@dataclass(frozen=True)
class Joint:
    """Chances of some events, and of all of them at once.

    Attributes
    ----------
    single : tuple of float
    together : float
    outcomes : int
        How many equally likely outcomes were counted.
    """

    single: tuple[float, ...]
    together: float
    outcomes: int

    @property
    def independent(self) -> float:
        """Product of the single chances: the joint chance if the events had nothing in common."""
        return prod(self.single)

    @property
    def ratio(self) -> float | None:
        """Joint chance over that product; None where the product is nought."""
        return self.together / self.independent if self.independent else None

    @property
    def limits(self) -> tuple[float, float]:
        """Least and largest joint chance that single chances allow (Frechet bounds).

        Source: Frechet (1935), Generalisation du theoreme des probabilites totales.
        """
        return max(0.0, sum(self.single) - len(self.single) + 1), min(self.single)


def joint_chance(*events: Event) -> Joint:
    """Count events of the same outcomes one by one and together.

    Raises
    ------
    NotAvailable
        If there is no event or no outcome, or the events come from different outcomes.

    Examples
    --------
    >>> import numpy as np
    >>> made = joint_chance(np.array([True, True, False, False]), np.array([True, False, True, False]))
    >>> made.together, made.independent, made.limits
    (0.25, 0.25, (0.0, 0.5))
    """
    together = chance(*events)
    return Joint(tuple(chance(each) for each in events), together, events[0].size)


def together(dataset: Dataset) -> list[Finding]:
    """The headline targets at once, as of the dataset's date; each reading of a deadline by itself.

    Without headline targets, or with fewer than two that can be projected, all of the plan's own targets are taken.
    """
    own = [each for each in dataset.plan.targets if each.counted and each.assessable and each.indicator]
    heads = [each for each in own if each.headline] or own
    closed = {each.id: told for each in own if (told := _closed(dataset, each)) is not None}
    found = [closed[each.id] for each in heads if each.id in closed]
    made: dict[int, Accounts] = {}
    events, reasons = _events(dataset, [each for each in heads if each.id not in closed], made)
    found += [_not_projected(dataset, each, reasons[each.id]) for each in heads if each.id in reasons]
    if len(events) < 2:
        events, _ = _events(dataset, [each for each in own if each.id not in closed], made)
    choices = [
        [target, *(other for other in dataset.plan.targets if other.reading_of == target.id)]
        for target in own
        if target.id in events
    ]
    for combination in product(*choices) if choices else ():
        events, _ = _events(dataset, combination, made)
        if len(events) == len(combination):
            found.append(_projected(dataset, combination, events))
    return found


def _events(
    dataset: Dataset, targets: Iterable[Target], made: dict[int, Accounts]
) -> tuple[dict[str, Event], dict[str, Bilingual]]:
    """Targets as events of one set of outcomes, by id, and why the others are none; ``made`` keeps accounts by year."""
    held = {name for branch in BRANCHES for name in branch.pair}
    reasons: dict[str, Bilingual] = {}
    inside: list[Target] = []
    for target in targets:
        indicator = dataset.indicator(target.indicator or "")
        names = {indicator.numerator, indicator.denominator} if indicator.numerator else {indicator.id}
        if target.measure in {"level", "share"} and names <= held:
            inside.append(target)
        else:
            reasons[target.id] = Bilingual("联合推演的核算表不含这一项", "it is no item of the joint accounts")
    if not inside or GDP not in dataset.indicators:  # nothing to project, or nothing to project it from
        return {}, reasons | dict.fromkeys((each.id for each in inside), _NO_GDP)
    try:
        last = max(each.deadline or 0 for each in inside)
        accounts = made[last] if last in made else made.setdefault(last, project_accounts(dataset, last))
    except NotAvailable as error:
        why = Bilingual("当时已知的数字还推演不出核算表", f"the accounts cannot be projected: {error.what}")
        return {}, reasons | dict.fromkeys((each.id for each in inside), why)
    events: dict[str, Event] = {}
    for target in inside:
        try:
            events[target.id] = _event(accounts, target)
        except (NotAvailable, UnknownName) as error:
            part = dataset.indicator(target.indicator or "").numerator or target.indicator or ""
            what = accounts.missing.get(part, error.what)
            reasons[target.id] = Bilingual("当时已知的数字还推演不出这一项", f"it cannot be projected: {what}")
    return events, reasons


_NO_GDP = Bilingual("没有地区生产总值，推演不出核算表", "without GDP there are no accounts to project")


def _event(accounts: Accounts, target: Target) -> Event:
    years = target.years or (target.deadline or 0,)
    width = target.tolerance[0] if target.tolerance else None
    paths = accounts.projection(target.indicator or "")
    return every_year(paths, years, target.value or 0.0, target.comparator or "at_least", width)


def _closed(dataset: Dataset, target: Target) -> Finding | None:
    """A target that has no chance any more, because its figure is published, capped or overdue."""
    year, label, when = target.deadline or 0, target.label, day(dataset.as_of)
    published = None if target.years else figure(dataset, target, year)
    bound = None if published is not None else settled_by_bound(dataset, target)
    if published is not None:
        kept, unit = satisfies(published.value, target), target.unit or ""
        word = (
            Bilingual("完成", "met")
            if kept
            else Bilingual("未完成，几项目标不能再全部实现", "missed, so not all can be met")
        )
        shown = Bilingual(amount(published.value, unit, "zh"), amount(published.value, unit, "en"))
        sentence = Bilingual(
            f"{label.zh}（{target.id}）：{year}年{shown.zh}，已有结果，不给概率：{word.zh}。",
            f"{label.en} ({target.id}): {shown.en} in {year}, settled, so it has no probability: {word.en}.",
        )
        numbers = (Number("value", published.value, unit, "; ".join(cite(item) for item in published.used)),)
        return Finding("joint", "settled", (target.id,), sentence, numbers, dataset.as_of)
    if bound is not None:
        return Finding("joint", "settled", (target.id,), bound.sentence, (), dataset.as_of)
    if not due(year, dataset.as_of):
        return None
    sentence = Bilingual(
        f"{label.zh}（{target.id}）：到{when.zh}，{year}年的数字应公布而没有查到，不给预测概率。",
        f"{label.en} ({target.id}): by {when.en} the figure for {year} was due but is not known, so no forecast "
        "probability is given.",
    )
    return Finding("joint", "unpublished", (target.id,), sentence, (), dataset.as_of)


def _not_projected(dataset: Dataset, target: Target, why: Bilingual) -> Finding:
    sentence = Bilingual(
        f"{target.label.zh}（{target.id}）：截至{day(dataset.as_of).zh}不能并入联合概率：{why.zh}。",
        f"{target.label.en} ({target.id}): not in the joint chance as of {day(dataset.as_of).en}: {why.en}.",
    )
    return Finding("joint", "not_projected", (target.id,), sentence, (), dataset.as_of)


def _projected(dataset: Dataset, targets: tuple[Target, ...], events: Mapping[str, Event]) -> Finding:
    """The joint chance, the single ones, and what independence would give."""
    made, when = joint_chance(*(events[each.id] for each in targets)), day(dataset.as_of)
    way = f"{made.outcomes} joint outcomes as of {dataset.as_of}"
    numbers = [Number(each.id, p, "", way) for each, p in zip(targets, made.single, strict=True)]
    parts_zh, parts_en = list[str](), list[str]()
    for each, p in zip(targets, made.single, strict=True):
        aim = goal(each.value or 0.0, each.unit or "", each.comparator)
        parts_zh.append(f"{each.label.zh}（{each.id}）{each.deadline}年{aim.zh}的可能性{odds(p).zh}")
        parts_en.append(f"{each.label.en} ({each.id}), {aim.en} in {each.deadline}: {odds(p).en}")
    zh, en = "；".join(parts_zh), "; ".join(parts_en)
    outcome = "alone"
    if len(targets) > 1:
        outcome = "projected"
        numbers += [
            Number("together", made.together, "", way),
            Number("independent", made.independent, "", "product of the single chances"),
            Number("lowest", made.limits[0], "", "Frechet bound"),
            Number("highest", made.limits[1], "", "Frechet bound"),
        ]
        zh += f"；同时实现的可能性{odds(made.together).zh}，若互不相关则为{odds(made.independent).zh}"
        en += f"; all at once: {odds(made.together).en}, if they had nothing in common: {odds(made.independent).en}"
        if made.ratio is not None:
            numbers.append(Number("ratio", made.ratio, "", "together / independent"))
            if min(made.together, made.independent) >= RARE:
                zh, en = f"{zh}，前者是后者的{made.ratio:.2f}倍", f"{en}, a ratio of {made.ratio:.2f}"
    sentence = Bilingual(f"截至{when.zh}：{zh}。", f"As of {when.en}: {en}.")
    return Finding("joint", outcome, tuple(each.id for each in targets), sentence, tuple(numbers), dataset.as_of)
