"""Any panel of annual series from a CSV file: the data of a forecasting competition, or a tidy table of one's own.

Two formats are told apart by their header. *Competition*: ``id,h,values``, the values of a series in one cell with
single spaces between them, the last h of which are the test. *Tidy*: ``id`` (or ``series``, ``place``), ``year`` (or
``period``) and ``value``, one value a row in any order, other columns ignored; the last ``horizon`` values of a series
are the test. The file may be compressed by gzip, whatever its name.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qdecon.errors import DataError, NotAvailable, Problem
from qdecon.models.protocol import Array

LARGEST = 2**30  # bytes of text: a small gzip can hold more than any memory
FEWEST_PAST = 4
TIDY_HORIZON = 6
MOST_PROBLEMS = 50
_COMPETITION = (("id",), ("h",), ("values",))
_TIDY = (("id", "series", "place"), ("year", "period"), ("value",))
_FORMATS = "use the header id,year,value or id,h,values"
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NO_VALUE = re.compile(r"(?:[+-]?(?:nan|inf|infinity))?", re.IGNORECASE)
_YEAR = re.compile(r"-?[0-9]{1,6}")
_COUNT = re.compile(r"0*[1-9][0-9]{0,8}")
_ONCE = "keep one of them"
_NO_INTEGER = np.iinfo(np.int64).min
Integers: TypeAlias = NDArray[np.int64]
Cells: TypeAlias = NDArray[np.object_]
Words: TypeAlias = Callable[[int], str]  # of the fault in the row at a position


@dataclass(frozen=True, eq=False)
class PanelSeries:
    """One annual series without gaps, cut into what is known and what is to be forecast.

    Attributes
    ----------
    id : str
    values : ndarray, shape (years,)
        All values, oldest first, in the unit of the file; read-only.
    horizon : int
        How many of them, at the end, are the test.
    first_year : int or None
        Year of the first value; None if the file does not tell.

    Examples
    --------
    >>> series = PanelSeries("GDP", np.array([1.0, 2.0, 3.0, 4.0, 6.0]), 1, 2019)
    >>> series.past, series.future
    (array([1., 2., 3., 4.]), array([6.]))
    """

    id: str
    values: Array
    horizon: int
    first_year: int | None

    @property
    def past(self) -> Array:
        """The values that a forecaster may see."""
        return self.values[: -self.horizon]

    @property
    def future(self) -> Array:
        """The values to be forecast, shape (horizon,)."""
        return self.values[-self.horizon :]


@dataclass(frozen=True)
class PanelFile:
    """A panel as a file holds it.

    Attributes
    ----------
    series : tuple of PanelSeries
        In the order of the file.
    left_out : tuple of (str, str)
        Id and reason of each series that cannot be used: too short, a gap, a year without a value.
    note : str
        Where the horizon comes from, in words.
    """

    series: tuple[PanelSeries, ...]
    left_out: tuple[tuple[str, str], ...]
    note: str


@dataclass
class _Faults:
    """Collects the problems of one file; of each kind no more are kept than are shown, but all are counted."""

    file: str
    kept: list[Problem] = field(default_factory=list)
    total: int = 0

    def one(self, what: str, row: int | None, column: str | None, remedy: str) -> None:
        self.total += 1
        self.kept.append(Problem(what, self.file, row, column, remedy))

    def each(self, found: Integers, lines: Integers, what: Words, column: str | None, remedy: str) -> None:
        """Report the rows found, given by their positions among all."""
        for at in found[:MOST_PROBLEMS].tolist():
            self.one(what(at), int(lines[at]), column, remedy)
        self.total += max(len(found) - MOST_PROBLEMS, 0)

    def error(self) -> DataError:
        """The first problems in the order of rows, and how many more there are."""
        shown = sorted(self.kept, key=lambda problem: problem.row or 0)[:MOST_PROBLEMS]
        if self.total > len(shown):
            what = f"{self.total - len(shown)} more problems"
            shown.append(Problem(what, self.file, None, None, "mend those above first"))
        return DataError(shown)


@dataclass(frozen=True)
class _Table:
    """Cells by column, the header apart, and the line of the file on which each row ends."""

    header: list[str]
    cells: list[Cells]
    lines: Integers


@dataclass(frozen=True)
class _Stack:
    """All series of a file, one under the other."""

    names: list[str]
    lengths: Integers
    values: Array
    years: Integers | None
    horizons: Integers
    note: str


def read_panel(path: str | Path, horizon: int | None = None) -> PanelFile:
    r"""Read a panel of annual series, in competition or tidy format.

    Parameters
    ----------
    path : str or Path
        CSV in UTF-8, compressed by gzip or not, up to 1 GiB of text.
    horizon : int, optional
        Years at the end of each series that are the test. If not given: what the file says (competition), or 6 (tidy).

    Returns
    -------
    PanelFile
        With every series of the file, or the reason why it was left out.

    Raises
    ------
    DataError
        If the file cannot be read, a column is missing, a cell does not hold what it should, or an id or year stands
        twice; it lists the problems of the whole file, up to 50 and the number of those beyond.
    NotAvailable
        If the horizon is below 1.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "panel.csv")
    ...     _ = path.write_text("id,h,values\nGDP,2,1 2 3 4 5 7\nexports,2,1 2 3\n", encoding="utf-8")
    ...     panel = read_panel(path)
    >>> panel.series[0].future, panel.left_out
    (array([5., 7.]), (('exports', '1 past value, at least 4 are needed'),))
    """
    if horizon is not None and horizon < 1:
        raise NotAvailable(f"no test of {horizon} years can be cut off", "argument horizon", "ask for 1 or more")
    faults = _Faults(Path(path).name)
    text = _text(Path(path), faults)
    quick = _quick_table(text)
    stack = None if quick is None else _stack(quick, horizon, _Faults(faults.file))
    if stack is None:  # faults are looked for again by the parser that knows the line of each row
        stack = _stack(_careful_table(text, faults), horizon, faults)
    if stack is None:
        raise faults.error()
    return _cut(stack)


def _text(path: Path, faults: _Faults) -> str:
    try:
        with path.open("rb") as handle:
            packed = handle.read(2) == b"\x1f\x8b"
            handle.seek(0)
            with gzip.open(handle) if packed else handle as stream:
                raw = stream.read(LARGEST + 1)
        if len(raw) > LARGEST:
            faults.one(f"the text is longer than {LARGEST:,} bytes", None, None, "split the file")
        elif (text := raw.decode("utf-8-sig")).strip():
            return text
        else:
            faults.one("the file is empty", None, None, _FORMATS)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        faults.one(f"the gzip is damaged: {error}", None, None, "fetch or compress the file again")
    except OSError as error:
        faults.one(f"the file cannot be read: {error.strerror}", None, None, "check the path")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        faults.one("the text is not UTF-8", line, None, "save the file as UTF-8")
    raise faults.error()


def _quick_table(text: str) -> _Table | None:
    """Parse a file without quotes whose rows all have as many cells as the header; None for any other."""
    if '"' in text:
        return None
    try:  # which refuses rows longer than the header
        frame = pd.read_csv(io.StringIO(text), header=None, dtype=str, keep_default_na=False, quoting=csv.QUOTE_NONE)
    except ValueError:
        return None
    if text.count(",") != len(frame) * (frame.shape[1] - 1):  # rows that are too short would be filled up
        return None
    columns = [frame[column].to_numpy(dtype=object) for column in frame]
    header = [str(column[0]).strip() for column in columns]
    return _Table(header, [column[1:] for column in columns], np.arange(1, len(frame)) + 1)


def _careful_table(text: str, faults: _Faults) -> _Table:
    """Parse any file, report rows with too few or too many cells, and note the line of each row."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[str, ...]] = []  # a tuple of text, unlike a list, is not looked at again by the garbage collector
    ends: list[int] = []
    try:
        for cells in reader:
            if len(cells) > 1 or "".join(cells).strip():
                rows.append(tuple(cells))
                ends.append(reader.line_num)
    except csv.Error as error:
        faults.one(f"the table cannot be read: {error}", reader.line_num, None, "check quotes and line ends")
    lines, widths = np.array(ends, dtype=np.int64), np.array([len(row) for row in rows], dtype=np.int64)
    whole, odd = np.flatnonzero(widths == widths[:1]), np.flatnonzero(widths != widths[:1])
    remedy = "quote cells that contain commas, or add the missing ones"
    faults.each(odd, lines, lambda at: f"{widths[at]} cells where the header has {widths[0]}", None, remedy)
    header = [cell.strip() for cell in rows[0]] if rows else []
    body = [rows[at] for at in whole[1:].tolist()]
    columns = list(np.array(body, dtype=object).reshape(len(body), len(header)).T)
    return _Table(header, columns, lines[whole[1:]])


def _stack(table: _Table, horizon: int | None, faults: _Faults) -> _Stack | None:
    """All series of a table; None if there is any fault."""
    competition = "values" in table.header and "value" not in table.header
    columns: dict[str, Cells] = {}
    for names in _COMPETITION if competition else _TIDY:
        name = next((each for each in names if each in table.header), None)
        if name is None:
            faults.one("the column is missing", 1, names[0], _FORMATS)
        elif table.header.count(name) > 1:
            faults.one("the column stands twice", 1, name, _ONCE)
        else:
            columns[name] = table.cells[table.header.index(name)]
    if not table.lines.size:
        faults.one("the table has no rows", None, None, "add a row for each series or year")
    elif len(columns) == 3:
        stack = (_competition if competition else _tidy)(columns, table.lines, horizon, faults)
        if not faults.total:
            return stack
    return None


def _competition(columns: dict[str, Cells], lines: Integers, horizon: int | None, faults: _Faults) -> _Stack:
    owner, names = _owners(columns, lines, faults)
    first = np.unique(owner, return_index=True)[1][owner]
    again = np.flatnonzero(first != np.arange(len(owner)))
    what = "{} stands twice, first in row {}".format
    faults.each(again, lines, lambda at: what(names[owner[at]], lines[first[at]]), "id", _ONCE)
    parts = [cell.split(" ") if cell else [] for cell in map(str.strip, columns["values"])]
    lengths = np.array([len(part) for part in parts])
    place = np.repeat(np.arange(len(parts)), lengths)
    values = _numbers(list(chain.from_iterable(parts)), "values", lines[place], faults)
    horizons = _integers(columns["h"], _COUNT, "h", lines, faults)
    over = np.flatnonzero(horizons >= lengths)
    few = "leave some values before the last h"
    faults.each(over, lines, lambda at: f"h is {horizons[at]}, but there are only {lengths[at]} values", "h", few)
    if horizon is None:
        return _Stack(names, lengths, values, None, horizons, "horizon of each series as the file says")
    return _Stack(names, lengths, values, None, np.full(len(names), horizon), f"horizon {horizon}, as asked")


def _tidy(columns: dict[str, Cells], lines: Integers, horizon: int | None, faults: _Faults) -> _Stack:
    owner, names = _owners(columns, lines, faults)
    _, period, value = columns
    years = _integers(columns[period], _YEAR, period, lines, faults)
    values = _numbers(columns[value], value, lines, faults)
    order = np.lexsort((years, owner))
    owner, years, values = owner[order], years[order], values[order]
    again = np.flatnonzero((np.diff(owner) == 0) & (np.diff(years) == 0) & (years[1:] != _NO_INTEGER)) + 1
    again = again[np.argsort(order[again])]  # as they follow each other in the file
    what = "{} {} stands twice, first in row {}".format
    faults.each(again, lines[order], lambda at: what(names[owner[at]], years[at], lines[order[at - 1]]), period, _ONCE)
    note = f"horizon {horizon}, as asked" if horizon else f"horizon {TIDY_HORIZON}, by default"
    lengths = np.bincount(owner, minlength=len(names))
    return _Stack(names, lengths, values, years, np.full(len(names), horizon or TIDY_HORIZON), note)


def _owners(columns: dict[str, Cells], lines: Integers, faults: _Faults) -> tuple[Integers, list[str]]:
    """For each row the number of its series, and the ids in the order of the file."""
    column, cells = next(iter(columns.items()))
    codes, spelt = pd.factorize(cells)
    merged, names = pd.factorize(np.array([cell.strip() for cell in spelt], dtype=object))
    owner = merged[codes]
    empty = np.flatnonzero(np.array([not name for name in names])[owner])
    faults.each(empty, lines, lambda _: "the id is empty", column, "name the series")
    return owner, names.tolist()


def _integers(cells: Cells, pattern: re.Pattern[str], column: str, lines: Integers, faults: _Faults) -> Integers:
    """Years or counts, of which there are few different ones."""
    codes, spelt = pd.factorize(cells)
    whole = [int(cell) if pattern.fullmatch(cell) else _NO_INTEGER for cell in map(str.strip, spelt)]
    integers: Integers = np.array(whole, dtype=np.int64)[codes]
    wrong = np.flatnonzero(integers == _NO_INTEGER)
    remedy = "write an integer: a year such as 2021" if pattern is _YEAR else "write an integer of 1 or more"
    faults.each(wrong, lines, lambda at: f"no {column}: {cells[at]!r}", column, remedy)
    return integers


def _numbers(cells: Sequence[str] | Cells, column: str, lines: Integers, faults: _Faults) -> Array:
    """Numbers, NaN for an empty cell, and for what is no number, which is reported."""
    # with other characters NumPy would take 1_0 and １０ for numbers
    if not " ".join(cells).encode().translate(None, b"0123456789+-.eE "):
        try:
            return np.array(cells, dtype=np.float64)
        except ValueError:
            pass
    spelt = [cell.strip() for cell in cells]
    values = np.array([float(cell) if _NUMBER.fullmatch(cell) else np.nan for cell in spelt])
    wrong = [at for at in np.flatnonzero(np.isnan(values)).tolist() if not _NO_VALUE.fullmatch(spelt[at])]
    remedy = "write plain digits with a point, and nothing where there is no value"
    faults.each(np.array(wrong, dtype=np.int64), lines, lambda at: f"no number: {cells[at]!r}", column, remedy)
    return values


def _cut(stack: _Stack) -> PanelFile:
    """Cut the stack into series, leaving out those that cannot be used."""
    values, years, stops = stack.values, stack.years, np.cumsum(stack.lengths)
    values.setflags(write=False)
    owner = np.repeat(np.arange(len(stack.names)), stack.lengths)
    doubtful = stack.lengths - stack.horizons < FEWEST_PAST
    doubtful[owner[~np.isfinite(values)]] = True
    if years is not None:
        doubtful[owner[1:][(np.diff(owner) == 0) & (np.diff(years) > 1)]] = True
    series: list[PanelSeries] = []
    left_out: list[tuple[str, str]] = []
    for at, stop in enumerate(stops.tolist()):
        name, start, horizon = stack.names[at], stop - int(stack.lengths[at]), int(stack.horizons[at])
        own_years = None if years is None else years[start:stop]
        if doubtful[at]:
            left_out.append((name, _reason(values[start:stop], own_years, horizon)))
        else:
            first_year = None if own_years is None else int(own_years[0])
            series.append(PanelSeries(name, values[start:stop], horizon, first_year))
    return PanelFile(tuple(series), tuple(left_out), stack.note)


def _reason(values: Array, years: Integers | None, horizon: int) -> str:
    """Why a series cannot be used."""
    missing = np.flatnonzero(~np.isfinite(values))
    if missing.size:
        return f"no value at place {missing[0] + 1}" if years is None else f"no value in {years[missing[0]]}"
    if years is not None and (gaps := np.flatnonzero(np.diff(years) > 1)).size:
        return f"no row between {years[gaps[0]]} and {years[gaps[0] + 1]}"
    past = max(len(values) - horizon, 0)
    return f"{past} past value{'' if past == 1 else 's'}, at least {FEWEST_PAST} are needed"
