"""Words for a time, in the tables of statistics, as a period of the data contract; unclear ones are none."""

from __future__ import annotations

import re

from qdecon.data.periods import Period, parse_period
from qdecon.sources.tables.numerals import narrow

EARLIEST, LATEST = 1000, 2999  # a four-digit number outside is no year
_YEAR = re.compile(r"(\d{4}) ?(?:年度?|年 ?(?:全年|年?[末底]|1-12月))?")
_RANGE = re.compile(r"(\d{4}) ?年?[-—–~至到](\d{4}) ?年?")
_QUARTERS = re.compile(r"(\d{4}) ?年 ?(?:(?:第?([1一]))|(?:第?[1一][-—–~至到]第?|前)([2-4二三四]))个?季度")
_MONTHS = re.compile(r"(\d{4}) ?年 ?(?:1月?[-—–~至到]|前)(1[0-2]|[2-9])(个)?月份?")
_MONTH_END = re.compile(r"(\d{4}) ?年 ?(1[0-2]|0?[1-9])月[末底]")
_HALF = re.compile(r"(\d{4}) ?年 ?上半年")
_NUMBERS = {"一": 1, "二": 2, "三": 3, "四": 4}


def read_period(words: str) -> Period | None:
    """Read a period; None where the words do not say which one.

    A single later month or quarter ("2024年二季度") is none: the contract knows only figures counted from January,
    and counts stated at the end of a month.

    Examples
    --------
    >>> [read_period(words).label for words in ("２０２４年", "2024年上半年", "2024年前三季度", "2024年1-5月")]
    ['2024', '2024Q2ytd', '2024Q3ytd', '2024M05ytd']
    >>> [read_period(words) for words in ("FY2024", "2024年二季度", "2024①", "24")]
    [None, None, None, None]
    """
    text = narrow(words)
    label = _label(text) or text
    period = parse_period(label) if label.isascii() else None
    return period if period is not None and _plausible(label) else None


def _label(text: str) -> str | None:
    if match := _YEAR.fullmatch(text):
        return match[1]
    if match := _RANGE.fullmatch(text):
        return f"{match[1]}-{match[2]}"
    if match := _HALF.fullmatch(text):
        return f"{match[1]}Q2ytd"
    if match := _QUARTERS.fullmatch(text):
        last = match[2] or match[3]
        quarter = _NUMBERS.get(last) or int(last)
        return match[1] if quarter == 4 else f"{match[1]}Q{quarter}ytd"
    if match := _MONTHS.fullmatch(text):
        return match[1] if match[2] == "12" else f"{match[1]}M{int(match[2]):02d}ytd"
    if match := _MONTH_END.fullmatch(text):
        return f"{match[1]}-{int(match[2]):02d}"
    return None


def _plausible(label: str) -> bool:
    years = [label[:4], *re.findall(r"-(\d{4})$", label)]
    return all(EARLIEST <= int(year) <= LATEST for year in years)
