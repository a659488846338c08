"""The figure of a base rate: every window a dot in the row of its years, beside the line of what is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from qdecon.charts.page import ASCENT, PITCH, open_page
from qdecon.charts.style import BLUE, GREY, INK, PINK, PURPLE, QUIET, RULE, drawing, find_size
from qdecon.charts.words import brief
from qdecon.plan import Bilingual
from qdecon.verdict.wording import day, listed, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

    from qdecon.charts.page import Chart, Page
    from qdecon.charts.style import SizeName
    from qdecon.plan import Language
    from qdecon.scrutiny.baserate import GrowthBaseRate
    from qdecon.scrutiny.windows import Window

NAMES, ABREAST = 6, 2  # so many hits are named in all and in one row, the farthest first
LEAST, ROW = 6.2, 1.15  # points of the smallest label, and height of a row in labels
MARKS: Mapping[str, tuple[str, str, str, float]] = {  # shape, fill, edge and size: told apart without colour
    "other": ("o", "white", GREY, 0.5),
    "comparable": ("o", BLUE, "white", 0.8),
    "own": ("D", PURPLE, INK, 0.75),
}


def frame_base_rate(record: GrowthBaseRate) -> pd.DataFrame:
    """Tabulate what :func:`chart_base_rate` draws.

    Parameters
    ----------
    record : GrowthBaseRate

    Returns
    -------
    pandas.DataFrame
        ``series place place_en first last growth nation excess hit named``, one row a dot and one for the line.
        ``series`` is ``comparable``, ``other``, ``own`` or ``needed``; ``named`` tells whether the place is written.
    """
    named: list[Window] = []
    for each in sorted(record.examples, key=lambda window: -window.excess):
        if len(named) < NAMES and sum(each.last == other.last for other in named) < ABREAST:
            named.append(each)
    kinds = [("comparable" if each.comparable else "other", each) for each in record.windows]
    rows: list[tuple[object, ...]] = []
    for kind, each in [*kinds, *(("own", each) for each in record.own)]:
        place = (kind, each.place, each.place_en, each.first, each.last)
        rows.append((*place, each.change, each.nation, each.excess, record.reached(each), each in named))
    rows.append(("needed", "", "", None, None, record.growth, record.nation, record.needed, False, False))
    columns = ["series", "place", "place_en", "first", "last", "growth", "nation", "excess", "hit", "named"]
    return pd.DataFrame(rows, columns=columns).astype({"first": "Int64", "last": "Int64"})


def chart_base_rate(record: GrowthBaseRate, language: Language = "zh", *, size: SizeName = "slide") -> Chart:
    """Draw how far places outgrew the nation in every window, comparable ones emphasised; the title counts them.

    Parameters
    ----------
    record : GrowthBaseRate
    language : {"zh", "en"}
    size : {"slide", "column", "web", "square"}
        16:9 for a talk, one newspaper column, a page of the web, or a square to share; many years make it taller.

    Returns
    -------
    Chart
        A matplotlib Figure; its ``alt`` says in words what it shows.

    Raises
    ------
    UnknownName
        If there is no such size.
    """
    frame, look = frame_base_rate(record), find_size(size)
    dots = frame[frame["series"] != "needed"]
    rows = int(dots["last"].max() - dots["last"].min()) + 1
    alt = ("散点图：" if language == "zh" else "Dot plot. ") + record.sentence[language]
    with drawing():
        page = _surround(open_page(look, alt), record, language)
        lacking = rows * LEAST * ROW - _height(page)
        if lacking > 0:
            page = _surround(open_page(look, alt, page.height + lacking), record, language)
        text = min(look.label, max(LEAST, _height(page) / rows / ROW))
        axes = _plot_area(page, record, frame, language, text)
        _draw(axes, page, frame)
        _name(axes, page, frame, language, text)
    return page.chart


def _surround(page: Page, record: GrowthBaseRate, language: Language) -> Page:
    """Write heading, key and notes."""
    look, chinese = page.size, language == "zh"
    page.rule((page.left, page.right), page.top, BLUE, 1.2 * look.line)
    page.heading(_title(record, language), look.title, BLUE, space=0.35 * look.title)
    page.heading(_measure(record, language), look.subtitle, QUIET, space=0.15 * look.subtitle)
    page.notes(_notes(record, language), look.foot, QUIET, 0.8 * look.foot)
    place = record.place[language]
    words = {
        "comparable": f"可比城市：期初地区生产总值为{place}的一半至两倍"
        if chinese
        else f"Comparable: half to twice {place}'s GDP at the start",
        "other": "其他主要城市" if chinese else "Other main cities",
        "own": place,
    }
    page.top -= 0.4 * look.label
    x, size = page.left, look.tick
    for series, word in words.items():
        width = page.length(word, size) + 1.4 * size
        if x > page.left and x + width > page.right:
            x, page.top = page.left, page.top - PITCH * size
        _mark(page, series, x + 0.4 * size, page.top - 0.5 * size)
        page.text(x + 1.1 * size, page.top - ASCENT * size, word, size, INK)
        x += width + size
    page.top -= PITCH * size
    return page


def _height(page: Page) -> float:
    """Points between the line of labels above the plot area and the axis below it."""
    return page.top - page.bottom - 3.2 * page.size.tick


def _plot_area(page: Page, record: GrowthBaseRate, frame: pd.DataFrame, language: Language, text: float) -> Axes:
    """Open the plot area: growth beyond the nation's across, years down, the newest on top."""
    look, dots = page.size, frame[frame["series"] != "needed"]
    first, last = int(dots["last"].min()), int(dots["last"].max())
    ends = range(first, last + 1)
    years = [str(year) if record.years == 1 else f"{year - record.years}-{year}" for year in ends]
    left = page.left + max(page.length(word, text) for word in years) + 0.8 * look.tick
    bottom = page.bottom + 1.6 * look.tick
    axes = page.axes(left, bottom, page.right, bottom + _height(page))
    points, needed = 100 * frame["excess"], 100 * record.needed
    low, high, room = min(0.0, float(points.min())), float(points.max()), page.right - left - look.marker
    right = {needed: look.marker}  # room that is wanted to the right of a dot or line
    for year, farthest in (100 * dots.groupby("last")["excess"].max()).items():
        name = page.length(_names(frame, int(year), language), text)
        right[farthest] = max(right.get(farthest, 0.0), look.marker + (name + look.marker if name else 0.0))
    scale = min(max(room - wanted, room / 4) / max(point - low, 0.1) for point, wanted in right.items())
    axes.set_xlim(low - look.marker / scale, low + room / scale)
    axes.set_ylim(first - 0.5, last + 0.5)
    ticks = [tick for tick in MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high) if low <= tick <= high]
    axes.set_xticks(ticks, [_signed(tick) for tick in ticks], fontsize=look.tick)
    axes.set_yticks(ends, years, fontsize=text)
    axes.tick_params(length=0, pad=0.3 * look.tick, labelfontfamily="qdecon Sans")
    clear = [tick for tick in ticks if abs(tick - needed) * scale > 2 * look.line]
    axes.vlines(clear, first - 0.5, last + 0.5, color=RULE, linewidth=0.5, zorder=0.5)
    axes.spines[:].set_visible(False)
    return axes


def _draw(axes: Axes, page: Page, frame: pd.DataFrame) -> None:
    """Draw every row of the table; each mark carries the name of its series as ``gid``."""
    look = page.size
    axes.axvline(0, color=INK, linewidth=0.8, zorder=1, gid="nation")
    for place, (series, (shape, fill, edge, part)) in enumerate(MARKS.items()):
        dots = frame[frame["series"] == series]
        axes.plot(
            100 * dots["excess"], dots["last"], linestyle="none", marker=shape, markersize=part * look.marker,
            markerfacecolor=fill, markeredgecolor=edge, markeredgewidth=0.3 * look.line, gid=series, zorder=2 + place,
        )  # fmt: skip
    needed = 100 * float(frame.loc[frame["series"] == "needed", "excess"].iloc[0])
    axes.axvline(needed, color=PINK, linewidth=look.line, dashes=(4, 1.5), zorder=1.5, gid="needed")


def _mark(page: Page, series: str, x: float, y: float) -> None:
    """Draw the mark of a series around a position of the page."""
    shape, fill, edge, part = MARKS[series]
    mark = Line2D(
        (x,), (y,), linestyle="none", marker=shape, markersize=part * page.size.marker, markerfacecolor=fill,
        markeredgecolor=edge, markeredgewidth=0.3 * page.size.line, transform=page.points,
    )  # fmt: skip
    page.chart.add_artist(mark)


def _name(axes: Axes, page: Page, frame: pd.DataFrame, language: Language, text: float) -> None:
    """Name the two lines above the plot area, and the hits to the right of all dots of their row."""
    look, chinese = page.size, language == "zh"
    needed = 100 * float(frame.loc[frame["series"] == "needed", "excess"].iloc[0])
    above = page.locate(axes, 0, axes.get_ylim()[1])[1] + 0.5 * look.tick
    words = {
        0.0: ("与全国相同" if chinese else "same as the nation", INK),
        needed: (f"需要{_signed(needed)}" if chinese else f"needed: {_signed(needed)}", PINK),
    }
    for at, (word, colour) in words.items():
        x, width = page.locate(axes, at, 0)[0], page.length(word, look.tick)
        leftward = (at == 0) == (needed >= 0)  # the two labels stand back to back
        x = max(x - width, page.left) if leftward else min(x, page.right - width)
        page.text(x, above, word, look.tick, colour)
    for year, dots in frame[frame["series"] != "needed"].groupby("last"):
        word = _names(frame, int(year), language)
        if word:
            hit, end = (100 * kept["excess"].max() for kept in (dots[dots["named"]], dots))
            x, y = page.locate(axes, end, float(year))
            start, length = x + 1.2 * look.marker, page.length(word, text)
            page.text(start, y - 0.36 * text, word, text, BLUE)
            ground = Rectangle((start, y - text / 2), length, text, color="white", transform=page.points, zorder=0.9)
            axes.add_artist(ground)
            if hit < end:  # other dots lie between the hit and its name
                span = (page.locate(axes, hit, 0)[0], x + look.marker)
                lead = Line2D(span, (y, y), color=QUIET, linewidth=0.5, transform=page.points, zorder=1.2)
                lead.set_clip_on(False)
                axes.add_artist(lead)


def _names(frame: pd.DataFrame, year: int, language: Language) -> str:
    """Names of the hits of a row that are to be named, the farthest first."""
    hits = frame[frame["named"] & (frame["last"] == year)].sort_values("excess", ascending=False)
    return listed(list(hits["place" if language == "zh" else "place_en"]), language)


def _signed(points: float) -> str:
    """Points with their sign; nought has none."""
    return f"{round(points, 1):+g}".replace("-", "−") if round(points, 1) else "0"


def _title(record: GrowthBaseRate, language: Language) -> str:
    """The finding: how many of the comparable windows did what is asked."""
    spans = "city-years" if record.years == 1 else f"{record.years}-year windows"
    who = Bilingual(
        f"{record.cases}个可比的{record.span.zh}窗口中，{record.found.zh}",
        f"{record.found.en.capitalize()} of {record.cases} comparable {spans}",
    )
    less = f"{abs(100 * record.needed):.1f}"
    return brief(
        Bilingual(who.zh + record.margin.zh, f"{who.en} {record.margin.en.removesuffix(' or more')}"),
        Bilingual(f"{who.zh}不低于全国减{less}个百分点", f"{who.en} reached the nation's growth less {less} points"),
    )[language]


def _measure(record: GrowthBaseRate, language: Language) -> str:
    """What is measured, of whom, in what unit, and when."""
    first, last = min(each.first for each in record.windows), max(each.last for each in record.windows)
    if language == "zh":
        pace = "名义增速" if record.years == 1 else f"{record.span.zh}年均名义增速"
        return f"主要城市{record.name.zh}{pace}减去全国同期增速，百分点，{first}至{last}年"
    pace = "growth in the year" if record.years == 1 else f"growth a year over {record.years} years"
    return f"{record.name.en} of main cities, nominal {pace} less the nation's, percentage points, {first} to {last}"


def _notes(record: GrowthBaseRate, language: Language) -> list[str]:
    """Foot: source, as-of date, what is needed, and what the counts do not say."""
    when, pace, home = day(record.as_of)[language], percent(record.growth), percent(record.nation)
    if language == "zh":
        year = f"{record.nation_year}年" if record.nation_year else "假定"
        source = f"资料来源：国家统计局年度数据、{record.place.zh}已公布数字。截至{when}。"
        return [f"{source}需要：{pace}减去全国{home}（{year}）。", record.caution.zh]
    source = f"Source: National Bureau of Statistics and {record.place.en}'s own published figures. As of {when}."
    return [f"{source} Needed: {pace} less the nation's {home} ({record.nation_year or 'assumed'}).", record.caution.en]
