"""The figure of the published rules: how far each would let the target go, and where the target is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.ticker import MaxNLocator

from qdecon.charts.fonts import FAMILY
from qdecon.charts.page import open_page
from qdecon.charts.ruletable import (
    WORDS,
    alt_rules,
    foot_rules,
    frame_rules,
    headline_rules,
    measure_rules,
    need_rules,
    silent_rules,
)
from qdecon.charts.style import BAND80, BLUE, INK, ORANGE, QUIET, RULE, STATUS_LOOK, drawing, find_size
from qdecon.charts.words import figure

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from qdecon.charts.page import Chart, Page
    from qdecon.charts.style import Size, SizeName
    from qdecon.plan import Language
    from qdecon.rules.panel import RulePanel
    from qdecon.verdict.record import Interval

TALL = 1.36  # of the font size: a row
LEAST = 1.06  # of the foot's font size: the smallest in which rows are written
NARROWEST = 0.01  # of the highest figure: the span of the axis at the least
APART = 0.6  # rows: what sets the own projection off
SIDE = {True: "on_track", False: "off_track"}  # whose symbol marks a rule


def chart_rules(
    panel: RulePanel,
    language: Language = "zh",
    *,
    size: SizeName = "slide",
    interval: Interval | None = None,
    chance: float | None = None,
) -> Chart:
    """Draw where published rules part: the break-even of each beside the target and the latest figure.

    Parameters
    ----------
    panel : RulePanel
        From :func:`qdecon.rules.panel.read_target`, with its subject; any other panel is drawn without names.
    language : {"zh", "en"}
    size : {"slide", "column", "web", "square"}
        16:9 for a talk, one newspaper column, a page of the web, or a square to share; taller where the rows need it.
    interval : Interval, optional
        qdecon's own projection for the deadline, drawn below and set off.
    chance : float, optional
        Of meeting the target, told beside it.

    Returns
    -------
    Chart
        A matplotlib Figure; its ``alt`` says in words what it shows.

    Raises
    ------
    NotAvailable
        If there is no target ahead, or no rule judges it.
    UnknownName
        If there is no such size.
    """
    frame, look = frame_rules(panel, interval=interval, chance=chance), find_size(size)
    with drawing():
        page = _framed(look, 72 * look.height, panel, frame, language)
        lacking = _depth(frame) * TALL * LEAST * look.foot - _room(page)
        if lacking > 0:
            page = _framed(look, 72 * look.height + lacking, panel, frame, language)
        _plot(page, frame, panel, language)
    return page.chart


def _framed(look: Size, height: float, panel: RulePanel, frame: pd.DataFrame, language: Language) -> Page:
    """Open a page with its heading and notes."""
    page = open_page(look, alt_rules(panel, frame, language), height)
    page.rule((page.left, page.right), page.top, BLUE, 1.2 * look.line)
    page.heading(headline_rules(panel, language), look.title, BLUE, space=0.35 * look.title)
    task = need_rules(panel, language)
    if task:
        page.heading(task, look.subtitle, INK, space=0.15 * look.subtitle)
    page.heading(measure_rules(panel, language), look.subtitle, QUIET, space=0.1 * look.subtitle)
    notes = [silent_rules(frame, language), foot_rules(panel, frame, language)]
    page.notes([note for note in notes if note], look.foot, QUIET, 0.6 * look.foot)
    return page


def _room(page: Page) -> float:
    """Points left for rows: between two labelled lines above them and the numbers of the axis below."""
    return float(page.top - page.bottom - 4.2 * page.size.tick)


def _depth(frame: pd.DataFrame) -> float:
    """Rows needed: one a rule, one a group, and those of the own projection."""
    rules, own = frame[frame["series"] == "rule"], frame[frame["series"] == "own"]
    return float(len(rules) + rules["on_track"].nunique() + sum(APART + 1 + bool(note) for note in own["note_zh"]))


def _plot(page: Page, frame: pd.DataFrame, panel: RulePanel, language: Language) -> None:
    """Write the rows with their dots, the most generous rule at the top."""
    look, marked = page.size, frame[frame["series"].isin(["rule", "own"])]
    text = min(look.tick, _room(page) / _depth(frame) / TALL)
    gap, indent = 0.8 * text, 1.3 * text
    names = [*marked[f"label_{language}"], *marked.loc[marked["series"] == "own", f"note_{language}"]]
    left = page.left + indent + max(page.length(name, text) for name in names) + gap
    right = page.right - max(page.length(number, text) for number in marked[f"text_{language}"]) - gap
    bottom = page.bottom + 1.6 * look.tick
    axes = _axes(page, (left, bottom, right, bottom + _room(page)), frame, panel.subject.unit, language)
    aim, y = float(frame.loc[frame["series"] == "target", "value"].iloc[0]), 0.0
    _lines(page, axes, frame, language)
    for yes, group in frame[frame["series"] == "rule"].groupby("on_track", sort=False):
        _write(page, axes, y, (_head(bool(yes), len(group), language), ""), 1.05 * text, 0, BLUE)
        head = page.locate(axes, 0, y + 0.5)[1]
        page.symbol(page.left + 0.5 * text, head, SIDE[bool(yes)], 0.8 * text)
        for row in group.itertuples():
            y += 1
            _write(page, axes, y, (getattr(row, f"label_{language}"), getattr(row, f"text_{language}")), text, indent)
            _dot(axes, row, aim, y + 0.5, look.marker)
        y += 1
    for row in frame[frame["series"] == "own"].itertuples():
        page.rule((page.left, page.right), page.locate(axes, 0, y + APART / 2)[1], RULE, 0.8)
        y += APART
        _write(page, axes, y, (getattr(row, f"label_{language}"), getattr(row, f"text_{language}")), text, indent, BLUE)
        _write(page, axes, y + 1, (getattr(row, f"note_{language}"), ""), text, indent, BLUE)
        _band(axes, row, y + 0.5, look)


def _axes(
    page: Page, edges: tuple[float, float, float, float], frame: pd.DataFrame, unit: str, language: Language
) -> Axes:
    """Open the plot area, an axis in the unit of the indicator below it."""
    look, axes = page.size, page.axes(*edges)
    marks = frame[["value", "lo80", "hi80"]].stack()
    low, high = float(marks.min()), float(marks.max())
    margin = 0.05 * max(high - low, NARROWEST * abs(high) or 1.0)
    low, high = low - margin, high + margin
    axes.set_xlim(low, high)
    axes.set_ylim(_depth(frame), 0)
    room = 1.7 * page.length(figure(high, unit, language), look.tick)
    ticks = MaxNLocator(max(2, int((edges[2] - edges[0]) / room)), steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    ticks = [float(tick) for tick in ticks if low <= tick <= high]
    axes.set_xticks(ticks, [figure(tick, unit, language) for tick in ticks], fontsize=look.tick)
    axes.tick_params(axis="x", length=0.3 * look.tick, width=0.6, pad=0.25 * look.tick, labelfontfamily=FAMILY)
    axes.set_yticks([])
    axes.vlines(ticks, 0, 1, transform=axes.get_xaxis_transform(), color=RULE, linewidth=0.5, zorder=0.5)
    axes.spines[["left", "right", "top"]].set_visible(False)
    return axes


def _head(yes: bool, count: int, language: Language) -> str:
    word = WORDS[yes][language]
    return f"{word}：{count}种" if language == "zh" else f"{word.capitalize()}: {count}"


def _lines(page: Page, axes: Axes, frame: pd.DataFrame, language: Language) -> None:
    """Draw the latest figure and the target as lines, named above on their outer sides, one higher where they meet."""
    look, ends = page.size, []
    left, right = sorted(frame[frame["series"].isin(["latest", "target"])].itertuples(), key=lambda row: row.value)
    for row in (left, right):
        colour, dashes = (ORANGE, (0, (4, 1.5))) if row.series == "target" else (BLUE, "-")
        axes.axvline(row.value, color=colour, linewidth=0.6 * look.line, linestyle=dashes, gid=row.series, zorder=1)
        x, long = page.locate(axes, row.value, 0)[0], page.length(getattr(row, f"label_{language}"), look.tick)
        start = (
            max(x + 0.2 * look.tick - long, page.left) if row is left else min(x - 0.2 * look.tick, page.right - long)
        )
        ends.append((start, start + long))
    meet = ends[0][1] + 0.5 * look.tick > ends[1][0]
    base = page.locate(axes, 0, 0)[1] + 0.4 * look.tick
    for row, (start, _) in zip((left, right), ends, strict=True):
        height = base + (1.2 * look.tick if meet and row.series == "target" else 0)
        page.text(start, height, getattr(row, f"label_{language}"), look.tick)


def _write(
    page: Page, axes: Axes, y: float, words: tuple[str, str], text: float, indent: float, colour: str = INK
) -> None:
    """Write a row: its name at the left edge, its number at the right one."""
    base = page.locate(axes, 0, y + 0.5)[1] - 0.36 * text
    page.text(page.left + (indent or 1.3 * text), base, words[0], text, colour)
    page.text(page.right, base, words[1], text, colour, "right")


def _dot(axes: Axes, row: Any, aim: float, y: float, marker: float) -> None:
    """Draw a break-even, and how far it lies from the target; nothing where a rule has none."""
    if row.value != row.value:
        return
    look = STATUS_LOOK[SIDE[row.on_track]]
    axes.plot((aim, row.value), (y, y), color=look.colour, linewidth=0.18 * marker, zorder=2)
    axes.plot(
        [row.value], [y], linestyle="none", marker=look.shape, markersize=marker, color=look.colour,
        gid=f"dot {row.rule}", zorder=3,
    )  # fmt: skip


def _band(axes: Axes, row: Any, y: float, look: Size) -> None:
    """Draw the own projection: the interval as a bar, the median as an open dot."""
    axes.plot(
        (row.lo80, row.hi80), (y, y), color=BAND80, linewidth=0.8 * look.marker, solid_capstyle="butt", gid="interval"
    )
    axes.plot(
        [row.value], [y], linestyle="none", marker="o", markersize=look.marker, color=BLUE, markerfacecolor="white",
        markeredgewidth=0.5 * look.line, gid="own", zorder=3,
    )  # fmt: skip
