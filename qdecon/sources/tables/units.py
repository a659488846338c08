"""Declared units, and exact conversion between them; an unknown unit is refused, never guessed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, Inexact
from fractions import Fraction
from typing import TYPE_CHECKING

from qdecon.errors import NotAvailable, UnknownName

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_EXACT = Context(prec=2000, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[Inexact])  # refuses to round
_COUNTED = "个 家 户 件 项 条 辆 台 套 座 所 处 亩 吨 千升 千瓦时 标箱 公里 人次".split()
_MONEY = {"元": "yuan", "美元": "US dollars"}
_CHINESE = {"": 0, "万": 4, "百万": 6, "亿": 8, "万亿": 12}
_ENGLISH = {
    "": 0, "thousand ": 3, "10000 ": 4, "10,000 ": 4, "million ": 6, "100 million ": 8, "billion ": 9, "trillion ": 12,
}  # fmt: skip
_BRACKETS = re.compile(r"(?P<name>.*\S)\s*(?:\((?P<round>[^()]+)\)|\[(?P<square>[^\[\]]+)\])", re.DOTALL)
_LINE = re.compile(r"(?:计量)?(?:单位|units?)\s*:\s*(?P<unit>.*[^\s()])", re.IGNORECASE)


@dataclass(frozen=True)
class Unit:
    """A unit as so many times the base of its dimension.

    Attributes
    ----------
    name : str
        As declared.
    dimension : str
        Units of two dimensions are never converted into each other; 家 and 户 are two dimensions.
    times : Fraction
        How many of the base.
    """

    name: str
    dimension: str
    times: Fraction


@dataclass(frozen=True)
class Units:
    """All units that are declared."""

    by_name: Mapping[str, Unit]

    def find(self, text: str) -> Unit | None:
        """The unit of that name, in any width and case; None if none is declared.

        Examples
        --------
        >>> declared_units().find("100 Million Yuan")
        Unit(name='100 million yuan', dimension='元', times=Fraction(100000000, 1))
        """
        return self.by_name.get(_key(text))


def declared_units(own: Mapping[str, tuple[str, Decimal]] | None = None, of_indicators: Iterable[str] = ()) -> Units:
    """The table of common units, the units of a plan's indicators, and those that a mapping file declares.

    Parameters
    ----------
    own : mapping, optional
        Name of a unit to another unit and how many times that one it is.
    of_indicators : iterable of str
        Units of indicators; one that is not in the table is its own dimension.

    Returns
    -------
    Units

    Raises
    ------
    NotAvailable
        If a declaration contradicts another one, or is no positive multiple.

    Examples
    --------
    >>> units = declared_units({"万标准箱": ("标准箱", Decimal(10000))})
    >>> printed = convert(Decimal("3071"), units.find("万标准箱"), units.find("标准箱"))
    >>> format(printed, "f")
    '30710000'
    """
    by_name: dict[str, Unit] = {_key(unit.name): unit for unit in _common()}
    for name in of_indicators:
        by_name.setdefault(_key(name), Unit(name, name, Fraction(1)))
    for name, (base, times) in (own or {}).items():
        if not times.is_finite() or not 0 < times <= Decimal(10) ** 18:
            raise NotAvailable(f"unit {name} is {times} times {base}", "[units]", "give times as a number above 0")
        of = by_name.setdefault(_key(base), Unit(base, base, Fraction(1)))
        unit = Unit(name, of.dimension, of.times * Fraction(times))
        known = by_name.get(_key(name))
        alone = known is not None and known.dimension == known.name  # an indicator's own unit that no table explains
        if known is not None and not alone and (known.dimension, known.times) != (unit.dimension, unit.times):
            raise NotAvailable(f"unit {name} is declared already, as another size", "[units]", "give it another name")
        by_name[_key(name)] = unit
    return Units(by_name)


def convert(value: Decimal, given: Unit, wanted: Unit) -> Decimal:
    """Convert exactly; powers of ten keep the printed digits.

    Raises
    ------
    NotAvailable
        If the units measure different things, or the result has no end.

    Examples
    --------
    >>> units = declared_units()
    >>> convert(Decimal("16719460.0"), units.find("万元"), units.find("亿元"))
    Decimal('1671.94600')
    """
    if given.dimension != wanted.dimension:
        remedy = "check the unit and the column; only units of one kind can be converted"
        raise NotAvailable(f"{given.name} cannot be converted to {wanted.name}", "unit", remedy)
    ratio = given.times / wanted.times
    zeros = _zeros(ratio)
    if zeros is not None:
        return _EXACT.scaleb(value, zeros)
    try:
        return _EXACT.divide(_EXACT.multiply(value, Decimal(ratio.numerator)), Decimal(ratio.denominator))
    except Inexact as error:
        remedy = "convert the figure by hand and say so in the note"
        raise NotAvailable(f"{value} {given.name} is no finite number of {wanted.name}", "unit", remedy) from error


def scaled(value: Decimal, zeros: int) -> Decimal:
    """A number with so many zeros more, exactly.

    Examples
    --------
    >>> format(scaled(Decimal("1.20"), 8), "f")
    '120000000'
    """
    return _EXACT.scaleb(value, zeros)


def factor(given: Unit, wanted: Unit) -> str:
    """Factor of a conversion, in words.

    Examples
    --------
    >>> units = declared_units()
    >>> factor(units.find("万元"), units.find("亿元"))
    '0.0001'
    """
    ratio = given.times / wanted.times
    zeros = _zeros(ratio)
    return str(ratio) if zeros is None else format(Decimal(1).scaleb(zeros), "f")


def split_unit(label: str, units: Units) -> tuple[str, str]:
    """Name and unit of a header such as 地区生产总值（亿元）; the unit is empty if the brackets hold none.

    Examples
    --------
    >>> split_unit("GDP (100 million yuan)", declared_units()), split_unit("GDP (real)", declared_units())
    (('GDP', '100 million yuan'), ('GDP (real)', ''))
    """
    match = _BRACKETS.fullmatch(unicodedata.normalize("NFKC", label).strip())
    inside = (match["round"] or match["square"]).strip() if match else ""
    if match is None or units.find(inside) is None:
        return label, ""
    return match["name"], inside


def unit_of_line(text: str) -> str:
    """Unit in a line such as 单位：亿元 above a table; empty if there is none.

    Examples
    --------
    >>> unit_of_line("（单位：亿元）"), unit_of_line("Unit: 100 million yuan")
    ('亿元', '100 million yuan')
    """
    match = _LINE.search(unicodedata.normalize("NFKC", text))
    return match["unit"].strip() if match else ""


def known_unit(text: str, units: Units) -> Unit:
    """The unit of that name.

    Raises
    ------
    UnknownName
        If none is declared.
    """
    unit = units.find(text)
    if unit is None:
        raise UnknownName(
            f"unknown unit {text!r}",
            "unit",
            f'declare it in mapping.toml: [units] "{text}" = {{ unit = ..., times = ... }}',
        )
    return unit


def _common() -> Iterable[Unit]:
    for base, english in _MONEY.items():
        yield from (Unit(f"{prefix}{base}", base, Fraction(10**zeros)) for prefix, zeros in _CHINESE.items())
        yield from (Unit(f"{prefix}{english}", base, Fraction(10**zeros)) for prefix, zeros in _ENGLISH.items())
    yield from (Unit(f"{prefix}人", "人", Fraction(10**zeros)) for prefix, zeros in _CHINESE.items())
    yield from (Unit(f"{prefix}persons", "人", Fraction(10**zeros)) for prefix, zeros in _ENGLISH.items())
    for base in _COUNTED:
        yield from (Unit(base, base, Fraction(1)), Unit(f"万{base}", base, Fraction(10**4)))
    yield from (Unit("元/人", "元/人", Fraction(1)), Unit("万元/人", "元/人", Fraction(10**4)))
    yield from (Unit(name, "%", Fraction(1)) for name in ("%", "per cent", "percent"))
    yield from (Unit(name, "百分点", Fraction(1)) for name in ("百分点", "个百分点", "percentage points"))


def _zeros(ratio: Fraction) -> int | None:
    """Which power of ten a ratio is."""
    digits, other = (ratio.numerator, ratio.denominator) if ratio >= 1 else (ratio.denominator, ratio.numerator)
    zeros = len(str(digits)) - 1
    if other != 1 or digits != 10**zeros:
        return None
    return zeros if ratio >= 1 else -zeros


def _key(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
