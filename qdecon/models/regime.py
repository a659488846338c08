"""The regime a series is in: which past years still say something about the years ahead.

A window is shortened for one of two reasons, and always says so. A declared break (a census, a new definition, a new
policy) is taken as stated. Otherwise a single shift of the mean yearly change is looked for: a squared two-sample t
statistic is formed at every split that leaves enough years on both sides, and the largest, sup-F (Andrews 1993), is
compared with what 99 in 100 series of the same length without a shift stay below.

Those series have independent normal changes. Heavy tails do no harm, but where each year resembles the last, a shift is
seen that is none: in 6 of 100 series of 20 years at a correlation of 0.3, in 16 at 0.5. A steady decline, too, is taken
for a shift half-way. So a detected break is a reason to look, and to show both windows; it is no proof.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10
from typing import TYPE_CHECKING, Literal

import numpy as np

from qdecon.errors import NotAvailable
from qdecon.models.scale import LEVEL, Scale

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qdecon.models.protocol import Array

LEAST = 6  # yearly changes on each side of a detected shift
# 99 % points of sup-F for 12, 13, ... 19 independent normal changes, from two million series each (the tests draw some
# anew), and for 20 or more, where it hardly moves: between 13.1 and 13.5 up to 60
CRITICAL = (10.04, 11.63, 12.41, 12.83, 13.16, 13.25, 13.35, 13.43, 13.47)
RESOLUTION = 1e-20  # a variance below this share of the squared changes is rounding


@dataclass(frozen=True)
class Regime:
    """The years that a projection goes by, and why.

    Attributes
    ----------
    start : int
        Index of the first yearly change kept; also that of the first value kept.
    kept, dropped : int
        Yearly changes inside and before the window.
    kind : {"declared", "detected", "none"}
        What shortened the window.
    statistic : float or None
        sup-F; None where no shift was looked for.
    reason, reason_zh : str
        One sentence, in English and in Chinese.
    """

    start: int
    kept: int
    dropped: int
    kind: Literal["declared", "detected", "none"]
    statistic: float | None
    reason: str
    reason_zh: str


@dataclass(frozen=True)
class Shift:
    """Where the mean change of each series differs most before and after.

    Attributes
    ----------
    start : ndarray of int, shape (series,)
        Index of the first change after the shift.
    statistic : ndarray, shape (series,)
        sup-F, the squared two-sample t statistic there.
    """

    start: np.ndarray[tuple[int], np.dtype[np.intp]]
    statistic: Array


def largest_shift(changes: Array, least: int = LEAST) -> Shift:
    """Try every split that leaves ``least`` changes on both sides.

    Parameters
    ----------
    changes : ndarray, shape (series, years)
        Yearly changes, oldest first, at least twice ``least`` of them.

    Returns
    -------
    Shift

    Examples
    --------
    >>> largest_shift(np.array([[5.0, 7.0, 5.0, 1.0, 3.0, 2.0]]), least=2)
    Shift(start=array([3]), statistic=array([17.29]))
    """
    n = changes.shape[1]
    before = np.arange(least, n - least + 1)
    centred = changes - changes.mean(axis=1, keepdims=True)
    between = np.cumsum(centred, axis=1)[:, before - 1] ** 2 * n / (before * (n - before))
    floor = RESOLUTION * np.sum(changes**2, axis=1, keepdims=True) + np.finfo(float).tiny
    within = np.maximum(np.sum(centred**2, axis=1, keepdims=True) - between, floor)
    ratio = between * (n - 2) / within
    return Shift(before[ratio.argmax(axis=1)], ratio.max(axis=1))


def critical(n: int) -> float:
    """What sup-F stays below in 99 of 100 series of ``n`` changes, at least 12, without a shift.

    Examples
    --------
    >>> critical(12), critical(25)
    (10.04, 13.47)
    """
    return CRITICAL[min(n - 2 * LEAST, len(CRITICAL) - 1)]


def current_regime(
    changes: Array,
    declared: Sequence[int] = (),
    least: int = LEAST,
    last_year: int | None = None,
    scale: Scale = LEVEL,
    *,
    act: bool = True,
) -> Regime:
    """Find the window that the last year belongs to.

    Parameters
    ----------
    changes : ndarray, shape (years,)
        Yearly changes on the model's scale, oldest first, without gaps.
    declared : sequence of int
        Known breaks, each the index of the first change that belongs to the new regime. The last one counts.
    least : int
        Fewest changes to go by, 6 or more. A window that would be shorter is not used.
    last_year : int, optional
        Year of the last change; without it the reason counts changes instead of naming years.
    scale : Scale
        Scale of the changes, for the wording only.
    act : bool
        Whether a detected break shortens the window; if not, it is told all the same.

    Returns
    -------
    Regime

    Raises
    ------
    NotAvailable
        If there is a gap, a declared break lies outside the series, or ``least`` is below 6.

    Examples
    --------
    >>> slowed = np.array([12.0, 13.2, 11.1, 12.2, 11.9, 12.8, 11.4, 6.1, 5.2, 6.3, 5.8, 6.9, 6.0, 5.7])
    >>> print(current_regime(slowed, last_year=2025).reason)
    window shortened to 2019-2025: yearly change moved from 12.2 to 6.0 (detected, sup-F = 315.6, limit 12.4)
    """
    array = _checked(np.asarray(changes, dtype=float), declared, least)
    told = _Telling(array, last_year, scale)
    if declared:
        start = max(declared)
        if len(array) - start >= least:
            return told.shortened(start, "declared", None, "declared", "已知断点")
        after = len(array) - start
        return told.whole(
            None,
            f"only {after} yearly change{'' if after == 1 else 's'} since the declared break, {least} needed",
            f"已知断点之后只有{after}个年变化，至少需要{least}个",
        )
    if len(array) < 2 * least:
        return told.whole(
            None,
            f"too short to look for a break, {2 * least} needed",
            f"太短，无法检验断点，至少需要{2 * least}个年变化",
        )
    shift, limit = largest_shift(array[None, :], least), critical(len(array))
    statistic, start = float(shift.statistic[0]), int(shift.start[0])
    found = f"sup-F = {statistic:.1f}" if statistic < 1000 else "sup-F > 1000"
    if statistic > limit and not act:
        moved, moved_zh = told.moved(start)
        span, span_zh = told.span(start)
        return told.whole(
            statistic,
            f"another regime may hold in {span} ({moved}; {found}, limit {limit:.1f}), which is told but not acted on",
            f"{span_zh}可能已是另一种态势（{moved_zh}；{found}，界限{limit:.1f}），此处仅作提示，未据此缩短",
        )
    if statistic > limit:
        words = f"detected, {found}, limit {limit:.1f}", f"检验发现断点，{found}，界限{limit:.1f}"
        return told.shortened(start, "detected", statistic, *words)
    return told.whole(
        statistic, f"no break found ({found}, limit {limit:.1f})", f"未发现断点（{found}，界限{limit:.1f}）"
    )


def shortened(
    values: Array, scale: Scale = LEVEL, declared: Sequence[int] = (), least: int = LEAST, last_year: int | None = None
) -> tuple[Array, Regime]:
    """Keep the values of the current regime, with the last one before it to measure the first change from.

    Parameters
    ----------
    values : ndarray, shape (years,)
        Annual values, oldest first, without gaps.
    scale : Scale
        Where changes are formed.
    declared, least, last_year
        As in :func:`current_regime`.

    Returns
    -------
    tuple of ndarray, shape (kept + 1,), and Regime

    Examples
    --------
    >>> kept, regime = shortened(np.arange(9.0) ** 2, declared=[2])
    >>> kept, regime.reason
    (array([ 4., 9., 16., 25., 36., 49., 64.]),
     'window shortened to the last 6 of 8 yearly changes: yearly change moved from 2.0 to 10.0 (declared)')
    """
    array = np.asarray(values, dtype=float)
    regime = current_regime(np.diff(scale.forth(array)), declared, least, last_year, scale)
    return array[regime.start :], regime


@dataclass(frozen=True)
class _Telling:
    """Words for a window of the changes."""

    changes: Array
    last_year: int | None
    scale: Scale

    def whole(self, statistic: float | None, why: str, why_zh: str) -> Regime:
        span, span_zh = self.span(0)
        n = len(self.changes)
        return Regime(
            0, n, 0, "none", statistic, f"window kept whole, {span}: {why}", f"窗口未缩短，{span_zh}：{why_zh}"
        )

    def shortened(
        self, start: int, kind: Literal["declared", "detected"], statistic: float | None, how: str, how_zh: str
    ) -> Regime:
        span, span_zh = self.span(start)
        moved, moved_zh = self.moved(start)
        return Regime(
            start=start,
            kept=len(self.changes) - start,
            dropped=start,
            kind=kind,
            statistic=statistic,
            reason=f"window shortened to {span}: {moved} ({how})",
            reason_zh=f"窗口缩短为{span_zh}：{moved_zh}（{how_zh}）",
        )

    def moved(self, start: int) -> tuple[str, str]:
        """From which mean yearly change to which, in both languages."""
        factor, unit, unit_zh = {
            "log": (100, " log points", "对数点"),
            "log-odds": (1, " on log-odds", "（对数几率）"),
        }.get(self.scale.kind, (1, "", ""))
        means = [factor * float(part.mean()) for part in (self.changes[:start], self.changes[start:])]
        decimals = max(0, 2 - floor(log10(max(map(abs, means)) or 1)))  # three figures of the larger one
        before, after = (f"{mean:.{decimals}f}" for mean in means)
        return f"yearly change moved from {before} to {after}{unit}", f"年变化由{before}变为{after}{unit_zh}"

    def span(self, start: int) -> tuple[str, str]:
        n = len(self.changes)
        if self.last_year is not None:
            first = self.last_year - n + 1 + start
            return f"{first}-{self.last_year}", f"{first}年至{self.last_year}年"
        if start == 0:
            return f"{n} yearly changes", f"共{n}个年变化"
        return f"the last {n - start} of {n} yearly changes", f"{n}个年变化中的最近{n - start}个"


def _checked(changes: Array, declared: Sequence[int], least: int) -> Array:
    if least < LEAST:
        raise NotAvailable(f"a window of {least} yearly changes", "argument least", f"ask for {LEAST} or more")
    if changes.ndim != 1 or not len(changes):
        raise NotAvailable(f"changes of shape {changes.shape}", "argument changes", "give those of one series")
    if not np.isfinite(changes).all():
        year = int(np.argmin(np.isfinite(changes)))
        raise NotAvailable("the changes have a gap", f"argument changes, year {year}", "use the years after the gap")
    for index in declared:
        if not 0 < index < len(changes):
            raise NotAvailable(
                f"a declared break at {index} lies outside the series",
                "argument declared",
                f"give the index of the first change of the new regime, 1 to {len(changes) - 1}",
            )
    return changes
