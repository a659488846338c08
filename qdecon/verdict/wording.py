"""Numbers and dates in the words of both languages."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from qdecon.plan import Bilingual

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from qdecon.data.periods import Period
    from qdecon.plan import Comparator, Language

_SCALED_EN = {
    "亿元": (10, "billion yuan"),
    "亿美元": (10, "billion US dollars"),
    "万人": (100, "million people"),
    "万千升": (0.1, "million litres"),
    "元": (1, "yuan"),
    "元/人": (1, "yuan a person"),
}
_UNITS_EN = {
    "家": (" enterprise", " enterprises"),
    "项": (" item", " items"),
    "条": (" chain", " chains"),
    "个": ("", ""),
    "倍": (" times", " times"),
    "百分点": (" percentage point", " percentage points"),
}
_MONTHS = "January February March April May June July August September October November December".split()
_OPENING, _CLOSING = "（《“「‘【(", "，。；：！？、）》”」’】…%％"
# what stays whole in a line: a number with its unit, a run of Latin letters, one Chinese character with its punctuation
TOKEN = re.compile(
    rf"\s+|[{_OPENING}]*(?:\d[\d,.]*(?:万亿元|亿元|个百分点|年|月|倍|[^\s\u2e80-\uffef“”‘’]*)|[^\s\u2e80-\uffef“”‘’]+|[^\s])[{_CLOSING}]*"
)
_RARE, _SURE = 0.05, 0.95  # what the track record can support; beyond, only a bound is worded


def plain(value: float, decimals: int = 2) -> str:
    """Digits with thousands separators and no trailing zeros.

    Examples
    --------
    >>> plain(10495.54), plain(11000.0), plain(1.1)
    ('10,495.54', '11,000', '1.1')
    """
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount(value: float, unit: str, language: Language, decimals: int = 2) -> str:
    """A figure with its unit; English turns 亿元 into billion yuan.

    Examples
    --------
    >>> amount(10495.54, "亿元", "zh"), amount(10495.54, "亿元", "en")
    ('10,495.54亿元', '1,049.55 billion yuan')
    >>> amount(1025.67, "万人", "en", 3), amount(28, "%", "en"), amount(2, "倍", "en"), amount(54, "家", "en")
    ('10.257 million people', '28%', '2 times', '54 enterprises')
    """
    if language == "zh":
        return f"{plain(value, decimals)}{'个' if unit == '百分点' else ''}{unit}"
    if unit in _SCALED_EN:
        divisor, name = _SCALED_EN[unit]
        return f"{plain(value / divisor, decimals)} {name}"
    if unit == "%":
        return f"{plain(value, decimals)}%"
    one, many = _UNITS_EN.get(unit, (" " + unit, " " + unit))
    return f"{plain(value, decimals)}{one if value == 1 else many}"


def percent(fraction: float, decimals: int = 1) -> str:
    """A fraction in per cent.

    Examples
    --------
    >>> percent(0.1389)
    '13.9%'
    """
    return f"{100 * fraction:.{decimals}f}%"


def chance(probability: float) -> Bilingual:
    """A probability in words; extremes only as far as the record supports them.

    Examples
    --------
    >>> chance(0.003).en, chance(0.44).en, chance(0.97).en
    ('fewer than 1 in 20', '44 in 100', 'more than 19 in 20')
    """
    if probability < _RARE:
        return Bilingual("不到5%", "fewer than 1 in 20")
    if probability > _SURE:
        return Bilingual("95%以上", "more than 19 in 20")
    return Bilingual(f"约{100 * probability:.0f}%", f"{100 * probability:.0f} in 100")


def goal(value: float, unit: str, comparator: Comparator | None) -> Bilingual:
    """The promised figure with its comparator.

    Examples
    --------
    >>> goal(20000, "亿元", "more_than").en
    'more than 2,000 billion yuan'
    """
    words = {
        "at_least": Bilingual("不低于", "at least "),
        "more_than": Bilingual("超过", "more than "),
        "at_most": Bilingual("不高于", "at most "),
        "about": Bilingual("约", "about "),
    }[comparator or "at_least"]
    return Bilingual(words.zh + amount(value, unit, "zh"), words.en + amount(value, unit, "en"))


def reaching(value: float, unit: str, comparator: Comparator | None) -> Bilingual:
    """Keeping the promise, as a verb: "exceeds 2,000 billion yuan".

    Examples
    --------
    >>> reaching(20000, "亿元", "more_than").en
    'exceeds 2,000 billion yuan'
    """
    words = {
        "at_least": Bilingual("达到", "reaches "),
        "more_than": Bilingual("超过", "exceeds "),
        "at_most": Bilingual("不高于", "stays at or below "),
        "about": Bilingual("约为", "is about "),
    }[comparator or "at_least"]
    return Bilingual(words.zh + amount(value, unit, "zh"), words.en + amount(value, unit, "en"))


def months(last: int) -> Bilingual:
    """January to a month, in words.

    Examples
    --------
    >>> months(6).en, months(9).en
    ('the first half', 'the first nine months')
    """
    if last == 6:
        return Bilingual("上半年", "the first half")
    numbers = "one two three four five six seven eight nine ten eleven twelve".split()
    return Bilingual(f"1—{last}月", f"the first {numbers[last - 1]} months")


def when(period: Period) -> Bilingual:
    """A period in words.

    Examples
    --------
    >>> from qdecon.data.periods import parse_period
    >>> when(parse_period("2024Q2ytd")).en, when(parse_period("2022-07")).zh
    ('the first half of 2024', '2022年7月')
    """
    year = str(period.year)
    if period.part == "partial":
        return Bilingual(f"{year}年{months(period.month).zh}", f"{months(period.month).en} of {year}")
    if period.part == "month":
        return Bilingual(f"{year}年{period.month}月", f"{_MONTHS[period.month - 1]} {year}")
    if period.part == "range":
        return Bilingual(f"{period.label.replace('-', '—')}年", period.label)
    return Bilingual(f"{year}年", year)


def day(date: dt.date) -> Bilingual:
    """A date in both languages.

    Examples
    --------
    >>> import datetime as dt
    >>> day(dt.date(2026, 4, 30)).en
    '30 April 2026'
    """
    return Bilingual(f"{date.year}年{date.month}月{date.day}日", f"{date.day} {_MONTHS[date.month - 1]} {date.year}")


def wrapped(text: str, width: int = 110) -> str:
    """A sentence in lines of at most ``width`` columns: between words, or after a character of Chinese.

    No line begins with closing punctuation.

    Examples
    --------
    >>> print(wrapped("服务业增加值2024年为10,495.54亿元，未完成。", 30))
    服务业增加值2024年为
    10,495.54亿元，未完成。
    """
    tokens = TOKEN.findall(text)
    return "\n".join(filled(tokens, [columns(token) for token in tokens], width))


def filled(tokens: list[str], lengths: Sequence[float], room: float) -> list[str]:
    """Lines filled with tokens, each as full as ``room`` allows."""
    lines, line, used = [], "", 0.0
    for token, length in zip(tokens, lengths, strict=True):
        if line and used + length > room and not token.isspace():
            lines.append(line.rstrip())
            line, used = "", 0.0
        if line or not token.isspace():
            line, used = line + token, used + length
    return [*lines, line.rstrip()]


def columns(text: str) -> int:
    """Columns a text takes on a terminal: a Chinese character takes two.

    Examples
    --------
    >>> columns("GDP"), columns("青岛")
    (3, 4)
    """
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def joined(*parts: Bilingual | None) -> Bilingual:
    """Sentences put together; None is skipped."""
    kept = [part for part in parts if part is not None and part.zh]
    return Bilingual("".join(part.zh for part in kept), " ".join(part.en for part in kept))


def listed(items: list[str], language: Language) -> str:
    """Items with the separators of the language.

    Examples
    --------
    >>> listed(["2021", "2023"], "en"), listed(["2021", "2023"], "zh")
    ('2021, 2023', '2021、2023')
    """
    return ("、" if language == "zh" else ", ").join(items)


def inside(name: str) -> str:
    """An English name inside a sentence: lower case unless it begins with an abbreviation.

    Examples
    --------
    >>> inside("Services value added"), inside("GDP")
    ('services value added', 'GDP')
    """
    return name if name[:2].isupper() else name[:1].lower() + name[1:]
