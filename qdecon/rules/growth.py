"""Compounded growth of a course, and why it may have none, no aim, or no way left to be measured by."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qdecon.rules.reading import Course


def growth(start: float, end: float, years: int) -> float:
    """Compounded yearly growth from ``start`` to ``end``, in per cent.

    Examples
    --------
    >>> growth(100.0, 126.0, 6)
    3.93
    """
    return float(100 * (end / start) ** (1 / years) - 100)


def no_growth(course: Course) -> str:
    """Why a course has no compounded growth; empty if it has one.

    Examples
    --------
    >>> import numpy as np
    >>> from qdecon.rules.reading import Course
    >>> no_growth(Course(np.array([2020, 2021]), np.array([0.0, 3.0]), "up"))
    'the value 0 of 2020 is not above zero, so there is no compounded growth'
    """
    if course.kind == "rate":
        return "the values are rates of growth, and a rate of growth is not compounded"
    if len(course.values) < 2:
        return "one value gives no growth"
    if course.values.min() <= 0:
        worst = int(course.values.argmin())
        return (
            f"the value {course.values[worst]:g} of {course.years[worst]} is not above zero, "
            "so there is no compounded growth"
        )
    return ""


def no_aim(course: Course) -> str:
    """Why a course has no target to be measured against; empty if it has one.

    Examples
    --------
    >>> import numpy as np
    >>> from qdecon.rules.reading import Course
    >>> no_aim(Course(np.array([2020, 2021]), np.array([2.0, 3.0]), "up", target=5.0))
    'the target has no deadline'
    """
    if course.target is None:
        return "there is no target"
    if course.deadline is None:
        return "the target has no deadline"
    if course.left < 0:
        return f"the deadline {course.deadline} lies before the latest value, of {course.years[-1]}"
    return ""


def no_way(course: Course) -> str:
    """Why there is no way from base to target to be measured by; empty if there is one.

    Examples
    --------
    >>> import numpy as np
    >>> from qdecon.rules.reading import Course
    >>> no_way(Course(np.array([2020, 2021]), np.array([7.0, 6.0]), "up", 5.0, 2030))
    'the base 7 already is as good as the target 5, so no way is left to be measured by'
    """
    if course.target is not None and course.sign * (course.target - course.first) <= 0:
        return (
            f"the base {course.first:g} already is as good as the target {course.target:g}, "
            "so no way is left to be measured by"
        )
    return ""
