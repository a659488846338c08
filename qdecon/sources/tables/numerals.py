"""Printed numbers, as tables of statistics write them, read exactly; what is not printed clearly is no number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

SCALES = {
    "百": 2,
    "千": 3,
    "万": 4,
    "十万": 5,
    "百万": 6,
    "千万": 7,
    "亿": 8,
    "十亿": 9,
    "百亿": 10,
    "千亿": 11,
    "万亿": 12,
}
BLANK = ("", "-", "--", "—", "——", "–", "…", "……", "..", "...", "无", "na", "n/a")  # not published: never zero
LONGEST = 400  # digits of one figure
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x2212: 0x2D}
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)\s?(?P<whole>[0-9]{1,3}(?:(?P<mark>[,\u2009\u202f\u00a0])[0-9]{3})(?:(?P=mark)[0-9]{3})*|[0-9]+)"
    r"(?P<rest>\.[0-9]+)?\s*(?P<after>[^0-9.,\s].*)?",
    re.DOTALL,
)


@dataclass(frozen=True)
class Numeral:
    """A printed number.

    Attributes
    ----------
    value : Decimal
        With the decimals that are printed.
    scale : int
        Zeros that a word such as 万 behind it adds.
    unit : str
        What else stands behind it, such as ``%`` or 亿元; empty if nothing does.
    """

    value: Decimal
    scale: int
    unit: str


def narrow(text: str) -> str:
    """Turn full-width digits, letters and signs into plain ones, and cut blanks at both ends.

    Nothing else is changed: compatibility forms such as ① would become digits.

    Examples
    --------
    >>> narrow("２８．５％"), narrow("①")
    ('28.5%', '①')
    """
    return text.translate(_NARROW).strip()


def is_blank(text: str) -> bool:
    """Whether a cell says that no figure was published.

    Examples
    --------
    >>> [is_blank(text) for text in ("…", "－", "NA", "0")]
    [True, True, True, False]
    """
    return narrow(text).casefold() in BLANK


def read_numeral(text: str) -> Numeral | None:
    """Read one printed number; None if the text is anything else.

    Examples
    --------
    >>> read_numeral("１６，７１９．４６")
    Numeral(value=Decimal('16719.46'), scale=0, unit='')
    >>> read_numeral("12.3万"), read_numeral("28%")
    (Numeral(value=Decimal('12.3'), scale=4, unit=''), Numeral(value=Decimal('28'), scale=0, unit='%'))
    >>> read_numeral("16719.46①").unit, read_numeral("1,6719.46") is None
    ('①', True)
    """
    match = _NUMBER.fullmatch(narrow(text))
    if match is None or len(match["whole"]) + len(match["rest"] or "") > LONGEST:
        return None
    whole = re.sub(r"[^0-9]", "", match["whole"])
    value = Decimal(f"{match['sign']}{whole}{match['rest'] or ''}")
    after = (match["after"] or "").strip()
    if after in SCALES:
        return Numeral(value, SCALES[after], "")
    return Numeral(value, 0, after)


def printed_number(value: Decimal) -> str:
    """Plain digits, as the data contract wants them.

    Examples
    --------
    >>> printed_number(Decimal("1.50E+3")), printed_number(Decimal("28.50"))
    ('1500', '28.50')
    """
    return format(value, "f")
