"""The tables of a target's page: what its figures draw and its parts count, every number with its source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from qdecon.charts import frame_rules, frame_trajectory
from qdecon.charts.series import rows
from qdecon.charts.words import estimate
from qdecon.errors import NotAvailable
from qdecon.report.marking import Note, computed, promised, published
from qdecon.report.words import COLUMNS, KINDS, RULE_EVIDENCE, SHAPES, STATES, YES
from qdecon.scrutiny import GrowthBaseRate
from qdecon.verdict import STATUS_WORDS
from qdecon.verdict.wording import amount, chance, day, percent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qdecon.plan import Language
    from qdecon.report.marking import Marker
    from qdecon.scrutiny import Dossier

Cell = str | Markup
NAMED = 12  # so many precedents are listed; the rest are in the data


@dataclass(frozen=True)
class Table:
    """Headings and rows, ready for a page."""

    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __bool__(self) -> bool:
        return bool(self.rows)


def table(names: Iterable[str], cells: Iterable[Iterable[Cell]], language: Language) -> Table:
    """A table with headings from the fixed words."""
    return Table(tuple(COLUMNS[name][language] for name in names), tuple(tuple(row) for row in cells))


def badge(status: str, language: Language) -> Markup:
    """A status as shape and word."""
    word = {str(name): each for name, each in STATUS_WORDS.items()}[status][language]
    return Markup('<span class="status {}"><span aria-hidden="true">{}</span> {}</span>').format(
        status, SHAPES[status], word
    )


def odds(probability: float | None, note: Note, language: Language, marker: Marker) -> Markup:
    """A probability in words, marked; empty where there is none."""
    if probability is None:
        return Markup("")
    return Markup('<span class="chance">{}</span>').format(marker.sentence(chance(probability)[language], note))


def of_trajectory(dossier: Dossier, marker: Marker, language: Language) -> Table:
    """What the main figure draws, mark by mark."""
    verdict = dossier.verdict
    if verdict.trajectory is None:
        return Table((), ())
    note, unit = Note("c-trajectory", "trajectory"), verdict.trajectory.unit
    drawn = frame_trajectory(verdict)
    needed = drawn.loc[drawn["series"] == "needed", "year"]
    ends = (needed.min(), needed.max())  # the path needed begins at the published figure and ends at the target
    cells = []
    for row in rows(drawn):
        if row.series == "basis" or row.state == "start" or (row.series == "needed" and row.year in ends):
            continue
        spans = [_span(low, high, unit, note, language) for low, high in ((row.lo80, row.hi80), (row.lo95, row.hi95))]
        value: Cell = _span(row.lo, row.hi, unit, note, language)
        if row.value == row.value:
            value = _value(row, unit, marker, note, language)
        cells.append((str(row.year), value, *spans, STATES[row.series][language]))
    return table(("year", "value", "interval80", "interval95", "state"), cells, language)


def _value(row: Any, unit: str, marker: Marker, note: Note, language: Language) -> Markup:
    """A drawn value: published, promised or computed."""
    if row.series == "target":
        return promised(amount(row.value, unit, language), marker.ledger, marker.home)
    for fact in marker.ledger.facts if row.series in ("observed", "part") else ():
        if (fact.value, fact.observation.year, fact.unit) == (row.value, row.year, unit):
            return published(amount(row.value, unit, language), fact, marker.home)
    return _estimate(row.value, unit, note, language)


def _estimate(value: float, unit: str, note: Note, language: Language) -> Markup:
    text = estimate(value, unit, language)
    return computed(text, f"{value:.6g}", unit, note)


def _span(low: float, high: float, unit: str, note: Note, language: Language) -> Markup:
    if low != low:
        return Markup("")
    ends = (_estimate(each, unit, note, language) for each in (low, high))
    return Markup("—" if language == "zh" else " to ").join(ends)


def of_rules(dossier: Dossier, marker: Marker, language: Language) -> Table:
    """What every rule says, and the value at which the target would just be on track for it."""
    if dossier.rules is None:
        return Table((), ())
    note, unit = Note("c-rules", "rules"), dossier.target.unit or ""
    try:
        frame = frame_rules(dossier.rules)
    except NotAvailable:  # no time is left, or no rule judges it
        return Table((), ())
    cells = []
    for row in rows(frame[frame["series"].isin(["rule", "left out"])]):
        value = _estimate(row.value, unit, note, language) if row.value == row.value else Markup("")
        because = getattr(row, f"note_{language}")
        on_track = None if row.on_track is None else bool(row.on_track)
        body, known = getattr(row, f"label_{language}").rstrip("*"), RULE_EVIDENCE[row.evidence][language]
        cells.append((body, YES[on_track][language], value or because, known))
    return table(("body", "on_track", "turning", "evidence"), cells, language)


def of_base_rate(dossier: Dossier, marker: Marker, language: Language) -> Table:
    """The precedents, nearest to what is asked first come last in time order."""
    rate = dossier.base_rate
    if rate is None or not rate.examples:
        return Table((), ())
    note, growth = Note("c-base_rate", "base_rate"), isinstance(rate, GrowthBaseRate)
    cells = []
    for window in sorted(rate.examples, key=lambda each: -each.excess)[:NAMED]:
        place = window.place if language == "zh" else window.place_en
        change = percent(window.change) if growth else amount(window.change, "百分点", language, 1)
        beyond = amount(100 * window.excess, "百分点", language, 1) if growth else ""
        cells.append(
            (place, window.when[language], marker.sentence(change, note), marker.sentence(beyond, note))[: 3 + growth]
        )
    return table(("place", "years", "change", "beyond")[: 3 + growth], cells, language)


def of_sensitivity(dossier: Dossier, marker: Marker, language: Language) -> Table:
    """The verdict under every other reading."""
    found, note = dossier.sensitivity, Note("c-sensitivity", "sensitivity")
    kinds = ["base", *(each.kind for each in found.readings)] if found.readings else []
    cells = [
        (
            KINDS[kind][language], marker.sentence(each.name[language], note),
            each.finding[language], odds(each.probability, note, language, marker),
        )
        for kind, each in zip(kinds, (found.base, *found.readings), strict=False)
    ]  # fmt: skip
    return table(("kind", "reading", "finding", "chance"), cells, language)


def of_history(dossier: Dossier, marker: Marker, language: Language) -> Table:
    """The verdict as known on earlier dates, latest first."""
    note = Note("c-history", "history")
    cells = [
        (
            Markup("<time datetime=\"{}\">{}</time>").format(step.date, day(step.date)[language]),
            badge(step.verdict.status, language),
            odds(step.verdict.probability, note, language, marker), marker.sentence(step.sentence[language], note),
        )
        for step in reversed(dossier.history.steps)
    ]  # fmt: skip
    return table(("date", "finding", "chance", "what"), cells, language)
