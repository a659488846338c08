"""What a figure of one target draws: observed values by basis, fan, needed path, ceilings and partial-year ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from qdecon.plan import Bilingual
from qdecon.verdict.record import Interval, Trajectory
from qdecon.verdict.wording import months

if TYPE_CHECKING:
    from qdecon.data import Dataset, Observation
    from qdecon.plan import Target
    from qdecon.projection import Projection

YEARS_SHOWN = 16
FINAL_AFTER = 2  # a first release counts as preliminary until the end of the following year


def trajectory(
    dataset: Dataset, target: Target, projection: Projection | None = None, partial: Interval | None = None
) -> Trajectory | None:
    """Gather the drawing of a level or share target; None where nothing can be drawn.

    ``partial`` is the range of the deadline's year estimated from a part of it.
    """
    if target.indicator is None or target.value is None or target.deadline is None:
        return None
    if target.measure not in ("level", "share"):
        return None
    indicator = dataset.indicator(target.indicator)
    cells = [
        (year, basis, item)
        for (year, basis), item in dataset.annual(target.indicator).items()
        if year > target.deadline - YEARS_SHOWN and item.value is not None
    ]
    bounds = dataset.ceilings(target.indicator)
    if not cells and not bounds and partial is None:
        return None
    extra: dict[str, Any] = {}
    if projection is not None:
        rows = [(year, *projection.quantiles(year)) for year in projection.years]
        extra["fan"] = pd.DataFrame(rows, columns=["year", "median", "lo80", "hi80", "lo95", "hi95"])
        if not projection.own:
            extra["errors"] = Bilingual("公开年度序列", "public annual series")
    latest = dataset.latest(target.indicator)
    if (
        latest is not None
        and latest.value is not None
        and latest.year < target.deadline
        and target.measure == "level"
        and min(latest.value, target.value) > 0
    ):
        span = target.deadline - latest.year
        ratio = target.value / latest.value
        needed = [(latest.year + step, latest.value * ratio ** (step / span)) for step in range(span + 1)]
        extra["needed"] = pd.DataFrame(needed, columns=["year", "value"])
    if bounds:
        cap = dataset.indicator(dataset.indicator(indicator.numerator or "").ceiling or "").name
        extra["bounds"] = pd.DataFrame(
            [(each.year, each.value, f"上限：全部{cap.zh}", f"ceiling: all {cap.en.lower()}") for each in bounds],
            columns=["year", "value", "label_zh", "label_en"],
        )
    parts = [item for item in dataset.partial(target.indicator) if item.year == target.deadline]
    if partial is not None and parts:
        part, covered = parts[-1], months(parts[-1].period.month)
        english = covered.en.removeprefix("the ")
        words = (
            f"全年，按{covered.zh}推算（80%区间）",
            f"The year, from its {english} (80% interval)",
            f"{covered.zh}，已公布",
            f"{english.capitalize()}, published",
        )
        extra["partial"] = pd.DataFrame(
            [(target.deadline, partial.lo80, partial.hi80, part.value, *words)],
            columns=["year", "lo", "hi", "part", "label_zh", "label_en", "part_zh", "part_en"],
        )
    return Trajectory(
        indicator=target.indicator,
        unit=target.unit or indicator.unit,
        name=indicator.name,
        observed=pd.DataFrame(
            [(year, item.value, basis, state(dataset, item), item.source) for year, basis, item in cells],
            columns=["year", "value", "basis", "state", "source"],
        ),
        target_year=target.deadline,
        target_value=target.value,
        **extra,
    )


def state(dataset: Dataset, item: Observation) -> str:
    """``derived``, ``preliminary`` (first release whose final verification is not due yet) or ``published``."""
    if item.evidence == "derived":
        return "derived"
    due = item.year + FINAL_AFTER
    if dataset.indicator(item.indicator).based and item.vintage in ("first", "retrieved") and dataset.as_of.year < due:
        return "preliminary"
    return "published"
