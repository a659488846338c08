"""The figure of one city among all: where every place stands on one common target, the best first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from qdecon.charts.badges import quiet_axes, surround
from qdecon.charts.series import rows
from qdecon.charts.style import BAND80, BAND95, BLUE, INK, drawing, find_size
from qdecon.charts.words import brief, figure, round_amount, short_chance, status_word, unit_name
from qdecon.errors import NotAvailable
from qdecon.plan import LANGUAGES, Bilingual
from qdecon.verdict.wording import amount, day, joined, listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from qdecon.charts.page import Chart, Page
    from qdecon.charts.style import SizeName
    from qdecon.plan import Language
    from qdecon.verdict.record import Verdict
    from qdecon.verdict.standing import Standing

TALL, ROUND = 1.42, 4.6  # in font sizes: a row; above and below the rows
SETTLED, STEPS = ("met", "missed"), [1, 2, 2.5, 5, 10]
PUBLISHED = Bilingual("● 已公布的数字", "● published figure")
DERIVED = Bilingual("● 由公布数推算", "● derived from published figures")
PROJECTED = Bilingual("○ 预测中位数和80%区间", "○ projected median, with 80% interval")
REACHED = {  # keeping the target, done and ahead
    "at_least": (Bilingual("达到", "reached"), Bilingual("有望达到", "on track to reach")),
    "more_than": (Bilingual("超过", "exceeded"), Bilingual("有望超过", "on track to exceed")),
    "at_most": (Bilingual("不高于", "stayed at or below"), Bilingual("有望不高于", "on track to stay at or below")),
    "about": (Bilingual("约为", "came to about"), Bilingual("有望约为", "on track for about")),
}
OWN = Bilingual(
    "目标由分析者自拟，不是这些地方提出的。", "The target is the analyst's own; these places did not set it."
)
PUBLISHERS = {"National Bureau of Statistics of China": "国家统计局", "World Bank": "世界银行"}
NUMBERS = ("value", "lo80", "hi80", "lo95", "hi95", "probability", "needed")


def frame_peers(standing: Standing, place: str | None = None) -> pd.DataFrame:
    """Tabulate what :func:`chart_peers` draws.

    Parameters
    ----------
    standing : Standing
        From :func:`qdecon.scorecard` of many places.
    place : str, optional
        The place to mark, by its Chinese or English name.

    Returns
    -------
    pandas.DataFrame
        One row a place, from the best. ``series`` is ``settled`` (``value`` was published), ``ahead`` (the median of a
        projected figure, with its intervals) or ``silent`` (no figure: named at the foot only). ``rank`` counts those
        with a figure; values are in the unit of the target, ``probability`` and ``needed`` (a year) are fractions.

    Raises
    ------
    UnknownName
        If the place is not among them.
    """
    chosen = None if place is None else standing[place].place
    made, rank = [], 0
    for verdict in standing.verdicts:
        record = _record(verdict, verdict.place == chosen)
        if record["series"] != "silent":
            rank += 1
            record["rank"] = rank
        made.append(record)
    return pd.DataFrame(made).astype(dict.fromkeys(NUMBERS, float) | {"rank": "Int64"})


def _record(verdict: Verdict, chosen: bool) -> dict[str, Any]:
    span, unit = verdict.projected, verdict.target.unit or ""
    settled = verdict.status in SETTLED and verdict.value is not None
    series = "settled" if settled else "ahead" if span is not None else "silent"
    ends = {name: None if settled or span is None else getattr(span, name) for name in ("lo80", "hi80", "lo95", "hi95")}
    record: dict[str, Any] = {
        "series": series, "rank": None, "place": verdict.place.zh, "place_en": verdict.place.en, "chosen": chosen,
        "status": verdict.status, "value": verdict.value if settled or span is None else span.median, **ends,
        "probability": verdict.probability, "needed": verdict.required_growth,
    }  # fmt: skip
    for language in LANGUAGES:
        number = ""
        if settled and verdict.value is not None:
            number = figure(verdict.value, unit, language)
        elif verdict.probability is not None:
            number = short_chance(verdict.probability)
        record[f"label_{language}"] = f"{status_word(verdict.status, language)} {number}".strip()
    return record


def chart_peers(
    standing: Standing, language: Language = "zh", *, place: str | None = None, size: SizeName = "slide"
) -> Chart:
    """Draw every place as a dot beside the common target, the best first; the title counts those that kept it.

    Parameters
    ----------
    standing : Standing
        From :func:`qdecon.scorecard` of many places.
    language : {"zh", "en"}
    place : str, optional
        The place to mark, by its Chinese or English name.
    size : {"slide", "column", "web", "square"}
        Taller where the rows need it.

    Returns
    -------
    Chart
        A matplotlib Figure; its ``alt`` says in words what it shows.

    Raises
    ------
    NotAvailable
        If no place has a published or projected figure.
    UnknownName
        If there is no such size or place.

    Examples
    --------
    >>> import qdecon as qd
    >>> from qdecon.data.gathering import peers
    >>> from qdecon.plan import common_target
    >>> doubled = common_target("gdp", "multiple_of_baseline", "at_least", 2, "倍", 2018, baseline=2008)
    >>> chart_peers(qd.scorecard(peers(), doubled), "en", place="Qingdao").title
    '27 of 27 places with a figure reached 2 times; Qingdao ranks 22'
    """
    frame, look = frame_peers(standing, place), find_size(size)
    shown = rows(frame[frame["series"] != "silent"])
    if not shown:
        remedy = "print the standing, whose text names every place"
        raise NotAvailable("no place has a published or projected figure", "argument standing", remedy)
    heads = (_finding(standing, frame), _key(standing, frame), _measure(standing))
    notes, kind = _notes(standing, frame), Bilingual("点图", "Dot plot")
    with drawing():
        page = surround(look, 0, kind, heads, notes, language)
        lacking = (TALL * len(shown) + ROUND) * look.foot - (page.top - page.bottom)
        page = surround(look, lacking, kind, heads, notes, language) if lacking > 0 else page
        axes = _plot_area(page, standing, frame, language)
        for y, row in enumerate(shown):
            _row(page, axes, row, y + 0.5, language)
        told = [(_name(row, language), getattr(row, f"label_{language}")) for row in shown]
        if language == "zh":
            page.chart.alt += "；".join(f"{name}：{said}" for name, said in told) + "。"
        else:
            page.chart.alt += " " + "; ".join(f"{name}: {said}" for name, said in told) + "."
    return page.chart


def _name(row: Any, language: Language) -> str:
    return str(row.place if language == "zh" else row.place_en)


def _finding(standing: Standing, frame: pd.DataFrame) -> Bilingual:
    """How many of the places with a figure kept the target or are on track for it, and where the chosen one stands."""
    counts, drawn = frame["status"].value_counts(), frame[frame["series"] != "silent"]
    target, count = standing.target, len(drawn)
    met, ahead = int(counts.get("met", 0)), int(counts.get("on_track", 0))
    zh, en = (round_amount(target.value or 0.0, target.unit or "", language) for language in LANGUAGES)
    past, future = REACHED[target.comparator or "at_least"]
    several = f"{count} places with a figure"
    if not (drawn["series"] == "ahead").any():
        done = Bilingual(f"{met or '没有一'}个{past.zh}{zh}", f"{met or 'None'} of {several} {past.en} {en}")
    elif not (drawn["series"] == "settled").any():
        done = Bilingual(f"{ahead or '没有一'}个{future.zh}{zh}", f"{ahead or 'None'} of {several} {future.en} {en}")
    else:
        done = Bilingual(f"{met}个已达标、{ahead}个在轨", f"{met} of {several} met the target, {ahead} on track")
    short = Bilingual(f"{count}个有数字的地方中，{done.zh}", done.en)
    own = rows(frame[frame["chosen"]])
    if not own:
        return short
    row = own[0]
    if row.series == "settled":
        where = Bilingual(f"{row.place}居第{row.rank}位", f"{row.place_en} ranks {row.rank}")
    else:
        odds = row.series == "ahead" and short_chance(row.probability)
        zh, en = (odds or status_word(row.status, language) for language in LANGUAGES)
        where = Bilingual(f"{row.place}{zh}", f"{row.place_en} {en}")
    shorter = Bilingual(short.zh.replace("有数字的", ""), short.en.replace(" with a figure", ""))
    return brief(*(Bilingual(f"{each.zh}，{where.zh}", f"{each.en}; {where.en}") for each in (short, shorter)), short)


def _key(standing: Standing, frame: pd.DataFrame) -> Bilingual:
    """How to read a row, and which place is marked."""
    derived = any(verdict.evidence == "derived" for verdict in standing.verdicts if verdict.value is not None)
    kinds = {"settled": DERIVED if derived else PUBLISHED, "ahead": PROJECTED}
    keys = [key for series, key in kinds.items() if (frame["series"] == series).any()]
    keys += [Bilingual(f"◆ {row.place}", f"◆ {row.place_en}") for row in rows(frame[frame["chosen"]])]
    return Bilingual("　".join(key.zh for key in keys), "   ".join(key.en for key in keys))


def _measure(standing: Standing) -> Bilingual:
    """Measure, unit, year and places."""
    target = standing.target
    zh, en = (unit_name(target.unit or "", language) for language in LANGUAGES)
    since = Bilingual("", "")
    if target.baseline is not None:
        since = Bilingual(f"与{target.baseline}年之比", f" as a multiple of {target.baseline}")
    return Bilingual(
        f"{target.label.zh}{target.deadline}年{since.zh}，{zh}；{standing.among.zh}",
        f"{target.label.en} in {target.deadline}{since.en}, {en}; {standing.among.en.lower()}",
    )


def _notes(standing: Standing, frame: pd.DataFrame) -> list[Bilingual]:
    """Foot: source, date, whose target it is, the order, and the places without a figure, by name."""
    used = [each for verdict in standing.verdicts for each in verdict.credits if each.id in verdict.sources]
    names = list(dict.fromkeys(each.publisher or each.id for each in used))
    zh, en = listed([PUBLISHERS.get(name, name) for name in names], "zh"), listed(names, "en")
    date = day(standing.as_of)
    source = Bilingual(
        f"资料来源：{zh}。截至{date.zh}。按判断、再按数字或可能性排列。",
        f"Source: {en}. As of {date.en}. Ordered by verdict, then by figure or chance.",
    )
    if standing.target.strength == "own":
        source = joined(source, OWN)
    silent = []
    for status, group in frame[frame["series"] == "silent"].groupby("status", sort=False):
        word = Bilingual(status_word(str(status), "zh"), status_word(str(status), "en"))
        zh, en = listed(list(group["place"]), "zh"), listed(list(group["place_en"]), "en")
        silent.append(
            Bilingual(f"{word.zh}（{len(group)}个）：{zh}。", f"{word.en.capitalize()} ({len(group)}): {en}.")
        )
    return [source, *silent]


def _plot_area(page: Page, standing: Standing, frame: pd.DataFrame, language: Language) -> Axes:
    """Open the plot area between names and verdicts; the target is a line, named above."""
    look, text, target = page.size, page.size.foot, standing.target
    shown = frame[frame["series"] != "silent"]
    left = page.left + max(page.length("◆ " + _name(row, language), text) for row in rows(shown)) + text
    right = page.right - max(page.length(label, text) for label in shown[f"label_{language}"]) - 2.6 * text
    axes = page.axes(left, page.bottom + 1.9 * text, right, page.top - 2.1 * text)
    axes.patch.set_visible(False)  # the ground of the marked row lies below
    aim = float(target.value or 0.0)
    ends = shown[["value", "lo80", "hi80"]].to_numpy(float)
    low, high = min(aim, float(np.nanmin(ends))), max(aim, float(np.nanmax(ends)))
    slack = 0.04 * (high - low or 1.0)
    axes.set(xlim=(low - slack, high + slack), ylim=(len(shown), 0.0), yticks=[])
    unit = target.unit or ""
    widest = max(
        page.length(figure(tick, unit, language), text) for tick in MaxNLocator(6, steps=STEPS).tick_values(low, high)
    )
    most = int(np.clip((right - left) / (1.7 * widest), 2, 6))
    ticks = [tick for tick in MaxNLocator(most, steps=STEPS).tick_values(low, high) if low <= tick <= high]
    axes.set_xticks(ticks, [figure(tick, unit, language) for tick in ticks], fontsize=text)
    quiet_axes(axes, text, ticks)
    axes.axvline(aim, color=INK, linewidth=0.5 * look.line, zorder=1.5, gid="target")
    name = Bilingual(f"目标：{amount(aim, unit, 'zh')}", f"target: {amount(aim, unit, 'en')}")[language]
    long = page.length(name, text)
    start = page.locate(axes, aim, 0)[0] - long / 2
    page.text(min(max(start, page.left), page.right - long), page.top - 1.6 * text, name, text, INK)
    return axes


def _row(page: Page, axes: Axes, row: Any, y: float, language: Language) -> None:
    """Write a place and its verdict, and draw its figure, or its median with the interval."""
    look, text, colour = page.size, page.size.foot, BLUE if row.chosen else INK
    middle = page.locate(axes, 0, y)[1]
    if row.chosen:
        ground = Rectangle(
            (page.left - 0.4 * text, middle - TALL * text / 2), page.right - page.left + 0.8 * text, TALL * text,
            color=BAND95, linewidth=0, transform=page.points, zorder=-1,
        )  # fmt: skip
        page.chart.add_artist(ground)
    edge = page.locate(axes, axes.get_xlim()[1], y)[0] + 0.9 * text
    page.text(page.left, middle - 0.36 * text, ("◆ " if row.chosen else "") + _name(row, language), text, colour)
    page.symbol(edge + 0.5 * text, middle, row.status, 0.8 * text)
    page.text(edge + 1.5 * text, middle - 0.36 * text, getattr(row, f"label_{language}"), text, colour)
    settled = row.series == "settled"
    if not settled:
        axes.plot(
            (row.lo80, row.hi80), (y, y), color=BAND80, linewidth=0.5 * text, solid_capstyle="butt",
            gid=f"interval {row.place}", zorder=2,
        )  # fmt: skip
    axes.plot(
        [row.value], [y], "D" if row.chosen else "o", markersize=0.6 * text, color=BLUE if settled else INK,
        markerfacecolor=BLUE if settled else "white", markeredgewidth=0.4 * look.line, gid=f"dot {row.place}", zorder=3,
    )  # fmt: skip
