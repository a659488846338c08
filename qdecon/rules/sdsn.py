"""SDSN, Sustainable Development Report: recent yearly change over the yearly change needed from the base.

What it does: the mean yearly change of the last few years is set against the straight line from base to target.

Known weaknesses: the needed change always starts at the base and so hides a shortfall that has to be made good late;
the short window is noisy, and only its two ends count.

Traps: a base beyond the target turns the needed change round and is refused. Formula and cut-offs are from memory; the
report's method openings and its arrows were read, its arithmetic was not. The window of four years fits our own worked
example and is a parameter.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from qdecon.errors import NotAvailable
from qdecon.rules.growth import no_aim, no_way
from qdecon.rules.reading import Card

if TYPE_CHECKING:
    from qdecon.rules.reading import Course, Reading

WITH_TARGET = Card(
    rule="sdsn",
    body="SDSN",
    quantity_name="recent yearly change / yearly change needed from the base",
    cutoffs=(
        (1.0, "on track or maintaining achievement"),
        (0.5, "moderately improving"),
        (0.0, "stagnating"),
        (-inf, "decreasing"),
    ),
    formula="((y_t - y_(t-w))/w) / ((y* - y_b)/(T - b)), w = 4",
    source="Sustainable Development Report, method; formula and cut-offs from memory",
    evidence="memory",
)


def with_target(course: Course, window: int = 4) -> Reading:
    """Recent yearly change over the yearly change needed from the base.

    Formula ``((y_t - y_(t-w))/w) / ((y* - y_b)/(T - b))``. At least 100 % on track, 50 % moderately improving, 0 %
    stagnating, below decreasing; a target already reached is maintained, with the ratio set to 1, the whole way. All
    of it from memory. Nothing is compounded, so values of zero or less and rates are read as well.

    Parameters
    ----------
    course : Course
        Needs a value exactly ``window`` years before the latest.
    window : int
        Years of recent change.

    Raises
    ------
    NotAvailable
        If the window is shorter than a year.

    Examples
    --------
    >>> import numpy as np
    >>> from qdecon.rules.reading import Course
    >>> course = Course(np.array([2018, 2020, 2024]), np.array([100.0, 104.0, 126.0]), "up", 160.0, 2030)
    >>> print(with_target(course))
    SDSN: on track or maintaining achievement (recent yearly change / yearly change needed from the base 1.1)
    """
    if window < 1:
        raise NotAvailable(f"no window of {window} years", "argument window", "give 1 or more")
    if course.reached:
        return WITH_TARGET.reading(1.0)
    start = course.years[-1] - window
    missing = "" if start in course.years else f"there is no value of {start}, {window} years before the latest"
    reason = no_aim(course) or no_way(course) or missing
    if reason or course.target is None:
        return WITH_TARGET.refused(reason)
    recent = (course.last - float(course.values[course.years == start][0])) / window
    needed = (course.target - course.first) / (course.elapsed + course.left)
    return WITH_TARGET.reading(round(recent / needed, 9))
