"""Figures never published: the evidence weighed into a probability where there is any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qdecon.verdict.baseline import from_missing_baseline
from qdecon.verdict.ceiling import from_ceiling
from qdecon.verdict.partyear import from_partial_year

if TYPE_CHECKING:
    from qdecon.data import Dataset
    from qdecon.plan import Target
    from qdecon.verdict.evidence import Evidence


def weigh(dataset: Dataset, target: Target) -> Evidence | None:
    """Find evidence about an unpublished figure: a ceiling, a part of the year, or a missing baseline.

    None if there is nothing that carries a probability; the target is then told as it is.
    """
    for way in (from_ceiling, from_partial_year, from_missing_baseline):
        found = way(dataset, target)
        if found is not None:
            return found
    return None
