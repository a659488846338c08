"""What stands beside a verdict: other readings of the deadline, and related figures that do not settle it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qdecon.plan import Bilingual
from qdecon.verdict.wording import amount, inside, joined, listed, when

if TYPE_CHECKING:
    from qdecon.data import Dataset, Observation
    from qdecon.plan import Language, Target

_MARKS = {
    "more_than": Bilingual("超过", "more than "),
    "at_least": Bilingual("至少", "at least "),
    "about": Bilingual("约", "about "),
    "expected": Bilingual("预计", "expected "),
}


def other_deadlines(dataset: Dataset, target: Target) -> Bilingual | None:
    """Further readings of the same clause, and goals to which a later document moved it."""
    readings = [other for other in dataset.plan.targets if other.reading_of == target.id]
    successors = [other for other in dataset.plan.targets if other.successor_of == target.id]
    dated = [other for other in readings if other.deadline is not None]
    undated = [other.id for other in readings if other.deadline is None]
    parts: list[Bilingual | None] = []
    if undated:
        parts.append(
            Bilingual(f"另一种读法见{listed(undated, 'zh')}。", f"For another reading see {listed(undated, 'en')}.")
        )
    if dated:
        years = [str(other.deadline) for other in dated]
        ids = [other.id for other in dated]
        parts.append(
            Bilingual(
                f"期限也可读作{listed(years, 'zh')}年（见{listed(ids, 'zh')}）。",
                f"The deadline can also be read as {listed(years, 'en')} (see {listed(ids, 'en')}).",
            )
        )
    if successors:
        years = [str(other.deadline) for other in successors]
        ids = [other.id for other in successors]
        parts.append(
            Bilingual(
                f"后来的文件另提{listed(years, 'zh')}年的目标（见{listed(ids, 'zh')}），不是本条的读法。",
                f"Later documents set the goal for {listed(years, 'en')} (see {listed(ids, 'en')}): successors, not readings.",
            )
        )
    return joined(*parts) if parts else None


def related_figures(dataset: Dataset, target: Target, most: int = 3) -> Bilingual | None:
    """The latest published figures of related indicators, and figures of the target's own indicator judged wrong."""
    if target.indicator is None:
        return None
    indicator = dataset.indicator(target.indicator)
    found: list[tuple[Bilingual, Observation]] = []
    for name in indicator.related:
        known = [
            item
            for item in dataset.observations
            if item.indicator == name and item.value is not None and item.use in ("yes", "context")
        ]
        yearly = [item for item in known if item.period.part == "year" and item.year <= (target.deadline or item.year)]
        known = sorted(yearly or known, key=lambda item: (item.year, item.period.month))
        found += [(dataset.indicator(name).name, item) for item in known[-most:]]
    told = (
        Bilingual(
            f"已公布的相关数字：{listed([_words(*each, 'zh') for each in found], 'zh')}；它们不能核对该目标。",
            f"Related figures: {listed([_words(*each, 'en') for each in found], 'en')}; they do not settle the target.",
        )
        if found
        else None
    )
    rejected = [
        item
        for item in dataset.observations
        if item.indicator == target.indicator and item.use == "rejected" and item.value
    ]
    refused = (
        Bilingual(
            f"流传的{listed([_words(indicator.name, item, 'zh') for item in rejected], 'zh')}经核对不可信，未采用。",
            f"A figure in circulation, {listed([_words(indicator.name, item, 'en') for item in rejected], 'en')}, was checked and "
            "rejected.",
        )
        if rejected
        else None
    )
    return joined(told, refused) if told or refused else None


def _words(name: Bilingual, item: Observation, language: Language) -> str:
    mark = _MARKS.get(item.qualifier, Bilingual("", ""))[language]
    value = f"{mark}{amount(item.value or 0, item.unit, language)}"
    stated = when(item.period)[language]
    return f"{name.zh}{value}（{stated}）" if language == "zh" else f"{inside(name.en)} {value} ({stated})"
