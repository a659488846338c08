"""Observations: published figures with unit, basis, vintage, publication date, grade, source and exact quotation."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from qdecon.data.periods import Lags, Period, interval_end, known_from, parse_period

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from qdecon.data.indicators import Basis, Indicator
    from qdecon.data.inspection import Inspector, Row

FILE = "observations.csv"
SOURCES_FILE = "sources.csv"
COLUMNS = (
    "indicator", "period", "value", "unit", "basis", "vintage", "published",
    "evidence", "qualifier", "use", "source", "quote", "note",
)  # fmt: skip
SOURCE_COLUMNS = ("id", "title", "publisher", "date", "kind", "address", "licence")

Evidence = Literal["official", "press", "aggregator", "derived"]
EVIDENCE: tuple[Evidence, ...] = get_args(Evidence)
# From weakest to strongest claim. A database holds the first release until it is finally verified, and never says which
# of the two it shows: a figure retrieved from it claims little more than the first release.
VINTAGES = ("unknown", "first", "retrieved", "final", "census4", "census5")
QUALIFIERS = ("", "more_than", "at_least", "about", "expected", "rounded")
USES = ("yes", "duplicate", "conflict", "rejected", "context")
SOURCE_KINDS = ("official", "press", "aggregator", "repository", "database", "derived")
_OPEN_ENDED = ("more_than", "at_least", "expected")
_NEVER_NEGATIVE = ("level", "share", "flow", "stock")


@dataclass(frozen=True)
class Source:
    """Where a figure was published."""

    id: str
    title: str
    publisher: str
    date: str
    kind: str
    address: str
    licence: str

    @property
    def citation(self) -> str:
        """Publisher, title and date."""
        return "，".join(
            part for part in (self.publisher, f"《{self.title}》" if self.title else "", self.date) if part
        )


@dataclass(frozen=True)
class Observation:
    """One published figure; a revision is another observation.

    Attributes
    ----------
    value : float or None
        In ``unit``; None only where the source names no figure.
    half_step : float
        Half of the last printed digit: how far rounding alone can move the figure.
    known : datetime.date
        Date from which the figure counts as known; ``assumed`` if it follows from the release lags.
    use : str
        ``yes``, ``duplicate`` (the same figure elsewhere), ``conflict``, ``rejected`` or ``context``.
    row : int
        Line in the table.
    """

    indicator: str
    period: Period
    value: float | None
    unit: str
    basis: str
    vintage: str
    published: str
    known: dt.date
    assumed: bool
    evidence: Evidence
    qualifier: str
    use: str
    source: str
    quote: str
    note: str
    half_step: float
    row: int

    @property
    def year(self) -> int:
        """Calendar year of the period."""
        return self.period.year

    @property
    def usable(self) -> bool:
        """Whether the figure may enter a series: an exact or rounded figure that is not disputed."""
        return self.value is not None and self.use in ("yes", "duplicate") and self.qualifier not in _OPEN_ENDED

    @property
    def rank(self) -> tuple[int, int, int, int, int, float]:
        """Sort key: among figures for one period the largest rank is read; of retrieved ones the latest."""
        retrieved = self.vintage == "retrieved"
        return (
            VINTAGES.index(self.vintage),
            self.known.toordinal() if retrieved else 0,
            self.row if retrieved else 0,
            self.use == "yes",
            -EVIDENCE.index(self.evidence),
            -self.half_step,
        )


def read_sources(inspector: Inspector) -> dict[str, Source]:
    """Read ``sources.csv``."""
    sources: dict[str, Source] = {}
    for line, row in inspector.table(SOURCES_FILE, SOURCE_COLUMNS):
        for column in ("id", "title", "publisher", "kind", "licence"):
            if not row[column] and not (column in ("title", "publisher") and (row["title"] or row["publisher"])):
                inspector.report("the cell is empty", SOURCES_FILE, line, column, "fill it in")
        if row["kind"] and row["kind"] not in SOURCE_KINDS:
            inspector.report(
                f"unknown kind {row['kind']!r}", SOURCES_FILE, line, "kind", f"use one of {', '.join(SOURCE_KINDS)}"
            )
        if row["date"] and interval_end(row["date"]) is None:
            inspector.report(
                f"no date: {row['date']!r}", SOURCES_FILE, line, "date", "write YYYY, YYYY-MM or YYYY-MM-DD"
            )
        if row["id"] in sources:
            inspector.report(f"source {row['id']} is listed twice", SOURCES_FILE, line, "id", "keep one row")
        sources[row["id"]] = Source(**row)
    return sources


def read_observations(
    inspector: Inspector,
    indicators: Mapping[str, Indicator],
    bases: Sequence[Basis],
    sources: Mapping[str, Source],
    lags: Lags,
) -> tuple[Observation, ...]:
    """Read ``observations.csv``; rows with a fault are reported and left out."""
    observations: list[Observation] = []
    seen: dict[tuple[str, str, str, str], int] = {}
    basis_ids = {basis.id for basis in bases}
    for line, row in inspector.table(FILE, COLUMNS):
        before = len(inspector.problems)
        indicator = indicators.get(row["indicator"])
        period = parse_period(row["period"])
        value = _value(inspector, line, row, indicator)
        _check_row(inspector, line, row, indicator, basis_ids, sources)
        if period is None:
            what = f"no period: {row['period']!r}"
            inspector.report(what, FILE, line, "period", "write 2024, 2024Q2ytd, 2024M05ytd, 2024-07 or 2021-2025")
        key = (row["indicator"], row["period"], row["vintage"], row["source"])
        if key in seen:
            what = f"duplicate key {', '.join(key)}: it stands in row {seen[key]} too"
            inspector.report(what, FILE, line, "indicator", "keep one row, or give the vintage that tells them apart")
        seen[key] = line
        if period is None:
            continue
        known, assumed = known_from(period, row["published"], row["vintage"], lags)
        if not assumed and known.year < period.year:
            what = f"published {row['published']} before the period {row['period']} began"
            inspector.report(what, FILE, line, "published", "correct the date or the period")
        if len(inspector.problems) > before:
            continue
        observations.append(
            Observation(
                indicator=row["indicator"], period=period, value=value, unit=row["unit"], basis=row["basis"],
                vintage=row["vintage"], published=row["published"], known=known, assumed=assumed,
                evidence=row["evidence"], qualifier=row["qualifier"], use=row["use"], source=row["source"],  # type: ignore[arg-type]
                quote=row["quote"], note=row["note"], half_step=half_step(row["value"]), row=line,
            )
        )  # fmt: skip
    return tuple(observations)


def half_step(text: str) -> float:
    """Half of the last printed digit.

    Examples
    --------
    >>> half_step("24.9")
    0.05
    """
    _, _, decimals = text.partition(".")
    return float(0.5 * 10.0 ** -len(decimals))


def _value(inspector: Inspector, line: int, row: Row, indicator: Indicator | None) -> float | None:
    text = row["value"]
    if not text:
        if row["use"] in ("yes", "duplicate", "conflict"):
            inspector.report("the value is missing", FILE, line, "value", "give the figure, or set use to context")
        return None
    if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", text):
        remedy = "write plain digits with a point, without separators or percent sign"
        inspector.report(f"no number: {text[:80]!r}", FILE, line, "value", remedy)
        return None
    value = float(text)
    if indicator is not None:
        if indicator.kind in _NEVER_NEGATIVE and value < 0:
            inspector.report(f"{indicator.kind} below zero: {text}", FILE, line, "value", "check sign and column")
        if indicator.kind == "share" and value > 100:
            inspector.report(f"share above 100 %: {text}", FILE, line, "value", "check value and unit")
    return value if math.isfinite(value) else None


def _check_row(
    inspector: Inspector,
    line: int,
    row: Row,
    indicator: Indicator | None,
    basis_ids: set[str],
    sources: Mapping[str, Source],
) -> None:
    for column, choices in (("vintage", VINTAGES), ("evidence", EVIDENCE), ("qualifier", QUALIFIERS), ("use", USES)):
        if row[column] not in choices:
            shown = ", ".join(choice or "(empty)" for choice in choices)
            inspector.report(f"unknown {column} {row[column]!r}", FILE, line, column, f"use one of {shown}")
    if indicator is None:
        remedy = "define it in indicators.toml, or correct the id"
        inspector.report(f"unknown indicator {row['indicator']!r}", FILE, line, "indicator", remedy)
    else:
        if row["unit"] != indicator.unit:
            what = f"unit differs: expected {indicator.unit}, got {row['unit'] or '(empty)'}"
            inspector.report(what, FILE, line, "unit", "convert the value, or declare the unit in indicators.toml")
        if indicator.based and row["basis"] not in basis_ids:
            what = f"unknown basis {row['basis'] or '(empty)'!r}"
            inspector.report(what, FILE, line, "basis", f"use one of {', '.join(sorted(basis_ids))}")
        if not indicator.based and row["basis"]:
            what = f"{indicator.id} has no statistical basis"
            inspector.report(what, FILE, line, "basis", "leave the cell empty, or set based = true in indicators.toml")
    if row["source"] not in sources:
        remedy = "add it to sources.csv; no figure enters without a source"
        inspector.report(f"unknown source {row['source'] or '(empty)'!r}", FILE, line, "source", remedy)
    if row["published"] and interval_end(row["published"]) is None:
        inspector.report(f"no date: {row['published']!r}", FILE, line, "published", "write YYYY, YYYY-MM or YYYY-MM-DD")
    if not row["quote"] and row["evidence"] != "derived":
        inspector.report("the quotation is missing", FILE, line, "quote", "quote the words of the source")
    if not row["note"] and (row["evidence"] == "derived" or row["use"] in ("rejected", "conflict")):
        inspector.report("the note is missing", FILE, line, "note", "give the steps, or the reason")
