"""A table as a grid of printed cells, from the bytes of a CSV file, a workbook (:mod:`workbook`) or a pandas frame."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qdecon.errors import DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LARGEST_FILE = 2**25  # bytes
MOST_CELLS = 100_000
MOST_COLUMNS = 1_000
MOST_ROWS = 100_000
LONGEST_CELL = 32_767  # characters, what a spreadsheet can hold
_DIGITS = 15  # of a number in a spreadsheet or a float
_TOO_LONG = 10**400
_SPLIT = "split the table, or keep the rows and columns that hold figures"
_DELIMITERS = {"\t": "tab", ";": "semicolon", ",": "comma"}
_MOST_LINES = 2 * MOST_CELLS
_LOOKED_AT = 20  # lines in which the header is looked for
Place = tuple[int, int]
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Grid:
    """The cells of one table, as they are printed.

    Attributes
    ----------
    name : str
        Of the file.
    origin : str
        Encoding and delimiter, or name of the sheet.
    rows : tuple of tuple of str
        Empty where a cell is; rows of a CSV file are as long as they are there.
    lines : tuple of int
        Line of the file, or row of the sheet, of each row.
    lettered : bool
        Whether places are told as in a spreadsheet, like ``C7``.
    faults : mapping
        Place (row and column in ``rows``) of a cell that holds no text and no number, and what it holds.
    merged : tuple of (int, int, int, int)
        First row and column, last row and column of each merged cell.
    shortened : int
        Numbers of which the cell holds more digits than it shows.
    header_rows : int
        Levels of the names of a frame's columns.
    """

    name: str
    origin: str
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    lettered: bool = False
    faults: Mapping[Place, str] = field(default_factory=dict)
    merged: tuple[Box, ...] = ()
    shortened: int = 0
    header_rows: int = 1

    @property
    def width(self) -> int:
        """Length of the longest row."""
        return max(map(len, self.rows), default=0)

    def cell(self, row: int, column: int) -> str:
        """The printed text; empty outside."""
        cells = self.rows[row] if 0 <= row < len(self.rows) else ()
        return cells[column] if 0 <= column < len(cells) else ""

    def where(self, row: int, column: int | None, header: str) -> tuple[int, str | None]:
        """Line and column of a cell, as a problem names them."""
        if column is None:
            return self.lines[row], None
        name = f"{letters(column)}{self.lines[row]}" if self.lettered else header or f"column {column + 1}"
        return self.lines[row], name


def letters(column: int) -> str:
    """Name of a column in a spreadsheet.

    Examples
    --------
    >>> letters(0), letters(25), letters(26), letters(16383)
    ('A', 'Z', 'AA', 'XFD')
    """
    name, number = "", column + 1
    while number:
        number, digit = divmod(number - 1, 26)
        name = chr(ord("A") + digit) + name
    return name


def fault(what: str, name: str, row: int | None, remedy: str, column: str | None = None) -> tuple[Problem, ...]:
    """The one problem of a table that cannot be read at all."""
    return (Problem(what, name, row, column, remedy),)


def grid_of_csv(body: bytes, name: str) -> Grid:
    r"""Read delimited text.

    The encoding is UTF-8, UTF-16 with a byte order mark, or GB18030; the delimiter is the one of the header row: comma,
    semicolon or tab.

    Raises
    ------
    DataError
        If the text cannot be decoded or taken apart, or is larger than any table of figures should be.

    Examples
    --------
    >>> grid = grid_of_csv("年份;GDP\n2024;16719,46\n".encode("gb18030"), "gdp.csv")
    >>> grid.origin, grid.rows
    ('GB18030, semicolon', (('年份', 'GDP'), ('2024', '16719,46')))
    """
    check_size(body, name)
    text, encoding = _decoded(body, name)
    delimiter = _delimiter(text)
    reader = csv.reader(_lines(text, delimiter, name), delimiter=delimiter, strict=True)
    rows: list[tuple[str, ...]] = []
    ends: list[int] = []
    cells, start = 0, 1
    try:
        for row in reader:
            cells += len(row)
            _check_cells(cells, row, name, start)
            if any(cell.strip() for cell in row):
                rows.append(tuple(row))
                ends.append(start)
            start = reader.line_num + 1
    except csv.Error as error:
        raise DataError(
            fault(f"the table cannot be read: {error}", name, start, "check quotes and line ends")
        ) from error
    return _whole(Grid(name, f"{encoding}, {_DELIMITERS[delimiter]}", tuple(rows), tuple(ends)))


def grid_of_frame(frame: Any, name: str = "frame") -> Grid:
    """Read a pandas frame: its column names are the header; an index with names or of words is the first column.

    Raises
    ------
    DataError
        If it is too large.

    Examples
    --------
    >>> import pandas as pd
    >>> grid_of_frame(pd.DataFrame({"year": [2023, 2024], "GDP": [None, 16719.46]})).rows
    (('year', 'GDP'), ('2023', ''), ('2024', '16719.46'))
    """
    import pandas as pd

    if frame.size > MOST_CELLS or frame.shape[0] > MOST_ROWS or frame.shape[1] > MOST_COLUMNS:
        raise DataError(
            fault(f"the frame has {frame.size:,} cells, at most {MOST_CELLS:,} are read", name, None, _SPLIT)
        )
    index = frame.index
    plain = index.nlevels == 1 and index.name is None and pd.api.types.is_integer_dtype(index)
    names = [each if each is not None else "" for each in index.names]
    table = frame if plain else frame.reset_index(names=names, allow_duplicates=True)
    levels = table.columns.nlevels
    rows = [
        tuple(_text(label[level] if levels > 1 else label)[0] for label in table.columns) for level in range(levels)
    ]
    faults: dict[Place, str] = {}
    columns = [table.iloc[:, at].tolist() for at in range(table.shape[1])]
    for at, values in enumerate(zip(*columns, strict=True), start=levels):
        told = [_text(value) for value in values]
        faults |= {(at, column): fault for column, (_, fault) in enumerate(told) if fault}
        rows.append(tuple(text for text, _ in told))
        _check_cells(0, rows[-1], name, at + 1)
    return _whole(Grid(name, "pandas", tuple(rows), tuple(range(1, len(rows) + 1)), faults=faults, header_rows=levels))


def number_text(number: float) -> str:
    """A number without a print format, as a spreadsheet shows it: shortest form, at most 15 digits.

    Examples
    --------
    >>> number_text(2024.0), number_text(0.1 + 0.2), number_text(1e-7)
    ('2024', '0.3', '0.0000001')
    """
    if isinstance(number, int):
        return str(number)
    return format(Decimal(f"{number:.{_DIGITS - 1}e}").normalize(), "f")


def check_size(body: bytes, name: str) -> None:
    """Refuse a file that no table of figures needs.

    Raises
    ------
    DataError
        If it is larger than 32 MB.
    """
    if len(body) > LARGEST_FILE:
        raise DataError(
            fault(f"the file has {len(body):,} bytes, at most {LARGEST_FILE:,} are read", name, None, _SPLIT)
        )


def _whole(grid: Grid) -> Grid:
    if not grid.rows:
        raise DataError(fault("the table is empty", grid.name, None, "give a table with a header row and figures"))
    return grid


def _check_cells(cells: int, row: list[str] | tuple[str, ...], name: str, line: int) -> None:
    # stop before a table without end fills the memory
    if cells > MOST_CELLS:
        raise DataError(fault(f"more than {MOST_CELLS:,} cells", name, line, _SPLIT))
    if len(row) > MOST_COLUMNS:
        raise DataError(fault(f"more than {MOST_COLUMNS:,} columns", name, line, _SPLIT))
    for column, cell in enumerate(row, start=1):
        if len(cell) > LONGEST_CELL:
            what = f"a cell of {len(cell):,} characters, at most {LONGEST_CELL:,} are read"
            raise DataError(fault(what, name, line, "shorten it; check that quotes are closed", f"column {column}"))


def _decoded(body: bytes, name: str) -> tuple[str, str]:
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        tried = {"utf-16": "UTF-16"}
    else:
        signed = body.startswith(codecs.BOM_UTF8)
        tried = {"utf-8-sig": "UTF-8 with BOM" if signed else "UTF-8"} | ({} if signed else {"gb18030": "GB18030"})
    reached = 0
    for codec, told in tried.items():
        try:
            return body.decode(codec), told
        except UnicodeDecodeError as error:
            reached = max(reached, error.start)  # the encoding that reaches further is the likelier one
    row = body.count(b"\n", 0, reached) + 1
    raise DataError(
        fault(
            f"the text is not {' and not '.join(tried.values())}", name, row, "mend that row, or save the file as UTF-8"
        )
    )


def _delimiter(text: str) -> str:
    """The delimiter of the header: of the first line in which one stands twice, or else of the first with any."""
    single = ""
    for line in io.StringIO(text[: _LOOKED_AT * LONGEST_CELL], newline=None).readlines()[:_LOOKED_AT]:
        counts = Counter("".join(line.split('"')[::2]))  # outside of quotes
        best = max(_DELIMITERS, key=lambda mark: counts[mark])
        if counts[best] > 1:
            return best
        single = single or (best if counts[best] else "")
    return single or ","


def _lines(text: str, delimiter: str, name: str) -> Iterator[str]:
    # the parser would take apart a line of any length before anyone can count its cells
    for number, line in enumerate(io.StringIO(text, newline=""), start=1):
        if number > _MOST_LINES:
            raise DataError(fault(f"more than {_MOST_LINES:,} lines", name, number, _SPLIT))
        if line.count(delimiter) > MOST_CELLS:
            raise DataError(fault(f"more than {MOST_COLUMNS:,} columns", name, number, _SPLIT))
        yield line


def _text(value: Any) -> tuple[str, str]:
    """Text of a cell of a frame, and what is wrong with it."""
    import pandas as pd

    if isinstance(value, str):
        return value, "" if value.isascii() or _sound(value) else "half a character"
    if value is None or value is pd.NA or value is pd.NaT:
        return "", ""
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return str(value), f"the truth value {value}"
    if isinstance(value, (dt.date, dt.time, dt.timedelta)) or type(value).__name__.startswith(
        ("datetime", "timedelta")
    ):
        return str(value), f"the date {value}"
    if isinstance(value, int):
        return (str(value), "") if abs(value) < _TOO_LONG else ("9", "a number without end")
    if not isinstance(value, Decimal) and not hasattr(value, "__float__"):
        return str(value), ""
    number = value if isinstance(value, Decimal) else int(value) if hasattr(value, "__index__") else float(value)
    if number != number:  # not a number
        return "", ""
    if abs(number) in (float("inf"), Decimal("inf")):
        return str(number), f"{number}, no number"
    return (format(number, "f") if isinstance(number, Decimal) else number_text(number)), ""


def _sound(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
