"""A level that was published for a part of its year only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qdecon.plan import Bilingual
from qdecon.projection.partyear import student
from qdecon.verdict.evidence import Evidence
from qdecon.verdict.record import Interval
from qdecon.verdict.wording import amount, chance, joined, listed, months, plain, reaching

if TYPE_CHECKING:
    from qdecon.data import Dataset, Observation
    from qdecon.plan import Comparator, Target
    from qdecon.projection.partyear import Nowcast


def nowcast_sentence(
    dataset: Dataset,
    made: Nowcast,
    value: float | None = None,
    comparator: Comparator = "at_least",
    tolerance: float | None = None,
) -> Bilingual:
    """A nowcast as a reporter may quote it: the part known, what it is carried by, the range, and a chance if asked.

    Parameters
    ----------
    dataset : Dataset
        The one that the nowcast was made from.
    made : Nowcast
    value : float, optional
        In the unit of the figure: the chance that the year satisfies ``comparator`` is told too.
    comparator : {"at_least", "more_than", "at_most", "about"}
    tolerance : float, optional
        Width to either side for ``about``.

    Raises
    ------
    NotAvailable
        If ``about`` has no tolerance.

    Examples
    --------
    >>> import qdecon as qd
    >>> from qdecon.projection.partyear import nowcast
    >>> city = qd.load("qingdao", as_of="2024-08-01")
    >>> print(nowcast_sentence(city, nowcast(city, "gdp", 2024), 17000).en.split(". ")[2])
    The chance that the year reaches 1,700 billion yuan is 44 in 100
    """
    part, name, covered = made.part, dataset.indicator(made.part.indicator).name, months(made.part.period.month)
    zh = [amount(each, part.unit, "zh", 1 if made.rates else 0) for each in made.predictive.quantiles]
    en = [amount(each, part.unit, "en", 1) for each in made.predictive.quantiles]
    label = next((basis.label for basis in dataset.bases if basis.id == part.basis), None)
    basis = Bilingual(f"（{label.zh}）", f" (statistical basis: {label.en})") if label else Bilingual("", "")
    known = Bilingual(
        f"{name.zh}{part.year}年全年数尚未公布；{covered.zh}为{amount(part.value or 0, part.unit, 'zh')}{basis.zh}。",
        f"{name.en} for {part.year} has not been published; {covered.en} gave {amount(part.value or 0, part.unit, 'en')}{basis.en}.",
    )
    steps = [(each.year, f"{each.step:+.1f}" if made.rates else f"{each.step:.3f}") for each in made.past]
    told_zh = listed([f"{year}年{step}" for year, step in steps], "zh")
    told_en = listed([f"{step} in {year}" for year, step in steps], "en")
    if made.rates:
        carried = Bilingual(
            f"以同期增速为全年的中心，按此前全年与同期增速相差的百分点（{told_zh}）推算，80%区间为{zh[1]}至{zh[2]}，共依据{len(steps)}个年份。",
            f"If the year grows as that part did, give or take the percentage points by which the two differed before ({told_en}), "
            f"the 80% interval is {en[1]} to {en[2]}; it rests on {len(steps)} past years.",
        )
    else:
        carried = Bilingual(
            f"按此前全年与同期之比（{told_zh}）推算，全年约{zh[0]}，80%区间为{zh[1]}至{zh[2]}，共依据{len(steps)}个年份。",
            f"Past ratios of year to part ({told_en}) put the year at about {en[0]}, with an 80% interval of {en[1]} to {en[2]}; "
            f"that rests on {len(steps)} past years.",
        )
    asked = None
    if value is not None:
        words, aim = (
            chance(made.predictive.chance(value, comparator, tolerance)),
            reaching(value, part.unit, comparator),
        )
        asked = Bilingual(f"全年{aim.zh}的可能性{words.zh}。", f"The chance that the year {aim.en} is {words.en}.")
    caution = (
        Bilingual("若全年数改换口径，则不可比。", "A figure on another basis would not be comparable.")
        if label
        else None
    )
    return joined(known, carried, asked, caution)


def from_partial_year(dataset: Dataset, target: Target) -> Evidence | None:
    """A level known for a part of its year, carried to the year by the ratios of the whole of which it is a part.

    Ratios year / part-year of the parent stand in for those of the part, which has none; the predictive distribution is that
    of :mod:`qdecon.projection.partyear`.
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
    crossing: list[str] = []
    for item in dataset.partial(parent):
        whole = _same_or_newest(dataset, parent, item)
        if item.period.month == part.period.month and whole is not None and item.value and whole.value:
            ratios[item.year] = whole.value / item.value
            used += [item, whole]
            crossing += [str(item.year)] if whole.basis != item.basis else []
    if len(ratios) < 2 or part.value is None:
        return None
    year = student(list(ratios.values()), factor=part.value, least=part.value)
    tolerance = target.tolerance[0] if target.tolerance else None
    probability = year.chance(target.value, target.comparator or "at_least", tolerance)
    low, high = part.value * min(ratios.values()), part.value * max(ratios.values())
    sentence = _sentence(dataset, target, part, ratios, (low, high), probability)
    across = Bilingual(
        f"其中{listed(crossing, 'zh')}年的比值跨两个统计口径。",
        f"The ratio of {listed(crossing, 'en')} crosses two statistical bases.",
    )
    finding = _share_finding(dataset, target, part, parent)
    told = joined(sentence, across if crossing else None, finding)
    return Evidence(probability, told, tuple(dict.fromkeys(used)), Interval(*year.quantiles))


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
    """Annual figure of the part's year, on the part's basis if that is published, else on the newest.

    In a year whose annual release moves to a new basis, so does the figure looked for: the ratio of that year crosses over
    as the figure does.
    """
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
