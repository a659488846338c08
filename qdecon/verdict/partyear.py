"""A level that was published for a part of its year only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from qdecon.plan import Bilingual
from qdecon.verdict.evidence import Evidence
from qdecon.verdict.record import Interval
from qdecon.verdict.wording import amount, chance, joined, months, plain

if TYPE_CHECKING:
    from qdecon.data import Dataset, Observation
    from qdecon.plan import Target


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
    sentence = _sentence(dataset, target, part, ratios, (low, high), probability)
    finding = _share_finding(dataset, target, part, parent)
    interval = Interval(at(0.5), at(0.1), at(0.9), at(0.025), at(0.975))
    return Evidence(probability, joined(sentence, finding), tuple(dict.fromkeys(used)), interval)


def _sentence(
    dataset: Dataset,
    target: Target,
    part: Observation,
    ratios: dict[int, float],
    span: tuple[float, float],
    probability: float,
) -> Bilingual:
    """The part, the ratios, the range they give, and the chance."""
    name = dataset.indicator(part.indicator).name
    parent = dataset.indicator(dataset.indicator(part.indicator).parent or "").name
    covered, words, unit, aim = months(part.period.month), chance(probability), part.unit, target.value or 0.0
    short = span[1] < aim
    listed_zh = "、".join(f"{year}年{ratio:.3f}" for year, ratio in ratios.items())
    listed_en = ", ".join(f"{ratio:.3f} in {year}" for year, ratio in ratios.items())
    return Bilingual(
        f"{name.zh}{part.year}年全年数没有公布；{covered.zh}为{amount(part.value or 0, unit, 'zh')}，按{parent.zh}全年与同期之比（{listed_zh}）"
        f"推算，全年为{plain(span[0], 0)}—{amount(span[1], unit, 'zh', 0)}，{'低于' if short else '对照'}目标{amount(aim, unit, 'zh')}；"
        f"比值只有{len(ratios)}个，留出余地后达到的可能性{words.zh}。",
        f"{name.en} for {part.year} has not been published; {covered.en} gave {amount(part.value or 0, unit, 'en')}, and the ratio of "
        f"year to part-year of {parent.en.lower()} ({listed_en}) puts the year between {amount(span[0], unit, 'en', 1)} and "
        f"{amount(span[1], unit, 'en', 1)}, {'short of' if short else 'against'} the target of {amount(aim, unit, 'en')}; with only "
        f"{len(ratios)} ratios to go by, the chance of meeting it is {words.en}.",
    )


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
