"""Combination of models by the median, which needs no weights to be estimated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from qdecon.models.protocol import Array, Forecast, Model, checked
from qdecon.models.scale import LEVEL, Scale


class Member(Model, Protocol):
    """A model that works on a scale of its own."""

    @property
    def scale(self) -> Scale:
        """Where it adds up changes."""
        ...


@dataclass(frozen=True)
class Median:
    """Median of several models' paths, year by year.

    A series that a member's scale cannot hold (a level at or below nought on logs) is given to the same member on the
    level; the others are not touched by that.

    Attributes
    ----------
    members : tuple of models
    measures : tuple of str
        Names of the members whose spreads are averaged into that of the median; all of them if empty.

    Examples
    --------
    >>> from qdecon.models.drift import Drift, Naive
    >>> Median((Naive(), Drift(), Drift(robust=True)), "three").forecast(np.array([[1.0, 2.0, 3.0, 9.0]]), 1).path
    array([[10.]])
    """

    members: tuple[Member, ...]
    name: str = "median"
    measures: tuple[str, ...] = ()
    source: str = "Makridakis, Spiliotis and Assimakopoulos (2020): simple combinations win on annual data"

    @property
    def formula(self) -> str:
        """The members combined."""
        return f"median of {', '.join(member.name for member in self.members)}"

    @property
    def needs(self) -> int:
        """As many values as the hungriest member."""
        return max(member.needs for member in self.members)

    def forecast(self, values: Array, horizon: int) -> Forecast:
        """Median over members."""
        array = checked(values, horizon, self.needs, self.name)
        made = [_inside(member, array, horizon) for member in self.members]
        path = np.median([each.path for each in made], axis=0)
        spreads = [
            each.spread
            for member, each in zip(self.members, made, strict=True)
            if not self.measures or member.name in self.measures
        ]
        return Forecast(np.asarray(path), np.mean(spreads, axis=0))


def _inside(member: Any, values: Array, horizon: int) -> Forecast:
    fits = member.scale.fits(values)
    if fits.all():
        made: Forecast = member.forecast(values, horizon)
        return made
    path, spread = np.empty((2, len(values), horizon))
    for rows, model in ((fits, member), (~fits, replace(member, scale=LEVEL))):
        if rows.any():
            made = model.forecast(values[rows], horizon)
            path[rows], spread[rows] = made.path, made.spread
    return Forecast(path, spread)
