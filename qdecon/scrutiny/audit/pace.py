"""The pace that a target implies from its baseline, beside what was achieved over as many years before.

The baseline is the latest annual figure known when the target was adopted. Levels and counts are asked for growth,
shares for points and for outgrowth of the rest (the change of the log-odds is the growth of a part less that of the
rest), flows for an amount, each by the year. The past is taken over the same number of years: from two figures of one
statistical basis; or else, for growth, from yearly rates that were each formed inside one basis; or else over the
nearest number of years that one basis holds. A figure for the year before adoption that came out only afterwards is
told as that.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from qdecon.data import known
from qdecon.plan import Bilingual
from qdecon.scrutiny.audit.consistency import newest, shares
from qdecon.scrutiny.audit.finding import Finding, Number, cite, growing
from qdecon.verdict.wording import amount, day, goal, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from qdecon.data import Dataset
    from qdecon.plan import Target
    from qdecon.scrutiny.audit.consistency import Cell


class Past(NamedTuple):
    """What was achieved a year, from which year to which."""

    rate: float
    first: int
    last: int
    origin: str
    chained: bool = False


def grown(before: float, after: float, years: int) -> float:
    """Compounded growth a year in per cent; NaN where there is none.

    Examples
    --------
    >>> round(grown(14136.46, 20000, 5), 2)
    7.19
    """
    return 100 * ((after / before) ** (1 / years) - 1) if min(before, after) > 0 else math.nan


def risen(before: float, after: float, years: int) -> float:
    """Points a year."""
    return (after - before) / years


def outgrown(before: float, after: float, years: int) -> float:
    """By how much a part outgrew the rest a year, in log points, from its shares in per cent; NaN at nothing or all.

    Examples
    --------
    >>> round(outgrown(27.0, 30.0, 6), 2)
    2.46
    """
    if not 0 < min(before, after) <= max(before, after) < 100:
        return math.nan
    return 100 * (math.log(after / (100 - after)) - math.log(before / (100 - before))) / years


def implied_pace(dataset: Dataset, target: Target) -> Finding | None:
    """What a target asks for a year, and what was achieved before.

    Parameters
    ----------
    dataset : Dataset
        A figure published after adoption is used for the year before it only, and the sentence says so.
    target : Target

    Returns
    -------
    Finding or None
        None if the target has no figure, or none from which a pace could be formed.

    Examples
    --------
    >>> import qdecon as qd
    >>> city = qd.load("qingdao")
    >>> found = implied_pace(city, city.plan.target("t06"))
    >>> found.outcome, round(found["needed"], 2), round(found["past"], 2)
    ('slower', 7.19, 8.76)
    """
    if not target.assessable or target.indicator is None or target.value is None:
        return None
    then = known(dataset, max(target.adopted, dataset.plan.published))
    indicator = dataset.indicator(target.indicator)
    if indicator.kind == "rate" or target.measure in {"flow_per_year", "cumulative"}:
        return _amount_a_year(then, target)
    if target.measure == "multiple_of_baseline":
        return _multiple(dataset, then, target)
    if target.measure == "points_per_year":
        return _rise_a_year(then, target)
    return _way(dataset, then, target)


def _way(dataset: Dataset, then: Dataset, target: Target) -> Finding | None:
    """A level, count or share to be reached from the baseline."""
    indicator, value = dataset.indicator(target.indicator or ""), target.value or 0.0
    change = risen if indicator.kind == "share" else grown
    year, cells, per = (target.years or (target.deadline or 0,))[0], _figures(then, indicator.id), _per(then, target)
    late, late_words = _late(dataset, then, target, change)
    base = newest(then, [cell for cell in cells if cell[0] < year])
    if base is None:
        return _without_baseline(then, target, late, late_words)
    start, years = cells[base].value, year - base[0]
    needed = change(start, value, years)
    if math.isnan(needed):
        return None
    numbers = [cells[base], Number("needed", needed, _unit(target, change), f"{target.id}, from base, a year")]
    unit, aim = target.unit or "", goal(value, target.unit or "", target.comparator)
    asked = Bilingual(
        f"从{base[0]}年的{amount(start, unit, 'zh')}到{year}年{aim.zh}，{per(needed).zh}",
        f"from {amount(start, unit, 'en')} in {base[0]} to {aim.en} in {year} is {per(needed).en}",
    )
    gap = outgrown(start, value, years) if change is risen and indicator.price_basis == "current" else math.nan
    if not math.isnan(gap):
        numbers.append(Number("outgrowth", gap, "%", "change of the log-odds from base, a year"))
        asked = Bilingual(
            f"{asked.zh}，即每年比其余部分多增长{plain(gap)}个百分点（对数）",
            f"{asked.en}, that is outgrowing the rest by {plain(gap)} points (logs) every year",
        )
    asked = Bilingual(asked.zh + late_words.zh, asked.en + late_words.en)
    past = _past(then, indicator.id, cells, base, years, change)
    return _told(then, target, asked, [*numbers, *late], past, per)


def _multiple(dataset: Dataset, then: Dataset, target: Target) -> Finding | None:
    """A multiple of a baseline: the pace is the same from any baseline."""
    years, per = (target.deadline or 0) - (target.baseline or 0), _per(then, target)
    if years <= 0 or (target.value or 0.0) <= 0:
        return None
    needed, cells = grown(1.0, target.value or 0.0, years), _figures(then, target.indicator or "")
    base = newest(then, [cell for cell in cells if cell[0] <= (target.baseline or 0)])
    item = dataset.value(target.indicator or "", target.baseline or 0)
    numbers = [Number("needed", needed, "%", f"{target.id}, a year")]
    numbers += [] if item is None else [Number("base", item.value or 0.0, item.unit, cite(item))]
    since = Bilingual(
        f"；基数{'没有查到' if item is None else f'到{day(item.known).zh}才见公布'}",
        f"; the baseline {'is not known' if item is None else f'was not known until {day(item.known).en}'}",
    )
    unknown = item is None or item.known > then.as_of
    asked = Bilingual(
        f"从{target.baseline}年到{target.deadline}年达到{target.value:g}倍，{per(needed).zh}"
        f"{since.zh if unknown else ''}",
        f"{target.value:g} times between {target.baseline} and {target.deadline} is {per(needed).en}"
        f"{since.en if unknown else ''}",
    )
    past = None if base is None else _past(then, target.indicator or "", cells, base, years, grown)
    return _told(then, target, asked, numbers, past, per)


def _rise_a_year(then: Dataset, target: Target) -> Finding | None:
    """Points a year: the pace is the target itself."""
    cells, per = _figures(then, target.indicator or ""), _per(then, target)
    base = newest(then, [cell for cell in cells if cell[0] < (target.deadline or 0)])
    if base is None:
        return _without_baseline(then, target, [], Bilingual("", ""))
    needed = Number("needed", target.value or 0.0, target.unit or "", f"{target.id}, a year")
    past = _past(then, target.indicator or "", cells, base, max(len(target.years), 1), risen)
    return _told(then, target, per(needed.value), [cells[base], needed], past, per)


def _amount_a_year(then: Dataset, target: Target) -> Finding | None:
    """A flow or a rate, beside the mean of as many years before; a total is spread evenly over the plan's years."""
    total = target.measure == "cumulative"
    years = (target.deadline or 0) - then.plan.period[0] + 1 if total else max(len(target.years), 1)
    if years <= 0:
        return None
    needed, per = (target.value or 0.0) / (years if total else 1), _per(then, target)
    way = f"{target.id} / {years} years" if total else f"{target.id}, a year"
    cells = _figures(then, target.indicator or "")
    last = newest(then, cells)
    if last is None:
        return _without_baseline(then, target, [], Bilingual("", ""))
    kept = {cell[0]: cells[cell] for cell in cells if cell[1] == last[1] and cell[0] > last[0] - years}
    mean = sum(each.value for each in kept.values()) / len(kept)
    origin = f"mean of {'; '.join(each.origin for each in kept.values())}"
    past = Past(mean, min(kept) - 1, last[0], origin)
    return _told(then, target, per(needed), [Number("needed", needed, target.unit or "", way)], past, per)


def _past(
    then: Dataset,
    name: str,
    cells: Mapping[Cell, Number],
    base: Cell,
    years: int,
    change: Callable[[float, float, int], float],
) -> Past | None:
    """The pace up to the base over so many years, or over the nearest number that one basis holds."""
    earlier = [cell for cell in cells if cell[1] == base[1] and cell[0] < base[0]]
    near = min(earlier, key=lambda cell: (abs(base[0] - cell[0] - years), cell[0]), default=None)
    steps = {step.year: step for step in then.growth_steps(name)}
    wanted = range(base[0] - years + 1, base[0] + 1)
    if change is grown and (near is None or base[0] - near[0] != years) and steps.keys() >= {*wanted}:
        rate = 100 * (math.prod(1 + steps[year].value for year in wanted) ** (1 / years) - 1)
        origin = "; ".join(f"{year}: {steps[year].steps} ({steps[year].basis})" for year in wanted)
        return Past(rate, base[0] - years, base[0], origin, chained=True)
    if near is None:
        return None
    rate = change(cells[near].value, cells[base].value, base[0] - near[0])
    origin = f"{cells[near].origin} to {cells[base].origin}"
    return None if math.isnan(rate) else Past(rate, near[0], base[0], origin)


def _late(
    dataset: Dataset, then: Dataset, target: Target, change: Callable[[float, float, int], float]
) -> tuple[list[Number], Bilingual]:
    """The pace from the figure of the year before adoption, where it was published only after adoption."""
    year, until = target.adopted.year - 1, (target.years or (target.deadline or 0,))[0]
    item = dataset.value(target.indicator or "", year)
    if item is None or item.value is None or item.known <= then.as_of or year >= until:
        return [], Bilingual("", "")
    needed = change(item.value, target.value or 0.0, until - year)
    if math.isnan(needed):
        return [], Bilingual("", "")
    pace, late = _per(then, target)(needed), Number("late_base", item.value, item.unit, cite(item))
    return [late, Number("needed_from_late_base", needed, _unit(target, change), "from late_base, a year")], Bilingual(
        f"（{year}年的{amount(item.value, item.unit, 'zh')}到{day(item.known).zh}才见公布，由它算起{pace.zh}）",
        f" (the figure for {year}, {amount(item.value, item.unit, 'en')}, was not known until {day(item.known).en}; "
        f"from it that is {pace.en})",
    )


def _told(
    then: Dataset,
    target: Target,
    asked: Bilingual,
    numbers: list[Number],
    past: Past | None,
    per: Callable[[float], Bilingual],
) -> Finding:
    """The pace asked for beside the past one."""
    needed = next(each for each in numbers if each.name == "needed")
    outcome, before = "no_past", Bilingual("此前没有同一口径的数字可比", "no earlier figure on one basis was known")
    if past is not None:
        outcome = "faster" if needed.value > past.rate else "slower"
        numbers = [*numbers, Number("past", past.rate, needed.unit, past.origin)]
        count, pace = past.last - past.first, per(past.rate)
        note = "（各年增速分别在同一口径内计算）", " (yearly rates, each formed inside one basis)"
        before = Bilingual(
            f"此前{count}年（{past.first}—{past.last}年）{pace.zh}{note[0] if past.chained else ''}",
            f"over the {f'{count} years' if count > 1 else 'year'} before ({past.first}-{past.last}) it was {pace.en}"
            f"{note[1] if past.chained else ''}",
        )
    sentence = Bilingual(
        f"{target.label.zh}（{target.id}）：{asked.zh}；{before.zh}。",
        f"{target.label.en} ({target.id}): {asked.en}; {before.en}.",
    )
    return Finding("growth", outcome, (target.id,), sentence, tuple(numbers), then.as_of)


def _without_baseline(then: Dataset, target: Target, late: list[Number], late_words: Bilingual) -> Finding:
    when = day(then.as_of)
    sentence = Bilingual(
        f"{target.label.zh}（{target.id}）：到{when.zh}没有查到已公布的年度数字，没有基数可比{late_words.zh}。",
        f"{target.label.en} ({target.id}): no published annual figure was known by {when.en}, so there is no "
        f"baseline{late_words.en}.",
    )
    return Finding("growth", "no_baseline", (target.id,), sentence, tuple(late), then.as_of)


def _figures(dataset: Dataset, name: str) -> dict[Cell, Number]:
    """Annual figures by year and basis; a share of two known levels included."""
    indicator = dataset.indicator(name)
    if indicator.numerator and indicator.denominator:
        found = shares(dataset, indicator.numerator, indicator.denominator)
        return {cell: Number("base", each.value, each.unit, each.origin) for cell, each in found.items()}
    annual = dataset.annual(name)
    return {cell: Number("base", item.value or 0.0, item.unit, cite(item)) for cell, item in annual.items()}


def _unit(target: Target, change: Callable[[float, float, int], float]) -> str:
    return "%" if change is grown else "百分点"


def _per(then: Dataset, target: Target) -> Callable[[float], Bilingual]:
    """A pace in words: growth, points or an amount a year."""
    indicator = then.indicator(target.indicator or "")
    if indicator.kind == "rate" or target.measure in {"flow_per_year", "cumulative"}:
        unit = target.unit or ""
        return lambda pace: Bilingual(f"每年{amount(pace, unit, 'zh')}", f"{amount(pace, unit, 'en')} a year")
    if target.measure == "points_per_year" or (indicator.kind == "share" and target.measure != "multiple_of_baseline"):
        return lambda pace: Bilingual(
            f"每年{'升' if pace >= 0 else '降'}{amount(abs(pace), '百分点', 'zh')}",
            f"{'a rise' if pace >= 0 else 'a fall'} of {amount(abs(pace), '百分点', 'en')} a year",
        )
    kind = growing(indicator)
    return lambda pace: Bilingual(f"年均{kind.zh}{pace:.2f}%", f"{pace:.2f}% {kind.en} a year")
