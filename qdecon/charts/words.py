"""Fixed words of the figures in both languages, and how numbers are written on them.

Money in data is in 亿元 (a hundred million yuan); English text speaks of billion yuan, a tenth of the number. Only what
is written is converted: the drawn positions are the numbers of the data in either language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qdecon.plan import Bilingual
from qdecon.verdict.record import STATUS_WORDS
from qdecon.verdict.wording import amount, plain

if TYPE_CHECKING:
    from qdecon.plan import Language

PRICES = {
    "current": Bilingual("现价", "current prices"),
    "constant": Bilingual("不变价", "constant prices"),
}
EVIDENCE = {
    "official": Bilingual("官方发布", "official release"),
    "press": Bilingual("报刊报道", "press"),
    "aggregator": Bilingual("数据汇编网站", "data aggregator"),
    "derived": Bilingual("推算", "derived"),
}
STATE = {
    "preliminary": Bilingual("初步核算数", "preliminary"),
    "derived": Bilingual("推算数", "derived"),
    "bound": Bilingual("上限", "ceiling"),
}
UNITS_EN = {
    "亿元": "billion yuan",
    "百分点": "percentage points",
    "倍": "times",
    "家": "enterprises",
    "项": "items",
    "个": "number",
    "条": "chains",
}
TITLE_WORDS, TITLE_CHARACTERS = 15, 34  # a title is at most so long, in English and in Chinese


def brief(*forms: Bilingual) -> Bilingual:
    """The first form that is short enough for a title, in each language; else the last.

    Examples
    --------
    >>> from qdecon.plan import Bilingual
    >>> brief(Bilingual("很" * 40 + "长", "long " * 16), Bilingual("短", "short")).en
    'short'
    """
    zh = next((form.zh for form in forms if len(form.zh) <= TITLE_CHARACTERS), forms[-1].zh)
    return Bilingual(zh, next((form.en for form in forms if len(form.en.split()) <= TITLE_WORDS), forms[-1].en))


def short_chance(probability: float) -> str:
    """A probability in whole per cent; extremes only as far as the record supports them.

    Examples
    --------
    >>> short_chance(0.003), short_chance(0.44), short_chance(0.97)
    ('<5%', '44%', '>95%')
    """
    return "<5%" if probability < 0.05 else ">95%" if probability > 0.95 else f"{100 * probability:.0f}%"


def status_word(status: str, language: Language) -> str:
    """Word for a status.

    Examples
    --------
    >>> status_word("off_track", "en")
    'off track'
    """
    return {str(name): word for name, word in STATUS_WORDS.items()}[status][language]


def estimate(value: float, unit: str, language: Language, *, named: bool = True) -> str:
    """Write an estimated number, with the digits that the sentences of verdicts give it.

    Examples
    --------
    >>> estimate(18412.7, "亿元", "zh"), estimate(18412.7, "亿元", "en"), estimate(24.98, "%", "en")
    ('18,413亿元', '1,841.3 billion yuan', '25.0%')
    """
    money = unit == "亿元"
    decimals = 1 if unit in ("%", "百分点") or (money and language == "en") else 2 if unit == "倍" else 0
    text = f"{value / 10 if money and language == 'en' else value:,.{decimals}f}".replace("-", "−")
    if unit == "%" or not named:
        return text + ("%" if unit == "%" else "")
    return text + ("" if language == "zh" else " ") + unit_name(unit, language)


def figure(value: float, unit: str, language: Language) -> str:
    """Write a published number without its unit, as on an axis; only the sign of per cent stays.

    Examples
    --------
    >>> figure(10495.54, "亿元", "zh"), figure(10495.54, "亿元", "en"), figure(-1.1, "%", "en")
    ('10,495.54', '1,049.55', '−1.1%')
    """
    written = value / 10 if unit == "亿元" and language == "en" else value
    return plain(written).replace("-", "−") + ("%" if unit == "%" else "")


def unit_name(unit: str, language: Language) -> str:
    """Name of a unit on an axis; a unit without an English name stays as it is.

    Examples
    --------
    >>> unit_name("亿元", "en"), unit_name("%", "zh")
    ('billion yuan', '%')
    """
    return unit if language == "zh" else UNITS_EN.get(unit, unit)


def round_amount(value: float, unit: str, language: Language) -> str:
    """Write a round sum of money in the larger unit, anything else as usual.

    Examples
    --------
    >>> round_amount(20000, "亿元", "zh"), round_amount(20000, "亿元", "en"), round_amount(6500, "亿元", "zh")
    ('2万亿元', '2 trillion yuan', '6,500亿元')
    """
    if unit == "亿元" and value >= 10_000 and value % 1_000 == 0:
        return f"{value / 10_000:g}万亿元" if language == "zh" else f"{value / 10_000:g} trillion yuan"
    return amount(value, unit, language)
