"""UN ESCAP and the other UN regional commissions: current status and anticipated progress.

What it does: the current status says how much of the way from base to target is done, on a scale to 10. Anticipated
progress predicts the value at the deadline, recent years weighing more, and asks what part of the way will be missing.

Known weaknesses: a regression is not forced through the last value, which costs accuracy (28 % on yearly series of the
M3 competition). The regional commissions do not print which prediction serves which indicator; three are kept apart
here: weighted growth ratios for levels, a weighted line on the logit for shares, a weighted line on the values.

Traps: growth ratios are divided by the sum of all weights although the first year has a weight and no ratio, so that
growth is drawn towards zero, by a tenth for seven years with six to go; kept as it is in the code read. The same seven
numbers then give "maintain" by ratios and "accelerate" by the line. The weights divide by the years left: at or after
the deadline there is no prediction. A missing base year is not filled by the model here, as it is there.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from qdecon.rules.growth import no_aim, no_growth, no_way
from qdecon.rules.reading import Card

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qdecon.rules.reading import Course, Reading

SOURCE = "ESCAP, UNECE and ECA method pages; arithmetic from UNICEF MENARO, spalmas/SDG-MENARO"
GAP = "P = 100 d (y* - y_T) / |y* - y_b|, weights w_i = (T - t_1)/(T - t_i), "

CURRENT_STATUS = Card(
    rule="escap_current_status",
    body="UN ESCAP",
    quantity_name="way done, of 10",
    cutoffs=((10.0, "target met"), (-inf, "target not yet met")),
    formula="CSI = 10 d (y_t - y_b) / |y* - y_b|; 10 once the target is met",
    source=SOURCE,
    evidence="second-hand",
)
ANTICIPATED_PROGRESS = Card(
    rule="escap",
    body="UN ESCAP",
    quantity_name="gap at the deadline, % of the way from the base",
    cutoffs=((-inf, "maintain"), (10.0, "accelerate"), (100.0, "reverse")),
    formula=GAP + "y_T = y_t (PROD (y_i/y_(i-1))^w_i)^((T-t)/SUM w); shares: weighted line on the logit",
    source=SOURCE + "; cut-offs of the dashboard from memory, those of the code the same",
    evidence="second-hand",
)
ANTICIPATED_PROGRESS_LINEAR = replace(
    ANTICIPATED_PROGRESS, rule="escap_linear", formula=GAP + "y_T on the weighted regression line of the values"
)


def current_status(course: Course) -> Reading:
    """How much of the way from base to target is done, on a scale to 10.

    Formula ``CSI = 10 d (y_t - y_b) / |y* - y_b|``, 10 once the target is met, below 0 for a fall-back. Source: code of
    UNICEF MENARO, second-hand. A status is no forecast: it has no class but the target met or not, and says nothing
    about the pace unless it is met.

    Examples
    --------
    >>> from qdecon.rules.reading import Course
    >>> print(current_status(Course(np.array([2018, 2024]), np.array([100.0, 126.0]), "up", 160.0, 2030)))
    UN ESCAP: target not yet met (way done, of 10 4.33)
    """
    if course.reached:
        return CURRENT_STATUS.reading(10.0)
    if course.target is None:
        return CURRENT_STATUS.refused("there is no target")
    reason = no_way(course) or ("" if len(course.values) > 1 else "insufficient data: one value, not yet at the target")
    if reason:
        return CURRENT_STATUS.refused(reason)
    done = 10 * (course.last - course.first) / (course.target - course.first)
    return replace(CURRENT_STATUS.reading(round(done, 9)), on_track=None)


def anticipated_progress(course: Course) -> Reading:
    """The part of the way that will be missing at the deadline, by weighted growth or, for shares, on the logit.

    Formula ``P = 100 d (y* - y_T) / |y* - y_b|``, recent years weighing more by ``w_i = (T - t_1)/(T - t_i)``. Levels:
    the latest value grown on at the weighted geometric mean of the growth ratios, by the exponent ``(T-t)/SUM w`` over
    all weights; each ratio counts once, also across a missing year. Shares: the weighted regression line of
    ``ln(s/(1-s))`` on the year, at the deadline, turned back; that the line is not moved to the last value is our
    reading. Up to 10 % maintain, up to 100 % accelerate, above reverse; the cut-offs of the dashboard from memory.

    A target met is "maintain" with no gap, also with a single value; a single value short of it is refused as
    insufficient data.

    Examples
    --------
    >>> from qdecon.rules.reading import Course
    >>> values = np.array([100.0, 106, 104, 113, 117, 121, 126])
    >>> print(anticipated_progress(Course(np.arange(2018, 2025), values, "up", 160.0, 2030)))
    UN ESCAP: maintain (gap at the deadline, % of the way from the base 7.94)
    """
    card = ANTICIPATED_PROGRESS
    if course.kind != "rate" and course.reached:
        return card.reading(0.0, "maintain")
    if course.kind == "rate":
        return card.refused("the values are rates of growth, and a rate of growth is not compounded")
    reason = _no_prediction(course)
    if reason or course.target is None:
        return card.refused(reason)
    if course.kind == "share":
        shares = course.values / course.whole
        if shares.min() <= 0 or shares.max() >= 1:
            return card.refused(f"a share of none or all of {course.whole:g} has no logit")
        odds = np.exp(_line(course, np.log(shares / (1 - shares))))
        return _gap(course.target, course.whole * odds / (1 + odds), course, card)
    reason = no_growth(course)
    if reason:
        return card.refused(reason)
    weights = _weights(course)
    pace = (weights[1:] * np.diff(np.log(course.values))).sum() / weights.sum()
    return _gap(course.target, course.last * np.exp(course.left * pace), course, card)


def anticipated_progress_linear(course: Course) -> Reading:
    """The part of the way that will be missing at the deadline, by a weighted line through the values.

    As :func:`anticipated_progress`, with the value of the weighted regression line at the deadline; nothing is
    compounded, so values of zero or less and rates are read as well. Source: UNECE names a time-weighted linear
    regression; weights and cut-offs as above.

    Examples
    --------
    >>> from qdecon.rules.reading import Course
    >>> values = np.array([100.0, 106, 104, 113, 117, 121, 126])
    >>> print(anticipated_progress_linear(Course(np.arange(2018, 2025), values, "up", 160.0, 2030)))
    UN ESCAP: accelerate (gap at the deadline, % of the way from the base 13.6)
    """
    card = ANTICIPATED_PROGRESS_LINEAR
    if course.reached:
        return card.reading(0.0, "maintain")
    reason = _no_prediction(course)
    if reason or course.target is None:
        return card.refused(reason)
    return _gap(course.target, _line(course, course.values), course, card)


def _no_prediction(course: Course) -> str:
    """Why there is no prediction for the deadline; empty if there is one."""
    if reason := no_aim(course) or no_way(course):
        return reason
    if len(course.values) < 2:
        return "insufficient data: one value, not yet at the target"
    return "" if course.left else "the latest value is that of the deadline, so there is nothing to predict"


def _weights(course: Course) -> NDArray[np.float64]:
    """Weights that rise towards the deadline; the first is 1."""
    ahead = course.years[-1] + course.left - course.years
    return np.asarray(ahead[0] / ahead)


def _line(course: Course, values: NDArray[np.float64]) -> float:
    """The weighted regression line of values on years, at the deadline."""
    weights = _weights(course)
    years = course.years - np.average(course.years, weights=weights)
    slope = (weights * years * values).sum() / (weights * years**2).sum()
    return float(np.average(values, weights=weights) + slope * (years[-1] + course.left))


def _gap(target: float, predicted: float, course: Course, card: Card) -> Reading:
    """The reading of a value predicted for the deadline."""
    gap = round(float(100 * (target - predicted) / (target - course.first)), 9)
    return card.reading(gap, "maintain" if gap <= 10 else "accelerate" if gap <= 100 else "reverse")
