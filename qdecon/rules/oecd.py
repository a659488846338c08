"""OECD, Measuring Distance to the SDG Targets: a rank test of the trend, and the likelihood of meeting the target.

The only official precedent for publishing a chance of meeting a target. What was read says that the 2022 edition tests
trends and projects by stochastic methods; the test (Spearman, 10 %) is from memory, and the random walk stands in for
the OECD's own simulation. Its cut-offs are not known, so no class is on track here.

Weaknesses: with four values only a perfect order is significant; the yearly changes are taken as independent and
normal, whereas growth persists and the far tails are heavier; no check of how such likelihoods turned out was found.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np

from qdecon.rules.reading import Card

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qdecon.rules.reading import Course, Reading

LEVEL, LEAST, EXACT = 0.10, 4, 8
UNCLASSED = "no official classes known"

TREND = Card(
    "oecd_trend",
    "OECD",
    "rank correlation of value and year",
    (),
    "Spearman's rho, two-sided test at 10 %",
    "OECD, The Short and Winding Road to 2030 (2022); test from memory",
    "memory",
)
LIKELIHOOD = Card(
    "oecd_likelihood",
    "OECD",
    "likelihood of meeting the target",
    (),
    "1 - F_t(n-1)((ln(y*/yt) - h m) / (s sqrt(h (1 + h/n)))), m and s of the n yearly log changes",
    "OECD, The Short and Winding Road to 2030 (2022); model a stand-in",
    "memory",
)


def oecd_trend(course: Course) -> Reading:
    """Rank trend: upward, stable or downward, of the values themselves, whichever way is better.

    Spearman's correlation of value and year, two-sided at 10 %: exact up to eight values (all orders are counted, ties
    share their mean rank), Student t with n - 2 degrees of freedom beyond. From memory. Never on track or off: a trend
    is not compared with a target.

    Examples
    --------
    >>> from qdecon.rules.reading import Course
    >>> values = np.array([100.0, 106, 104, 113, 117, 121, 126])
    >>> print(oecd_trend(Course(np.arange(2018, 2025), values, "up")))
    OECD: upward (rank correlation of value and year 0.964)
    """
    if len(course.values) < LEAST:
        return TREND.refused(f"fewer than {LEAST} values: no order of them is significant at 10 %")
    ranks = _ranks(course.values)
    if not ranks.any():
        return replace(TREND.refused(""), quantity=0.0, label="stable")
    years = _ranks(course.years)
    rho = float(ranks @ years / np.sqrt(ranks @ ranks * (years @ years)))
    significant = _chance(rho, ranks) <= LEVEL
    label = "stable" if not significant else "upward" if rho > 0 else "downward"
    return replace(TREND.refused(""), quantity=rho, label=label)


def oecd_likelihood(course: Course) -> Reading:
    """Likelihood of meeting the target, by a random walk of the logarithms with drift.

    ``P = 1 - F((ln(y*/yt) - h m) / (s sqrt(h (1 + h/n))))`` with Student's t on n - 1 degrees of freedom; h years are
    left, m and s are mean and standard deviation of the n yearly log changes. ``h/n`` is the uncertainty of the drift.
    A change over k years counts as k m with variance k s^2, and n under h is then the years elapsed. No cut-offs are
    known; the form is a stand-in computed here, and its mean is not corrected for the persistence of growth.

    Examples
    --------
    >>> from qdecon.rules.reading import Course
    >>> values = np.array([100.0, 106, 104, 113, 117, 121, 126])
    >>> print(oecd_likelihood(Course(np.arange(2018, 2025), values, "up", 160.0, 2030)))
    OECD: no official classes known (likelihood of meeting the target 0.475)
    """
    from scipy.special import stdtr

    if course.target is None or course.deadline is None:
        return LIKELIHOOD.refused("there is no target or no deadline")
    if course.left <= 0:
        return LIKELIHOOD.refused("there is no time left to the deadline")
    if course.kind == "rate":
        return LIKELIHOOD.refused("a rate of growth is never compounded")
    if course.target <= 0 or (course.values <= 0).any():
        return LIKELIHOOD.refused("logarithms need a target and values above 0")
    if len(course.values) < LEAST:
        return LIKELIHOOD.refused(f"fewer than {LEAST} values: too few to tell the spread of the changes")
    changes, years = np.diff(np.log(course.values)), np.diff(course.years)
    drift = changes.sum() / course.elapsed
    spread = np.sqrt(((changes - drift * years) ** 2 / years).sum() / (len(changes) - 1))
    if spread < 1e-9:
        return LIKELIHOOD.refused("growth is the same every year: there is no spread to go by")
    short = np.log(course.target / course.last) - course.left * drift
    error = spread * np.sqrt(course.left * (1 + course.left / course.elapsed))
    likelihood = float(stdtr(len(changes) - 1, -course.sign * short / error))
    return replace(LIKELIHOOD.refused(""), quantity=likelihood, label=UNCLASSED)


def _ranks(values: NDArray[np.float64] | NDArray[np.int_]) -> NDArray[np.float64]:
    """Ranks about their mean; ties share theirs."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[place]
    return np.asarray(ranks - (len(values) + 1) / 2, dtype=np.float64)


def _chance(rho: float, ranks: NDArray[np.float64]) -> float:
    """Two-sided chance of so large a rank correlation if the order of the values were mere chance."""
    from scipy.special import stdtr

    count = len(ranks)
    if count <= EXACT:
        drawn = ranks[_orders(count)] @ (np.arange(count) - (count - 1) / 2)
        seen = ranks @ (np.arange(count) - (count - 1) / 2)
        return float((np.abs(drawn) >= abs(seen) - 1e-9).mean())
    if abs(rho) > 1 - 1e-12:
        return 0.0
    return float(2 * stdtr(count - 2, -abs(rho) * np.sqrt((count - 2) / (1 - rho**2))))


@lru_cache(maxsize=EXACT)
def _orders(count: int) -> NDArray[np.int_]:
    return np.array(list(permutations(range(count))))
