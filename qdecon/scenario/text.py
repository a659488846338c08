"""A scenario as text: a TOML file to keep and cite, and a link to mail; both read back to exactly the same scenario."""

from __future__ import annotations

import base64
import json
import re
import tomllib
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qdecon.errors import NotAvailable, QdeconError
from qdecon.plan import Bilingual
from qdecon.scenario.record import FIRST_YEAR, LARGEST, LAST_YEAR, LEVERS, LONGEST, Assumption, Scenario, Shock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SCHEMA = 1
LARGEST_TEXT = 64 * 1024  # bytes of UTF-8
LARGEST_LINK = 4 * 1024  # characters
MOST_SHOCKS = 30
MOST_SOURCES = 64
SHOWN = 20  # problems in one error

_LINK = re.compile(r"1\.([A-Za-z0-9_-]+)")
# What nearly every file says, so that a link need not repeat it. Links of mark 1 need these very bytes: never change.
_DICTIONARY = (
    b'services_priceservices_outgrowthmanufacturing_pricemanufacturing_outgrowth]\n\n[[shock]]\nyear = 2027\nfall = 4.0'
    b'\nrecovery = 0.5\nschema = 1\nid = "goal"\nname_zh = "\xe7\x9b\xae\xe6\xa0\x87"\nname_en = "goal"\nfirst = 2026\n'
    b'reason_zh = ""\nreason_en = ""\nsources = []\n\n[[assumption]]\nlever = "deflator"\nvalues = [1.0, 1.5, 2.0]\n'
    b'spread = 0.0\n\n[[assumption]]\nlever = "real_growth"\nvalues = [5.0, 4.5]\nspread = 0.0\n'
)  # fmt: skip
_AT_LINK = ("scenario link", "copy the whole link again, or ask for the scenario as a file")
# Strings and comments, closed or not: what is left over holds keys and numbers only.
_QUOTED = re.compile(
    r"""
      "{3} (?: \\. | [^\\] )*? (?: "{3,5} | \\?\Z )
    | '{3} .*? (?: '{3,5} | \Z )
    | " (?: \\. | [^"\\\n] )* "?
    | ' [^'\n]* '?
    | \# [^\n]*
    """,
    re.DOTALL | re.VERBOSE,
)
_CHAIN = re.compile(r"\.[^=,\]\n]*\.")


@dataclass(frozen=True)
class _Key:
    """What one key may hold: ``read`` gives the value, or None if it is none; without ``default`` it must stand."""

    read: Callable[[Any], Any]
    wanted: str
    default: Any = None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _year(value: Any) -> int | None:
    return value if type(value) is int and FIRST_YEAR <= value <= LAST_YEAR else None


def _number(value: Any) -> float | None:
    # Not isinstance: a boolean is no number here. NaN fails the comparison, and no huge integer reaches float().
    return float(value) if type(value) in (int, float) and abs(value) <= LARGEST else None


def _several(read: Callable[[Any], Any], least: int, most: int) -> Callable[[Any], tuple[Any, ...] | None]:
    def read_all(value: Any) -> tuple[Any, ...] | None:
        if not isinstance(value, list) or not least <= len(value) <= most:
            return None
        items = tuple(map(read, value))
        return None if None in items else items

    return read_all


def _table(value: Any) -> dict[str, Any] | None:
    return value if isinstance(value, dict) else None


_TEXT = _Key(_text, "text in quotes")
_YEAR = _Key(_year, f"a year from {FIRST_YEAR} to {LAST_YEAR}")
_RANGE = f"within {LARGEST:g} either way"
_SCENARIO = {
    "schema": _Key(lambda value: value, f"{SCHEMA}"),  # looked at before all other keys
    "id": _TEXT,
    "name_zh": _TEXT,
    "name_en": _TEXT,
    "first": _YEAR,
    "reason_zh": _Key(_text, _TEXT.wanted, ""),
    "reason_en": _Key(_text, _TEXT.wanted, ""),
    "sources": _Key(_several(_text, 0, MOST_SOURCES), f"a list of at most {MOST_SOURCES} ids in quotes", ()),
    "assumption": _Key(_several(_table, 0, len(LEVERS)), f"at most {len(LEVERS)} tables [[assumption]]", ()),
    "shock": _Key(_several(_table, 0, MOST_SHOCKS), f"at most {MOST_SHOCKS} tables [[shock]]", ()),
}
_ASSUMPTION = {
    "lever": _Key(lambda value: value if isinstance(value, str) and value in LEVERS else None, " or ".join(LEVERS)),
    "values": _Key(_several(_number, 1, LONGEST), f"a list of 1 to {LONGEST} numbers, each {_RANGE}"),
    "spread": _Key(_number, f"a number {_RANGE}", 0.0),
}
_SHOCK = {
    "year": _YEAR,
    "fall": _Key(_number, f"a number {_RANGE}"),
    "recovery": _Key(_number, "a number from 0 to 1", 0.0),
}


def to_toml(scenario: Scenario) -> str:
    r"""Canonical TOML of a scenario: always the same keys in the same order, every number in full.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    str
        Text that :func:`from_toml` reads back to an equal scenario.

    Raises
    ------
    NotAvailable
        If the scenario is beyond what :func:`from_toml` reads, for instance larger than ``LARGEST_TEXT``.

    Examples
    --------
    >>> goal = Scenario("goal", Bilingual("目标", "goal"), 2026, (Assumption("real_growth", (5, 4.5)),))
    >>> print(to_toml(goal), end="")
    schema = 1
    id = "goal"
    name_zh = "目标"
    name_en = "goal"
    first = 2026
    reason_zh = ""
    reason_en = ""
    sources = []
    <BLANKLINE>
    [[assumption]]
    lever = "real_growth"
    values = [5.0, 4.5]
    spread = 0.0
    """
    lines = [
        f"schema = {SCHEMA}",
        f"id = {_quoted(scenario.id)}",
        f"name_zh = {_quoted(scenario.name.zh)}",
        f"name_en = {_quoted(scenario.name.en)}",
        f"first = {scenario.first}",
        f"reason_zh = {_quoted(scenario.reason.zh)}",
        f"reason_en = {_quoted(scenario.reason.en)}",
        f"sources = [{', '.join(map(_quoted, scenario.sources))}]",
    ]
    for each in scenario.assumptions:
        values = ", ".join(repr(float(value)) for value in each.values)
        lines += ["", "[[assumption]]", f"lever = {_quoted(each.lever)}", f"values = [{values}]"]
        lines += [f"spread = {float(each.spread)!r}"]
    for shock in scenario.shocks:
        lines += ["", "[[shock]]", f"year = {shock.year}", f"fall = {float(shock.fall)!r}"]
        lines += [f"recovery = {float(shock.recovery)!r}"]
    text = "\n".join(lines) + "\n"
    from_toml(text, f"scenario {scenario.id!r}")  # what cannot be read back is not written
    return text


def from_toml(text: str, where: str = "scenario") -> Scenario:
    r"""Read a scenario.

    Parameters
    ----------
    text : str
        TOML, at most ``LARGEST_TEXT`` bytes.
    where : str
        Name of the file, for errors.

    Returns
    -------
    Scenario

    Raises
    ------
    NotAvailable
        If the text is no scenario. All wrong keys are named at once.

    Examples
    --------
    >>> from_toml('schema = 1\nid = "goal"\nname_zh = "目标"\nname_en = "goal"\nfirst = true', "goal.toml")
    Traceback (most recent call last):
    qdecon.errors.NotAvailable: first is true
      where: goal.toml
      next: give first as a year from 1900 to 2200
    """
    parsed = _parsed(text, where)
    schema = parsed.get("schema")
    if type(schema) is not int or schema != SCHEMA:
        raise NotAvailable(
            f"schema is {_brief(schema)}" if "schema" in parsed else "schema is missing",
            where,
            f"write schema = {SCHEMA}, the only one there is",
        )
    faults: list[NotAvailable] = []
    values = _checked(parsed, _SCENARIO, where, faults)
    assumptions = _built(Assumption, _ASSUMPTION, values["assumption"], f"{where}, [[assumption]]", faults)
    shocks = _built(Shock, _SHOCK, values["shock"], f"{where}, [[shock]]", faults)
    if not faults:
        try:
            return Scenario(
                id=values["id"],
                name=Bilingual(values["name_zh"], values["name_en"]),
                first=values["first"],
                assumptions=assumptions,
                shocks=shocks,
                reason=Bilingual(values["reason_zh"], values["reason_en"]),
                sources=values["sources"],
            )
        except QdeconError as fault:
            faults.append(NotAvailable(fault.what, where, fault.remedy))
    if len(faults) == 1:
        raise faults[0]
    listed = [f"{fault.where}: {fault.what} (next: {fault.remedy})" for fault in faults[:SHOWN]]
    raise NotAvailable(
        f"{len(faults)} problems in the scenario", "\n         ".join(listed), "mend each, and read again"
    )


def to_link(scenario: Scenario) -> str:
    """A scenario as one word for the end of a web address: letters, digits, ``-``, ``_`` and ``.``.

    It is the TOML, compressed. Another build of zlib may write another word; each reads back to the same scenario.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    str
        Text that :func:`from_link` reads back to an equal scenario.

    Raises
    ------
    NotAvailable
        If the scenario does not fit ``LARGEST_LINK``, or :func:`to_toml` refuses it.

    Examples
    --------
    >>> goal = Scenario("goal", Bilingual("目标", "goal"), 2026, (Assumption("real_growth", (5.0,)),))
    >>> from_link(to_link(goal)) == goal
    True
    """
    press = zlib.compressobj(9, zdict=_DICTIONARY)
    packed = press.compress(to_toml(scenario).encode()) + press.flush()
    link = "1." + base64.urlsafe_b64encode(packed).decode().rstrip("=")
    if len(link) > LARGEST_LINK:
        raise NotAvailable(
            f"a link of {len(link)} characters, {LARGEST_LINK} at most",
            f"scenario {scenario.id!r}",
            "shorten the reasons, or send the scenario as a file",
        )
    return link


def from_link(text: str) -> Scenario:
    """Read the scenario that a link carries.

    Parameters
    ----------
    text : str
        What :func:`to_link` gave, at most ``LARGEST_LINK`` characters.

    Returns
    -------
    Scenario

    Raises
    ------
    NotAvailable
        If the link is damaged, too long, of another version, expands beyond ``LARGEST_TEXT`` or holds no scenario.

    Examples
    --------
    >>> from_link("2.abc")
    Traceback (most recent call last):
    qdecon.errors.NotAvailable: no scenario link: not `1.` and then letters, digits, - and _ only
      where: scenario link
      next: copy the whole link again, or ask for the scenario as a file
    """
    if len(text) > LARGEST_LINK:
        raise NotAvailable(f"a link of {len(text)} characters, {LARGEST_LINK} at most", *_AT_LINK)
    found = _LINK.fullmatch(text)
    if not found:
        raise NotAvailable("no scenario link: not `1.` and then letters, digits, - and _ only", *_AT_LINK)
    unpack = zlib.decompressobj(zdict=_DICTIONARY)
    try:
        packed = base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4))
        content = unpack.decompress(packed, LARGEST_TEXT + 1)
        if len(content) > LARGEST_TEXT:
            raise NotAvailable(f"the link expands to more than {LARGEST_TEXT} bytes", *_AT_LINK)
        toml = content.decode()
    except (ValueError, zlib.error):  # base64 and UTF-8 raise kinds of ValueError
        raise NotAvailable("the link is damaged", *_AT_LINK) from None
    if not unpack.eof or unpack.unused_data:
        raise NotAvailable("the link is cut off, or something follows it", *_AT_LINK)
    return from_toml(toml, "scenario link")


def _quoted(text: str) -> str:
    # A JSON string is a TOML string but for DEL, which TOML wants escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _parsed(text: str, where: str) -> dict[str, Any]:
    # Bounded in size, and so in time.
    try:
        if len(text) > LARGEST_TEXT or len(text.encode()) > LARGEST_TEXT:
            raise NotAvailable(f"more than {LARGEST_TEXT} bytes", where, "shorten the reasons or the list of sources")
        # The parser needs the square of a dotted key's length: 64 kB of `a.a.a` would take it a quarter of a minute.
        if _CHAIN.search(_QUOTED.sub('""', text)):
            raise NotAvailable("a dotted key", where, "write plain keys under [[assumption]] and [[shock]]")
        return tomllib.loads(text)
    except UnicodeEncodeError:
        raise NotAvailable("half a character, which UTF-8 cannot write", where, "write it again") from None
    except RecursionError:
        raise NotAvailable("lists or tables nested too deeply", where, "nest nothing: no key needs it") from None
    except ValueError as error:  # syntax, or a number of thousands of digits
        raise NotAvailable(f"the TOML is broken: {str(error)[:200]}", where, "mend the syntax there") from None


def _checked(
    table: Mapping[str, Any], keys: Mapping[str, _Key], where: str, faults: list[NotAvailable]
) -> dict[str, Any]:
    """Values by key, defaults filled in; every fault is added to the list, and its value is then empty."""
    known = ", ".join(keys)
    faults.extend(NotAvailable(f"unknown key {_brief(key)}", where, f"use {known}") for key in table if key not in keys)
    values = {}
    for key, rule in keys.items():
        value = rule.read(table[key]) if key in table else rule.default
        if value is None:
            what = f"{key} is {_brief(table[key])}" if key in table else f"{key} is missing"
            faults.append(NotAvailable(what, where, f"give {key} as {rule.wanted}"))
        values[key] = value
    return values


def _built(
    kind: type,
    keys: Mapping[str, _Key],
    tables: tuple[dict[str, Any], ...] | None,
    where: str,
    faults: list[NotAvailable],
) -> tuple[Any, ...]:
    """One record a table; a table with faults gives none."""
    built = []
    for place, table in enumerate(tables or (), 1):
        before = len(faults)
        values = _checked(table, keys, f"{where} {place}", faults)
        if len(faults) == before:
            try:
                built.append(kind(**values))
            except QdeconError as fault:
                faults.append(NotAvailable(fault.what, f"{where} {place}", fault.remedy))
    return tuple(built)


def _brief(value: Any) -> str:
    """A value in an error: never long, never deep (a hostile one may be both)."""
    if isinstance(value, str):
        return repr(value if len(value) <= 40 else value[:40] + "…")
    if isinstance(value, list):
        shown = ["[…]" if isinstance(item, list) else _brief(item) for item in value[:6]]
        return f"[{', '.join(shown)}{', …' if len(value) > 6 else ''}]"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) > 10**15:
        return "a huge number"  # Python refuses to write one of thousands of digits
    return str(value)
