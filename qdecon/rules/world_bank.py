"""World Bank: speed of progress against a typical path (R package trackr).

How fast others moved from each level is put together to a typical path; the years it takes over the stretch a place has
covered, over the years the place took, are its speed. A reference class answers "is this fast?", which no ratio to a
target does.

Weaknesses: trackr fits the median change as a constrained P-spline quantile regression with cross-validated smoothing;
here it is the median in a running window of levels, without constraint, so that it is rougher and flat at the ends.
The path says what was usual, not what is possible, and depends on which peers are taken. That decides: Qingdao's GDP
from 2020 to 2025 is faster than typical among what other cities did in the same years (1.26), and slower than typical
among all they did since 2002 (0.83), when prices rose and everybody grew faster. :func:`peer_path` says which is taken.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from qdecon.errors import NotAvailable
from qdecon.rules.reading import Card

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qdecon.data.peers import Panel
    from qdecon.rules.reading import Course, Reading

FEWEST_PEERS, FEWEST_YEARS = 20, 5

CARD = Card(
    "world_bank",
    "World Bank",
    "years of typical progress a year",
    ((1.0, "typical or faster"), (float("-inf"), "slower than typical")),
    "typical-path years from yb to yt / (t - b)",
    "RossanaTat/trackr; here a running median instead of quantile splines",
    "read",
)


@dataclass(frozen=True)
class TypicalPath:
    """The usual yearly change at each level.

    Attributes
    ----------
    levels : ndarray, shape (m,)
        Rising; the first and last are the lowest and highest level of any peer.
    changes : ndarray, shape (m,)
        Median yearly change there, in the unit of the levels.
    logs : bool
        Whether levels and changes are logarithms.
    peers : str
        Whose changes these are, of which years.
    """

    levels: NDArray[np.float64]
    changes: NDArray[np.float64]
    logs: bool = False
    peers: str = ""

    def years(self, begin: float, end: float) -> float:
        """Years that the typical path takes from one level to another, negative if it runs the other way.

        The integral of 1 / change over the level, by the trapezoidal rule in 200 steps; nan where the path is not
        known or stands still or turns round on the way.

        Examples
        --------
        >>> TypicalPath(np.array([0.0, 100.0]), np.array([2.0, 2.0])).years(10, 40)
        15.0
        """
        if min(begin, end) < self.levels[0] or max(begin, end) > self.levels[-1]:
            return float("nan")
        grid = np.linspace(begin, end, 201)
        changes = np.interp(grid, self.levels, self.changes)
        if not ((changes > 0).all() or (changes < 0).all()):
            return float("nan")
        return float(np.trapezoid(1 / changes, grid))


def typical_path(levels: NDArray[np.float64], changes: NDArray[np.float64]) -> TypicalPath:
    """Typical yearly change as a function of the level, from what peers did.

    Pairs are ordered by level; in each window of a fifth of them (nine at least) the median change is set against the
    median level. Between these the change is interpolated, beyond them it stays as it is. A simplified form of trackr's
    constrained quantile regression.

    Parameters
    ----------
    levels : ndarray, shape (n,)
        Where each peer started from.
    changes : ndarray, shape (n,)
        By how much it moved in the year that followed.

    Raises
    ------
    NotAvailable
        If there are fewer than 20 pairs, or a pair is not complete.

    Examples
    --------
    >>> levels = np.linspace(20, 80, 61)
    >>> path = typical_path(levels, 0.02 * (100 - levels))
    >>> path.years(40, 60)
    20.2
    """
    if len(levels) != len(changes) or not np.isfinite(levels).all() or not np.isfinite(changes).all():
        raise NotAvailable("levels and changes do not match", "arguments levels, changes", "give one change a level")
    if len(levels) < FEWEST_PEERS:
        raise NotAvailable(f"only {len(levels)} peer years", "argument levels", f"give {FEWEST_PEERS} or more")
    order = np.argsort(levels, kind="stable")
    window = max(9, len(levels) // 5)
    windows = [np.lib.stride_tricks.sliding_window_view(part[order], window) for part in (levels, changes)]
    middle, place = np.unique(np.median(windows[0], axis=1), return_inverse=True)
    typical = np.bincount(place, weights=np.median(windows[1], axis=1)) / np.bincount(place)
    knots = np.concatenate([[levels.min()], middle, [levels.max()]])
    return TypicalPath(knots, np.concatenate([typical[:1], typical, typical[-1:]]))


def peer_path(panel: Panel, indicator: str, city: str, years: range) -> TypicalPath:
    """The typical path of a level in current prices, from what other cities did in the years of the course.

    The method compares places at the same level, whenever they were there: years of schooling mean the same in 1990 and
    today. An amount in current prices does not. 1.5 trillion yuan in 2009 was a larger economy than in 2023, in a
    country whose nominal GDP grew by 9 % that year and 18 % the next, and not by 5 % and 4 %: decades laid side by side
    would make every city of today slow. Only changes of the course's own years are taken, those of which the peers have
    figures: then prices and the country's growth are common to all, and what is left is how fast cities of that size
    moved.

    Level and change are logarithms, since cities differ by a factor of sixty and grow by a rate; on the levels
    themselves a window of large cities spans a factor of three, and the changes in it do too.

    For a city the proper peers are those at the same income a head. Population, and so income, is not in the data; size
    stands in for it, and a large poor city is compared with a rich one as large.

    Parameters
    ----------
    panel : Panel
        As known on the as-of date.
    indicator : str
        A level.
    city : str
        Left out.
    years : range
        Years in which a change may end.

    Raises
    ------
    NotAvailable
        If fewer than 20 yearly changes can be formed inside one basis.
    UnknownName
        If the panel has no such indicator.

    Examples
    --------
    >>> import qdecon as qd
    >>> cities = qd.load("qingdao").peers.cities
    >>> path = peer_path(cities, "gdp", "青岛", range(2021, 2026))
    >>> path.peers, path.years(np.log(12_500), np.log(17_500))
    ('35 places, 2021 to 2024', 6.4)
    """
    rest = panel.without([city])
    formed = {
        (place, year): (before, value)
        for place in rest.places
        for year, (before, value, _) in rest.pairs(indicator, place).items()
        if year in years and min(before, value) > 0
    }
    levels = np.log(np.array(list(formed.values())).reshape(-1, 2))
    path = typical_path(levels[:, 0], levels[:, 1] - levels[:, 0])
    places, when = {place for place, _ in formed}, [year for _, year in formed]
    return replace(path, logs=True, peers=f"{len(places)} places, {min(when)} to {max(when)}")


def speed(course: Course, path: TypicalPath | None = None) -> Reading:
    """Speed of progress: typical-path years covered, over the years taken; 1 is typical, 2 twice as fast.

    Needs at least five years between the first and the last value. Source: trackr, read. That 1 is typical is read;
    names of classes are ours. Never on track or off: no target is looked at.

    Parameters
    ----------
    course : Course
    path : TypicalPath, optional
        Of peers; without one the rule is refused.

    Examples
    --------
    >>> from qdecon.rules.reading import Course
    >>> path = TypicalPath(np.array([0.0, 100.0]), np.array([2.0, 2.0]))
    >>> print(speed(Course(np.array([2018, 2024]), np.array([40.0, 58.0]), "up"), path))
    World Bank: typical or faster (years of typical progress a year 1.5)
    """
    if path is None:
        return CARD.refused("no peers' typical path was given")
    if course.elapsed < FEWEST_YEARS:
        return CARD.refused(f"fewer than {FEWEST_YEARS} years between the first and the last value")
    if path.logs and min(course.first, course.last) <= 0:
        return CARD.refused("logarithms need values above 0")
    first, last = np.log([course.first, course.last]) if path.logs else (course.first, course.last)
    if min(first, last) < path.levels[0] or max(first, last) > path.levels[-1]:
        return CARD.refused("no peer was at such levels")
    passed = np.interp(np.linspace(first, last, 201), path.levels, path.changes)
    if (course.sign * passed <= 0).any():
        return CARD.refused("the typical path does not get better at these levels")
    found = path.years(first, last) / course.elapsed
    label = next(name for least, name in CARD.cutoffs if round(found, 9) >= least)
    card = replace(CARD, source=f"{CARD.source}; {path.peers}") if path.peers else CARD
    return replace(card.refused(""), quantity=float(found), label=label)
