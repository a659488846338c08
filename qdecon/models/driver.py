"""Conditional projection: how a series would go if its driver, the province or the nation, went a stated way.

    change of y = a + elasticity * change of x + error,    y(h) = y + h a + elasticity * (x(h) - x),

each on its scale, by ordinary least squares over the years that both have (Wooldridge 2019, chapter 2). It answers "if
the province grows by 5 %, then ...", and nothing about whether the province will.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qdecon.errors import NotAvailable
from qdecon.models.scale import LOG, Scale

if TYPE_CHECKING:
    from qdecon.models.protocol import Array

NEEDS = 6  # yearly changes: two coefficients and four degrees of freedom
RESOLUTION = 1e-18  # a variance below this share of the squared changes is rounding


@dataclass(frozen=True)
class Conditional:
    """A path that holds if the driver follows its own.

    Attributes
    ----------
    path : ndarray, shape (horizon,)
        In the unit of the values, anchored at the last one.
    spread : ndarray, shape (horizon,)
        Standard deviation of the error, in the unit of the values: from the coefficients and the years to come, but not
        from the driver's path, which is assumed.
    elasticity : float
        Change of the series for a change of 1 of the driver; with both on logs, per cent for a per cent.
    elasticity_error : float
        Its standard error.
    r_squared : float
        Share of the variance of yearly changes that the driver accounts for.
    n : int
        Yearly changes used.
    """

    path: Array
    spread: Array
    elasticity: float
    elasticity_error: float
    r_squared: float
    n: int


def condition(
    values: Array, driver: Array, driver_path: Array, scale: Scale = LOG, driver_scale: Scale | None = None
) -> Conditional:
    """Project a series along an assumed path of its driver.

    Parameters
    ----------
    values : ndarray, shape (years,)
        Annual values, oldest first; NaN where a year is missing, but not in the last.
    driver : ndarray, shape (years,)
        The driver in the same years, likewise.
    driver_path : ndarray, shape (horizon,)
        Assumed values of the driver in the years ahead, in its unit.
    scale : Scale
        Where changes of the series are formed.
    driver_scale : Scale, optional
        Where those of the driver are; as the series' unless given (a share may be driven by a level).

    Returns
    -------
    Conditional

    Raises
    ------
    NotAvailable
        If fewer than six yearly changes are common to both, a last value is missing, the driver never varied its pace,
        or its path has gaps.

    Examples
    --------
    >>> nation = 100 * np.exp(np.cumsum([0.08, 0.07, 0.09, 0.06, 0.05, 0.08, 0.04]))
    >>> made = condition(nation**1.5, nation, nation[-1] * np.array([1.05, 1.10]))
    >>> made.elasticity, made.path / nation[-1]**1.5
    (1.5, array([1.0759, 1.1537]))
    """
    series, drive, ahead = (np.asarray(each, dtype=float) for each in (values, driver, driver_path))
    if series.ndim != 1 or series.shape != drive.shape:
        raise NotAvailable(
            f"values and driver differ in shape: {series.shape} and {drive.shape}",
            "arguments values and driver",
            "give one series of each, over the same years, with NaN for a missing one",
        )
    if ahead.ndim != 1 or not len(ahead) or not np.isfinite(ahead).all():
        raise NotAvailable(
            "the assumed path of the driver is empty or has a gap", "argument driver_path", "state every year ahead"
        )
    for name, each in (("values", series), ("driver", drive)):
        if not len(each) or not np.isfinite(each[-1]):
            raise NotAvailable(
                "the last year is missing", f"argument {name}", "end both series in a year that both have"
            )
    y = _scaled(series, scale)
    x = _scaled(np.concatenate([drive, ahead]), driver_scale or scale)
    return _projected(y, x[: len(y)], x[len(y) :] - x[len(y) - 1], scale)


def _scaled(values: Array, scale: Scale) -> Array:
    """Values on the scale, with gaps left as they are."""
    known = np.isfinite(values)
    made = np.full(values.shape, np.nan)
    made[known] = scale.forth(values[known])
    return made


def _projected(y: Array, x: Array, total: Array, scale: Scale) -> Conditional:
    """Regress the changes of y on those of x, and follow ``total``, the change of x from its last value.

    Raises
    ------
    NotAvailable
        If too few changes are common to both, or those of the driver do not vary.
    """
    dy, dx = np.diff(y), np.diff(x)
    common = np.isfinite(dy) & np.isfinite(dx)
    dy, dx, n = dy[common], dx[common], int(common.sum())
    if n < NEEDS:
        raise NotAvailable(
            f"series and driver have {n} yearly changes in common, {NEEDS} are needed",
            "arguments values and driver",
            "give more years, or project the series by itself",
        )
    varied = float(np.sum((dx - dx.mean()) ** 2))
    if varied <= RESOLUTION * np.sum(dx**2):
        raise NotAvailable(
            "the driver changed by the same amount every year, so nothing can be learnt from it",
            "argument driver",
            "choose another driver, or project the series by itself",
        )
    elasticity = float(np.sum((dx - dx.mean()) * dy)) / varied
    errors = dy - dy.mean() - elasticity * (dx - dx.mean())
    variance, whole = float(errors @ errors) / (n - 2), float(np.sum((dy - dy.mean()) ** 2))
    years = np.arange(1, len(total) + 1)
    beside = total - years * dx.mean()  # how far the driver leaves its average path
    path = scale.back(y[-1] + years * dy.mean() + elasticity * beside)
    spread = np.sqrt(variance * (years + years**2 / n + beside**2 / varied))
    return Conditional(
        path=path,
        spread=spread * scale.slope(path),
        elasticity=elasticity,
        elasticity_error=float(np.sqrt(variance / varied)),
        r_squared=1 - float(errors @ errors) / whole if whole else 0.0,
        n=n,
    )
