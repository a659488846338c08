"""On-track badges and qdecon's probabilities as forecasts of "target met", on the same targets of annual series."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from qdecon.replay import score_badges_across

if TYPE_CHECKING:
    from benchmarks.sets import Panel


@dataclass(frozen=True)
class Badge:
    """Scores of one forecaster on the targets of one set.

    Attributes
    ----------
    judged : float
        Share of the targets on which the badge says yes or no.
    hit_rate, brier_badge : float
        Of the badge as it is.
    brier, more, low, high : float
        Recalibrated, cross-fitted by tenths of the series; above qdecon's score, with a 95 % interval.
    """

    set: str
    protocol: str
    forecaster: str
    n: int
    rate: float
    judged: float
    hit_rate: float
    brier_badge: float
    brier: float
    more: float
    low: float
    high: float


@dataclass(frozen=True)
class Stated:
    """What qdecon's probabilities between two bounds came to, with a 95 % interval."""

    set: str
    low: float
    high: float
    n: int
    stated: float
    came: float
    came_low: float
    came_high: float


def scored(panel: Panel) -> tuple[list[Badge], list[Stated]]:
    """Score a panel; its test years are years like all others here."""
    series = [np.concatenate([past, ahead]) for past, ahead in zip(panel.past, panel.future, strict=True)]
    record = score_badges_across(panel.name, series)
    scores = record.scores("crossed").rename(columns={"panel": "set"})
    stated = record.reliability("crossed", "group").rename(columns={"panel": "set"})
    return (
        [Badge(**row) for row in scores[[field.name for field in fields(Badge)]].to_dict("records")],
        [Stated(**row) for row in stated.to_dict("records")],
    )
