"""Other figures than those a verdict rests on: disputed ones, revisions, vintages, the newest left out, splices."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from qdecon.plan import Bilingual
from qdecon.projection import FEWEST, run_of_changes
from qdecon.projection.paths import FEWEST_ALONE
from qdecon.scrutiny.sensitivity.readings import Change, Reading, judged
from qdecon.verdict.ceiling import settled_by_bound
from qdecon.verdict.published import MAIN_SECTORS, bounded_flow, figure
from qdecon.verdict.unpublished import weigh
from qdecon.verdict.wording import amount, inside, listed, percent, when

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qdecon.data import Dataset, Observation
    from qdecon.plan import Target
    from qdecon.verdict.record import Verdict


def data_readings(dataset: Dataset, target: Target, base: Verdict) -> tuple[Reading, ...]:
    """Other figures than those that the verdict rests on.

    The newest figure is left out only where a probability was given: to leave out the one that settles a target is not
    to read it. A change that leaves nothing to judge by is no reading.
    """
    made = [judged(change, "data") for change in _changes(dataset, target, base)]
    return tuple(each for each in made if each.side != "unknown" or base.probability is None)


def deciding(dataset: Dataset, target: Target, base: Verdict) -> tuple[Observation, ...]:
    """The observations that a verdict rests on, the first one first; none where nothing was published."""
    used: list[Observation | None] = []
    for year in target.years or (target.deadline or 0,):
        found = figure(dataset, target, year)
        if found is not None:
            used += found.used
        elif target.years and (bound := bounded_flow(dataset, target, year)) is not None:
            used += (bound[1].first, bound[1].last)
    if not used and not target.years:
        evidence = settled_by_bound(dataset, target) or weigh(dataset, target)
        if evidence is not None:
            used += evidence.used
        elif base.probability is not None:
            used += map(dataset.latest, _projected(dataset, target.indicator or ""))
    return tuple(dict.fromkeys(item for item in used if item is not None))


def _projected(dataset: Dataset, indicator: str) -> tuple[str, ...]:
    """What a forecast projects: the level itself, or its share and the whole, chosen as the projection does."""
    fewest = FEWEST if indicator in dataset.peers.cities.levels else FEWEST_ALONE
    shares = [each for each in dataset.indicators.values() if each.numerator == indicator and each.kind == "share"]
    if len(run_of_changes(dataset, indicator)) >= fewest or not shares:
        return (indicator,)
    return shares[0].id, shares[0].denominator or ""


def _changes(dataset: Dataset, target: Target, base: Verdict) -> Iterator[Change]:
    used = deciding(dataset, target, base)
    for item in used:
        label, told = dataset.indicator(item.indicator).name, when(item.period)
        for other in _others(dataset, item):
            zh, en = amount(other.value or 0, other.unit, "zh"), amount(other.value or 0, other.unit, "en")
            name = Bilingual(f"{label.zh}{told.zh}取{zh}", f"{label.en} for {told.en} is {en}")
            id_ = f"figure-{item.indicator}-{item.period.label}-{other.source}"
            yield Change(id_, name, _instead(dataset, other), target.id)
    for item in [each for each in used if _largest_revision(dataset, each)][:1]:
        size, who = _largest_revision(dataset, item), _named(dataset, target, item)
        by = percent(size, 2)
        for sign, zh, en in ((1, "上", "up"), (-1, "下", "down")):
            name = Bilingual(f"{who.zh}{zh}修{by}", f"{who.en} is revised {en} by {by}")
            moved = replace(item, value=(item.value or 0) * (1 + sign * size))
            yield Change(f"revised-{en}", name, _instead(dataset, moved), target.id)
    if not used or base.probability is None:
        return
    item, told, who = used[0], when(used[0].period), _named(dataset, target, used[0])
    older = _without(dataset, lambda each: each.indicator == item.indicator and _end(each) >= _end(item))
    name = Bilingual(f"不用{told.zh}的{who.zh}", f"{who.en} of {told.en} is left out")
    yield Change("newest", name, older, target.id)
    before = _inputs(dataset, target, base)
    for change in chain(_vintages(dataset, target), _splices(dataset, target, used[-1].indicator)):
        if _inputs(change.dataset, target, base) != before:
            yield change


def _named(dataset: Dataset, target: Target, item: Observation) -> Bilingual:
    """A figure inside a sentence: by the name of its indicator, unless that is the target's own."""
    if item.indicator == target.indicator:
        return Bilingual("数字", "the figure")
    name = dataset.indicator(item.indicator).name
    return Bilingual(name.zh, inside(name.en))


def _inputs(dataset: Dataset, target: Target, base: Verdict) -> tuple[object, ...]:
    """What a probability is formed from: the deciding figures, and yearly growth where a projection decides."""
    used = deciding(dataset, target, base)
    growth = [] if weigh(dataset, target) else [run_of_changes(dataset, item.indicator).tolist() for item in used]
    return [(item.indicator, item.period, item.value) for item in used], growth


def _others(dataset: Dataset, item: Observation) -> list[Observation]:
    """Further figures of the same period: of other vintages, bases and sources, and disputed ones.

    One that repeats another within its rounding is the same figure.
    """
    found = [
        replace(each, use="yes") if each.use == "conflict" else each
        for each in dataset.observations
        if (each.indicator, each.period) == (item.indicator, item.period)
    ]
    kept = [item]
    for each in sorted(found, key=lambda each: (each.half_step, each.value or 0, each.source)):
        if each.usable and each.use != "duplicate" and not any(_repeats(each, other) for other in kept):
            kept.append(each)
    return kept[1:]


def _repeats(one: Observation, other: Observation) -> bool:
    """Whether two figures are the same one, printed with more or fewer digits."""
    return abs((one.value or 0) - (other.value or 0)) <= 1.001 * max(one.half_step, other.half_step)


def _instead(dataset: Dataset, item: Observation) -> Dataset:
    """The dataset in which this is the only figure of its period."""
    rest = _without(dataset, lambda each: (each.indicator, each.period) == (item.indicator, item.period))
    return replace(rest, observations=(*rest.observations, item))


def _without(dataset: Dataset, dropped: Callable[[Observation], bool]) -> Dataset:
    return replace(dataset, observations=tuple(each for each in dataset.observations if not dropped(each)))


def _end(item: Observation) -> tuple[int, int]:
    return item.year, item.period.month


def _largest_revision(dataset: Dataset, item: Observation) -> float:
    """Largest final revision measured, as a fraction: of the same total in any province, else of any main sector."""
    indicator = dataset.indicator(item.indicator)
    if indicator.kind != "level" or not indicator.based or item.vintage not in ("first", "retrieved"):
        return 0.0
    revisions = dataset.peers.revisions
    own = () if item.indicator in MAIN_SECTORS else [each for each in revisions if each.indicator == item.indicator]
    sizes = own or [each for each in revisions if each.indicator in MAIN_SECTORS]
    return max((abs(each.relative) for each in sizes), default=0.0)


def _vintages(dataset: Dataset, target: Target) -> Iterator[Change]:
    """First releases only, wherever a figure was revised later."""
    first = {(item.indicator, item.period) for item in dataset.observations if item.usable and item.vintage == "first"}
    older = _without(dataset, lambda each: each.vintage != "first" and (each.indicator, each.period) in first)
    yield Change("first-releases", Bilingual("只用首次公布数", "only first releases are used"), older, target.id)


def _splices(dataset: Dataset, target: Target, indicator: str) -> Iterator[Change]:
    """Growth of a splice year with the nation's deflator, or left out with all that lies before it."""
    years = [step.year for step in dataset.growth_steps(indicator) if step.derived]
    if not years:
        return
    shown, peers = [str(year) for year in years], dataset.peers
    nation, provinces = peers.nation, peers.provinces
    if {"gdp", "gdp_growth_real"} <= nation.levels.keys() and {"gdp", "gdp_index"} <= provinces.levels.keys():
        place = nation.places[0]
        index = {
            basis: {year: 100 + rate for year, rate in rates.items()}
            for basis, rates in nation.levels["gdp_growth_real"][place].items()
        }
        levels = provinces.levels | {
            "gdp": provinces.levels["gdp"] | {place: nation.levels["gdp"][place]},
            "gdp_index": provinces.levels["gdp_index"] | {place: index},
        }
        national = replace(peers, provinces=replace(provinces, levels=levels))
        other = replace(dataset, peers=national, plan=replace(dataset.plan, driver=place))
        zh, en = listed(shown, "zh"), listed(shown, "en")
        name = Bilingual(f"{zh}年改用全国平减指数", f"{en} takes the nation's deflator")
        yield Change("national-deflator", name, other, target.id)
    real = dataset.indicator(indicator).real_growth
    cut = _without(dataset, lambda each: each.indicator == real and each.year in years)
    name = Bilingual(f"只看{years[-1]}年以后的增速", f"only growth after {years[-1]} is used")
    yield Change("no-splice", name, cut, target.id)
