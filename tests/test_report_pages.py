"""The report in a browser, from disk: nothing is fetched, nothing overflows, everybody can read it, on paper too."""

from __future__ import annotations

import re
import zlib
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.browser import overflow, violations
from tests.reports import LANGUAGES, Built, built, leads, outside

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

pytestmark = pytest.mark.xdist_group("browser")

KINDS = ("index", "t06", "t02", "t29", "t45", "changes", "method", "sources")  # a page of every kind
WIDTHS = (360, 768, 1366)


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Built:
    return built(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="module")
def page(chromium: Browser):
    """One reader for all tests; what it asked for and what its console complained of are kept."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.asked, page.complaints = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("console", lambda line: page.complaints.append(line.text) if line.type in ("error", "warning") else None)
    page.on("requestfailed", lambda request: page.complaints.append(request.url) if failed(request) else None)
    yield page
    context.close()


def failed(request: Request) -> bool:
    """Whether a request found nothing; one that was still under way when the reader went on is no failure."""
    return request.failure != "net::ERR_ABORTED"


def address(report: Built, name: str) -> str:
    return (report.folder / name).as_uri()


def opened(page: Page, report: Built, name: str, width: int = 1366) -> Page:
    page.set_viewport_size({"width": width, "height": 768})
    page.goto(address(report, name))
    return page


def kinds() -> list[str]:
    return ["index.html", *(f"{language}/{name}.html" for language in LANGUAGES for name in KINDS)]


@pytest.mark.parametrize("which", ["of every kind", pytest.param("all", marks=pytest.mark.soak)])
def test_every_page_opens_from_disk_without_a_word_of_complaint(page, report, which):
    """And asks for nothing but files of its own folder."""
    page.complaints.clear()
    page.asked.clear()
    names = list(report.pages) if which == "all" else kinds()
    for name in names:
        page.goto(address(report, name))
    assert page.complaints == []
    assert len(page.asked) > 2 * len(names)
    assert [each for each in page.asked if not each.startswith(report.folder.as_uri() + "/")] == []


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_its_window(page, report, width):
    wide = {name: overflow(opened(page, report, name, width)) for name in kinds()}
    assert {name: pixels for name, pixels in wide.items() if pixels > 0} == {}


def test_every_picture_is_there_and_keeps_its_place(page, report):
    """Each loads, and is as tall as its page said before it came."""
    for name in kinds():
        opened(page, report, name)
        found = page.evaluate(
            """async () => Promise.all([...document.images].map(async (each) => {
                each.loading = "eager";
                await each.decode();
                const stated = each.getAttribute("height") / each.getAttribute("width");
                return [each.src, each.naturalWidth > 0, Math.abs(each.naturalHeight / each.naturalWidth / stated - 1)];
            }))"""
        )
        assert [each for each in found if not each[1] or each[2] > 0.02] == [], name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_other_language_is_the_same_page(page, report, language):
    other = {"zh": "en", "en": "zh"}[language]
    for name in ("index", "t06", "changes"):
        opened(page, report, f"{language}/{name}.html")
        page.click("nav a.language")
        assert page.url == address(report, f"{other}/{name}.html")
    for name, tree in report.pages.items():
        if name.startswith(language):
            (link,) = tree.all("a", class_="language")
            assert leads(name, link.attributes["href"])[0] == other + name[2:]


def test_a_reader_walks_from_the_cover_to_the_words_of_a_source(page, report):
    opened(page, report, "index.html")
    page.get_by_role("link", name="English").click()
    page.locator("table.scorecard").get_by_role("link", name="t10", exact=True).click()
    quoted = page.locator("blockquote.sentence a.number:has(data[data-row])").first
    row = quoted.locator("data").get_attribute("data-row")
    quoted.click()
    assert page.url.endswith(f"en/t10.html#o{row}")
    place = page.locator(f"#o{row}")
    assert place.is_visible()
    assert place.locator("q").inner_text()
    place.locator("a.id").click()
    assert page.locator(":target h2").is_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_scorecard_is_searched_and_filtered(page, report, language):
    opened(page, report, f"{language}/index.html")
    rows, told = page.locator("table.scorecard tbody tr"), page.locator(".filter output")
    assert page.locator(".filter").is_visible()
    all_rows = rows.count()
    assert told.inner_text().startswith(f"{all_rows} ")
    page.select_option(".filter select", "missed")
    shown = rows.filter(visible=True)
    assert 0 < shown.count() < all_rows
    assert {each.get_attribute("data-status") for each in shown.all()} == {"missed"}
    assert told.inner_text().startswith(f"{shown.count()} ")
    page.select_option(".filter select", "")
    page.fill(".filter input", "  T10  ")
    assert "t10" in [each.locator("a.id").inner_text() for each in rows.filter(visible=True).all()]
    page.fill(".filter input", "no such words")
    assert rows.filter(visible=True).count() == 0
    page.fill(".filter input", "")
    assert rows.filter(visible=True).count() == all_rows


def test_the_sentence_is_copied(chromium, report):
    """Copying needs the reader's leave; the button says so when it is done."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(address(report, "en/t10.html"))
    page.evaluate(
        "() => { window.kept = ''; navigator.clipboard.writeText = async (text) => { window.kept = text; }; }"
    )
    button = page.locator("blockquote.sentence ~ button, .lead button").first
    assert button.inner_text() == "Copy"
    button.click()
    assert button.inner_text() == "Copied"
    assert page.evaluate("window.kept") == report.dossiers["t10"].verdict.sentence.en
    context.close()


def test_without_scripts_nothing_is_missing(chromium, report):
    """No filter that does nothing and no button; every sentence and row is there, and every folded table unfolds."""
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address(report, "en/index.html"))
    assert not page.locator(".filter").is_visible()
    assert page.locator("table.scorecard tbody tr").filter(visible=True).count() == len(report.city.plan.targets)
    page.goto(address(report, "zh/t06.html"))
    assert page.locator("button").count() == 0
    sentences = page.locator("main > section > .sentence")
    assert sentences.count() == sentences.filter(visible=True).count() > 5
    for folded in page.locator("details:not([open])").all()[::-1]:  # from the last, since an open one is none any more
        folded.locator("summary").click()
    assert page.locator("details:not([open])").count() == 0
    assert page.locator("details table").count() == page.locator("details table").filter(visible=True).count() > 2
    context.close()


@pytest.mark.parametrize(
    ("scheme", "width"),
    [
        ("light", 360),
        *(pytest.param(*each, marks=pytest.mark.soak) for each in (("light", 1366), ("dark", 360), ("dark", 1366))),
    ],
)
def test_axe_finds_nothing(page, report, scheme, width):
    """A page of every kind, in one language here and in the other in the other scheme."""
    page.emulate_media(color_scheme=scheme)
    found = {"cover": violations(opened(page, report, "index.html", width))}
    for number, name in enumerate(KINDS):
        language = LANGUAGES[(number + (scheme == "dark")) % 2]
        opened(page, report, f"{language}/{name}.html", width)
        page.evaluate("document.querySelectorAll('details').forEach((each, place) => { each.open = place < 3; })")
        found[f"{language}/{name}"] = violations(page)
    page.emulate_media(color_scheme="no-override")
    assert {name: told for name, told in found.items() if told} == {}


def test_everything_is_reached_by_keyboard_and_shows_where_it_is(page, report):
    """The first stop skips to the content; every link and control of the page is a stop, and its outline is seen."""
    opened(page, report, "en/t10.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    for _ in range(12):
        page.keyboard.press("Tab")
        style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert style not in ("none", ""), page.evaluate("document.activeElement.outerHTML")


def test_headings_form_an_outline(report):
    """One first heading a page, and no level is left out."""
    for name, tree in report.pages.items():
        levels = [int(node.tag[1]) for node in tree if re.fullmatch(r"h[1-6]", node.tag)]
        assert levels.count(1) == 1, name
        assert levels[0] == 1, name
        assert all(after - before <= 1 for before, after in pairwise(levels)), name


def test_pictures_say_what_they_show(report):
    """Each is described, or is decoration beside the words of the same link."""
    for name, tree in report.pages.items():
        for image in tree.all("img"):
            assert image.attributes["alt"] or image.around("a").attributes.get("aria-hidden") == "true", name
            assert int(image.attributes["width"]) > 0 < int(image.attributes["height"])


def test_links_to_the_web_are_only_those_of_sources(report):
    """And none of them opens with the power to steer the page it came from."""
    known = {source.address for source in report.city.sources.values()}
    for name, tree in report.pages.items():
        for link in tree.all("a"):
            if outside(link.attributes["href"]):
                assert link.attributes["href"] in known, name
                assert link.attributes["rel"] == "noopener noreferrer"


def test_paper_holds_what_is_folded_on_the_screen(chromium, page, report):
    """Without scripts too: as many pages as with everything unfolded, and more than without the folded tables."""
    name = "en/t06.html"
    context = chromium.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(address(report, name))
    plain.emulate_media(media="print")
    assert not plain.locator("header nav").is_visible()
    folded = plain.locator("details:not([open]) table")
    assert folded.count() > 0
    assert all(each.bounding_box()["height"] > 20 for each in folded.all())
    printed = pages_of(plain.pdf(format="A4"))
    context.close()
    opened(page, report, name)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert pages_of(page.pdf(format="A4")) == printed
    page.evaluate("document.querySelectorAll('details').forEach((each) => each.remove())")
    assert 0 < pages_of(page.pdf(format="A4")) < printed


def pages_of(document: bytes) -> int:
    """Pages of a PDF, also where its objects are compressed."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", document, re.DOTALL)
    texts = [document]
    for each in streams:
        try:
            texts.append(zlib.decompress(each))
        except zlib.error:
            continue
    return sum(len(re.findall(rb"/Type\s*/Page(?!s)", text)) for text in texts)
