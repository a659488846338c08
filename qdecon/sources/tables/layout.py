"""Where the figures of a table stand: its header, its layout, and what each cell is a figure of, in its own words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from qdecon.publication.table import restored
from qdecon.sources.tables.grid import Grid, Place
from qdecon.sources.tables.mapping import SOURCE_ROLES, ImportMapping
from qdecon.sources.tables.numerals import is_blank
from qdecon.sources.tables.timewords import read_period
from qdecon.sources.tables.units import Units, split_unit, unit_of_line

LONGEST_LABEL = 300  # characters of a header or row label
_LOOKED_AT = 20  # rows in which the header is looked for
_WORDS = {
    "indicator": "indicator 指标 指标名称",
    "period": "period year date 时期 年份 年度 年 时间",
    "value": "value 数值 值 指标值",
    "unit": "unit 单位 计量单位",
    "basis": "basis 基准 口径",
    "vintage": "vintage 版本",
    "published": "published 发布日期 发布时间",
    "evidence": "evidence 证据",
    "qualifier": "qualifier 限定",
    "use": "use 用途",
    "source": "source 来源",
    "quote": "quote 原文",
    "note": "note 备注",
} | {role: role for role in SOURCE_ROLES}
_OWN = ("indicator", "period", "value")
_ROLE_OF = {word: role for role, words in _WORDS.items() for word in words.split()}
Times = dict[int, tuple[str, str]]  # column to the words that name its period, and the other ones above it
_TOLD = "write plain text or a number there, or leave it empty; in mapping.toml, [table] skip_rows passes over rows"


@dataclass(frozen=True)
class Figure:
    """One cell that may hold a figure, with the words that say what it is.

    Attributes
    ----------
    row, column : int
        Place in the grid.
    label, period, value : str
        As printed.
    given : mapping
        Further columns of that row by role.
    """

    row: int
    column: int
    label: str
    period: str
    value: str
    given: Mapping[str, str]


@dataclass(frozen=True)
class Fault:
    """A fault of a table: what, at which place in the grid, and what to do."""

    what: str
    row: int
    column: int | None
    remedy: str


@dataclass
class Layout:
    """The table as laid out.

    Attributes
    ----------
    kind : str
        ``tidy``, ``wide`` or ``wide-down``; empty if there is no header.
    header : tuple of str
        Words above each column.
    unit : str
        Of a line above the table.
    figures : list of Figure
    sources : list of (int, mapping)
        Rows that name a source and no figure.
    left_out : list of (str, str)
        Words of a row or column that holds no figures, and why.
    faults : list of Fault
    """

    kind: str = ""
    header: tuple[str, ...] = ()
    unit: str = ""
    figures: list[Figure] = field(default_factory=list)
    sources: list[tuple[int, Mapping[str, str]]] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def lay_out(grid: Grid, mapping: ImportMapping, units: Units) -> Layout:
    r"""Find header, layout and figures.

    Examples
    --------
    >>> from qdecon.sources.tables.grid import grid_of_csv
    >>> from qdecon.sources.tables.units import declared_units
    >>> grid = grid_of_csv("指标,2023年,2024年\n人口（万人）,1037.15,1044.25\n".encode(), "people.csv")
    >>> found = lay_out(grid, ImportMapping(), declared_units())
    >>> found.kind, [(each.label, each.period, each.value) for each in found.figures]
    ('wide', [('人口（万人）', '2023年', '1037.15'), ('人口（万人）', '2024年', '1044.25')])
    """
    return _Finder(grid, mapping, units).found()


def same(text: str) -> str:
    """Form in which two labels are compared: exactly, but for the width of characters and blanks at the ends."""
    return unicodedata.normalize("NFKC", text).strip()


class _Finder:
    """Reads one grid; ``out`` collects."""

    def __init__(self, grid: Grid, mapping: ImportMapping, units: Units) -> None:
        self.grid, self.mapping, self.units = grid, mapping, units
        self.out = Layout()
        self.own = {same(header): role for role, header in mapping.columns.items()}
        self.depth = max(mapping.header_rows, grid.header_rows)
        self.filled: dict[Place, str] = {}
        self.busy = {row for row, _ in grid.faults}  # rows with more than the words in their cells
        self.several: set[Place] = set()  # places of merged cells below the header
        self.holding: set[int] = set()  # columns of figures

    def found(self) -> Layout:
        top = self.top()
        if top is None:
            remedy = "name the columns (年份/year, 指标/indicator, 数值/value, or years across), or state [columns]"
            self.out.faults.append(Fault("no header was found", 0, None, remedy))
            return self.out
        self.out.unit = next((unit for unit in map(unit_of_line, self.above(top)) if unit), "")
        body = top + self.depth
        self.fill(top, body)
        parts = [self.parts(column, top, body) for column in range(self.grid.width)]
        self.out.header = tuple(" ".join(each) for each in parts)
        roles = self.roles(top)
        times = {at: told for at, each in enumerate(parts) if at not in roles.values() and (told := _time(each))[0]}
        self.out.kind = self.mapping.layout or self.kind(roles, times)
        for column, header in enumerate(self.out.header):
            if len(header) > LONGEST_LABEL:
                self.fault("the header is no header: it is too long", top, column, "state [table] skip_rows")
                return self.out
        self.columns(roles, times, body)
        for row in range(body, len(self.grid.rows)):
            if self.whole(row):
                self.take(row, roles, times)
        return self.out

    def text(self, row: int, column: int, *, marks: bool = False) -> str:
        """Words of a cell, if asked without the marks of footnotes."""
        text = restored(self.filled.get((row, column), self.grid.cell(row, column))).strip()
        while marks and text and (mark := next((m for m in self.mapping.footnote_marks if text.endswith(m)), "")):
            text = text.removesuffix(mark).strip()
        return text

    def fault(self, what: str, row: int, column: int | None, remedy: str) -> None:
        self.out.faults.append(Fault(what, row, column, remedy))

    def top(self) -> int | None:
        """First row of the header."""
        if self.mapping.skip_rows is not None:
            rows = (at for at, line in enumerate(self.grid.lines) if line > self.mapping.skip_rows)
            return next(rows, None)
        if self.grid.header_rows > 1:
            return 0
        for row in range(min(_LOOKED_AT, len(self.grid.rows))):
            texts = [self.text(row, column, marks=True) for column in range(len(self.grid.rows[row]))]
            if sum(map(bool, texts)) > 1 and any(self.role(text) or _time([text])[0] for text in texts):
                return row
        return None

    def above(self, top: int) -> Iterator[str]:
        return (cell for row in self.grid.rows[:top] for cell in row if cell)

    def fill(self, top: int, body: int) -> None:
        """Spread merged cells of the header over their range, and down the columns of words."""
        for first, left, last, right in self.grid.merged:
            head = top <= first < body
            end = min(last + 1, body) if head else last + 1
            cells = [(row, column) for row in range(first, end) for column in range(left, right + 1)]
            if head or left == right:
                self.filled |= dict.fromkeys(cells, self.grid.cell(first, left))
                self.busy |= {row for row, _ in cells}
            if not head:
                self.several |= set(cells)
        if self.mapping.merged_header or (self.depth > 1 and not self.grid.lettered):
            for row in range(top, max(body - 1, top + 1)):
                for column in range(1, self.grid.width):
                    if not self.filled.get((row, column), self.grid.cell(row, column)).strip():
                        self.filled[row, column] = self.filled.get((row, column - 1), self.grid.cell(row, column - 1))

    def parts(self, column: int, top: int, body: int) -> list[str]:
        """Words above a column, from above, each once."""
        return [part for part in dict.fromkeys(self.text(row, column, marks=True) for row in range(top, body)) if part]

    def role(self, header: str) -> str:
        name = same(header)
        if self.own:
            if name in self.own:
                return self.own[name]
            found = _ROLE_OF.get(name.casefold(), "")
            return "" if found in self.mapping.columns else found
        return _ROLE_OF.get(name.casefold(), "") or _ROLE_OF.get(split_unit(name, self.units)[0].casefold(), "")

    def roles(self, top: int) -> dict[str, int]:
        """Columns by role."""
        roles: dict[str, int] = {}
        for column, header in enumerate(self.out.header):
            role = self.role(header)
            if role and role in roles:
                self.fault(f"two columns for {role}", top, column, f"name one of them in [columns] {role} = ...")
            elif role:
                roles[role] = column
        for role, header in self.mapping.columns.items():
            if role not in roles:
                self.fault(f"no column {header!r}", top, None, f"correct [columns] {role} in {self.mapping.name}")
        return roles

    def kind(self, roles: Mapping[str, int], times: Times) -> str:
        if {"indicator", "value", "period"} <= roles.keys():
            return "tidy"
        if times:
            return "wide"
        return "wide-down" if "period" in roles else "tidy"

    def columns(self, roles: dict[str, int], times: Times, body: int) -> None:
        """Check that the columns of the layout are there, and tell those that are not read."""
        top = body - self.depth
        if self.out.kind == "wide":
            label = next((at for at in range(self.grid.width) if at not in {*times, *roles.values()}), None)
            roles.setdefault("indicator", -1 if label is None else label)
        elif self.out.kind == "wide-down":
            times.clear()
            used = {at for role, at in roles.items() if role != "value"}
            roles.pop("value", None)
            series = [at for at, header in enumerate(self.out.header) if header and at not in used]
            times.update(dict.fromkeys(series, ("", "")))
        else:
            times.clear()
        self.holding = set(times) or {roles.get("value", -1)}
        needed = {"tidy": ("indicator", "period", "value"), "wide": ("indicator",), "wide-down": ("period",)}
        for role in needed[self.out.kind]:
            if roles.get(role, -1) < 0:
                self.fault(f"no column holds the {role}", top, None, f'state it: [columns] {role} = "its header"')
        if self.out.kind != "tidy" and not times:
            self.fault("no column holds figures", top, None, "check [table] layout and header_rows")
        for column, header in enumerate(self.out.header):
            if header and column not in {*times, *roles.values()}:
                self.out.left_out.append((header, "a column of another kind"))
            if (top, column) in self.grid.faults:
                self.fault(f"the header holds {self.grid.faults[top, column]}", top, column, _TOLD)

    def whole(self, row: int) -> bool:
        """Whether a row has the cells of the header; others would stand under a wrong one."""
        cells = self.grid.rows[row]
        if sum(map(bool, map(str.strip, cells))) < 2 and row not in self.busy:
            self.out.left_out.append((next(filter(str.strip, cells), "")[:60], "a row without figures"))
            return False
        width = max((at + 1 for at, header in enumerate(self.out.header) if header), default=0)
        stray = next((at for at, cell in enumerate(cells) if cell.strip() and not self.heads(at)), None)
        if stray is not None:
            self.fault("a cell without a header", row, stray, "name its column, or quote cells that hold the delimiter")
        elif not self.grid.lettered and len(cells) < width:
            what = f"{len(cells)} cells where the header has {width}"
            self.fault(what, row, None, "quote cells that contain the delimiter, or add the missing ones")
        else:
            return True
        return False

    def heads(self, column: int) -> bool:
        """Whether a column has a header; the first one may do without where it holds the labels."""
        return bool(column < len(self.out.header) and self.out.header[column]) or column == 0

    def take(self, row: int, roles: Mapping[str, int], times: Times) -> None:
        """Take the figures of one row."""
        given = {role: self.text(row, at, marks=role in _OWN) for role, at in roles.items() if at >= 0}
        if len(given.get("indicator", "")) > LONGEST_LABEL:
            self.fault("the label is too long", row, roles["indicator"], "shorten it")
            return
        label, time = given.pop("indicator", ""), given.pop("period", "")
        if self.out.kind == "tidy":
            value, at = given.pop("value", ""), roles.get("value", -1)
            if given.get("source") and not (label or time or value):
                self.out.sources.append((row, given))
            elif self.sound(row, {*roles.values()}):
                self.out.figures.append(Figure(row, at, label, time, value, given))
            return
        if not self.sound(row, {at for at in roles.values() if at >= 0}):
            return
        if not any(self.text(row, at) or (row, at) in self.grid.faults for at in times):
            self.out.left_out.append(((label or time)[:60], "a row without figures"))
            return
        for at, (when, rest) in times.items():
            name = label if self.out.kind == "wide" else self.out.header[at]
            if self.sound(row, {at}):
                words = f"{name} {rest}" if rest else name
                self.out.figures.append(Figure(row, at, words, when or time, self.text(row, at, marks=True), given))

    def sound(self, row: int, columns: Iterable[int]) -> bool:
        """Whether cells hold text or numbers."""
        before = len(self.out.faults)
        for column in sorted(columns):
            if (row, column) in self.grid.faults:
                self.fault(f"the cell holds {self.grid.faults[row, column]}", row, column, _TOLD)
            elif (row, column) in self.several and column in self.holding and not is_blank(self.text(row, column)):
                self.fault("merged cells hold one figure for several", row, column, "unmerge them")
        return len(self.out.faults) == before


def _time(parts: list[str]) -> tuple[str, str]:
    """Which of the words above a column name a period, all together or one of them; and the other words."""
    together = "".join(parts)
    when = next((words for words in (together, *parts) if words and read_period(words)), "")
    return when, "" if when == together else " ".join(part for part in parts if part != when)
