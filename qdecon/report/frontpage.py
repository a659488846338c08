"""The pages of the whole plan: the finding with the scorecard, what moved, the method, the sources, the feed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from qdecon.report.fact import Ledger, fact, ledger
from qdecon.report.marking import Marker, Note, computed, promised, published, verdict_note
from qdecon.report.notes import NOTES
from qdecon.report.tables import badge, odds
from qdecon.verdict.wording import amount, goal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from qdecon.data import Dataset
    from qdecon.plan import Language
    from qdecon.report.changes import Move, Standing
    from qdecon.report.picture import Picture
    from qdecon.verdict import Scorecard, Verdict

COUNTED = Note("c-counts", "counts")
OF_DATA = ("vintages", "composition")  # figures that draw what was published


@dataclass(frozen=True)
class Row:
    """One target in the scorecard."""

    id: str
    label: str
    group: str
    status: str
    headline: bool
    counted: bool
    deadline: str
    asked: Markup
    value: Markup
    badge: Markup
    chance: Markup
    sentence: Markup


@dataclass(frozen=True)
class Plate:
    """A figure of the whole plan: its part, its title, and the note on how its numbers came about."""

    part: str
    picture: Picture
    caption: Markup
    note: str
    step: str


@dataclass(frozen=True)
class ChangeRow:
    """One target in the table of what moved; ``before`` is empty if it did not exist then."""

    id: str
    label: str
    date: str
    before: Markup
    after: Markup
    why: Markup


def scorecard_rows(dataset: Dataset, card: Scorecard, language: Language) -> tuple[Row, ...]:
    """The scorecard, every number with its address on the page of its target."""
    return tuple(_row(dataset, verdict, language) for verdict in card.verdicts)


def _row(dataset: Dataset, verdict: Verdict, language: Language) -> Row:
    target, home = verdict.target, f"{verdict.target.id}.html"
    marker, note = Marker(ledger(dataset, target), home), verdict_note(target, home)
    asked = value = marker.sentence("", note)
    if target.comparator is not None and target.value is not None:
        asked = promised(goal(target.value, target.unit or "", target.comparator)[language], marker.ledger, home)
    if verdict.value is not None:
        value = _value(dataset, verdict, home, language)
    years = f"{target.years[0]}—{target.years[-1]}" if target.years else str(target.deadline or "")
    return Row(
        target.id, target.label[language], target.group, verdict.status, target.headline, target.counted, years, asked,
        value, badge(verdict.status, language), odds(verdict.probability, note, language, marker),
        marker.sentence(verdict.sentence[language], note),
    )  # fmt: skip


def _value(dataset: Dataset, verdict: Verdict, home: str, language: Language) -> Markup:
    """The figure that settled a target: as it was published, or formed from such figures."""
    target, value = verdict.target, verdict.value or 0.0
    text = amount(value, target.unit or "", language)
    for each in ledger(dataset, target).facts:
        own = each.observation.indicator == target.indicator and each.observation.year == target.deadline
        if own and (each.value, each.unit) == (value, target.unit):
            return published(text, each, home)
    return computed(text, f"{value:.6g}", target.unit or "", Note(f"{home}#c-verdict", "verdict"))


def summary(card: Scorecard, language: Language, home: str = "#") -> Markup:
    """The finding: how many targets came out how; ``home`` is the address before the note that says so."""
    return Marker(Ledger()).sentence(card.summary()[language], Note(f"{home}{COUNTED.anchor}", COUNTED.part))


def counts(card: Scorecard, language: Language) -> tuple[tuple[Markup, Markup], ...]:
    """Every status with the number of counted city targets that have a figure."""
    found = [each for each in card.verdicts if each.target.counted and each.target.group == "numeric"]
    tally = {status: sum(each.status == status for each in found) for status in card.counts()}
    return tuple(
        (badge(status, language), computed(str(number), str(number), "", COUNTED))
        for status, number in tally.items()
        if number
    )


def change_rows(dataset: Dataset, moves: Iterable[Move], language: Language) -> tuple[ChangeRow, ...]:
    """Moves as a table, every number with its address on the page of its target."""
    rows = []
    for move in moves:
        target = dataset.plan.target(move.target)
        home = f"{target.id}.html"
        marker, note = Marker(ledger(dataset, target), home), Note(f"{home}#c-history", "history")
        before, after = (_standing(each, marker, note, language) for each in (move.before, move.after))
        why = marker.sentence(move.sentence[language], note)
        rows.append(ChangeRow(target.id, target.label[language], move.date, before, after, why))
    return tuple(rows)


def _standing(standing: Standing | None, marker: Marker, note: Note, language: Language) -> Markup:
    """Status and chance on one date."""
    if standing is None:
        return Markup("")
    return badge(standing.status, language) + Markup(" ") + odds(standing.chance, note, language, marker)


def plates(dataset: Dataset, pictures: Mapping[str, Picture], language: Language) -> tuple[Plate, ...]:
    """Figures of the whole plan; a published figure in a title leads to the page of sources."""
    items = [item for item in dataset.observations if item.usable]
    items.sort(key=lambda item: item.rank, reverse=True)
    told = Ledger(None, tuple(fact(dataset, item) for item in items))
    found = []
    for slug, each in pictures.items():
        part = "counts" if slug == "scorecard" else slug
        marker = Marker(told if slug in OF_DATA else Ledger(), "sources.html")
        text, step = NOTES[part]
        found.append(
            Plate(part, each, marker.sentence(each.title[language], Note(f"c-{part}", part)), text[language], step)
        )
    return tuple(found)
