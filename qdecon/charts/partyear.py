"""The figure of a year of which only a part was published: lying bars from zero, beside the target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.ticker import MaxNLocator

from qdecon.charts.page import PITCH
from qdecon.charts.series import rows
from qdecon.charts.style import BLUE, INK, ORANGE, QUIET, RULE, TURQUOISE
from qdecon.charts.words import figure, unit_name

if TYPE_CHECKING:
    import pandas as pd

    from qdecon.charts.page import Page
    from qdecon.plan import Language

PALE = "#F3FAF9"  # a breath of turquoise, outlined: what the estimate takes for granted
BAR = 1.9  # height of a bar, in lines of text


def lying(frame: pd.DataFrame) -> bool:
    """Whether the figure has no annual figures, only a part of a year and what follows from it."""
    series = set(frame["series"])
    return "part" in series and not series & {"observed", "projection", "bound"}


def draw_part_year(page: Page, frame: pd.DataFrame, language: Language) -> None:
    """Draw the published part, the year estimated from it, and the target as a line.

    Heights inside the plot area are in points; across, the axis starts at zero.
    """
    look = page.size
    line = PITCH * look.label
    ((part,), (whole,), (target,)) = (rows(frame, name) for name in ("part", "partial", "target"))
    named, estimated, aim = (getattr(row, f"label_{language}").split("\n") for row in (part, whole, target))
    bottom, top = page.bottom + 1.6 * look.tick, page.top - 0.6 * look.tick
    axes = page.axes(page.left, bottom, page.right, top)
    high, most = top - bottom, 1.04 * max(whole.hi, target.value)
    axes.set_xlim(0, most)
    axes.set_ylim(0, high)
    ticks = [tick for tick in MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(0, most) if 0 <= tick < 0.97 * most]
    unit = str(target.unit)
    texts = [figure(tick, unit, language) for tick in ticks]
    texts[0] = f"0 {unit_name(unit, language)}"
    axes.set_xticks(ticks, texts, fontsize=look.tick)
    axes.get_xticklabels()[0].set_horizontalalignment("left")
    axes.set_yticks([])
    axes.tick_params(axis="x", length=0, pad=0.25 * look.tick, labelfontfamily="qdecon Sans")
    axes.vlines(ticks, 0, high - 2.4 * line, color=RULE, linewidth=0.5, zorder=0.5)
    axes.spines[["left", "right", "top", "bottom"]].set_visible(False)

    bar, free = BAR * line, high - 2.4 * line
    for place, row, words in ((0.72, part, named), (0.24, whole, estimated)):
        middle = place * free - 0.4 * line
        above = middle + bar / 2 + 0.35 * line
        axes.text(0, above, words[1], fontsize=look.label, color=INK, ha="left", va="baseline")
        if row is part:
            axes.barh([middle], [part.value], height=bar, color=BLUE, linewidth=0, gid="part")
            axes.text(part.value + 0.012 * most, middle, words[0], fontsize=look.label, color=INK, va="center_baseline")
        else:
            axes.barh([middle], [whole.lo], height=bar, facecolor=PALE, edgecolor=TURQUOISE, linewidth=0.5)
            span, inside = whole.hi - whole.lo, whole.lo - 0.012 * most
            axes.barh([middle], [span], left=[whole.lo], height=bar, color=TURQUOISE, linewidth=0, gid="partial")
            axes.text(inside, middle, words[0], fontsize=look.label, color=INK, ha="right", va="center_baseline")
    head = high - 2.2 * line
    axes.plot([target.value] * 2, [0, head], color=ORANGE, linewidth=1.2 * look.line, gid="target", zorder=5)
    axes.plot(
        [target.value], [head], linestyle="none", marker="*", markersize=2.4 * look.marker, color=ORANGE,
        markeredgecolor=INK, markeredgewidth=0.35 * look.line, zorder=6, clip_on=False,
    )  # fmt: skip
    for number, text in enumerate(aim):
        height, colour = high - 0.9 * line - number * line, INK if number == 0 else QUIET
        beside = target.value - 0.02 * most
        axes.text(beside, height, text, fontsize=look.label, color=colour, ha="right", va="baseline")
