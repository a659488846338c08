"""The figure of one target: what was published, what is projected, what would be needed, and the target itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from qdecon.charts.alternative import alt_text
from qdecon.charts.page import PITCH, open_page
from qdecon.charts.partyear import draw_part_year, lying
from qdecon.charts.place import Box, Labels
from qdecon.charts.series import drawn, frame_trajectory, rows
from qdecon.charts.style import (
    BAND80,
    BAND95,
    BLUE,
    CAP,
    GREY,
    INK,
    ORANGE,
    PINK,
    QUIET,
    RULE,
    TURQUOISE,
    drawing,
    find_size,
)
from qdecon.charts.titles import credit_line, headline, note_lines, status_text, subtitle
from qdecon.charts.words import figure, unit_name

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from qdecon.charts.page import Chart, Page
    from qdecon.charts.style import SizeName
    from qdecon.plan import Language
    from qdecon.verdict.record import Verdict

ZERO_BELOW = 0.4  # an axis starts at zero if the lowest figure is below this part of the highest


def chart_trajectory(verdict: Verdict, language: Language = "zh", *, size: SizeName = "slide") -> Chart:
    """Draw the figure of one verdict; its title is the finding.

    Parameters
    ----------
    verdict : Verdict
        With a trajectory.
    language : {"zh", "en"}
    size : {"slide", "column", "web", "square", "screen"}
        16:9 for a talk; one newspaper column, 85 mm wide; a page of the web; a square to share, of 1080 pixels; or the
        plot alone, for a page that says the rest in text.

    Returns
    -------
    Chart
        A matplotlib Figure; its ``alt`` says in words what it shows.

    Raises
    ------
    NotAvailable
        If the verdict has no trajectory to draw.
    UnknownName
        If there is no such size.
    """
    drawn(verdict)
    frame = frame_trajectory(verdict)
    look = find_size(size)
    with drawing():
        page = open_page(look, alt_text(verdict, frame, language))
        if size == "screen":
            page.chart.title = headline(verdict, language)
            _plot(page, frame, language)
            return page.chart
        period = (int(frame["year"].min()), int(frame["year"].max()))
        page.rule((page.left, page.right), page.top, BLUE, 1.2 * look.line)
        page.heading(headline(verdict, language), look.title, BLUE, space=0.35 * look.title)
        page.heading(
            status_text(verdict, language), look.subtitle, INK, space=0.15 * look.subtitle, status=verdict.status
        )
        page.heading(subtitle(verdict, language, period), look.subtitle, QUIET, space=0.1 * look.subtitle)
        sources = credit_line(verdict.credits, language, verdict.as_of)
        page.notes(
            note_lines(verdict, language, sources, from_zero=lying(frame) or _limits(frame, 0.1)[1] == 0),
            look.foot,
            QUIET,
            0.8 * look.foot,
        )
        _plot(page, frame, language)
    return page.chart


def _plot(page: Page, frame: pd.DataFrame, language: Language) -> None:
    """Draw between heading and notes."""
    if lying(frame):
        draw_part_year(page, frame, language)
    else:
        axes = _plot_area(page, frame, language)
        _draw(axes, frame, page)
        _label(axes, frame, page, language)


def _limits(frame: pd.DataFrame, headroom: float) -> tuple[list[float], float, float]:
    """Ticks and range of the vertical axis.

    ``headroom`` is the part of the height kept free above the highest mark. The axis starts at zero unless that would
    squeeze the figures together; then it starts at a tick.
    """
    marks = frame[["value", "lo95", "hi95", "lo", "hi"]].to_numpy()
    low, high = float(np.nanmin(marks)), float(np.nanmax(marks))
    below = 0.14 * ((high - low) or abs(high) or 1.0)
    start = 0.0 if 0 <= low < ZERO_BELOW * high else low - below
    ticks = [float(tick) for tick in MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(start, high)]
    start = max(tick for tick in ticks if tick <= start)
    stop = start + (high - start) / (1 - headroom)
    return [tick for tick in ticks if start <= tick <= stop], start, stop


def _plot_area(page: Page, frame: pd.DataFrame, language: Language) -> Axes:
    """Open the plot area between heading and notes, with years below, values left, room for labels right."""
    look, unit = page.size, str(frame["unit"].iloc[0])
    named = "" if unit == "%" else unit_name(unit, language)
    top = page.top - 0.8 * look.tick - (1.6 * look.tick if named else 0.0)
    bottom = page.bottom + 1.6 * look.tick
    lines = 1 + frame.loc[frame["series"] == "target", f"label_{language}"].iloc[0].count("\n")
    ticks, low, high = _limits(frame, (lines * PITCH * look.label + 2 * look.marker) / (top - bottom))
    if named and (high - ticks[-1]) / (high - low) * (top - bottom) < look.tick:
        ticks.pop()  # it would touch the unit
    texts = [figure(tick, unit, language) for tick in ticks]
    left = page.left + max(page.length(text, look.tick) for text in texts) + 0.6 * look.tick
    axes = page.axes(left, bottom, page.right, top)
    axes.set_ylim(low, high)
    first, last = int(frame["year"].min()), int(frame["year"].max())
    block = frame.loc[frame["series"] == "projection", f"label_{language}"].iloc[-1:].tolist()
    reserve = max((page.length(line, look.label) for text in block for line in text.split("\n")), default=0.0)
    reserve += 1.2 * look.label
    span = max(last - first, 1) + 0.8
    axes.set_xlim(first - 0.4, last + 0.4 + span * reserve / (page.right - left - reserve))
    axes.set_yticks(ticks, texts, fontsize=look.tick)
    years = _years(first, last, int(frame.loc[frame["series"] == "target", "year"].iloc[0]), axes, page)
    axes.set_xticks(years, [str(year) for year in years], fontsize=look.tick)
    axes.tick_params(axis="y", length=0, pad=0.4 * look.tick, labelfontfamily="qdecon Sans")
    axes.tick_params(axis="x", length=0.3 * look.tick, width=0.6, pad=0.25 * look.tick, labelfontfamily="qdecon Sans")
    edges = (first - 0.4, last + 0.4)
    axes.hlines(ticks, *edges, color=RULE, linewidth=0.5, zorder=0.5)
    axes.spines[["left", "right", "top"]].set_visible(False)
    axes.spines["bottom"].set_bounds(*edges)
    if named:
        page.text(page.left, top + 0.8 * look.tick, named, look.tick, QUIET)
    return axes


def _years(first: int, last: int, target: int, axes: Axes, page: Page) -> list[int]:
    """Years written below the axis: as many as have room, the target's among them."""
    room = page.locate(axes, 1, 0)[0] - page.locate(axes, 0, 0)[0]
    width = 1.35 * page.length("2024", page.size.tick)
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 1000) if step * room >= width)
    return [year for year in range(first, last + 1) if (year - target) % step == 0]


def _draw(axes: Axes, frame: pd.DataFrame, page: Page) -> None:
    """Draw every row of the table; each mark carries the name of its series as ``gid``."""
    look = page.size
    parts = dict(list(frame.groupby("series")))
    for row in rows(frame, "basis"):
        axes.axvline(row.year - 0.5, color=GREY, linewidth=0.4, gid="basis", zorder=0.8)
    if "projection" in parts:
        fan = parts["projection"]
        for level, colour in (("95", BAND95), ("80", BAND80)):
            axes.fill_between(
                fan["year"], fan[f"lo{level}"], fan[f"hi{level}"], color=colour, linewidth=0, gid=f"projection{level}"
            )
        axes.plot(fan["year"], fan["value"], color=BLUE, linewidth=0.8 * look.line, dashes=(4, 2), gid="projection")
    if "needed" in parts:
        path = parts["needed"]
        axes.plot(path["year"], path["value"], color=PINK, linewidth=0.7 * look.line, dashes=(1, 1.6), gid="needed")
    if "observed" in parts:
        _draw_observed(axes, parts["observed"], page)
    for row in rows(frame, "partial"):
        axes.plot(
            (row.year, row.year), (row.lo, row.hi), color=TURQUOISE, linewidth=2.2 * look.line, marker="_",
            markersize=2 * look.marker, markeredgewidth=look.line, solid_capstyle="butt", gid="partial",
        )  # fmt: skip
    if "bound" in parts:
        caps = parts["bound"]
        axes.plot(
            caps["year"], caps["value"], linestyle="none", marker=CAP, markersize=2.6 * look.marker, color=INK,
            markerfacecolor="none", markeredgewidth=0.7 * look.line, gid="bound",
        )  # fmt: skip
    target = parts["target"]
    axes.plot(
        target["year"], target["value"], linestyle="none", marker="*", markersize=2.4 * look.marker, color=ORANGE,
        markeredgecolor=INK, markeredgewidth=0.35 * look.line, gid="target", clip_on=False, zorder=6,
    )  # fmt: skip


def _draw_observed(axes: Axes, figures: pd.DataFrame, page: Page) -> None:
    """Draw published figures: one line a run of years on one basis, markers by state."""
    look, newest = page.size, figures["basis"].iloc[-1]
    for run in runs(figures):
        colour = BLUE if run["basis"].iloc[0] == newest else GREY
        axes.plot(run["year"], run["value"], color=colour, linewidth=look.line, gid="observed line", zorder=3)
    for row in rows(figures):
        colour = BLUE if row.basis == newest else GREY
        shape, size = ("s", 0.95) if row.state == "derived" else ("o", 1.0)
        axes.plot(
            [row.year], [row.value], linestyle="none", marker=shape, markersize=size * look.marker, color=colour,
            markerfacecolor="white" if row.state in ("preliminary", "derived") else colour,
            markeredgewidth=0.6 * look.line, gid="observed", zorder=4,
        )  # fmt: skip


def runs(figures: pd.DataFrame) -> list[pd.DataFrame]:
    """Cut published figures into runs of consecutive years on one statistical basis.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"year": [2017, 2018, 2018, 2020], "basis": ["a", "a", "b", "b"]})
    >>> [run["year"].tolist() for run in runs(table)]
    [[2017, 2018], [2018], [2020]]
    """
    found = []
    for _, own in figures.groupby("basis", sort=False):
        ordered = own.sort_values("year")
        found += [part for _, part in ordered.groupby((ordered["year"].diff() != 1).cumsum())]
    return found


def _label(axes: Axes, frame: pd.DataFrame, page: Page, language: Language) -> None:
    """Write every label of the table beside its mark, the target first."""
    look = page.size
    right, top = page.right, page.locate(axes, 0, axes.get_ylim()[1])[1]
    left, bottom = page.locate(axes, *(limit[0] for limit in (axes.get_xlim(), axes.get_ylim())))
    labels = Labels(page, axes, Box(left + 0.5 * look.label, bottom + 1, right, top + 0.4 * look.tick))
    marks = frame[frame["series"].isin(["observed", "bound", "target", "partial"])]
    for row in rows(marks):
        for height in (row.value, row.lo, row.hi):
            if not np.isnan(height):
                radius = (1.2 if row.series == "target" else 0.7) * look.marker
                labels.avoid_mark(row.year, height, radius, named=row.series == "observed")
    for run in runs(frame[frame["series"] == "observed"]):
        labels.avoid_line(zip(run["year"], run["value"], strict=True))
    for name in ("projection", "needed"):
        path = frame[frame["series"] == name]
        labels.avoid_line(zip(path["year"], path["value"], strict=True))
    for row in rows(frame, "partial"):
        labels.avoid_line(((row.year, row.lo), (row.year, row.hi)), radius=look.marker)
    fan = frame[frame["series"] == "projection"]
    for name in ("lo80", "hi80", "lo95", "hi95"):
        labels.avoid_line(zip(fan["year"], fan[name], strict=True), radius=1.0)
    (target,) = rows(frame, "target")
    goal_year, low_target = target.year, fan["value"].iloc[-1:].gt(target.value).any()
    goal_sides = ("below", "right, low", "below left") if low_target else ("above", "right, high", "above left")
    high, low = ("right, high", "right, higher"), ("right, low", "right, lower")
    fan_sides = ("right", *high, *low) if low_target else ("right", *low, *high)
    for name, sides, points, colour, nearest in (
        ("target", goal_sides, look.label, INK, 1.45),
        ("projection", fan_sides, look.label, BLUE, 1.45),
        ("observed", ("above", "below", "above left", "below right"), look.label, INK, 1.0),
        ("bound", ("above", "above left", "above right"), look.label, INK, 1.0),
        ("partial", ("left", "right", "below"), look.label, INK, 1.0),
        ("basis", ("above right", "above left"), look.foot, QUIET, 1.0),
    ):
        for row in sorted(rows(frame, name), key=lambda each: (each.year != goal_year, -each.year)):
            text = getattr(row, f"label_{language}").split("\n")
            if text == [""]:
                continue
            at = (row.year - 0.5, axes.get_ylim()[0]) if name == "basis" else _anchor(row)
            labels.add(text, at, sides, points, colour, nearest)


def _anchor(row: Any) -> tuple[float, float]:
    """Position in the data that a label belongs to: the middle of a range, else the mark."""
    return row.year, (row.lo + row.hi) / 2 if row.series == "partial" else row.value
