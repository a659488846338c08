"""Export of all figures of a plan with their sources, as CSV or XLSX, so that an import gives them back."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qdecon.data.inspection import Row
from qdecon.data.observations import COLUMNS, SOURCE_COLUMNS, Observation, half_step
from qdecon.errors import DataError, NotAvailable, Problem
from qdecon.publication.table import neutral
from qdecon.publication.writing import alone, write_whole
from qdecon.sources.appending import table_line
from qdecon.sources.tables.grid import LONGEST_CELL, letters
from qdecon.sources.tables.mapping import SOURCE_ROLES

if TYPE_CHECKING:
    import datetime as dt

    from qdecon.data import Dataset

HEADER = (*COLUMNS, *SOURCE_ROLES)
_MOST_DECIMALS = 340  # with more, half of the last digit is no number any more
_DIGITS = 15  # that a number of a spreadsheet holds
_LONGEST_FORMAT = 30  # decimals of a number format
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_WIDTHS = {"indicator": 28, "quote": 48, "note": 48, "source_title": 48}
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of a zip


def export_table(dataset: Dataset, path: str | Path) -> Path:
    """Write every figure of a plan, rejected ones too, with its source.

    The columns are those of ``observations.csv`` and of the figure's source. Sources of the plan's words follow. A text
    with which a spreadsheet would begin to compute is preceded by an apostrophe, which the import takes off again. CSV
    begins with the byte order mark of UTF-8: without it Excel reads Chinese in the machine's encoding. A workbook holds
    numbers with their printed decimals.

    Parameters
    ----------
    dataset : Dataset
    path : path
        Its ending, ``.csv`` or ``.xlsx``, says which; the bytes depend on the dataset alone.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    NotAvailable
        If the ending is another one, the file cannot be written, or openpyxl is needed and missing.
    DataError
        If a text is longer than a cell can be, or has a character that a workbook cannot hold.

    Examples
    --------
    >>> import qdecon as qd, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = export_table(qd.load("qingdao"), Path(folder, "figures.csv"))
    ...     len(path.read_text(encoding="utf-8-sig").splitlines()[0].split(","))
    19
    """
    target = Path(path)
    ending = target.suffix.lower()
    if ending not in (".csv", ".xlsx"):
        raise NotAvailable(f"no table format: {target.name!r}", "argument path", "end the name in .csv or .xlsx")
    rows = list(rows_of(dataset))
    _check(rows, target.name, workbook=ending == ".xlsx")
    body = _workbook(rows, dataset.as_of) if ending == ".xlsx" else _csv(rows)
    with alone(target.parent) as home:
        write_whole(home, {target.name: body})
    return target


def rows_of(dataset: Dataset) -> Iterator[Row]:
    """Rows of the exported table, texts as they are in the plan."""
    cited = {item.source for item in dataset.observations}
    for item in dataset.observations:
        row = {column: getattr(item, column) for column in COLUMNS if column not in ("period", "value")}
        row |= {"period": item.period.label, "value": printed_value(item)}
        yield {name: row.get(name, "") for name in HEADER} | _source(dataset, item.source)
    plan = dataset.plan
    words = [each.source for each in plan.targets] + [each.source for each in plan.goals]
    for name in dict.fromkeys([plan.document, *words, *(each.source for each in plan.events)]):
        if name not in cited:
            yield dict.fromkeys(HEADER, "") | {"source": name} | _source(dataset, name)


def printed_value(item: Observation) -> str:
    """The digits of a figure as they are printed in the source; empty where it names none.

    Examples
    --------
    >>> import qdecon as qd
    >>> printed_value(qd.load("qingdao").value("gdp", 2018, basis="census4"))
    '10949.38'
    """
    if item.value is None:
        return ""
    decimals = next(count for count in range(_MOST_DECIMALS) if half_step(f"0.{'0' * count}") <= item.half_step)
    return f"{item.value:.{decimals}f}"


def _source(dataset: Dataset, name: str) -> Row:
    source = dataset.sources[name]
    return {f"source_{column}": getattr(source, column) for column in SOURCE_COLUMNS[1:]}


def _check(rows: Sequence[Row], name: str, *, workbook: bool) -> None:
    # raises DataError
    problems = [problem for at, row in enumerate(rows, start=2) for problem in _faults(row, at, name, workbook)]
    if problems:
        raise DataError(problems)


def _faults(row: Row, at: int, name: str, workbook: bool) -> Iterator[Problem]:
    for place, (column, text) in enumerate(row.items()):
        where = f"{letters(place)}{at}" if workbook else column
        if len(neutral(text)) > LONGEST_CELL:
            what = f"a text of {len(text):,} characters in {column}; a cell holds {LONGEST_CELL:,}"
            yield Problem(what, name, at, where, "shorten the text in the plan's table")
        found = _NO_XML.search(text) if workbook else None
        if found:
            what = f"the character U+{ord(found[0]):04X} in {column}, which a workbook cannot hold"
            yield Problem(what, name, at, where, "remove it in the plan's table, or export to .csv")


def _csv(rows: Sequence[Row]) -> bytes:
    cells = ([text if name == "value" else neutral(text) for name, text in row.items()] for row in rows)
    return "\r\n".join([table_line(HEADER), *map(table_line, cells), ""]).encode("utf-8-sig")


def _workbook(rows: Sequence[Row], as_of: dt.date) -> bytes:
    try:
        from openpyxl import Workbook
    except ImportError as error:
        raise NotAvailable("XLSX files are written with openpyxl", "extra xlsx", "install qdecon[xlsx]") from error
    book = Workbook()
    sheet = book.active
    sheet.title = "observations"
    sheet.freeze_panes = "A2"
    for place, name in enumerate(HEADER):
        sheet.column_dimensions[letters(place)].width = _WIDTHS.get(name, 14)
    for at, row in enumerate([dict(zip(HEADER, HEADER, strict=True)), *rows], start=1):
        for place, (name, text) in enumerate(row.items(), start=1):
            if text:
                _put(sheet.cell(at, place), text, numeric=name == "value" and at > 1)
    body = io.BytesIO()
    book.save(body)
    return _dated(body, as_of)


def _put(cell: Any, text: str, *, numeric: bool) -> None:
    """Set one cell: a number where a spreadsheet holds all its digits, or else a text, never a formula."""
    decimals = len(text.partition(".")[2])
    if numeric and len(Decimal(text).as_tuple().digits) <= _DIGITS and decimals <= _LONGEST_FORMAT:
        cell.value = float(text)
        cell.number_format = f"0.{'0' * decimals}" if decimals else "0"
        return
    cell.value = _ESCAPE.sub("_x005F_", neutral(text)).replace("\r", "_x000D_")
    cell.data_type = "s"  # whatever it begins with


def _dated(body: io.BytesIO, as_of: dt.date) -> bytes:
    """The same workbook without the time of day at which it was written."""
    stamp = f"{as_of.isoformat()}T00:00:00Z".encode()
    out = io.BytesIO()
    with zipfile.ZipFile(body) as old, zipfile.ZipFile(out, "w") as new:
        for name in sorted(old.namelist(), key=lambda each: (each != "[Content_Types].xml", each)):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:\w+[^>]*>)[^<]*", lambda found: found[1] + stamp, content)
            entry = zipfile.ZipInfo(name, _FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, content)
    return out.getvalue()
