"""A multiple of a baseline that was never published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qdecon.plan import Bilingual
from qdecon.verdict.evidence import Evidence
from qdecon.verdict.frequency import posterior
from qdecon.verdict.wording import amount, chance, percent

if TYPE_CHECKING:
    from qdecon.data import Dataset
    from qdecon.plan import Target


def from_missing_baseline(dataset: Dataset, target: Target) -> Evidence | None:
    """A multiple whose baseline was never published: what the baseline could have been, beside the nearest known year.

    Needs a figure of the year before the baseline. The multiple is met only if the count fell since; the chance of such a
    fall is read from the yearly steps of the city's other counts in the same unit (Jeffreys posterior).
    """
    if target.measure != "multiple_of_baseline" or target.indicator is None or not target.value:
        return None
    now = dataset.value(target.indicator, target.deadline or 0)
    if now is None or not now.value:
        return None
    before = dataset.value(target.indicator, (target.baseline or 0) - 1, now.basis)
    if before is None or not before.value:
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
