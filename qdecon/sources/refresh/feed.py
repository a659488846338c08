"""The feed file of a plan: which series of the national statistics database its figures are refreshed from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from qdecon.data.inspection import Block, Inspector, Key, blocks
from qdecon.errors import DataError, UnknownName
from qdecon.sources.nbstables import table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from qdecon.data import Dataset, Indicator
    from qdecon.sources.nbstables import Item, Place, Request, Table

FILE = "feed.toml"
EARLIEST, LATEST = 1949, 2200
Found = TypeVar("Found")
_SERIES = {
    "indicator": Key(str, required=True), "table": Key(str, required=True), "item": Key(str, required=True),
    "place": Key(str, required=True), "first": Key(int, required=True), "basis": Key(list),
}  # fmt: skip
_BASIS = {"first": Key(int, required=True), "last": Key(int), "id": Key(str, required=True)}


@dataclass(frozen=True)
class Series:
    """One indicator of a plan, as the database has it.

    Attributes
    ----------
    first, last : int
        Years asked for.
    bases : mapping
        Year to the statistical basis that the analyst declares for it; empty text where the indicator has none.
    """

    indicator: Indicator
    table: Table
    item: Item
    place: Place
    first: int
    last: int
    bases: Mapping[int, str]

    def requests(self) -> Iterator[Request]:
        """What to ask the database."""
        return self.table.requests(self.item, self.place, self.first, self.last)


def read_feed(folder: Path, dataset: Dataset, last: int) -> tuple[Series, ...]:
    """Read ``feed.toml``.

    Parameters
    ----------
    folder : Path
    dataset : Dataset
        Of the same folder: its indicators and bases.
    last : int
        Latest year that can have been published.

    Returns
    -------
    tuple of Series
        In the order of the file.

    Raises
    ------
    DataError
        With every fault of the file.
    """
    inspector = Inspector(folder)
    parsed, text = inspector.toml(FILE)
    for name in parsed:
        if name != "series":
            inspector.report(f"unknown table [{name}]", FILE, None, name, "use [[series]] and [[series.basis]]")
    series: list[Series] = []
    found = blocks(inspector, FILE, "series", parsed, text)
    if text and not found and not inspector.problems:
        inspector.report("no [[series]]", FILE, None, "series", "add one for each indicator to refresh")
    begun = 0  # blocks of bases are counted through the whole file
    for block in found:
        listed = block.values.get("basis", [])
        listed = listed if isinstance(listed, list) else []
        bases = [
            Block(inspector, FILE, text, "series.basis", begun + number, values)
            for number, values in enumerate(listed)
            if isinstance(values, dict)
        ]
        begun += len(bases)
        if len(bases) < len(listed):
            block.report("basis is no list of tables", "basis", "write each as [[series.basis]]")
        before = len(inspector.problems)
        if block.conforms(_SERIES) and (read := _series(block, bases, dataset, last)) is not None:
            if any(read.indicator == other.indicator for other in series):
                block.report(f"{read.indicator.id} is fed twice", "indicator", "keep one series for each indicator")
            if len(inspector.problems) == before:
                series.append(read)
    if inspector.problems:
        raise DataError(inspector.problems)
    return tuple(series)


def _series(block: Block, bases: list[Block], dataset: Dataset, last: int) -> Series | None:
    values = block.values
    indicator = dataset.indicators.get(values["indicator"])
    if indicator is None:
        block.report(f"unknown indicator {values['indicator']!r}", "indicator", "define it in indicators.toml")
    try:
        chosen = table(values["table"])
    except UnknownName as error:
        block.report(error.what, "table", error.remedy)
        return None
    item, place = _named(block, "item", chosen.item), _named(block, "place", chosen.place)
    if not EARLIEST <= values["first"] <= last:
        block.report(f"no year that can be asked for: {values['first']}", "first", f"write one of {EARLIEST}-{last}")
        return None
    declared = _declared(bases, dataset)
    if indicator is None or item is None or place is None or declared is None:
        return None
    if item.unit != indicator.unit:
        what = f"{indicator.id} is in {indicator.unit}, {item.id} of the table {chosen.id} in {item.unit}"
        block.report(what, "item", "choose an indicator of the same unit")
    years = range(values["first"], last + 1)
    if indicator.based:
        for year in years:
            if declared.get(year) is None:
                block.report(
                    f"no statistical basis is declared for {year}", "basis",
                    "add a [[series.basis]] that covers it; leave `last` out of the newest",
                )  # fmt: skip
                break
    elif declared:
        block.report(f"{indicator.id} has no statistical basis", "basis", "remove the [[series.basis]] tables")
    return Series(
        indicator, chosen, item, place, values["first"], last, {year: declared.get(year, "") for year in years}
    )


def _named(block: Block, key: str, find: Callable[[str], Found]) -> Found | None:
    try:
        return find(block.values[key])
    except UnknownName as error:
        block.report(error.what, key, error.remedy)
        return None


def _declared(bases: list[Block], dataset: Dataset) -> dict[int, str] | None:
    """Basis by year; None if a block is broken."""
    known = [basis.id for basis in dataset.bases]
    declared: dict[int, str] = {}
    whole = True
    for block in bases:
        if not block.conforms(_BASIS):
            whole = False
            continue
        first, last, name = block.values["first"], block.values.get("last", LATEST), block.values["id"]
        if name not in known:
            block.report(f"unknown basis {name!r}", "id", f"use one of {', '.join(known)}")
        if not EARLIEST <= first <= last <= LATEST:
            block.report(f"no range of years: {first}-{last}", "first", "write the first year and the last one")
            whole = False
            continue
        years = range(first, last + 1)
        if twice := sorted(declared.keys() & years):
            block.report(f"{twice[0]} has two bases", "first", "let each year stand in one [[series.basis]]")
        declared |= dict.fromkeys(years, name)
    return declared if whole else None
