"""The figure of the distances: how far every target of a plan was, or is likely to be, surpassed or missed."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from qdecon.charts.badges import quiet_axes, surround
from qdecon.charts.page import ASCENT, PITCH
from qdecon.charts.scenarios import fitted
from qdecon.charts.series import rows
from qdecon.charts.style import BAND80, BLUE, INK, PINK, QUIET, drawing, find_size
from qdecon.charts.table import frame_scorecard
from qdecon.errors import NotAvailable
from qdecon.plan import LANGUAGES, Bilingual
from qdecon.verdict.record import STATUS_WORDS
from qdecon.verdict.wording import day, inside, listed, percent

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from qdecon.charts.page import Chart, Page
    from qdecon.charts.style import SizeName
    from qdecon.plan import Language
    from qdecon.verdict.card import Scorecard

SETTLED = ("met", "missed")
NAMES, BETWEEN, THICK = 0.36, 0.7, 0.5  # of the page: how wide the names may be; in labels: between rows; half a bar
TOLD = {  # what the title counts, and how it says that some, or none, fell short
    "settled": (
        Bilingual("有最终数字的目标", "targets with a final figure"),
        Bilingual("未达到", "fell short"),
        Bilingual("都已达到", "were met"),
    ),
    "ahead": (
        Bilingual("预测的中位数", "projected medians"),
        Bilingual("低于目标", "fall short"),
        Bilingual("都超过目标", "lie above"),
    ),
}
KEY = Bilingual(
    "条：已公布；○：预测或推算的中位数和80%区间", "Bars: published.  ○ projected or estimated median, with 80% interval"
)


def frame_distance(scorecard: Scorecard) -> pd.DataFrame:
    """Tabulate what :func:`chart_distance` draws.

    Parameters
    ----------
    scorecard : Scorecard

    Returns
    -------
    pandas.DataFrame
        One row a target with a figure asked for, in the order drawn. ``series`` is ``settled`` (the published figure of
        the deadline; ``distance`` is how far it surpasses the target, in % of the target, negative where it falls
        short), ``ahead`` (the median of a projected or estimated figure, with ``lo80`` and ``hi80``) or ``silent`` (no
        figure to measure: named in words only). ``counted`` tells pledges and further readings from targets.
    """
    found = frame_scorecard(scorecard)
    found = found[(found["place"] == "row") & found["target"].notna()].reset_index(drop=True)
    sign = np.array([-1 if scorecard[name].target.comparator == "at_most" else 1 for name in found["id"]])
    settled = found["status"].isin(SETTLED) & found["value"].notna()
    level = found["ratio"].where(settled, found["median"])
    ends = [100 * sign * (found[end] - 1) for end in ("lo80", "hi80")]
    series = np.select([settled, level.notna()], ["settled", "ahead"], "silent")
    made = found.assign(
        series=series, distance=100 * sign * (level - 1), lo80=np.minimum(*ends), hi80=np.maximum(*ends),
    )  # fmt: skip
    made = made.assign(rank=made["series"].map({"settled": 0, "ahead": 1, "silent": 2}), up=-made["distance"])
    made = made.sort_values(["rank", "up"], kind="stable", ignore_index=True)
    labels = [f"{name}_{each}" for each in LANGUAGES for name in ("label", "found")]
    return made[["series", "id", "status", "counted", "deadline", "distance", "lo80", "hi80", "probability", *labels]]


def chart_distance(scorecard: Scorecard, language: Language = "zh", *, size: SizeName = "slide") -> Chart:
    """Draw how far every target was surpassed or missed, and how far those ahead are likely to be.

    Parameters
    ----------
    scorecard : Scorecard
    language : {"zh", "en"}
    size : {"slide", "column", "web", "square"}
        Taller where the rows need it.

    Returns
    -------
    Chart
        A matplotlib Figure; its ``alt`` says in words what it shows.

    Raises
    ------
    NotAvailable
        If no target has a published or projected figure.
    UnknownName
        If there is no such size.

    Examples
    --------
    >>> import qdecon as qd
    >>> chart_distance(qd.scorecard(qd.load("qingdao")), "en").title
    '2 of 3 targets with a final figure fell short, by up to 22.1%'
    """
    frame, look = frame_distance(scorecard), find_size(size)
    shown = rows(frame[frame["series"] != "silent"])
    if not shown:
        raise NotAvailable("no target has a figure to measure", "argument scorecard", "use chart_scorecard")
    heads, notes = (_finding(frame), KEY, _measure(scorecard, frame)), _notes(scorecard, frame)
    kind = Bilingual("双向条形图", "Diverging bar chart")
    with drawing():
        page = surround(look, 0, kind, heads, notes, language)
        names, edges = _blocks(page, shown, language)
        lacking = edges[-1] * look.label + 3 * look.tick - (page.top - page.bottom)
        if lacking > 0:
            page = surround(look, lacking, kind, heads, notes, language)
            names, edges = _blocks(page, shown, language)
        axes = _plot_area(page, frame, names, edges[-1], language)
        for row, lines, (low, high) in zip(shown, names, pairwise(edges), strict=True):
            _row(page, axes, row, lines, (low + high) / 2, language)
        told = [f"{_name(row, language)}{'：' if language == 'zh' else ': '}{_said(row, language)}" for row in shown]
        page.chart.alt += ("" if language == "zh" else " ") + ("；" if language == "zh" else "; ").join(told)
        page.chart.alt += "。" if language == "zh" else "."
    return page.chart


def _blocks(page: Page, shown: list[Any], language: Language) -> tuple[list[list[str]], list[float]]:
    """The name of each row in lines, and the edges of the rows from the top, in labels."""
    room, text = NAMES * (page.right - page.left), page.size.label
    names = [fitted(page, _name(row, language), text, room) for row in shown]
    return names, [0.0, *accumulate(PITCH * len(lines) + BETWEEN for lines in names)]


def _name(row: Any, language: Language) -> str:
    """A target with its year, unless its name holds it."""
    label = getattr(row, f"label_{language}")
    if row.deadline in label:
        return str(label)
    return f"{label}（{row.deadline}）" if language == "zh" else f"{label} ({row.deadline})"


def _said(row: Any, language: Language) -> str:
    """Status and distance."""
    return f"{STATUS_WORDS[row.status][language]} {row.distance:+.1f}%".replace("-", "−")


def _finding(frame: pd.DataFrame) -> Bilingual:
    """How many of the counted targets with a figure fell short, and by how much the farthest."""
    counted = frame[frame["counted"]]
    for series, (name, short, met) in TOLD.items():
        own = counted[counted["series"] == series]
        if own.empty:
            continue
        low, count = own[own["distance"] < 0], len(own)
        if low.empty:
            least, every = percent(own["distance"].min() / 100), {1: "The only", 2: "Both"}.get(count, f"All {count}")
            return Bilingual(
                f"{count}项{name.zh}{met.zh}，至少超出{least}", f"{every} {name.en} {met.en}, by {least} or more"
            )
        worst = percent(-low["distance"].min() / 100)
        return Bilingual(
            f"{count}项{name.zh}中，{len(low)}项{short.zh}，最多差{worst}",
            f"{len(low)} of {count} {name.en} {short.en}, by up to {worst}",
        )
    shown = frame[frame["series"] != "silent"]
    below = int((shown["distance"] < 0).sum())
    return Bilingual(
        f"{len(shown)}项有数字，{below}项不足", f"{below} of {len(shown)} readings with a figure fall short"
    )


def _measure(scorecard: Scorecard, frame: pd.DataFrame) -> Bilingual:
    """What is measured, in what unit, where and when."""
    place, (first, last) = scorecard.plan.place, scorecard.plan.period
    last = max(last, *(int(year[-4:]) for year in frame["deadline"] if year))
    return Bilingual(
        f"与目标之差，占目标的%；{place.zh}方案各项目标，{first}至{last}年",
        f"Distance to the target in % of it; targets of {place.en}'s plan, {first} to {last}",
    )


def _notes(scorecard: Scorecard, frame: pd.DataFrame) -> list[Bilingual]:
    """Foot: source, date, what is not counted, and the targets without a figure, by name."""
    date, silent = day(scorecard.as_of), frame[(frame["series"] == "silent") & frame["counted"]]
    names = {each: [_unmeasured(row, each) for row in rows(silent)] for each in LANGUAGES}
    source = Bilingual(
        f"资料来源：方案报道原文和已公布的统计数字，逐条见数据文件。截至{date.zh}。灰字为企业承诺、另一种读法或后续目标，不计入标题。",
        f"Source: report of the plan and published statistics, clause by clause in the data files. As of {date.en}. "
        "In grey: enterprise pledges, further readings and successor goals, not counted in the title.",
    )
    if silent.empty:
        return [source]
    return [source, Bilingual(
        f"没有可比的最终数字的目标（{len(silent)}项）：{listed(names['zh'], 'zh')}。",
        f"Targets without a final figure to compare ({len(silent)}): {'; '.join(names['en'])}.",
    )]  # fmt: skip


def _unmeasured(row: Any, language: Language) -> str:
    """A target without a figure, with what is known of it."""
    label, told = getattr(row, f"label_{language}"), getattr(row, f"found_{language}")
    if language == "zh":
        return f"{label}（{told}）" if told else str(label)
    return inside(label) + (f" ({told})" if told else "")


def _plot_area(page: Page, frame: pd.DataFrame, names: list[list[str]], height: float, language: Language) -> Axes:
    """Open the plot area between names and verdicts; the target is nought, a line."""
    look, text, shown = page.size, page.size.label, frame[frame["series"] != "silent"]
    left = page.left + max(page.length(line, text) for lines in names for line in lines) + text
    right = page.right - max(page.length(_said(row, language), text) for row in rows(shown)) - 2.4 * text
    axes = page.axes(left, page.bottom + 1.8 * look.tick, right, page.top - 0.6 * look.tick)
    ends = shown[["distance", "lo80", "hi80"]].to_numpy()
    low, high = min(0.0, float(np.nanmin(ends))), max(0.0, float(np.nanmax(ends)))
    slack = 0.04 * (high - low or 1.0)
    axes.set(xlim=(low - slack, high + slack), ylim=(height, 0.0), yticks=[])
    most = int(np.clip((right - left) / (1.8 * page.length("+100%", look.tick)), 2, 7))
    ticks = [tick for tick in MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high) if low <= tick <= high]
    words = [f"{tick:+g}%".replace("-", "−") if tick else {"zh": "目标", "en": "target"}[language] for tick in ticks]
    axes.set_xticks(ticks, words, fontsize=look.tick)
    quiet_axes(axes, look.tick, ticks)
    axes.axvline(0, color=INK, linewidth=0.5 * look.line, zorder=4, gid="target")
    return axes


def _row(page: Page, axes: Axes, row: Any, names: list[str], y: float, language: Language) -> None:
    """Write a target and its verdict, and draw its bar, or its median with the interval."""
    look, text, colour = page.size, page.size.label, INK if row.counted else QUIET
    middle = page.locate(axes, 0, y)[1]
    edge = page.locate(axes, axes.get_xlim()[1], y)[0] + 0.8 * text
    for place, line in enumerate(names):
        top = middle + PITCH * text * len(names) / 2
        page.text(page.left, top - text * (ASCENT + 0.1 + PITCH * place), line, text, colour)
    page.symbol(edge + 0.5 * text, middle, row.status, 0.8 * text)
    page.text(edge + 1.4 * text, middle - 0.36 * text, _said(row, language), text, colour)
    if row.series == "settled":
        bar = Rectangle(
            (0, y - THICK), row.distance, 2 * THICK, color=BLUE if row.distance >= 0 else PINK, linewidth=0,
            gid=f"bar {row.id}", zorder=2,
        )  # fmt: skip
        axes.add_patch(bar)
        return
    axes.plot(
        (row.lo80, row.hi80), (y, y), color=BAND80, linewidth=look.marker, solid_capstyle="butt",
        gid=f"interval {row.id}", zorder=2,
    )  # fmt: skip
    axes.plot(
        [row.distance], [y], "o", markersize=1.1 * look.marker, color=BLUE, markerfacecolor="white",
        markeredgewidth=0.5 * look.line, gid=f"median {row.id}", zorder=5,
    )  # fmt: skip
