"""Targets whose deadline lies ahead: a probability from projected paths, and what would have to happen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qdecon.plan import Bilingual
from qdecon.projection import Projection, project
from qdecon.verdict.record import OFF_TRACK, ON_TRACK, Interval, Status
from qdecon.verdict.wording import amount, chance, percent, plain, reaching

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qdecon.data import Dataset, Observation
    from qdecon.plan import Target


@dataclass(frozen=True)
class Outlook:
    """A forecast verdict in parts."""

    probability: float
    status: Status
    sentence: Bilingual
    projection: Projection
    interval: Interval
    used: tuple[Observation, ...]


def status_of(probability: float) -> Status:
    """On track from 0.8, off track up to 0.2, uncertain between.

    Examples
    --------
    >>> status_of(0.8), status_of(0.5), status_of(0.2)
    ('on_track', 'uncertain', 'off_track')
    """
    if probability >= ON_TRACK:
        return "on_track"
    return "off_track" if probability <= OFF_TRACK else "uncertain"


def met_in(outcomes: NDArray[np.float64], target: Target) -> float:
    """Share of outcomes that satisfy the comparator.

    Parameters
    ----------
    outcomes : ndarray, shape (n,)
        In the unit of the target.
    """
    value = target.value or 0.0
    match target.comparator:
        case "more_than":
            return float(np.mean(outcomes > value))
        case "at_most":
            return float(np.mean(outcomes <= value))
        case "about":
            return float(np.mean(np.abs(outcomes - value) <= target.tolerance[0]))
        case _:
            return float(np.mean(outcomes >= value))


def required_growth(dataset: Dataset, target: Target) -> float | None:
    """Yearly growth from the latest figure to the target, as a fraction; None where that makes no sense.

    Examples
    --------
    >>> import qdecon as qd
    >>> city = qd.load("qingdao")
    >>> round(required_growth(city, city.plan.target("t06")), 3)
    0.139
    """
    if target.measure != "level" or target.indicator is None or target.deadline is None or target.value is None:
        return None
    latest = dataset.latest(target.indicator)
    if latest is None or not latest.value or latest.year >= target.deadline or min(latest.value, target.value) <= 0:
        return None
    if dataset.indicator(target.indicator).kind == "rate":  # a rate has no growth from here to there
        return None
    return float((target.value / latest.value) ** (1 / (target.deadline - latest.year)) - 1)


def foresee(dataset: Dataset, target: Target) -> Outlook:
    """Judge a level target ahead by projected paths.

    Raises
    ------
    NotAvailable
        If the indicator cannot be projected.
    """
    projection = project(dataset, target.indicator or "", target.deadline or 0)
    probability = met_in(projection.at(target.deadline or 0), target)
    interval = Interval(*projection.quantiles(target.deadline or 0))
    status = status_of(probability)
    latest = dataset.latest(target.indicator or "")
    used = (latest,) if latest else ()
    return Outlook(
        probability,
        status,
        _sentence(dataset, target, probability, status, projection, latest),
        projection,
        interval,
        used,
    )


_LEANS = {
    "on_track": Bilingual("在轨", "on track"),
    "off_track": Bilingual("偏离轨道", "off track"),
}


def _sentence(
    dataset: Dataset,
    target: Target,
    probability: float,
    status: Status,
    projection: Projection,
    latest: Observation | None,
) -> Bilingual:
    unit, year, name = target.unit or "", target.deadline, dataset.indicator(target.indicator or "").name
    aim, words = reaching(target.value or 0, unit, target.comparator), chance(probability)
    leaning = (
        Bilingual("倾向于完成", "leaning to met")
        if probability >= (ON_TRACK + OFF_TRACK) / 2
        else Bilingual("倾向于完不成", "leaning to missed")
    )
    verdict = _LEANS.get(status, Bilingual(f"不确定，{leaning.zh}", f"uncertain, {leaning.en}"))
    growth = required_growth(dataset, target)
    need = Bilingual("", "")
    if growth is not None and latest is not None and latest.value is not None:
        many = (year or 0) - latest.year
        each_zh = "" if many == 1 else "年均"
        each_en = "" if many == 1 else " a year"
        nominal = dataset.indicator(target.indicator or "").price_basis == "current"
        kind = Bilingual("名义增长", "nominal growth") if nominal else Bilingual("增长", "growth")
        need = Bilingual(
            f"{latest.year}年为{amount(latest.value, unit, 'zh')}，要达到需{each_zh}{kind.zh}{percent(growth)}；",
            f"From {amount(latest.value, unit, 'en')} in {latest.year} it needs {percent(growth)} {kind.en}{each_en}; ",
        )
    scale = 10 if unit == "亿元" else 1
    unit_en = "billion yuan" if unit == "亿元" else unit
    middle, low, high, _, _ = projection.quantiles(year or 0)
    errors = _errors(dataset, projection)
    short = projection.regime is not None and projection.regime.kind == "declared"
    regime = Bilingual(projection.regime.reason_zh, projection.regime.reason) if short and projection.regime else None
    return Bilingual(
        f"{name.zh}{year}年{aim.zh}的可能性{words.zh}：{verdict.zh}。{need.zh}预测中位数{plain(middle, 0)}{unit}，"
        f"80%区间{plain(low, 0)}—{plain(high, 0)}{unit}（{errors.zh}）。" + (f"{regime.zh}。" if regime else ""),
        f"The chance that {name.en} {aim.en} in {year} is {words.en}: {verdict.en}. {need.en}the median projection is "
        f"{plain(middle / scale, 1)} {unit_en}, the 80% interval {plain(low / scale, 1)}-{plain(high / scale, 1)} "
        f"({errors.en})." + (f" {regime.en[0].upper()}{regime.en[1:]}." if regime else ""),
    )


def _errors(dataset: Dataset, projection: Projection) -> Bilingual:
    """What the band rests on, and how often such bands held."""
    if not projection.own:
        return Bilingual(
            "没有可比地区公布同一指标，误差取自同一模型在公开年度序列上的表现",
            "no comparable place publishes it, so errors are those of the same model on public annual series",
        )
    others, abroad = (
        len(dataset.peers.cities.without([dataset.plan.place.zh]).places),
        len(dataset.peers.countries.places),
    )
    words = (
        Bilingual(
            f"误差取自同一模型对其他{others}个城市的以往预测，共同误差取自对{abroad}个国家的以往预测",
            f"errors: what the same model got wrong on {others} other cities and, in common, on {abroad} countries",
        )
        if projection.abroad
        else Bilingual(
            f"误差取自同一模型对其他{others}个城市和全国的以往预测",
            f"errors: what the same model got wrong on {others} other cities and the nation",
        )
    )
    held = dataset.peers.held("cities", len(projection.years))
    if held is None:
        return words
    return Bilingual(
        f"{words.zh}；这样的80%区间在{held.cases}次历史检验中覆盖了{100 * held.coverage80:.0f}%",
        f"{words.en}; such 80% intervals held in {100 * held.coverage80:.0f}% of {held.cases} past cases",
    )
