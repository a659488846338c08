"""The scale on which a series is thought to change by like amounts: level, logarithm or log-odds.

A level that grows is projected on logarithms or on the level itself, a share on log-odds, so that it stays between 0
and 100 %. A scale maps values forth and back; a model on it is anchored at the last value by construction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from qdecon.errors import NotAvailable

if TYPE_CHECKING:
    from qdecon.models.protocol import Array

Kind = Literal["level", "log", "log-odds"]


@dataclass(frozen=True)
class Scale:
    """A monotone transformation of values.

    Attributes
    ----------
    kind : {"level", "log", "log-odds"}
    top : float
        The value that stands for the whole, on log-odds only: 1 for fractions, 100 for per cent.

    Examples
    --------
    >>> Scale("log-odds", top=100).back(Scale("log-odds", top=100).forth(np.array([25.0])))
    array([25.])
    """

    kind: Kind = "level"
    top: float = 1.0

    def fits(self, values: Array) -> Array:
        """Tell for each series (True or False) whether all its values lie inside the scale's range."""
        if self.kind == "level":
            return np.ones(len(values), dtype=bool)
        inside = values > 0 if self.kind == "log" else (values > 0) & (values < self.top)
        return np.asarray(inside.all(axis=1), dtype=bool)

    def forth(self, values: Array) -> Array:
        """Map values to the scale.

        Raises
        ------
        NotAvailable
            If a value lies outside its range.
        """
        if self.kind == "level":
            return values
        if not self.fits(np.atleast_2d(values)).all():
            limits = "above 0" if self.kind == "log" else f"between 0 and {self.top:g}"
            raise NotAvailable(
                f"the {self.kind} scale takes values {limits} only",
                "argument values",
                "project this series on the level",
            )
        logs = np.log(values)
        return logs if self.kind == "log" else logs - np.log(self.top - values)

    def back(self, scaled: Array) -> Array:
        """Map from the scale to values."""
        if self.kind == "level":
            return scaled
        return np.exp(scaled) if self.kind == "log" else self.top / (1 + np.exp(-scaled))

    def slope(self, values: Array) -> Array:
        """Change of the value for a small change on the scale, which turns a spread on the scale into one of values."""
        if self.kind == "level":
            return np.ones_like(values)
        return np.abs(values) if self.kind == "log" else values * (1 - values / self.top)


LEVEL, LOG, PER_CENT = Scale(), Scale("log"), Scale("log-odds", top=100.0)
