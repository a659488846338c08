"""The figure of the vintages: the same years as each statistical basis saw them, one line a basis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.ticker import MaxNLocator

from qdecon.charts.badges import surround
from qdecon.charts.fonts import FAMILY
from qdecon.charts.place import Box, Labels
from qdecon.charts.series import rows
from qdecon.charts.style import BLUE, GREY, INK, PINK, QUIET, RULE, TURQUOISE, drawing, find_size
from qdecon.charts.titles import credit_line
from qdecon.charts.trajectory import runs
from qdecon.charts.words import PRICES, brief, figure, unit_name
from qdecon.errors import NotAvailable
from qdecon.plan import LANGUAGES, Bilingual
from qdecon.verdict.wording import day, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from qdecon.charts.page import Chart, Page
    from qdecon.charts.style import SizeName
    from qdecon.data import Dataset
    from qdecon.plan import Language

LOOKS = (("o", "●", GREY), ("s", "■", TURQUOISE), ("D", "◆", BLUE), ("^", "▲", INK))  # of the bases, oldest first
COLUMNS = "series basis year value vintage published state source change label_zh label_en".split()


def frame_vintages(dataset: Dataset, indicator: str = "gdp") -> pd.DataFrame:
    """Tabulate what :func:`chart_vintages` draws.

    Parameters
    ----------
    dataset : Dataset
    indicator : str
        With a year that was published on two bases.

    Returns
    -------
    pandas.DataFrame
        ``series`` is ``figure`` (the best known figure of a year on a basis; ``state`` is its grade, ``published`` its
        date, empty where the source gives none) or ``revision`` (the largest of one year, from its oldest basis to
        ``basis``; ``change`` is in % of the older figure, the label what is written).

    Raises
    ------
    NotAvailable
        If no year was published on two bases.
    UnknownName
        If there is no such indicator.
    """
    cells, order = dataset.annual(indicator), [basis.id for basis in dataset.bases]
    names = {basis.id: basis.label for basis in dataset.bases}
    years = {year: sorted((own for when, own in cells if when == year), key=order.index) for year, _ in cells}
    twice = {year: own for year, own in years.items() if len(own) > 1}
    if not twice:
        raise NotAvailable(
            f"no year of {indicator} was published on two statistical bases", "argument indicator", "choose another"
        )
    made = [
        (
            "figure",
            own,
            year,
            item.value,
            item.vintage,
            item.published,
            item.evidence,
            item.source,
            None,
            *_pair(names[own]),
        )
        for (year, own), item in sorted(cells.items(), key=lambda cell: (order.index(cell[0][1]), cell[0][0]))
        if year >= min(twice)
    ]
    value = {cell: float(item.value or 0.0) for cell, item in cells.items()}
    changes = {year: value[year, own[-1]] / value[year, own[0]] - 1 for year, own in twice.items()}
    year = max(changes, key=lambda when: (abs(changes[when]), when))
    new = twice[year][-1]
    ends = value[year, twice[year][0]], value[year, new]
    unit, change = dataset.indicator(indicator).unit, f"{100 * changes[year]:+.1f}%".replace("-", "−")
    old, now = (Bilingual(*(figure(each, unit, name) for name in LANGUAGES)) for each in ends)
    words = Bilingual(
        f"{year}年修订：{change}\n{old.zh}变为{now.zh}", f"{year} revised: {change}\n{old.en} to {now.en}"
    )
    item = cells[year, new]
    made.append(
        ("revision", new, year, item.value, item.vintage, item.published, item.evidence, item.source,
         100 * changes[year], *_pair(words))
    )  # fmt: skip
    return pd.DataFrame(made, columns=COLUMNS).astype({"change": float})


def _pair(words: Bilingual) -> tuple[str, ...]:
    return tuple(words[each] for each in LANGUAGES)


def chart_vintages(
    dataset: Dataset, indicator: str = "gdp", language: Language = "zh", *, size: SizeName = "slide"
) -> Chart:
    """Draw an indicator as each statistical basis saw it; the title is the largest revision of one year.

    Parameters
    ----------
    dataset : Dataset
    indicator : str
        With a year that was published on two bases.
    language : {"zh", "en"}
    size : {"slide", "column", "web", "square"}

    Returns
    -------
    Chart
        A matplotlib Figure; its ``alt`` says in words what it shows.

    Raises
    ------
    NotAvailable
        If no year was published on two bases.
    UnknownName
        If there is no such indicator or size.

    Examples
    --------
    >>> import qdecon as qd
    >>> chart_vintages(qd.load("qingdao"), "gdp", "en").title
    'GDP of 2018 was later cut by 8.8%, from 1,200.15 to 1,094.94'
    """
    frame, look = frame_vintages(dataset, indicator), find_size(size)
    heads = (_finding(dataset, indicator, frame), _counted(frame), _measure(dataset, indicator, frame))
    with drawing():
        page = surround(look, 0, Bilingual("折线图", "Line chart"), heads, _notes(dataset, frame), language)
        axes = _plot_area(page, dataset.indicator(indicator).unit, frame, language)
        _draw(axes, page, frame)
        _label(axes, page, frame, language)
    return page.chart


def _finding(dataset: Dataset, indicator: str, frame: pd.DataFrame) -> Bilingual:
    """The largest revision of one year."""
    (row,), about = rows(frame, "revision"), dataset.indicator(indicator)
    figures = frame[(frame["series"] == "figure") & (frame["year"] == row.year)]
    old, new = float(figures["value"].iloc[0]), row.value
    share, fell, name = percent(abs(row.change) / 100), row.change < 0, about.name
    ends = [Bilingual(*(figure(value, about.unit, each) for each in LANGUAGES)) for value in (old, new)]
    said = Bilingual(
        f"{row.year}年{name.zh}后来调{'低' if fell else '高'}{share}",
        f"{name.en} of {row.year} was later {'cut' if fell else 'raised'} by {share}",
    )
    return brief(
        Bilingual(f"{said.zh}：{ends[0].zh}变为{ends[1].zh}", f"{said.en}, from {ends[0].en} to {ends[1].en}"), said
    )


def _counted(frame: pd.DataFrame) -> Bilingual:
    """How many years were published on more than one basis."""
    figures = frame[frame["series"] == "figure"].groupby("year")["basis"].nunique()
    several, bases = int((figures > 1).sum()), frame["basis"].nunique()
    return Bilingual(
        f"{len(figures)}个年份中{several}个有两种以上统计口径的数字，共{bases}种口径",
        f"{several} of {len(figures)} years have figures on two or more statistical bases, of {bases} in all",
    )


def _measure(dataset: Dataset, indicator: str, frame: pd.DataFrame) -> Bilingual:
    """Measure, place, unit, price basis and period."""
    about, place = dataset.indicator(indicator), dataset.plan.place
    prices, (first, last) = PRICES.get(about.price_basis), (frame["year"].min(), frame["year"].max())
    zh, en = ((unit_name(about.unit, each), prices[each] if prices else "") for each in LANGUAGES)
    return Bilingual(
        "，".join(filter(None, [place.zh + about.name.zh, *zh, f"{first}至{last}年"])),
        ", ".join(filter(None, [about.name.en, place.en, *en, f"{first} to {last}"])),
    )


def _notes(dataset: Dataset, frame: pd.DataFrame) -> list[Bilingual]:
    """Foot: sources, the as-of date, and what a line is."""
    ids, date = (
        list(dict.fromkeys(frame.sort_values("series", ascending=False, kind="stable")["source"])),
        day(dataset.as_of),
    )
    zh, en = (credit_line([dataset.sources[each] for each in ids], name, dataset.as_of) for name in LANGUAGES)
    return [
        Bilingual(f"资料来源：{zh}。截至{date.zh}。", f"Source: {en}. As of {date.en}."),
        Bilingual(
            "一条线为一种统计口径，只连接相邻年份；同一口径有几次公布的，取最后核实的数字。",
            "One line a statistical basis, through consecutive years only; of several releases on a basis the one "
            "verified last.",
        ),
    ]


def _plot_area(page: Page, unit: str, frame: pd.DataFrame, language: Language) -> Axes:
    """Open the plot area: years below, values on the left."""
    text = page.size.tick
    high = float(frame["value"].max())
    ticks = [float(tick) for tick in MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(0, high)]
    start, stop = 0.0, 1.12 * high
    ticks = [tick for tick in ticks if tick <= high]
    names = [figure(tick, unit, language) for tick in ticks]
    left = page.left + max(page.length(name, text) for name in names) + 0.6 * text
    axes = page.axes(left, page.bottom + 1.6 * text, page.right, page.top - 2.4 * text)
    first, last = int(frame["year"].min()), int(frame["year"].max())
    axes.set(xlim=(first - 0.5, last + 0.8), ylim=(start, stop))
    page.text(page.left, page.top - 1.6 * text, unit_name(unit, language), text, QUIET)
    step = page.locate(axes, 1, start)[0] - page.locate(axes, 0, start)[0]
    every = next(count for count in (1, 2, 5, 10) if count * step >= 1.35 * page.length("2024", text))
    years = [year for year in range(first, last + 1) if (last - year) % every == 0]
    axes.set_xticks(years, [str(year) for year in years], fontsize=text)
    axes.set_yticks(ticks, names, fontsize=text)
    axes.tick_params(axis="y", length=0, pad=0.4 * text, labelfontfamily=FAMILY)
    axes.tick_params(axis="x", length=0.3 * text, width=0.6, pad=0.25 * text, labelfontfamily=FAMILY)
    axes.hlines(ticks, first - 0.5, last + 0.8, color=RULE, linewidth=0.5, zorder=0.5)
    axes.spines[["left", "right", "top"]].set_visible(False)
    return axes


def _looks(frame: pd.DataFrame) -> dict[str, tuple[str, str, str]]:
    """Mark, its sign in text and colour of every basis, oldest first; the newest has the last look."""
    bases = list(dict.fromkeys(frame.loc[frame["series"] == "figure", "basis"]))
    return {basis: LOOKS[place % len(LOOKS)] for place, basis in enumerate(bases, start=max(4 - len(bases), 0))}


def _draw(axes: Axes, page: Page, frame: pd.DataFrame) -> None:
    """Draw every basis, and the largest revision as an arrow from the older to the newer figure."""
    look, looks = page.size, _looks(frame)
    figures = frame[frame["series"] == "figure"]
    for run in runs(figures):
        colour = looks[run["basis"].iloc[0]][2]
        axes.plot(run["year"], run["value"], color=colour, linewidth=0.8 * look.line, gid="line", zorder=2)
    for basis, own in figures.groupby("basis", sort=False):
        shape, _, colour = looks[str(basis)]
        axes.plot(
            own["year"], own["value"], linestyle="none", marker=shape, markersize=0.9 * look.marker, color=colour,
            markeredgecolor="white", markeredgewidth=0.2 * look.line, gid=f"basis {basis}", zorder=3,
        )  # fmt: skip
    (row,) = rows(frame, "revision")
    before = float(figures.loc[figures["year"] == row.year, "value"].iloc[0])
    axes.annotate(
        "", (row.year, row.value), (row.year, before), zorder=4, gid="revision",
        arrowprops={
            "arrowstyle": "->", "color": PINK, "linewidth": 0.7 * look.line, "shrinkA": look.marker / 2,
            "shrinkB": look.marker / 2,
        },
    )  # fmt: skip


def _label(axes: Axes, page: Page, frame: pd.DataFrame, language: Language) -> None:
    """Name the revision with its two figures, and every basis at its last figure."""
    look, looks, figures = page.size, _looks(frame), frame[frame["series"] == "figure"]
    (left, low), (right, high) = (
        page.locate(axes, *corner) for corner in zip(axes.get_xlim(), axes.get_ylim(), strict=True)
    )
    labels = Labels(page, axes, Box(left + 2, low + 2, right, high + look.tick))
    for row in rows(figures):
        labels.avoid_mark(row.year, row.value, 0.6 * look.marker)
    for run in runs(figures):
        labels.avoid_line(zip(run["year"], run["value"], strict=True))
    (row,) = rows(frame, "revision")
    before = float(figures.loc[figures["year"] == row.year, "value"].iloc[0])
    labels.avoid_line([(row.year, before), (row.year, row.value)], radius=3)
    told = getattr(row, f"label_{language}").split("\n")
    labels.add(told, (row.year, row.value), ("below right", "right, low", "below"), look.label, PINK, 1.3)
    room = 0.42 * (right - left)
    for basis, own in figures.groupby("basis", sort=False):
        at = own.iloc[-1]
        words = page.wrap(f"{looks[str(basis)][1]} {at[f'label_{language}']}", look.label, room)
        sides = ("above left", "above", "left", "below left", "below right", "below")
        labels.add(words, (at["year"], at["value"]), sides, look.label, INK, 1.2)
