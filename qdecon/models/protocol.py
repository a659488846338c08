"""What every trajectory model promises."""

from __future__ import annotations

from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from qdecon.errors import NotAvailable

Changes: TypeAlias = NDArray[np.float64]


class Model(Protocol):
    """A frozen configuration with a formula and a source.

    Attributes
    ----------
    name : str
        Registry name.
    formula : str
        The path in one line; d are past yearly changes, n their number, h the years ahead.
    source : str
        Where the method is published.
    needs : int
        Fewest yearly changes it accepts.
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
        """Fewest yearly changes it accepts."""
        ...

    def path(self, changes: Changes, horizon: int) -> Changes:
        """Change since the last value, 1 to ``horizon`` years ahead.

        Parameters
        ----------
        changes : ndarray, shape (series, years)
            Yearly changes on the model's scale, oldest first, without gaps.
        horizon : int
            Years ahead.

        Returns
        -------
        ndarray, shape (series, horizon)
        """
        ...


def checked(changes: Changes, needs: int, name: str) -> Changes:
    """Return the changes as a two-dimensional array without gaps.

    Raises
    ------
    NotAvailable
        If there are fewer than ``needs`` changes, or gaps.
    """
    array = np.atleast_2d(np.asarray(changes, dtype=float))
    if array.shape[1] < needs:
        raise NotAvailable(
            f"{name} needs {needs} yearly changes, got {array.shape[1]}", "argument changes", "give a longer series"
        )
    if not np.isfinite(array).all():
        raise NotAvailable(f"{name} met a gap in the yearly changes", "argument changes", "use the years after the gap")
    return array
