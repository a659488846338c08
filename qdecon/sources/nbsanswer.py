"""What an answer of the national statistics database says: cells by year, or why it cannot be read.

Nothing is guessed. A cell that the database leaves blank is *not published*, never zero; whatever differs from what was
asked for, or from the shape of an answer known in 2026, is refused with the field that differs.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn

from qdecon.errors import NotAvailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from qdecon.sources.nbstables import Request

BLANK = ("", "无")
SUCCESS = "20000"
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,10})?")
_PERIOD = re.compile(r"([0-9]{4})YY")
_CHANGED = "the interface has changed: compare the answer with the one documented, and update qdecon"
_AGAIN = "run again later; if it stays, the interface has changed and qdecon must be updated"
_NOT_READ = "do not use this answer; look the figure up on the web page of the database, and run again later"


@dataclass(frozen=True)
class Cell:
    """One year of one series.

    Attributes
    ----------
    value : str or None
        As printed, so that no digit is lost or gained; None where nothing is published.
    name, period : str
        In the words of the answer; empty where it has none for a blank cell.
    """

    year: int
    value: str | None
    name: str = ""
    period: str = ""


def periods(body: bytes, where: str) -> list[Any]:
    """The periods of an answer; empty where the database claims success and holds nothing.

    Numbers stay the text that they were printed as.

    Raises
    ------
    NotAvailable
        If the body is no complete answer, or one that reports a failure.

    Examples
    --------
    >>> periods(b'{"data": [], "success": true, "state": 20000, "message": ""}', "an example")
    []
    """
    answer = _decoded(body, where)
    if not isinstance(answer, dict):
        _refuse("the answer is no object", where, "(whole answer)", _CHANGED)
    for field in ("success", "state", "data"):
        if field not in answer:
            _refuse(f"the field {field!r} is missing", where, field, _CHANGED)
    if answer["success"] is not True or str(answer["state"]) != SUCCESS:
        told = f"state {answer['state']!s:.20}, message {answer.get('message')!s:.200}"
        _refuse(f"the database reports a failure: {told}", where, "success", _AGAIN)
    data = answer["data"]
    if data is None:
        return []
    if not isinstance(data, list):
        _refuse("the field 'data' is no list", where, "data", _CHANGED)
    return data


def cells(request: Request, body: bytes) -> dict[int, Cell]:
    """Cells of an answer by year, for every year that was asked for.

    Raises
    ------
    NotAvailable
        If anything is not as it was asked for.
    """
    found: dict[int, Cell] = {}
    for period in periods(body, request.where):
        if not isinstance(period, dict):
            _refuse("a period is no object", request.where, "data", _CHANGED)
        year = _year(period, request)
        if year in found:
            _refuse(f"the period {year} comes twice", request.where, "code", _NOT_READ)
        values = _field(period, "values", request.where, f"period {year}")
        if not isinstance(values, list) or not all(isinstance(each, dict) for each in values):
            _refuse(f"the values of {year} are no list of objects", request.where, "values", _CHANGED)
        if len(values) > 1:
            _refuse(f"{len(values)} cells for {year} where one was asked for", request.where, "values", _NOT_READ)
        label = _text(period, "name", request.where, f"period {year}") if values else ""
        if label and str(year) not in label:
            _refuse(f"the period {year} is named {label!r}", request.where, "name", _NOT_READ)
        found[year] = _cell(year, label, values[0], request) if values else Cell(year, None)
    return {year: found.get(year, Cell(year, None)) for year in range(request.first, request.last + 1)}


def merged(parts: Iterable[tuple[Request, Mapping[int, Cell]]]) -> dict[int, Cell]:
    """One series from its pieces; where two pieces hold a year they must agree.

    Raises
    ------
    NotAvailable
        If they do not.
    """
    whole: dict[int, Cell] = {}
    for request, part in parts:
        for year, cell in part.items():
            held = whole.get(year)
            if held is None or held.value is None:
                whole[year] = cell
            elif cell.value is not None and Decimal(cell.value) != Decimal(held.value):
                what = f"two pieces of the series disagree in {year}: {held.value} and {cell.value}"
                _refuse(what, request.where, "value", "give each piece its own years in the catalogue of tables")
    return dict(sorted(whole.items()))


def _decoded(body: bytes, where: str) -> Any:
    def no_number(text: str) -> NoReturn:
        _refuse(f"{text} is no number", where, "value", _NOT_READ)

    try:
        return json.loads(body.decode("utf-8-sig"), parse_int=str, parse_float=str, parse_constant=no_number)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        what = "nested too deeply" if isinstance(error, RecursionError) else f"broken or cut short ({error!s:.100})"
        raise NotAvailable(f"the answer is {what}", f"{where}, field (whole answer)", _AGAIN) from error


def _year(period: Mapping[str, Any], request: Request) -> int:
    code = _field(period, "code", request.where, "a period")
    match = _PERIOD.fullmatch(code) if isinstance(code, str) else None
    if match is None or not request.first <= int(match[1]) <= request.last:
        _refuse(f"unknown period {code!r:.40}", request.where, "code", _CHANGED)
    return int(match[1])


def _cell(year: int, label: str, value: Mapping[str, Any], request: Request) -> Cell:
    """One cell, checked for indicator, name, unit, region and number."""
    at, where = f"a cell of {year}", request.where
    if (key := _field(value, "_id", where, at)) != request.key:
        _refuse(f"the answer is about another indicator: {key!r:.60}", where, "_id", _NOT_READ)
    name = _text(value, "i_showname", where, at)
    if not request.item.named(name):
        _refuse(f"{name!r} is not {' '.join(request.item.words)}", where, "i_showname", _NOT_READ)
    unit = _field(value, "du_name", where, at)
    if (unit or "") not in request.item.units:
        _refuse(f"the unit is {unit!r:.40}, not {request.item.unit}", where, "du_name", _NOT_READ)
    printed = _field(value, "value", where, at)
    blank = printed is None or (isinstance(printed, str) and printed.strip() in BLANK)
    _check_region(value, request, at, blank=blank)
    if blank:
        return Cell(year, None, name, label)
    return Cell(year, _number(printed, year, request), name, label)


def _check_region(value: Mapping[str, Any], request: Request, at: str, *, blank: bool) -> None:
    """The place by code and by name, whichever is stated; a blank cell may state neither, and so may the nation."""
    code, name, place = value.get("da"), value.get("da_name"), request.place
    if code is None and name is None and not blank and request.table.kind != "nation":
        _refuse(f"the field 'da' is missing in {at}", request.where, "da", _CHANGED)
    if code is not None and code != place.code:
        _refuse(f"the answer is about another region: {code!r:.40}", request.where, "da", _NOT_READ)
    if name is not None and not (isinstance(name, str) and name.startswith(place.names)):
        _refuse(f"the answer is about another region: {name!r:.40}", request.where, "da_name", _NOT_READ)


def _number(printed: Any, year: int, request: Request) -> str:
    text = printed.strip() if isinstance(printed, str) else ""
    if not _NUMBER.fullmatch(text):
        _refuse(f"{printed!r:.40} is no number ({year})", request.where, "value", _NOT_READ)
    if not Decimal(text):
        what = f"the figure of {year} is 0: what is not published is blank, and this cannot be a published figure"
        _refuse(what, request.where, "value", _NOT_READ)
    if not request.item.lowest < float(text) < request.item.highest:
        _refuse(f"{text} cannot be right ({year})", request.where, "value", _NOT_READ)
    return text


def _field(holder: Mapping[str, Any], field: str, where: str, at: str) -> Any:
    if field not in holder:
        _refuse(f"the field {field!r} is missing in {at}", where, field, _CHANGED)
    return holder[field]


def _text(holder: Mapping[str, Any], field: str, where: str, at: str) -> str:
    """A text that may be quoted: on one line, and printable."""
    value = _field(holder, field, where, at)
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if not text or not text.isprintable() or len(text) > 200:
        _refuse(f"the field {field!r} is no plain text in {at}: {value!r:.60}", where, field, _CHANGED)
    return text


def _refuse(what: str, where: str, field: str, remedy: str) -> NoReturn:
    """Refuse an answer.

    Raises
    ------
    NotAvailable
        Always.
    """
    raise NotAvailable(what, f"{where}, field {field}", remedy)
