"""The preview of an import, in words: what was understood, what is left out and why, and what will be written."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from qdecon.plan import Bilingual
from qdecon.sources.tables.mapping import toml_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qdecon.plan import Language
    from qdecon.sources.tables.importing import Understood

_SHOWN_ROWS = 5
_SHOWN = 12  # of a list of words
_LAYOUTS = {
    "tidy": Bilingual("每行一个数字", "one figure a row"),
    "wide": Bilingual("年份横排", "years across"),
    "wide-down": Bilingual("年份竖排", "years down"),
    "": Bilingual("没有找到表头", "no header was found"),
}
_REASONS = {
    "a row without figures": "没有数字的行",
    "a column of another kind": "另一种列，不读",
    "left out by the mapping file": "映射文件写明略过",
    "no series of the mapping file": "映射文件没有列出",
}
_WORDS = {
    "understood": Bilingual("读懂：{series}个序列，{figures}个数字", "understood: {series} series; figures: {figures}"),
    "span": Bilingual("，{first}至{last}", ", {first} to {last}"),
    "once": Bilingual("，{first}", ", {first}"),
    "series": Bilingual("{count}个数字{span}", "figures: {count}{span}"),
    "unit": Bilingual("单位{unit}", "in {unit}"),
    "converted": Bilingual("{given}×{times}={unit}", "{given} x {times} = {unit}"),
    "basis": Bilingual("口径{basis}", "basis {basis}"),
    "rows": Bilingual("前几行", "first rows"),
    "left": Bilingual("略过", "left out"),
    "blank": Bilingual("没有数字的格：{count}（{words}）", "cells without a figure: {count} ({words})"),
    "cells": Bilingual("{words}（{count}格）：{why}", "{words} ({count} cells): {why}"),
    "row": Bilingual("{words}：{why}", "{words}: {why}"),
    "present": Bilingual("{count}行表中已有，一字不差", "rows that the tables hold already, word for word: {count}"),
    "repeated": Bilingual("{count}行与同一文件的另一行相同", "rows that repeat another row of the file: {count}"),
    "shortened": Bilingual(
        "{count}个数字的位数多于显示出来的；按显示的读",
        "numbers that hold more digits than they show, read as shown: {count}",
    ),
    "lag": Bilingual(
        "{count}行没有发布日期：按indicators.toml的发布时滞推定",
        "rows without a date of publication, which follows from the lags in indicators.toml: {count}",
    ),
    "write": Bilingual(
        "将写入：observations.csv {rows}行，sources.csv {sources}行{ids}",
        "will be written: observations.csv, rows: {rows}; sources.csv, rows: {sources}{ids}",
    ),
    "nothing": Bilingual("{count}个问题，一行也不会写入", "nothing will be written; problems: {count}"),
    "block": Bilingual("可以贴进mapping.toml，补上空缺", "for mapping.toml; fill in what is missing"),
}


def text_of(understood: Understood, language: Language) -> str:
    """The preview as lines."""
    return "\n".join(_plain(line) for line in _lines(understood, language))


def block_of(unknown: tuple[str, ...], unstated: dict[str, str], lacking: set[str], more_than: int) -> str:
    """What to paste into the mapping file, with dots where only a person knows.

    Parameters
    ----------
    unknown : tuple of str
        Labels that name no indicator.
    unstated : dict
        Labels without a unit, to their indicator.
    lacking : set of str
        Columns without a default.
    more_than : int
        How many more labels there are than are shown.

    Examples
    --------
    >>> print(block_of(("港口吞吐量（万吨）",), {}, {"source"}, 0))
    [defaults]
    source = "..."
    <BLANKLINE>
    [[series]]
    name = "港口吞吐量（万吨）"
    indicator = "..."
    """
    parts = []
    if lacking:
        parts.append("\n".join(["[defaults]", *(f'{column} = "..."' for column in sorted(lacking))]))
    parts += [f'[[series]]\nname = {toml_text(label)}\nindicator = "..."' for label in unknown]
    parts += [
        f'[[series]]\nname = {toml_text(label)}\nindicator = {toml_text(indicator)}\nunit = "..."'
        for label, indicator in unstated.items()
    ]
    if more_than > 0:
        parts.append(f"# and {more_than} more series")
    return "\n\n".join(parts)


def _lines(told: Understood, language: Language) -> Iterator[str]:
    def say(word: str, **values: object) -> str:
        return _WORDS[word][language].format(**values)

    yield f"{told.name}: {told.origin}; {_LAYOUTS[told.layout][language]}"
    yield say("understood", series=len(told.series), figures=told.figures) + _whole_span(told, language)
    for each in told.series:
        if not each.count:
            yield f"  {each.label} -> {each.indicator}: {say('series', count=0, span='')}"
            continue
        converted = each.times != "1"
        parts = [
            say("series", count=each.count, span=_span(each.first, each.last, language)),
            say("converted" if converted else "unit", given=each.given, times=each.times, unit=each.unit),
            *([say("basis", basis=", ".join(each.bases))] if each.bases else []),
        ]
        yield f"  {each.label} -> {each.indicator}: {'; '.join(parts)}"
    if told.shortened:
        yield say("shortened", count=told.shortened)
    if undated := sum(not row["published"] for row in told.rows):
        yield say("lag", count=undated)
    if told.rows:
        yield say("rows")
        for row in told.rows[:_SHOWN_ROWS]:
            yield f"  {', '.join(text for column, text in row.items() if text and column != 'note')}"[:300]
    if left := list(_left_out(told, language)):
        yield say("left")
        yield from (f"  {line}" for line in left)
    if told.problems:
        yield say("nothing", count=len(told.problems))
        yield from (f"  {problem}" for problem in told.problems)
    else:
        names = ", ".join(row["id"] for row in told.sources[:_SHOWN])
        yield say("write", rows=len(told.rows), sources=len(told.sources), ids=f" ({names})" if names else "")
    if told.block:
        yield say("block")
        yield from (f"  {line}".rstrip() for line in told.block.splitlines())


def _plain(line: str) -> str:
    # words of a table must not steer the terminal on which they are shown
    return "".join(sign if sign.isprintable() else "·" for sign in line)


def _whole_span(told: Understood, language: Language) -> str:
    filled = [each for each in told.series if each.count]
    if not filled:
        return ""
    return _span(min(each.first for each in filled), max(each.last for each in filled), language)


def _span(first: str, last: str, language: Language) -> str:
    word = "span" if first != last else "once"
    return _WORDS[word][language].format(first=first, last=last)


def _left_out(told: Understood, language: Language) -> Iterator[str]:
    def say(word: str, **values: object) -> str:
        return _WORDS[word][language].format(**values)

    def why(reason: str) -> str:
        return _REASONS.get(reason, reason) if language == "zh" else reason

    if told.blank:
        yield say("blank", count=sum(told.blank.values()), words=_listed(told.blank))
    for (words, reason), count in list(told.left_out.items())[:_SHOWN]:
        yield say("cells" if count > 1 else "row", words=words, count=count, why=why(reason))
    if len(told.left_out) > _SHOWN:
        yield f"… +{len(told.left_out) - _SHOWN}"
    for word in ("present", "repeated"):
        if count := getattr(told, word):
            yield say(word, count=count)


def _listed(counted: Counter[str]) -> str:
    shown = [f"{label} {count}" for label, count in counted.most_common(_SHOWN)]
    return ", ".join(shown) + (f", … +{len(counted) - _SHOWN}" if len(counted) > _SHOWN else "")
