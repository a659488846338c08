"""Judging one target: settled by a figure or a bound, foreseen, weighed though unpublished, or not assessable."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qdecon.errors import NotAvailable
from qdecon.plan import Bilingual
from qdecon.verdict.ceiling import settled_by_bound
from qdecon.verdict.context import other_deadlines, related_figures
from qdecon.verdict.multiple import unprojected, unsettled
from qdecon.verdict.outlook import foresee, required_growth, status_of
from qdecon.verdict.published import cited, due, figure, settle, weakest
from qdecon.verdict.record import Verdict
from qdecon.verdict.trajectory import trajectory
from qdecon.verdict.unpublished import weigh
from qdecon.verdict.wording import amount, day, goal, joined, percent
from qdecon.verdict.yearly import every_year

if TYPE_CHECKING:
    from qdecon.data import Dataset, Observation
    from qdecon.plan import Target


def assess(dataset: Dataset, target_id: str) -> Verdict:
    """Judge one target on what was known on the dataset's as-of date.

    Parameters
    ----------
    dataset : Dataset
        From :func:`qdecon.load`.
    target_id : str
        For instance ``"t06"``; a second reading or a successor has its deadline as suffix, ``"t06-2028"``.

    Returns
    -------
    Verdict

    Raises
    ------
    UnknownName
        If the plan has no such target on that date.

    Examples
    --------
    >>> import qdecon as qd
    >>> verdict = qd.assess(qd.load("qingdao"), "t29")
    >>> verdict.status, verdict.value
    ('met', 709.58)
    """
    verdict = _judged(dataset, dataset.plan.target(target_id))
    drawn = () if verdict.trajectory is None else verdict.trajectory.observed["source"][::-1]
    return replace(
        verdict,
        sentence=joined(verdict.sentence, other_deadlines(dataset, verdict.target)),
        place=dataset.plan.place,
        credits=tuple(
            dataset.sources[name] for name in dict.fromkeys((*verdict.sources, *drawn)) if name in dataset.sources
        ),
    )


def _judged(dataset: Dataset, target: Target) -> Verdict:
    if not target.assessable:
        return Verdict(target, "not_assessable", dataset.as_of, _with_label(target, target.reason))
    if target.years:
        return every_year(dataset, target)
    if target.measure == "multiple_of_baseline" and (told := unsettled(dataset, target)) is not None:
        return told
    found = figure(dataset, target, target.deadline or 0)
    if found is not None:
        status, sentence = settle(dataset, target, found)
        return Verdict(
            target, status, dataset.as_of, sentence, value=found.value, evidence=weakest(found.used),
            sources=cited(found.used), trajectory=trajectory(dataset, target),
        )  # fmt: skip
    bound = settled_by_bound(dataset, target)
    if bound is not None:
        return Verdict(
            target, "missed", dataset.as_of, bound.sentence, evidence="derived", sources=cited(bound.used),
            trajectory=trajectory(dataset, target),
        )  # fmt: skip
    return _silent(dataset, target) if due(target.deadline or 0, dataset.as_of) else _ahead(dataset, target)


def _with_label(target: Target, reason: Bilingual) -> Bilingual:
    return Bilingual(f"{target.label.zh}：{reason.zh}", f"{target.label.en}: {reason.en}")


def _ahead(dataset: Dataset, target: Target) -> Verdict:
    """The figure is still to come."""
    evidence = weigh(dataset, target)
    if evidence is not None and evidence.probability is not None:
        return Verdict(
            target, status_of(evidence.probability), dataset.as_of, evidence.sentence, evidence.probability, "forecast",
            projected=evidence.projected, required_growth=required_growth(dataset, target),
            evidence="derived", sources=cited(evidence.used),
            trajectory=trajectory(dataset, target, partial=evidence.projected),
        )  # fmt: skip
    try:
        outlook = foresee(dataset, target)
    except NotAvailable:
        return _too_little(dataset, target)
    return Verdict(
        target, outlook.status, dataset.as_of, outlook.sentence, outlook.probability, "forecast",
        projected=outlook.interval, required_growth=required_growth(dataset, target),
        evidence=weakest(outlook.used), sources=cited(outlook.used),
        trajectory=trajectory(dataset, target, outlook.projection),
    )  # fmt: skip


def _too_little(dataset: Dataset, target: Target) -> Verdict:
    count = len(dataset.annual(target.indicator or ""))
    latest = dataset.latest(target.indicator or "")
    few = unprojected(dataset, target) or Bilingual(
        f"截至{day(dataset.as_of).zh}仅知{count}个年度数字，也没有可比地区的同类序列，无法判断。",
        f"as of {day(dataset.as_of).en} {count or 'no'} annual figure{'' if count == 1 else 's'} "
        f"{'is' if count == 1 else 'are'} known and no comparable places publish the series: not assessable.",
    )
    sentence = joined(_with_label(target, _unconnected(dataset, latest) or few), _gap_to_target(dataset, target))
    used = (latest,) if latest else ()
    return Verdict(
        target, "not_assessable", dataset.as_of, sentence, required_growth=required_growth(dataset, target),
        evidence=weakest(used), sources=cited(used), trajectory=trajectory(dataset, target),
    )  # fmt: skip


def _unconnected(dataset: Dataset, latest: Observation | None) -> Bilingual | None:
    """Whether the latest figure stands on another basis than the one before, with nothing yet to form growth by."""
    if latest is None or any(step.year == latest.year for step in dataset.growth_steps(latest.indicator)):
        return None
    if all(year != latest.year - 1 for year, _ in dataset.annual(latest.indicator)):
        return None
    when, year = day(dataset.as_of), latest.year
    return Bilingual(
        f"{year}年的数字与{year - 1}年不在同一统计口径上，截至{when.zh}实际增速或可用的平减指数尚未公布，算不出增速，暂无法判断。",
        f"the figure of {year} is not on the statistical basis of {year - 1}, and as of {when.en} real growth or a deflator by "
        "which growth could be formed was not published yet: not assessable for now.",
    )


def _silent(dataset: Dataset, target: Target) -> Verdict:
    """The deadline has passed and no figure was published: never turned silently into met or missed."""
    evidence = weigh(dataset, target)
    if evidence is not None:
        name = dataset.indicator(target.indicator or "").name
        head = Bilingual(
            f"{name.zh}{target.deadline}年的数字没有公布。", f"{name.en} for {target.deadline} was not published."
        )
        told = None if evidence.says_unpublished else head
        return Verdict(
            target, "not_published", dataset.as_of, joined(told, evidence.sentence), evidence.probability,
            "unpublished_outcome" if evidence.probability is not None else None, projected=evidence.projected,
            evidence="derived", sources=cited(evidence.used),
            trajectory=trajectory(dataset, target, partial=evidence.projected),
        )  # fmt: skip
    aim = goal(target.value or 0, target.unit or "", target.comparator)
    head = Bilingual(
        f"{target.label.zh}：目标{target.deadline}年{aim.zh}，截至{day(dataset.as_of).zh}没有公布可核对的数字，也没有足以推断的证据。",
        f"{target.label.en}: the target was {aim.en} in {target.deadline}; as of {day(dataset.as_of).en} no figure that could "
        "settle it was published, and nothing allows a probability.",
    )
    latest = dataset.latest(target.indicator or "")
    related = related_figures(dataset, target)
    used = (latest,) if latest else ()
    return Verdict(
        target, "not_published", dataset.as_of, joined(head, _gap_to_target(dataset, target), related),
        required_growth=required_growth(dataset, target), evidence=weakest(used), sources=cited(used),
        trajectory=trajectory(dataset, target),
    )  # fmt: skip


def _gap_to_target(dataset: Dataset, target: Target) -> Bilingual | None:
    latest, growth = dataset.latest(target.indicator or ""), required_growth(dataset, target)
    if latest is None or latest.value is None or growth is None:
        return None
    many = (target.deadline or 0) - latest.year
    each = Bilingual("" if many == 1 else "年均", "" if many == 1 else " a year")
    return Bilingual(
        f"最近的数字是{latest.year}年{amount(latest.value, latest.unit, 'zh')}，达标需{each.zh}增长{percent(growth)}。",
        f"The latest figure is {amount(latest.value, latest.unit, 'en')} in {latest.year}; the target needs {percent(growth)}"
        f"{each.en} from there.",
    )
