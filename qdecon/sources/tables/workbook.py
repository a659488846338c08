"""A sheet of a workbook as a grid of what it prints: numbers as their format shows them, formulas as last computed."""

from __future__ import annotations

import contextlib
import io
import re
import warnings
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from qdecon.errors import DataError, NotAvailable
from qdecon.sources.tables.archive import holds_cells, packed, parts_of
from qdecon.sources.tables.grid import (
    LARGEST_FILE,
    LONGEST_CELL,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    Box,
    Grid,
    check_size,
    fault,
    number_text,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RUNS = (f"{_MAIN}t", f"{_MAIN}r")
_STRINGS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
_ASIDE = re.compile(r"\\[ ()-]|_.|\*.|\[[^\]]*\]|\s")  # of a number format: escapes, widths, colours
_SHOWN = re.compile(r"[#0?,]*[#0?](?:\.(?P<fixed>0*)(?P<free>[#?]*))?(?P<percent>%?)")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MERGED = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")
_MOST_MERGED = 20_000
_WIDE = Context(prec=1000)
_DAMAGED = "open it in a spreadsheet, save it again as XLSX or CSV"


@dataclass
class _Book:
    """An opened workbook; ``sheets`` gives the part of each sheet by its name."""

    book: Any
    strings: list[str]
    sheets: dict[str, bytes]


@dataclass
class _Cells:
    """What has been read of one sheet."""

    texts: dict[tuple[int, int], str]
    faults: dict[tuple[int, int], str]
    merged: list[Box]
    shortened: int = 0
    length: int = 0  # of all texts


def grid_of_workbook(body: bytes, name: str, sheet: str | None = None) -> Grid:
    """Read one sheet of an XLSX file.

    A number becomes what its format prints: 0.285 under ``0.0%`` is ``28.5%``, 5 under ``0.00`` is ``5.00``. Of a
    formula the value last computed is read. A date, a truth value, an error and a formula without a value are noted as
    faults of their cell.

    Parameters
    ----------
    body : bytes
        At most 32 MB, and 64 MB unpacked.
    name : str
        Of the file, for problems.
    sheet : str, optional
        Needed where more than one sheet holds anything.

    Returns
    -------
    Grid
        At most 100,000 cells.

    Raises
    ------
    DataError
        If the workbook is damaged, unsafe or too large, or the sheet is not there.
    NotAvailable
        If openpyxl is not installed.
    """
    check_size(body, name)
    parts = parts_of(body, name)
    book = _guarded(lambda: _open(parts, name), name)
    if sheet is not None and sheet not in book.sheets:
        raise DataError(fault(f"there is no sheet {sheet!r}", name, None, f"name one of {', '.join(book.sheets)}"))
    wanted = [sheet] if sheet is not None else list(book.sheets)
    filled: dict[str, _Cells] = {}
    for each in wanted:
        cells = _guarded(lambda part=book.sheets[each]: _read(book, part, name), name)
        if cells.texts or cells.faults:
            filled[each] = cells
    if not filled:
        raise DataError(fault("the sheet is empty", name, None, "give a table with a header row and figures"))
    if len(filled) > 1:
        remedy = f'name one in mapping.toml: [table] sheet = "...", one of {", ".join(filled)}'
        raise DataError(fault(f"{len(filled)} sheets hold something", name, None, remedy))
    [(title, cells)] = filled.items()
    return _grid(cells, name, title)


def _grid(cells: _Cells, name: str, title: str) -> Grid:
    rows = sorted({row for row, _ in (*cells.texts, *cells.faults)})
    by_row: dict[int, dict[int, str]] = {row: {} for row in rows}
    for (row, column), text in cells.texts.items():
        by_row[row][column] = text
    at = {row: place for place, row in enumerate(rows)}
    width = 1 + max(column for _, column in (*cells.texts, *cells.faults))
    return Grid(
        name,
        f"sheet {title}",
        tuple(tuple(by_row[row].get(column, "") for column in range(width)) for row in rows),
        tuple(rows),
        lettered=True,
        faults={(at[row], column): fault for (row, column), fault in cells.faults.items()},
        merged=_among(cells.merged, rows, width, name),
        shortened=cells.shortened,
    )


def printed_as(number: float, code: str) -> tuple[str, bool] | None:
    """A number as a format prints it, and whether it holds more digits than that; None where the format adds words.

    Examples
    --------
    >>> printed_as(0.285, "0.0%"), printed_as(5, "#,##0.00"), printed_as(16719.456, "0.0")
    (('28.5%', False), ('5.00', False), ('16719.5', True))
    >>> printed_as(5, '0.0"万"') is None
    True
    """
    text = number_text(number)
    if code in ("General", "general", "@", ""):
        return text, False
    first = _ASIDE.sub("", code).partition(";")[0].replace('""', "")
    shown = _SHOWN.fullmatch(first)
    if shown is None:
        return None
    exact = Decimal(text).scaleb(2, _WIDE) if shown["percent"] else Decimal(text)
    fixed, free = len(shown["fixed"] or ""), len(shown["free"] or "")
    rounded = exact.quantize(Decimal(1).scaleb(-fixed - free), ROUND_HALF_UP, _WIDE)
    digits = format(rounded, "f")
    for _ in range(free):
        digits = digits.removesuffix("0")
    return f"{digits.removesuffix('.')}{shown['percent']}", rounded != exact


def unescaped(text: str) -> str:
    r"""Text of a cell, with the characters that XML cannot hold.

    Examples
    --------
    >>> unescaped("a_x000D_b_x005F_x000D_")
    'a\rb_x000D_'
    """
    return _ESCAPED.sub(lambda found: found[0] if 0xD800 <= (code := int(found[1], 16)) < 0xE000 else chr(code), text)


def _guarded(opened: Any, name: str) -> Any:
    # whatever is raised about a damaged file is told in the project's words
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):  # openpyxl prints some faults
            warnings.simplefilter("ignore")
            return opened()
    except (DataError, NotAvailable):
        raise
    except Exception as error:  # openpyxl documents none of those it raises
        what = f"the workbook is damaged: {type(error).__name__}: {str(error)[:200]}"
        raise DataError(fault(what, name, None, _DAMAGED)) from error


def _open(parts: Mapping[str, bytes], name: str) -> _Book:
    # styles, texts and names of sheets, and nothing else: no links, drawings or macros
    try:
        from openpyxl.reader.excel import ExcelReader
        from openpyxl.styles.stylesheet import apply_stylesheet
    except ImportError as error:
        raise NotAvailable("XLSX files are read with openpyxl", "extra xlsx", "install qdecon[xlsx]") from error
    small = {each: part for each, part in parts.items() if not holds_cells(part)}
    reader = ExcelReader(packed(small), read_only=True, data_only=True, keep_links=False)
    with reader.archive:
        reader.read_manifest()
        reader.read_workbook()
        apply_stylesheet(reader.archive, reader.wb)
        listed = list(reader.parser.find_sheets())
        found = reader.package.find(_STRINGS)
    sheets = {sheet.name: parts[rel.target] for sheet, rel in listed if rel.Type.endswith("/worksheet")}
    strings = _shared(parts[found.PartName.lstrip("/")], name) if found is not None else []
    return _Book(reader.wb, strings, sheets)


def _shared(part: bytes, name: str) -> list[str]:
    texts: list[str] = []
    for _, node in ET.iterparse(io.BytesIO(part)):
        if node.tag == f"{_MAIN}si":
            texts.append(_words(node))
            node.clear()
            if len(texts) > MOST_CELLS:
                raise DataError(fault(f"more than {MOST_CELLS:,} texts", name, None, "split the table"))
    return texts


def _words(node: ET.Element) -> str:
    """Text of a cell, of all its runs but without the reading aids of Japanese."""
    runs = [node] if node.tag == f"{_MAIN}t" else [run for run in node if run.tag in _RUNS]
    texts = [run.text if run.tag == f"{_MAIN}t" else run.findtext(f"{_MAIN}t") for run in runs]
    return unescaped("".join(text or "" for text in texts))


def _read(book: _Book, part: bytes, name: str) -> _Cells:
    from openpyxl.styles.numbers import BUILTIN_FORMATS
    from openpyxl.worksheet._reader import WorkSheetParser

    workbook = book.book
    parser = WorkSheetParser(
        None, book.strings, data_only=True, epoch=workbook.epoch,
        date_formats=workbook._date_formats, timedelta_formats=workbook._timedelta_formats,
    )  # fmt: skip
    codes = [
        BUILTIN_FORMATS.get(style.numFmtId, "General")
        if style.numFmtId < 164
        else workbook._number_formats[style.numFmtId - 164]
        for style in workbook._cell_styles
    ]
    out, rows = _Cells({}, {}, []), 0
    for _, element in ET.iterparse(io.BytesIO(part)):
        if element.tag == f"{_MAIN}mergeCell":
            out.merged.append(_range(element.get("ref", "")))
            if len(out.merged) > _MOST_MERGED:
                raise DataError(fault("too many merged cells", name, None, "unmerge cells outside of the header"))
        elif element.tag == f"{_MAIN}row":
            uncomputed = [
                cell.find(f"{_MAIN}f") is not None and not cell.findtext(f"{_MAIN}v") and cell.get("t") != "str"
                for cell in element
            ]
            inside = [_inside(cell) for cell in element]
            for cell, missing, words in zip(parser.parse_row(element)[1], uncomputed, inside, strict=True):
                _note(out, cell if words is None else cell | {"value": words, "data_type": "s"}, missing, codes, name)
            element.clear()
            rows += 1
            if rows > MOST_ROWS:
                raise DataError(fault(f"more than {MOST_ROWS:,} rows", name, None, "split the table"))
    return out


def _inside(cell: ET.Element) -> str | None:
    """Text that stands in a cell itself; None if it has none, or one of the list of texts."""
    kind = cell.get("t")
    if kind == "str":
        return unescaped(cell.findtext(f"{_MAIN}v") or "") or None
    words = cell.find(f"{_MAIN}is")
    if kind != "inlineStr" or words is None:
        return None
    cell.set("t", "n")  # openpyxl need not look for it again
    return _words(words)


def _note(out: _Cells, cell: dict[str, Any], missing: bool, codes: list[str], name: str) -> None:
    row, column, value = cell["row"], cell["column"] - 1, cell["value"]
    if not (0 < row <= MOST_ROWS and 0 <= column < MOST_COLUMNS):
        what = f"a cell in row {row:,}, column {column + 1:,}; at most {MOST_ROWS:,} and {MOST_COLUMNS:,} are read"
        raise DataError(fault(what, name, None, "delete what stands far from the table"))
    place = (row, column)
    if missing:
        out.faults[place] = "a formula that was never computed"
    elif cell["data_type"] in ("d", "b", "e") and value is not None:
        kind = {"d": "the date", "b": "the truth value", "e": "the error"}[cell["data_type"]]
        out.faults[place] = f"{kind} {str(value).upper()[:40]}"
    elif isinstance(value, str):
        out.length += len(value)
        if len(value) > LONGEST_CELL or out.length > LARGEST_FILE:
            raise DataError(fault(f"texts of {out.length:,} characters", name, row, "shorten or split the table"))
        out.texts[place] = value
    elif value is not None:
        _note_number(out, place, value, codes[cell["style_id"]])
    if len(out.texts) + len(out.faults) > MOST_CELLS:
        raise DataError(fault(f"more than {MOST_CELLS:,} cells", name, row, "split the table"))


def _note_number(out: _Cells, place: tuple[int, int], value: float, code: str) -> None:
    printed = None if abs(value) > 1e300 or value != value else printed_as(value, code)  # not a number
    if printed is None:
        out.faults[place] = f"a number under the format {code[:40]!r}, which shows something else"
    else:
        out.texts[place] = printed[0]
        out.shortened += printed[1]


def _range(reference: str) -> Box:
    found = _MERGED.fullmatch(reference)
    if found is None:
        raise ValueError(f"no range of cells: {reference[:40]!r}")
    return int(found[2]), _column(found[1]), int(found[4]), _column(found[3])


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def _among(merged: list[Box], rows: list[int], width: int, name: str) -> tuple[Box, ...]:
    # merged cells by places among the rows that hold anything
    found: list[Box] = []
    area = 0
    for top, left, bottom, right in merged:
        first, last = bisect_left(rows, top), bisect_right(rows, bottom) - 1
        if first <= last and left < width:
            found.append((first, left, last, min(right, width - 1)))
            area += (last - first + 1) * (found[-1][3] - left + 1)
        if area > MOST_CELLS:
            raise DataError(fault("too many merged cells", name, None, "unmerge cells outside of the header"))
    return tuple(found)
