"""What every trajectory model promises: an array of annual series in, paths and their spread out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from qdecon.errors import NotAvailable

Array: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Forecast:
    """Paths of a batch of series, anchored at their last values.

    Attributes
    ----------
    path : ndarray, shape (series, horizon)
        The point path, 1 to ``horizon`` years ahead, in the unit of the values.
    spread : ndarray, shape (series, horizon)
        Standard deviation of the error that the model itself expects, in the unit of the values. It scales errors so
        that those of different series can be compared; a band is never drawn from it alone.
    """

    path: Array
    spread: Array


class Model(Protocol):
    """A frozen configuration with a formula and a source; the same object forecasts one series or a hundred thousand.

    Attributes
    ----------
    name : str
        Registry name.
    formula : str
        The path in one line; y is the last value, d past yearly changes, h the years ahead.
    source : str
        Where the method is published.
    needs : int
        Fewest annual values it accepts.
    """

    @property
    def name(self) -> str:
        """Registry name."""
        ...

    @property
    def formula(self) -> str:
        """The path in one line."""
        ...

    @property
    def source(self) -> str:
        """Where the method is published."""
        ...

    @property
    def needs(self) -> int:
        """Fewest annual values it accepts."""
        ...

    def forecast(self, values: Array, horizon: int) -> Forecast:
        """Project every series.

        Parameters
        ----------
        values : ndarray, shape (series, years)
            Annual values, oldest first, without gaps.
        horizon : int
            Years ahead, at least 1.

        Returns
        -------
        Forecast
        """
        ...


def checked(values: Array, horizon: int, needs: int, name: str) -> Array:
    """Return the values as a two-dimensional array without gaps.

    Raises
    ------
    NotAvailable
        If there are fewer than ``needs`` years, a gap, or nothing to project to.
    """
    array = np.atleast_2d(np.asarray(values, dtype=float))
    if horizon < 1:
        raise NotAvailable(f"{name} was asked for {horizon} years ahead", "argument horizon", "ask for 1 or more")
    if array.shape[1] < needs:
        raise NotAvailable(
            f"{name} needs {needs} annual values, got {array.shape[1]}", "argument values", "give a longer series"
        )
    if not np.isfinite(array).all():
        row, column = np.argwhere(~np.isfinite(array))[0]
        raise NotAvailable(
            f"{name} met a gap", f"argument values, series {row}, year {column}", "use the years after the gap"
        )
    return array
