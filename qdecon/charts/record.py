"""The figure of the track record: how often past 80 % bands held, by year of origin and years ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from qdecon.charts.fonts import FAMILY
from qdecon.charts.page import open_page
from qdecon.charts.style import BLUE, INK, QUIET, drawing, find_size

if TYPE_CHECKING:
    import pandas as pd

    from qdecon.charts.page import Chart
    from qdecon.charts.style import SizeName
    from qdecon.plan import Language
    from qdecon.replay import Record

LIGHT, DARK = 50, 220  # ends of the colour scale, so that the number stays legible on the darkest cell


def frame_record(record: Record, panel: str = "cities") -> pd.DataFrame:
    """Tabulate what :func:`chart_record` draws.

    Parameters
    ----------
    record : Record
        From :func:`qdecon.replay.backtest`.
    panel : str
        A panel of the record.

    Returns
    -------
    DataFrame
        Coverage of the 80 % band, one row for each number of years ahead, one column for each year of origin.
    """
    table = record.by_origin()
    return table[table["panel"] == panel].pivot(index="horizon", columns="origin", values="coverage80")


def chart_record(
    record: Record, language: Language = "zh", *, panel: str = "cities", size: SizeName = "slide"
) -> Chart:
    """Draw the track record as a heat map; darker is fuller coverage, every cell carries its number.

    Parameters
    ----------
    record : Record
        From :func:`qdecon.replay.backtest`.
    language : {"zh", "en"}
    panel : {"cities", "municipalities", "provinces"}
    size : {"slide", "column", "web", "square"}

    Returns
    -------
    Chart

    Raises
    ------
    UnknownName
        If there is no such size.
    """
    import seaborn as sns  # it imports pyplot: loaded when this figure is drawn

    frame, chinese = frame_record(record, panel), language == "zh"
    title, measure, foot = _texts(record, panel, language)
    look = find_size(size)
    with drawing():
        page = open_page(look, f"{title}{'。' if chinese else '. '}{measure}{'。' if chinese else '.'}")
        page.rule((page.left, page.right), page.top, BLUE, 1.2 * look.line)
        page.heading(title, look.title, BLUE, space=0.35 * look.title)
        page.heading(measure, look.subtitle, QUIET, space=0.15 * look.subtitle)
        page.notes([foot], look.foot, QUIET, 0.8 * look.foot)
        words = [f"提前{ahead}年" if chinese else f"{ahead} ahead" for ahead in frame.index]
        left = page.left + max(page.length(word, look.tick) for word in words) + look.tick
        axes = page.axes(left, page.bottom + 1.8 * look.tick, page.right, page.top - look.tick)
        sns.heatmap(
            100 * frame, ax=axes, cmap="Blues", vmin=LIGHT, vmax=DARK, cbar=False, linewidths=1.5, annot=True,
            fmt=".0f", annot_kws={"fontsize": look.label, "fontfamily": FAMILY, "color": INK},
        )  # fmt: skip
        axes.set_xlabel("")
        axes.set_ylabel("")
        rows, columns = np.arange(len(frame.index)) + 0.5, np.arange(len(frame.columns)) + 0.5
        axes.set_yticks(rows, words, fontsize=look.tick, rotation=0)
        wide = (page.right - left) / len(columns)
        every = next(step for step in (1, 2, 5, 10) if step * wide >= 1.2 * page.length("2024", look.tick))
        years = [str(year) if place % every == 0 else "" for place, year in enumerate(frame.columns)]
        axes.set_xticks(columns, years, fontsize=look.tick, rotation=0)
        axes.tick_params(length=0, labelfontfamily=FAMILY)
    return page.chart


DEPENDENT = "Places err together: the cells of an origin are dependent."
_PANELS = {
    "cities": ("主要城市", "main cities"),
    "municipalities": ("直辖市", "municipalities"),
    "provinces": ("各省份", "provinces"),
}


def _texts(record: Record, panel: str, language: Language) -> tuple[str, str, str]:
    """Title, measure and foot."""
    held = record.coverage().set_index(["panel", "horizon"])["coverage80"][panel]
    near, far = held.index.min(), held.index.max()
    own = record.cases[record.cases["panel"] == panel]
    cases, last = len(own), (own["origin"] + own["horizon"]).max()
    first = own["origin"].min()
    where = _PANELS[panel][0 if language == "zh" else 1]
    if language == "zh":
        return (
            f"承诺80%的区间：提前{near}年实际覆盖{held[near]:.0%}，提前{far}年{held[far]:.0%}",
            f"{where}{first}至{last}年：按起点年份和提前年数的覆盖率（%），只用起点之前已实现的误差",
            f"资料来源：国家统计局年度数据，数据截至{last}年，n={cases:,}。各地一起出错：同一起点的格子并不独立。",
        )
    return (
        f"Bands promising 80% held {held[near]:.0%} at {near} year ahead, {held[far]:.0%} at {far}",
        f"Coverage in %, {where}, {first} to {last}, by origin and years ahead, using only errors realised by then",
        f"Source: National Bureau of Statistics, data to {last}, n={cases:,}. {DEPENDENT}",
    )
