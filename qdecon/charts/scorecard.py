"""The figure of all targets: a table with dots on a slide, counts by status in a newspaper column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from qdecon.charts.page import ASCENT, PITCH, Page, open_draft, open_page
from qdecon.charts.style import BAND80, BLUE, INK, ORANGE, QUIET, RULE, STATUS_LOOK, drawing, find_size
from qdecon.charts.table import alt_scorecard, frame_scorecard, headline_scorecard, tally
from qdecon.charts.words import status_word
from qdecon.verdict.wording import day

if TYPE_CHECKING:
    import pandas as pd

    from qdecon.charts.page import Chart
    from qdecon.charts.style import SizeName
    from qdecon.plan import Language, Plan
    from qdecon.verdict.card import Scorecard

ROW, TEXT, SMALL = 15.0, 9.0, 8.2  # points: from row to row, rows of the table, names at its end
LOW, HIGH = 0.5, 1.6  # parts of the target at the ends of the dots' axis
GAP, INDENT = 10.0, 16.0  # points between columns, and before them
HEADS = {
    "zh": ("目标", "期限", "要求", "公布值、预测\n或上限", "相当于目标的百分比", "达标可能性"),
    "en": (
        "Target",
        "Deadline",
        "Asked",
        "Published,\nprojected or ceiling",
        "In % of the target",
        "Chance to\nmeet it",
    ),
}


def chart_scorecard(scorecard: Scorecard, language: Language = "zh", *, size: SizeName = "slide") -> Chart:
    """Draw all targets of a plan, grouped by status; the title counts them.

    Parameters
    ----------
    scorecard : Scorecard
    language : {"zh", "en"}
    size : {"slide", "column", "web", "square"}
        A table as wide as a slide and as tall as it needs; narrower sizes count by status.

    Returns
    -------
    Chart
        A matplotlib Figure; its ``alt`` says in words what it shows.

    Raises
    ------
    UnknownName
        If there is no such size.
    """
    frame, look = frame_scorecard(scorecard), find_size(size)
    alt = alt_scorecard(scorecard, frame, language)
    with drawing():
        draft = _draw(open_draft(look, alt), scorecard, frame, language)
        page = _draw(open_page(look, alt, draft.height - (draft.top - draft.bottom)), scorecard, frame, language)
    return page.chart


def _draw(page: Page, scorecard: Scorecard, frame: pd.DataFrame, language: Language) -> Page:
    """Fill a page from both ends; what is left between is not needed."""
    look = page.size
    wide = look.width >= find_size("slide").width
    plan, when = scorecard.plan, day(scorecard.as_of)[language]
    page.rule((page.left, page.right), page.top, BLUE, 1.2 * look.line)
    page.heading(headline_scorecard(frame, language), look.title, BLUE, space=0.35 * look.title)
    page.heading(plan.title[language], look.subtitle, QUIET, space=0.1 * look.subtitle)
    page.heading(_measure(plan, frame, language), look.subtitle, QUIET, space=0.1 * look.subtitle)
    page.notes(_notes(frame, when, language, wide=wide), look.foot, QUIET, 0.8 * look.foot)
    page.top -= 0.8 * look.subtitle
    if wide:
        _table(page, frame, language)
        _names(page, frame, language)
    else:
        _bars(page, frame, language)
    return page


def _measure(plan: Plan, frame: pd.DataFrame, language: Language) -> str:
    """What is counted, where and when."""
    first, last = plan.period[0], max(plan.period[1], *(int(year[-4:]) for year in frame["deadline"] if year))
    if language == "zh":
        return f"{plan.place.zh}，各项目标的判断，项数，{first}至{last}年"
    return f"Verdicts on targets, number of targets, {plan.place.en}, {first} to {last}"


def _notes(frame: pd.DataFrame, when: str, language: Language, *, wide: bool) -> list[str]:
    """Foot: source, as-of date, rule, and what is not counted."""
    rest = int((~frame["counted"] & (frame["place"] == "row")).sum())
    names = int((frame["place"] == "list").sum())
    if language == "zh":
        first = f"资料来源：方案报道原文和已公布的统计数字，逐条见数据文件。截至{when}。"
        rule = "判定规则：期限年的公布值达到要求为完成；未到期限者，可能性80%以上为在轨，20%以下为偏离。"
        grey = f"灰字{rest}条为企业承诺、另一种读法或后续目标，不计入标题。" if wide and rest else ""
        dots = "实心点为公布值；空心点为预测或推算的中位数，线段为80%区间。" if wide else ""
        return [first + rule, dots + grey + (f"另有{names}条条款没有数字，无法核对。" if names and not wide else "")]
    first = f"Source: report of the plan and published statistics, clause by clause in the data files. As of {when}. "
    rule = "Rule: met if the deadline's figure is as asked; before it, on track from 80%, off track up to 20%."
    dots = "Filled dots: published. Open dots: projected or estimated median, with 80% interval. " if wide else ""
    grey = (
        f"The {rest} rows in grey are enterprise pledges, further readings or successor goals and are not counted."
        if wide and rest
        else ""
    )
    return [
        first + rule,
        dots + grey + (f"{names} further clauses have no figure to check." if names and not wide else ""),
    ]


def _table(page: Page, frame: pd.DataFrame, language: Language) -> None:
    """Write one line a reading, grouped by status, with a dot for the value in per cent of the target."""
    rows = frame[frame["place"] == "row"]
    names = ["label", "deadline", "asked", "found", "plot", "chance"]
    fields = {name: name if name == "deadline" else f"{name}_{language}" for name in names if name != "plot"}
    heads = dict(zip(names, HEADS[language], strict=True))
    widths = {
        name: max(page.length(text, TEXT) for text in [*rows[field], *heads[name].split("\n")])
        for name, field in fields.items()
    }
    widths["plot"] = page.right - page.left - INDENT - sum(widths.values()) - (len(names) - 1) * GAP
    edges, x = {}, page.left + INDENT
    for name in names:
        edges[name], x = x, x + widths[name] + GAP
    for name, head in heads.items():
        for place, line in enumerate(reversed(head.split("\n"))):
            page.text(edges[name], page.top - TEXT * (ASCENT + PITCH * (1 - place)), line, SMALL, QUIET)
    page.top -= 2 * PITCH * TEXT
    span = (edges["plot"], edges["plot"] + widths["plot"])
    page.top -= 0.2 * ROW
    start = page.top
    for status, own in rows.groupby("status", sort=False):
        _group_head(page, str(status), own, language)
        for row in own.itertuples():
            middle = page.top - ROW / 2
            page.rule((page.left + INDENT, page.right), page.top - ROW, RULE, 0.4)
            for name, field in fields.items():
                colour = INK if row.counted else QUIET
                page.text(edges[name], middle - 0.36 * TEXT, str(getattr(row, field)), TEXT, colour)
            _dot(page, row, span, middle)
            page.top -= ROW
    axis = _across(1.0, span)
    full = Line2D((axis, axis), (start - ROW, page.top), color=ORANGE, linewidth=1.0, transform=page.points, zorder=1)
    page.chart.add_artist(full)
    for part in (LOW, 1.0, 1.5):
        page.text(_across(part, span), start - 0.64 * ROW, f"{100 * part:.0f}%", SMALL, QUIET, "center")


def _group_head(page: Page, status: str, own: pd.DataFrame, language: Language) -> None:
    """Write symbol, word and number of a status."""
    counted = int(own["counted"].sum())
    word = status_word(status, language)
    text = f"{word} {counted}项" if language == "zh" else f"{word.capitalize()}: {counted}"
    rest = len(own) - counted
    if rest:
        text += f"（另列{rest}条）" if language == "zh" else f" (and {rest} not counted)"
    page.top -= 0.25 * ROW
    page.symbol(page.left + 0.5 * TEXT, page.top - ROW / 2, status, 0.9 * TEXT)
    page.text(page.left + INDENT, page.top - ROW / 2 - 0.36 * TEXT, text, 1.12 * TEXT, BLUE)
    page.top -= ROW


def _across(part: float, span: tuple[float, float]) -> float:
    """Position of a part of the target between the ends of the dots' axis; beyond them, the end."""
    inside = min(max(part, LOW), HIGH)
    return span[0] + (inside - LOW) / (HIGH - LOW) * (span[1] - span[0])


def _dot(page: Page, row: Any, span: tuple[float, float], y: float) -> None:
    """Draw the published value as a filled dot, else the projected median as an open one with its interval."""
    colour = STATUS_LOOK[row.status].colour
    if row.lo80 == row.lo80:  # not NaN
        ends = (_across(row.lo80, span), _across(row.hi80, span))
        bar = Line2D(ends, (y, y), color=BAND80, linewidth=4.5, solid_capstyle="butt", transform=page.points)
        bar.set_gid(f"interval {row.id}")
        page.chart.add_artist(bar)
    for value, filled in ((row.ratio, True), (row.median, False)):
        if value == value:  # not NaN
            shape = "o" if LOW <= value <= HIGH else ">" if value > HIGH else "<"
            dot = Line2D(
                (_across(value, span),), (y,), linestyle="none", marker=shape, markersize=0.62 * TEXT, color=colour,
                markerfacecolor=colour if filled else "white", transform=page.points, gid=f"dot {row.id}",
            )  # fmt: skip
            page.chart.add_artist(dot)
            break


def _names(page: Page, frame: pd.DataFrame, language: Language) -> None:
    """Name the clauses without a figure, in columns."""
    rows = frame[frame["place"] == "list"]
    if rows.empty:
        return
    text = (
        f"没有可核对数字的结构、事实和定性条款：{len(rows)}条"
        if language == "zh"
        else f"Clauses on structure, facts or qualitative aims, with no figure to check: {len(rows)}"
    )
    page.top -= 0.6 * ROW
    page.symbol(page.left + 0.5 * TEXT, page.top - ROW / 2, "not_assessable", 0.9 * TEXT)
    page.text(page.left + INDENT, page.top - ROW / 2 - 0.36 * TEXT, text, 1.12 * TEXT, BLUE)
    page.top -= 1.2 * ROW
    names = list(rows[f"label_{language}"])
    longest = max(page.length(name, SMALL) for name in names) + GAP
    columns = max(1, int((page.right - page.left - INDENT + GAP) // longest))
    depth = -(-len(names) // columns)
    for place, name in enumerate(names):
        column, line = divmod(place, depth)
        x = page.left + INDENT + column * (page.right - page.left - INDENT) / columns
        page.text(x, page.top - 0.8 * ROW * line - ASCENT * SMALL, name, SMALL, QUIET)
    page.top -= 0.8 * ROW * depth + 0.3 * ROW


def _bars(page: Page, frame: pd.DataFrame, language: Language) -> None:
    """Draw one bar a status with its symbol, word and number."""
    counts, look = tally(frame), page.size
    words = {status: status_word(status, language).capitalize() for status in counts}
    pitch, text = 2.1 * look.subtitle, 1.1 * look.subtitle
    if page.width == page.height:  # no draft, and a square that is taller than its rows need
        pitch = min((page.top - page.bottom) / len(counts) - 0.1 * pitch, 1.8 * pitch)
    left = page.left + 1.8 * text + max(page.length(word, text) for word in words.values()) + 0.8 * text
    room = page.right - left - 2.2 * text
    for status, count in counts.items():
        middle = page.top - pitch / 2
        page.symbol(page.left + 0.5 * text, middle, status, 0.85 * text)
        page.text(page.left + 1.5 * text, middle - 0.36 * text, words[status], text, INK)
        length = room * count / max(counts.values())
        bar = Rectangle(
            (left, middle - 0.34 * pitch), length, 0.68 * pitch, facecolor=STATUS_LOOK[status].colour, edgecolor="none",
            transform=page.points, gid=f"bar {status}",
        )  # fmt: skip
        page.chart.add_artist(bar)
        page.text(left + length + 0.4 * text, middle - 0.36 * text, str(count), text, INK)
        page.top -= pitch
    page.top -= 0.4 * pitch
