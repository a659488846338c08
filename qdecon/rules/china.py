"""China: the mid-term review of plans, "half the time, half the task", and the Xiaokang degree of realisation.

The review compares the share of the task done with the share of the time used; the statistics bureau's index of a
moderately prosperous society takes the value over the target, never more than 1. Neither carries a trend on.

Weaknesses: the linear pace reads below 1 all along under steady growth (0.90 half way through five years of 8 %), so a
compound target wants the logarithmic one; early shares of time make the pace jumpy. The degree of realisation knows no
time and no base: a target set just above the base starts near 1. The rule of the review was read; the formulas of the
degree were pictures and are from memory.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from qdecon.rules.reading import Card

if TYPE_CHECKING:
    from qdecon.rules.reading import Course, Reading

_CLASSES = ((1.0, "in line"), (float("-inf"), "lagging"))
_REVIEW = "report to the NPC Standing Committee, 26 December 2023 (Xinhua, Caixin)"

PACE = Card(
    "china_pace",
    "China, plan review",
    "share of the task done over share of the time used",
    _CLASSES,
    "[(yt - yb) / (y* - yb)] / [(t - b) / (T - b)]",
    _REVIEW,
    "read",
)
LOG_PACE = Card(
    "china_log_pace",
    "China, plan review on logarithms",
    "share of the task done over share of the time used",
    _CLASSES,
    "[ln(yt / yb) / ln(y* / yb)] / [(t - b) / (T - b)]",
    _REVIEW,
    "computed",
)
DEGREE = Card(
    "china_degree",
    "China, Xiaokang index",
    "degree of realisation",
    ((1.0, "realised"), (float("-inf"), "not yet realised")),
    "y / y* (up), y* / y (down), ratio to the nearest bound (interval), at most 1",
    "NBS, Xiaokang monitoring; formulas from memory",
    "memory",
)


def pace(course: Course) -> Reading:
    """Time-proportional pace: share of the task done over share of the time used; 1 or more is in line.

    ``[(yt - yb) / (y* - yb)] / f`` with f the share of the plan's time used. Half the time, half the task: read. The
    review's finer words, met, faster and broadly in line, have no known cut-offs. Told on nine decimals, so that
    rounding does not move a class.

    Examples
    --------
    >>> from qdecon.rules.reading import Course
    >>> print(pace(Course(np.array([2018, 2024]), np.array([100.0, 126.0]), "up", 160.0, 2030)))
    China, plan review: lagging (share of the task done over share of the time used 0.867)
    """
    return _paced(course, PACE)


def log_pace(course: Course) -> Reading:
    """The same on logarithms, for what grows by a percentage: steady growth to the target reads 1 throughout.

    ``[ln(yt / yb) / ln(y* / yb)] / f``; source and cut-off as :func:`pace`. Not for rates of growth, nor where a value
    is 0 or less.

    Examples
    --------
    >>> from qdecon.rules.reading import Course
    >>> log_pace(Course(np.array([2020, 2022]), np.array([100.0, 121.0]), "up", 146.41, 2024)).label
    'in line'
    """
    if course.kind == "rate":
        return LOG_PACE.refused("a rate of growth is never compounded")
    if (course.values <= 0).any() or (course.target is not None and course.target <= 0):
        return LOG_PACE.refused("logarithms need a target and values above 0")
    logs = replace(course, values=np.log(course.values))
    return _paced(logs if course.target is None else replace(logs, target=float(np.log(course.target))), LOG_PACE)


def realised(course: Course) -> Reading:
    """Degree of realisation of a positive (up) or inverse (down) indicator: y / y* or y* / y, at most 1.

    On track only once it is 1: below that it says how far things are, not whether they will get there. From memory.

    Examples
    --------
    >>> from qdecon.rules.reading import Course
    >>> realised(Course(np.array([2018, 2024]), np.array([100.0, 126.0]), "up", 160.0, 2030)).quantity
    0.7875
    """
    if course.target is None:
        return DEGREE.refused("there is no target")
    if min(course.target, course.last) <= 0:
        return DEGREE.refused("a ratio needs a target and a latest value above 0")
    return _degree((course.last / course.target) ** course.sign)


def realised_inside(course: Course, low: float, high: float) -> Reading:
    """Degree of realisation of an interval indicator: 1 inside, else the ratio to the nearest bound, below 1.

    The course's own target and direction are not looked at. From memory, as :func:`realised`.

    Examples
    --------
    >>> from qdecon.rules.reading import Course
    >>> realised_inside(Course(np.array([2024]), np.array([24.0]), "up"), 25.0, 30.0).quantity
    0.96
    """
    if low > high:
        return DEGREE.refused(f"the interval from {low:g} to {high:g} is empty")
    if min(low, course.last) <= 0:
        return DEGREE.refused("a ratio needs bounds and a latest value above 0")
    return _degree(min(course.last / low, high / course.last))


def _paced(course: Course, card: Card) -> Reading:
    if course.target is None or course.deadline is None:
        return card.refused("there is no target or no deadline")
    if course.elapsed == 0:
        return card.refused("no time has passed since the base")
    if course.left < 0:
        return card.refused("the latest figure lies after the deadline")
    if course.sign * (course.target - course.first) <= 0:
        return card.refused("the target is no better than the base: there is no task to take a share of")
    found = (course.last - course.first) / (course.target - course.first) / course.used
    label = next(name for least, name in card.cutoffs if round(found, 9) >= least)
    return card.reading(found, label)


def _degree(ratio: float) -> Reading:
    degree = min(1.0, ratio)
    if round(degree, 9) >= 1:
        return DEGREE.reading(degree, "realised")
    return replace(DEGREE.reading(degree), on_track=None)
