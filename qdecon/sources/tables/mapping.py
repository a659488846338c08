"""The mapping file: what the headers of a table mean, in which units and on which basis, and who published it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from qdecon.data.inspection import Block, Inspector, Key, blocks
from qdecon.data.observations import COLUMNS, EVIDENCE, SOURCE_COLUMNS, SOURCE_KINDS, USES, VINTAGES
from qdecon.errors import DataError

MAPPING_FILE = "mapping.toml"
LARGEST_MAPPING = 2**18  # bytes
LAYOUTS = ("tidy", "wide", "wide-down")
SOURCE_ROLES = tuple(f"source_{column}" for column in SOURCE_COLUMNS[1:])
ROLES = (*COLUMNS, *SOURCE_ROLES)
_TABLES = ("table", "columns", "series", "defaults", "units", "source")
_TABLE = {
    "sheet": Key(str),
    "header_rows": Key(int),
    "skip_rows": Key(int),
    "layout": Key(str, choices=LAYOUTS),
    "merged_header": Key(bool),
    "footnote_marks": Key(list),
}
_SERIES = {
    "name": Key(str, required=True),
    "indicator": Key(str),
    "unit": Key(str),
    "basis": Key((str, list)),
    "skip": Key(bool),
}
_DEFAULTS = {
    "source": Key(str),
    "vintage": Key(str, choices=VINTAGES),
    "published": Key(str),
    "evidence": Key(str, choices=EVIDENCE),
    "basis": Key((str, list)),
    "use": Key(str, choices=USES),
}
_SOURCE = {
    "id": Key(str, required=True),
    "title": Key(str, required=True),
    "publisher": Key(str, required=True),
    "date": Key(str),
    "kind": Key(str, required=True, choices=SOURCE_KINDS),
    "address": Key(str),
    "licence": Key(str, required=True),
}
_MOST_HEADER_ROWS = 5


@dataclass(frozen=True)
class BasisSpan:
    """A statistical basis, and the years for which it holds; None where it has no end."""

    id: str
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True)
class SeriesRule:
    """What one header or row label of the table is.

    Attributes
    ----------
    name : str
        The words in the table.
    indicator : str
        Id in ``indicators.toml``; empty for a series that is left out on purpose.
    unit : str
        Empty where the table states it.
    basis : tuple of BasisSpan
    row : int or None
        Line of the mapping file.
    """

    name: str
    indicator: str
    unit: str
    basis: tuple[BasisSpan, ...]
    row: int | None


@dataclass(frozen=True)
class ImportMapping:
    """A mapping file as read; without one every field has its default.

    Attributes
    ----------
    name : str
        Of the file.
    header_rows : int
    skip_rows : int or None
        Rows above the header; None to look for it.
    layout : str
        ``tidy``, ``wide`` (years across), ``wide-down`` (years down), or empty to see it from the header.
    columns : mapping
        Role to the header of its column.
    defaults : mapping
        Column of the contract to what stands in it unless the table says otherwise.
    units : mapping
        Declared unit to another unit and how many of that it is.
    source : mapping or None
        Row for ``sources.csv``.
    """

    name: str = MAPPING_FILE
    sheet: str | None = None
    header_rows: int = 1
    skip_rows: int | None = None
    layout: str = ""
    merged_header: bool = False
    footnote_marks: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    series: tuple[SeriesRule, ...] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)
    basis: tuple[BasisSpan, ...] = ()
    units: Mapping[str, tuple[str, Decimal]] = field(default_factory=dict)
    source: Mapping[str, str] | None = None


def read_mapping(body: bytes, name: str = MAPPING_FILE) -> ImportMapping:
    r"""Read a mapping file.

    Raises
    ------
    DataError
        If it is no TOML, or a key or value is not one that a mapping has; it lists every fault.

    Examples
    --------
    >>> text = '[[series]]\nname = "GDP"\nindicator = "gdp"\nunit = "亿元"\n'
    >>> read_mapping(text.encode()).series[0].indicator
    'gdp'
    """
    inspector = Inspector(Path())
    parsed, text = _parsed(body, name, inspector)
    for key in parsed:
        if key not in _TABLES:
            inspector.report(f"unknown table [{key}]", name, None, key, f"use {', '.join(_TABLES)}")
    found = {each: blocks(inspector, name, each, parsed, text) for each in _TABLES}
    for each in _TABLES:
        if each != "series" and len(found[each]) > 1:
            found[each][1].report(f"[{each}] stands twice", None, "keep one")
    table = _values(found["table"], _TABLE)
    defaults = _values(found["defaults"], _DEFAULTS)
    _check_table(found["table"], table)
    source = _values(found["source"], _SOURCE)
    made = ImportMapping(
        name=name,
        **table | {"footnote_marks": tuple(table.get("footnote_marks", ()))},
        columns=_columns(found["columns"]),
        series=_series(found["series"]),
        defaults={key: value for key, value in defaults.items() if key != "basis"},
        basis=_spans(found["defaults"], defaults.get("basis")),
        units=_units(found["units"]),
        source={column: source.get(column, "") for column in SOURCE_COLUMNS} if source else None,
    )
    if inspector.problems:
        raise DataError(inspector.problems)
    return made


def toml_text(text: str) -> str:
    r"""A text as TOML writes it.

    Examples
    --------
    >>> toml_text('a "b"')
    '"a \\"b\\""'
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _parsed(body: bytes, name: str, inspector: Inspector) -> tuple[dict[str, Any], str]:
    """Parsed TOML and its text, read with the same care as the files of a plan."""
    if len(body) > LARGEST_MAPPING:
        inspector.report(f"the file has more than {LARGEST_MAPPING:,} bytes", name, None, None, "a mapping is short")
        return {}, ""
    with TemporaryDirectory(prefix="qdecon-") as folder:
        Path(folder, MAPPING_FILE).write_bytes(body)
        inside = Inspector(Path(folder))
        parsed, text = inside.toml(MAPPING_FILE)
    inspector.problems.extend(replace(problem, file=name) for problem in inside.problems)
    return parsed, text


def _values(found: list[Block], schema: Mapping[str, Key]) -> dict[str, Any]:
    return dict(found[0].values) if found and found[0].conforms(schema) else {}


def _check_table(found: list[Block], table: dict[str, Any]) -> None:
    for key, least, most in (("header_rows", 1, _MOST_HEADER_ROWS), ("skip_rows", 0, 1000)):
        if not least <= table.get(key, least) <= most:
            found[0].report(f"{key} is {table.pop(key)}", key, f"give a number from {least} to {most}")
    marks = table.get("footnote_marks", [])
    if not all(isinstance(mark, str) and mark.strip() and not re.search(r"[\d.,%]", mark) for mark in marks):
        table.pop("footnote_marks")
        found[0].report("not a list of marks", "footnote_marks", 'write for instance ["①", "*"]')


def _columns(found: list[Block]) -> dict[str, str]:
    values = _values(found, {role: Key(str) for role in ROLES})
    for role, header in values.items():
        if not header.strip() or list(values.values()).count(header) > 1:
            found[0].report(f"no header of its own: {header!r}", role, "give the words above that column, once")
    return values


def _series(found: list[Block]) -> tuple[SeriesRule, ...]:
    rules: list[SeriesRule] = []
    for block in found:
        if not block.conforms(_SERIES):
            continue
        values = block.values
        if bool(values.get("indicator")) == values.get("skip", False):
            block.report("neither or both of indicator and skip", "indicator", "give an indicator, or skip = true")
        if any(rule.name == values["name"] for rule in rules):
            block.report(f"series {values['name']!r} stands twice", "name", "keep one")
        basis = _spans([block], values.get("basis"))
        rules.append(
            SeriesRule(values["name"], values.get("indicator", ""), values.get("unit", ""), basis, block.row())
        )
    return tuple(rules)


def _spans(found: list[Block], stated: Any) -> tuple[BasisSpan, ...]:
    """Bases by years, from one id or a list of tables."""
    if stated is None or isinstance(stated, str):
        return (BasisSpan(stated),) if stated else ()
    spans: list[BasisSpan] = []
    for item in stated:
        years = {key: item[key] for key in ("first", "last") if key in item} if isinstance(item, dict) else {}
        whole = isinstance(item, dict) and isinstance(item.get("id"), str) and item.keys() <= {"id", "first", "last"}
        if not whole or any(type(year) is not int for year in years.values()):
            found[0].report(f"no basis: {item!r}", "basis", 'write { first = 2019, last = 2023, id = "..." }')
            continue
        spans.append(BasisSpan(item["id"], **years))
    ordered = sorted(spans, key=lambda span: span.first or 0)
    for earlier, later in pairwise(ordered):
        if earlier.last is None or (later.first or 0) <= earlier.last:
            found[0].report(f"{earlier.id} and {later.id} overlap", "basis", "give each year to one basis")
    return tuple(spans)


def _units(found: list[Block]) -> dict[str, tuple[str, Decimal]]:
    units: dict[str, tuple[str, Decimal]] = {}
    for name, rule in (found[0].values if found else {}).items():
        times = rule.get("times") if isinstance(rule, dict) else None
        if not isinstance(rule, dict) or not isinstance(rule.get("unit"), str) or type(times) not in (int, float):
            found[0].report(
                f"no declaration: {rule!r}", name, f'write {toml_text(name)} = {{ unit = "...", times = ... }}'
            )
        elif rule.keys() != {"unit", "times"} or not 0 < times <= 10**18:  # type: ignore[operator]
            found[0].report(f"no declaration: {rule!r}", name, "give unit, and times as a number above 0")
        else:
            units[name] = (rule["unit"], Decimal(repr(times)))
    return units
