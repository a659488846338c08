"""The page of one target: promise, sentence, figures, evidence, and where every number comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from qdecon.charts import headline
from qdecon.plan import Bilingual
from qdecon.report.fact import ledger
from qdecon.report.marking import Marker, Note, verdict_note
from qdecon.report.notes import NOTES
from qdecon.report.tables import (
    badge,
    of_base_rate,
    of_history,
    of_rules,
    of_sensitivity,
    of_trajectory,
)
from qdecon.report.words import HEADINGS, STRENGTHS
from qdecon.verdict.wording import goal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qdecon.data import Dataset
    from qdecon.data.observations import Source
    from qdecon.plan import Language, Target
    from qdecon.report.fact import Fact
    from qdecon.report.picture import Picture
    from qdecon.report.tables import Table
    from qdecon.scrutiny import Dossier

_USED = re.compile(r'href="#(o\d+)"')
_PARTS = re.compile(r'href="#c-(\w+)"')
TABLES = {
    "trajectory": of_trajectory,
    "rules": of_rules,
    "base_rate": of_base_rate,
    "sensitivity": of_sensitivity,
    "history": of_history,
}


@dataclass(frozen=True)
class Section:
    """One part of a dossier on a page; what a part has not is None or empty."""

    part: str
    heading: str
    sentence: Markup
    picture: Picture | None
    caption: Markup
    table: Table | None


@dataclass(frozen=True)
class TargetPage:
    """Everything that the page of a target says in one language."""

    target: Target
    label: str
    badge: Markup
    title: str
    headline: Markup
    sentence: Markup
    plain: str
    document: Source
    asked: Markup
    strength: str
    sections: tuple[Section, ...]
    facts: tuple[Fact, ...]
    notes: tuple[tuple[str, str, str], ...]
    others: tuple[tuple[str, str], ...]


def target_page(dataset: Dataset, dossier: Dossier, pictures: Mapping[str, Picture], language: Language) -> TargetPage:
    """Gather the page of a target.

    Parameters
    ----------
    dataset : Dataset
    dossier : Dossier
    pictures : mapping
        Part of the dossier, or ``trajectory``, to its figure.
    language : {"zh", "en"}
    """
    verdict, target = dossier.verdict, dossier.target
    marker, note = Marker(ledger(dataset, target)), verdict_note(target)
    sentence = marker.sentence(verdict.sentence[language], note)
    sections = tuple(_sections(dossier, marker, pictures, language))
    texts: list[str] = [sentence, *(text for each in sections for text in (each.sentence, each.caption))]
    texts += [cell for each in sections if each.table for row in each.table.rows for cell in row]
    html = "".join(text for text in texts if isinstance(text, Markup))
    linked, parts = set(_USED.findall(html)), dict.fromkeys(["verdict", *_PARTS.findall(html)])
    since = dataset.plan.period[0] - 1
    facts = tuple(
        each
        for each in marker.ledger.facts
        if each.anchor in linked or (each.source.id in verdict.sources and each.observation.year >= since)
    )
    return TargetPage(
        target, target.label[language], badge(verdict.status, language), headline(verdict, language),
        marker.sentence(headline(verdict, language), note), sentence, verdict.sentence[language],
        dataset.sources[target.source], _asked(target, marker, language),
        STRENGTHS[target.strength][language], sections, facts,
        tuple((name, NOTES[name][0][language], NOTES[name][1]) for name in parts), _others(dataset, target, language),
    )  # fmt: skip


def _sections(dossier: Dossier, marker: Marker, pictures: Mapping[str, Picture], language: Language) -> list[Section]:
    told = {part: Bilingual("", "") for part in ("trajectory", "pace", "cities") if part in pictures}
    told |= {part: sentence for part, sentence in dossier.sentences.items() if part != "verdict"}
    return [
        _section(part, sentence[language], (dossier, marker, language), pictures.get(part))
        for part, sentence in told.items()
    ]


def _section(part: str, sentence: str, about: tuple[Dossier, Marker, Language], picture: Picture | None) -> Section:
    dossier, marker, language = about
    note = Note(f"c-{part}", part)
    caption = marker.sentence(picture.title[language] if picture else "", note)
    table = TABLES[part](dossier, marker, language) if part in TABLES else None
    return Section(part, HEADINGS[part][language], marker.sentence(sentence, note), picture, caption, table)


def _asked(target: Target, marker: Marker, language: Language) -> Markup:
    """The promise as it is read: comparator, value, unit and year."""
    if target.comparator is None or target.value is None:
        return Markup("")
    aim = goal(target.value, target.unit or "", target.comparator)[language]
    when = (
        "—".join(str(year) for year in target.years[:: len(target.years) - 1 or 1]) if target.years else target.deadline
    )
    text = f"{when}年{aim}" if language == "zh" else f"{aim} in {when}"
    return marker.sentence(text, Note("c-verdict", "verdict"))


def _others(dataset: Dataset, target: Target, language: Language) -> tuple[tuple[str, str], ...]:
    """Ids and labels of the other readings and successors of the same clause."""
    root = target.reading_of or target.successor_of or target.id
    family = [
        each
        for each in dataset.plan.targets
        if root in (each.id, each.reading_of, each.successor_of) and each is not target
    ]
    return tuple((each.id, each.label[language]) for each in family if each.id != target.id)
