"""Rows for the tables of a plan: appended as they are, checked by the contract in a copy before anything is written."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from qdecon.data.inspection import Inspector, Row
from qdecon.data.loading import FILES, check
from qdecon.data.observations import COLUMNS, FILE, SOURCE_COLUMNS, SOURCES_FILE
from qdecon.errors import DataError, NotAvailable, Problem, UnknownName
from qdecon.sources.appending import with_rows

TABLES = {SOURCES_FILE: SOURCE_COLUMNS, FILE: COLUMNS}
KEY = ("indicator", "period", "vintage", "source")
Spot = tuple[int, str | None]  # line, and cell or header


def plan_folder(folder: str | Path) -> Path:
    """A folder that holds a plan, and that rows may be written to: never that of an embedded plan by its name.

    Raises
    ------
    UnknownName
        If there is none.
    """
    try:
        if (Path(folder) / "plan.toml").is_file():
            return Path(folder)
    except (OSError, ValueError):
        pass
    raise UnknownName(f"no plan in {str(folder)!r}", "argument folder", "give a folder that holds a plan.toml")


def tables_of(folder: Path) -> dict[str, bytes]:
    """Bytes of the four files of a plan; a table that is missing or empty is its header.

    Raises
    ------
    NotAvailable
        If a file is a link that leads out of the folder, or cannot be read.
    """
    bodies: dict[str, bytes] = {}
    for name in FILES:
        path = folder / name
        try:
            if not path.resolve().is_relative_to(folder.resolve()):
                raise NotAvailable("the file is a link that leads out of the folder", str(path), "put the file there")
            bodies[name] = path.read_bytes() if path.exists() else b""
        except (OSError, RuntimeError) as error:
            raise NotAvailable(f"cannot read the file: {error}", str(path), "check what stands there") from error
        if name in TABLES and not bodies[name].strip():
            bodies[name] = f"{','.join(TABLES[name])}\n".encode()
    return bodies


@contextmanager
def staged(folder: Path, bodies: Mapping[str, bytes]) -> Iterator[Path]:
    """A copy of a plan that is gone when the ``with`` block ends; it sees the peers and the record of the plan."""
    with TemporaryDirectory(prefix="qdecon-") as name:
        copy = Path(name)
        for file, body in bodies.items():
            (copy / file).write_bytes(body)
        for beside in ("peers", "record"):
            if (folder / beside).is_dir():
                (copy / beside).symlink_to((folder / beside).resolve(), target_is_directory=True)
        yield copy


@dataclass(frozen=True)
class Joined:
    """Tables of a plan with rows that they did not hold, and what the contract says against them.

    Attributes
    ----------
    bodies : mapping
        File name to bytes.
    rows, sources : tuple of dict
        What is new.
    places : tuple of (int, str)
        Where the new rows come from.
    problems : tuple of Problem
    """

    bodies: Mapping[str, bytes]
    rows: tuple[Row, ...]
    places: tuple[Spot, ...]
    sources: tuple[Row, ...]
    problems: tuple[Problem, ...]


def join(
    folder: Path, old: Mapping[str, bytes], wanted: Sequence[tuple[Row, Spot]], sources: Sequence[Row], name: str
) -> Joined:
    """Append to the tables of a plan what they do not hold yet, in memory, and check the whole by the contract.

    Parameters
    ----------
    folder : Path
    old : mapping
        Bytes of the four files.
    wanted : sequence of (dict, (int, str))
        Rows, and the line and cell of the table that each comes from.
    sources : sequence of dict
    name : str
        Of the file that the rows come from.

    Returns
    -------
    Joined

    Raises
    ------
    DataError
        If the tables of the plan cannot be read.
    """
    held = _rows(folder, old)
    problems: list[Problem] = []
    known = {row["id"]: row for _, row in held[SOURCES_FILE]}
    for source in sources:
        if known.get(source["id"], source) != source:
            what = f"source {source['id']} is described otherwise in {SOURCES_FILE}"
            problems.append(Problem(what, name, None, "source", "give it another id, or the same description"))
    there = {key_of(row): (line, row) for line, row in held[FILE]}
    new: list[tuple[Row, Spot]] = []
    for row, spot in wanted:
        line, before = there.get(key_of(row), (0, row))
        if before != row:
            differing = ", ".join(column for column in row if before[column] != row[column])
            what = f"row {line} of {FILE} has the key {', '.join(key_of(row))} and another {differing}"
            problems.append(Problem(what, name, *spot, "give the vintage or source that tells the two apart"))
        elif not line:
            new.append((row, spot))
    fresh = tuple(source for source in sources if source["id"] not in known)
    bodies = dict(old)
    bodies[SOURCES_FILE] = with_rows(old[SOURCES_FILE], fresh)
    bodies[FILE] = with_rows(old[FILE], [row for row, _ in new])
    if new or fresh:
        spots = dict(zip(last_lines(bodies[FILE], len(new)), (spot for _, spot in new), strict=True))
        with staged(folder, bodies) as copy:
            found = check(copy)
        for each in found:
            new_row = each.file == FILE and each.row in spots
            problems.append(Problem(each.what, name, *spots[each.row or 0], each.remedy) if new_row else each)
    rows, places = tuple(row for row, _ in new), tuple(spot for _, spot in new)
    return Joined(bodies, rows, places, fresh, tuple(problems))


def _rows(folder: Path, bodies: Mapping[str, bytes]) -> dict[str, list[tuple[int, Row]]]:
    with staged(folder, bodies) as copy:
        inspector = Inspector(copy)
        found = {name: inspector.table(name, columns) for name, columns in TABLES.items()}
    if inspector.problems:
        raise DataError(inspector.problems)
    return found


def key_of(row: Row) -> tuple[str, ...]:
    """Columns by which an observation is told from all others."""
    return tuple(row[column] for column in KEY)


def last_lines(body: bytes, count: int) -> tuple[int, ...]:
    r"""Lines on which the last rows of a table stand, as the contract counts them.

    Examples
    --------
    >>> last_lines(b'quote\n"a\nb"\nc\n', 2)
    (3, 4)
    """
    reader = csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))
    lines = [reader.line_num for row in reader if row]
    return tuple(lines[len(lines) - count :])
