"""Reading tables and TOML so that every fault is collected with its file, row, column and remedy."""

from __future__ import annotations

import csv
import io
import math
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qdecon.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Row = dict[str, str]
LARGEST = {".toml": 2**20, ".csv": 32 * 2**20}  # bytes of a file
LARGEST_NUMBER = 1e15
_NAME = re.compile(r"\w[\w.-]{0,63}")
MOST_PROBLEMS = 200  # told one by one; the rest is counted
# The TOML parser needs the square of a dotted key's length: 64 kB of `a.a.a` would take it a quarter of a minute.
_CHAIN = re.compile(r"""(?<![\w"'-])(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){64}""")


@dataclass
class Inspector:
    """Collects problems of one folder; the only mutable thing in reading.

    Nothing outside the folder is opened, no file is read beyond its limit, and nothing that is read is run.
    """

    folder: Path
    problems: list[Problem] = field(default_factory=list)

    @property
    def full(self) -> bool:
        """Whether so many problems were found that further ones are only counted."""
        return len(self.problems) >= MOST_PROBLEMS

    def report(self, what: str, file: str, row: int | None, column: str | None, remedy: str) -> None:
        """Add one problem; the first beyond the most that are told says that there are more."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(what, file, row, column, remedy))
        elif len(self.problems) == MOST_PROBLEMS:
            self.problems.append(Problem("there are more problems", file, row, None, "mend those above first"))

    def body(self, file: str) -> bytes | None:
        """Bytes of a file of the folder, or None with a problem reported."""
        path, largest = self.folder / file, LARGEST.get(Path(file).suffix, LARGEST[".csv"])
        try:
            if not path.resolve(strict=True).is_relative_to(self.folder.resolve()):
                self.report(
                    "the file is a link that leads out of the folder", file, None, None, "put the file itself there"
                )
            elif not path.is_file():
                self.report("this is no file", file, None, None, "put a file there")
            else:
                with path.open("rb") as handle:
                    body = handle.read(largest + 1)
                if len(body) <= largest:
                    return body
                self.report(f"the file is larger than {largest:,} bytes", file, None, None, "split or shorten it")
        except FileNotFoundError:
            self.report("the file is missing", file, None, None, "add the file or restore it from the last version")
        except (OSError, RuntimeError) as error:  # a loop of links is either
            reason = getattr(error, "strerror", None) or "the links lead in a circle"
            self.report(f"the file cannot be read: {reason}", file, None, None, "check what stands there")
        return None

    def text(self, file: str) -> str | None:
        """Content of a UTF-8 file, or None with a problem reported."""
        body = self.body(file)
        try:
            return None if body is None else body.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            self.report("the text is not UTF-8", file, line, None, "save the file as UTF-8")
        return None

    def table(self, file: str, columns: Sequence[str]) -> list[tuple[int, Row]]:
        """Rows of a CSV with exactly these columns, each with its line number."""
        text = self.text(file)
        if text is None:
            return []
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        rows: list[tuple[int, Row]] = []
        try:
            header = next(reader, [])
            missing = [name for name in columns if name not in header]
            unknown = [name for name in header if name not in columns]
            doubled = sorted({name for name in header if header.count(name) > 1})
            for name in missing:
                self.report("the column is missing", file, 1, name, f"use the header {','.join(columns)}")
            for name in unknown:
                self.report("unknown column", file, 1, name, f"use the header {','.join(columns)}")
            for name in doubled:
                self.report("the column stands twice", file, 1, name, "keep one of them")
            if missing or unknown or doubled:
                return []
            for cells in reader:
                if not cells:
                    continue
                if len(cells) != len(header):
                    what = f"{len(cells)} cells where the header has {len(header)}"
                    self.report(
                        what, file, reader.line_num, None, "quote cells that contain commas, or add the missing ones"
                    )
                    continue
                rows.append((reader.line_num, {name: cell.strip() for name, cell in zip(header, cells, strict=True)}))
        except csv.Error as error:
            self.report(f"the table cannot be read: {error}", file, reader.line_num, None, "check quotes and line ends")
        return rows

    def toml(self, file: str) -> tuple[dict[str, Any], str]:
        """Parsed TOML and its text; empty with a problem reported if it is broken."""
        text = self.text(file)
        if text is None:
            return {}, ""
        chain = _CHAIN.search(text)
        if chain:
            line = text.count("\n", 0, chain.end()) + 1
            self.report("a dotted key of many parts", file, line, None, "write tables and plain keys")
            return {}, text
        try:
            return tomllib.loads(text), text
        except RecursionError:
            self.report("lists or tables nested too deeply", file, None, None, "nest nothing: no key needs it")
        except ValueError as error:  # syntax, or a number of thousands of digits
            found = re.search(r"line (\d+)", str(error))
            row = int(found[1]) if found else None
            self.report(f"the TOML is broken: {str(error)[:200]}", file, row, None, "mend the syntax at that line")
        return {}, text


@dataclass(frozen=True)
class Key:
    """What one key of a TOML table may hold."""

    kind: type | tuple[type, ...]
    required: bool = False
    choices: tuple[str, ...] = ()
    items: type | tuple[type, ...] = ()  # of a list
    is_name: bool = False  # becomes part of file names and addresses
    least: float = -LARGEST_NUMBER
    most: float = LARGEST_NUMBER


@dataclass(frozen=True)
class Block:
    """One table of a TOML file, with its line numbers.

    ``index`` counts the blocks of that name from 0; a single ``[name]`` table has index 0.
    """

    inspector: Inspector
    file: str
    text: str
    name: str
    index: int
    values: Mapping[str, Any]

    def row(self, key: str | None = None) -> int | None:
        """Line of the block's header, or of one of its keys."""
        header = re.compile(rf"^[ \t]*\[\[?\s*{re.escape(self.name)}\s*\]\]?", re.MULTILINE)
        starts = [match.start() for match in header.finditer(self.text)]
        if self.index >= len(starts):
            return None
        start = starts[self.index]
        line = self.text.count("\n", 0, start) + 1
        if key is None:
            return line
        following = self.text.find("\n", start) + 1
        after = re.search(r"^[ \t]*\[", self.text[following:], re.MULTILINE)
        body = self.text[start : following + after.start() if after else None]
        found = re.search(rf"^\s*{re.escape(key)}\s*=", body, re.MULTILINE)
        return line + body.count("\n", 0, found.end()) if found else line

    def report(self, what: str, key: str | None, remedy: str) -> None:
        """Report a problem of this block."""
        self.inspector.report(what, self.file, None if self.inspector.full else self.row(key), key, remedy)

    def conforms(self, schema: Mapping[str, Key]) -> bool:
        """Check keys, types and choices; report every fault."""
        before = len(self.inspector.problems)
        for key in self.values:
            if key not in schema:
                self.report(f"unknown key in [{self.name}]", key, f"use one of {', '.join(schema)}")
        for key, rule in schema.items():
            value = self.values.get(key)
            if value is None:
                if rule.required:
                    self.report(f"the key is missing in [{self.name}]", key, f"add `{key} = ...`")
            elif not _is(value, rule.kind):
                names = " or ".join(kind.__name__ for kind in _kinds(rule.kind))
                self.report(f"expected {names}, got {repr(value)[:80]}", key, f"write {key} as {names}")
            elif isinstance(value, float) and not math.isfinite(value):
                self.report(f"not a finite number: {value}", key, "give a number, or leave the key out")
            elif isinstance(value, (int, float)) and not rule.least <= value <= rule.most:
                self.report(f"out of range: {value:.6g}", key, f"give a number from {rule.least:g} to {rule.most:g}")
            elif isinstance(value, list) and not all(_is(item, rule.items) for item in value):
                names = " or ".join(kind.__name__ for kind in _kinds(rule.items))
                self.report(f"a list of something else than {names}", key, f"write a list of {names}")
            elif isinstance(value, list) and rule.required and not value:
                self.report("the list is empty", key, "fill it in")
            elif isinstance(value, str) and rule.required and not value.strip():
                self.report("the text is empty", key, "fill it in")
            elif rule.is_name and not _NAME.fullmatch(value):
                self.report(f"no name: {value[:80]!r}", key, "use up to 64 letters, digits, points and hyphens")
            elif rule.choices and value not in rule.choices:
                self.report(f"unknown choice {value[:80]!r}", key, f"use one of {', '.join(rule.choices)}")
        return len(self.inspector.problems) == before


def _kinds(kind: type | tuple[type, ...]) -> tuple[type, ...]:
    return kind if isinstance(kind, tuple) else (kind,)


def _is(value: object, kind: type | tuple[type, ...]) -> bool:
    """Whether a value is of a kind; true and false are no numbers, and what is nowhere said may be anything."""
    kinds = _kinds(kind)
    return not kinds or (isinstance(value, kinds) and (not isinstance(value, bool) or bool in kinds))


def blocks(inspector: Inspector, file: str, name: str, parsed: Mapping[str, Any], text: str) -> list[Block]:
    """All ``[[name]]`` blocks of a parsed file; a single ``[name]`` counts as one."""
    found = parsed.get(name, [])
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        inspector.report(f"[[{name}]] is not a list of tables", file, None, name, f"write each as [[{name}]]")
        return []
    return [Block(inspector, file, text, name, index, item) for index, item in enumerate(found)]
