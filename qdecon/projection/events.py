"""Events in equally likely joint outcomes, and their chance.

An event is one truth value an outcome. Events of the same outcomes may be joined with ``&``, ``|`` and ``~`` like any
boolean array, and :func:`chance` of several of them is the chance that all hold at once: what moves together in the
outcomes is counted together. The product of single chances would be right only for things that have nothing in common.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from qdecon.errors import NotAvailable, UnknownName
from qdecon.projection.paths import Projection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from qdecon.plan import Comparator

Event: TypeAlias = "NDArray[np.bool_]"  # shape (outcomes,)
Paths: TypeAlias = "Projection | NDArray[np.float64]"  # an array has the shape (outcomes, years)
Comparison: TypeAlias = "Comparator | Literal['within']"


def reaches(
    paths: Paths, year: int, value: float, comparator: Comparison = "at_least", tolerance: float | None = None
) -> Event:
    """Tell in which outcomes a year's figure satisfies a comparator.

    Parameters
    ----------
    paths : Projection or ndarray of shape (outcomes, years)
    year : int
        A year of the projection; of an array, the number of a column, counted from 0.
    value : float
        In the unit of the paths.
    comparator : {"at_least", "more_than", "at_most", "about", "within"}
        Equality satisfies ``at_least`` and ``at_most`` and breaks ``more_than``.
    tolerance : float, optional
        Width to either side for ``about`` and ``within``, which mean the same.

    Returns
    -------
    ndarray of bool, shape (outcomes,)

    Raises
    ------
    NotAvailable
        If the paths do not hold that year, or ``about`` has no tolerance.
    UnknownName
        If there is no such comparator.

    Examples
    --------
    >>> reaches(np.array([[1.0, 2.0], [1.0, 4.0]]), 1, 2.0, "more_than")
    array([False,  True])
    """
    return _satisfied(_years(paths, [year])[:, 0], value, comparator, tolerance)


def every_year(
    paths: Paths,
    years: Iterable[int],
    value: float,
    comparator: Comparison = "at_least",
    tolerance: float | None = None,
) -> Event:
    """Tell in which outcomes the figure of each of some years satisfies a comparator.

    Parameters are those of :func:`reaches`.

    Returns
    -------
    ndarray of bool, shape (outcomes,)

    Raises
    ------
    NotAvailable
        If no year is named, the paths do not hold one of them, or ``about`` has no tolerance.
    UnknownName
        If there is no such comparator.

    Examples
    --------
    >>> every_year(np.array([[1.0, 2.0], [3.0, 4.0]]), [0, 1], 2.0)
    array([False,  True])
    """
    return np.asarray(_satisfied(_years(paths, years), value, comparator, tolerance).all(axis=1))


def sum_reaches(
    paths: Paths,
    years: Iterable[int],
    value: float,
    comparator: Comparison = "at_least",
    already: float = 0.0,
    tolerance: float | None = None,
) -> Event:
    """Tell in which outcomes the sum over some years satisfies a comparator.

    Parameters are those of :func:`reaches`; ``already`` is what earlier, published years add to the sum.

    Returns
    -------
    ndarray of bool, shape (outcomes,)

    Raises
    ------
    NotAvailable
        If no year is named, the paths do not hold one of them, or ``about`` has no tolerance.
    UnknownName
        If there is no such comparator.

    Examples
    --------
    >>> sum_reaches(np.array([[1.0, 2.0], [3.0, 4.0]]), [0, 1], 10.0, already=3.0)
    array([False,  True])
    """
    return _satisfied(_years(paths, years).sum(axis=1) + already, value, comparator, tolerance)


def first_year(
    paths: Paths, value: float, comparator: Comparison = "at_least", tolerance: float | None = None
) -> dict[int | None, float]:
    """Distribution of the year in which the comparator is first satisfied.

    Parameters are those of :func:`reaches`.

    Returns
    -------
    dict
        Year to chance, in order of time, and None to the chance that no year of the paths satisfies it; the sum is 1.

    Raises
    ------
    NotAvailable
        If the paths hold no outcome, or ``about`` has no tolerance.
    UnknownName
        If there is no such comparator.

    Examples
    --------
    >>> first_year(np.array([[1.0, 2.0], [1.0, 1.0]]), 2.0)
    {0: 0.0, 1: 0.5, None: 0.5}
    """
    years = paths.years if isinstance(paths, Projection) else range(np.shape(paths)[1])
    satisfied = _satisfied(_years(paths, years), value, comparator, tolerance)
    first = np.where(satisfied.any(axis=1), satisfied.argmax(axis=1), len(years))
    shares = [chance(first == column) for column in range(len(years) + 1)]
    return dict(zip([*years, None], shares, strict=True))


def chance(*events: Event) -> float:
    """Share of outcomes in which all events hold.

    Raises
    ------
    NotAvailable
        If there is no event or no outcome, or the events come from different outcomes.

    Examples
    --------
    >>> chance(np.array([True, True, False, False]), np.array([True, False, True, False]))
    0.25
    """
    sizes = sorted({np.size(event) for event in events})
    if len(sizes) > 1:
        raise NotAvailable(
            f"events of {' and '.join(str(size) for size in sizes)} outcomes do not come from the same draws",
            "arguments of chance",
            "take all events from one joint projection",
        )
    if not sizes or not sizes[0]:
        raise NotAvailable("no outcome to count", "arguments of chance", "give at least one event")
    return float(np.mean(np.logical_and.reduce(events)))


def _years(paths: Paths, years: Iterable[int]) -> NDArray[np.float64]:
    wanted = list(years)
    if isinstance(paths, Projection):
        known, array = list(paths.years), paths.paths
    else:
        array = np.asarray(paths)
        known = list(range(array.shape[1]))
    absent = [year for year in wanted if year not in known]
    if absent or not wanted:
        what = f"the paths hold no {absent[0]}" if absent else "no year is named"
        raise NotAvailable(what, "argument year", f"choose from {known[0]} to {known[-1]}")
    return array[:, [known.index(year) for year in wanted]]


def _satisfied(
    figures: NDArray[np.float64], value: float, comparator: Comparison, tolerance: float | None
) -> NDArray[np.bool_]:
    match comparator:
        case "at_least":
            return np.asarray(figures >= value)
        case "more_than":
            return np.asarray(figures > value)
        case "at_most":
            return np.asarray(figures <= value)
        case "about" | "within":
            if tolerance is None:
                raise NotAvailable(
                    f"{comparator} has no tolerance", "argument tolerance", "state the width that counts"
                )
            return np.asarray(np.abs(figures - value) <= tolerance)
    raise UnknownName(
        f"unknown comparator {comparator!r}",
        "argument comparator",
        "choose one of at_least, more_than, at_most, about, within",
    )
