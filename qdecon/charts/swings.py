"""The figure of a ranking: how far each lever alone moves the chance of a target, the farthest first."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.patches import Rectangle

from qdecon.charts.badges import quiet_axes, surround
from qdecon.charts.page import ASCENT, DESCENT, PITCH
from qdecon.charts.scenarios import ASSUMED, aim, credit, fitted, spoken
from qdecon.charts.series import rows
from qdecon.charts.style import BLUE, INK, PINK, QUIET, drawing, find_size
from qdecon.charts.sweepmap import at, number, title_name
from qdecon.charts.words import brief, short_chance
from qdecon.errors import NotAvailable
from qdecon.plan import LANGUAGES, Bilingual
from qdecon.scenario.record import LEVERS
from qdecon.verdict.wording import chance, joined

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from qdecon.charts.page import Chart, Page
    from qdecon.charts.style import SizeName
    from qdecon.plan import Language
    from qdecon.scenario import Ranking, Swing

STILL = 0.005  # a lever that moves the chance by less moves nothing
NAMES, THICK, BETWEEN = 0.3, 0.9, 1.1  # of the page: how wide the names may be; of a label: bars, and room between rows
TICKS = (0.0, 0.2, 0.5, 0.8, 1.0)
HELD = Bilingual(
    "每项逐年取模型自身80%区间的两端。", "Each lever is held every year at either end of the model's own 80% interval."
)


def chart_swings(ranking: Ranking, language: Language = "zh", *, size: SizeName = "slide") -> Chart:
    """Draw how far each lever alone moves the chance of a target; the title is the one that moves it most.

    Parameters
    ----------
    ranking : Ranking
        From :func:`qdecon.scenario.rank_levers`.
    language : {"zh", "en"}
    size : {"slide", "column", "web", "square"}
        16:9 for a talk, one newspaper column, a page of the web, or a square to share; taller where the rows need it.

    Returns
    -------
    Chart
        A matplotlib Figure; its ``alt`` says in words what it shows.

    Raises
    ------
    NotAvailable
        If no lever is left to rank.
    UnknownName
        If there is no such size.
    """
    frame, look = frame_swings(ranking), find_size(size)
    drawn, heads, notes = rows(frame)[1:], _heads(ranking), [_notes(ranking)]
    kind = Bilingual("龙卷风图", "Tornado chart")
    with drawing():
        page = surround(look, 0, kind, heads, notes, language)
        blocks = _blocks(page, drawn, language)
        edges = [0.0, *accumulate(PITCH * max(2, *map(len, block)) + BETWEEN for block in blocks)]
        lacking = edges[-1] * look.label + 5.4 * look.tick - (page.top - page.bottom)
        page = surround(look, lacking, kind, heads, notes, language) if lacking > 0 else page
        axes = _plot_area(page, frame, [name for name, _ in blocks], edges[-1], language)
        for row, block, (low, high) in zip(drawn, blocks, pairwise(edges), strict=True):
            _row(page, axes, row, block, (low + high) / 2, ranking.probability, language)
        page.chart.alt += spoken([(getattr(row, f"label_{language}"), _said(row, language)) for row in drawn], language)
    return page.chart


def frame_swings(ranking: Ranking) -> pd.DataFrame:
    """Tabulate what :func:`chart_swings` draws.

    Parameters
    ----------
    ranking : Ranking

    Returns
    -------
    pandas.DataFrame
        First ``series`` ``own``: the chance with no lever held, in ``at_low`` and ``at_high``. Then the levers in the
        order of the ranking, ``swing`` or ``still`` (it moves nothing): ``low`` and ``high`` are the values held,
        ``at_low`` and ``at_high`` the chances there; the labels are the words drawn, a line break between lines.

    Raises
    ------
    NotAvailable
        If no lever is left to rank.
    """
    if not ranking.swings:
        raise NotAvailable(
            f"no lever of {ranking.target.id} is left to rank", "argument ranking", "assume less beforehand"
        )
    own = Bilingual(f"不作假定：{chance(ranking.probability).zh}", f"With none held: {chance(ranking.probability).en}")
    made: list[dict[str, Any]] = [
        {"series": "own", "at_low": ranking.probability, "at_high": ranking.probability}
        | {f"label_{each}": own[each] for each in LANGUAGES}
    ]
    for each in ranking.swings:
        words = {f"label_{language}": title_name(each.lever, language) for language in LANGUAGES}
        words |= {
            f"{end}_{language}": text[language]
            for end, text in _ends(each, ranking.probability).items()
            for language in LANGUAGES
        }
        made.append(
            {
                "series": "still" if each.size < STILL else "swing", "lever": each.lever, "low": each.low,
                "high": each.high, "at_low": each.at_low, "at_high": each.at_high, **words,
            }
        )  # fmt: skip
    text = ["lever", *(f"{end}_{language}" for end in ("low", "high") for language in LANGUAGES)]
    return pd.DataFrame(made).fillna(dict.fromkeys(text, ""))


def _ends(swing: Swing, own: float) -> dict[str, Bilingual]:
    """Words at both ends of a bar: the value held and the chance; of a lever that moves nothing, a sentence."""
    low, high = at(swing.lever, swing.low, 1), at(swing.lever, swing.high, 1)
    if swing.size < STILL:
        start = number(swing.low, 1)
        told = Bilingual(f"每年{start}至{high.zh}，可能性不变", f"no difference from {start} to {high.en} a year")
        if abs(swing.at_low - own) >= STILL:  # that it is held matters, the value does not
            odds = chance(swing.at_low)
            told = Bilingual(f"{told.zh}：{odds.zh}", f"{told.en}: {odds.en}")
        return {"low": told, "high": Bilingual("", "")}
    return {
        end: Bilingual(f"{value.zh}\n{chance(odds).zh}", f"{value.en}\n{_short(odds)}")
        for end, value, odds in (("low", low, swing.at_low), ("high", high, swing.at_high))
    }


def _said(row: Any, language: Language) -> str:
    """Both ends of a row in one line."""
    colon, pause = ("：", "，") if language == "zh" else (": ", ", ")
    ends = (getattr(row, f"{end}_{language}").replace("\n", colon) for end in ("low", "high"))
    return pause.join(filter(None, ends))


def _short(probability: float) -> str:
    """A chance in few words."""
    return "<5 in 100" if probability < 0.05 else ">95 in 100" if probability > 0.95 else chance(probability).en


def _heads(ranking: Ranking) -> tuple[Bilingual, Bilingual, Bilingual]:
    """The finding, the same in full, and the measure."""
    top, promised, own = ranking.swings[0], aim(ranking.target), chance(ranking.probability)
    low, high, name = at(top.lever, top.low, 1), at(top.lever, top.high, 1), LEVERS[top.lever].name
    odds = chance(top.at_low), chance(top.at_high)
    found = Bilingual(
        f"{promised.zh}目标最取决于{name.zh}：每年由{low.zh}到{high.zh}，可能性由{odds[0].zh}变为{odds[1].zh}",
        f"{promised.en} depends most on {name.en}: from {low.en} to {high.en} a year the chance goes from {odds[0].en} "
        f"to {odds[1].en}",
    )
    moved = Bilingual("至", " to ")
    moved = Bilingual(*(short_chance(top.at_low) + moved[each] + short_chance(top.at_high) for each in LANGUAGES))
    forms: tuple[Bilingual, ...] = (
        found,
        Bilingual(
            f"{promised.zh}最取决于{name.zh}：可能性{moved.zh}",
            f"{promised.en} depends most on {name.en}: chance {moved.en}",
        ),
        Bilingual(f"最取决于{name.zh}：{moved.zh}", f"the chance depends most on {name.en}: {moved.en}"),
    )
    if top.size < STILL:
        forms = (
            Bilingual(
                f"没有一项假定能单独改变{promised.zh}的可能性：{own.zh}",
                f"no assumption alone moves the chance of {promised.en}: {own.en}",
            ),
            Bilingual(f"没有一项假定能单独改变可能性：{own.zh}", f"no assumption alone moves the chance: {own.en}"),
        )
    title, told = brief(*forms), forms[0]
    label, (first, last) = ranking.target.label, (ranking.years[0], ranking.years[-1])
    years = Bilingual(f"{first}至{last}年", f"{first} to {last}")
    years = years if first != last else Bilingual(f"{first}年", f"{first}")
    return (
        Bilingual(title.zh, _capital(title.en)),
        Bilingual(told.zh, _capital(told.en)),
        Bilingual(
            f"{ranking.place.zh}：{label.zh}；达标可能性，%，一次只动一项，{years.zh}",
            f"{label.en}, {ranking.place.en}; chance of meeting the target, %, one lever held at a time, {years.en}",
        ),
    )


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _notes(ranking: Ranking) -> Bilingual:
    rest = Bilingual(f"{ranking.rest.zh}。", f"{_capital(ranking.rest.en)}.")
    return joined(HELD, credit(ranking.as_of), rest, ASSUMED)


def _blocks(page: Page, drawn: list[Any], language: Language) -> list[tuple[list[str], list[str]]]:
    """The words of each row in lines: its name, and what is said of a lever that moves nothing.

    That goes to the wider side of the line of the model's own chance, which is at least half of what names leave.
    """
    text, wide = page.size.label, NAMES * (page.right - page.left)
    room = (page.right - page.left - wide) / 2 - 1.6 * text
    return [
        (
            fitted(page, getattr(row, f"label_{language}"), text, wide),
            fitted(page, getattr(row, f"low_{language}"), text, room) if row.series == "still" else [],
        )
        for row in drawn
    ]


def _plot_area(page: Page, frame: pd.DataFrame, names: list[list[str]], height: float, language: Language) -> Axes:
    """Open the plot area: names on the left, room for words beyond both ends, the model's own chance a named line."""
    look, text = page.size, page.size.label
    words = [
        [
            getattr(row, f"{end}_{language}")
            for end in (("low", "high") if row.at_low <= row.at_high else ("high", "low"))
        ]
        for row in rows(frame, "swing")
    ]
    before, after = (
        max([page.length(line, text) for pair in words for line in pair[side].split("\n")], default=0.0) + 0.8 * text
        for side in (0, 1)
    )
    left = page.left + max(page.length(line, text) for name in names for line in name) + text
    axes = page.axes(left + before, page.bottom + 1.8 * look.tick, page.right - after, page.top - 3.0 * look.tick)
    axes.set(xlim=(0, 1), ylim=(height, 0), yticks=[])
    room = page.right - after - left - before
    ticks = list(TICKS if room > 8 * page.length("100", look.tick) else TICKS[::2])
    axes.set_xticks(ticks, [f"{100 * each:.0f}" for each in ticks], fontsize=look.tick)
    quiet_axes(axes, look.tick, ticks)
    row = rows(frame, "own")[0]
    axes.axvline(row.at_low, color=PINK, linewidth=0.6 * look.line, linestyle="--", zorder=3, clip_on=False, gid="own")
    name = getattr(row, f"label_{language}")
    long = page.length(name, look.tick)
    start = min(page.locate(axes, row.at_low, 0)[0] - long / 2, page.right - long)
    page.text(max(page.left, start), page.top - 2.4 * look.tick, name, look.tick, PINK)
    return axes


def _row(
    page: Page, axes: Axes, row: Any, block: tuple[list[str], list[str]], y: float, own: float, language: Language
) -> None:
    """Write a lever's name and draw its bar with words beyond both ends, or say that it moves nothing."""
    text, (name, still) = page.size.label, block
    middle, x = page.locate(axes, 0, y)[1], page.locate(axes, own, y)[0]
    _write(page, axes, page.left, middle, name, QUIET if still else INK)
    if still:
        right = page.right - x > x - page.left - NAMES * (page.right - page.left)
        _write(page, axes, x + (0.6 if right else -0.6) * text, middle, still, QUIET, "left" if right else "right")
        return
    half = THICK * text / 2
    height = half * axes.get_ylim()[0] / (page.locate(axes, 0, 0)[1] - page.locate(axes, 0, axes.get_ylim()[0])[1])
    low, high = sorted((row.at_low, row.at_high))
    axes.add_patch(
        Rectangle((low, y - height), high - low, 2 * height, color=BLUE, linewidth=0, gid=f"bar {row.lever}")
    )
    for end, value in (("low", row.at_low), ("high", row.at_high)):
        x, first = page.locate(axes, value, y)[0], value == low
        lines = getattr(row, f"{end}_{language}").split("\n")
        _write(page, axes, x + (-0.4 if first else 0.4) * text, middle, lines, INK, "right" if first else "left")


def _write(page: Page, axes: Axes, x: float, middle: float, lines: list[str], colour: str, align: str = "left") -> None:
    """Write lines around a height, on a white ground where other lines stop."""
    text = page.size.label
    top = middle + PITCH * text * len(lines) / 2
    for place, line in enumerate(lines):
        base, long = top - text * (ASCENT + 0.1 + PITCH * place), page.length(line, text)
        page.text(x, base, line, text, colour, align)
        ground = Rectangle(
            (x - long * (align == "right"), base - DESCENT * text), long, PITCH * text, facecolor="white",
            edgecolor="none", transform=page.points, zorder=3.5,
        )  # fmt: skip
        axes.add_artist(ground)
