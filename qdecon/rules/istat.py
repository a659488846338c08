"""ISTAT, as the statistics office of South Tyrol (ASTAT) applies it: classes of the compound yearly growth rate.

No target is looked at: the rule tells how fast an indicator has been changing for better or worse, end to end.

Weaknesses: two end points decide, and an odd base year moves the class; 1 and 5 % a year are much for a share and
little for a nominal amount; a rate or a value that may be 0 has no growth rate. Read in ASTAT's use of it, not in
ISTAT's own report.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qdecon.rules.reading import Card

if TYPE_CHECKING:
    from qdecon.rules.reading import Course, Reading

CARD = Card(
    "istat",
    "ISTAT",
    "compound change for the better, % a year",
    (
        (5.0, "clear improvement"),
        (1.0, "slight improvement"),
        (-1.0, "stable"),
        (-5.0, "slight worsening"),
        (float("-inf"), "clear worsening"),
    ),
    "100 d [(yt / yb)^(1 / (t - b)) - 1]",
    "ISTAT 2019 as used by ASTAT South Tyrol",
    "second-hand",
)


def istat(course: Course) -> Reading:
    """Class by the compound yearly change from the first value to the last, counted as positive if for the better.

    Above 5 % clear improvement, above 1 to 5 % slight, above -1 to 1 % stable, above -5 to -1 % slight worsening, -5 %
    and less clear worsening. The outer limits (> 5, <= -5) are as read; that the inner classes too are closed above is
    inferred from them, and the two names of worsening are ours. Told on nine decimals, so that rounding does not move a
    class. Never on track or off: no target is looked at.

    Examples
    --------
    >>> import numpy as np
    >>> from qdecon.rules.reading import Course
    >>> print(istat(Course(np.array([2018, 2024]), np.array([100.0, 126.0]), "up")))
    ISTAT: slight improvement (compound change for the better, % a year 3.93)
    """
    if course.kind == "rate":
        return CARD.refused("a rate of growth is never compounded")
    if course.elapsed == 0:
        return CARD.refused("one value has no growth")
    if min(course.first, course.last) <= 0:
        return CARD.refused("a growth rate needs a first and a last value above 0")
    growth = course.sign * 100 * ((course.last / course.first) ** (1 / course.elapsed) - 1)
    label = next((name for least, name in CARD.cutoffs if round(growth, 9) > least), CARD.cutoffs[-1][1])
    return replace(CARD.refused(""), quantity=growth, label=label)
