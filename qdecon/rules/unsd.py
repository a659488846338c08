"""United Nations Statistics Division, Global SDG Progress Chart: the value expected at the deadline.

What it does: the latest value, grown on at the compounded rate since the base, gives the value expected at the
deadline; the rule asks what share of the way from base to target that covers.

Known weaknesses: base and latest value decide alone; shares are grown without a ceiling; no margin of error. The
quantity is a ratio of levels, Eurostat's one of rates: close for ordinary growth, apart over long horizons.

Traps: a base beyond the target turns the way round, and a course running away from the target then scores high; such a
course is refused here unless its latest value meets the target. Rates of growth are left to experts by the body, and
refused here. Everything was read second-hand, on the method page of the Basque office, which cites the technical note
of 2023.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

from qdecon.rules.growth import growth, no_aim, no_growth, no_way
from qdecon.rules.reading import Card

if TYPE_CHECKING:
    from qdecon.rules.reading import Course, Reading

CLASSES = ("met or on track", "fair progress, acceleration needed", "stagnation or regression")
SOURCE = "Eustat, method page citing the Progress Chart Technical Note 2023"

WITH_TARGET = Card(
    rule="unsd",
    body="UN Statistics Division",
    quantity_name="way expected by the deadline / way from base to target",
    cutoffs=((0.95, CLASSES[0]), (0.10, CLASSES[1]), (-inf, CLASSES[2])),
    formula="Q = (y_exp - y_b)/(y* - y_b), y_exp = y_t (1 + g_a)^(T-t)",
    source=SOURCE,
    evidence="second-hand",
)
WITHOUT_TARGET = Card(
    rule="unsd_without_target",
    body="UN Statistics Division",
    quantity_name="growth in the wanted direction, % a year",
    cutoffs=((2.0, CLASSES[0]), (0.5, CLASSES[1]), (-inf, CLASSES[2])),
    formula="100 d ((y_t/y_b)^(1/(t-b)) - 1)",
    source=SOURCE,
    evidence="second-hand",
)


def with_target(course: Course) -> Reading:
    """Share of the way from base to target that the course is expected to cover by the deadline.

    Formula ``Q = (y_exp - y_b)/(y* - y_b)`` with ``y_exp = y_t (1 + g_a)^(T-t)``. At least 0.95 met or on track, 0.10
    fair progress, below stagnation or regression. Source: second-hand.

    Exceptions: a latest value that meets the target is met whatever the trend, and so is a share within one hundredth
    of the whole of a target of 0 or 100 %; Q is then set to 1, the whole way. A deadline that has passed is judged by
    the values up to it. "Within 1 %" is read as one point of the share.

    Examples
    --------
    >>> import numpy as np
    >>> from qdecon.rules.reading import Course
    >>> print(with_target(Course(np.array([2018, 2024]), np.array([100.0, 126.0]), "up", 160.0, 2030)))
    UN Statistics Division: met or on track (way expected by the deadline / way from base to target 0.979)
    """
    if course.deadline is not None:
        known = course.years <= course.deadline
        if not known.any():
            return WITH_TARGET.refused(f"no value is known up to the deadline {course.deadline}")
        course = replace(course, years=course.years[known], values=course.values[known])
    if course.kind != "rate" and (course.reached or _almost(course)):
        return WITH_TARGET.reading(1.0)
    reason = no_aim(course) or no_growth(course) or no_way(course)
    if reason or course.target is None:
        return WITH_TARGET.refused(reason)
    rate = growth(course.first, course.last, course.elapsed) / 100
    expected = course.last * (1 + rate) ** course.left
    return WITH_TARGET.reading(round((expected - course.first) / (course.target - course.first), 9))


def without_target(course: Course) -> Reading:
    """Growth in the wanted direction.

    Formula: compounded growth in per cent a year, its sign turned where down is better. From 2 % met or on track, from
    0.5 % fair progress, below stagnation or regression. Source: second-hand; that the classes keep the names they have
    with a target is our reading.

    Examples
    --------
    >>> import numpy as np
    >>> from qdecon.rules.reading import Course
    >>> print(without_target(Course(np.array([2018, 2024]), np.array([100.0, 126.0]), "up")))
    UN Statistics Division: met or on track (growth in the wanted direction, % a year 3.93)
    """
    reason = no_growth(course)
    if reason:
        return WITHOUT_TARGET.refused(reason)
    return WITHOUT_TARGET.reading(round(course.sign * growth(course.first, course.last, course.elapsed), 9))


def _almost(course: Course) -> bool:
    """Whether a share lies within one hundredth of the whole of a target of none or all."""
    if course.kind != "share" or course.target not in (0.0, course.whole):
        return False
    return round(abs(course.last - course.target) / course.whole, 9) <= 0.01
