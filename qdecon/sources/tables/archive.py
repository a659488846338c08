"""The parts of a workbook, which is a zip of XML, looked over before anything takes them apart."""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from typing import TYPE_CHECKING

from qdecon.errors import DataError
from qdecon.sources.tables.grid import MOST_CELLS, fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_PARTS = 2_000
LARGEST_WHOLE = 2**26  # bytes, unpacked
_LARGEST_RATIO = 200
_SMALL = 2**20  # bytes below which a ratio says nothing
_MOST_TAGS = 40_000  # in a part without cells: styles, relations, names
_MOST_TAGS_OF_CELLS = 8 * MOST_CELLS
_CHUNK = 2**16
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LONGEST_FORMAT = 255
_FORMAT = re.compile(rb"formatCode\s*=\s*(\"[^\"]*\"|'[^']*')")
_DECLARED = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']")
_UTF_8 = (b"utf-8", b"utf8", b"us-ascii", b"ascii")
_OF_CELLS = re.compile(rb"\s*(?:<\?xml[^>]*>)?\s*<(?:\w+:)?(?:worksheet|sst)[\s/>]")
_SIGN = b"\xef\xbb\xbf"
_UNREAD = re.compile(
    r"(?i)(xl/)?(drawings|charts|media|pivotcache|pivottables|externallinks|customxml|printersettings)/"
)
_SAVE = "open it in a spreadsheet and save the one sheet of figures as XLSX or CSV"


def parts_of(body: bytes, name: str) -> Mapping[str, bytes]:
    """Unpack the parts of a workbook that hold cells, text or styles.

    Raises
    ------
    DataError
        If it is no zip, is damaged or encrypted, names a path outside, or would unpack to more than a table needs.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            entries = archive.infolist()
            for found in _faults_of_entries(entries):
                raise DataError(fault(found, name, None, _SAVE))
            parts: dict[str, bytes] = {}
            room = LARGEST_WHOLE
            for entry in entries:
                if _UNREAD.match(entry.filename) or entry.is_dir():
                    continue
                parts[entry.filename] = _unpacked(archive, entry, room, name)
                room -= len(parts[entry.filename])
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise DataError(fault(f"the workbook is damaged or no XLSX file: {error}", name, None, _SAVE)) from error
    for part, content in parts.items():
        for found in _faults_of_part(content):
            raise DataError(fault(f"{found} in {part[:100]!r}", name, None, _SAVE))
    return parts


def holds_cells(part: bytes) -> bool:
    """Whether a part is a sheet or the list of its texts.

    Examples
    --------
    >>> holds_cells(b'<?xml version="1.0"?><worksheet/>'), holds_cells(b"<styleSheet/>")
    (True, False)
    """
    return _OF_CELLS.match(part[:_CHUNK].removeprefix(_SIGN)) is not None


def packed(parts: Mapping[str, bytes]) -> io.BytesIO:
    """Pack parts again: a reader then sees only what was looked over."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    body.seek(0)
    return body


def _faults_of_entries(entries: list[zipfile.ZipInfo]) -> Iterator[str]:
    """What is wrong with the table of contents, before anything is unpacked."""
    if len(entries) > MOST_PARTS:
        yield f"the workbook has {len(entries):,} parts, at most {MOST_PARTS:,} are read"
    names = [entry.filename.casefold() for entry in entries]
    if len(set(names)) < len(names):
        yield "a part stands twice in the workbook"
    total = sum(entry.file_size for entry in entries)
    if total > LARGEST_WHOLE:
        yield f"the workbook unpacks to {total:,} bytes, at most {LARGEST_WHOLE:,} are read"
    for entry in entries:
        path = entry.filename
        shown = repr(path[:100])
        if path.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", path) or re.match(r"[A-Za-z]:", path):
            yield f"the part {shown} leads out of the workbook"
        if stat.S_ISLNK(entry.external_attr >> 16):
            yield f"the part {shown} is a link"
        if entry.flag_bits & 0x1:
            yield "the workbook is encrypted"
        if entry.compress_type not in _PLAIN:
            yield f"the part {shown} is packed in an unusual way"
        if entry.file_size > _SMALL and entry.file_size > _LARGEST_RATIO * max(entry.compress_size, 1):
            yield f"the part {shown} unpacks to {entry.file_size // max(entry.compress_size, 1):,} times its size"


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int, name: str) -> bytes:
    # what the table of contents says about its size is not believed
    chunks: list[bytes] = []
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            room -= len(chunk)
            if room < 0:
                raise DataError(fault(f"the workbook unpacks to more than {LARGEST_WHOLE:,} bytes", name, None, _SAVE))
            chunks.append(chunk)
    return b"".join(chunks)


def _faults_of_part(content: bytes) -> Iterator[str]:
    """What would make a parser of XML go astray, or work without end."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00", b"<\x00")):
        yield "text that is not UTF-8"
    declared = _DECLARED.match(content[:_CHUNK].removeprefix(_SIGN))
    if declared and declared[1].strip().lower() not in _UTF_8:
        yield "text that is not UTF-8"
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        yield "a document type, which no workbook needs,"
    most = _MOST_TAGS_OF_CELLS if holds_cells(content) else _MOST_TAGS
    if content.count(b"<") > most:
        yield f"more than {most:,} marks"
    if any(len(code) > _LONGEST_FORMAT + 2 for code in _FORMAT.findall(content)):
        yield "a number format without end"
