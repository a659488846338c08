"""The figure of a verdict's sensitivity: a specification curve, one line a reading, grouped by what is varied."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.ticker import NullLocator

from qdecon.charts.fonts import FAMILY
from qdecon.charts.page import PITCH, Page, open_draft, open_page
from qdecon.charts.style import BAND95, BLUE, INK, QUIET, RULE, STATUS_LOOK, drawing, find_size
from qdecon.charts.titles import credit_line, note_lines
from qdecon.charts.words import estimate, figure, unit_name
from qdecon.errors import NotAvailable
from qdecon.plan import LANGUAGES, Bilingual
from qdecon.scrutiny.sensitivity.readings import KINDS
from qdecon.verdict.record import OFF_TRACK, ON_TRACK, STATUS_WORDS
from qdecon.verdict.wording import goal

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from qdecon.charts.page import Chart
    from qdecon.charts.style import SizeName
    from qdecon.plan import Language
    from qdecon.scrutiny.sensitivity.readings import Reading
    from qdecon.scrutiny.sensitivity.record import Sensitivity

LABEL = 0.47  # largest part of the width that labels take
SMALLEST, CLOSE, WIDE = 8.5, 1.5, 2.4  # on a slide: points of a label; from row to row, in font sizes
_KINDS = {
    "clause": (Bilingual("条款", "Clause"), Bilingual("条款的读法", "the reading of the clause")),
    "data": (Bilingual("数据", "Data"), Bilingual("所用数据", "the data")),
    "model": (Bilingual("模型", "Model"), Bilingual("所用模型", "the model")),
}
_ZONES = {
    "forecast": (STATUS_WORDS["off_track"], STATUS_WORDS["uncertain"], STATUS_WORDS["on_track"]),
    "unpublished_outcome": (
        Bilingual("不大可能", "unlikely"),
        Bilingual("难定", "open"),
        Bilingual("很可能", "likely"),
    ),
}
_EDGES = {"missed": 0.0, "met": 1.0}


def frame_specification(sensitivity: Sensitivity) -> pd.DataFrame:
    """Tabulate what :func:`chart_specification` draws.

    Returns
    -------
    DataFrame
        One row a reading, in the order drawn: the base, then each kind from the lowest position. ``measure`` says what
        ``position`` is: ``probability`` (a figure without one stands at 0 or 1, on its side of the target), or ``gap``
        between figure and target as a fraction of the target; NaN where there is neither. ``shown`` is what is written
        beside a dot, ``label`` what is read otherwise.

    Raises
    ------
    NotAvailable
        If there are no readings, or none of them has a figure or a probability.
    """
    every = (sensitivity.base, *sensitivity.readings)
    measure = "gap" if sensitivity.base.probability is None else "probability"
    records = [_record(sensitivity, each, measure) for each in every]
    frame = pd.DataFrame(records).astype({"position": float})
    if len(every) == 1 or frame["position"].isna().all():
        raise NotAvailable(
            f"no reading of {sensitivity.verdict.target.id} gives a figure or a probability to draw",
            "argument sensitivity",
            "print its sentence instead",
        )
    frame.loc[0, "kind"] = "base"
    rank = frame["kind"].map({kind: rank for rank, kind in enumerate(("base", *KINDS))})
    return (
        frame.assign(rank=rank).sort_values(["rank", "position"], kind="stable", ignore_index=True).drop(columns="rank")
    )


def _record(sensitivity: Sensitivity, reading: Reading, measure: str) -> dict[str, Any]:
    target, alone = sensitivity.verdict.target, measure == "probability" and reading.probability is None
    position = reading.probability
    if alone:
        position = _EDGES.get(reading.side)
    elif measure == "gap":
        position = None if reading.value is None or not target.value else reading.value / target.value - 1
    record = {
        "id": reading.id,
        "kind": str(reading.kind),
        "status": str(reading.status),
        "holds": sensitivity.holds(reading),
        "measure": measure,
        "position": position,
        "figure_only": alone and position is not None,
    }
    for language in LANGUAGES:
        name = reading.name[language]
        record[f"label_{language}"] = name if language == "zh" or reading.id == "base" else f"if {name}"
        record[f"shown_{language}"] = _shown(reading, position, measure, target.unit or "", language)
    return record


def _shown(reading: Reading, position: float | None, measure: str, unit: str, language: Language) -> str:
    """Probability or gap; a figure in the unit of the target where it has no probability, else the status."""
    if position is None:
        return STATUS_WORDS[reading.status][language]
    if measure == "gap":
        return f"{100 * position:+.1f}%".replace("-", "−")
    if reading.probability is not None:
        return "<5%" if position < 0.05 else ">95%" if position > 0.95 else f"{100 * position:.0f}%"
    if reading.value is None:
        return STATUS_WORDS[reading.status][language]
    exact = reading.status in ("met", "missed")
    return figure(reading.value, unit, language) if exact else estimate(reading.value, unit, language, named=False)


def headline_specification(sensitivity: Sensitivity, language: Language) -> str:
    """Finding of a sensitivity: what the verdict depends on, if on anything."""
    name, finding = sensitivity.verdict.target.label[language], sensitivity.base.finding[language]
    turned = {each.kind for each in sensitivity.flips}
    words = [_KINDS[kind][1][language] for kind in KINDS if kind in turned]
    if language == "zh":
        return f"{name}：“{finding}”取决于{'、'.join(words)}" if words else f"{name}：换哪种读法都是“{finding}”"
    told = " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)
    held = f"depends on {told}" if words else "under every other reading"
    return f'"{finding[0].upper()}{finding[1:]}" {held}: {name.replace(" (", ", ").replace(")", "")}'


def chart_specification(sensitivity: Sensitivity, language: Language = "zh", *, size: SizeName = "slide") -> Chart:
    """Draw every reading of a verdict: dots on the axis of the probability, or of the gap to the target.

    Parameters
    ----------
    sensitivity : Sensitivity
    language : {"zh", "en"}
    size : {"slide", "column", "web", "square"}
        As tall as its readings need, a slide at least 16 : 9.

    Returns
    -------
    Chart

    Raises
    ------
    NotAvailable
        If no reading has a figure or a probability.
    UnknownName
        If there is no such size.
    """
    frame, look = frame_specification(sensitivity), find_size(size)
    end = "。" if language == "zh" else ". "
    title, measure = headline_specification(sensitivity, language), _subtitle(sensitivity, frame, language)
    alt = f"{title}{end}{measure}{end}{sensitivity.sentence[language]}"
    with drawing():
        tall = 72.0 * look.height if size == "slide" else 0.0
        points, row = look.label, 1.6 * look.label
        if tall:
            blank = _around(open_page(look, alt), sensitivity, frame, language)
            pitch = (blank.top - blank.bottom - 3.3 * look.tick) / (len(frame) + len(KINDS))
            points = min(max(pitch / CLOSE, SMALLEST), look.label)
            row = min(max(pitch, CLOSE * points), WIDE * points)
        draft = _around(open_draft(look, alt), sensitivity, frame, language)
        _table(draft, sensitivity, frame, language, points, row)
        height = max(tall, draft.height - (draft.top - draft.bottom))
        page = _around(open_page(look, alt, height), sensitivity, frame, language)
        if look.square:  # wider as well as taller: the rows spread
            draft = _around(open_draft(page.size, alt), sensitivity, frame, language)
            _table(draft, sensitivity, frame, language, points, row)
            spare = page.height - (draft.height - (draft.top - draft.bottom))
            row = min(row + spare / (len(frame) + len(KINDS)), WIDE * points)
        _table(page, sensitivity, frame, language, points, row)
    return page.chart


def _subtitle(sensitivity: Sensitivity, frame: pd.DataFrame, language: Language) -> str:
    """Measure, target, place."""
    target, place = sensitivity.verdict.target, sensitivity.verdict.place[language]
    aim, year = goal(target.value or 0, target.unit or "", target.comparator)[language], target.deadline
    gap = frame["measure"].iloc[0] == "gap"
    if language == "zh":
        what = "与目标之差，占目标的%" if gap else "达到目标的可能性，%"
        return f"{place}，{what}；目标：{year}年{aim}"
    what = "Gap to the target in % of it" if gap else "Chance that the target is met, %"
    return f"{what}, {place}; target: {aim} in {year}"


def _around(page: Page, sensitivity: Sensitivity, frame: pd.DataFrame, language: Language) -> Page:
    """Write heading and foot."""
    look = page.size
    page.rule((page.left, page.right), page.top, BLUE, 1.2 * look.line)
    page.heading(headline_specification(sensitivity, language), look.title, BLUE, space=0.35 * look.title)
    page.heading(_subtitle(sensitivity, frame, language), look.subtitle, QUIET, space=0.15 * look.subtitle)
    page.notes(_notes(sensitivity, frame, language), look.foot, QUIET, 0.8 * look.foot)
    return page


def _notes(sensitivity: Sensitivity, frame: pd.DataFrame, language: Language) -> list[str]:
    """Foot: source, as-of date, rule, and how readings are counted."""
    verdict, chinese = sensitivity.verdict, language == "zh"
    credit = credit_line(verdict.credits, language, verdict.as_of)
    source, rule = note_lines(verdict, language, credit, from_zero=True)
    counted = (
        "每种读法只改一处；三类分别计数，现有读法不计在内。"
        if chinese
        else " Each reading changes one thing; kinds are counted apart, and the base reading is in no count."
    )
    if frame["figure_only"].any():
        unit = unit_name(verdict.target.unit or "", language)
        counted += (
            f"空心三角：只有数字（{unit}），没有概率。" if chinese else f" Triangles: a figure ({unit}), no chance."
        )
    return [source, rule + counted]


def _table(
    page: Page, sensitivity: Sensitivity, frame: pd.DataFrame, language: Language, points: float, row: float
) -> None:
    """Write one line a reading, then draw the dots between what is read otherwise and what comes out."""
    indent, line = 0.9 * points, PITCH * points
    most = LABEL * (page.right - page.left) - indent
    labels = {each.id: page.wrap(getattr(each, f"label_{language}"), points, most) for each in frame.itertuples()}
    heads: dict[str, str] = {kind: _head(sensitivity, kind, language) for kind in KINDS}
    longest = max(
        *(page.length(head, points) for head in heads.values()),
        *(indent + page.length(text, points) for text in chain(*labels.values())),
    )
    left = page.left + longest + 1.2 * points
    right = page.right - max(page.length(text, points) for text in frame[f"shown_{language}"]) - 0.9 * points
    page.top -= 3.3 * page.size.tick
    start, heights = page.top, dict[str, float]()
    for kind, own in frame.groupby("kind", sort=False):
        if kind != "base":
            _write_head(page, heads.pop(str(kind)), points, row)
        for each in own.itertuples():
            text, colour = labels[each.id], QUIET if each.holds and kind != "base" else INK
            deep = row + (len(text) - 1) * line
            heights[each.id] = page.top - deep / 2
            for place, words in enumerate(text):
                middle = heights[each.id] + ((len(text) - 1) / 2 - place) * line
                page.text(page.left + (kind != "base") * indent, middle - 0.36 * points, words, points, colour)
            shown = getattr(each, f"shown_{language}")
            page.text(page.right, heights[each.id] - 0.36 * points, shown, points, colour, "right")
            page.top -= deep
    axes = page.axes(left, page.top, right, start)
    axes.set_ylim(page.top, start)
    for head in heads.values():  # kinds without another reading
        _write_head(page, head, points, row)
    _axis(page, axes, sensitivity, frame, language)
    _dots(page, axes, frame, heights)


def _write_head(page: Page, head: str, points: float, row: float) -> None:
    page.text(page.left, page.top - row / 2 - 0.36 * points, head, points, BLUE)
    page.top -= row


def _head(sensitivity: Sensitivity, kind: Any, language: Language) -> str:
    """A kind and its count."""
    count, name = sensitivity.count(kind), _KINDS[kind][0][language]
    if language == "zh":
        return f"{name}：{count.of}种中{count.holds}种成立" if count.of else f"{name}：没有其他读法"
    return f"{name}: holds in {count.holds} of {count.of}" if count.of else f"{name}: no other reading"


def _axis(page: Page, axes: Axes, sensitivity: Sensitivity, frame: pd.DataFrame, language: Language) -> None:
    """Thresholds and what lies between them, or the target; and the base reading."""
    look, (bottom, top) = page.size, axes.get_ylim()
    axes.spines[["left", "right", "top", "bottom"]].set_visible(False)
    axes.patch.set_visible(False)
    axes.xaxis.set_major_locator(NullLocator())
    axes.yaxis.set_major_locator(NullLocator())
    base = frame["position"].iloc[0]
    if frame["measure"].iloc[0] == "gap":
        ends = [0.0, *frame["position"].dropna()]
        spare = 0.15 * (max(ends) - min(ends)) or 0.1
        axes.set_xlim(min(ends) - spare, max(ends) + spare)
        marks = {0.0: "目标" if language == "zh" else "target"}
    else:
        axes.set_xlim(-0.03, 1.03)
        marks = {at: f"{100 * at:.0f}%" for at in (OFF_TRACK, ON_TRACK)}
        axes.axvspan(OFF_TRACK, ON_TRACK, color=BAND95, alpha=0.6, linewidth=0, zorder=0)
        zones = _ZONES[str(sensitivity.verdict.probability_kind)]
        for at, zone, align in zip((-0.03, 0.5, 1.03), zones, ("left", "center", "right"), strict=True):
            height = top + 1.75 * look.tick
            axes.text(at, height, zone[language], fontsize=look.tick, color=QUIET, ha=align, family=FAMILY)
    for at, words in marks.items():
        axes.vlines([at], bottom, top, color=QUIET, linewidth=0.3 * look.line, zorder=1)
        axes.text(at, top + 0.4 * look.tick, words, fontsize=look.tick, color=INK, ha="center", family=FAMILY)
    axes.hlines([top], *axes.get_xlim(), color=RULE, linewidth=0.6)
    if base == base:  # not NaN
        axes.vlines([base], bottom, top, color=BLUE, linewidth=0.4 * look.line, zorder=1.5, gid="base line")


def _dots(page: Page, axes: Axes, frame: pd.DataFrame, heights: dict[str, float]) -> None:
    """Symbol of each reading's status; a figure without a probability points to its side of the target."""
    for row in frame[frame["position"].notna()].itertuples():
        style = STATUS_LOOK[row.status]
        shape = ("<" if row.position == 0 else ">") if row.figure_only else style.shape
        points = (1.5 if row.kind == "base" else 1.0) * page.size.marker
        axes.plot(
            [row.position], [heights[row.id]], linestyle="none", marker=shape, markersize=points, clip_on=False,
            markeredgecolor=style.colour, markeredgewidth=0.18 * points, zorder=3, gid=f"reading {row.id}",
            markerfacecolor=style.colour if style.filled and not row.figure_only else "white",
        )  # fmt: skip
