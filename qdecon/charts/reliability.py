"""The reliability diagram: what stated probabilities came to, one panel beside the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from qdecon.charts.badges import CAME, ELSE, MADE, basis, place_name, quiet_axes, surround
from qdecon.charts.place import Box, Labels
from qdecon.charts.series import rows
from qdecon.charts.style import BLUE, GREY, INK, PINK, QUIET, drawing, find_size
from qdecon.errors import NotAvailable
from qdecon.plan import Bilingual
from qdecon.replay.badges import BINS, QDECON, BadgeRecord
from qdecon.verdict.wording import joined

if TYPE_CHECKING:
    from qdecon.charts.page import Chart, Page
    from qdecon.charts.style import SizeName
    from qdecon.plan import Language
    from qdecon.replay.badges import Knowledge


SAID = Bilingual("qdecon所说", "stated by qdecon")
LOOKS = (("o", "●", BLUE), ("D", "◆", PINK), ("s", "■", INK))  # of the panels of the reliability diagram


def frame_reliability(record: BadgeRecord, knowledge: Knowledge = "forward") -> pd.DataFrame:
    """Tabulate what :func:`chart_reliability` draws.

    Parameters
    ----------
    record : BadgeRecord
    knowledge : {"forward", "crossed"}

    Returns
    -------
    DataFrame
        As :meth:`BadgeRecord.reliability`, its intervals from resampling whole years of origin, or whole series where
        there are no calendar years; and ``side``: 1 where the whole interval lies above what was stated, -1 where it
        lies below, 0 where it holds it, NaN where a single year gives no interval.

    Raises
    ------
    NotAvailable
        If qdecon has no such probability.
    """
    own = record.cases[record.cases["forecaster"] == QDECON]
    if own[knowledge].isna().all():
        raise NotAvailable(f"there are no {knowledge} probabilities", *ELSE)
    frame = record.reliability(knowledge, "origin" if own["forward"].notna().any() else "group")
    side = 1.0 * (frame["stated"] < frame["came_low"]) - 1.0 * (frame["stated"] > frame["came_high"])
    return frame.assign(side=side.where(frame["came_low"].notna()))


def chart_reliability(
    record: BadgeRecord, language: Language = "zh", *, knowledge: Knowledge = "forward", size: SizeName = "slide"
) -> Chart:
    """Draw what qdecon's stated probabilities came to, one diagram a panel; on the diagonal all came true as stated.

    Parameters
    ----------
    record : BadgeRecord
        From :func:`qdecon.replay.score_badges` or :func:`qdecon.replay.score_badges_across`.
    language : {"zh", "en"}
    knowledge : {"forward", "crossed"}
        What qdecon learned from; series without calendar years have ``crossed`` only.
    size : {"slide", "column", "web", "square"}

    Returns
    -------
    Chart
        A matplotlib Figure; its ``alt`` says in words what it shows.

    Raises
    ------
    NotAvailable
        If qdecon has no such probability.
    UnknownName
        If there is no such size.
    """
    frame, look = frame_reliability(record, knowledge), find_size(size)
    own = record.cases[record.cases["forecaster"] == QDECON]
    subject, source = basis(own, knowledge)
    whole = Bilingual("年份", "years") if own["forward"].notna().any() else Bilingual("序列", "series")
    heads = (_came(frame), _held(frame), Bilingual(
        f"达标的比例，按所说概率分五档，%；{subject.zh}；虚线：与所说相同；竖线：95%区间（整{whole.zh}重抽样）",
        f"% met by stated probability, in fifths; {subject.en}; dashes: as stated; bars: 95% intervals over {whole.en}",
    ))  # fmt: skip
    kind = Bilingual("可靠性图", "Reliability diagram")
    with drawing():
        page = surround(look, 0, kind, heads, [joined(source, MADE)], language)
        wide = (page.right - page.left + look.tick) / frame["panel"].nunique()
        for place, (_, part) in enumerate(frame.groupby("panel", sort=False)):
            left = page.left + place * wide
            _diagram(page, (left, left + wide - look.tick), part, LOOKS[place % len(LOOKS)], language)
    return page.chart


def _came(frame: pd.DataFrame) -> Bilingual:
    """What the highest fifth of the stated probabilities came to; "only" where that is less than was stated."""
    top = frame[frame["low"] == frame["low"].max()]
    met = [(place_name(row.panel), f"{row.came:.0%}", row.side < 0) for row in rows(top)]
    zh = "，".join(f"{name.zh}{'仅' * less}{share}" for name, share, less in met)
    en = ", ".join(f"{'only ' * less}{share} in {name.en}" for name, share, less in met)
    low, high = (f"{100 * top[end].iloc[0]:.0f}" for end in ("low", "high"))
    return Bilingual(
        f"说{low}%至{high}%的目标，达标者{zh}",
        f"Targets given {low} to {high}% were met: {en}",
    )


def _held(frame: pd.DataFrame) -> Bilingual:
    """In how many groups the interval holds what was stated."""
    known = frame["side"].notna().sum()
    if not known:
        return Bilingual("只有一个年份，给不出区间", "A single year gives no intervals")
    held, above, below = ((frame["side"] == side).sum() for side in (0, 1, -1))
    return Bilingual(
        f"{known}组中{held}组的95%区间包含所说的概率；{above}组实际偏高，{below}组偏低",
        f"In {held} of {known} groups the 95% interval holds what was stated; {above} came out higher, {below} lower",
    )


def _diagram(
    page: Page, edges: tuple[float, float], part: pd.DataFrame, mark: tuple[str, str, str], language: Language
) -> None:
    """Draw one panel: stated across, came true upwards, the number of targets beside each mark."""
    look, text, panel, (shape, sign, colour) = page.size, page.size.tick, str(part["panel"].iloc[0]), mark
    left, name = edges[0] + page.length("100", text) + 0.9 * text, place_name(panel)[language]
    axes = page.axes(left, page.bottom + 3.0 * text, edges[1], page.top - 3.6 * text)
    page.text(left, page.top - 1.5 * text, f"{sign} {name[0].upper()}{name[1:]}", text, colour)
    page.text(edges[0], page.top - 2.9 * text, CAME[language], text, QUIET)
    page.text(edges[1], page.bottom + 0.3 * text, SAID[language], text, QUIET, "right")
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.1, 1.04))
    axes.set_xticks(BINS, [f"{100 * each:.0f}" for each in BINS], fontsize=text)
    axes.set_yticks(BINS, [f"{100 * each:.0f}" for each in BINS], fontsize=text)
    quiet_axes(axes, text, list(BINS))
    axes.plot((0, 1), (0, 1), color=GREY, linewidth=0.8, linestyle="--", zorder=1, gid="diagonal")
    labels = Labels(page, axes, Box(*page.locate(axes, 0.02, -0.1), edges[1], page.locate(axes, 1, 1)[1] + text))
    labels.avoid_line(((0, 0), (1, 1)))
    axes.vlines(
        part["stated"], part["came_low"], part["came_high"], color=colour, linewidth=0.6 * look.line, gid="bars"
    )
    axes.plot(part["stated"], part["came"], shape, markersize=look.marker, color=colour, gid=f"mark {panel}")
    for row in rows(part):
        labels.avoid_mark(row.stated, row.came, 0.7 * look.marker)
        labels.avoid_line([(row.stated, y) for y in (row.came_low, row.came, row.came_high) if y == y])
    for row in rows(part):
        labels.add([f"n={row.n:,}"], (row.stated, row.came), ["right", "left", "below right", "above"], text, colour)
