"""Periods of observations, and the date from which a figure counts as known."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Part = Literal["year", "partial", "month", "range"]

_PERIOD = re.compile(
    r"(?P<year>[12][0-9]{3})(?:(?P<partial>Q[1-4]|M(?:0[1-9]|1[0-2]))ytd|-(?P<last>[12][0-9]{3})|-(?P<month>0[1-9]|1[0-2]))?"
)
_DATE = re.compile(r"([12][0-9]{3})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
EARLIEST, LATEST = 1000, 2999  # years that a table may name


@dataclass(frozen=True)
class Period:
    """The time a figure refers to.

    Attributes
    ----------
    label : str
        As written in the table.
    year : int
        Calendar year; of a range, its last year.
    part : str
        ``year``; ``partial`` (cumulative from January to ``month``); ``month`` (a count stated at a month); ``range``.
    month : int
        Last month covered.
    """

    label: str
    year: int
    part: Part
    month: int


def parse_period(label: str) -> Period | None:
    """Read a period; None if it is none.

    Examples
    --------
    >>> parse_period("2024Q2ytd")
    Period(label='2024Q2ytd', year=2024, part='partial', month=6)
    >>> parse_period("2024H1") is None
    True
    """
    match = _PERIOD.fullmatch(label)
    if match is None:
        return None
    year = int(match["year"])
    if match["partial"]:
        kind, number = match["partial"][0], int(match["partial"][1:])
        return Period(label, year, "partial", 3 * number if kind == "Q" else number)
    if match["last"]:
        return Period(label, int(match["last"]), "range", 12) if int(match["last"]) > year else None
    if match["month"]:
        return Period(label, year, "month", int(match["month"]))
    return Period(label, year, "year", 12)


def interval_end(date: str) -> dt.date | None:
    """Last day of a date that may lack its day or month; None if it is no date.

    Examples
    --------
    >>> interval_end("2025-02")
    datetime.date(2025, 2, 28)
    """
    match = _DATE.fullmatch(date)
    if match is None:
        return None
    year, month, day = match.groups()
    try:
        if month is None:
            return dt.date(int(year), 12, 31)
        if day is None:
            return dt.date(int(year), int(month), calendar.monthrange(int(year), int(month))[1])
        return dt.date(int(year), int(month), int(day))
    except (ValueError, calendar.IllegalMonthError):
        return None


@dataclass(frozen=True)
class Lags:
    """When a figure without a publication date counts as known.

    Attributes
    ----------
    annual : tuple of int
        Month and day of the following year.
    partial : int
        Days after the end of the quarter or month.
    following : mapping
        Vintage to month and day of the following year (a final verification comes later than the first release).
    earliest : mapping
        Vintage to the first date on which it can have been known (a census revision).
    """

    annual: tuple[int, int]
    partial: int
    following: Mapping[str, tuple[int, int]]
    earliest: Mapping[str, dt.date]


def known_from(period: Period, published: str, vintage: str, lags: Lags) -> tuple[dt.date, bool]:
    """Date from which a figure counts as known, and whether that date is assumed.

    An imprecise publication date counts as the end of its interval; a missing one follows the release lags.

    Examples
    --------
    >>> lags = Lags((3, 31), 45, {}, {"census4": dt.date(2020, 3, 31)})
    >>> known_from(parse_period("2018"), "", "census4", lags)
    (datetime.date(2020, 3, 31), True)
    >>> known_from(parse_period("2018"), "2019-01", "first", lags)
    (datetime.date(2019, 1, 31), False)
    """
    stated = interval_end(published) if published else None
    if stated is not None:
        return stated, False
    if period.part in ("year", "range"):
        month, day = lags.following.get(vintage, lags.annual)
        date = dt.date(period.year + 1, month, day)
    else:
        last = dt.date(period.year, period.month, calendar.monthrange(period.year, period.month)[1])
        date = last + dt.timedelta(days=lags.partial)
    return max(date, lags.earliest.get(vintage, date)), True
