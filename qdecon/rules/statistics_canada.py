"""Statistics Canada, and so the automatic progress feature of Open SDG: Eurostat's ratio, and growth near a limit.

What it does: with a target, compounded growth so far over compounded growth needed, with "target achieved" apart; with
a direction only, compounded growth against cut-offs that shrink as the base nears a natural limit.

Known weaknesses, which its authors state themselves: it oversimplifies, and suits steady exponential paths best; two
points decide. The mean of scores can hide one failing series.

Traps: its software takes falling as the wanted direction unless told; here a course always names its direction. Its
software puts 0.001 for a base or target of zero, and the ratio then hangs on that number; such courses are refused
here. A base beyond the target keeps its sign only through the absolute value of the needed rate, as printed. The page
says cut-offs at or below zero are not scaled near a limit, the code scales all three; the lowest being 0, both agree.

The base, 2015 or the next year with a value, and the deadline, 2030, are the caller's.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from qdecon.errors import NotAvailable
from qdecon.rules.growth import growth, no_aim, no_growth
from qdecon.rules.reading import Card

if TYPE_CHECKING:
    from qdecon.rules.reading import Course, Reading

CURVE = 4.44  # exponent of the limit factor
CLASSES = ("on track", "acceleration needed", "limited progress", "deterioration")
ACHIEVED = "target achieved"
SOURCE = "Open SDG, docs/progress-methodology.md and docs/progress.md; sdg-build, sdg/ProgressMeasure.py"

WITH_TARGET = Card(
    rule="statistics_canada",
    body="Statistics Canada",
    quantity_name="growth so far / growth needed from the base",
    cutoffs=((0.95, CLASSES[0]), (0.60, CLASSES[1]), (0.0, CLASSES[2]), (-inf, CLASSES[3])),
    formula="R = s d g_a / |g_r|, s = -1 for a negative base; the latest value meets the target: target achieved",
    source=SOURCE,
    evidence="read",
    best=(CLASSES[0], ACHIEVED),
)
WITHOUT_TARGET = Card(
    rule="statistics_canada_without_target",
    body="Statistics Canada",
    quantity_name="growth in the wanted direction, % a year",
    cutoffs=((1.5, CLASSES[0]), (0.5, CLASSES[1]), (0.0, CLASSES[2]), (-inf, CLASSES[3])),
    formula="100 s d ((y_t/y_b)^(1/(t-b)) - 1) against 1.5 C, 0.5 C, 0",
    source=SOURCE,
    evidence="read",
)


def with_target(course: Course) -> Reading:
    """Growth so far over the size of the growth needed, or "target achieved".

    Formula ``R = s d g_a / |g_r|``; d = -1 where down is better, s = -1 for a negative base, so that a series that is
    negative throughout is read as well. At least 0.95 on track, 0.60 acceleration needed, 0 limited progress, below
    deterioration. A latest value that meets the target is "target achieved" whatever the trend; its ratio is set to 1,
    the whole way. Source: page and code of Open SDG, both read.

    Refused: values or a target that are zero or lie on both sides of zero, a base equal to the target.

    Examples
    --------
    >>> from qdecon.rules.reading import Course
    >>> print(with_target(Course(np.array([2018, 2024]), np.array([100.0, 126.0]), "up", 160.0, 2030)))
    Statistics Canada: on track (growth so far / growth needed from the base 0.983)
    >>> with_target(Course(np.array([2018, 2024]), np.array([100.0, 170.0]), "up", 160.0, 2030)).label
    'target achieved'
    """
    if course.kind != "rate" and course.reached:
        return WITH_TARGET.reading(1.0, ACHIEVED)
    sign, reason = _sign(course)
    reason = no_aim(course) or reason
    if reason or course.target is None:
        return WITH_TARGET.refused(reason)
    if course.target * sign <= 0:
        return WITH_TARGET.refused(
            f"base {course.first:g} and target {course.target:g} do not lie on the same side of zero"
        )
    needed = growth(course.first, course.target, course.elapsed + course.left)
    if needed == 0:
        return WITH_TARGET.refused(f"the base already equals the target {course.target:g}, so no growth was needed")
    made = sign * course.sign * growth(course.first, course.last, course.elapsed)
    return WITH_TARGET.reading(round(made / abs(needed), 9))


def without_target(course: Course, limit: float | None = None) -> Reading:
    """Growth in the wanted direction, against cut-offs that shrink near a limit.

    Formula: compounded growth in per cent a year, its sign turned where down is better and again where the series is
    negative, against 1.5 C on track, 0.5 C acceleration needed, 0 limited progress. C is :func:`limit_factor`, 1
    without a limit; the reading carries the cut-offs so scaled. Source: page and code of Open SDG, both read.

    Refused: values that are zero or lie on both sides of zero; a base beyond the limit or across zero from it, where
    the code only warns.

    Examples
    --------
    >>> from qdecon.rules.reading import Course
    >>> course = Course(np.array([2018, 2024]), np.array([96.0, 97.0]), "up")
    >>> without_target(course).label, without_target(course, limit=100.0).label
    ('limited progress', 'acceleration needed')
    """
    sign, reason = _sign(course)
    if reason:
        return WITHOUT_TARGET.refused(reason)
    card = WITHOUT_TARGET
    if limit is not None:
        if course.sign * (course.first - limit) > 0:
            return card.refused(f"the base {course.first:g} already lies beyond the limit {limit:g}")
        if course.first * limit < 0:
            return card.refused(f"base {course.first:g} and limit {limit:g} lie on different sides of zero")
        factor = limit_factor(course.first, limit)
        scaled = tuple((round(factor * least, 9) if least > 0 else least, name) for least, name in card.cutoffs)
        card = replace(card, cutoffs=scaled)
    made = sign * course.sign * growth(course.first, course.last, course.elapsed)
    return card.reading(round(made, 9))


def limit_factor(base: float, limit: float) -> float:
    """The factor C by which the cut-offs shrink near a natural ceiling or floor L.

    ``1 - (y_b/L)^a`` up to L, ``1 - ((2L - y_b)/L)^a`` from there to 2L, 1 beyond, with a = 4.44; base and limit by
    their size. Source: code of Open SDG, read.

    Examples
    --------
    >>> limit_factor(50.0, 100.0), limit_factor(100.0, 100.0), limit_factor(0.3, 0.0)
    (0.954, 0.0, 1.0)
    """
    base, limit = abs(base), abs(limit)
    if base >= 2 * limit:
        return 1.0
    return float(1 - (min(base, 2 * limit - base) / limit) ** CURVE)


def score(reading: Reading) -> float:
    """The score of a reading, from -5 to +5.

    With a target ``min(7.1429 R - 4.2857, 5)`` from R = 0.60 and ``max(4.1667 R - 2.5, -5)`` below it, +5 for "target
    achieved". Without one straight lines through (-2 %, -5), (0, -2.5), (0.5 % C, 0), (1.5 % C, 2.5), (2 % C, 5); a
    base at its limit (C = 0) that does not fall back has +5. Source: code of Open SDG, read, with its digits.

    Raises
    ------
    NotAvailable
        If the rule could not be applied.

    Examples
    --------
    >>> score(WITH_TARGET.reading(1.0)), score(WITHOUT_TARGET.reading(1.0))
    (2.857, 1.25)
    """
    if reading.quantity is None:
        raise NotAvailable(f"there is no score: {reading.reason}", "argument reading", "give a reading that applies")
    made = reading.quantity
    if reading.label == ACHIEVED:
        return 5.0
    if reading.rule == WITH_TARGET.rule:
        return min(7.1429 * made - 4.2857, 5.0) if made >= 0.6 else max(4.1667 * made - 2.5, -5.0)
    high, middle = reading.cutoffs[0][0], reading.cutoffs[1][0]
    if high == 0 and made >= 0:
        return 5.0
    if made < 0:
        return max(1.25 * made - 2.5, -5.0)
    return float(np.interp(made, [0, middle, high, high * 4 / 3], [-2.5, 0, 2.5, 5]))


def class_of(points: float) -> str:
    """The class of a score, or of a mean of scores; "target achieved" needs every series to have achieved its own.

    At least 2.5 on track, 0 acceleration needed, -2.5 limited progress, below deterioration. Source: code of Open SDG,
    read.

    Examples
    --------
    >>> class_of(2.5), class_of(-2.6)
    ('on track', 'deterioration')
    """
    return next(name for least, name in zip((2.5, 0.0, -2.5, -inf), CLASSES, strict=True) if points >= least)


def _sign(course: Course) -> tuple[int, str]:
    """-1 for a series negative throughout, else +1; and why there is no growth."""
    if course.values.max() < 0:
        return -1, no_growth(replace(course, values=-course.values))
    return 1, no_growth(course)
