"""The figure of scenarios side by side: one target, a row a scenario, its outcomes beside the target and its chance."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from qdecon.charts.badges import quiet_axes, surround
from qdecon.charts.fonts import missing_glyphs
from qdecon.charts.page import ASCENT, PITCH
from qdecon.charts.series import rows
from qdecon.charts.style import BAND80, BLUE, INK, ORANGE, QUIET, RULE, drawing, find_size
from qdecon.charts.words import PRICES, brief, figure, round_amount, short_chance, unit_name
from qdecon.errors import UnknownName
from qdecon.plan import LANGUAGES, Bilingual
from qdecon.verdict.record import STATUS_WORDS
from qdecon.verdict.wording import chance, day

if TYPE_CHECKING:
    import datetime as dt

    from matplotlib.axes import Axes

    from qdecon.charts.page import Chart, Page
    from qdecon.charts.style import SizeName
    from qdecon.plan import Language, Target
    from qdecon.scenario import Case, Comparison

NAMES, WORDS = 0.32, 0.21  # of the page: how wide the names, and the chances, may be
BETWEEN = 0.7  # room between rows, in labels
NUMBERS = ["value", "lo80", "hi80", "probability"]
KEY = Bilingual(
    "▲ 在轨　◆ 不确定　▼ 偏离　○ 假定之下",
    "▲ on track   ◆ uncertain   ▼ off track   ○ under assumptions",
)
ASSUMED = Bilingual("假定之下的结果不是预测。", "What follows from an assumption is no forecast.")
CHANCE = Bilingual("可能性", "Chance")


def chart_scenarios(
    comparison: Comparison, target_id: str, language: Language = "zh", *, size: SizeName = "slide"
) -> Chart:
    """Draw one target under every scenario of a comparison, the likeliest first; the title is the finding.

    Parameters
    ----------
    comparison : Comparison
        From :func:`qdecon.scenario.compare`.
    target_id : str
        A target of the comparison.
    language : {"zh", "en"}
    size : {"slide", "column", "web", "square"}
        16:9 for a talk, one newspaper column, a page of the web, or a square to share; taller where the rows need it.

    Returns
    -------
    Chart
        A matplotlib Figure; its ``alt`` says in words what it shows.

    Raises
    ------
    UnknownName
        If there is no such target or size.
    """
    frame, look = frame_scenarios(comparison, target_id), find_size(size)
    target, drawn = _cases(comparison, target_id)[0].target, [*rows(frame, "own"), *rows(frame, "assumed")]
    drawn = sorted(drawn, key=lambda row: -row.probability)
    found = _findings(frame, target)
    heads = (brief(*found), KEY, _measure(target, comparison.place))
    rule = Bilingual(
        "点为中位数（实心：模型本身），浅条为80%区间；横轴不从零开始。可能性80%以上为在轨，20%以下为偏离。",
        "Dots: medians (filled: the model alone). Pale bars: 80% intervals. "
        "Axis does not start at zero. On track from 80%, off track up to 20%.",
    )
    notes, kind = [credit(comparison.as_of), rule, ASSUMED], Bilingual("点图", "Dot chart")
    with drawing():
        page = surround(look, 0, kind, heads, notes, language)
        blocks = _blocks(page, drawn, language)
        edges = [0.0, *accumulate(PITCH * max(map(len, block)) + BETWEEN for block in blocks)]
        lacking = edges[-1] * look.label + 4.8 * look.tick - (page.top - page.bottom)
        page = surround(look, lacking, kind, heads, notes, language) if lacking > 0 else page
        axes = _plot_area(page, frame, blocks, edges[-1], target.unit or "", language)
        for row, block, (low, high) in zip(drawn, blocks, pairwise(edges), strict=True):
            _row(page, axes, row, block, (low + high) / 2)
        told = [(getattr(row, f"label_{language}"), getattr(row, f"chance_{language}")) for row in drawn]
        page.chart.alt += f"{found[0].zh}。" if language == "zh" else f" {found[0].en}."
        page.chart.alt += spoken(told, language)
    return page.chart


def frame_scenarios(comparison: Comparison, target_id: str) -> pd.DataFrame:
    """Tabulate what :func:`chart_scenarios` draws.

    Parameters
    ----------
    comparison : Comparison
    target_id : str

    Returns
    -------
    pandas.DataFrame
        One line a row drawn, the likeliest first: ``series`` (``own`` where nothing is assumed, else ``assumed``),
        ``scenario``, ``value`` (the median) with ``lo80`` and ``hi80`` in the target's unit, ``probability``,
        ``status``, and the words of name and chance. The last line, ``target``, is the promised value.

    Raises
    ------
    UnknownName
        If the comparison has no such target.
    """
    cases = sorted(_cases(comparison, target_id), key=lambda case: -case.probability)
    made: list[dict[str, Any]] = []
    for case in cases:
        odds = chance(case.probability)
        made.append(
            {
                "series": "own" if case.scenario.empty else "assumed",
                "scenario": case.scenario.id, "value": case.interval.median,
                "lo80": case.interval.lo80, "hi80": case.interval.hi80, "probability": case.probability,
                "status": case.status, **{f"label_{each}": _name(case, each) for each in LANGUAGES},
                **{f"chance_{each}": odds[each] for each in LANGUAGES},
            }
        )  # fmt: skip
    target = cases[0].target
    value, unit = target.value or 0.0, target.unit or ""
    words = {"zh": f"目标{round_amount(value, unit, 'zh')}", "en": f"Target {round_amount(value, unit, 'en')}"}
    made.append({"series": "target", "value": value, **{f"label_{each}": words[each] for each in LANGUAGES}})
    text = ["scenario", "status", *(f"chance_{each}" for each in LANGUAGES)]
    return pd.DataFrame(made).fillna(dict.fromkeys(text, "")).astype(dict.fromkeys(NUMBERS, float))


def aim(target: Target) -> Bilingual:
    """What a target promises, as a noun: "2 trillion yuan in 2028"."""
    value, unit, year = target.value or 0.0, target.unit or "", target.deadline
    head = {"at_most": Bilingual("不高于", "at most "), "about": Bilingual("约", "about ")}.get(target.comparator or "")
    head = head or Bilingual("", "")
    share = Bilingual("占比", "a share of ") if target.measure == "share" else Bilingual("", "")
    return Bilingual(
        f"{year}年{share.zh}{head.zh}{round_amount(value, unit, 'zh')}",
        f"{share.en}{head.en}{round_amount(value, unit, 'en')} in {year}",
    )


def credit(as_of: dt.date) -> Bilingual:
    """Where the figures come from, and the date."""
    date = day(as_of)
    return Bilingual(
        f"资料来源：qdecon按已公布的数据推算。截至{date.zh}。",
        f"Source: qdecon, computed from published figures. As of {date.en}.",
    )


def spoken(rows: list[tuple[str, str]], language: Language) -> str:
    """Rows of a figure in words, to follow its alternative text."""
    colon, pause, head, stop = ("：", "；", "", "。") if language == "zh" else (": ", "; ", " ", ".")
    return head + pause.join(f"{name}{colon}{said}" for name, said in rows) + stop


def _cases(comparison: Comparison, target_id: str) -> list[Case]:
    found = [case for case in comparison.cases if case.target.id == target_id]
    if not found:
        known = ", ".join(target.id for target in comparison.targets)
        raise UnknownName(f"unknown target {target_id!r}", "argument target_id", f"choose one of {known}")
    return found


def _name(case: Case, language: Language) -> str:
    """Name of a scenario; its id where it has none that the font can write."""
    name = " ".join(case.scenario.name[language].split())
    if not name or missing_glyphs(name):
        return case.scenario.id
    return name[0].upper() + name[1:]


def _findings(frame: pd.DataFrame, target: Target) -> tuple[Bilingual, ...]:
    """How many scenarios put the target on track, and what the model alone says; then the same in fewer words."""
    own, assumed, promised = rows(frame, "own"), rows(frame, "assumed"), aim(target)
    if len(assumed) < 2:
        row = (assumed or own)[0]
        status = STATUS_WORDS[row.status]
        said = Bilingual(
            f"{promised.zh}{status.zh}，可能性{row.chance_zh}", f"{promised.en} is {status.en}: {row.chance_en}"
        )
        head = Bilingual(f"“{row.label_zh}”之下，", f'Under "{row.label_en}" ')
        head = head if assumed else Bilingual("不作假定，", "Without assumptions ")
        said = Bilingual(head.zh + said.zh, head.en + said.en)
    else:
        count, good = len(assumed), sum(row.status == "on_track" for row in assumed)
        many = Bilingual(
            f"{count}种情景中有{good}种，{promised.zh}目标",
            f"{good} of {count} scenarios put{'s' if good == 1 else ''}",
        )
        if good in (0, count):
            every = Bilingual(
                f"{count}种情景下，{promised.zh}目标都",
                "Both scenarios put" if count == 2 else f"All {count} scenarios put",
            )
            many = every if good else Bilingual(f"{every.zh}不", f"None of {count} scenarios puts")
        said = Bilingual(f"{many.zh}在轨", f"{many.en} {promised.en} on track")
    if own and assumed:
        odds = short_chance(own[0].probability)
        short = Bilingual(f"{said.zh}；模型本身{odds}", f"{said.en}; model alone: {odds}")
        alone = Bilingual(
            f"{said.zh}；模型本身{own[0].chance_zh}", f"{said.en}; the model alone says {own[0].chance_en}"
        )
        return alone, short, said
    return (said,)


def _measure(target: Target, place: Bilingual) -> Bilingual:
    """Target, place, unit, price basis and year."""
    unit, prices = target.unit or "", PRICES.get(target.price_basis) if target.unit == "亿元" else None
    zh = [f"{place.zh}：{target.label.zh}；{target.deadline}年数值", unit_name(unit, "zh"), prices.zh if prices else ""]
    en = [
        f"{target.label.en}, {place.en}; outcomes in {target.deadline}",
        unit_name(unit, "en"),
        prices.en if prices else "",
    ]
    return Bilingual("，".join(filter(None, zh)), ", ".join(filter(None, en)))


def fitted(page: Page, text: str, points: float, room: float) -> list[str]:
    """Lines of a width; a word that is wider by itself is cut."""
    lines = list(page.wrap(text, points, room))
    for place, line in enumerate(lines):
        kept = line
        while page.length(kept, points) > room and len(kept) > 2:
            kept = kept[:-2] + "…"
        lines[place] = kept
    return lines


def _blocks(page: Page, drawn: list[Any], language: Language) -> list[tuple[list[str], list[str]]]:
    """The words of each row in lines: name and chance."""
    wide, text = page.right - page.left, page.size.label
    return [
        (
            fitted(page, getattr(row, f"label_{language}"), text, NAMES * wide),
            fitted(page, getattr(row, f"chance_{language}"), text, WORDS * wide - 1.4 * text),
        )
        for row in drawn
    ]


def _plot_area(
    page: Page,
    frame: pd.DataFrame,
    blocks: list[tuple[list[str], list[str]]],
    height: float,
    unit: str,
    language: Language,
) -> Axes:
    """Open the plot area between names and chances, the target a line that is named above."""
    look, text = page.size, page.size.label
    names, words = (max(page.length(line, text) for block in blocks for line in block[side]) for side in (0, 1))
    edge = page.right - max(words + 1.4 * text, page.length(CHANCE[language], look.tick))
    left = page.left + names + 1.2 * text
    axes = page.axes(left, page.bottom + 1.8 * look.tick, edge - 1.2 * text, page.top - 2.8 * look.tick)
    ends = frame[["value", "lo80", "hi80"]].to_numpy()
    low, high = float(np.nanmin(ends)), float(np.nanmax(ends))
    slack = 0.06 * (high - low or abs(high) or 1.0)
    axes.set(xlim=(low - slack, high + slack), ylim=(height, 0.0), yticks=[])
    wide = max(page.length(figure(each, unit, language), look.tick) for each in (low, high))
    most = int(np.clip((edge - left) / (1.6 * wide), 1, 5))
    ticks = [
        float(tick)
        for tick in MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]).tick_values(low - slack, high + slack)
        if low - slack <= tick <= high + slack
    ]
    axes.set_xticks(ticks, [figure(tick, unit, language) for tick in ticks], fontsize=look.tick)
    quiet_axes(axes, look.tick, ticks)
    row = rows(frame, "target")[0]
    axes.axvline(row.value, color=ORANGE, linewidth=0.8 * look.line, zorder=1.1, gid="target")
    name = getattr(row, f"label_{language}")
    long = page.length(name, look.tick)
    start = min(page.locate(axes, row.value, 0)[0] - long / 2, edge - 1.2 * text - long)
    page.text(max(page.left, start), page.top - 2.3 * look.tick, name, look.tick)
    page.text(edge, page.top - 2.3 * look.tick, CHANCE[language], look.tick, QUIET)
    page.rule((page.left, page.right), page.top - 2.8 * look.tick, RULE, 0.6)
    return axes


def _row(page: Page, axes: Axes, row: Any, block: tuple[list[str], list[str]], y: float) -> None:
    """Write and draw a scenario; what the model says alone is filled and blue."""
    look, text, own = page.size, page.size.label, row.series == "own"
    middle, edge = page.locate(axes, axes.get_xlim()[1], y)[1], page.locate(axes, axes.get_xlim()[1], y)[0] + 1.2 * text
    for lines, x in zip(block, (page.left, edge + 1.4 * text), strict=True):
        top = middle + PITCH * text * len(lines) / 2
        for place, line in enumerate(lines):
            page.text(x, top - text * (ASCENT + 0.1 + PITCH * place), line, text, BLUE if own else INK)
    page.symbol(edge + 0.5 * text, middle, row.status, 0.8 * text)
    axes.plot(
        (row.lo80, row.hi80), (y, y), color=BAND80, linewidth=look.marker, solid_capstyle="butt", zorder=1.2,
        gid=f"interval {row.scenario}",
    )  # fmt: skip
    axes.plot(
        [row.value], [y], "o", markersize=1.1 * look.marker, markerfacecolor=BLUE if own else "white",
        markeredgewidth=0.5 * look.line, color=BLUE, gid=f"median {row.scenario}", zorder=3,
    )  # fmt: skip
