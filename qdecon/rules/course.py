"""The course of a plan's target: past figures on one statistical basis, direction, value wanted and deadline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from qdecon.errors import NotAvailable
from qdecon.rules.reading import Course

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qdecon.data import Dataset
    from qdecon.plan import Target
    from qdecon.rules.reading import Direction


def course_to(dataset: Dataset, target: Target, base: int | None = None) -> Course:
    """The course of a plan's level or share towards its target.

    Levels of two statistical bases never stand in one series: past levels are rebuilt backwards from the latest one by
    growth rates that were each formed inside one basis. Of a share only figures on the basis of the latest are taken,
    years without one left out.

    Parameters
    ----------
    dataset : Dataset
        As known on the as-of date.
    target : Target
    base : int, optional
        First year; by default the year before the target was adopted, for a share the latest figure up to then, or the
        first one.

    Raises
    ------
    NotAvailable
        If the target is neither a level nor a share with a deadline, there are fewer than two figures, or the base is
        not known.

    Examples
    --------
    >>> import qdecon as qd
    >>> city = qd.load("qingdao")
    >>> course_to(city, city.plan.target("t06")).values.round(0)
    array([14343., 15139., 15991., 16719., 17561.])
    """
    latest = dataset.latest(target.indicator) if target.indicator else None
    known = target.measure in ("level", "share") and target.comparator not in (None, "about")
    if not known or target.deadline is None or target.value is None:
        raise NotAvailable(
            f"{target.id} is neither a level nor a share to be reached by a year", "argument target", "choose another"
        )
    if latest is None or latest.value is None:
        raise NotAvailable(f"{target.id} has no published figure", "argument target", "wait for figures")
    direction: Direction = "down" if target.comparator == "at_most" else "up"
    first = target.adopted.year - 1 if base is None else base
    if target.measure == "share":
        years, values = _shares(dataset, target, first, exact=base is not None)
        whole = 100.0 if latest.unit == "%" else 1.0
        return Course(years, values, direction, target.value, target.deadline, "share", whole)
    steps = {step.year: step.value for step in dataset.growth_steps(latest.indicator)}
    missing = [year for year in range(first + 1, latest.year + 1) if year not in steps]
    if missing or first > latest.year:
        raise NotAvailable(f"growth is not known back to {first}", "argument base", "choose a later base")
    years = np.arange(first, latest.year + 1)
    backwards = np.cumsum([0.0, *(np.log1p(steps[year]) for year in years[:0:-1])])[::-1]
    return Course(years, latest.value * np.exp(-backwards), direction, target.value, target.deadline)


def _shares(
    dataset: Dataset, target: Target, first: int, *, exact: bool
) -> tuple[NDArray[np.int_], NDArray[np.float64]]:
    """Years and figures of a share on the basis of the latest one, from its base on.

    Raises
    ------
    NotAvailable
        If there are fewer than two, or none of the base.
    """
    series = dataset.series(target.indicator or "")
    years = series.index.year.to_numpy()
    if len(years) < 2:
        where = " on its latest basis" if series.attrs["cut"] else ""
        raise NotAvailable(f"{target.id} has one published figure{where}", "argument target", "wait for figures")
    base = first if exact else max((year for year in years if year <= first), default=years[0])
    if base not in years[:-1]:
        listed = ", ".join(map(str, years[:-1]))
        raise NotAvailable(f"{target.id} has no figure of {base} to start from", "argument base", f"choose {listed}")
    kept = years >= base
    return years[kept], series.to_numpy()[kept]
