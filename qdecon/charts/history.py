"""The figure of one verdict over time: its probability as it stood on each date, and what it was where it had none."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pandas as pd

from qdecon.charts.page import PITCH, open_page
from qdecon.charts.place import Box, Labels
from qdecon.charts.series import rows
from qdecon.charts.style import BLUE, INK, QUIET, RULE, drawing, find_size
from qdecon.charts.titles import credit_line, status_text
from qdecon.charts.words import short_chance, status_word
from qdecon.errors import NotAvailable
from qdecon.plan import LANGUAGES, Bilingual
from qdecon.verdict.record import OFF_TRACK, ON_TRACK
from qdecon.verdict.wording import chance, day

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from qdecon.charts.page import Chart, Page
    from qdecon.charts.style import SizeName
    from qdecon.plan import Language
    from qdecon.replay.vintages.record import VerdictHistory
    from qdecon.replay.vintages.step import Step

NAMED = {"column": 2, "square": 3}  # so many releases carry their name, elsewhere MOST
MOST = 4
SMALLEST = 0.02  # change of a probability below which none does
SHORT = 500  # days: a shorter history is ticked by quarters
QUARTERS = (1, 4, 7, 10)
WIDE, NARROW = 0.65, 0.92  # heights at which a time without a forecast is named, inside it or beside
SILENT = "#F0F0F0"  # ground of a time without a forecast


def frame_history(history: VerdictHistory) -> pd.DataFrame:
    """Tabulate what :func:`chart_history` draws.

    Parameters
    ----------
    history : VerdictHistory
        From :func:`qdecon.replay.vintages.record`.

    Returns
    -------
    pandas.DataFrame
        One row a mark: ``series date until probability change status label_zh label_en``. ``series`` is ``chance`` (a
        forecast that stood from ``date`` to ``until``; its label names what was released if that moved it by 2 points
        or more) or ``segment`` (a time without a forecast, named by its status). A belief about an unpublished figure
        is no forecast and stays out.
    """
    ends = [*(step.date for step in history.steps[1:]), history.as_of]
    records: list[dict[str, Any]] = []
    for before, step, until in zip((None, *history.steps), history.steps, ends, strict=False):
        status = step.verdict.status
        if step.verdict.probability_kind != "forecast":
            if records and records[-1]["series"] == "segment" and records[-1]["status"] == status:
                records[-1]["until"] = until
                continue
            labels = {f"label_{name}": status_word(status, name) for name in LANGUAGES}
            records.append({"series": "segment", "date": step.date, "until": until, "status": status, **labels})
            continue
        named = Bilingual("", "")
        if before is not None and abs(step.change or 0.0) >= SMALLEST:
            named = _label(history, before, step)
        records.append(
            {
                "series": "chance", "date": step.date, "until": until, "probability": step.verdict.probability,
                "change": step.change, "status": status, **{f"label_{name}": named[name] for name in LANGUAGES},
            }
        )  # fmt: skip
    columns = ["series", "date", "until", "probability", "change", "status", "label_zh", "label_en"]
    return pd.DataFrame(records, columns=columns).astype({"probability": float, "change": float})


def chart_history(history: VerdictHistory, language: Language = "zh", *, size: SizeName = "slide") -> Chart:
    """Draw the probability of one target as it stood on each date; its title is the finding.

    Parameters
    ----------
    history : VerdictHistory
        From :func:`qdecon.replay.vintages.record`.
    language : {"zh", "en"}
    size : {"slide", "column", "web", "square"}

    Returns
    -------
    Chart

    Raises
    ------
    NotAvailable
        If the target never had a forecast.
    UnknownName
        If there is no such size.
    """
    frame, look, last = frame_history(history), find_size(size), history.steps[-1].verdict
    if "chance" not in set(frame["series"]):
        raise NotAvailable(
            f"target {history.target.id} never had a forecast to draw", "argument history", "use history.to_frame()"
        )
    chinese, title, measure = language == "zh", _title(history, frame, language), _measure(history, language)
    alt = f"阶梯图：{measure}。{history.sentence.zh}" if chinese else f"Step chart: {measure}. {history.sentence.en}"
    with drawing():
        page = open_page(look, alt)
        page.rule((page.left, page.right), page.top, BLUE, 1.2 * look.line)
        page.heading(title, look.title, BLUE, space=0.35 * look.title)
        page.heading(status_text(last, language), look.subtitle, INK, space=0.15 * look.subtitle, status=last.status)
        page.heading(measure, look.subtitle, QUIET, space=0.1 * look.subtitle)
        page.notes(_notes(history, language), look.foot, QUIET, 0.8 * look.foot)
        axes = _plot_area(page, history, language)
        _draw(axes, frame, page)
        _write(axes, frame, page, language, NAMED.get(size, MOST))
    return page.chart


def _label(history: VerdictHistory, before: Step, step: Step) -> Bilingual:
    """What was released, and the probability before and after."""
    ends = [short_chance(each.verdict.probability or 0.0) for each in (before, step)]
    moved = Bilingual(f"{ends[0]}变为{ends[1]}", f"{ends[0]} to {ends[1]}")
    if not step.released:
        return Bilingual(f"其他地区{step.peer_year}年数字\n{moved.zh}", f"other places {step.peer_year}\n{moved.en}")
    item = step.released[0]
    name = history.names[item.indicator]
    return Bilingual(f"{item.year}年{name.zh}\n{moved.zh}", f"{name.en} {item.year}\n{moved.en}")


def _title(history: VerdictHistory, frame: pd.DataFrame, language: Language) -> str:
    """From the first forecast to the last, and how it ended."""
    known = frame.loc[frame["series"] == "chance", "probability"]
    first, last, chinese = float(known.iloc[0]), float(known.iloc[-1]), language == "zh"
    start, end = (chance(each).zh if chinese else short_chance(each) for each in (first, last))
    name, status = history.target.label[language], history.steps[-1].verdict.status
    if start == end:
        moved = f"达标可能性{'始终' if len(known) > 1 else ''}{start}" if chinese else f"chance {start} throughout"
    elif chinese:
        moved = f"达标可能性由{start}{'降到' if last < first else '升到'}{end}"
    else:
        moved = f"chance {'fell' if last < first else 'rose'} from {start} to {end}"
    ends = {
        "met": ("，最终完成", ", then met"),
        "missed": ("，最终未完成", ", then missed"),
        "not_published": ("，数字始终未公布", ", figure never published"),
        "not_assessable": ("，现无法判断", ", now not assessable"),
    }.get(status, ("", ""))
    return f"{name}：{moved}{ends[0]}" if chinese else f"{name}: {moved}{ends[1]}"


def _measure(history: VerdictHistory, language: Language) -> str:
    first, last = day(history.steps[0].date), day(history.as_of)
    if language == "zh":
        return f"按当时已知数字判断的达标可能性，%，{history.place.zh}，{first.zh}至{last.zh}"
    return (
        f"Chance of meeting the target by what was known on each date, %, {history.place.en}, {first.en} to {last.en}"
    )


def _notes(history: VerdictHistory, language: Language) -> list[str]:
    """Foot: sources, as-of date, rule."""
    credit, date = credit_line(history.credits, language, history.as_of), day(history.as_of)[language]
    if language == "zh":
        rule = "判定规则：可能性80%以上为在轨，20%以下为偏离；其他地区的数字按次年3月31日起已知。"
        return [f"资料来源：{credit}。截至{date}。", rule]
    rule = "On track from 80%, off track up to 20%; other places' figures count as known from the next 31 March."
    return [f"Source: {credit}. As of {date}.", rule]


def _plot_area(page: Page, history: VerdictHistory, language: Language) -> Axes:
    """Open the plot area: dates below, per cent on the left, bands of status with their words on the right."""
    look, first, last = page.size, history.steps[0].date, history.as_of
    words = {0.9: "on_track", 0.5: "uncertain", 0.1: "off_track"}
    reserve = max(page.length(status_word(word, language), look.tick) for word in words.values()) + 0.6 * look.tick
    left = page.left + page.length("100%", look.tick) + 0.6 * look.tick
    axes = page.axes(left, page.bottom + 1.6 * look.tick, page.right - reserve, page.top - 0.8 * look.tick)
    span = max((last - first).days, 30)
    axes.set_xlim(first.toordinal() - 0.02 * span, first.toordinal() + 1.02 * span)
    axes.set_ylim(0, 1)
    levels = (0, OFF_TRACK, 0.5, ON_TRACK, 1)
    axes.set_yticks(levels, [f"{100 * level:.0f}%" for level in levels], fontsize=look.tick)
    axes.hlines((0.5, 1), *axes.get_xlim(), color=RULE, linewidth=0.5, zorder=0.5)
    axes.hlines((OFF_TRACK, ON_TRACK), *axes.get_xlim(), color=QUIET, linewidth=0.6, zorder=0.5)
    for height, word in words.items():
        _, up = page.locate(axes, first.toordinal(), height)
        page.text(page.right, up - 0.36 * look.tick, status_word(word, language), look.tick, QUIET, "right")
    ticks = _ticks(first, first + dt.timedelta(span), language)
    axes.set_xticks([tick.toordinal() for tick in ticks], list(ticks.values()), fontsize=look.tick)
    axes.tick_params(axis="y", length=0, pad=0.4 * look.tick, labelfontfamily="qdecon Sans")
    axes.tick_params(axis="x", length=0.3 * look.tick, width=0.6, pad=0.25 * look.tick, labelfontfamily="qdecon Sans")
    axes.spines[["left", "right", "top"]].set_visible(False)
    return axes


def _ticks(first: dt.date, last: dt.date, language: Language) -> dict[dt.date, str]:
    """Dates below the axis: each 1 January, or each quarter of a short history."""
    short = (last - first).days < SHORT
    months = QUARTERS if short else QUARTERS[:1]
    dates = [dt.date(year, month, 1) for year in range(first.year, last.year + 1) for month in months]
    return {
        date: f"{date.year}-{date.month:02d}" if short else f"{date.year}年" if language == "zh" else str(date.year)
        for date in dates
        if first <= date <= last
    }


def _draw(axes: Axes, frame: pd.DataFrame, page: Page) -> None:
    """Draw every row: forecasts as a step line with a dot where each began, other times as grey ground."""
    look = page.size
    for row in rows(frame, "segment"):
        axes.axvspan(row.date.toordinal(), row.until.toordinal(), color=SILENT, linewidth=0, zorder=0.95, gid="segment")
    for path in _paths(frame):
        axes.plot(*zip(*path, strict=True), color=BLUE, linewidth=look.line, gid="chance", zorder=3)
    for row in rows(frame, "chance"):
        axes.plot(
            [row.date.toordinal()], [row.probability], linestyle="none", marker="o", markersize=0.75 * look.marker,
            color=BLUE, gid="release", zorder=4, clip_on=False,
        )  # fmt: skip


def _paths(frame: pd.DataFrame) -> list[list[tuple[float, float]]]:
    """Corners of the step line, one path a run of forecasts that follow each other."""
    paths: list[list[tuple[float, float]]] = []
    for row in rows(frame, "chance"):
        corners = [(row.date.toordinal(), row.probability), (row.until.toordinal(), row.probability)]
        if paths and paths[-1][-1][0] == corners[0][0]:
            paths[-1] += corners
        else:
            paths.append(corners)
    return paths


def _write(axes: Axes, frame: pd.DataFrame, page: Page, language: Language, most: int) -> None:
    """Write the names of times without a forecast, of the releases that moved most, and both ends of every run."""
    look = page.size
    left, bottom = page.locate(axes, axes.get_xlim()[0], 0)
    right, top = page.locate(axes, axes.get_xlim()[1], 1)
    labels = Labels(page, axes, Box(left, bottom + 1, right, top))
    for path in _paths(frame):
        labels.avoid_line(path)
    for row in rows(frame, "chance"):
        labels.avoid_mark(row.date.toordinal(), row.probability, 0.5 * look.marker)
    for row in rows(frame, "segment"):
        _name_segment(axes, row, page, labels, language)
    named = frame[(frame["series"] == "chance") & (frame["label_en"] != "")]
    kept = named.loc[named["change"].abs().sort_values(ascending=False, kind="stable").index[:most]]
    for row in rows(kept):
        text = getattr(row, f"label_{language}").split("\n")
        at = (row.date.toordinal(), row.probability)
        labels.add(text, at, ("above right", "right, high", "above left", "below left"), look.label, INK)
    told = {short_chance(row.probability) for row in rows(kept)}
    for path in _paths(frame):
        (first, *_, last) = path
        labels.add([short_chance(first[1])], first, ("above right", "above"), look.label, BLUE)
        if short_chance(last[1]) not in told | {short_chance(first[1])}:
            labels.add([short_chance(last[1])], last, ("above left", "above"), look.label, BLUE)


def _name_segment(axes: Axes, row: Any, page: Page, labels: Labels, language: Language) -> None:
    """Write the status of a time without a forecast: inside, with its symbol where there is room, or beside it."""
    look, text = page.size, getattr(row, f"label_{language}")
    x, y = page.locate(axes, row.date.toordinal(), WIDE)
    across, _ = page.locate(axes, row.until.toordinal(), WIDE)
    room, symbol = across - x - 0.5 * look.label, 1.3 * look.label
    lines = [text] if page.length(text, look.label) <= room else text.split(" ")
    length = max(page.length(line, look.label) for line in lines)
    if length > room:
        labels.add([text], (row.date.toordinal(), NARROW), ("left", "right"), look.label, INK)
        return
    middle, half = (x + across) / 2, length / 2
    if len(lines) == 1 and length + symbol <= room:
        middle, half = middle + symbol / 2, half + symbol / 2
        page.symbol(middle - half - 0.1 * look.label, y, row.status, 0.75 * look.label)
    for place, line in enumerate(lines):
        page.text(middle, y - (0.36 + PITCH * place) * look.label, line, look.label, INK, "center")
    labels.taken.append(Box(middle - half, y - PITCH * len(lines) * look.label, middle + half, y + look.label))
