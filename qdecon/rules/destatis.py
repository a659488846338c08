"""Germany: the weather symbols of the sustainability strategy, awarded by Destatis.

The mean of the last five yearly changes is carried on, in a straight line, to the target year; what the target is then
missed by is compared with the gap still open. The only body here that states every special case: target intervals,
staged targets, targets to be held every year, directions without a figure, targets reached early.

Weaknesses: five changes tell a trend badly, one odd year moves it by a fifth; the rule knows no uncertainty; the gap is
small near the target, so that the symbol jumps there; a straight line is wrong for what compounds. Destatis adds that a
symbol judges no policy and predicts nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from qdecon.rules.reading import Card

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from qdecon.rules.reading import Course, Reading

SUN, SUN_AND_CLOUD, CLOUD, THUNDERSTORM = SYMBOLS = ("sun", "sun and cloud", "cloud", "thunderstorm")
POINTS, LEAST = 6, 4

_BODY = "Germany, Destatis"
_SOURCE = "Nachhaltige-Entwicklung-Deutschland/open-sdg-site-starter, _pages/en/status.md"
_TWO_BY_TWO = ((0.0, SUN), (0.0, SUN_AND_CLOUD), (float("-inf"), CLOUD), (float("-inf"), THUNDERSTORM))
_FEW = f"fewer than {LEAST} figures for consecutive years up to the latest"

CARD = Card(
    "destatis",
    _BODY,
    "miss as share of the gap still open",
    ((float("-inf"), SUN), (0.05, SUN_AND_CLOUD), (0.20, CLOUD), (1.0, THUNDERSTORM)),
    "d (y* - y_hat) / |y* - yt|, y_hat = yt + (T - t) x mean of the last five yearly changes",
    _SOURCE,
    "read",
)
HOLD = Card(
    "destatis",
    _BODY,
    "margin over the target, in the unit of the values",
    _TWO_BY_TWO,
    "first d (yt - y*), then d x mean of the last five yearly changes",
    _SOURCE,
    "read",
)
HEADING = Card(
    "destatis",
    _BODY,
    "mean yearly change for the better, in the unit of the values",
    _TWO_BY_TWO,
    "first d x mean of the last five yearly changes, then d (yt - y(t-1))",
    _SOURCE,
    "read",
)


def destatis(course: Course) -> Reading:
    """Weather symbol for a target value in a target year.

    ``miss = d (y* - y_hat) / |y* - yt|``; below 5 % sun, 5 to 20 % sun and cloud, above 20 % cloud, and thunderstorm if
    the mean change is not in the right direction (that is, a miss of 100 % or more). Six points, or at the least the
    last four consecutive ones. Once the target is reached :func:`every_year` judges, for want of a target
    :func:`direction_only`. Source: the status page named above, read. A mean change of exactly 0 is "not moving in the
    right direction"; classes are told on nine decimals, so that rounding does not move them.

    Examples
    --------
    >>> from qdecon.rules.reading import Course
    >>> values = np.array([100.0, 106, 104, 113, 117, 121, 126])
    >>> print(destatis(Course(np.arange(2018, 2025), values, "up", 160.0, 2030)))
    Germany, Destatis: cloud (miss as share of the gap still open 0.294)
    """
    if course.target is None:
        return direction_only(course)
    if course.reached:
        return every_year(course)
    if course.deadline is None:
        return CARD.refused("there is no deadline (a target to be held every year is judged by `every_year`)")
    if course.left <= 0:
        return CARD.refused("there is no time left to the deadline")
    window = _window(course)
    if len(window) < LEAST:
        return CARD.refused(_FEW)
    expected = course.last + course.left * _mean_change(window)
    miss = course.sign * (course.target - expected) / abs(course.target - course.last)
    place = round(miss, 9)
    symbol = SUN if place < 0.05 else SUN_AND_CLOUD if place <= 0.20 else CLOUD if place < 1 else THUNDERSTORM
    return CARD.reading(miss, symbol)


def band(course: Course, low: float, high: float) -> Reading:
    """Weather symbol for a target interval, judged against its weakest bound; the course's own target is not looked at.

    The weakest bound is the lower one if up is better, else the upper one; overshooting the other is no fault. Without
    a deadline the band is to be kept every year (:func:`every_year`). Source: as :func:`destatis`, read.

    Examples
    --------
    >>> from qdecon.rules.reading import Course
    >>> shares = Course(np.arange(2020, 2025), np.array([26.0, 26.4, 26.8, 27.1, 27.4]), "up")
    >>> band(shares, 27.0, 30.0).label
    'sun'
    """
    if low > high:
        return CARD.refused(f"the interval from {low:g} to {high:g} is empty")
    judged = replace(course, target=low if course.direction == "up" else high)
    return every_year(judged) if course.deadline is None else destatis(judged)


def every_year(course: Course) -> Reading:
    """Weather symbol for a target to be held every year: the last value first, then the mean change.

    Reached and not falling back: sun; reached but falling back: sun and cloud; not reached and not moving away: cloud;
    not reached and moving away: thunderstorm. Source: as :func:`destatis`, read. For a target not reached and a mean
    change of exactly 0 the page's two sentences disagree; the milder one, "not moving away", is taken.

    Examples
    --------
    >>> from qdecon.rules.reading import Course
    >>> every_year(Course(np.arange(2020, 2025), np.array([9.0, 8, 7, 6, 5]), "up", 4.0)).label
    'sun and cloud'
    """
    window = _window(course)
    if course.target is None:
        return HOLD.refused("there is no target")
    if len(window) < LEAST:
        return HOLD.refused(_FEW)
    steady = course.sign * _mean_change(window) >= 0
    symbol = (SUN if steady else SUN_AND_CLOUD) if course.reached else (CLOUD if steady else THUNDERSTORM)
    return HOLD.reading(course.sign * (course.last - course.target), symbol)


def direction_only(course: Course) -> Reading:
    """Weather symbol where only a direction is wanted: the mean change first, then the last one.

    Both right: sun; only the mean: sun and cloud; only the last: cloud; neither: thunderstorm. No change at all is not
    right. Source: as :func:`destatis`, read.

    Examples
    --------
    >>> from qdecon.rules.reading import Course
    >>> direction_only(Course(np.arange(2020, 2025), np.array([5.0, 6, 7, 8, 7.5]), "up")).label
    'sun and cloud'
    """
    window = _window(course)
    if len(window) < LEAST:
        return HEADING.refused(_FEW)
    change = course.sign * _mean_change(window)
    turned = course.sign * (window[-1] - window[-2]) > 0
    symbol = (SUN if turned else SUN_AND_CLOUD) if change > 0 else (CLOUD if turned else THUNDERSTORM)
    return HEADING.reading(change, symbol)


def staged(course: Course, stages: Sequence[tuple[int, float]]) -> Reading:
    """Weather symbol for several targets, each a (year, value): the next year counts, and in it the worst symbol.

    The course's own target and deadline are not looked at. Source: as :func:`destatis`, read.

    Examples
    --------
    >>> from qdecon.rules.reading import Course
    >>> sales = Course(np.arange(2020, 2025), np.array([10.0, 20, 30, 40, 50]), "up")
    >>> staged(sales, [(2026, 70.0), (2030, 400.0)]).label
    'sun'
    """
    ahead = [year for year, _ in stages if year > course.years[-1]]
    if not ahead:
        return CARD.refused("no target year lies ahead of the latest figure")
    readings = [destatis(replace(course, target=value, deadline=year)) for year, value in stages if year == min(ahead)]
    return max(readings, key=lambda reading: SYMBOLS.index(reading.label) if reading.label else len(SYMBOLS))


def _window(course: Course) -> NDArray[np.float64]:
    """The last six values, fewer where a year is missing among them."""
    gaps = np.flatnonzero(np.diff(course.years) > 1)
    return course.values[gaps[-1] + 1 if len(gaps) else 0 :][-POINTS:]


def _mean_change(window: NDArray[np.float64]) -> float:
    return float(window[-1] - window[0]) / (len(window) - 1)
