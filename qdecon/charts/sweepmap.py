"""The figure of a sweep: the chance of a target over two levers, with the lines along which it is even and 80 %."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from qdecon.charts.badges import surround
from qdecon.charts.fonts import FAMILY
from qdecon.charts.page import ASCENT, PITCH
from qdecon.charts.scenarios import ASSUMED, aim, credit
from qdecon.charts.series import rows
from qdecon.charts.style import INK, PINK, QUIET, drawing, find_size
from qdecon.charts.words import brief
from qdecon.plan import Bilingual
from qdecon.scenario.record import LEVERS
from qdecon.verdict.wording import chance, joined

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from qdecon.charts.page import Chart, Page
    from qdecon.charts.style import SizeName
    from qdecon.plan import Language
    from qdecon.scenario import Sweep

LIGHT, DARK = "#F1F5F9", "#9DB9D4"  # chances from 0 to 1; ink on the darkest has a contrast of 5.3
LINES: dict[float, Any] = {0.5: "-", 0.8: (0, (4, 2))}
KEY = Bilingual(
    "颜色越深，可能性越大；线上各处可能性相同。", "The darker, the likelier; along a line the chance is the same."
)


def chart_sweep(sweep: Sweep, language: Language = "zh", *, size: SizeName = "slide") -> Chart:
    """Draw the chance of a target over two levers as a map; the title is what an even chance takes.

    Parameters
    ----------
    sweep : Sweep
        From :func:`qdecon.scenario.sweep`.
    language : {"zh", "en"}
    size : {"slide", "column", "web", "square"}
        Cells too small for their number stay without one; the lines remain.

    Returns
    -------
    Chart
        A matplotlib Figure; its ``alt`` says in words what it shows.

    Raises
    ------
    UnknownName
        If there is no such size.
    """
    frame, look, label = frame_sweep(sweep), find_size(size), sweep.target.label
    measure = Bilingual(
        f"{sweep.place.zh}：{label.zh}；达标可能性，%，两项逐年不变",
        f"{label.en}, {sweep.place.en}; chance of meeting the target, %, both levers the same every year",
    )
    heads = (brief(*_findings(sweep)), _findings(sweep)[0], measure)
    notes, kind = [joined(KEY, credit(sweep.as_of), _basis(sweep), ASSUMED)], Bilingual("热图", "Heat map")
    with drawing():
        page = surround(look, 0, kind, heads, notes, language)
        axes = _plot_area(page, sweep, language)
        _cells(page, axes, sweep, frame)
        _frontiers(page, axes, frame, language)
    return page.chart


def frame_sweep(sweep: Sweep) -> pd.DataFrame:
    """Tabulate what :func:`chart_sweep` draws.

    Parameters
    ----------
    sweep : Sweep

    Returns
    -------
    pandas.DataFrame
        ``series`` is ``cell`` (the ``chance`` with the levers at ``across`` and ``up``, and its ``label``) or
        ``frontier`` (where that chance is reached).
    """
    made: list[dict[str, Any]] = [
        {"series": "cell", "across": far, "up": high, "chance": float(odds), "label": _per_cent(float(odds))}
        for high, line in zip(sweep.up, sweep.chances, strict=True)
        for far, odds in zip(sweep.across, line, strict=True)
    ]
    made += [
        {"series": "frontier", "across": far, "up": high, "chance": odds, "label": ""}
        for odds in LINES
        for far, high in zip(sweep.across, sweep.frontier(odds), strict=True)
        if high is not None
    ]
    return pd.DataFrame(made)


def _per_cent(probability: float) -> str:
    """Whole per cent; extremes only as far as the record supports them."""
    return "<5" if probability < 0.05 else ">95" if probability > 0.95 else f"{100 * probability:.0f}"


def number(value: float, decimals: int | None = None) -> str:
    """A number with a proper minus, and none before nought; without ``decimals`` as short as it is."""
    text = f"{value:.4g}" if decimals is None else f"{round(value, decimals) + 0.0:.{decimals}f}"
    return text.replace("-", "−")


def at(lever: str, value: float, decimals: int | None = None) -> Bilingual:
    """Value of a lever with its unit."""
    text = number(value, decimals)
    return Bilingual(text + LEVERS[lever].unit.zh, text + LEVERS[lever].unit.en)


def title_name(lever: str, language: Language) -> str:
    """Name of a lever where a line begins."""
    name = LEVERS[lever].name[language].removeprefix("the ")
    return name[0].upper() + name[1:]


def _findings(sweep: Sweep) -> tuple[Bilingual, ...]:
    """What the second lever has to be for an even chance and for 80 %, at the value of the first nearest the middle.

    Then the same in fewer words.
    """
    (first, second), promised = sweep.levers, aim(sweep.target)
    found = {odds: sweep.frontier(odds) for odds in LINES}
    middle = (len(sweep.across) - 1) / 2
    order = sorted(range(len(sweep.across)), key=lambda place: abs(place - middle))
    known = {place: [odds for odds in LINES if found[odds][place] is not None] for place in order}
    place = max(order, key=lambda each: (len(known[each]), 0.5 in known[each]))
    if not known[place]:
        return (_nowhere(sweep),)
    held, names = at(first, sweep.across[place]), (LEVERS[first].name, LEVERS[second].name)
    needs = [(odds, at(second, float(found[odds][place] or 0.0), 1)) for odds in known[place]]
    words = {0.5: Bilingual("50%", "an even chance"), 0.8: Bilingual("80%", "80 in 100")}
    zh = [
        f"{need.zh}{'' if turn else f'使{promised.zh}的可能性'}达{words[odds].zh}"
        for turn, (odds, need) in enumerate(needs)
    ]
    en = ", ".join(f"at {need.en} for {words[odds].en}" for odds, need in needs)
    odds, need = needs[0]
    even = Bilingual(f"可能性达{words[odds].zh}", words[odds].en.removeprefix("an ").capitalize())
    pair = Bilingual(
        f"{names[0].zh}{held.zh}，{names[1].zh}{need.zh}", f"{held.en} {names[0].en}, {need.en} {names[1].en}"
    )
    pair = Bilingual(pair.zh, pair.en.replace("% the ", "% "))
    return (
        Bilingual(
            f"{names[0].zh}每年{held.zh}时，{names[1].zh}{'，'.join(zh)}",
            f"With {names[0].en} at {held.en} a year, {promised.en} takes {names[1].en} {en}",
        ),
        Bilingual(f"{promised.zh}{even.zh}：{pair.zh}", f"{even.en} of {promised.en}: {pair.en}"),
        Bilingual(f"{even.zh}：{pair.zh}", f"{even.en}: {pair.en}"),
        Bilingual(
            f"{even.zh}所需：每年{held.zh}，{need.zh}",
            f"{even.en} of the target: levers at {held.en} and {need.en} a year",
        ),
    )


def _nowhere(sweep: Sweep) -> Bilingual:
    """The finding of a map without lines."""
    promised, low, high = aim(sweep.target), float(sweep.chances.min()), float(sweep.chances.max())
    if high < 0.5:
        return Bilingual(
            f"图上没有一处能使{promised.zh}的可能性过半：最高{chance(high).zh}",
            f"Nowhere on the map is {promised.en} as likely as not: {chance(high).en} at best",
        )
    if low > 0.8:
        return Bilingual(
            f"图上各处{promised.zh}的可能性都在80%以上：最低{chance(low).zh}",
            f"Everywhere on the map {promised.en} is likelier than 80 in 100: {chance(low).en} at worst",
        )
    return Bilingual(
        f"图上{promised.zh}的可能性：最低{chance(low).zh}，最高{chance(high).zh}",
        f"On the map the chance of {promised.en}: {chance(low).en} at worst, {chance(high).en} at best",
    )


def _basis(sweep: Sweep) -> Bilingual:
    """What else was assumed, how firmly the levers hold, and which lines are not on the map."""
    rest, width = sweep.rest, f"±{sweep.spread:g}"
    firm = Bilingual(f"两者的80%区间为{width}。", f"Both levers have 80% intervals of {width}.")
    firm = firm if sweep.spread else Bilingual("两者取值固定。", "Both levers hold exactly.")
    gone = [f"{100 * odds:.0f}" for odds in LINES if not any(each is not None for each in sweep.frontier(odds))]
    absent = Bilingual(
        f"{'、'.join(f'{each}%' for each in gone)}的界线不在图上。",
        f"No line of {' or '.join(gone)} in 100 on the map.",
    )
    told = Bilingual(f"{rest.zh}。", f"{rest.en[0].upper()}{rest.en[1:]}.")
    return joined(told, firm, absent if gone else None)


def _axis_name(lever: str, language: Language) -> str:
    """Lever and unit."""
    name, unit = title_name(lever, language), LEVERS[lever].unit[language].strip()
    return f"{name}，每年，{unit}" if language == "zh" else f"{name}, {unit} a year"


def _edges(values: tuple[float, ...]) -> list[float]:
    """Edges of the cells around rising values: half way between them."""
    inner = [(low + high) / 2 for low, high in pairwise(values)]
    return [2 * values[0] - inner[0], *inner, 2 * values[-1] - inner[-1]]


def _plot_area(page: Page, sweep: Sweep, language: Language) -> Axes:
    """Open the plot area: the first lever below, the second on the left, names of the lines on the right."""
    text, (first, second) = page.size.tick, sweep.levers
    below, beside = (page.wrap(_axis_name(lever, language), text) for lever in (first, second))
    for place, line in enumerate(beside):
        page.text(page.left, page.top - text * (ASCENT + 0.3 + PITCH * place), line, text, QUIET)
    acrosses, ups = ([number(value) for value in values] for values in (sweep.across, sweep.up))
    axes = page.axes(
        page.left + max(page.length(each, text) for each in ups) + 0.8 * text,
        page.bottom + (1.9 + PITCH * len(below)) * text,
        page.right - max(page.length(_line_name(odds, language), text) for odds in LINES) - 3.2 * text,
        page.top - (0.9 + PITCH * len(beside)) * text,
    )
    box = axes.get_window_extent()
    wide, tall = box.width * 72 / page.chart.dpi, box.height * 72 / page.chart.dpi
    edge = max(box.x1 * 72 / page.chart.dpi, page.left + max(page.length(line, text) for line in below) + 0.5 * text)
    for place, line in enumerate(reversed(below)):
        page.text(edge, page.bottom + (0.2 + PITCH * place) * text, line, text, QUIET, "right")
    across_edges, up_edges = _edges(sweep.across), _edges(sweep.up)
    axes.set(xlim=(across_edges[0], across_edges[-1]), ylim=(up_edges[0], up_edges[-1]))
    for values, words, room, needed, put in (
        (sweep.across, acrosses, wide, max(page.length(each, text) for each in acrosses) + 0.6 * text, axes.set_xticks),
        (sweep.up, ups, tall, 1.3 * text, axes.set_yticks),
    ):
        kept = _apart([room * (each - values[0]) / (values[-1] - values[0]) for each in values], needed)
        put([values[each] for each in kept], [words[each] for each in kept], fontsize=text)
    axes.tick_params(length=0, pad=0.35 * text, labelfontfamily=FAMILY)
    axes.spines[:].set_visible(False)
    return axes


def _apart(places: list[float], least: float) -> list[int]:
    """Every n-th of rising places, n the smallest that keeps them apart."""
    for step in range(1, len(places)):
        kept = list(range(0, len(places), step))
        if all(places[high] - places[low] >= least for low, high in pairwise(kept)):
            return kept
    return [0]


def _cells(page: Page, axes: Axes, sweep: Sweep, frame: pd.DataFrame) -> None:
    """Colour the cells, and write the number of each if all numbers fit."""
    look, (across, up) = page.size, (_edges(sweep.across), _edges(sweep.up))
    colours = LinearSegmentedColormap.from_list("chance", [LIGHT, DARK])
    (left, bottom), (right, top) = page.locate(axes, across[0], up[0]), page.locate(axes, across[-1], up[-1])
    wide = (right - left) * min(np.diff(across)) / (across[-1] - across[0])
    tall = (top - bottom) * min(np.diff(up)) / (up[-1] - up[0])
    points = look.tick
    fits = wide >= page.length(">95", points) + 0.9 * points and tall >= 1.25 * points
    axes.pcolormesh(
        across, up, sweep.chances, cmap=colours, vmin=0, vmax=1, edgecolors="white" if fits else "face", zorder=0.5,
        linewidth=0.6 if fits else 0.2, gid="cells",
    )  # fmt: skip
    for row in rows(frame, "cell") if fits else []:
        x, y = page.locate(axes, row.across, row.up)
        half = page.length(row.label, points) / 2 + 0.45 * points
        ground = Rectangle(  # the lines stop at the numbers
            (x - half, y - 0.5 * points), 2 * half, points, facecolor=colours(row.chance), edgecolor="none",
            transform=page.points, zorder=2.5,
        )  # fmt: skip
        axes.add_artist(ground)
        page.text(x, y - 0.36 * points, row.label, points, INK, "center")


def _line_name(odds: float, language: Language) -> str:
    return f"{100 * odds:.0f}%" if language == "zh" else f"{100 * odds:.0f} in 100"


def _frontiers(page: Page, axes: Axes, frame: pd.DataFrame, language: Language) -> None:
    """Draw the lines, and name each on the right near the height where it ends, with a piece of it."""
    look, text, known = page.size, page.size.tick, frame[frame["series"] == "frontier"]
    parts = sorted(known.groupby("chance"), key=lambda each: -each[1]["up"].iloc[-1])
    (edge, free), (_, least) = (page.locate(axes, axes.get_xlim()[1], each) for each in axes.get_ylim()[::-1])
    for left, (odds, part) in zip(range(len(parts) - 1, -1, -1), parts, strict=True):
        ups = part.set_index("across")["up"].reindex(frame["across"].unique())  # a gap in it is a gap in the line
        here = ups.notna().to_numpy()
        beside = np.convolve(here, [1, 0, 1], "same") > 0
        axes.plot(
            ups.index, ups, color=PINK, linewidth=look.line, linestyle=LINES[odds], zorder=2, marker="o",
            markersize=0.8 * look.marker, markevery=np.flatnonzero(here & ~beside).tolist(),
            gid=f"frontier {odds:g}",
        )  # fmt: skip
        end = page.locate(axes, 0, part["up"].iloc[-1])[1]
        y = min(max(end, least + PITCH * text * left), free)
        free = y - PITCH * text
        piece = Line2D(
            (edge + 0.5 * text, edge + 2.6 * text), (y, y), color=PINK, linewidth=look.line, linestyle=LINES[odds],
            transform=page.points,
        )  # fmt: skip
        page.chart.add_artist(piece)
        page.text(edge + 3.0 * text, y - 0.36 * text, _line_name(odds, language), text, PINK)
