"""The figure of a composition: the shares of the parts of a whole year by year, each year on one statistical basis."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.patches import Rectangle

from qdecon.charts.badges import surround
from qdecon.charts.series import rows
from qdecon.charts.style import BAND80, BLUE, GREY, INK, QUIET, RULE, drawing, find_size
from qdecon.charts.titles import credit_line
from qdecon.charts.words import PRICES, brief
from qdecon.errors import NotAvailable
from qdecon.plan import LANGUAGES, Bilingual
from qdecon.scrutiny.audit.consistency import shares
from qdecon.verdict.wording import day, inside, joined

if TYPE_CHECKING:
    from qdecon.charts.page import Chart, Page
    from qdecon.charts.style import SizeName
    from qdecon.data import Dataset
    from qdecon.plan import Language
    from qdecon.projection import Accounts

COLUMNS = "series year part basis share lo80 hi80 state label_zh label_en".split()
COLOURS = ((BLUE, "white"), (BAND80, INK), (INK, "white"))  # fill, and the number on it, from the left
SPAN = 25  # years drawn
ROUNDING = 0.6  # points by which three rounded shares may miss 100
APART, THICK = 0.55, 0.8  # of a row: what sets a gap off; how thick a bar is
LEAST, MOST = 1.6, 2.2  # in labels: the lowest and the tallest row
STATE = {"published": Bilingual("公布", "published"), "projected": Bilingual("预测", "projected")}


def frame_composition(dataset: Dataset, whole: str = "gdp", *, accounts: Accounts | None = None) -> pd.DataFrame:
    """Tabulate what :func:`chart_composition` draws.

    Parameters
    ----------
    dataset : Dataset
    whole : str
        An indicator with parts.
    accounts : Accounts, optional
        Joint outcomes that hold the parts and the whole.

    Returns
    -------
    pandas.DataFrame
        One row a part and year, basis by basis, the last part first. ``share`` is in %: published, or of two
        published levels on one basis (``series`` is ``published``); or the median of the outcomes with its 80 %
        interval (``projected``). A year of which a part is missing is left out.

    Raises
    ------
    NotAvailable
        If the whole has no parts, or no year has all of them.
    UnknownName
        If there is no such indicator.
    """
    parts = list(dataset.indicator(whole).parts)[::-1]
    found = {part: shares(dataset, part, whole) for part in parts}
    order = {basis.id: place for place, basis in enumerate(dataset.bases)}
    every = set.intersection(*map(set, found.values())) if parts else set[tuple[int, str]]()
    full = [cell for cell in every if abs(sum(found[part][cell].value for part in parts) - 100) <= ROUNDING]
    if not full:
        raise NotAvailable(f"no year has a share of every part of {whole}", "argument whole", "choose another")
    none, names = float("nan"), {part: _name(dataset, part) for part in parts}
    first = max(year for year, _ in full) - SPAN
    made = [
        ("published", year, part, basis, found[part][year, basis].value, none, none, "published", *names[part])
        for year, basis in sorted(full, key=lambda cell: (order[cell[1]], cell[0]))
        if year > first
        for part in parts
    ]
    if accounts is not None:
        for place, year in enumerate(accounts.years):
            for part in parts:
                low, middle, high = (
                    float(each)
                    for each in pd.Series(100 * accounts.share(part, whole)[:, place]).quantile([0.1, 0.5, 0.9])
                )
                made.append(("projected", year, part, "", middle, low, high, "projected", *names[part]))
    return pd.DataFrame(made, columns=COLUMNS)


def _name(dataset: Dataset, part: str) -> tuple[str, ...]:
    """Names of a part without the words that it is value added."""
    name = dataset.indicator(part).name
    return name.zh.removesuffix("增加值"), name.en.removesuffix(" value added")


def chart_composition(
    dataset: Dataset, language: Language = "zh", *, whole: str = "gdp", size: SizeName = "slide",
    accounts: Accounts | None = None,
) -> Chart:  # fmt: skip
    """Draw the shares of the parts of a whole, a stacked bar a year; the title is the latest change on one basis.

    Parameters
    ----------
    dataset : Dataset
    language : {"zh", "en"}
    whole : str
        An indicator with parts.
    size : {"slide", "column", "web", "square"}
        Taller where the years need it.
    accounts : Accounts, optional
        Joint outcomes, from :func:`qdecon.project_accounts`: their medians are drawn below, outlined.

    Returns
    -------
    Chart
        A matplotlib Figure; its ``alt`` says in words what it shows.

    Raises
    ------
    NotAvailable
        If the whole has no parts, or no year has all of them.
    UnknownName
        If there is no such indicator or size.

    Examples
    --------
    >>> import qdecon as qd
    >>> chart_composition(qd.load("qingdao"), "en").title
    'Services made up 63.6% of GDP in 2025, 0.8 points more than in 2024'
    """
    frame, look = frame_composition(dataset, whole, accounts=accounts), find_size(size)
    heads = (_finding(dataset, whole, frame), _range(frame), _measure(dataset, whole, frame))
    notes, kind = _notes(dataset, frame), Bilingual("堆叠条形图", "Stacked bar chart")
    with drawing():
        page = surround(look, 0, kind, heads, notes, language)
        needed = (_depth(frame) * LEAST + 3.2) * look.label
        lacking = needed - (page.top - page.bottom)
        page = surround(look, lacking, kind, heads, notes, language) if lacking > 0 else page
        _draw(page, dataset, frame, language)
    return page.chart


def _finding(dataset: Dataset, whole: str, frame: pd.DataFrame) -> Bilingual:
    """The latest share of the largest part, and its change since the first year on the same basis."""
    known = frame[frame["series"] == "published"]
    latest = known[known["year"] == known["year"].max()]
    top = latest.loc[latest["share"].idxmax()]
    own = known[(known["part"] == top["part"]) & (known["basis"] == top["basis"])]
    first, name = own.iloc[0], dataset.indicator(whole).name
    now, change, year = f"{top['share']:.1f}%", top["share"] - first["share"], first["year"]
    said = Bilingual(
        f"{top['year']}年{top['label_zh']}占{name.zh}{now}",
        f"{top['label_en']} made up {now} of {name.en} in {top['year']}",
    )
    if year == top["year"]:
        return said
    more, points = change >= 0, f"{abs(change):.1f}"
    return brief(
        Bilingual(
            f"{said.zh}，比{year}年{'高' if more else '低'}{points}个百分点",
            f"{said.en}, {points} points {'more' if more else 'less'} than in {year}",
        ),
        Bilingual(
            f"{top['year']}年{top['label_zh']}占比{now}，比{year}年{'高' if more else '低'}{points}个百分点", said.en
        ),
        said,
    )


def _range(frame: pd.DataFrame) -> Bilingual:
    """What is projected of the largest part for the last year; else how many years are known in full."""
    ahead, known = frame[frame["series"] == "projected"], frame[frame["series"] == "published"]
    count = known["year"].nunique()
    full = Bilingual(f"{count}个年份各部分都有公布数", f"{count} years with published figures of every part")
    if ahead.empty:
        return full
    last = ahead[ahead["year"] == ahead["year"].max()]
    top = last.loc[last["share"].idxmax()]
    ends = f"{top['lo80']:.1f}", f"{top['hi80']:.1f}%"
    year, middle, name = top["year"], f"{top['share']:.1f}%", inside(top["label_en"])
    return Bilingual(
        f"预测{year}年{top['label_zh']}为{middle}（80%区间{ends[0]}至{ends[1]}）",
        f"Projected for {year}: {name} {middle} (80% interval {ends[0]} to {ends[1]})",
    )


def _measure(dataset: Dataset, whole: str, frame: pd.DataFrame) -> Bilingual:
    """Measure, place, unit, price basis and period."""
    about, place = dataset.indicator(whole), dataset.plan.place
    prices, (first, last) = PRICES.get(about.price_basis, Bilingual("", "")), (frame["year"].min(), frame["year"].max())
    return Bilingual(
        f"各部分占{place.zh}{about.name.zh}的比重，%，{prices.zh}，{first}至{last}年",
        f"Shares in the {about.name.en} of {place.en}, %, {prices.en}, {first} to {last}",
    )


def _notes(dataset: Dataset, frame: pd.DataFrame) -> list[Bilingual]:
    """Foot: sources, the as-of date, what a gap is and what is projected."""
    cells = {(row.part, row.year, row.basis) for row in rows(frame, "published")}
    ids = [
        item.source
        for part in dict.fromkeys(frame["part"])
        for (year, basis), item in reversed(dataset.annual(part).items())
        if (part, year, basis) in cells
    ]
    date = day(dataset.as_of)
    sources = [dataset.sources[each] for each in dict.fromkeys(ids)]
    zh, en = (credit_line(sources, each, dataset.as_of) for each in LANGUAGES)
    gap = Bilingual(
        "各段统计口径不同，不能相比；空行处缺年份。",
        "Groups stand on different statistical bases and cannot be compared; where rows part, years are missing.",
    )
    ahead = Bilingual("虚框为预测中位数，不是公布数。", "Dashed outlines: projected medians, not published.")
    shown = (frame["series"] == "projected").any()
    return [
        Bilingual(f"资料来源：{zh}。截至{date.zh}。", f"Source: {en}. As of {date.en}."),
        joined(gap, ahead if shown else None),
    ]


def _groups(frame: pd.DataFrame) -> list[tuple[str, str, list[int]]]:
    """Series, basis and years of every stretch of rows, in order of time."""
    found: list[tuple[str, str, list[int]]] = []
    for row in rows(frame[["series", "basis", "year"]].drop_duplicates()):
        if not found or found[-1][:2] != (row.series, row.basis):
            found.append((row.series, row.basis, []))
        found[-1][2].append(row.year)
    return found


def _depth(frame: pd.DataFrame) -> float:
    """Rows needed: years, heads of the groups, and gaps between years."""
    groups = _groups(frame)
    gaps = sum(after - before > 1 for _, _, years in groups for before, after in pairwise(years))
    return sum(1 + len(years) for _, _, years in groups) + APART * (gaps + len(groups))


def _draw(page: Page, dataset: Dataset, frame: pd.DataFrame, language: Language) -> None:
    """Draw the rows from the top: parts named above, groups by basis, a wider step where years are missing."""
    text = page.size.label
    names = {basis.id: basis.label[language] for basis in dataset.bases}
    left, right = (
        page.left + page.length("2025", text) + 0.8 * text,
        page.right - page.length("63.6", text) - 0.4 * text,
    )
    row = min((page.top - page.bottom - 1.6 * text) / _depth(frame), MOST * text)
    y = page.top - 1.2 * text
    _heads(page, frame, (left, right), y, language)
    y -= 0.4 * text
    for series, basis, years in _groups(frame):
        y -= APART * row
        word = STATE["projected"][language] if series == "projected" else names.get(basis, "")
        page.text(page.left, y - 0.5 * row - 0.36 * text, word[:1].upper() + word[1:], text, QUIET)
        y -= row
        for place, year in enumerate(years):
            y -= APART * row if place and year - years[place - 1] > 1 else 0
            page.text(page.left, y - 0.5 * row - 0.36 * text, str(year), text, INK)
            own = frame[(frame["year"] == year) & (frame["series"] == series) & (frame["basis"] == basis)]
            _bar(page, rows(own), (left, right), y, row)
            y -= row


def _heads(page: Page, frame: pd.DataFrame, edges: tuple[float, float], y: float, language: Language) -> None:
    """Name the parts above the first row, the last one at the right edge."""
    text, own = page.size.label, rows(frame)[: frame["part"].nunique()]
    page.rule((page.left, page.right), y - 0.5 * text, RULE, 0.6)
    x = edges[0]
    for place, part in enumerate(own):
        name, last = getattr(part, f"label_{language}"), place == len(own) - 1
        start = page.right - page.length(name, text) if last else x
        page.text(start, y, name, text, INK)
        x += (edges[1] - edges[0]) * part.share / 100


def _bar(page: Page, parts: list[Any], edges: tuple[float, float], y: float, row: float) -> None:
    """Draw the parts of one year from the left; the last number stands behind its end."""
    look, text, (x, right) = page.size, page.size.label, edges
    scale, base = (right - x) / 100, y - 0.5 * row - 0.36 * text
    for place, part in enumerate(parts):
        (colour, ink), long = COLOURS[place % len(COLOURS)], part.share * scale
        ahead = part.series == "projected"
        bar = Rectangle(
            (x, y - row * (1 + THICK) / 2), long, row * THICK, transform=page.points, linewidth=0.5 * look.line,
            facecolor="white" if ahead else colour, edgecolor=GREY if ahead else "white",
            linestyle=(0, (3, 1.5)) if ahead else "-", gid=f"{'projected' if ahead else 'bar'} {part.part} {part.year}",
        )  # fmt: skip
        page.chart.add_artist(bar)
        word = f"{part.share:.1f}"
        if place == len(parts) - 1:
            page.text(page.right, base, word, text, INK, "right")
        elif page.length(word, text) < long - text:
            page.text(x + 0.5 * text, base, word, text, INK if ahead else ink)
        x += long
