"""Appending to a plan's tables: old bytes stay, new rows follow, and this is checked before anything is written."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from qdecon.data.observations import FILE, SOURCES_FILE
from qdecon.errors import NotAvailable
from qdecon.publication.writing import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

TABLES = (SOURCES_FILE, FILE)  # in the order in which they are written: no figure may stand without its source
_QUOTED = re.compile(r'[,"\r\n]')


def with_rows(body: bytes, rows: Sequence[Mapping[str, str]]) -> bytes:
    r"""A table with rows after its last line, in the order of its own columns; the old bytes stay.

    Examples
    --------
    >>> with_rows(b"year,value\r\n2023,1.5", [{"value": "2", "year": "2024"}])
    b'year,value\r\n2023,1.5\r\n2024,2\r\n'
    """
    if not rows:
        return body
    header = next(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")), [])
    end = b"\r\n" if b"\r\n" in body.partition(b"\n")[0] + b"\n" else b"\n"
    lines = [table_line(row[name] for name in header).encode() + end for row in rows]
    return body + (b"" if body.endswith((b"\n", b"\r")) else end) + b"".join(lines)


def verify_appended(name: str, old: bytes, new: bytes, count: int) -> None:
    r"""Make sure that a table was appended to, and only that.

    Parameters
    ----------
    name : str
        Of the table.
    old, new : bytes
    count : int
        Rows that are meant to be new.

    Raises
    ------
    NotAvailable
        If old bytes or old rows would be lost or altered, or the number of new rows is another.

    Examples
    --------
    >>> verify_appended("a.csv", b"year\n2023\n", b"year\n2023\n2024\n", 1)
    """
    before, after = _rows(old), _rows(new)
    if not new.startswith(old) or after[: len(before)] != before or len(after) != len(before) + count:
        raise NotAvailable(
            "the new table would not be the old one with rows appended",
            name,
            "nothing was written; check the quotes and the end of the table",
        )


def commit(home: Path, old: Mapping[str, bytes], new: Mapping[str, bytes]) -> None:
    """Write both tables, each whole, the sources first; call it inside :func:`qdecon.publication.writing.alone`.

    A process killed in between leaves a source without figures, which the next run finds and uses.

    Parameters
    ----------
    home : Path
        The plan's folder.
    old, new : mapping
        Name of each table to its bytes, as read and as they are to be.

    Raises
    ------
    NotAvailable
        If a table is no longer what it was when it was read, or old rows would be lost.
    """
    inside: dict[str, bytes] = {}
    for name in TABLES:
        path = home / name
        body = path.read_bytes() if path.exists() else b""
        if body.strip() and body != old[name]:
            raise NotAvailable(
                "the table was changed while rows were being added",
                str(path),
                "nothing was written; close other programs that edit it and run again",
            )
        if not new[name].startswith(old[name]):
            raise NotAvailable("old rows would be lost", str(path), "nothing was written; report this")
        inside[str(path.resolve().relative_to(home.resolve()))] = new[name]  # a link inside the folder stays one
    write_whole(home, inside)


def _rows(body: bytes) -> list[list[str]]:
    return [row for row in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")) if row]


def table_line(cells: Iterable[str]) -> str:
    r"""One line of a CSV file, without its end.

    Examples
    --------
    >>> print(table_line(["a", "b,c", ""]))
    a,"b,c",
    """
    return ",".join(_cell(cell) for cell in cells)


def _cell(text: str) -> str:
    # the csv module of Python 3.11 leaves a lone carriage return unquoted
    return '"{}"'.format(text.replace('"', '""')) if _QUOTED.search(text) else text
