"""Targets settled by a published figure, or by a published bound."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qdecon.plan import LANGUAGES, Bilingual, satisfies
from qdecon.verdict.linking import linked
from qdecon.verdict.wording import amount, goal, joined, percent, plain, when

if TYPE_CHECKING:
    from qdecon.data import Dataset, Observation
    from qdecon.plan import Language, Target
    from qdecon.verdict.record import Status

GRADES = ("official", "press", "aggregator", "derived", "none")
RELEASE = (3, 31)  # by this day of the following year an annual figure is due
MAIN_SECTORS = ("va_primary", "va_secondary", "va_tertiary")


@dataclass(frozen=True)
class Figure:
    """The figure that settles a target, with the observations behind it.

    ``value`` is in the unit of the target; ``count`` is the published figure itself where the target is a multiple of a
    baseline.
    """

    value: float
    used: tuple[Observation, ...]
    count: Observation | None = None
    base: Observation | None = None


def in_points(target: Target) -> bool:
    """Whether a gap to the target is told in percentage points: its figure is a per cent itself."""
    return target.unit in ("%", "百分点")


def width_unit(target: Target) -> str:
    """Unit in which the widths of ``about`` are told."""
    return "百分点" if in_points(target) else target.unit or ""


def distance(value: float, target: Target, language: Language) -> str:
    """How far a figure lies from the target, in words; a distance is never rounded to none."""
    aim = target.value or 0.0
    gap = abs(value - aim) if in_points(target) else 100 * abs(value / aim - 1) if aim else 0.0
    decimals = next((count for count in range(1, 6) if round(gap, count)), 1)
    return amount(gap, "百分点", language, decimals) if in_points(target) else percent(gap / 100, decimals)


def due(year: int, as_of: dt.date) -> bool:
    """Whether the annual figure of a year should have been published by a date.

    Examples
    --------
    >>> due(2024, dt.date(2025, 3, 30)), due(2024, dt.date(2025, 3, 31))
    (False, True)
    """
    return as_of >= dt.date(year + 1, *RELEASE)


def weakest(used: tuple[Observation, ...]) -> str:
    """Grade of the weakest figure used."""
    return max((item.evidence for item in used), key=GRADES.index, default="none")


def cited(used: tuple[Observation, ...]) -> tuple[str, ...]:
    """Sources of the figures used, each once, in order."""
    return tuple(dict.fromkeys(item.source for item in used))


def figure(dataset: Dataset, target: Target, year: int) -> Figure | None:
    """The published figure of one year in the unit of the target; None if there is none.

    A multiple needs its baseline too, on one basis with it or linked to it by growth inside bases. Points per year are the
    change of the annual share inside one basis.
    """
    if target.indicator is None:
        return None
    if target.measure == "multiple_of_baseline":
        link = linked(dataset, target.indicator, target.baseline or 0, year)
        return None if link is None else Figure(link.ratio, link.used, link.now, link.base)
    now = dataset.value(target.indicator, year)
    if now is None or now.value is None:
        return None
    if target.measure == "points_per_year":
        before = dataset.value(target.indicator, year - 1, now.basis)
        if before is None or before.value is None:
            return None
        return Figure(now.value - before.value, (now, before))
    return Figure(now.value, (now,))


def settle(dataset: Dataset, target: Target, found: Figure) -> tuple[Status, Bilingual]:
    """Status and sentence for a target whose deadline's figure is published."""
    year = target.deadline or 0
    kept = satisfies(found.value, target)
    shown = _shown(dataset, target, found, year)
    aim = goal(target.value or 0, target.unit or "", target.comparator)
    context = (
        Bilingual("（年份按上下文理解）", " (the year follows from the context)")
        if target.context
        else Bilingual("", "")
    )
    side = _side(found.value, target, Bilingual(f"“{aim.zh}”的目标{context.zh}", f"the target of {aim.en}{context.en}"))
    verdict = Bilingual("完成", "met") if kept else Bilingual("未完成", "missed")
    head = Bilingual(f"{shown.zh}，{side.zh}：{verdict.zh}。", f"{shown.en}, {side.en}: {verdict.en}.")
    state = _state(dataset, target, found, kept=kept)
    if kept:
        return "met", joined(head, state)
    return "missed", joined(
        head, _wider(target, found), _earlier_base(dataset, target, found), state, _later(dataset, target)
    )


def _side(value: float, target: Target, words: Bilingual) -> Bilingual:
    """How far a figure lies from the target, and on which side; shares lie points apart."""
    aim = target.value or 0.0
    if value == aim:
        return Bilingual(f"恰好等于{words.zh}", f"exactly at {words.en}")
    gap = {language: distance(value, target, language) for language in LANGUAGES}
    if value > aim:
        return Bilingual(f"比{words.zh}高出{gap['zh']}", f"{gap['en']} above {words.en}")
    return Bilingual(f"比{words.zh}低{gap['zh']}", f"{gap['en']} short of {words.en}")


def _wider(target: Target, found: Figure) -> Bilingual | None:
    """Whether the wider of the two widths of `about` would change the verdict."""
    if target.comparator != "about" or not satisfies(found.value, target, width=1):
        return None
    width = {language: amount(target.tolerance[1], width_unit(target), language) for language in LANGUAGES}
    return Bilingual(f"若放宽到±{width['zh']}则算完成。", f"Within the wider width of {width['en']} it would be met.")


def _shown(dataset: Dataset, target: Target, found: Figure, year: int) -> Bilingual:
    name = dataset.indicator(target.indicator or "").name
    if found.count is not None and found.base is not None:
        count, base = found.count, found.base
        return Bilingual(
            f"{name.zh}：{base.year}年{amount(base.value or 0, base.unit, 'zh')}，{year}年"
            f"{amount(count.value or 0, count.unit, 'zh')}，为{found.value:.2f}倍",
            f"{name.en}: {amount(base.value or 0, base.unit, 'en')} in {base.year}, "
            f"{amount(count.value or 0, count.unit, 'en')} in {year}, {found.value:.2f} times",
        )
    if target.measure == "multiple_of_baseline":
        return Bilingual(
            f"{name.zh}{year}年为{target.baseline}年的{found.value:.2f}倍（逐年增速各在同一口径内计算后连乘）",
            f"{name.en} in {year}: {found.value:.2f} times that of {target.baseline} (yearly growth, each inside one basis, chained)",
        )
    return Bilingual(
        f"{name.zh}{year}年为{amount(found.value, target.unit or '', 'zh')}",
        f"{name.en} in {year}: {amount(found.value, target.unit or '', 'en')}",
    )


def _state(dataset: Dataset, target: Target, found: Figure, *, kept: bool) -> Bilingual | None:
    """Preliminary or final, and whether a revision of the size seen elsewhere could turn the verdict."""
    item = found.used[0]
    if not dataset.indicator(item.indicator).based or item.vintage not in ("first", "retrieved"):
        return None
    sizes = [abs(each.relative) for each in dataset.peers.revisions if each.indicator in MAIN_SECTORS]
    gap = abs(found.value / (target.value or 1) - 1)
    stated = (
        Bilingual("这是首次公布数。", "This is the first release.")
        if item.vintage == "first"
        else Bilingual(
            "这是数据库所存的数，未必是最终核实数。", "This is what the database holds, perhaps not the final figure."
        )
    )
    if not sizes or not target.value:
        return stated
    largest = max(sizes)
    safe = gap > largest
    return Bilingual(
        f"{stated.zh[:-1]}；各省三次产业增加值最终核实的最大修订为{percent(largest, 2)}，"
        + ("修订不大可能改变结论。" if safe else f"修订仍可能{'推翻' if kept else '改变'}结论。"),
        f"{stated.en[:-1]}; the largest final revision measured in any province's main sectors is {percent(largest, 2)}, "
        + ("so revision is unlikely to change it." if safe else "so a revision could still change it."),
    )


def _later(dataset: Dataset, target: Target) -> Bilingual | None:
    """First later year whose published figure satisfies the comparator."""
    if target.indicator is None or target.measure not in ("level", "share", "count", "cumulative"):
        return None
    years = sorted({year for year, _ in dataset.annual(target.indicator) if year > (target.deadline or 0)})
    for year in years:
        item = dataset.value(target.indicator, year)
        if item is not None and item.value is not None and satisfies(item.value, target):
            same = {each.source for each in dataset.observations if _repeats(each, item)}
            weak = item.evidence in ("aggregator", "derived") and len(same) == 1
            grade = Bilingual("（仅一个二手来源）", " (one secondary source)") if weak else Bilingual("", "")
            return Bilingual(
                f"{year}年达到{amount(item.value, item.unit, 'zh')}{grade.zh}。",
                f"Reached in {year}: {amount(item.value, item.unit, 'en')}{grade.en}.",
            )
    return None


def _repeats(one: Observation, other: Observation) -> bool:
    """Whether two observations state the figure of the same indicator and period."""
    return one.usable and (one.indicator, one.period) == (other.indicator, other.period)


def _earlier_base(dataset: Dataset, target: Target, found: Figure) -> Bilingual | None:
    """A multiple on the base of the year before, where that is known: to show whether the base year decides."""
    if found.base is None or found.count is None or target.indicator is None:
        return None
    other = dataset.value(target.indicator, found.base.year - 1, found.base.basis)
    if other is None or not other.value:
        return None
    multiple = (found.count.value or 0) / other.value
    return Bilingual(
        f"以{other.year}年（约{amount(other.value, other.unit, 'zh', 0)}）为基数则为{multiple:.2f}倍。",
        f"On the base of {other.year} (about {amount(other.value, other.unit, 'en', 0)}) it would be {multiple:.2f} times.",
    )


@dataclass(frozen=True)
class Window:
    """Change of a cumulative count between two dates that enclose (or lie inside) some years."""

    first: Observation
    last: Observation

    @property
    def change(self) -> float:
        """How much the count rose."""
        return (self.last.value or 0) - (self.first.value or 0)


def enclosing(dataset: Dataset, stock: str, first: int, last: int) -> Window | None:
    """Narrowest window between two known counts that holds all of the years ``first`` to ``last``."""
    counts = dataset.stock(stock)
    before = [item for item in counts if (item.year, item.period.month) <= (first - 1, 12)]
    after = [item for item in counts if (item.year, item.period.month) >= (last, 12)]
    return Window(before[-1], after[0]) if before and after else None


def inside(dataset: Dataset, stock: str, year: int) -> Window | None:
    """Widest window between two known counts that lies inside one year."""
    counts = [item for item in dataset.stock(stock) if (year - 1, 12) <= (item.year, item.period.month) <= (year, 12)]
    return Window(counts[0], counts[-1]) if len(counts) > 1 else None


def bounded_flow(dataset: Dataset, target: Target, year: int) -> tuple[Status, Window] | None:
    """Settle a yearly flow by its cumulative count: a window that holds the year caps it, one inside the year supports it."""
    stock = dataset.indicator(target.indicator or "").stock
    if stock is None or target.comparator not in ("at_least", "more_than"):
        return None
    outer = enclosing(dataset, stock, year, year)
    if outer is not None and not satisfies(outer.change, target):
        return "missed", outer
    inner = inside(dataset, stock, year)
    if inner is not None and satisfies(inner.change, target):
        return "met", inner
    return None


def window_words(window: Window) -> Bilingual:
    """A window of counts in words."""
    first, last = window.first, window.last
    return Bilingual(
        f"累计数{when(first.period).zh}为{amount(first.value or 0, first.unit, 'zh', 0)}，{when(last.period).zh}为"
        f"{amount(last.value or 0, last.unit, 'zh', 0)}，增加{amount(window.change, last.unit, 'zh', 0)}",
        f"the cumulative count went from {plain(first.value or 0, 0)} ({when(first.period).en}) to "
        f"{plain(last.value or 0, 0)} ({when(last.period).en}), {window.change:+,.0f}",
    )
