"""The explore page in a browser: a real page on a real kernel, used as a reader would."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from pathlib import Path

import pytest
from playwright.sync_api import expect

import qdecon as qd
from qdecon.explore import from_query
from qdecon.explore.words import WORDS
from qdecon.plan import Bilingual
from qdecon.scenario import Assumption, Scenario, assess_under, from_link, from_toml, required, run, to_link
from tests.browser import PATIENCE, overflow, reading, violations

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.slow]

CITY = qd.load("qingdao")
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module", params=["zh", pytest.param("en", marks=pytest.mark.soak)])
def opened(explore, chromium, request):
    """One page of each language, that several tests look at."""
    with reading(chromium) as open_:
        page = open_(explore, f"lang={request.param}", permissions=["clipboard-read", "clipboard-write"])
        page.wait_for_selector(".downloads a")
        yield page, request.param


@pytest.fixture(scope="module")
def shared(explore, chromium):
    with reading(chromium) as open_:
        yield open_(explore, "lang=en&target=t06-2028", permissions=["clipboard-read", "clipboard-write"])


@pytest.fixture
def page(shared):
    """The English page as it opens, with nothing assumed."""
    if stated(shared).assumptions:
        shared.get_by_role("button", name=WORDS["reset"].en).click()
        expect(said(shared)).to_contain_text(qd.assess(CITY, "t06-2028").sentence.en[:60])
    shared.complaints.clear()
    return shared


def said(page):
    """The sentence under the figure's heading."""
    return page.locator(".explore-view .widget-html-content p").first


def moved(page, name, key="ArrowRight", times=1):
    """Move a slider by keyboard, and wait until the kernel has answered."""
    handle = page.get_by_role("slider", name=name, exact=True)
    for _ in range(times):
        before = said(page).inner_text()
        handle.press(key)
        expect(said(page)).not_to_have_text(before)
    return float(handle.get_attribute("aria-valuenow"))


def stated(page):
    """The scenario that the page holds, as its text says."""
    return from_toml(page.locator(".explore-toml textarea").input_value())


def test_sliders_move_by_keyboard_and_the_page_says_what_the_library_says(page):
    expect(said(page)).to_contain_text(qd.assess(CITY, "t06-2028").sentence.en[:60])
    value = moved(page, "Real growth (%)", times=3)
    assert stated(page).of("real_growth").values == pytest.approx((value,))
    verdict = assess_under(CITY, stated(page), "t06-2028")
    expect(said(page)).to_have_text(verdict.sentence.en)
    expect(page.locator(".finding")).to_contain_text("As the model says")
    expect(page.locator("figure img")).to_have_attribute("alt", re.compile("Line chart of GDP"))
    found = required(CITY, "t06-2028", "real_growth", around=stated(page))
    expect(page.locator(".explore-view")).to_contain_text(found.sentence.en)
    expect(page.locator(".explore-view")).to_contain_text(found.precedent.sentence.en)
    page.get_by_role("button", name=WORDS["reset"].en).press("Enter")
    expect(said(page)).to_contain_text(qd.assess(CITY, "t06-2028").sentence.en[:60])
    assert page.complaints == []


def test_everything_is_reached_by_keyboard_alone(page):
    page.evaluate("() => document.activeElement.blur()")
    names = "target preset growth prices manufacturing services solve reset apply".split()
    wanted = {WORDS[name].en for name in names}
    reached = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                """() => { const e = document.activeElement;
                return (e.labels?.[0] || e).textContent.trim() || e.getAttribute("aria-label"); }"""
            )
        )
        outline = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none" or page.evaluate("() => document.activeElement === document.body")
    assert wanted <= reached


def test_a_wrong_input_is_told_and_the_last_good_view_stays(page):
    moved(page, "The deflator (%)")
    before, text = said(page).inner_text(), page.locator(".explore-toml textarea")
    text.fill(text.input_value().replace("values = [", "values = [9000.0, "))
    page.get_by_role("button", name=WORDS["apply"].en).click()
    alert = page.get_by_role("alert").filter(has_text=WORDS["wrong"].en.strip())
    expect(alert).to_contain_text("values")
    expect(alert).to_contain_text("What next")
    assert said(page).inner_text() == before
    text.fill(text.input_value().replace("9000.0, ", "1.0, "))
    page.get_by_role("button", name=WORDS["apply"].en).click()
    expect(said(page)).not_to_have_text(before)
    expect(alert).to_have_count(0)


@pytest.mark.soak
def test_a_link_opens_the_same_page_for_another_reader_and_neither_sees_the_others_state(explore, reader):
    page = reader(explore, "lang=en&target=t06-2027")
    moved(page, "Real growth (%)", times=2)
    address = page.locator("#explore-link").inner_text()
    query = address.partition("?")[2]
    choice = from_query(CITY, query)
    assert choice.scenario == stated(page) and choice.target == "t06-2027"
    page.wait_for_function("query => location.search.slice(1) === query", arg=query)
    again = reader(explore, query)
    assert said(again).inner_text() == said(page).inner_text()
    page.reload()
    expect(said(page)).to_have_text(said(again).inner_text())
    before = said(again).inner_text()
    moved(page, "Real growth (%)", "ArrowLeft")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    assert said(again).inner_text() == before
    moved(again, "Real growth (%)")
    assert stated(page).of("real_growth") != stated(again).of("real_growth")


@pytest.mark.soak
def test_a_hostile_link_is_told_and_runs_nothing(explore, reader):
    name = Bilingual("<img src=x onerror=alert(1)>", "<script>alert(1)</script>")
    link = to_link(Scenario("own", name, 2026, (Assumption("real_growth", (5.0,)),), reason=name))
    page = reader(explore, f"lang=en&s={link}")
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    expect(said(page)).to_contain_text("<script>alert(1)</script>")
    assert page.locator("main script:not([type])").count() == 0 and page.locator("img[src=x]").count() == 0
    broken = reader(explore, "lang=en&target=%3Cscript%3Ealert(1)%3C/script%3E&s=1.AAAA")
    expect(broken.get_by_role("alert").first).to_contain_text(WORDS["wrong_link"].en.strip())
    expect(said(broken)).to_contain_text(qd.assess(CITY, "t06-2028").sentence.en[:60])


def test_the_downloads_are_the_librarys_numbers_and_figures(page):
    moved(page, "Real growth (%)")
    found = {}
    page.wait_for_selector(".downloads a")
    for link in page.locator(".downloads a").all():
        with page.expect_download() as waiting:
            link.click()
        found[waiting.value.suggested_filename.rpartition(".")[2]] = Path(waiting.value.path()).read_bytes()
    assert found["png"][:8] == b"\x89PNG\r\n\x1a\n" and b"<svg" in found["svg"]
    accounts = run(CITY, stated(page), 2028)
    rows = list(csv.DictReader(io.StringIO(found["csv"].decode("utf-8-sig"))))
    assert {row["indicator"] for row in rows} >= {"gdp", "manufacturing_share", "va_tertiary"}
    for row in rows:
        expected = accounts.projection(row["indicator"]).quantiles(int(row["year"]))
        assert [float(row[name]) for name in ("median", "lo80", "hi80", "lo95", "hi95")] == pytest.approx(
            expected, rel=1e-9
        )
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile(r"\.toml$")).click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert from_toml(text) == stated(page) and tomllib.loads(text)["schema"] == 1


def test_text_and_link_are_copied(page):
    moved(page, "Real growth (%)")
    page.get_by_role("button", name=WORDS["copy_toml"].en).click()
    expect(page.locator("#explore-said")).to_have_text("Copied")
    assert from_toml(page.evaluate("navigator.clipboard.readText()")) == stated(page)
    page.get_by_role("button", name=WORDS["copy_link"].en).click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()).startsWith('http')")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert from_link(re.search(r"[?&]s=([^&]+)", copied)[1]) == stated(page)


def test_the_page_fits_and_is_accessible(opened):
    page, _ = opened
    for width, height in ((360, 740), (390, 844), (1366, 768), (1920, 1080)):
        page.set_viewport_size({"width": width, "height": height})
        assert overflow(page) == 0
        assert violations(page) == []
    assert page.complaints == []


def test_the_language_switches_and_everything_follows(opened):
    page, language = opened
    tongue, other = ("zh-CN", "en") if language == "zh" else ("en", "zh-CN")
    expect(page.locator("html")).to_have_attribute("lang", tongue)
    check_language(page, language)
    page.get_by_role("button", name="English" if language == "zh" else "中文").click()
    expect(page.locator("html")).to_have_attribute("lang", other)
    check_language(page, "en" if language == "zh" else "zh")


def check_language(page, language):
    """Title, controls and everything else speak one language."""
    expect(page.get_by_role("heading", level=1)).to_have_text(WORDS["title"][language])
    expect(page).to_have_title(WORDS["title"][language])
    expect(page.locator(".downloads")).to_contain_text(WORDS["download"][language].strip())
    shown = page.locator("main").inner_text()
    if language == "zh":
        assert not re.search("[a-z]{4,}", page.locator(".explore-controls").inner_text())
    else:
        shown = shown.replace("中文", "").replace(stated(page).name.zh, "")
        assert not re.search("[\u4e00-\u9fff]", shown), re.findall(".*[\u4e00-\u9fff].*", shown)
