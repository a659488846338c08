"""What the verdict of a target reads: so that dates on which none of it changed need not be judged again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qdecon.verdict.published import due

if TYPE_CHECKING:
    import datetime as dt

    from qdecon.data import Dataset, Observation
    from qdecon.plan import Target


@dataclass(frozen=True)
class Inputs:
    """What the verdict of a target can read.

    Attributes
    ----------
    target : Target
    cells : frozenset of (str, str)
        Indicators with the kind of period that is read.
    peers : bool
        Whether figures of other places are read.
    due : tuple of int
        Years whose figures fall due.
    """

    target: Target
    cells: frozenset[tuple[str, str]]
    peers: bool
    due: tuple[int, ...]

    def released(self, old: Dataset, new: Dataset) -> tuple[Observation, ...]:
        """Figures read in the new dataset and not, or not with that value, in the old; the target's own first."""
        before, now = self._best(old), self._best(new)
        found = [item for key, item in now.items() if key not in before or before[key].value != item.value]
        own = self.target.indicator
        return tuple(sorted(found, key=lambda item: (item.indicator != own, -item.year, -item.period.month)))

    def _best(self, dataset: Dataset) -> dict[tuple[str, str, str], Observation]:
        """The figure that is read of every indicator, period and basis."""
        best: dict[tuple[str, str, str], Observation] = {}
        for item in dataset.observations:
            if (item.indicator, item.period.part) in self.cells and item.usable:
                key = (item.indicator, item.period.label, item.basis)
                if key not in best or item.rank > best[key].rank:
                    best[key] = item
        return best

    def fell_due(self, before: dt.date, after: dt.date) -> bool:
        """Whether a figure fell due between two dates."""
        return any(due(year, before) != due(year, after) for year in self.due)

    def peer_year(self, old: Dataset, new: Dataset) -> int | None:
        """Latest year of other places' figures that the new dataset has and the old one has not."""
        pairs = zip(_last_years(old), _last_years(new), strict=True) if self.peers else ()
        return max((now for then, now in pairs if now > then), default=None)


def _last_years(dataset: Dataset) -> tuple[int, ...]:
    peers = dataset.peers
    return tuple(panel.last for panel in (peers.cities, peers.provinces, peers.nation, peers.countries))


def inputs(dataset: Dataset, target: Target) -> Inputs:
    """Follow every relation by which a verdict gets from its target to figures: wholes, parts, ceilings, counts.

    Examples
    --------
    >>> import qdecon as qd
    >>> city = qd.load("qingdao")
    >>> sorted(name for name, _ in inputs(city, city.plan.target("t06")).cells)
    ['gdp', 'gdp_growth_real']
    """
    own = dataset.indicators.get(target.indicator or "")
    todo = [target.indicator]
    if own and target.measure == "multiple_of_baseline":  # registers of the same unit tell how often a count falls
        todo += [each.id for each in dataset.indicators.values() if each.kind == "stock" and each.unit == own.unit]
    names: set[str] = set()
    while todo:
        name = todo.pop()
        if name is None or name in names:
            continue
        names.add(name)
        each = dataset.indicator(name)
        todo += [each.numerator, each.denominator, each.ceiling, each.parent, each.stock, each.real_growth]
        todo += [share.id for share in dataset.indicators.values() if share.numerator == name]
    cells = {(name, "year") for name in names}
    if own and (own.parent or target.years):
        cells |= {(name, "partial") for name in (own.id, own.parent) if name}
    if own and own.stock:
        cells.add((own.stock, "month"))
    published = dataset.peers.cities.levels.keys() | dataset.peers.provinces.levels.keys()
    years = target.years or ((target.deadline,) if target.deadline else ())
    return Inputs(target, frozenset(cells), bool(names & published), years)
