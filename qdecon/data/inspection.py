"""Reading tables and TOML so that every fault is collected with its file, row, column and remedy."""

from __future__ import annotations

import csv
import io
import math
import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qdecon.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Row = dict[str, str]


@dataclass
class Inspector:
    """Collects problems of one folder; the only mutable thing in reading."""

    folder: Path
    problems: list[Problem] = field(default_factory=list)

    def report(self, what: str, file: str, row: int | None, column: str | None, remedy: str) -> None:
        """Add one problem."""
        self.problems.append(Problem(what, file, row, column, remedy))

    def text(self, file: str) -> str | None:
        """Content of a UTF-8 file, or None with a problem reported."""
        path = self.folder / file
        try:
            return path.read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            self.report("the file is missing", file, None, None, "add the file or restore it from the last version")
        except UnicodeDecodeError as error:
            line = path.read_bytes()[: error.start].count(b"\n") + 1
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
        try:
            return tomllib.loads(text), text
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"line (\d+)", str(error))
            row = int(found[1]) if found else None
            self.report(f"the TOML is broken: {error}", file, row, None, "mend the syntax at that line")
            return {}, text


@dataclass(frozen=True)
class Key:
    """What one key of a TOML table may hold."""

    kind: type | tuple[type, ...]
    required: bool = False
    choices: tuple[str, ...] = ()


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
        self.inspector.report(what, self.file, self.row(key), key, remedy)

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
            elif not isinstance(value, rule.kind) or (isinstance(value, bool) and rule.kind is not bool):
                wanted = rule.kind if isinstance(rule.kind, tuple) else (rule.kind,)
                names = " or ".join(kind.__name__ for kind in wanted)
                self.report(f"expected {names}, got {value!r}", key, f"write {key} as {names}")
            elif isinstance(value, float) and not math.isfinite(value):
                self.report(f"not a finite number: {value}", key, "give a number, or leave the key out")
            elif isinstance(value, str) and rule.required and not value.strip():
                self.report("the text is empty", key, "fill it in")
            elif rule.choices and value not in rule.choices:
                self.report(f"unknown choice {value!r}", key, f"use one of {', '.join(rule.choices)}")
        return len(self.inspector.problems) == before


def blocks(inspector: Inspector, file: str, name: str, parsed: Mapping[str, Any], text: str) -> list[Block]:
    """All ``[[name]]`` blocks of a parsed file; a single ``[name]`` counts as one."""
    found = parsed.get(name, [])
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        inspector.report(f"[[{name}]] is not a list of tables", file, None, name, f"write each as [[{name}]]")
        return []
    return [Block(inspector, file, text, name, index, item) for index, item in enumerate(found)]
