"""Comparing what the database holds with what a plan holds: what is new, what changed, what must not be read."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING

from qdecon.data.observations import COLUMNS, Observation, half_step

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from qdecon.data import Dataset
    from qdecon.data.peers import Revision
    from qdecon.plan import Bilingual
    from qdecon.sources.nbsanswer import Cell
    from qdecon.sources.refresh.feed import Series

VINTAGE = "retrieved"


@dataclass(frozen=True)
class Held:
    """A figure that the plan holds already; ``withdrawn`` if the database held it once and now is blank there."""

    indicator: str
    name: Bilingual
    year: int
    basis: str
    value: float
    unit: str
    source: str
    withdrawn: bool


@dataclass(frozen=True)
class Appended:
    """One row that is new in ``observations.csv``.

    Attributes
    ----------
    table, place : str
        Of the database.
    value : str
        As printed in the answer.
    use : str
        ``yes``, or ``conflict`` where the figure looks like another statistical basis: then it is never read.
    held, held_source : str
        The figure that was in use and its source; empty for a new period.
    """

    table: str
    place: str
    indicator: str
    name: Bilingual
    year: int
    value: str
    unit: str
    basis: str
    published: str
    use: str
    quote: str
    note: str
    source: str = ""
    held: str = ""
    held_source: str = ""

    @property
    def row(self) -> dict[str, str]:
        """The row by column."""
        known = {"period": str(self.year), "vintage": VINTAGE, "evidence": "official", "qualifier": ""}
        return {column: known[column] if column in known else str(getattr(self, column)) for column in COLUMNS}


@dataclass(frozen=True)
class Comparison:
    """How the cells of all series compare with the figures held.

    Attributes
    ----------
    appended : tuple of Appended
        Conflicts included.
    unchanged : int
        Cells that agree with a figure held; ``coarser`` of them print fewer digits than it.
    blank : tuple of Held
        Figures held for which the database is blank.
    """

    appended: tuple[Appended, ...] = ()
    unchanged: int = 0
    coarser: int = 0
    blank: tuple[Held, ...] = ()


def compare(
    dataset: Dataset,
    found: Sequence[tuple[Series, Mapping[int, Cell]]],
    retrieved: dt.date,
    largest: Mapping[str, float],
) -> Comparison:
    """Compare the cells of every series with the figures that a plan holds.

    A cell is left alone if it agrees with the newest figure that came from this table before, or with the figure in use
    for the same indicator, year and basis. A figure that was printed with fewer digits than the one held, and is a
    rounding of it, agrees with it: it would only take digits away. Everything else is appended. A change larger than
    the largest final revision that was measured for this figure looks like another statistical basis: it is appended as
    a conflict, which nothing reads.

    Parameters
    ----------
    dataset : Dataset
        As known on the day of retrieval.
    found : sequence of (Series, mapping of year to Cell)
    retrieved : datetime.date
    largest : mapping of str to float
        Largest final revision by item of a table, as a fraction; that of GDP stands in where none was measured, and if
        that is missing too, no change is small enough.

    Returns
    -------
    Comparison
    """
    appended: list[Appended] = []
    blank: list[Held] = []
    unchanged = coarser = 0
    for series, cells in found:
        for year, cell in sorted(cells.items()):
            basis = series.bases[year]
            in_use = dataset.annual(series.indicator.id).get((year, basis))
            earlier = _newest(dataset, series, year, basis)
            held = [item for item in (in_use, earlier) if item is not None]
            if cell.value is None:
                blank += [_held(series, held[0], withdrawn=earlier is not None)] if held else []
            elif any(agrees(cell.value, item) for item in held):
                unchanged += 1
                coarser += not any(item.value == float(cell.value) for item in held)
            else:
                limit = largest.get(series.item.id, largest.get("gdp", 0.0))
                appended.append(_appended(series, cell, in_use, retrieved, limit))
    return Comparison(_sourced(dataset, appended, retrieved), unchanged, coarser, tuple(blank))


def agrees(printed: str, held: Observation) -> bool:
    """Whether a printed figure says nothing else than the one held: it equals it, or is a coarser rounding of it.

    A figure of as many digits, or of more, lies further off unless it is equal. A rounding may have gone either way
    from the middle.
    """
    if held.value is None:
        return False
    return abs(Decimal(printed) - Decimal(str(held.value))) <= Decimal(str(half_step(printed)))


def largest_revisions(revisions: Iterable[Revision]) -> dict[str, float]:
    """Largest final revision measured of each figure, as a fraction.

    Examples
    --------
    >>> import qdecon as qd
    >>> round(largest_revisions(qd.load("qingdao").peers.revisions)["gdp"], 4)
    0.0087
    """
    largest: dict[str, float] = {}
    for each in revisions:
        largest[each.indicator] = max(largest.get(each.indicator, 0.0), abs(each.relative))
    return largest


def source_of(table: str, retrieved: dt.date, again: int = 1) -> str:
    """Id of the source of a day's figures; a further retrieval on that day has its number."""
    return f"nbs-{table}-{retrieved.isoformat()}" + (f"-{again}" if again > 1 else "")


def _newest(dataset: Dataset, series: Series, year: int, basis: str) -> Observation | None:
    """The newest figure that came from this table, a conflict included."""
    ours = re.compile(rf"nbs-{re.escape(series.table.id)}-[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(-[0-9]+)?")
    found = [
        item
        for item in dataset.observations
        if (item.indicator, item.period.label, item.basis, item.vintage)
        == (series.indicator.id, str(year), basis, VINTAGE)
        and ours.fullmatch(item.source)
    ]
    return max(found, key=lambda item: (item.known, item.row), default=None)


def _held(series: Series, item: Observation, *, withdrawn: bool) -> Held:
    return Held(
        item.indicator,
        series.indicator.name,
        item.year,
        item.basis,
        item.value or 0.0,
        item.unit,
        item.source,
        withdrawn,
    )


def _appended(series: Series, cell: Cell, in_use: Observation | None, retrieved: dt.date, limit: float) -> Appended:
    """The row of a cell; its source is set when all rows are known."""
    value, day = str(cell.value), retrieved.isoformat()
    use, note = "yes", f"retrieved on {day}; the database states no date of publication"
    held = held_source = ""
    if in_use is not None and in_use.value is not None:
        held, held_source = f"{in_use.value:.15g}", in_use.source
        change = float(value) / in_use.value - 1 if in_use.value else float("inf")
        note += f"; {held} of {held_source} was in use ({100 * change:+.2f} %)"
        if abs(float(value) - in_use.value) > limit * float(value):
            use = "conflict"
            note += (
                f". CONFLICT: more than the largest final revision measured ({100 * limit:.2f} %), so it looks like"
                f" another statistical basis: declare the basis of {cell.year} in feed.toml and refresh again"
            )
    quote = f"{cell.name}，{series.place.name}，{cell.period}：{value}"
    return Appended(
        series.table.id, series.place.name, series.indicator.id, series.indicator.name, cell.year, value,
        series.indicator.unit, series.bases[cell.year], day, use, quote, note, held=held, held_source=held_source,
    )  # fmt: skip


def _sourced(dataset: Dataset, rows: Sequence[Appended], retrieved: dt.date) -> tuple[Appended, ...]:
    """The rows with their source: one for each table and retrieval, so that no key of a row is used twice."""
    taken = {(item.indicator, item.period.label, item.source) for item in dataset.observations}
    names: dict[str, str] = {}
    for table in {row.table for row in rows}:
        cells = [(row.indicator, str(row.year)) for row in rows if row.table == table]
        names[table] = next(
            name
            for name in (source_of(table, retrieved, number) for number in count(1))
            if not any((*cell, name) in taken for cell in cells)
        )
    return tuple(replace(row, source=names[row.table]) for row in rows)
