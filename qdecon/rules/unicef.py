"""UNICEF, Progress for Every Child in the SDG Era (2018): five states of a target.

Target met, on track, acceleration needed, insufficient trend data, no data: "not enough data to say" is kept apart from
"no data". UNICEF's methods vary from a straight line to fitted curves by indicator; here it is a straight line
throughout.

Weaknesses: two end points decide; nothing lies between on track and acceleration needed; no uncertainty. The states
were read; the straight line from the first value to the last, and two values as enough for it, are from memory.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qdecon.rules.reading import Card

if TYPE_CHECKING:
    from qdecon.rules.reading import Course, Reading

MET, ON, ACCELERATION, INSUFFICIENT, NO_DATA = (
    "target met",
    "on track",
    "acceleration needed",
    "insufficient trend data",
    "no data",
)

CARD = Card(
    "unicef",
    "UNICEF",
    "share of the gap still open that is closed at the deadline",
    ((1.0, MET), (1.0, ON), (float("-inf"), ACCELERATION)),
    "[(yt - yb) / (t - b)] (T - t) / (y* - yt); 1 once the target is met",
    "UNICEF, Progress for Every Child in the SDG Era (2018); straight line from memory",
    "memory",
    best=(MET, ON),
)


def unicef(course: Course | None, least: int = 2) -> Reading:
    """State of a target, its trend a straight line.

    Target met if the latest value is as good as the target; else on track if the mean yearly change, carried on, closes
    the gap by the deadline (a share of 1 or more), else acceleration needed. The last two states carry a label and a
    reason but no quantity. Told on nine decimals, so that rounding does not move a state.

    Parameters
    ----------
    course : Course or None
        None where there is not one figure.
    least : int
        Fewest values that tell a trend.

    Examples
    --------
    >>> import numpy as np
    >>> from qdecon.rules.reading import Course
    >>> print(unicef(Course(np.array([2018, 2024]), np.array([100.0, 126.0]), "up", 160.0, 2030)))
    UNICEF: acceleration needed (share of the gap still open that is closed at the deadline 0.765)
    >>> unicef(None).label
    'no data'
    """
    if course is None:
        return replace(CARD.refused("there is no figure at all"), label=NO_DATA)
    if course.target is None:
        return CARD.refused("there is no target")
    if course.reached:
        return CARD.reading(1.0, MET)
    if course.deadline is None:
        return CARD.refused("there is no deadline")
    if course.left <= 0:
        return CARD.refused("there is no time left to the deadline")
    if len(course.values) < max(2, least):
        return replace(CARD.refused("there are too few values to tell a trend"), label=INSUFFICIENT)
    change = (course.last - course.first) / course.elapsed
    share = change * course.left / (course.target - course.last)
    return CARD.reading(share, ON if round(share, 9) >= 1 else ACCELERATION)
