"""Import of tables: what a table of figures says in the terms of a plan, told before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qdecon.data.indicators import Basis, Indicator, read_indicators
from qdecon.data.inspection import Inspector, Row
from qdecon.data.loading import find_plan
from qdecon.data.observations import FILE
from qdecon.errors import DataError, NotAvailable, Problem
from qdecon.publication.writing import alone
from qdecon.sources.appending import commit
from qdecon.sources.tables.entries import Entries, Entry, Terms, entries_of
from qdecon.sources.tables.grid import LARGEST_FILE, Grid, grid_of_csv, grid_of_frame
from qdecon.sources.tables.landing import Spot, join, key_of, last_lines, plan_folder, staged, tables_of
from qdecon.sources.tables.layout import Fault, lay_out, same
from qdecon.sources.tables.mapping import LARGEST_MAPPING, BasisSpan, ImportMapping, read_mapping
from qdecon.sources.tables.naming import Naming
from qdecon.sources.tables.preview import block_of, text_of
from qdecon.sources.tables.units import Units, declared_units
from qdecon.sources.tables.workbook import grid_of_workbook

if TYPE_CHECKING:
    from qdecon.plan import Language

_ZIP = b"PK\x03\x04"
_MOST_PROBLEMS = 200
_MOST_BLOCKS = 60


@dataclass(frozen=True)
class SeriesTold:
    """One series as understood: the words of the table, and what they mean in the plan."""

    label: str
    indicator: str
    given: str
    unit: str
    times: str
    bases: tuple[str, ...]
    count: int
    first: str
    last: str


@dataclass(frozen=True)
class Understood:
    """What a table says in the terms of a plan.

    Attributes
    ----------
    name, origin, layout : str
        File; its encoding and delimiter or its sheet; ``tidy``, ``wide`` or ``wide-down``.
    rows, sources : tuple of dict
        New rows for ``observations.csv`` and ``sources.csv``.
    places : tuple of (int, str)
        Line and cell of the table in which each of the rows stands.
    figures, present, repeated, shortened : int
        Figures read; of them rows that the plan holds already, and that the table states twice; numbers of which a
        workbook holds more digits than it shows.
    blank : Counter
        Cells without a figure by label.
    left_out : mapping
        Words of what is left out and the reason, to the number of cells.
    series : tuple of SeriesTold
    problems : tuple of Problem
        While there is one, nothing is written.
    block : str
        What to paste into the mapping file.
    """

    name: str
    origin: str
    layout: str
    rows: tuple[Row, ...] = ()
    sources: tuple[Row, ...] = ()
    places: tuple[Spot, ...] = ()
    figures: int = 0
    present: int = 0
    repeated: int = 0
    shortened: int = 0
    blank: Counter[str] = field(default_factory=Counter)
    left_out: Mapping[tuple[str, str], int] = field(default_factory=dict)
    series: tuple[SeriesTold, ...] = ()
    problems: tuple[Problem, ...] = ()
    block: str = ""

    def text(self, language: Language = "zh") -> str:
        """The preview in words."""
        return text_of(self, language)


def read_import(table: Any, folder: str | Path, mapping: str | Path | ImportMapping | None = None) -> Understood:
    r"""Read a table in the terms of a plan; writes nothing.

    Parameters
    ----------
    table : path, pandas.DataFrame or Grid
        CSV or XLSX: one figure a row, or years across, or years down.
    folder : path
        Of a plan, whose tables may be empty or missing; or the name of an embedded plan.
    mapping : path or ImportMapping, optional
        What the headers mean. Without it, headers must be ids or names of the plan's indicators.

    Returns
    -------
    Understood
        With rows, or with the problems that keep them from being written.

    Raises
    ------
    UnknownName
        If there is no such plan.
    NotAvailable
        If a file cannot be read, or openpyxl is needed and missing.
    DataError
        If the table or the mapping file cannot be taken apart, or the plan breaks its contract.

    Examples
    --------
    >>> import pandas as pd, tempfile
    >>> from importlib.resources import files
    >>> from qdecon.sources.tables.importing import read_import
    >>> frame = pd.DataFrame({"年份": ["2024年"], "常住人口（人）": ["10442500"]})
    >>> rule = read_mapping('[defaults]\nsource = "G00"\nevidence = "official"'.encode())
    >>> understood = read_import(frame, files("qdecon") / "datasets" / "qingdao", rule)
    >>> understood.rows[0]["value"], understood.rows[0]["unit"], understood.rows[0]["quote"]
    ('1044.2500', '万人', '常住人口（人） 2024年 10442500')
    """
    home = find_plan(folder)
    rules = mapping if isinstance(mapping, ImportMapping) else _mapping(mapping)
    bodies = tables_of(home)
    with staged(home, bodies) as copy:
        inspector = Inspector(copy)
        indicators, bases, _ = read_indicators(inspector)
    if inspector.problems:
        raise DataError(inspector.problems)
    grid = _grid(table, rules)
    units = _units(rules, indicators)
    naming = Naming(indicators, rules.series, units)
    layout = lay_out(grid, rules, units)
    entries = entries_of(layout, Terms(indicators, units, rules, naming))
    unique, repeated = _unique(entries)
    problems = [*_of_mapping(rules, indicators, bases, naming), *_problems(entries.faults, grid, layout.header)]
    wanted = [(entry.row, _spot(grid, entry.figure.row, entry.figure.column, layout.header)) for entry in unique]
    joined = join(home, bodies, wanted, tuple(entries.sources.values()), grid.name)
    # while the table itself is faulty, of the contract only what it says about new rows can be told
    problems += [each for each in joined.problems if not problems or each.file == grid.name]
    return Understood(
        name=grid.name,
        origin=grid.origin,
        layout=layout.kind,
        rows=joined.rows,
        sources=joined.sources,
        places=joined.places,
        figures=len(entries.made),
        present=len(unique) - len(joined.rows),
        repeated=repeated,
        shortened=grid.shortened,
        blank=entries.blank,
        left_out=Counter(layout.left_out) + entries.left_out,
        series=tuple(_told(entries, naming)),
        problems=_capped(problems, grid.name),
        block=_block(entries),
    )


def write_import(understood: Understood, folder: str | Path) -> tuple[int, ...]:
    """Append what was understood to the tables of a plan: all of it, or nothing.

    Parameters
    ----------
    understood : Understood
        As read for this plan; what has been written since is looked at again.
    folder : path

    Returns
    -------
    tuple of int
        Lines of ``observations.csv`` on which the new rows stand; empty if it held them all.

    Raises
    ------
    UnknownName
        If there is no such plan.
    NotAvailable
        If another process is writing there, or the folder cannot be written.
    DataError
        If there are problems, or the plan with the new rows would break its contract.
    """
    home = plan_folder(folder)
    if understood.problems:
        raise DataError(understood.problems)
    with alone(home):
        old = tables_of(home)
        wanted = list(zip(understood.rows, understood.places, strict=True))
        joined = join(home, old, wanted, understood.sources, understood.name)
        if joined.problems:
            raise DataError(joined.problems)
        commit(home, old, joined.bodies)
    return last_lines(joined.bodies[FILE], len(joined.rows))


def import_table(
    table: Any, folder: str | Path, mapping: str | Path | ImportMapping | None = None, *, write: bool = False
) -> Understood:
    """Read a table in the terms of a plan and, if asked, write it: :func:`read_import`, then :func:`write_import`.

    Raises
    ------
    DataError
        If it is to be written and there are problems.
    """
    understood = read_import(table, folder, mapping)
    if write:
        write_import(understood, folder)
    return understood


def _grid(table: Any, mapping: ImportMapping) -> Grid:
    if isinstance(table, Grid):
        return table
    if not isinstance(table, (str, Path)):
        if not hasattr(table, "columns"):
            what = f"no table: {type(table).__name__}"
            raise NotAvailable(what, "argument table", "give the path of a CSV or XLSX file, or a pandas frame")
        return grid_of_frame(table)
    body = _body(table, LARGEST_FILE)
    name = Path(table).name
    return grid_of_workbook(body, name, mapping.sheet) if body.startswith(_ZIP) else grid_of_csv(body, name)


def _mapping(path: str | Path | None) -> ImportMapping:
    return ImportMapping() if path is None else read_mapping(_body(path, LARGEST_MAPPING), Path(path).name)


def _body(path: str | Path, largest: int) -> bytes:
    try:
        with Path(path).open("rb") as handle:
            return handle.read(largest + 1)  # one byte more than is allowed tells that it is larger
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise NotAvailable(f"cannot read the file: {reason}", str(path), "check the path") from error


def _units(mapping: ImportMapping, indicators: Mapping[str, Indicator]) -> Units:
    try:
        return declared_units(mapping.units, (each.unit for each in indicators.values()))
    except NotAvailable as error:
        raise DataError([Problem(error.what, mapping.name, None, "units", error.remedy)]) from error


def _unique(entries: Entries) -> tuple[list[Entry], int]:
    """Entries without those that the table states twice; two different ones are a fault."""
    unique: dict[tuple[str, ...], Entry] = {}
    repeated = 0
    for entry in entries.made:
        first = unique.setdefault(key_of(entry.row), entry)
        if first is not entry and first.row == entry.row:
            repeated += 1
        elif first is not entry:
            what = f"another figure for {', '.join(key_of(entry.row)[:2])}, beside {first.figure.value!r}"
            remedy = "keep one, or give the vintage or source that tells them apart"
            entries.faults.append(Fault(what, entry.figure.row, entry.figure.column, remedy))
    return list(unique.values()), repeated


def _spot(grid: Grid, row: int, column: int | None, header: Sequence[str]) -> Spot:
    named = header[column] if column is not None and 0 <= column < len(header) else ""
    return grid.where(row, column if column is None or column >= 0 else None, named)


def _problems(faults: Sequence[Fault], grid: Grid, header: Sequence[str]) -> Iterator[Problem]:
    """Faults as problems; one that stands in many cells is told once, at the first of them."""
    cells = Counter((fault.what, fault.remedy) for fault in faults)
    for fault in faults:
        count = cells.pop((fault.what, fault.remedy), 0)
        if count:
            what = fault.what if count == 1 else f"{fault.what} (in {count} cells)"
            yield Problem(what, grid.name, *_spot(grid, fault.row, fault.column, header), fault.remedy)


def _of_mapping(
    mapping: ImportMapping, indicators: Mapping[str, Indicator], bases: Sequence[Basis], naming: Naming
) -> Iterator[Problem]:
    """What the mapping file says that is neither in the plan nor in the table."""
    known = {basis.id for basis in bases}
    for rule in mapping.series:
        if rule.indicator and rule.indicator not in indicators:
            what = f"unknown indicator {rule.indicator!r}"
            yield Problem(what, mapping.name, rule.row, "indicator", "define it in indicators.toml, or correct the id")
        if same(rule.name) not in naming.used:
            what = f"the table has no series {rule.name!r}"
            yield Problem(what, mapping.name, rule.row, "name", "write the header or row label as it is in the table")
    spans: list[tuple[int | None, BasisSpan]] = [(None, span) for span in mapping.basis]
    spans += [(rule.row, span) for rule in mapping.series for span in rule.basis]
    remedy = f"use one of {', '.join(sorted(known))}"
    for row, span in spans:
        if span.id not in known:
            yield Problem(f"unknown basis {span.id!r}", mapping.name, row, "basis", remedy)


def _told(entries: Entries, naming: Naming) -> Iterator[SeriesTold]:
    groups: dict[tuple[str, str, str, str, str], list[Row]] = {}
    for entry in entries.made:
        row = entry.row
        key = (entry.figure.label, row["indicator"], entry.given, row["unit"], entry.times)
        groups.setdefault(key, []).append(row)
    for key, rows in groups.items():
        periods = sorted(row["period"] for row in rows)
        bases = tuple(dict.fromkeys(row["basis"] for row in rows if row["basis"]))
        yield SeriesTold(*key, bases, len(rows), periods[0], periods[-1])
    labels = {key[0] for key in groups}
    for label, named in naming.known.items():
        if named.indicator and label not in labels:  # understood, but none of its figures
            yield SeriesTold(label, named.indicator, "", "", "", (), 0, "", "")


def _block(entries: Entries) -> str:
    unknown = tuple(entries.unknown)
    return block_of(unknown[:_MOST_BLOCKS], entries.unstated, entries.lacking, len(unknown) - _MOST_BLOCKS)


def _capped(problems: Sequence[Problem], name: str) -> tuple[Problem, ...]:
    shown = tuple(problems[:_MOST_PROBLEMS])
    more = len(problems) - len(shown)
    return (*shown, Problem(f"{more} more problems", name, None, None, "mend those above first")) if more else shown
