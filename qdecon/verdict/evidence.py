"""Evidence about a figure that is not published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qdecon.data import Observation
    from qdecon.plan import Bilingual
    from qdecon.verdict.record import Interval


@dataclass(frozen=True)
class Evidence:
    """What is known about a figure that is not published.

    Attributes
    ----------
    probability : float or None
        Belief that the figure would satisfy the target; None where the evidence carries none.
    sentence : Bilingual
    used : tuple of Observation
    projected : Interval or None
        Range of the figure, where the evidence gives one.
    says_unpublished : bool
        Whether the sentence itself says that the figure is missing.
    """

    probability: float | None
    sentence: Bilingual
    used: tuple[Observation, ...]
    projected: Interval | None = None
    says_unpublished: bool = True
