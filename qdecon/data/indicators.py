"""Indicators: name, unit, kind, price basis, definition and relations; and the statistical bases of the accounts."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from qdecon.data.inspection import Block, Inspector, Key, blocks
from qdecon.data.periods import EARLIEST, LATEST, Lags
from qdecon.plan import Bilingual

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "indicators.toml"
Kind = Literal["level", "share", "flow", "stock", "rate"]
KINDS: tuple[Kind, ...] = get_args(Kind)
PRICE_BASES = ("current", "constant", "none")


@dataclass(frozen=True)
class Basis:
    """A statistical basis of the national accounts; levels of two bases never stand in one series."""

    id: str
    label: Bilingual
    note: str


@dataclass(frozen=True)
class Indicator:
    """What a figure measures.

    Attributes
    ----------
    unit : str
        Unit of every observation.
    kind : str
        ``level`` (modelled in logs), ``share`` (in log-odds), ``flow``, ``stock`` or ``rate``.
    based : bool
        Whether observations carry a statistical basis.
    parent : str or None
        The whole of which this is a part.
    stock : str or None
        Cumulative count whose change is this flow.
    real_growth : str or None
        Published real growth of this level, in per cent.
    numerator, denominator : str or None
        Identity of a share.
    ceiling : str or None
        Indicator that this one can never exceed.
    parts : tuple of str
        Indicators that sum to this one.
    related : tuple of str
        Indicators told beside this one where it is not published.
    regime_since : int or None
        First year of a declared regime: trajectories go by no earlier yearly change.
    """

    id: str
    name: Bilingual
    unit: str
    kind: Kind
    price_basis: str
    definition: Bilingual
    based: bool = False
    parent: str | None = None
    stock: str | None = None
    real_growth: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    ceiling: str | None = None
    parts: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    regime_since: int | None = None


_RELATIONS = ("parent", "stock", "real_growth", "numerator", "denominator", "ceiling")
_INDICATOR: dict[str, Key] = {
    "id": Key(str, required=True, is_name=True),
    "name_zh": Key(str, required=True),
    "name_en": Key(str, required=True),
    "unit": Key(str, required=True),
    "kind": Key(str, required=True, choices=KINDS),
    "price_basis": Key(str, required=True, choices=PRICE_BASES),
    "definition_zh": Key(str, required=True),
    "definition_en": Key(str, required=True),
    "based": Key(bool),
    "parts": Key(list, items=str),
    "related": Key(list, items=str),
    "regime_since": Key(int, least=EARLIEST, most=LATEST),
    **{name: Key(str) for name in _RELATIONS},
}
_BASIS = {
    "id": Key(str, required=True, is_name=True),
    "label_zh": Key(str, required=True),
    "label_en": Key(str, required=True),
    "note": Key(str),
}
_LAGS = {
    "annual": Key(str, required=True),
    "partial": Key(int, required=True, least=0, most=3650),
    "vintage": Key(dict),
}


def read_indicators(inspector: Inspector) -> tuple[dict[str, Indicator], tuple[Basis, ...], Lags]:
    """Read ``indicators.toml``; faults go to the inspector."""
    parsed, text = inspector.toml(FILE)
    for name in parsed:
        if name not in ("lags", "basis", "indicator"):
            inspector.report(f"unknown table [{name}]", FILE, None, name, "use [lags], [[basis]] and [[indicator]]")
    bases = tuple(
        Basis(
            block.values["id"],
            Bilingual(block.values["label_zh"], block.values["label_en"]),
            block.values.get("note", ""),
        )
        for block in blocks(inspector, FILE, "basis", parsed, text)
        if block.conforms(_BASIS)
    )
    indicators: dict[str, Indicator] = {}
    found: list[Block] = blocks(inspector, FILE, "indicator", parsed, text)
    for block in found:
        if not block.conforms(_INDICATOR):
            continue
        indicator = _indicator(block.values)
        if indicator.id in indicators:
            block.report(f"indicator {indicator.id} is defined twice", "id", "keep one definition")
        indicators[indicator.id] = indicator
    for block in found:
        named = [(key, block.values.get(key)) for key in _RELATIONS]
        for key in ("parts", "related"):
            listed = block.values.get(key, [])
            named += [(key, other) for other in (listed if isinstance(listed, list) else [])]
        for key, other in named:
            if isinstance(other, str) and other not in indicators:
                block.report(f"unknown indicator {other[:80]!r}", key, "define it, or correct the id")
    return indicators, bases, _lags(inspector, parsed, text)


def _indicator(values: Mapping[str, Any]) -> Indicator:
    return Indicator(
        id=values["id"],
        name=Bilingual(values["name_zh"], values["name_en"]),
        unit=values["unit"],
        kind=values["kind"],
        price_basis=values["price_basis"],
        definition=Bilingual(values["definition_zh"], values["definition_en"]),
        based=values.get("based", False),
        parts=tuple(values.get("parts", ())),
        related=tuple(values.get("related", ())),
        regime_since=values.get("regime_since"),
        **{name: values.get(name) for name in _RELATIONS},
    )


def _lags(inspector: Inspector, parsed: Mapping[str, Any], text: str) -> Lags:
    """Release lags; a missing table is a fault, since silent dates would be invented ones."""
    default = Lags((3, 31), 45, {}, {})
    found = blocks(inspector, FILE, "lags", parsed, text)
    if not found:
        if parsed:
            inspector.report(
                "the table [lags] is missing", FILE, None, "lags", "state when undated figures count as known"
            )
        return default
    block = found[0]
    if not block.conforms(_LAGS):
        return default
    following: dict[str, tuple[int, int]] = {}
    earliest: dict[str, dt.date] = {}
    for vintage, rule in block.values.get("vintage", {}).items():
        if isinstance(rule, dt.date):
            earliest[vintage] = rule
        elif isinstance(rule, str) and (day := _month_day(rule)):
            following[vintage] = day
        else:
            block.report(f"no date or month-day: {rule!r}", vintage, 'write 2020-03-31 or "12-31"')
    annual = _month_day(block.values["annual"])
    if annual is None:
        block.report(f"no month-day: {block.values['annual']!r}", "annual", 'write "03-31"')
    return Lags(annual or default.annual, block.values["partial"], following, earliest)


def _month_day(text: str) -> tuple[int, int] | None:
    match = re.fullmatch(r"([0-9]{2})-([0-9]{2})", text)
    if match is None:
        return None
    try:
        date = dt.date(2001, int(match[1]), int(match[2]))
    except ValueError:
        return None
    return date.month, date.day
