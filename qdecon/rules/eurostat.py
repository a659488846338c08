"""Eurostat, EU SDG monitoring: compounded growth so far over compounded growth needed.

What it does: two points, the base and the latest value, give a yearly rate of growth; it is set against the rate that
leads from the same base to the target, or, without a target, against fixed rates a year.

Known weaknesses: one odd first or last year moves the verdict; the path between does not count; growth is compounded
even for shares, which have a ceiling; there is no margin of error. Near the deadline a ratio just under one hides how
much faster growth must become: at 95 % with one year of five left, by 26 %.

Traps: a base beyond the target turns the needed rate round, and a course that runs away from the target then gets a
high ratio; such a course is refused here. A rate of growth has no growth of its own and is refused. A value or target
of zero or less has no compounded rate: refused, never replaced by a small number.

Quantities are rounded to nine decimals, so that a cut-off missed only by the arithmetic of the computer is reached.

The window, 15 years (long term) or 5 years (short term), is the caller's: the course begins at its base.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

import numpy as np

from qdecon.errors import NotAvailable
from qdecon.rules.growth import growth, no_aim, no_growth, no_way
from qdecon.rules.reading import Card

if TYPE_CHECKING:
    from qdecon.rules.reading import Course, Reading

WITH_TARGET = Card(
    rule="eurostat",
    body="Eurostat",
    quantity_name="growth so far / growth needed from the base",
    cutoffs=(
        (0.95, "significant progress"),
        (0.60, "moderate progress"),
        (0.0, "insufficient progress"),
        (-inf, "movement away"),
    ),
    formula="R = g_a / g_r, g_a = (y_t/y_b)^(1/(t-b)) - 1, g_r = (y*/y_b)^(1/(T-b)) - 1",
    source="Eurostat 2021 as cited by the Open SDG progress methodology and its code (sdg-build, ProgressMeasure.py)",
    evidence="second-hand",
)
WITHOUT_TARGET = Card(
    rule="eurostat_without_target",
    body="Eurostat",
    quantity_name="growth in the wanted direction, % a year",
    cutoffs=(
        (1.0, "significant progress"),
        (0.0, "moderate progress"),
        (-1.0, "moderate movement away"),
        (-inf, "significant movement away"),
    ),
    formula="100 d ((y_t/y_b)^(1/(t-b)) - 1)",
    source="Eurostat, Sustainable development in the European Union; cut-offs from memory",
    evidence="memory",
)
NEUTRAL_BAND = Card(
    rule="eurostat_neutral_band",
    body="Eurostat",
    quantity_name=WITHOUT_TARGET.quantity_name,
    cutoffs=(
        (1.0, "significant progress"),
        (0.1, "moderate progress"),
        (-0.1, "no movement"),
        (-1.0, "moderate movement away"),
        (-inf, "significant movement away"),
    ),
    formula=WITHOUT_TARGET.formula,
    source="build script of the Basque statistical office (EUSTAT-DES), which says it follows Eurostat",
    evidence="second-hand",
)


def with_target(course: Course) -> Reading:
    """Growth so far over growth needed from the base.

    Formula ``R = g_a / g_r``, both compounded from the base, to the latest year and to the deadline. At least 95 %
    significant progress, 60 % moderate, 0 % insufficient, below movement away. Source: the Open SDG methodology page
    and code, which cite Eurostat 2021; the names of the classes from a summary of the 2018 edition.

    A target already reached needs no rule of its own: R then is above 1. A base that already is as good as the target
    is refused, since the needed rate is zero or points the other way; how Eurostat itself treats it was not seen.

    Examples
    --------
    >>> from qdecon.rules.reading import Course
    >>> print(with_target(Course(np.array([2018, 2024]), np.array([100.0, 126.0]), "up", 160.0, 2030)))
    Eurostat: significant progress (growth so far / growth needed from the base 0.983)
    """
    reason = no_aim(course) or no_growth(course) or no_way(course)
    if reason or course.target is None:
        return WITH_TARGET.refused(reason)
    if course.target <= 0:
        return WITH_TARGET.refused(
            f"the target {course.target:g} is not above zero, so no compounded growth leads to it"
        )
    needed = growth(course.first, course.target, course.elapsed + course.left)
    return WITH_TARGET.reading(round(growth(course.first, course.last, course.elapsed) / needed, 9))


def without_target(course: Course) -> Reading:
    """Growth in the wanted direction.

    Formula: compounded growth in per cent a year, its sign turned where down is better. From +1 % significant progress,
    from 0 % moderate, from -1 % moderate movement away, below significant movement away: from memory, with the four
    cut-offs borne out by others' implementations. Which class a cut-off itself belongs to was not seen; the better one
    is taken. A target, if there is one, is not looked at.

    Examples
    --------
    >>> from qdecon.rules.reading import Course
    >>> print(without_target(Course(np.array([2018, 2024]), np.array([100.0, 97.0]), "down")))
    Eurostat: moderate progress (growth in the wanted direction, % a year 0.506)
    """
    return _direction(course, WITHOUT_TARGET)


def neutral_band(course: Course) -> Reading:
    """Growth in the wanted direction, with a class for standing still: the newer form.

    As :func:`without_target`, with "no movement" from -0.1 % to +0.1 % a year. Source: the build script of the Basque
    office, second-hand; the name of the middle class is ours.

    Examples
    --------
    >>> from qdecon.rules.reading import Course
    >>> neutral_band(Course(np.array([2018, 2024]), np.array([100.0, 100.3]), "up")).label
    'no movement'
    """
    return _direction(course, NEUTRAL_BAND)


def score(reading: Reading) -> float:
    """The score of a reading, from -5 to +5; the plain mean of them is the score of a goal.

    With a target straight lines through (-0.60, -5), (0.60, 0), (1.30, +5); without one 2.5 for each per cent a year,
    both flat beyond -5 and +5. Source: the Basque build script and Open SDG, second-hand.

    Raises
    ------
    NotAvailable
        If the rule could not be applied.

    Examples
    --------
    >>> score(WITH_TARGET.reading(0.95)), score(WITHOUT_TARGET.reading(-0.4))
    (2.5, -1.0)
    """
    if reading.quantity is None:
        raise NotAvailable(f"there is no score: {reading.reason}", "argument reading", "give a reading that applies")
    if reading.rule == WITH_TARGET.rule:
        return float(np.interp(reading.quantity, [-0.6, 0.6, 1.3], [-5, 0, 5]))
    return float(np.interp(reading.quantity, [-2, 2], [-5, 5]))


def _direction(course: Course, card: Card) -> Reading:
    """Growth in the wanted direction, by the cut-offs of a card."""
    reason = no_growth(course)
    if reason:
        return card.refused(reason)
    return card.reading(round(course.sign * growth(course.first, course.last, course.elapsed), 9))
