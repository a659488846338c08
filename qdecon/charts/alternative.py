"""Text alternatives: what a figure shows, for readers who do not see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qdecon.charts.series import rows
from qdecon.charts.titles import status_text, subject
from qdecon.charts.words import estimate
from qdecon.verdict.wording import amount

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from qdecon.plan import Language
    from qdecon.verdict.record import Verdict


def alt_text(verdict: Verdict, frame: pd.DataFrame, language: Language) -> str:
    """Text alternative of a trajectory figure.

    Parameters
    ----------
    verdict : Verdict
    frame : pandas.DataFrame
        What is drawn.
    language : {"zh", "en"}

    Returns
    -------
    str
        Chart type, measure, period and trend, ceilings and ranges, projection, verdict with target.
    """
    name, chinese = subject(verdict, language), language == "zh"
    lines = (frame["series"] == "observed").sum() > 1
    kind = ("折线图：" if lines else "图：") if chinese else ("Line chart of " if lines else "Chart of ")
    measure = f"{verdict.place.zh}{name}。" if chinese else f"{name}, {verdict.place.en}."
    parts = [
        kind + measure,
        *_published(frame, language),
        *_ranges(frame, language),
        status_text(verdict, language) + ("。" if chinese else "."),
    ]
    return ("" if chinese else " ").join(parts)


def _published(frame: pd.DataFrame, language: Language) -> Iterator[str]:
    """Period and trend of the published figures."""
    found = rows(frame, "observed")
    if not found:
        yield "没有公布过年度数。" if language == "zh" else "No annual figure has been published."
        return
    chinese, last = language == "zh", found[-1]
    now = amount(last.value, last.unit, language)
    if len(found) == 1:
        yield f"公布的只有{last.year}年的{now}。" if chinese else f"One published figure: {now} in {last.year}."
        return
    run = [row for row in found if row.basis == last.basis]  # a trend across two bases would be none
    if len(run) < len(found):
        yield (
            f"{found[0].year}年起分段画出，各段统计口径不同。"
            if chinese
            else f"Drawn from {found[0].year} in segments that stand on different statistical bases."
        )
    first = run[0]
    then = amount(first.value, first.unit, language)
    if first is last:
        yield f"最近为{last.year}年的{now}。" if chinese else f"Latest: {now} in {last.year}."
    elif chinese:
        verb = "升至" if last.value > first.value else "降至" if last.value < first.value else "仍为"
        yield f"由{first.year}年的{then}{verb}{last.year}年的{now}。"
    else:
        verb = "It rose" if last.value > first.value else "It fell" if last.value < first.value else "It went"
        yield f"{verb} from {then} in {first.year} to {now} in {last.year}."


def _ranges(frame: pd.DataFrame, language: Language) -> Iterator[str]:
    """Ceilings, ranges of part-years, and the projection of the last year."""
    chinese = language == "zh"
    for row in rows(frame, "bound"):
        cap = estimate(row.value, row.unit, language)
        yield f"{row.year}年上限为{cap}。" if chinese else f"Ceiling for {row.year}: {cap}."
    for row in rows(frame, "part"):
        words = getattr(row, f"label_{language}").split("\n")
        yield f"{words[1]}：{words[0]}。" if chinese else f"{words[1]}: {words[0]}."
    for row in rows(frame, "partial"):
        low, high = (estimate(value, row.unit, language) for value in (row.lo, row.hi))
        yield f"{row.year}年估计在{low}至{high}之间。" if chinese else f"Estimated for {row.year}: {low} to {high}."
    for row in rows(frame, "projection")[-1:]:
        levels = (row.value, row.lo80, row.hi80, row.lo95, row.hi95)
        middle, *ends = (estimate(value, row.unit, language) for value in levels)
        yield (
            f"{row.year}年预测中位数为{middle}，80%区间{ends[0]}至{ends[1]}，95%区间{ends[2]}至{ends[3]}。"
            if chinese
            else f"Projected for {row.year}: median {middle}, 80% interval {ends[0]} to {ends[1]}, "
            f"95% interval {ends[2]} to {ends[3]}."
        )
