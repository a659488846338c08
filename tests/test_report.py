"""The report: every number on every page is what the data or a record say, and leads to where it comes from."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from qdecon.data import load
from qdecon.replay import history
from qdecon.report import Work, build_report
from qdecon.verdict import STATUS_WORDS, scorecard
from tests.crawler import Crawl, Evidence, Printed
from tests.reports import LANGUAGES, Built, Node, built, parsed

if TYPE_CHECKING:
    from qdecon.verdict import Verdict

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Built:
    return built(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="module")
def evidence(report) -> Evidence:
    return Evidence(report)


def chance(probability: float | None, language: str) -> str:
    """A probability as the tables word it, written anew here."""
    if probability is None:
        return ""
    if probability < 0.05:
        return {"zh": "不到5%", "en": "fewer than 1 in 20"}[language]
    if probability > 0.95:
        return {"zh": "95%以上", "en": "more than 19 in 20"}[language]
    return f"约{100 * probability:.0f}%" if language == "zh" else f"{100 * probability:.0f} in 100"


def names(report: Built) -> list[str]:
    return [each.id for each in report.city.plan.targets]


def table(page: Node, part: str) -> list[list[str]]:
    """Texts of the cells of a part's table."""
    (section,) = page.all("section", aria_labelledby=f"part-{part}")
    return [[cell.text for cell in row.all("td")] for body in section.all("tbody") for row in body.all("tr")]


def test_every_number_is_right_and_leads_to_where_it_comes_from(report, evidence):
    assert list(Crawl(report.pages, evidence)) == []


def test_nearly_every_computed_number_stands_in_a_record_beside_its_sentence(report, evidence):
    """A few follow from steps that no record keeps: they are confirmed only by the sentence, which is the record's."""
    crawl = Crawl(report.pages, evidence)
    marked = [
        (address, node)
        for address, page in report.pages.items()
        for node in page.all("data")
        if "data-part" in node.attributes
    ]
    said = [(*crawl.part(*each), each[1].text) for each in marked if not crawl.confirmed(*each)]
    assert len(marked) > 2000
    assert len(said) <= 0.01 * len(marked), said
    assert {part for _, part, _ in said} == {"verdict"}, said


def test_sentences_are_those_of_the_record(report):
    """Word by word: what stands on the page of a target and in the scorecard, marks taken out."""
    for language in LANGUAGES:
        for name in names(report):
            file, page = report.dossiers[name], report.pages[f"{language}/{name}.html"]
            (lead,) = page.all("blockquote", class_="sentence")
            assert lead.text.strip() == lead.attributes["data-copy"] == file.verdict.sentence[language]
            for part, told in file.sentences.items():
                if part != "verdict":
                    (section,) = page.all("section", aria_labelledby=f"part-{part}")
                    assert section.all("p", class_="sentence")[0].text == told[language]
        front = report.pages[f"{language}/index.html"]
        (card,) = front.all("table", class_="scorecard")
        told = [
            (row.all("a", class_="id")[0].text, row.all("td", class_="sentence")[0].text) for row in card.all("tr")[1:]
        ]
        assert told == [(name, report.dossiers[name].verdict.sentence[language]) for name in names(report)]


def test_tables_are_those_of_the_record_row_by_row(report):
    """What the crawler cannot tell by value alone: which number stands in which row."""
    for language in LANGUAGES:
        for name in names(report):
            file, page = report.dossiers[name], report.pages[f"{language}/{name}.html"]
            if "history" in file.sentences:
                steps = [
                    [chance(step.verdict.probability, language), step.sentence[language]]
                    for step in reversed(file.history.steps)
                ]
                assert [row[2:] for row in table(page, "history")] == steps
            if "sensitivity" in file.sentences:
                readings = [
                    [each.name[language], each.finding[language], chance(each.probability, language)]
                    for each in (file.sensitivity.base, *file.sensitivity.readings)
                ]
                assert [row[1:] for row in table(page, "sensitivity")] == readings
            if file.base_rate is not None and file.base_rate.examples:
                best = sorted(file.base_rate.examples, key=lambda each: -each.excess)
                for row, window in zip(table(page, "base_rate"), best, strict=False):
                    change = window.change if row[2].endswith("%") else window.change / 100
                    assert row[1] == window.when[language]
                    assert Printed.of(row[2]).says(100 * change)
                    assert len(row) < 4 or abs(Printed.of(row[3]).value - 100 * window.excess) <= 0.051


def test_counts_are_counted(report):
    """Status by status, from the verdicts of the plan's own targets with a figure."""
    own = [each for each in report.city.plan.targets if each.counted and each.group == "numeric"]
    found = [report.dossiers[each.id].verdict.status for each in own]
    for language in LANGUAGES:
        (tally,) = report.pages[f"{language}/index.html"].all("ul", class_="tally")
        shown = {
            item.all("span", class_="status")[0].classes[1]: int(item.all("data")[0].text) for item in tally.all("li")
        }
        assert shown == {status: found.count(status) for status in set(found)}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('data-row="{row}">{text}</data>', 'data-row="{row}">9,876.54亿元</data>', "is not row"),
        ('"{value}" data-row="{row}"', '"9876.54" data-row="{row}"', "is not row"),
        ("{text}</data></a>", "{text}</data></a>5", "cut out of a longer number"),
        ('href="#o{row}"', 'href="#o0"', "dead anchor"),
        ('href="#o{row}"', 'href="#computed"', "leads to a place that does not say"),
        ('<a class="number" href="#o{row}">', '<a class="number">', "leads"),
        ('href="sources.html#s-', 'href="source.html#s-', "dead link"),
        ('id="c-verdict"', 'id="c-else"', "dead anchor"),
        ('<h2 id="cite">', '<h2 id="cite">12.5', "unmarked ['12.5']"),
        ('<h2 id="cite">', '<h2 id="cite">2024年', ""),
    ],
)  # fmt: skip
def test_the_crawler_notices(report, evidence, old, new, told):
    """The guard's guard: each fault planted in a good page is told, and a year in a heading is none."""
    address = "zh/t10.html"
    text = (report.folder / address).read_text(encoding="utf-8")
    quoted = next(
        each for each in report.pages[address].all("data") if "data-row" in each.attributes and each.around("a")
    )
    marks = {"row": quoted.attributes["data-row"], "value": quoted.attributes["value"], "text": quoted.text}
    spoilt = text.replace(old.format(**marks), new.format(**marks), 1)
    assert spoilt != text
    before = set(Crawl(report.pages, evidence).of(address))
    found = set(Crawl(report.pages | {address: parsed(spoilt)}, evidence).of(address)) - before
    assert any(told in each for each in found) if told else found == set()


def test_a_wrong_computed_number_is_noticed(report, evidence):
    """Of all numbers set apart in tables, nearly all that are off by one in the last digit are told by value."""
    crawl, noticed = Crawl(report.pages, evidence), []
    for address, page in report.pages.items():
        for node in page.all("data", data_part="trajectory") + page.all("data", data_part="rules"):
            shown = Printed.of(node.text)
            if shown.value >= 100:
                wrong = Printed(shown.value + shown.step, shown.step, shown.scale)
                noticed.append(not wrong.among(evidence.pool(*crawl.part(address, node))))
    assert np.mean(noticed) > 0.95


def test_both_languages_have_the_same_pages_and_none_is_heavy(report):
    found = {language: {page[3:] for page in report.pages if page.startswith(language)} for language in LANGUAGES}
    wanted = {f"{name}.html" for name in ("index", "changes", "method", "sources", *names(report))}
    assert found == {"zh": wanted, "en": wanted}
    for page in report.pages:
        assert (report.folder / page).stat().st_size < 400_000, page


@pytest.mark.parametrize(
    ("language", "foreign"), [("en", r"[\u3400-\u9fff]+"), ("zh", r"\b[A-Za-z]{2,}(?: [A-Za-z]{2,}){2,}")]
)
def test_no_page_mixes_languages(report, language, foreign):
    """Chinese characters on an English page, or three English words in a row on a Chinese one, are marked as such."""
    other = {"zh": "en", "en": "zh-Hans"}[language]
    mixed = {
        (address, text.strip()[:60])
        for address, page in report.pages.items()
        if address.startswith(language)
        for node, text in page.all("body")[0].texts()
        if node.language != other and not any(each.tag in ("q", "cite", "code", "pre") for each in node.up)
        if re.search(foreign, text)
    }
    assert sorted(mixed) == []


def test_what_moved_is_what_two_scorecards_say(report):
    """Every target whose status, printed chance or value differs from a year ago, judged anew on the older date."""
    as_of = report.city.as_of
    since = as_of.replace(year=as_of.year - 1, day=min(as_of.day, 28))
    then = {each.target.id: each for each in scorecard(load("qingdao", as_of=since)).verdicts}
    for language in LANGUAGES:
        page = report.pages[f"{language}/changes.html"]
        (section,) = page.all("section", aria_labelledby="since")
        rows = {row.all("th")[0].all("a")[0].attributes["href"][:-5]: row.all("td") for row in section.all("tr")[1:]}
        expected = {}
        for name in names(report):
            now, old = report.dossiers[name].verdict, then.get(name)
            if now.target.adopted > since:
                old = None
            if old is None or _standing(old) != _standing(now):
                expected[name] = [_cell(old, language), _cell(now, language)]
        assert {name: [_cell_of(cell) for cell in cells[-3:-1]] for name, cells in rows.items()} == expected
        for name, cells in rows.items():
            told = history(report.city, name, [since, as_of]).steps[-1].sentence[language] if then.get(name) else ""
            assert cells[-1].text == (told if expected[name][0] else ""), name


def _standing(verdict: Verdict) -> tuple[object, ...]:
    rounded = None if verdict.probability is None else round(verdict.probability, 2)
    return verdict.status, rounded, verdict.probability_kind, verdict.value


def _cell(verdict: Verdict | None, language: str) -> tuple[str, str] | None:
    return None if verdict is None else (verdict.status, chance(verdict.probability, language))


def _cell_of(cell: Node) -> tuple[str, str] | None:
    badges = cell.all("span", class_="status")
    if not badges:
        return None
    return badges[0].classes[1], cell.text.removeprefix(badges[0].text).strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_feed_tells_every_change_of_a_verdict(report, language):
    channel = ET.fromstring((report.folder / language / "feed.xml").read_bytes())[0]
    items = channel.findall("item")
    turned = sorted(
        (after.date, name, before.verdict.status, after.verdict.status, after.sentence[language])
        for name in names(report)
        for before, after in pairwise(report.dossiers[name].history.steps)
        if before.verdict.status != after.verdict.status
    )
    assert turned
    told = [
        (parsedate_to_datetime(each.findtext("pubDate")).date(), each.findtext("link").split("/")[-1][:-5],
         each.findtext("description")) for each in items
    ]  # fmt: skip
    assert sorted(told) == [(date, name, sentence) for date, name, _, _, sentence in turned]
    assert [each[0] for each in told] == sorted((each[0] for each in told), reverse=True)
    words = {str(status): each[language] for status, each in STATUS_WORDS.items()}
    titles = {(date, name): f"{words[before]} → {words[after]}" for date, name, before, after, _ in turned}
    for item, (date, name, _) in zip(items, told, strict=True):
        assert item.findtext("title").endswith(titles[date, name])
    guids = [each.findtext("guid") for each in items]
    assert len(set(guids)) == len(guids)
    assert channel.findtext("language") == {"zh": "zh-CN", "en": "en"}[language]
    assert channel.findtext("link").endswith(f"{language}/index.html")


def test_guids_of_the_two_feeds_differ(report):
    found = [
        guid.text
        for language in LANGUAGES
        for guid in ET.fromstring((report.folder / language / "feed.xml").read_bytes()).iter("guid")
    ]
    assert len(set(found)) == len(found)


@pytest.mark.soak
def test_the_whole_report_twice(report, tmp_path):
    """By two processes the second time; see test_report_building for what else may differ."""
    build_report(report.city, tmp_path / "report", work=Work(jobs=2))
    for path in filter(Path.is_file, report.folder.rglob("*")):
        again = tmp_path / "report" / path.relative_to(report.folder)
        assert path.read_bytes() == again.read_bytes(), again
