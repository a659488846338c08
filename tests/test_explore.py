"""The explore page without a browser: a choice gives a view, the widgets only pass them on."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qdecon as qd
from qdecon.errors import NotAvailable, QdeconError
from qdecon.explore import Choice, first_choice, from_query, markup, needed, nothing_assumed, others, to_query, view
from qdecon.explore.controls import Page
from qdecon.explore.topic import TOPICS, left, moved, shocked, spread, stated, widened
from qdecon.explore.words import WORDS
from qdecon.plan import Bilingual
from qdecon.scenario import (
    LEVERS,
    SHAPES,
    Assumption,
    Scenario,
    ahead,
    assess_under,
    elasticity,
    required,
    run,
    to_toml,
)
from qdecon.sources import presets, read_scenario

CITY = qd.load("qingdao")
FIRST = first_choice(CITY)
FEW = settings(max_examples=10)


@pytest.fixture(scope="module")
def shared() -> Page:
    return Page(CITY, language="en")


@pytest.fixture
def page(shared: Page) -> Page:
    shared.choose(replace(FIRST, language="en"))
    return shared


def text(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def test_the_page_opens_with_a_goal_that_is_alive_and_nothing_assumed() -> None:
    assert (FIRST.target, FIRST.scenario.assumptions) == ("t06-2028", ())
    seen = view(CITY, FIRST)
    assert seen.verdict.to_record() == seen.model.to_record() == qd.assess(CITY, "t06-2028").to_record()


def test_a_plan_with_nothing_ahead_is_told_so() -> None:
    settled = tuple(replace(each, deadline=2020) if each.deadline else each for each in CITY.plan.targets)
    with pytest.raises(NotAvailable, match="lies ahead"):
        first_choice(replace(CITY, plan=replace(CITY.plan, targets=settled)))


@given(
    target=st.sampled_from(ahead(CITY)),
    scenario=st.sampled_from([read_scenario(name) for name in presets()]),
    lever=st.sampled_from(list(LEVERS)),
    by=st.sampled_from([0.5, 0.8]),
    shape=st.sampled_from(SHAPES),
    language=st.sampled_from(["zh", "en"]),
)
def test_a_link_brings_back_the_very_choice(target, scenario, lever, by, shape, language) -> None:
    said = scenario.assumptions or scenario.shocks
    choice = Choice(target, scenario if said else nothing_assumed(CITY), lever, by, shape, language)
    assert from_query(CITY, to_query(choice)) == choice


@pytest.mark.parametrize(
    "query",
    ["target=<script>", "lang=fr", "solve=luck", "by=0.3", "shape=steep", "s=2.x", "s=1." + "A" * 9000, "&" * 9000,
     "&".join(f"a{each}=1" for each in range(40)), "target=t99", "s=1.ePk", "by=nan"],
)  # fmt: skip
def test_a_hostile_link_is_refused_with_what_to_do(query: str) -> None:
    with pytest.raises(QdeconError, match="next:"):
        from_query(CITY, query)


@given(st.text(max_size=300))
def test_any_address_is_read_or_refused(query: str) -> None:
    with suppress(QdeconError):
        assert from_query(CITY, query).target in ahead(CITY)


@FEW
@given(topic=st.sampled_from(TOPICS), value=st.floats(-5, 8), half=st.floats(0, 3))
def test_a_topic_is_moved_widened_and_left(topic, value, half) -> None:
    for lever in topic.levers:
        scenario = moved(CITY, FIRST.scenario, lever, value)
        assert stated(scenario, topic) == lever and scenario.of(lever).values == (value,)
        wide = widened(CITY, scenario, half)
        assert spread(wide) == half
        assert left(CITY, wide, topic).assumptions == ()
        assert [stated(scenario, other) for other in TOPICS if other is not topic] == [None, None, None]
    shock = shocked(CITY, FIRST.scenario, 2027, 4.0, 0.5)
    assert shock.shocks[0].fall == 4.0 and shocked(CITY, shock, 2027, 0.0, 0.5) == nothing_assumed(CITY)


def test_a_changed_preset_is_no_preset_any_more() -> None:
    changed = moved(CITY, read_scenario("official-goal"), "deflator", 1.0)
    assert changed.id == "own" and not changed.reason.en and not changed.sources
    assert changed.of("real_growth").values == (5.0,)


@pytest.mark.parametrize("name", ["official-goal", "services-led", "manufacturing-revival"])
def test_a_view_shows_the_numbers_that_the_functions_give(name: str) -> None:
    scenario = read_scenario(name)
    choice = replace(FIRST, scenario=scenario, target="t06-2030", language="en")
    seen, accounts = view(CITY, choice), run(CITY, scenario, 2030)
    assert seen.verdict.sentence == assess_under(CITY, scenario, "t06-2030").sentence
    table = seen.to_frame().set_index(["indicator", "year"])
    for indicator, year in table.index:
        expected = accounts.projection(indicator).quantiles(year)
        assert table.loc[(indicator, year), ["median", "lo80", "hi80", "lo95", "hi95"]].tolist() == list(expected)
    assert seen.at_deadline()["indicator"].tolist() == list(seen.indicators)
    solved = needed(CITY, choice)
    assert solved == required(CITY, "t06-2030", "real_growth", 0.5, around=scenario)
    assert [case.target.id for case in others(CITY, choice).cases] == list(ahead(CITY))
    rows = list(csv.DictReader(io.StringIO(markup.table(seen).decode("utf-8-sig"))))
    assert [float(row["median"]) for row in rows] == table["median"].tolist()


def test_every_text_is_there_in_both_languages() -> None:
    for name, word in WORDS.items():
        assert word.zh.strip() and word.en.strip(), name
        assert re.search("[\u4e00-\u9fff]", word.zh), name
        assert not re.search("[\u4e00-\u9fff]", word.en), name


def test_the_english_page_speaks_english(page: Page) -> None:
    asyncio.run(page.finish(view(CITY, page.choice)))
    shown = [
        page.head,
        page.finding,
        page.answer,
        page.reason,
        page.way,
        page.targets,
        page.files,
        page.link,
        page.file,
    ]
    chinese = re.compile("[\u4e00-\u9fff]")
    for widget in shown:
        assert not chinese.search(text(widget.value)), text(widget.value)
    controls = [*page.modes.values(), *page.sliders.values(), *page.price.values(), page.target, page.preset, page.city,
                page.spread, page.fall, page.fall_year, page.recovery, page.lever, page.by, page.shape, page.toml,
                page.reset, page.apply]  # fmt: skip
    for control in controls:
        assert control.description and not chinese.search(control.description)
        assert not any(chinese.search(str(option)[:40].partition(",")[0]) for option in getattr(control, "options", ()))


def test_a_slider_states_its_lever_and_gives_the_libraries_verdict(page: Page) -> None:
    page.sliders["growth"].value = 6.0
    assert page.choice.scenario.assumptions == (Assumption("real_growth", (6.0,)),)
    expected = assess_under(CITY, page.choice.scenario, "t06-2028")
    assert expected.sentence.en in text(page.answer.value).replace("&quot;", '"')
    assert page.modes["growth"].value == "real_growth"
    page.modes["growth"].value = "model"
    assert page.choice.scenario == nothing_assumed(CITY)


def test_a_lever_of_a_pair_brings_its_partner_and_another_mode_takes_over(page: Page) -> None:
    page.sliders["manufacturing"].value = 2.0
    assert {each.lever for each in page.choice.scenario.assumptions} == {
        "manufacturing_outgrowth",
        "manufacturing_price",
    }
    assert page.price["manufacturing"].layout.display is None
    page.price["manufacturing"].value = -1.0
    assert page.choice.scenario.of("manufacturing_price").values == (-1.0,)
    page.modes["manufacturing"].value = "manufacturing_growth"
    assert [each.lever for each in page.choice.scenario.assumptions] == ["manufacturing_growth"]
    assert page.price["manufacturing"].layout.display == "none"


@pytest.mark.parametrize("driver", ["nation_growth", "province_growth", "nominal_growth"])
def test_growth_can_be_set_in_other_ways(page: Page, driver: str) -> None:
    page.modes["growth"].value = driver
    assert [each.lever for each in page.choice.scenario.assumptions] == [driver]
    assert not page.wrong.value
    if driver != "nominal_growth":
        assert elasticity(CITY, driver).sentence.en in text(page.reason.value)
    assert page.sliders["prices"].disabled == (driver == "nominal_growth")


def test_the_path_of_another_city_can_be_taken_over(page: Page) -> None:
    page.city.value = "宁波"
    page.years[0].value, page.years[1].value = 2016, 2018
    page.modes["growth"].value = "as_in"
    assert len(page.choice.scenario.of("nominal_growth").values) == 3
    assert page.modes["growth"].value == "as_in" and page.city.layout.display is None
    assert "2026:" in page.reason.value
    assert page.choice.scenario.name == Bilingual("照宁波2016–2018年", "as in Ningbo, 2016–2018")
    assert "as in Ningbo, 2016" in text(page.answer.value) and "what the model says" not in text(page.answer.value)
    page.years[1].value = 2017
    assert len(page.choice.scenario.of("nominal_growth").values) == 2


def test_a_preset_a_shock_and_a_reset(page: Page) -> None:
    page.preset.value = "rebound"
    assert page.choice.scenario == read_scenario("rebound") and "8.3" in page.reason.value
    assert CITY.sources["G01"].citation in text(page.reason.value)
    page.fall.value = 3.0
    assert page.choice.scenario.shocks[0].fall == 3.0 and page.preset.value == "own"
    page.spread.value = 1.0
    assert spread(page.choice.scenario) == 1.0
    page.reset.click()
    assert page.choice.scenario == nothing_assumed(CITY) and page.fall.value == 0.0


def test_what_cannot_be_is_said_and_the_last_view_stays(page: Page) -> None:
    page.sliders["services"].value = 5.0
    before = page.answer.value, page.choice
    page.toml.value = page.toml.value.replace("values = [5.0]", "values = [5000.0]")
    page.apply.click()
    assert "values" in page.wrong.value and 'role="alert"' in page.wrong.value and "What next" in page.wrong.value
    assert (page.answer.value, page.choice) == before
    page.toml.value = page.toml.value.replace("values = [5000.0]", "values = [4.0]")
    page.apply.click()
    assert not page.wrong.value and page.choice.scenario.of("services_outgrowth").values == (4.0,)


def test_an_assumption_that_is_written_in_is_not_called_what_the_model_says(page: Page) -> None:
    page.toml.value += '\n[[assumption]]\nlever = "deflator"\nvalues = [1.0]\n'
    page.apply.click()
    assert page.choice.scenario.of("deflator") is not None and page.choice.scenario.name == WORDS["own"]


def test_a_scenario_too_long_for_a_link_is_refused_whole(page: Page) -> None:
    before = page.answer.value, page.toml.value
    signs = "".join(chr(0x4E00 + each) for each in np.random.default_rng(1).integers(0, 9000, 5000))
    page.toml.value = to_toml(Scenario("own", Bilingual("长", "long"), 2026, (Assumption("deflator", (1.0,)),),
                                       reason=Bilingual(signs, "long")))  # fmt: skip
    page.apply.click()
    assert "a link of" in page.wrong.value and page.answer.value == before[0]
    assert page.choice.scenario == nothing_assumed(CITY)


def test_a_wrong_link_opens_the_page_as_usual_and_says_so() -> None:
    opened = Page(CITY, "target=<script>alert(1)</script>&lang=en", "en")
    assert opened.choice.target == FIRST.target
    assert "&lt;script&gt;" in opened.wrong.value and "<script>" not in opened.wrong.value


def test_what_a_reader_wrote_stays_text(page: Page) -> None:
    name = Bilingual("<script>甲</script>", "<img src=x onerror=alert(1)>")
    page.choose(
        replace(page.choice, scenario=Scenario("own", name, 2026, (Assumption("real_growth", (5.0,)),), reason=name))
    )
    asyncio.run(page.finish(view(CITY, page.choice)))
    for widget in (page.answer, page.reason, page.link, page.file, page.way, page.finding):
        assert "<img src=x" not in widget.value and "<script" not in widget.value
    assert "&lt;img src=x onerror=alert(1)&gt;" in page.answer.value


def test_another_target_and_another_language(page: Page) -> None:
    page.target.value = "t03"
    assert "Manufacturing share" in text(page.finding.value)
    page.language.value = "zh"
    assert "制造业占比" in text(page.finding.value) and page.reset.description == WORDS["reset"].zh
    assert 'data-lang="zh"' in page.head.value


def test_a_last_digit_from_a_browser_is_no_movement(page: Page) -> None:
    page.sliders["growth"].value += 1e-13
    assert page.choice.scenario == nothing_assumed(CITY)
