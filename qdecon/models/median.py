"""Combination of models by the median, which needs no weights to be estimated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qdecon.models.protocol import Changes, Model


@dataclass(frozen=True)
class Median:
    """Median of several models' paths, year by year.

    Examples
    --------
    >>> from qdecon.models.drift import FullDrift, Naive
    >>> Median((Naive(), FullDrift())).path(np.array([[0.04, 0.06]]), 1)
    array([[0.025]])
    """

    members: tuple[Model, ...]
    name: str = "median"
    source: str = "Makridakis, Spiliotis and Assimakopoulos (2020): simple combinations win on annual data"

    @property
    def formula(self) -> str:
        """The members combined."""
        return f"median of {', '.join(member.name for member in self.members)}"

    @property
    def needs(self) -> int:
        """As many changes as the hungriest member."""
        return max(member.needs for member in self.members)

    def path(self, changes: Changes, horizon: int) -> Changes:
        """Median over members."""
        return np.asarray(np.median([member.path(changes, horizon) for member in self.members], axis=0))
