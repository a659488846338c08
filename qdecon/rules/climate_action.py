"""State of Climate Action (Systems Change Lab: WRI, Climate Analytics, NewClimate): the acceleration factor.

How many times faster than of late things must change for the target to be reached: the slope needed from now on, over
the slope of a straight line through the last five years, ten for noisy series such as forests. It keeps its meaning
near the deadline, which a share of the way from the base does not.

Weaknesses: five points tell a slope badly; the line need not pass through the last value; what spreads along an S-curve
is graded there by experts and fitted curves, never by the factor alone. The formula is from memory; that well off track
means at least twice the pace was read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qdecon.rules.reading import Card

if TYPE_CHECKING:
    from qdecon.rules.reading import Course, Reading

ON, OFF, WELL_OFF, U_TURN = "on track", "off track", "well off track", "U-turn needed"

CARD = Card(
    "climate_action",
    "State of Climate Action",
    "acceleration factor",
    ((0.0, ON), (1.0, OFF), (2.0, WELL_OFF), (float("-inf"), U_TURN)),
    "[(y* - yt) / (T - t)] / slope of a straight line through the last 5 years",
    "Systems Change Lab, State of Climate Action 2023 and its technical note",
    "memory",
)


def climate_action(course: Course, window: int = 5) -> Reading:
    """Class by acceleration factor, the slope needed over the slope observed.

    ``AF = [(y* - yt) / (T - t)] / slope``; up to 1 on track, up to 2 off track, above 2 well off track, negative: a
    U-turn is needed. A lower factor is better, as long as it is not negative. Formula and the closed side of each
    cut-off are from memory; told on nine decimals, so that rounding does not move a class. Every year of the window
    must have a figure; a flat line and a target already reached give no factor.

    Parameters
    ----------
    course : Course
    window : int
        Years whose values the line goes through: 5, or 10 for noisy series.

    Examples
    --------
    >>> import numpy as np
    >>> from qdecon.rules.reading import Course
    >>> values = np.array([100.0, 106, 104, 113, 117, 121, 126])
    >>> print(climate_action(Course(np.arange(2018, 2025), values, "up", 160.0, 2030)))
    State of Climate Action: off track (acceleration factor 1.09)
    """
    if course.target is None or course.deadline is None:
        return CARD.refused("there is no target or no deadline")
    if course.reached:
        return CARD.refused("the target is reached: no further pace is needed")
    if course.left <= 0:
        return CARD.refused("there is no time left to the deadline")
    recent = course.years > course.years[-1] - window
    if window < 2 or recent.sum() < window:
        return CARD.refused(f"a line through the last {window} years needs a figure for each, and two or more of them")
    years = course.years[recent] - course.years[recent].mean()
    values = course.values[recent] - course.values[recent].mean()
    slope = float(years @ values / (years @ years))
    needed = (course.target - course.last) / course.left
    if abs(slope) < 1e-9 * abs(needed):
        return CARD.refused("the line through the last years is flat: no multiple of its slope reaches the target")
    factor = needed / slope
    place = round(factor, 9)
    label = U_TURN if factor < 0 else ON if place <= 1 else OFF if place <= 2 else WELL_OFF
    return CARD.reading(factor, label)
