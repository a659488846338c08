"""A multiple of a baseline that no published pair of figures settles: apart on two bases, or still ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from qdecon.errors import NotAvailable
from qdecon.plan import Bilingual
from qdecon.projection import FEWEST, project, run_of_changes
from qdecon.verdict.linking import Link, apart, linked
from qdecon.verdict.outlook import met_in, status_of
from qdecon.verdict.published import cited, due, weakest
from qdecon.verdict.record import STATUS_WORDS, Interval, Verdict
from qdecon.verdict.wording import chance, joined, percent, plain, reaching

if TYPE_CHECKING:
    from qdecon.data import Dataset
    from qdecon.plan import Target
    from qdecon.projection import Projection


def unsettled(dataset: Dataset, target: Target) -> Verdict | None:
    """Judge a multiple without a published figure of its own.

    Parameters
    ----------
    dataset : Dataset
    target : Target
        Of measure ``multiple_of_baseline``.

    Returns
    -------
    Verdict or None
        Not assessable where both figures are published on bases that nothing links; a forecast of the multiple where the
        deadline is ahead and the latest figure is linked to the baseline. None where the figures settle it, or where one
        is missing: then it is judged like any other target.
    """
    name, first, last = target.indicator or "", target.baseline or 0, target.deadline or 0
    if linked(dataset, name, first, last) is not None:
        return None
    if (reason := apart(dataset, name, first, last)) is not None:
        return _apart(dataset, target, reason, (first, last))
    latest = dataset.latest(name)
    if latest is None or not latest.value or latest.year >= last or due(last, dataset.as_of):
        return None
    link = _to_latest(dataset, target)
    if link is None and first < latest.year:
        reason = apart(dataset, name, first, latest.year)
        return None if reason is None else _apart(dataset, target, reason, (first, latest.year))
    try:
        projection = project(dataset, name, last)
    except NotAvailable:
        far = unprojected(dataset, target)
        return None if far is None else _apart(dataset, target, far, (first, latest.year))
    base = latest.value / link.ratio if link is not None else projection.at(first)
    outcomes = projection.at(last) / base
    points = np.quantile(outcomes, [0.5, 0.1, 0.9, 0.025, 0.975]).tolist()
    interval, probability = Interval(*points), met_in(outcomes, target)
    used = (latest,) if link is None else link.used or (latest,)
    growth = _needed(target, link, latest.year)
    return Verdict(
        target, status_of(probability), dataset.as_of,
        _sentence(dataset, target, probability, interval, growth, projection, link),
        probability, "forecast", projected=interval, required_growth=growth, evidence=weakest(used), sources=cited(used),
    )  # fmt: skip


def _apart(dataset: Dataset, target: Target, reason: Bilingual, years: tuple[int, int]) -> Verdict:
    items = (dataset.value(target.indicator or "", year) for year in years)
    used = tuple(item for item in items if item is not None)
    head = Bilingual(f"{target.label.zh}：", f"{target.label.en}: ")
    return Verdict(
        target, "not_assessable", dataset.as_of, Bilingual(head.zh + reason.zh, head.en + reason.en),
        evidence=weakest(used), sources=cited(used),
    )  # fmt: skip


def unprojected(dataset: Dataset, target: Target) -> Bilingual | None:
    """Why a series that comparable places publish cannot be projected: too short a run, or too far a deadline."""
    latest, count = dataset.latest(target.indicator or ""), len(run_of_changes(dataset, target.indicator or ""))
    if latest is None or count == 0 or target.indicator not in dataset.peers.cities.levels:
        return None
    if count < FEWEST:
        return Bilingual(
            f"到{latest.year}年为止，能在同一口径内连续计算的年度变动只有{count}个，少于预测所需的{FEWEST}个，无法判断。",
            f"only {count} yearly change{'' if count == 1 else 's'} up to {latest.year} can be formed without a gap inside "
            f"bases, fewer than the {FEWEST} that a projection needs: not assessable.",
        )
    ahead = (target.deadline or 0) - latest.year
    return Bilingual(
        f"期限在最近数字之后{ahead}年，可比地区还没有这样长的以往预测误差可依据，无法判断。",
        f"the deadline lies {ahead} years beyond the latest figure, farther than past errors in comparable places reach: "
        "not assessable.",
    )


def _to_latest(dataset: Dataset, target: Target) -> Link | None:
    """The latest figure as a multiple of the baseline; None if the baseline is later, or not linked to it."""
    latest = dataset.latest(target.indicator or "")
    if latest is None or target.baseline is None:
        return None
    if target.baseline == latest.year:
        return Link(1.0, (latest,), latest, latest)
    return linked(dataset, target.indicator or "", target.baseline, latest.year)


def _needed(target: Target, link: Link | None, latest: int) -> float | None:
    """Yearly growth from the latest figure, or from a later baseline, to the multiple."""
    start, done = (latest, link.ratio) if link is not None else (target.baseline or 0, 1.0)
    if not target.value or target.value <= 0:
        return None
    return float((target.value / done) ** (1 / ((target.deadline or 0) - start)) - 1)


def _sentence(
    dataset: Dataset,
    target: Target,
    probability: float,
    interval: Interval,
    growth: float | None,
    projection: Projection,
    link: Link | None,
) -> Bilingual:
    indicator, words = dataset.indicator(target.indicator or ""), chance(probability)
    verdict, aim = (
        STATUS_WORDS[status_of(probability)],
        reaching(target.value or 0, target.unit or "", target.comparator),
    )
    name, base, start = indicator.name, target.baseline, projection.years[0] - 1
    head = Bilingual(
        f"{name.zh}{target.deadline}年与{base}年之比{aim.zh}的可能性{words.zh}：{verdict.zh}。",
        f"The chance that {name.en} in {target.deadline} {aim.en} that of {base} is {words.en}: {verdict.en}.",
    )
    done = None
    if link is not None and start != base:
        done = Bilingual(
            f"{start}年已为{base}年的{link.ratio:.2f}倍。", f"By {start} it had come to {link.ratio:.2f} times."
        )
    need = None
    if growth is not None:
        kind = (
            Bilingual("名义增长", "nominal growth")
            if indicator.price_basis == "current"
            else Bilingual("增长", "growth")
        )
        origin = start if link is not None else base
        need = Bilingual(
            f"从{origin}年起需年均{kind.zh}{percent(growth)}。",
            f"From {origin} it needs {percent(growth)} {kind.en} a year.",
        )
    errors = Bilingual(
        "误差取自同一模型对其他地方的以往预测", "errors: what the same model got wrong elsewhere"
    ) if projection.own else Bilingual(
        "误差取自同一模型在公开年度序列上的表现", "errors: those of the same model on public annual series"
    )  # fmt: skip
    low, high, middle = plain(interval.lo80), plain(interval.hi80), plain(interval.median)
    ahead = Bilingual(
        f"预测中位数{middle}倍，80%区间{low}—{high}倍（{errors.zh}）。",
        f"The median projection is {middle} times, the 80% interval {low}-{high} ({errors.en}).",
    )
    return joined(head, done, need, ahead)
