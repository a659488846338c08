"""The same indicator promised twice: by two targets of a plan, or by a target and a goal stated in another document.

Two promises for a common year are compared as sets of figures that keep them: equal sets restate each other, a smaller
set is stricter, sets without a common figure are impossible together. Of different years only levels, shares and stocks
are compared: more and sooner is stricter, less and later is looser, and more but later is a further step on the way.
"About" without stated limits sets no boundary: it is compared by its figure, and is never impossible.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from qdecon.data.periods import parse_period
from qdecon.plan import COMPARATORS, Bilingual
from qdecon.scrutiny.audit.consistency import lineage, tree
from qdecon.scrutiny.audit.finding import Finding, Number, cite
from qdecon.verdict.wording import goal, listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qdecon.data import Dataset
    from qdecon.plan import Comparator, Goal, Target

Relation = Literal["restated", "stricter", "looser", "different", "impossible", "not_comparable"]
_SIDE = {"at_least": 1, "more_than": 1, "at_most": -1, "about": 0}
_WORDS: dict[Relation, Bilingual] = {
    "restated": Bilingual("重申本条", "the same goal restated"),
    "stricter": Bilingual("比本条严", "stricter"),
    "looser": Bilingual("比本条宽", "looser"),
    "different": Bilingual("数字不同，而“左右”没有写明界限", 'another figure, though "about" has no stated limits'),
    "impossible": Bilingual("与本条不能同时成立", "impossible together with it"),
    "not_comparable": Bilingual("期间或单位不同，不能直接比较", "for another period or unit, so not comparable"),
}


@dataclass(frozen=True)
class Promise:
    """A figure promised for an indicator.

    Attributes
    ----------
    years : tuple of int
        Years in each of which it is to hold; empty where the document names a range without saying how it is counted.
    tolerance : float or None
        Stated width of ``about``, the wider one.
    """

    indicator: str
    years: tuple[int, ...]
    comparator: Comparator
    value: float
    unit: str
    tolerance: float | None = None

    @property
    def vague(self) -> bool:
        """Whether it has no stated limits."""
        return self.comparator == "about" and self.tolerance is None

    @property
    def bounds(self) -> tuple[float, float]:
        """Lowest and highest figure that keeps it."""
        match self.comparator:
            case "at_least":
                return self.value, math.inf
            case "more_than":
                return math.nextafter(self.value, math.inf), math.inf
            case "at_most":
                return -math.inf, self.value
            case "about":
                width = self.tolerance or 0.0
                return self.value - width, self.value + width

    @property
    def words(self) -> Bilingual:
        """Figure and years."""
        aim = goal(self.value, self.unit, self.comparator)
        if not self.years:
            return aim
        first, last = self.years[0], self.years[-1]
        if first == last:
            return Bilingual(f"{last}年{aim.zh}", f"{aim.en} in {last}")
        return Bilingual(f"{first}—{last}年每年{aim.zh}", f"{aim.en} in each year {first}-{last}")


def relation(ours: Promise, other: Promise, *, lasting: bool = True) -> Relation | None:
    """How another promise for the same indicator stands to ours; None where neither implies nor excludes the other.

    Parameters
    ----------
    ours, other : Promise
    lasting : bool
        Whether figures of different years can be compared: true of levels, shares and stocks, not of flows and rates.

    Examples
    --------
    >>> ours = Promise("share", (2024,), "at_least", 28.0, "%")
    >>> relation(ours, Promise("share", (2025,), "at_least", 27.0, "%"))
    'looser'
    >>> relation(ours, Promise("share", (2024,), "at_most", 25.0, "%"))
    'impossible'
    """
    if ours.unit != other.unit or not (ours.years and other.years):
        return "not_comparable"
    common = bool({*ours.years} & {*other.years})
    if common and not ours.vague and not other.vague:
        return _by_sets(ours, other)
    sides = _SIDE[ours.comparator], _SIDE[other.comparator]
    if sides == (0, 0) and common:
        return "restated" if ours.value == other.value else "different"
    if sides[0] * sides[1] < 0 or sides == (0, 0) or not (common or lasting):
        return None
    more = (sides[0] or sides[1]) * (other.value - ours.value)
    sooner = 0 if common else ours.years[-1] - other.years[-1]
    if more == sooner == 0:  # one of the two says "about", which binds less
        return "looser" if other.vague else "stricter"
    if min(more, sooner) >= 0:
        return "stricter"
    return "looser" if max(more, sooner) <= 0 else None


def _by_sets(ours: Promise, other: Promise) -> Relation | None:
    """Compare two promises with limits for a common year."""
    (low, high), (other_low, other_high) = ours.bounds, other.bounds
    if other_low > high or low > other_high:
        return "impossible"
    tighter = other_low >= low and other_high <= high and {*other.years} >= {*ours.years}
    wider = other_low <= low and other_high >= high and {*other.years} <= {*ours.years}
    if tighter or wider:
        return "restated" if tighter and wider else "stricter" if tighter else "looser"
    return None


def restatements(dataset: Dataset) -> list[Finding]:
    """Every other promise for the indicator of a target, or for an item that the target's is a part of.

    Parameters
    ----------
    dataset : Dataset
        Goals stated and targets adopted after its as-of date are left out. A clause is not compared with further
        readings of it.
    """
    targets = [each for each in dataset.plan.targets if each.reading_of is None]
    promises = {each.id: _of_target(dataset, each) for each in targets}
    stated: dict[Promise, list[str]] = {}
    for name, promise in promises.items():
        if promise is not None:
            stated.setdefault(promise, []).append(name)
    for each in dataset.plan.goals:
        if (said := _of_goal(each)) is not None:
            stated.setdefault(said, []).append(_document(dataset, each))
    found, seen, wholes = list[Finding](), set[str](), tree(dataset)
    for target in targets:
        seen.add(target.id)  # a pair of targets is told once, by the first of them
        ours = promises[target.id]
        for other, origins in stated.items():
            others = [each for each in origins if each not in seen]
            if ours is not None and others and (target.counted or not promises.keys().isdisjoint(others)):
                found += _compared(dataset, target, (ours, other), others, wholes)
    return found


def _compared(
    dataset: Dataset, target: Target, pair: tuple[Promise, Promise], others: list[str], wholes: Mapping[str, str]
) -> list[Finding]:
    ours, other = pair
    if ours.indicator == other.indicator:
        lasting = dataset.indicator(ours.indicator).kind in {"level", "share", "stock"}
        outcome = relation(ours, other, lasting=lasting and not target.years)
    else:
        outcome = "impossible" if _overfull(dataset, *pair, wholes) or _overfull(dataset, *pair[::-1], wholes) else None
    if outcome is None:
        return []
    word, source = _WORDS[outcome], (listed(others, "zh"), listed(others, "en"))
    name = Bilingual("", "")
    if ours.indicator != other.indicator:
        full = dataset.indicator(other.indicator).name
        name = Bilingual(full.zh, f"{full.en}, ")
    why = _difference(ours, other) if outcome in {"stricter", "looser"} else Bilingual("", "")
    sentence = Bilingual(
        f"{target.label.zh}（{target.id}）：{ours.words.zh}；{source[0]}：{name.zh}{other.words.zh}，{why.zh}{word.zh}。",
        f"{target.label.en} ({target.id}): {ours.words.en}; {source[1]}: {name.en}{other.words.en}, {why.en}{word.en}.",
    )
    ids = (target.id, *(each for each in others if any(each == known.id for known in dataset.plan.targets)))
    base = dataset.value(ours.indicator, target.baseline) if target.baseline else None
    way = f"{target.id}: {target.value:g} x {cite(base)}" if base is not None else target.id
    numbers = Number("ours", ours.value, ours.unit, way), Number("other", other.value, other.unit, source[1])
    return [Finding("goal", outcome, ids, sentence, numbers, dataset.as_of)]


def _difference(ours: Promise, other: Promise) -> Bilingual:
    """In what a stricter or looser promise differs."""
    more, later = other.value - ours.value, other.years[-1] - ours.years[-1]
    zh, en = list[str](), list[str]()
    if more:
        zh.append("数更高" if more > 0 else "数更低")
        en.append("a higher figure" if more > 0 else "a lower figure")
    if later:
        zh.append("期限更晚" if later > 0 else "期限更早")
        en.append("later" if later > 0 else "earlier")
    if not zh:
        return Bilingual("只在恰好等于该数时有别，", "different only at exactly that figure, ")
    return Bilingual(f"{'、'.join(zh)}，", f"{' and '.join(en)}, so ")


def _overfull(dataset: Dataset, part: Promise, whole: Promise, wholes: Mapping[str, str]) -> bool:
    """Whether a part is promised more than all of what holds it may be, in a common year."""
    if part.unit != whole.unit or part.vague or whole.vague or not {*part.years} & {*whole.years}:
        return False
    inner, outer = (dataset.indicators.get(each.indicator) for each in (part, whole))
    names = part.indicator, whole.indicator
    if inner and outer and inner.denominator is not None and inner.denominator == outer.denominator:
        names = inner.numerator or "", outer.numerator or ""
    return names[1] in lineage(names[0], wholes)[1:] and part.bounds[0] > whole.bounds[1]


def _of_target(dataset: Dataset, target: Target) -> Promise | None:
    """A target's promise; a multiple becomes a level where its baseline is published."""
    if not target.assessable or target.indicator is None or target.comparator is None or target.value is None:
        return None
    value, unit = target.value, target.unit or ""
    base = dataset.value(target.indicator, target.baseline) if target.baseline else None
    if target.measure == "multiple_of_baseline" and base is not None and base.value:
        value, unit = value * base.value, base.unit
    width = max(target.tolerance) if target.tolerance else None
    return Promise(target.indicator, target.years or (target.deadline or 0,), target.comparator, value, unit, width)


def _document(dataset: Dataset, goal: Goal) -> str:
    """Publisher and date of the document that states a goal, with the id of the source."""
    source = dataset.sources.get(goal.source)
    publisher = source.publisher.removesuffix(" (repost)") if source else ""
    return f"{' '.join(filter(None, (publisher, goal.stated or 'undated')))} [{goal.source}]"


def _of_goal(said: Goal) -> Promise | None:
    comparator = next((each for each in COMPARATORS if each == said.comparator), None)
    period = parse_period(said.period)
    if comparator is None or said.value is None or period is None:
        return None
    years = (period.year,) if period.part == "year" else ()
    return Promise(said.indicator, years, comparator, said.value, said.unit)
