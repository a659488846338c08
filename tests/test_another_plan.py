"""Any other plan is judged the same way: a made-up town, with every comparator at, above and below its mark."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qdecon as qd
from qdecon.plan import Target, satisfies
from qdecon.publication.sheet import sheets
from qdecon.scrutiny import dossiers
from qdecon.verdict.outlook import met_in
from qdecon.verdict.published import distance

INDICATORS = """
[lags]
annual = "03-31"
partial = 45
[[basis]]
id = "old"
label_zh = "旧口径"
label_en = "old basis"
[[basis]]
id = "new"
label_zh = "新口径"
label_en = "new basis"
"""
INDICATOR = """
[[indicator]]
id = "{id}"
name_zh = "{id}"
name_en = "{id}"
unit = "{unit}"
kind = "{kind}"
price_basis = "none"
definition_zh = "虚构"
definition_en = "made up"
{more}
"""
PLAN = """
schema = 1
[plan]
id = "town"
place_zh = "某市"
place_en = "Sometown"
title_zh = "某市规划"
title_en = "Plan of Sometown"
document = "doc"
published = "2021-01-01"
period = [2021, 2023]
"""
TARGET = """
[[target]]
id = "{id}"
clauses = ["{id}"]
group = "numeric"
label_zh = "目标"
label_en = "Target"
indicator = "{indicator}"
measure = "{measure}"
comparator = "{comparator}"
value = {value}
unit = "{unit}"
deadline = 2023
strength = "binding"
quote = "原话"
translation = "words"
ambiguity_zh = "无"
ambiguity_en = "none"
{more}
"""
HEADLINE = "headline = true"
TOLERANCE = 'tolerance = [2, 5]\ntolerance_reason_zh = "虚构"\ntolerance_reason_en = "made up"'
HEADER = "indicator,period,value,unit,basis,vintage,published,evidence,qualifier,use,source,quote,note\n"


def town(folder: Path, indicators: str, targets: str, rows: list[str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "indicators.toml").write_text(INDICATORS + indicators, encoding="utf-8")
    (folder / "plan.toml").write_text(PLAN + targets, encoding="utf-8")
    (folder / "observations.csv").write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    (folder / "sources.csv").write_text(
        "id,title,publisher,date,kind,address,licence\ndoc,规划,某市政府,2021,official,,own\n", encoding="utf-8"
    )
    return folder


def judged(city: qd.Dataset) -> qd.Verdict:
    """The verdict, of a plan whose every dossier and whose audit can be told."""
    for file in dossiers(city):
        json.dumps([file.to_record(), file.text("zh"), file.text("en")])
    assert qd.audit_plan(city).text("zh")
    return qd.assess(city, "a1")


def settled(folder: Path, comparator: str, value: float, published: float) -> qd.Verdict:
    more = TOLERANCE if comparator == "about" else ""
    target = TARGET.format(
        id="a1", indicator="use", measure="level", comparator=comparator, value=value, unit="吨", more=more
    )
    indicator = INDICATOR.format(id="use", unit="吨", kind="level", more="")
    row = f"use,2023,{published},吨,,first,2024-02-01,official,,yes,doc,原话,"
    return judged(qd.load(town(folder, indicator, target, [row])))


@pytest.mark.parametrize(
    ("comparator", "published", "status"),
    [
        ("at_least", 100.0, "met"), ("at_least", 99.9, "missed"), ("more_than", 100.0, "missed"),
        ("more_than", 100.1, "met"), ("at_most", 100.0, "met"), ("at_most", 100.1, "missed"), ("at_most", 90.0, "met"),
        ("about", 102.0, "met"), ("about", 98.0, "met"), ("about", 104.0, "missed"), ("about", 106.0, "missed"),
    ],
)  # fmt: skip
def test_each_comparator_at_its_mark(tmp_path: Path, comparator: str, published: float, status: str) -> None:
    verdict = settled(tmp_path, comparator, 100, published)
    assert (verdict.status, verdict.value) == (status, published)
    assert verdict.sentence.zh
    if published == 100.0:
        assert "exactly at" in verdict.sentence.en
    if comparator == "at_most" and status == "missed":
        assert "0.1% above" in verdict.sentence.en
    assert ("wider width" in verdict.sentence.en) == (comparator == "about" and published == 104.0)


def test_a_later_year_that_reaches_the_target_is_told(tmp_path: Path) -> None:
    target = TARGET.format(
        id="a1", indicator="use", measure="level", comparator="at_least", value=100, unit="吨", more=""
    )
    rows = [
        "use,2023,99,吨,,first,2024-02-01,official,,yes,doc,原话,",
        "use,2024,98,吨,,first,2025-02-01,official,,yes,doc,原话,",
        "use,2025,100,吨,,first,2026-02-01,official,,yes,doc,原话,",
    ]
    city = qd.load(town(tmp_path, INDICATOR.format(id="use", unit="吨", kind="level", more=""), target, rows))
    assert "Reached in 2025" in judged(city).sentence.en
    then = qd.load(tmp_path, as_of="2024-06-30")
    assert "Reached" not in qd.assess(then, "a1").sentence.en


def capped(folder: Path, cap: str, whole: str, bases: tuple[str, str]) -> Path:
    """A share target of 30 %, whose ceiling ``cap`` is 29 % of the ``whole`` in the deadline's year."""
    based = "based = true"
    indicators = (
        INDICATOR.format(id=whole, unit="亿元", kind="level", more=based)
        + INDICATOR.format(id=cap, unit="亿元", kind="level", more=based)
        + INDICATOR.format(id="va_part", unit="亿元", kind="level", more=f'{based}\nceiling = "{cap}"')
        + INDICATOR.format(
            id="part_share", unit="%", kind="share", more=f'{based}\nnumerator = "va_part"\ndenominator = "{whole}"'
        )
    )
    target = TARGET.format(
        id="a1", indicator="part_share", measure="share", comparator="at_least", value=30, unit="%", more=""
    )
    rows = [
        f"{name},{year},{value},亿元,{basis},first,{year + 1}-02-01,official,,yes,doc,原话,"
        for name, value, basis in ((whole, 1000, bases[0]), (cap, 290, bases[1]))
        for year in (2022, 2023)
    ]
    return town(folder, indicators, target, rows)


def test_a_ceiling_of_the_deadline_s_own_year_settles_a_share(tmp_path: Path) -> None:
    verdict = qd.assess(qd.load(capped(tmp_path, "va_industry", "gdp", ("new", "new"))), "a1")
    assert (verdict.status, verdict.value) == ("missed", None)
    assert "missed by bound" in verdict.sentence.en


def test_a_ceiling_on_another_basis_settles_nothing(tmp_path: Path) -> None:
    city = qd.load(capped(tmp_path, "va_industry", "gdp", ("new", "old")), as_of="2024-06-30")
    assert judged(city).status == "not_published"


def test_a_ceiling_that_no_province_publishes_gives_no_probability(tmp_path: Path) -> None:
    city = qd.load(capped(tmp_path, "fishing", "harvest", ("new", "new")), as_of="2023-06-30")
    assert (judged(city).status, judged(city).probability) == ("not_assessable", None)


def test_a_share_is_projected_though_its_whole_is_known_already(tmp_path: Path) -> None:
    indicators = (
        INDICATOR.format(id="gdp", unit="亿元", kind="level", more="based = true")
        + INDICATOR.format(id="va_tertiary", unit="亿元", kind="level", more="based = true")
        + INDICATOR.format(
            id="services", unit="%", kind="share", more='based = true\nnumerator = "va_tertiary"\ndenominator = "gdp"'
        )
    )
    target = TARGET.format(
        id="a1", indicator="va_tertiary", measure="level", comparator="at_least", value=550, unit="亿元", more=""
    )
    rows = [
        f"gdp,{year},{1000 * 1.06 ** (year - 2023):.2f},亿元,new,first,{year + 1}-02-01,official,,yes,doc,原话,"
        for year in range(2012, 2024)
    ]
    rows += [
        f"services,{year},{55 + year - 2022},%,new,first,{year + 1}-02-02,official,,yes,doc,原话,"
        for year in (2020, 2021, 2022)
    ]
    city = qd.load(town(tmp_path, indicators, target, rows), as_of="2024-02-10")
    projection = qd.project(city, "va_tertiary", 2023)
    assert projection.years == (2023,)
    assert 500 < projection.quantiles(2023)[0] < 620
    assert judged(city).probability_kind == "forecast"


@pytest.mark.parametrize(("value", "level"), [(-5, 3), (0, 3), (10, 0)])
def test_nothing_and_less_than_nothing_are_judged_without_a_growth_rate(
    tmp_path: Path, value: float, level: float
) -> None:
    target = TARGET.format(
        id="a1", indicator="use", measure="level", comparator="at_most", value=value, unit="吨", more=""
    )
    rows = [f"use,{year},{level},吨,,first,{year + 1}-02-01,official,,yes,doc,原话," for year in (2020, 2021)]
    city = qd.load(town(tmp_path, INDICATOR.format(id="use", unit="吨", kind="level", more=""), target, rows))
    verdict = judged(city)
    assert (verdict.status, verdict.required_growth) == ("not_assessable", None)
    if level == 0:
        assert city.growth("use").empty


def test_a_made_up_city_s_gdp_is_projected_with_the_embedded_peers(tmp_path: Path) -> None:
    indicator = INDICATOR.format(id="gdp", unit="亿元", kind="level", more="based = true")
    target = TARGET.format(
        id="a1", indicator="gdp", measure="level", comparator="at_least", value=1000, unit="亿元", more=""
    )
    rows = [
        f"gdp,{year},{500 * 1.06 ** (year - 2012):.2f},亿元,new,first,{year + 1}-02-01,official,,yes,doc,原话,"
        for year in range(2012, 2022)
    ]
    city = qd.load(town(tmp_path, indicator, target, rows))
    verdict = judged(city)
    assert verdict.probability_kind == "forecast"
    assert "36 other cities" in verdict.sentence.en
    assert verdict.required_growth == pytest.approx((1000 / (500 * 1.06**9)) ** 0.5 - 1, rel=1e-4)


ORIGINAL = qd.load("qingdao").plan.target("t10")
COMPARATORS = st.sampled_from(["at_least", "more_than", "at_most"])
FIGURES = st.floats(-1e6, 1e6).filter(lambda value: abs(value) > 1e-3)


def promise(comparator: str, value: float) -> Target:
    return replace(ORIGINAL, comparator=comparator, value=value)


@given(comparator=st.sampled_from(["at_least", "at_most"]), value=FIGURES, published=FIGURES)
def test_judgement_mirrors_when_everything_is_negated(comparator: str, value: float, published: float) -> None:
    flipped = {"at_least": "at_most", "at_most": "at_least"}[comparator]
    assert satisfies(published, promise(comparator, value)) == satisfies(-published, promise(flipped, -value))


@given(comparator=COMPARATORS, value=FIGURES, outcomes=st.lists(FIGURES, min_size=1, max_size=20))
def test_a_probability_is_the_share_of_outcomes_that_satisfy(
    comparator: str, value: float, outcomes: list[float]
) -> None:
    target = promise(comparator, value)
    expected = sum(satisfies(outcome, target) for outcome in outcomes) / len(outcomes)
    assert met_in(np.array(outcomes), target) == pytest.approx(expected)


def visitors(folder: Path, years: range, kind: str = "flow", value: float = 500) -> qd.Verdict:
    target = TARGET.format(
        id="a1", indicator="visitors", measure="level", comparator="at_least", value=value, unit="万人", more=""
    )
    indicator = INDICATOR.format(id="visitors", unit="万人", kind=kind, more="")
    counts = {year: 100 * 1.1 ** (year - 2010) + 3 * (year % 3) for year in years}
    rows = [
        f"visitors,{year},{count:.1f},万人,,first,{year + 1}-02-01,official,,yes,doc,原话,"
        for year, count in counts.items()
    ]
    return judged(qd.load(town(folder, indicator, target, rows), as_of="2022-06-30"))


def test_what_no_peer_publishes_is_projected_by_itself_and_says_so(tmp_path: Path) -> None:
    verdict = visitors(tmp_path, range(2012, 2022))
    assert verdict.probability_kind == "forecast"
    assert "no comparable place publishes it" in verdict.sentence.en
    assert "没有可比地区" in verdict.sentence.zh
    assert "past cases" not in verdict.sentence.en
    assert "nominal" not in verdict.sentence.en
    assert verdict.trajectory is not None
    assert verdict.trajectory.errors.en == "public annual series"
    assert verdict.projected is not None
    assert verdict.projected.lo95 < verdict.projected.lo80 < verdict.projected.median < verdict.projected.hi80
    assert verdict.projected.median == pytest.approx(100 * 1.1**13, rel=0.1)


def test_four_values_are_enough_alone_and_three_are_not(tmp_path: Path) -> None:
    assert visitors(tmp_path / "four", range(2018, 2022)).status != "not_assessable"
    assert visitors(tmp_path / "three", range(2019, 2022)).status == "not_assessable"


def test_a_rate_is_never_compounded(tmp_path: Path) -> None:
    assert visitors(tmp_path, range(2012, 2022), kind="rate").status == "not_assessable"


def test_every_figure_of_a_made_up_plan_can_be_drawn(tmp_path: Path) -> None:
    gdp = INDICATOR.format(id="gdp", unit="亿元", kind="level", more="based = true")
    use = INDICATOR.format(id="use", unit="吨", kind="flow", more="")
    targets = "".join(
        TARGET.format(id=name, indicator=what, measure="level", comparator=how, value=value, unit=unit, more=HEADLINE)
        for name, what, how, value, unit in (
            ("a1", "gdp", "at_least", 1000, "亿元"), ("a2", "use", "at_most", 300, "吨"),
        )
    )  # fmt: skip
    rows = [
        f"{what},{year},{size * (1 + pace) ** (year - 2012):.2f},{unit},{basis},first,"
        f"{year + 1}-02-01,official,,yes,doc,原话,"
        for what, size, pace, unit, basis in (("gdp", 500, 0.06, "亿元", "new"), ("use", 500, -0.04, "吨", ""))
        for year in range(2012, 2022)
    ]
    city = qd.load(town(tmp_path, gdp + use, targets, rows))
    made = sheets(qd.scorecard(city), dossiers(city))
    slugs = {sheet.slug for sheet in made}
    assert {"a1-history", "a1-rules", "a1-specification", "a1-base-rate", "a2-history", "a2-rules"} <= slugs
    for sheet in made:
        assert sheet.title.zh and sheet.title.en and sheet.alt.zh and sheet.alt.en
        assert sheet.draw("en", "column").title == sheet.title.en


@given(gap=st.floats(1e-4, 50), above=st.booleans(), unit=st.sampled_from(["%", "亿元"]))
def test_a_distance_from_the_target_is_never_rounded_to_none(gap: float, above: bool, unit: str) -> None:
    target = replace(qd.load("china").plan.target("m1"), value=100.0, unit=unit)
    told = distance(100 + gap * (1 if above else -1), target, "en")
    assert float(told.removesuffix("%").split(" ")[0]) == pytest.approx(gap, rel=0.5)
    assert told.endswith("%") == (unit == "亿元")
