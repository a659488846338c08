"""A share that was not published, but whose numerator has a ceiling."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from qdecon.data.dataset import Bound
from qdecon.errors import NotAvailable
from qdecon.plan import Bilingual, satisfies
from qdecon.verdict.evidence import Evidence
from qdecon.verdict.frequency import rise_rate
from qdecon.verdict.wording import amount, chance, joined, percent, plain

if TYPE_CHECKING:
    from qdecon.data import Dataset
    from qdecon.plan import Target


def from_ceiling(dataset: Dataset, target: Target) -> Evidence | None:
    """Weigh a share whose numerator has a ceiling by how often a comparable share rose as far as it would have to.

    The ceiling of its year is taken as the starting value, so the probability is an upper bound on that account.
    """
    need = needed_rise(dataset, target)
    if need is None or target.value is None:
        return None
    try:
        rate = rise_rate(dataset, need.part, need.whole, need.points, need.years)
    except NotAvailable:
        return None
    indicator, start, cap = dataset.indicator(target.indicator or ""), need.start, need.part
    window, rise = need.years, need.points
    cap_name, value, share = dataset.indicator(cap).name, start.value, indicator.name
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
        f"{years_zh}内要升{rise:.1f}个百分点；可比省份的{cap_name.zh}占比在{rate.cases}个{years_zh}窗口中有{rate.hits}次升这么多，"
        f"最大升幅{rate.largest:.1f}个百分点。",
        f"It would have to rise {rise:.1f} points in {years_en}; the share of {cap_name.en.lower()} in comparable provinces rose so far in "
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


class Rise(NamedTuple):
    """How far a share would have to rise: ``part`` of ``whole``, by ``points`` in ``years`` from ``start``."""

    part: str
    whole: str
    points: float
    years: int
    start: Bound


def needed_rise(dataset: Dataset, target: Target) -> Rise | None:
    """What a share would have to rise from its latest value or ceiling; None if it has none with a numerator's ceiling."""
    start = _start(dataset, target)
    if start is None or target.value is None or target.deadline is None or target.deadline <= start.year:
        return None
    share = dataset.indicator(target.indicator or "")
    part = dataset.indicator(share.numerator or "").ceiling or ""
    return Rise(part, share.denominator or "", target.value - start.value, target.deadline - start.year, start)


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
    name, part = (
        dataset.indicator(cap).name,
        dataset.indicator(dataset.indicator(target.indicator or "").numerator or cap).name,
    )
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
        f"{target.deadline}年的{plain(target.value or 0)}%相当于{amount(need, whole.unit, 'zh', 0)}：即使全部{name.zh}都是{part.zh}，"
        f"也要名义{a_year.zh}增长{percent(growth)}{beside.zh}。",
        f"In {target.deadline}, {plain(target.value or 0)}% would be {amount(need, whole.unit, 'en', 1)}: {percent(growth)} more in "
        f"nominal terms{a_year.en} even if all {name.en.lower()} were {part.en.lower()}{beside.en}.",
    )


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
