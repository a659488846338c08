"""The figure of the cities: one small panel a place, how far it outgrew the nation beside what the target needs."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.transforms import Bbox, BboxTransform, TransformedBbox

from qdecon.charts.badges import surround
from qdecon.charts.page import ASCENT
from qdecon.charts.series import rows
from qdecon.charts.style import BAND95, BLUE, GREY, INK, PINK, PURPLE, drawing, find_size
from qdecon.charts.words import brief
from qdecon.plan import Bilingual
from qdecon.verdict.wording import day, joined, percent

if TYPE_CHECKING:
    from qdecon.charts.page import Chart, Page
    from qdecon.charts.style import SizeName
    from qdecon.plan import Language
    from qdecon.scrutiny.baserate import GrowthBaseRate
    from qdecon.scrutiny.windows import Window

GAP, LEAST, TALLEST = 0.9, 2.6, 7.0  # in font sizes: between panels; the lowest and the tallest plot of a panel
LABEL = 1.7  # font sizes: the name of a panel, and room below it
RARE = 0.02  # of the windows: so many may lie beyond the scale on either side
COLUMNS = "series place place_en first last growth nation excess state latest label_zh label_en".split()


def frame_cities(record: GrowthBaseRate) -> pd.DataFrame:
    """Tabulate what :func:`chart_cities` draws.

    Parameters
    ----------
    record : GrowthBaseRate
        From :func:`qdecon.base_rate`.

    Returns
    -------
    pandas.DataFrame
        One row a window, place by place, from the place whose latest window lies farthest above the nation; then one
        row for what is needed. ``series`` is ``other``, ``own`` (the plan's city, from its own figures) or ``needed``;
        rates are fractions a year. ``state`` is ``reached`` or ``below``; ``latest`` marks the last window of a place,
        whose label is what is written.
    """
    by: dict[tuple[str, str, str], list[Window]] = {}
    for series, windows in (("other", record.windows), ("own", record.own)):
        for each in windows:
            by.setdefault((series, each.place, each.place_en), []).append(each)
    ordered = sorted(by.items(), key=lambda item: -max(item[1], key=lambda each: each.last).excess)
    made: list[tuple[object, ...]] = []
    for (series, zh, en), own in ordered:
        final = max(own, key=lambda each: each.last)
        for each in sorted(own, key=lambda each: each.last):
            latest, state = each is final, "reached" if record.reached(each) else "below"
            words = (f"{name} {_signed(each.excess)}" if latest else "" for name in (zh, en))
            made.append(
                (series, zh, en, each.first, each.last, each.change, each.nation, each.excess, state, latest, *words)
            )
    pace = (record.growth, record.nation, record.needed)
    needed = _signed(record.needed)
    made.append(("needed", "", "", None, None, *pace, "needed", False, f"需要{needed}", f"needed {needed}"))
    return pd.DataFrame(made, columns=COLUMNS).astype({"first": "Int64", "last": "Int64"})


def _signed(excess: float) -> str:
    points = round(100 * excess, 1)
    return f"{points:+.1f}".replace("-", "−") if points else "0.0"


def chart_cities(record: GrowthBaseRate, language: Language = "zh", *, size: SizeName = "slide") -> Chart:
    """Draw a small panel for every city, all on one scale; the title counts those whose latest window did it.

    Parameters
    ----------
    record : GrowthBaseRate
        From :func:`qdecon.base_rate`.
    language : {"zh", "en"}
    size : {"slide", "column", "web", "square"}
        Taller where the panels need it.

    Returns
    -------
    Chart
        A matplotlib Figure; its ``alt`` says in words what it shows.

    Raises
    ------
    UnknownName
        If there is no such size.

    Examples
    --------
    >>> import qdecon as qd
    >>> chart_cities(qd.base_rate(qd.load("qingdao"), 0.05, 3), "en").title
    '7 of 35 cities lately outgrew the nation by 1.0 points a year'
    """
    frame, look = frame_cities(record), find_size(size)
    heads = (_finding(record, frame), _key(record, frame), _measure(record, frame))
    notes, kind = [_notes(record)], Bilingual("小图集", "Small multiples")
    with drawing():
        page = surround(look, 0, kind, heads, notes, language)
        lacking = (_grid(page, frame, language)[1] * (LEAST + GAP + LABEL) + 0.7) * look.foot - (page.top - page.bottom)
        page = surround(look, lacking, kind, heads, notes, language) if lacking > 0 else page
        page.top -= 0.7 * look.foot
        _panels(page, frame, record.needed, _grid(page, frame, language), language)
    return page.chart


def _finding(record: GrowthBaseRate, frame: pd.DataFrame) -> Bilingual:
    """How many of the other cities did lately what the target needs."""
    latest = frame[(frame["series"] == "other") & frame["latest"]]
    hits, less = int((latest["state"] == "reached").sum()), f"{abs(100 * record.needed):.1f}"
    who = Bilingual(
        f"{len(latest)}个主要城市中，近来{f'有{hits}' if hits else '没有一'}个",
        f"{hits or 'None'} of {len(latest)} cities lately",
    )
    return brief(
        Bilingual(who.zh + record.margin.zh, f"{who.en} {record.margin.en.removesuffix(' or more')}"),
        Bilingual(f"{who.zh}不低于全国减{less}个百分点", f"{who.en} reached the nation's growth less {less} points"),
    )


def _key(record: GrowthBaseRate, frame: pd.DataFrame) -> Bilingual:
    """How to read a panel, and where the city stands."""
    place, own = record.place, frame[(frame["series"] == "own") & frame["latest"]]
    where = Bilingual("", "")
    if not own.empty:
        where = Bilingual(
            f"　◆ {place.zh}{_signed(own['excess'].iloc[0])}", f"   ◆ {place.en} {_signed(own['excess'].iloc[0])}"
        )
    need = _signed(record.needed)
    return Bilingual(
        f"● 最近达到　○ 未达到{where.zh}；横线：与全国相同；虚线：需要{need}",
        f"● reached lately   ○ not reached{where.en}. Line: same as the nation; dashes: needed {need}",
    )


def _measure(record: GrowthBaseRate, frame: pd.DataFrame) -> Bilingual:
    """Measure, places, unit and period."""
    first, last, name = int(frame["first"].min()), int(frame["last"].max()), record.name
    span = Bilingual("当年", "in the year") if record.years == 1 else Bilingual(
        f"{record.span.zh}年均", f"a year over {record.years} years"
    )  # fmt: skip
    return Bilingual(
        f"主要城市{name.zh}{span.zh}名义增速减去全国，百分点，{first}至{last}年",
        f"Nominal {name.en} growth {span.en} less the nation's, main cities, percentage points, {first} to {last}",
    )


def _notes(record: GrowthBaseRate) -> Bilingual:
    """Foot: source, as-of date, what is needed, and what is missing."""
    when, pace, home = day(record.as_of), percent(record.growth), percent(record.nation)
    year = record.nation_year
    return joined(
        Bilingual(
            f"资料来源：国家统计局年度数据、{record.place.zh}已公布数字。截至{when.zh}。"
            f"需要：{pace}减去全国{home}（{f'{year}年' if year else '假定'}）。数字为各城市最近一个窗口，由高到低。",
            f"Source: National Bureau of Statistics and {record.place.en}'s own published figures. As of {when.en}. "
            f"Needed: {pace} less the nation's {home} ({year or 'assumed'}). "
            "Numbers: latest window of a city, highest first.",
        ),
        Bilingual(
            "断线处无法在同一口径内计算；个别过高过低处截去。",
            "Where a line breaks, no growth can be formed inside one basis; a few extremes are cut off.",
        ),
    )


def _grid(page: Page, frame: pd.DataFrame, language: Language) -> tuple[int, int]:
    """Columns and rows of panels: as many columns as the names allow, filled as evenly as possible."""
    text, words = page.size.foot, frame.loc[frame["latest"], f"label_{language}"]
    wide = max(page.length(word, text) for word in words) + 2.2 * text
    most = max(1, int((page.right - page.left + GAP * text) // wide))
    deep = -(-len(words) // most)
    return -(-len(words) // deep), deep


def _panels(page: Page, frame: pd.DataFrame, needed: float, grid: tuple[int, int], language: Language) -> None:
    """Draw the panels row by row, all on one scale, which holds every latest window and most of the others."""
    text, (columns, deep) = page.size.foot, grid
    wide = (page.right - page.left - (columns - 1) * GAP * text) / columns
    tall = min((page.top - page.bottom) / deep, (TALLEST + GAP + LABEL) * text)
    windows = frame[frame["series"] != "needed"]
    shown = pd.concat([windows.loc[windows["latest"], "excess"], windows["excess"].quantile([RARE, 1 - RARE])])
    scale = Bbox.from_extents(
        int(windows["last"].min()), 100 * min(0.0, needed, shown.min()),
        int(windows["last"].max()), 100 * max(0.0, needed, shown.max()),
    )  # fmt: skip
    for place, (_, own) in enumerate(windows.groupby("place", sort=False)):
        down, across = divmod(place, columns)
        left, top = page.left + across * (wide + GAP * text), page.top - down * tall
        frame_of = Bbox.from_extents(left, top - tall + GAP * text, left + wide - 0.5 * page.size.marker, top)
        _panel(page, rows(own), frame_of, scale, (100 * needed, f"label_{language}"))


def _panel(page: Page, windows: list[Any], edges: Bbox, scale: Bbox, asked: tuple[float, str]) -> None:
    """Draw one city: its windows by the year they end, the nation's line and what is needed."""
    look, text, (needed, label), last = page.size, page.size.foot, asked, windows[-1]
    own, inside = last.series == "own", Bbox.from_extents(edges.x0, edges.y0, edges.x1, edges.y1 - LABEL * text)
    if own:
        ground = Rectangle(
            (edges.x0 - 0.3 * text, edges.y0 - 0.3 * text), edges.width + 0.9 * text, edges.height + 0.5 * text,
            color=BAND95, linewidth=0, transform=page.points, zorder=-1,
        )  # fmt: skip
        page.chart.add_artist(ground)
    word = ("◆ " if own else "") + getattr(last, label)
    page.text(edges.x0, edges.y1 - ASCENT * text, word, text, BLUE if own else INK)
    place = BboxTransform(scale, inside) + page.points
    cut = TransformedBbox(inside.padded(0.5 * look.marker), page.points)

    def line(x: list[float], y: list[float], **looks: Any) -> None:
        page.chart.add_artist(Line2D(x, y, transform=place, **looks), clip=False).set_clip_box(cut)

    line([scale.x0, scale.x1], [0, 0], color=GREY, linewidth=0.5, zorder=1)
    line([scale.x0, scale.x1], [needed, needed], color=PINK, linewidth=0.6, dashes=(4, 2), zorder=1, gid="needed")
    colour, cuts = (PURPLE if own else BLUE), [0]
    cuts += [each for each, (one, two) in enumerate(pairwise(windows), start=1) if two.last - one.last > 1]
    for start, stop in pairwise([*cuts, len(windows)]):
        run = windows[start:stop]
        line(
            [each.last for each in run], [100 * each.excess for each in run], color=colour, zorder=2,
            linewidth=0.5 * look.line, marker="." if len(run) == 1 else "", markersize=0.5 * look.marker,
            gid=f"line {last.place}",
        )  # fmt: skip
    line(
        [last.last], [100 * last.excess], marker="D" if own else "o", markersize=0.55 * look.marker, color=colour,
        markerfacecolor=colour if last.state == "reached" else "white", markeredgewidth=0.3 * look.line,
        gid=f"latest {last.place}", zorder=3,
    )  # fmt: skip
