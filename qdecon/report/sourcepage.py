"""The page of all sources, each with the figures taken from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qdecon.report.fact import fact

if TYPE_CHECKING:
    from qdecon.data import Dataset
    from qdecon.data.observations import Source
    from qdecon.report.fact import Fact


@dataclass(frozen=True)
class SourceEntry:
    """A source and the figures taken from it, in the order of the table."""

    source: Source
    facts: tuple[Fact, ...]


def source_entries(dataset: Dataset) -> tuple[SourceEntry, ...]:
    """Every source that a figure or a target names, with its usable figures.

    Examples
    --------
    >>> import qdecon as qd
    >>> entries = source_entries(qd.load("qingdao"))
    >>> sum(len(entry.facts) for entry in entries) > 300
    True
    """
    taken: dict[str, list[Fact]] = {}
    for item in dataset.observations:
        if item.usable:
            taken.setdefault(item.source, []).append(fact(dataset, item))
    named = {target.source for target in dataset.plan.targets} | {dataset.plan.document}
    return tuple(
        SourceEntry(source, tuple(taken.get(name, ())))
        for name, source in dataset.sources.items()
        if name in taken or name in named
    )
