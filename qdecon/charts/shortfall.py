"""The figure of a shortfall: from the plan's level to the actual one, part by part.

The levels are marks, not bars, so the axis need not start at zero; only the parts have a length.
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from qdecon.charts.fonts import FAMILY
from qdecon.charts.page import ASCENT, PITCH, open_page
from qdecon.charts.series import rows
from qdecon.charts.style import BLUE, GREY, INK, ORANGE, PURPLE, QUIET, RULE, TURQUOISE, drawing, find_size
from qdecon.charts.titles import credit_line
from qdecon.charts.words import PRICES, brief, estimate, figure, unit_name
from qdecon.plan import LANGUAGES, Bilingual
from qdecon.scrutiny.shortfall.gap import GAP, PARTS, Estimate
from qdecon.verdict.wording import amount, day, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from qdecon.charts.page import Chart, Page
    from qdecon.charts.style import SizeName
    from qdecon.plan import Language
    from qdecon.scrutiny.shortfall.gap import Split
    from qdecon.scrutiny.shortfall.record import Shortfall

LOOKS = {  # colour and hatch: what holds re-basing is hatched
    "volume": (BLUE, ""),
    "price": (TURQUOISE, ""),
    "rebasing": (GREY, "////"),
    "price_rebasing": (TURQUOISE, "////"),
    "growth": (BLUE, "////"),
    "structure": (PURPLE, ""),
}
ENDS = {
    "plan": Bilingual("规划路径", "Plan's path"),
    "published": Bilingual("公布值", "Published"),
    "projected": Bilingual("预测中位数", "Projected median"),
}
THICK, BETWEEN = 0.5, 0.6  # how thick a bar is, of the lowest row; room between rows, in labels
WIDEST = 0.45  # of the page: how wide the words of a row may be
COLUMNS = ["part", "start", "end", "lo", "hi", "lo80", "hi80", "label_zh", "label_en"]


def chart_shortfall(
    shortfall: Shortfall, language: Language = "zh", *, size: SizeName = "slide", year: int | None = None
) -> Chart:
    """Draw the way from the plan's level to the actual one; the title is the finding.

    Parameters
    ----------
    shortfall : Shortfall
    language : {"zh", "en"}
    size : {"slide", "column", "web", "square"}
        16:9 for a talk, one newspaper column, a page of the web, or a square to share; many words make it taller.
    year : int, optional
        Default the latest published one.

    Returns
    -------
    Chart
        A matplotlib Figure; its ``alt`` says in words what it shows.

    Raises
    ------
    NotAvailable
        If that year has no split.
    UnknownName
        If there is no such size.
    """
    look, frame, split = find_size(size), frame_shortfall(shortfall, year), _split(shortfall, year)
    kind, stop = ("瀑布图：", "。") if language == "zh" else ("Waterfall chart: ", ". ")
    alt = kind + stop.join((_measure(shortfall, split, language), shortfall.statement(split.year)[language]))
    with drawing():
        page = _surround(open_page(look, alt), shortfall, split, frame, language)
        blocks = _blocks(page, frame, language)
        needed = _heights(blocks)[-1] * look.label + 2.6 * look.tick
        lacking = needed - (page.top - page.bottom)
        if lacking > 0:
            page = _surround(open_page(look, alt, page.height + lacking), shortfall, split, frame, language)
        axes = _plot_area(page, frame, blocks, shortfall.unit, language)
        _draw(axes, page, frame, _middles(blocks), split.kind)
    return page.chart


def frame_shortfall(shortfall: Shortfall, year: int | None = None) -> pd.DataFrame:
    """Tabulate what :func:`chart_shortfall` draws.

    Parameters
    ----------
    shortfall : Shortfall
    year : int, optional
        Default the latest published one.

    Returns
    -------
    pandas.DataFrame
        One line a row drawn, in the unit of the level: ``part`` (``plan``, a part, ``actual``), ``start`` and ``end``
        of its bar, ``lo`` and ``hi`` where one end of it is a range over stated deflators, ``lo80`` and ``hi80`` where
        the end has an 80 % interval, and its words. A bar with a range is as long as all deflators agree on.

    Raises
    ------
    NotAvailable
        If that year has no split.
    """
    split, unit, none = _split(shortfall, year), shortfall.unit, float("nan")
    at = before = split.plan
    made = [("plan", at, at, none, none, none, none, *(_end(at, unit, "plan", each) for each in LANGUAGES))]
    for part in split.parts:
        found = split.estimate(part, "amount")
        size = max(found.lo, 0.0) + min(found.hi, 0.0) if isnan(found.value) else found.value
        start, end, low, high = at, at + size, at + found.lo, at + found.hi
        if part == "rebasing" and split.stated:  # it ends where price and re-basing end together
            both = split.outcomes("price", "amount") + split.outcomes("rebasing", "amount")
            end = before + float(np.median(both[0]))
            start, low, high = end - size, end - found.hi, end - found.lo
        inside = (none, none) if part == "rebasing" else (at + found.lo80, at + found.hi80)
        words = [_label(split, part, unit, language) for language in LANGUAGES]
        made.append((part, start, end, low, high, *inside, *words))
        before, at = at, end
    level = Estimate(split.actual, *(split.plan + each for each in split.estimate(GAP, "amount")[1:]))
    words = [_end(level.value, unit, split.kind, each) + _interval(split, level, unit, each) for each in LANGUAGES]
    made.append(("actual", level.value, level.value, none, none, level.lo80, level.hi80, *words))
    return pd.DataFrame(made, columns=COLUMNS)


def _split(shortfall: Shortfall, year: int | None) -> Split:
    return shortfall.latest if year is None else shortfall.at(year)


def _end(level: float, unit: str, kind: str, language: Language) -> str:
    """Words of a level: only a published one has digits behind the point in Chinese."""
    text = amount(level, unit, language) if kind == "published" else estimate(level, unit, language)
    return f"{ENDS[kind][language]}\n{text}"


def _label(split: Split, part: str, unit: str, language: Language) -> str:
    """Name of a part, its amount and share of the plan, or their range, and its interval."""
    share, money = split.estimate(part), split.estimate(part, "amount")
    name = PARTS[part][language]
    text = estimate(money.value, unit, language)
    text += f"（{_share(share)}）" if language == "zh" else f" ({_share(share)})"
    if isnan(share.value):
        text = _span(money.lo, money.hi, unit, language)
    tail = "" if part == "rebasing" else _interval(split, money, unit, language)
    return f"{name[0].upper()}{name[1:]}\n{text}{tail}"


def _interval(split: Split, money: Estimate, unit: str, language: Language) -> str:
    """A further line with the 80 % interval of what is projected, in the unit of the line above."""
    if split.kind == "published":
        return ""
    head, joint = ("\n80%区间", "至") if language == "zh" else ("\n80%: ", " to ")
    return head + joint.join(estimate(each, unit, language, named=False) for each in (money.lo80, money.hi80))


def _span(low: float, high: float, unit: str, language: Language) -> str:
    """Two amounts with one unit."""
    joint = "至" if language == "zh" else " to "
    return estimate(low, unit, language, named=False) + joint + estimate(high, unit, language)


def _share(share: Estimate) -> str:
    """Per cent of the plan, or a range of them."""
    ends = (share.lo, share.hi) if isnan(share.value) else (share.value,)
    return "~".join(f"{each:.1f}%" for each in ends).replace("-", "−")


def _headline(shortfall: Shortfall, split: Split, language: Language) -> str:
    """The finding: the gap and its largest part."""
    shares = {part: split.estimate(part) for part in split.parts}
    sizes = {part: abs(np.nanmean([each.value, each.lo, each.hi])) for part, each in shares.items()}
    largest = max(sizes, key=sizes.__getitem__)
    gap, low, name = percent(abs(split.estimate().value / 100)), split.actual < split.plan, shortfall.name
    part = Bilingual(
        PARTS[largest].zh.split("（")[0] + _share(shares[largest]).replace("~", "至"),
        f"{PARTS[largest].en.split(' (')[0]} {_share(shares[largest])}".replace("~", " to "),
    )
    verb = Bilingual("比", "") if split.kind == "published" else Bilingual("预计比", "projected ")
    zh, end = f"{split.year}年{name.zh}{verb.zh}", f"{'低' if low else '高'}{gap}"
    en = f"{name.en} {verb.en}{gap} {'below' if low else 'above'} plan in {split.year}"
    return brief(
        Bilingual(f"{zh}规划路径{end}，其中{part.zh}", f"{en}, of which {part.en}"),
        Bilingual(f"{zh}规划{end}，其中{part.zh}", f"{en}: {part.en}"),
        Bilingual(f"{zh}规划{end}", en),
    )[language]


def _measure(shortfall: Shortfall, split: Split, language: Language) -> str:
    """Measure, place, unit, price basis, and since when parts are cumulated."""
    name, place, unit = shortfall.name[language], shortfall.place[language], unit_name(shortfall.unit, language)
    since, prices = shortfall.path.year, PRICES["current"][language]
    if language == "zh":
        return f"{place}{name}与规划路径之差，{unit}（占规划值%），{prices}，{since}年以来累计"
    return f"{name} against the plan's path, {place}, {unit} (% of plan), {prices}, cumulative since {since}"


def _notes(shortfall: Shortfall, split: Split, frame: pd.DataFrame, language: Language) -> list[str]:
    """Foot: sources and date, the plan's path, what cannot be divided, and how to read the rows."""
    credit, date = credit_line(shortfall.credits, language, shortfall.as_of), day(shortfall.as_of)[language]
    crossed = {"price_rebasing", "rebasing", "growth"} & split.parts.keys()
    division = shortfall.division[language] if crossed and shortfall.division else ""
    left = estimate(abs(frame["end"].iloc[-1] - frame["end"].iloc[-2]), shortfall.unit, language)
    projected = split.kind == "projected"
    if language == "zh":
        rest = f"各部分中位数之和与总差距相差{left}；每一种结果里各部分之和都等于差距。" if projected else ""
        key = ("斜线：含口径调整。" if crossed else "") + ("虚框：随假定而变的部分。" if split.stated else "")
        return [f"资料来源：{credit}。截至{date}。{shortfall.path.reason.zh}{division}{rest}{key}横轴不从零开始。"]
    rest = (
        f"Medians of the parts sum to within {left} of the gap's; in every outcome the parts add up. "
        if projected
        else ""
    )
    key = "Hatched: holds re-basing. " if crossed else ""
    key += "Outlined: depends on what is assumed. " if split.stated else ""
    division += " " if division else ""
    axis = "Axis does not start at zero."
    return [f"Source: {credit}. As of {date}. {shortfall.path.reason.en} {division}{rest}{key}{axis}"]


def _surround(page: Page, shortfall: Shortfall, split: Split, frame: pd.DataFrame, language: Language) -> Page:
    """Write heading and notes."""
    look = page.size
    page.rule((page.left, page.right), page.top, BLUE, 1.2 * look.line)
    page.heading(_headline(shortfall, split, language), look.title, BLUE, space=0.35 * look.title)
    page.heading(_measure(shortfall, split, language), look.subtitle, QUIET, space=0.15 * look.subtitle)
    page.notes(_notes(shortfall, split, frame, language), look.foot, QUIET, 0.8 * look.foot)
    return page


def _blocks(page: Page, frame: pd.DataFrame, language: Language) -> list[list[str]]:
    """The words of each row in lines: the name, and as much of the figures in one line as fits."""
    room, text, pause = WIDEST * (page.right - page.left), page.size.label, "，" if language == "zh" else ", "
    found = []
    for label in frame[f"label_{language}"]:
        name, *figures = label.split("\n")
        together = pause.join(figures)
        lines = [name, together] if page.length(together, text) < room else [name, *figures]
        found.append([part for line in lines for part in page.wrap(line, text, room, even=False)])
    return found


def _heights(blocks: list[list[str]]) -> list[float]:
    """Lower edges of the rows from the top, in labels."""
    return list(accumulate(PITCH * len(lines) + BETWEEN for lines in blocks))


def _middles(blocks: list[list[str]]) -> list[float]:
    """Where the rows are drawn."""
    return [(low + high) / 2 for low, high in pairwise([0.0, *_heights(blocks)])]


def _plot_area(page: Page, frame: pd.DataFrame, blocks: list[list[str]], unit: str, language: Language) -> Axes:
    """Open the plot area right of the words, rows from top to bottom, levels across."""
    look, text = page.size, page.size.label
    left = page.left + max(page.length(line, text) for lines in blocks for line in lines) + 1.5 * text
    axes = page.axes(left, page.bottom + 1.8 * look.tick, page.right - look.tick, page.top - 0.8 * look.tick)
    marks = frame[["start", "end", "lo", "hi", "lo80", "hi80"]].to_numpy()
    low, high = float(np.nanmin(marks)), float(np.nanmax(marks))
    slack = 0.06 * (high - low or high)
    axes.set_xlim(low - slack, high + slack)
    axes.set_ylim(_heights(blocks)[-1], 0.0)
    ticks = [
        float(tick)
        for tick in MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]).tick_values(low - slack, high + slack)
        if low - slack <= tick <= high + slack
    ]
    axes.set_xticks(ticks, [figure(tick, unit, language) for tick in ticks], fontsize=look.tick)
    axes.set_yticks([])
    axes.tick_params(axis="x", length=0.3 * look.tick, width=0.6, pad=0.25 * look.tick, labelfontfamily=FAMILY)
    axes.vlines(ticks, *axes.get_ylim(), color=RULE, linewidth=0.5, zorder=0.5)
    axes.spines[["left", "right", "top"]].set_visible(False)
    for middle, lines in zip(_middles(blocks), blocks, strict=True):
        top = page.locate(axes, low, middle)[1] + PITCH * text * len(lines) / 2
        for line, words in enumerate(lines):
            page.text(page.left, top - text * (ASCENT + PITCH * line), words, text, INK if line == 0 else QUIET)
    return axes


def _draw(axes: Axes, page: Page, frame: pd.DataFrame, middles: list[float], kind: str) -> None:
    """Draw every row of the table; each mark carries the name of its part as ``gid``."""
    look, drawn = page.size, rows(frame)
    half = THICK * min(after - before for before, after in pairwise(middles)) / 2
    for row, at in zip(drawn, middles, strict=True):
        if row.part in LOOKS:
            _bar(axes, row, at - half, 2 * half)
        else:
            shape, colour = ("D", ORANGE) if row.part == "plan" else ("o", BLUE)
            axes.plot(
                [row.end], [at], linestyle="none", marker=shape, markersize=1.3 * look.marker, color=colour,
                markerfacecolor="white" if row.part == "actual" and kind == "projected" else colour,
                markeredgewidth=0.6 * look.line, gid=row.part, zorder=4,
            )  # fmt: skip
        if not isnan(row.lo80):
            axes.plot(
                (row.lo80, row.hi80), (at + 1.4 * half,) * 2, color=INK, linewidth=0.5 * look.line, marker="|",
                markersize=0.8 * look.marker, markeredgewidth=0.5 * look.line, gid=f"interval {row.part}",
            )  # fmt: skip
    for (before, row), (high, low) in zip(pairwise(drawn), pairwise(middles), strict=True):
        if isnan(row.lo) or row.part == "price":  # where a range ends, nothing certain begins
            ends = (high + half * (before.part != "plan"), low - half * (row.part != "actual"))
            axes.plot((before.end,) * 2, ends, color=QUIET, linewidth=0.6, zorder=0.8)


def _bar(axes: Axes, row: Any, top: float, thick: float) -> None:
    """Draw a part: a full bar, and an outlined one where its end is a range."""
    colour, hatch = LOOKS[row.part]
    full: dict[str, Any] = {"facecolor": colour, "edgecolor": "white", "hatch": hatch, "linewidth": 0.0, "zorder": 3}
    outlined: dict[str, Any] = {
        "facecolor": "white", "edgecolor": colour, "linestyle": (0, (3, 2)), "linewidth": 0.9, "zorder": 2,
    }  # fmt: skip
    for low, high, look, gid in ((row.lo, row.hi, outlined, f"range {row.part}"), (row.start, row.end, full, row.part)):
        if not isnan(low):
            axes.add_patch(Rectangle((min(low, high), top), abs(high - low), thick, gid=gid, **look))
