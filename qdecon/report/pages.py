"""Pages as HTML: every value is escaped, unless it was marked up here."""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import dataclass
from email.utils import format_datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from qdecon.errors import NotAvailable, UnknownName
from qdecon.plan import LANGUAGES
from qdecon.report.changes import released
from qdecon.report.fact import fact
from qdecon.report.frontpage import change_rows, counts, plates, scorecard_rows, summary
from qdecon.report.method import described
from qdecon.report.notes import NOTES
from qdecon.report.sourcepage import source_entries
from qdecon.report.targetpage import target_page
from qdecon.report.words import COLUMNS, EVIDENCE, PARTS, SOURCE_KINDS, labels
from qdecon.verdict import STATUS_WORDS
from qdecon.verdict.wording import amount, day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qdecon.data import Dataset
    from qdecon.plan import Language
    from qdecon.report.changes import Move
    from qdecon.report.picture import Picture
    from qdecon.scrutiny import Dossier
    from qdecon.verdict import Scorecard

HERE = Path(__file__).resolve().parent
STATIC = ("report.css", "report.js")
PLAN_PAGES = ("index", "changes", "method", "sources")
SCORECARD = ("id", "target", "deadline", "asked", "published", "finding", "chance", "sentence")


@dataclass(frozen=True)
class Settings:
    """What a report was asked for.

    Attributes
    ----------
    since : datetime.date
        Date with which the page of changes compares.
    site : str
        Address at which the report will stand, for the feed; empty if it stands nowhere.
    """

    since: dt.date
    site: str = ""

    @classmethod
    def of(cls, dataset: Dataset, since: str | None = None, site: str = "") -> Settings:
        """Settings for a dataset; by default what moved is told for the last year.

        Raises
        ------
        NotAvailable
            If the date to compare with is not before the dataset's.
        UnknownName
            If it is no date, or the site is no address of the web.

        Examples
        --------
        >>> import qdecon as qd
        >>> Settings.of(qd.load("qingdao")).since.isoformat()
        '2025-04-28'
        """
        if site and not site.startswith(("http://", "https://")):
            raise UnknownName(f"no address of the web: {site!r}", "option --site", "begin it with https://")
        date = dataset.as_of.replace(year=dataset.as_of.year - 1, day=min(dataset.as_of.day, 28))
        if since is not None:
            try:
                date = dt.date.fromisoformat(since)
            except ValueError as error:
                raise UnknownName(f"no date: {since!r}", "option --since", "write YYYY-MM-DD") from error
        if date >= dataset.as_of:
            raise NotAvailable(
                f"{date} is not before {dataset.as_of}", "option --since", "choose an earlier date to compare with"
            )
        return cls(date, f"{site.rstrip('/')}/" if site else "")


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    made.globals |= {"amount": amount, "grades": EVIDENCE, "parts_of": PARTS, "kinds": SOURCE_KINDS, "notes": NOTES}
    return made


def target_files(dataset: Dataset, dossier: Dossier, pictures: Mapping[str, Picture]) -> dict[str, bytes]:
    """The page of a target in both languages, by address."""
    files = {}
    for language in LANGUAGES:
        it, page = target_page(dataset, dossier, pictures, language), f"{dossier.target.id}.html"
        cited = _citation(dataset, dossier, language)
        files[f"{language}/{page}"] = _page("target.html", dataset, language, page, it=it, citation=cited)
    return files


def plan_files(
    dataset: Dataset, card: Scorecard, settings: Settings, moves: Mapping[str, Sequence[Move]],
    pictures: Mapping[str, Picture],
) -> dict[str, bytes]:  # fmt: skip
    """The pages of the whole plan in both languages, the feeds, and what all pages share.

    Parameters
    ----------
    dataset : Dataset
    card : Scorecard
    settings : Settings
    moves : mapping
        ``since``: one for every target; ``turns``: every change of a verdict.
    pictures : mapping
        Id of a headline target to its main figure; other keys are figures of the whole plan.
    """
    files = {name: (HERE / "static" / name).read_bytes() for name in STATIC}
    findings = {language: summary(card, language, f"{language}/index.html#") for language in LANGUAGES}
    files["index.html"] = _rendered("cover.html", plan=dataset.plan, **findings)
    cards = {target.id for target in dataset.plan.targets if target.headline}
    since = [move for move in moves["since"] if move.moved]
    turned = sorted(moves["turns"], key=lambda move: (move.date, move.target), reverse=True)
    for language in LANGUAGES:
        rows = scorecard_rows(dataset, card, language)
        files[f"{language}/index.html"] = _page(
            "front.html", dataset, language, "index.html", rows=rows,
            columns=[COLUMNS[name][language] for name in SCORECARD],
            cards=[(row, pictures.get(row.id)) for row in rows if row.id in cards], tally=counts(card, language),
            summary=summary(card, language), plain=card.summary()[language],
            statuses=[(status, word[language]) for status, word in STATUS_WORDS.items()],
            plates=plates(dataset, {name: each for name, each in pictures.items() if name not in cards}, language),
        )  # fmt: skip
        files[f"{language}/changes.html"] = _page(
            "changes.html", dataset, language, "changes.html", since_words=day(settings.since)[language],
            since_rows=change_rows(dataset, since, language), turn_rows=change_rows(dataset, turned, language),
            released=[fact(dataset, item) for item in released(dataset, settings.since)],
        )  # fmt: skip
        files[f"{language}/method.html"] = _page("method.html", dataset, language, "method.html", steps=described())
        files[f"{language}/sources.html"] = _page(
            "sources.html", dataset, language, "sources.html", entries=source_entries(dataset)
        )
        files[f"{language}/feed.xml"] = _rendered(
            "feed.xml", plan=dataset.plan, language=language, w=labels(language), site=settings.site,
            items=[_item(dataset, move, language) for move in turned],
        )  # fmt: skip
    return files


def _page(template: str, dataset: Dataset, language: Language, page: str, **more: object) -> bytes:
    return _rendered(
        template, plan=dataset.plan, place=dataset.plan.place[language], language=language, page=page,
        w=labels(language),
        as_of=dataset.as_of.isoformat(), as_of_words=day(dataset.as_of)[language],
        version=f"qdecon {sys.modules['qdecon'].__version__}", digest=fingerprint(dataset), **more,
    )  # fmt: skip


def _rendered(template: str, **context: object) -> bytes:
    return _environment().get_template(template).render(context).encode()


def fingerprint(dataset: Dataset) -> str:
    """Twelve digits by which the data of a report can be told from any others."""
    return sha256("".join(f"{name}{each}" for name, each in sorted(dataset.digests.items())).encode()).hexdigest()[:12]


def _citation(dataset: Dataset, dossier: Dossier, language: Language) -> str:
    plan, target, when = dataset.plan, dossier.target, day(dataset.as_of)[language]
    status, made = STATUS_WORDS[dossier.verdict.status][language], f"qdecon {sys.modules['qdecon'].__version__}"
    if language == "zh":
        return (
            f"{plan.place.zh}《{plan.title.zh}》{target.id} {target.label.zh}：{status}（截至{when}）。"
            f"{made}，数据指纹{fingerprint(dataset)}。"
        )
    return (
        f"{plan.title.en} ({plan.place.en}), {target.id} {target.label.en}: {status}, as of {when}. "
        f"{made}, digest of the data {fingerprint(dataset)}."
    )


def _item(dataset: Dataset, move: Move, language: Language) -> dict[str, Any]:
    """An item of the feed; its date is that of the data, for the report knows no other."""
    words = {str(status): word[language] for status, word in STATUS_WORDS.items()}
    label = dataset.plan.target(move.target).label[language]
    before = "" if move.before is None else f"{words[move.before.status]} → "
    date = dt.datetime.combine(dt.date.fromisoformat(move.date), dt.time(), dt.UTC)
    return {
        "id": move.target, "key": move.key, "title": f"{label}: {before}{words[move.after.status]}",
        "text": move.sentence[language], "date": format_datetime(date),
    }  # fmt: skip
