"""Figures never published: the evidence weighed into a probability where there is any, and told where there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qdecon.data.dataset import Bound
from qdecon.errors import NotAvailable
from qdecon.plan import Bilingual, satisfies
from qdecon.verdict.frequency import base_rate, posterior
from qdecon.verdict.record import Interval
from qdecon.verdict.wording import amount, chance, joined, months, percent, plain

if TYPE_CHECKING:
    from qdecon.data import Dataset, Observation
    from qdecon.plan import Target


@dataclass(frozen=True)
class Evidence:
    """What is known about a figure that is not published.

    ``probability`` is None where the evidence carries none; ``says_unpublished`` tells whether the sentence itself says that
    the figure is missing.
    """

    probability: float | None
    sentence: Bilingual
    used: tuple[Observation, ...]
    projected: Interval | None = None
    says_unpublished: bool = True


def weigh(dataset: Dataset, target: Target) -> Evidence | None:
    """Find the strongest evidence about an unpublished figure: a ceiling, a partial year, or a missing baseline."""
    for way in (from_ceiling, from_partial_year, from_missing_baseline):
        found = way(dataset, target)
        if found is not None:
            return found
    return None


def from_ceiling(dataset: Dataset, target: Target) -> Evidence | None:
    """Weigh a share whose numerator has a ceiling by how often a comparable share rose as far as it would have to.

    The ceiling of its year is taken as the starting value, so the probability is an upper bound on that account.
    """
    start = _start(dataset, target)
    if start is None or target.value is None or target.deadline is None or target.deadline <= start.year:
        return None
    indicator = dataset.indicator(target.indicator or "")
    cap = dataset.indicator(indicator.numerator or "").ceiling or ""
    window, rise = target.deadline - start.year, target.value - start.value
    try:
        rate = base_rate(dataset, cap, indicator.denominator or "", rise, window)
    except NotAvailable:
        return None
    cap_name, value = dataset.indicator(cap).name, start.value
    share = indicator.name
    stands = Bilingual(
        f"{share.zh}{start.year}年最高为{value:.1f}%（全部{cap_name.zh}{amount(start.of.value or 0, start.of.unit, 'zh')}占"
        f"{amount(start.whole.value or 0, start.whole.unit, 'zh')}）"
        if start.of is not start.whole
        else f"{share.zh}{start.year}年为{value:.1f}%",
        f"{share.en} was at most {value:.1f}% in {start.year} (all {cap_name.en.lower()}, "
        f"{amount(start.of.value or 0, start.of.unit, 'en')} of {amount(start.whole.value or 0, start.whole.unit, 'en')})"
        if start.of is not start.whole
        else f"{share.en} was {value:.1f}% in {start.year}",
    )
    years_zh = f"{window}年" if window > 1 else "一年"
    years_en = f"{window} years" if window > 1 else "one year"
    odds = Bilingual(
        f"{years_zh}内要升{rise:.1f}个百分点；可比省份的工业占比在{rate.cases}个{years_zh}窗口中有{rate.hits}次升这么多，"
        f"最大升幅{rate.largest:.1f}个百分点。",
        f"It would have to rise {rise:.1f} points in {years_en}; the industry share of comparable provinces rose so far in "
        f"{rate.hits} of {rate.cases} windows of {years_en}, at most {rate.largest:.1f} points.",
    )
    arithmetic = _needed_numerator(dataset, target, start, cap)
    words = chance(rate.probability)
    close = Bilingual(
        f"达到{plain(target.value)}%的可能性{words.zh}。", f"Chance of {plain(target.value)}%: {words.en}."
    )
    head = Bilingual(stands.zh + "。", stands.en + ".")
    used = (start.of,) if start.of is start.whole else (start.of, start.whole)
    return Evidence(rate.probability, joined(head, arithmetic, odds, close), used, says_unpublished=False)


def _start(dataset: Dataset, target: Target) -> Bound | None:
    """Latest known value or ceiling of the share before the deadline; a value, where there is one, is its own bound."""
    if target.indicator is None or target.measure != "share":
        return None
    bounds = [each for each in dataset.ceilings(target.indicator) if each.year < (target.deadline or 0)]
    values = [
        Bound(year, item.value, basis, item, item)
        for (year, basis), item in dataset.annual(target.indicator).items()
        if item.value is not None and dataset.indicator(target.indicator).numerator
    ]
    if dataset.indicator(dataset.indicator(target.indicator).numerator or "gdp").ceiling is None:
        return None
    return max((*bounds, *values), key=lambda each: each.year, default=None)


def _needed_numerator(dataset: Dataset, target: Target, start: Bound, cap: str) -> Bilingual | None:
    """What the ceiling's level would have had to be at the deadline, once the whole of that year is known."""
    whole = dataset.value(dataset.indicator(target.indicator or "").denominator or "", target.deadline or 0)
    if whole is None or whole.value is None or start.of is start.whole or not start.of.value:
        return None
    need = (target.value or 0) / 100 * whole.value
    years = (target.deadline or 0) - start.year
    growth = (need / start.of.value) ** (1 / years) - 1
    name = dataset.indicator(cap).name
    real = dataset.indicator(cap).real_growth
    item = dataset.value(real, target.deadline or 0) if real else None
    beside = Bilingual("", "")
    if item is not None and item.value is not None and real:
        label = dataset.indicator(real).name
        beside = Bilingual(
            f"；而{label.zh}为{plain(item.value)}%（不变价）",
            f", while the {label.en.lower()} was {plain(item.value)}%",
        )
    a_year = Bilingual("" if years == 1 else "年均", "" if years == 1 else " a year")
    return Bilingual(
        f"{target.deadline}年的{plain(target.value or 0)}%相当于{amount(need, whole.unit, 'zh', 0)}：即使全部{name.zh}都是制造业，"
        f"也要名义{a_year.zh}增长{percent(growth)}{beside.zh}。",
        f"In {target.deadline}, {plain(target.value or 0)}% would be {amount(need, whole.unit, 'en', 1)}: {percent(growth)} more in "
        f"nominal terms{a_year.en} even if all {name.en.lower()} were manufacturing{beside.en}.",
    )


def from_partial_year(dataset: Dataset, target: Target) -> Evidence | None:
    """A level known for a part of its year, carried to the year by the ratios of the whole of which it is a part.

    The ratio year / part-year of the parent, in the years that have both, is treated as a sample of a normal variable with
    unknown mean and spread; the predictive distribution is Student's t with n - 1 degrees of freedom.
    Source: Gelman et al., Bayesian Data Analysis (2013), section 3.2.
    """
    if target.measure != "level" or target.indicator is None or target.value is None:
        return None
    parts = [item for item in dataset.partial(target.indicator) if item.year == target.deadline]
    parent = dataset.indicator(target.indicator).parent
    if not parts or parent is None:
        return None
    part = parts[-1]
    ratios: dict[int, float] = {}
    used: list[Observation] = [part]
    for item in dataset.partial(parent):
        whole = _same_or_newest(dataset, parent, item)
        if item.period.month == part.period.month and whole is not None and item.value and whole.value:
            ratios[item.year] = whole.value / item.value
            used += [item, whole]
    if len(ratios) < 2 or part.value is None:
        return None
    from scipy.special import stdtr, stdtrit  # loaded only where it is needed

    sample = np.array(list(ratios.values()))
    mean, spread = float(sample.mean()), float(sample.std(ddof=1) * np.sqrt(1 + 1 / len(sample)))
    degrees = len(sample) - 1
    need = target.value / part.value
    probability = float(1 - stdtr(degrees, (need - mean) / spread))

    def at(level: float) -> float:
        return part.value * (mean + spread * float(stdtrit(degrees, level)))  # type: ignore[operator]

    low, high = part.value * min(ratios.values()), part.value * max(ratios.values())
    name, whole_name = dataset.indicator(target.indicator).name, dataset.indicator(parent).name
    shown = "、".join(f"{ratio:.3f}" for ratio in ratios.values())
    words = chance(probability)
    finding = _share_finding(dataset, target, part, parent)
    sentence = Bilingual(
        f"{name.zh}{part.year}年全年数没有公布；{months(part.period.month).zh}为{amount(part.value, part.unit, 'zh')}，按{whole_name.zh}全年与"
        f"同期之比（{'、'.join(map(str, ratios))}年为{shown}）推算为{plain(low, 0)}—{plain(high, 0)}亿元，"
        f"低于目标{amount(target.value, part.unit, 'zh')}；达到的可能性{words.zh}。"
        if high < target.value
        else f"{name.zh}{part.year}年全年数没有公布；{months(part.period.month).zh}为{amount(part.value, part.unit, 'zh')}，按{whole_name.zh}全年与"
        f"同期之比推算为{plain(low, 0)}—{plain(high, 0)}亿元；达到目标的可能性{words.zh}。",
        f"{name.en} for {part.year} was never published; {months(part.period.month).en} gave "
        f"{amount(part.value, part.unit, 'en')}, and the ratio of year to part-year of {whole_name.en.lower()} "
        f"({', '.join(f'{ratio:.3f} in {year}' for year, ratio in ratios.items())}) puts the year at "
        f"{plain(low / 10, 1)}-{plain(high / 10, 1)} billion yuan, {'short of' if high < target.value else 'against'} the target "
        f"of {amount(target.value, part.unit, 'en')}; chance of meeting it: {words.en}.",
    )
    interval = Interval(at(0.5), at(0.1), at(0.9), at(0.025), at(0.975))
    return Evidence(probability, joined(sentence, finding), tuple(dict.fromkeys(used)), interval)


def _same_or_newest(dataset: Dataset, name: str, part: Observation) -> Observation | None:
    """Annual figure of the part's year, on the part's basis if that is published, else on the newest."""
    return dataset.value(name, part.year, part.basis) or dataset.value(name, part.year)


def _share_finding(dataset: Dataset, target: Target, part: Observation, parent: str) -> Bilingual | None:
    """Tell whether the share of the parent that two targets imply came about, though the level did not."""
    others = [
        other
        for other in dataset.plan.targets
        if other.indicator == parent and other.deadline == target.deadline and other.value and other.counted
    ]
    wholes = [item for item in dataset.partial(parent) if item.period.label == part.period.label]
    if not others or not wholes or not wholes[-1].value or not part.value:
        return None
    implied = 100 * (target.value or 0) / (others[0].value or 1)
    reached = 100 * part.value / wholes[-1].value
    if reached < implied:
        return None
    return Bilingual(
        f"占比目标则很可能已达到：同期占{dataset.indicator(parent).name.zh}的{reached:.1f}%，高于两项目标所隐含的{implied:.1f}%。",
        f"The share it implies was probably reached: {reached:.1f}% of {dataset.indicator(parent).name.en.lower()} in those months, "
        f"above the {implied:.1f}% that the two targets imply.",
    )


def from_missing_baseline(dataset: Dataset, target: Target) -> Evidence | None:
    """A multiple whose baseline was never published: what the baseline could have been, beside the nearest known year.

    Needs a figure of the year before the baseline. The multiple is met only if the count fell since; the chance of such a
    fall is read from the yearly steps of the city's other counts in the same unit (Jeffreys posterior).
    """
    if target.measure != "multiple_of_baseline" or target.indicator is None or target.value is None:
        return None
    now = dataset.value(target.indicator, target.deadline or 0)
    before = dataset.value(target.indicator, (target.baseline or 0) - 1)
    if now is None or before is None or not now.value or not before.value:
        return None
    most = now.value / target.value
    fall = 1 - most / before.value
    if fall <= 0:
        return None
    steps = _yearly_steps(dataset, now.unit)
    hits = sum(step <= -fall for step in steps)
    probability = posterior(hits, len(steps))
    words, name = chance(probability), dataset.indicator(target.indicator).name
    sentence = Bilingual(
        f"{name.zh}{now.year}年为{amount(now.value, now.unit, 'zh')}；{target.baseline}年基数没有公布，翻番要求基数不超过"
        f"{amount(most, now.unit, 'zh', 0)}，而{before.year}年已约为{amount(before.value, now.unit, 'zh', 0)}（推算）："
        f"很可能未完成。本市同类名录的{len(steps)}个年度变动中有{hits}次降幅达到{percent(fall)}，可能性{words.zh}。",
        f"{name.en}: {amount(now.value, now.unit, 'en')} in {now.year}; the {target.baseline} base was never published. A "
        f"doubling needs a base of at most {amount(most, now.unit, 'en', 0)}, but {before.year} already had about "
        f"{amount(before.value, now.unit, 'en', 0)} (derived): probably missed. Of {len(steps)} yearly steps in the city's "
        f"registers of enterprises, {hits} fell by {percent(fall)} or more; chance {words.en}.",
    )
    return Evidence(probability, sentence, (now, before))


def _yearly_steps(dataset: Dataset, unit: str) -> list[float]:
    """Yearly growth of every count in that unit, wherever two consecutive years are known."""
    steps = []
    for indicator in dataset.indicators.values():
        if indicator.kind == "stock" and indicator.unit == unit:
            steps += [step.value for step in dataset.growth_steps(indicator.id)]
    return steps


def settled_by_bound(dataset: Dataset, target: Target) -> Evidence | None:
    """A ceiling of the deadline's own year that the target cannot reach: missed by bound."""
    for bound in dataset.ceilings(target.indicator) if target.indicator else ():
        if bound.year == target.deadline and target.value is not None and not satisfies(bound.value, target):
            return Evidence(
                0.0,
                Bilingual(
                    f"{dataset.indicator(target.indicator or '').name.zh}{bound.year}年最高为{bound.value:.1f}%，低于{plain(target.value)}%：按上限判定未完成。",
                    f"{dataset.indicator(target.indicator or '').name.en} was at most {bound.value:.1f}% in {bound.year}, below {plain(target.value)}%: missed by bound.",
                ),
                (bound.of, bound.whole),
            )
    return None
