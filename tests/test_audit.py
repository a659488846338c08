"""A plan's own arithmetic: implied pace, shares and sums, the same goal elsewhere, and targets met together."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qdecon as qd
from qdecon.data import known
from qdecon.errors import UnknownName
from qdecon.plan import satisfies
from qdecon.projection import project
from qdecon.scrutiny.audit.consistency import identities
from qdecon.scrutiny.audit.finding import Finding
from qdecon.scrutiny.audit.goals import Promise, relation, restatements
from qdecon.scrutiny.audit.joint import joint_chance, together
from qdecon.scrutiny.audit.pace import implied_pace, outgrown
from qdecon.scrutiny.audit.record import Audit, audit_plan
from qdecon.verdict.outlook import met_in
from tests.test_another_plan import INDICATOR, TARGET, town

CITY = qd.load("qingdao")
ADOPTED = known(CITY, CITY.plan.published)


@pytest.fixture(scope="module")
def audited() -> Audit:
    return audit_plan(CITY)


def only(findings: tuple[Finding, ...] | list[Finding]) -> Finding:
    (found,) = findings
    return found


# --- the embedded plan: exact arithmetic ------------------------------------------------------------------------------


def test_two_trillion_by_2026_needs_7_19_per_cent_a_year_from_the_figure_known_then(audited: Audit) -> None:
    found = only(audited.of("growth", "t06"))
    assert found["base"] == 14136.46
    assert found["needed"] == pytest.approx(100 * ((20000 / 14136.46) ** 0.2 - 1))
    assert round(found["needed"], 2) == 7.19
    steps = (11037.28 / 10193.29, 12001.52 / 11024.11, 11741.31 / 10949.38, 12400.56 / 11741.31, 14136.46 / 12400.56)
    assert found["past"] == pytest.approx(100 * (math.prod(steps) ** 0.2 - 1))
    assert found.outcome == "slower"
    assert "each formed inside one basis" in found.sentence.en


def test_a_share_target_is_told_in_points_and_as_outgrowth_of_the_rest(audited: Audit) -> None:
    found = only(audited.of("growth", "t02"))
    assert found["needed"] == pytest.approx((28 - 24.9) / 4)
    assert found["outgrowth"] == pytest.approx(25 * (math.log(0.28 / 0.72) - math.log(0.249 / 0.751)))
    assert found.outcome == "no_past"
    assert outgrown(27.0, 30.0, 6) == pytest.approx(2.46, abs=5e-3)


def test_a_doubling_in_three_years_is_26_per_cent_a_year_from_any_baseline(audited: Audit) -> None:
    for name in ("t25", "t26", "t27"):
        assert only(audited.of("growth", name))["needed"] == pytest.approx(100 * (2 ** (1 / 3) - 1))
    assert "was not known until 11 November 2022" in only(audited.of("growth", "t26")).sentence.en


def test_a_baseline_published_only_after_adoption_is_told_apart(audited: Audit) -> None:
    found = only(audited.of("growth", "t29"))
    assert (found["base"], found["late_base"]) == (126.66, 320.1)
    assert found["needed_from_late_base"] == pytest.approx(100 * ((450 / 320.1) ** (1 / 3) - 1))
    assert only(audited.of("growth", "t04")).outcome == "no_baseline"


def test_28_per_cent_of_the_plan_s_own_gdp_is_487_billion_yuan_in_2024(audited: Audit) -> None:
    found = only(audited.of("level", "t02", "t06"))
    assert found["whole"] == pytest.approx(14136.46 * (20000 / 14136.46) ** 0.6)
    assert found["level"] == pytest.approx(0.28 * found["whole"])
    assert found["level_before"] == pytest.approx(0.249 * 12400.56)
    assert "7.19% a year from 2021, as t06 asks" in found.sentence.en
    assert only(audited.of("level", "t03", "t06"))["level"] == 6000


def test_producer_services_would_be_59_1_per_cent_and_nothing_says_of_what_start(audited: Audit) -> None:
    found = only(audited.of("share", "t04", "t10"))
    assert found["share"] == pytest.approx(100 * 6500 / 11000)
    assert found["share_at_start"] == pytest.approx(100 * 6500 / 11000 - 3)
    assert (found.outcome, found.targets) == ("no_baseline", ("t04", "t10", "t05"))


def test_services_and_manufacturing_leave_the_rest_less_than_it_had(audited: Audit) -> None:
    found = only(audited.of("sum", "t02", "t10", "t06"))
    share = 1_100_000 / (14136.46 * (20000 / 14136.46) ** 0.6)
    assert found["rest"] == pytest.approx(72 - share)
    assert found["rest_before"] == pytest.approx(100 - 24.9 - 100 * 7613.59 / 12400.56)
    assert found["rest_level"] < found["rest_level_before"]
    assert found.outcome == "squeezed"
    assert "secondary sector value added outside manufacturing value added" in found.sentence.en


@pytest.mark.parametrize(
    ("target", "origin", "outcome"),
    [
        ("t02", "G36", "looser"),  # 27 % by 2025 in the outline of the 14th plan
        ("t02", "G38", "restated"),
        ("t03", "P19", "stricter"),  # more than 30 %
        ("t06", "t06-2028", "looser"),
        ("t06", "t06-2030", "looser"),
        ("t06-2028", "t06-2030", "looser"),
        ("t26", "P02", "looser"),  # more than 10,000 by 2026 against 11,108 by 2024
        ("t05", "P19", "not_comparable"),
    ],
)
def test_the_other_documents_of_the_city_are_placed(audited: Audit, target: str, origin: str, outcome: str) -> None:
    found = [
        each
        for each in audited.of("goal")
        if each.targets[0] == target and origin in next(n.origin for n in each.numbers if n.name == "other")
    ]
    assert only(found).outcome == outcome


def test_a_further_step_on_the_same_way_is_no_contradiction(audited: Audit) -> None:
    assert not any({"t02", "t03"} <= {*each.targets} for each in audited.of("goal"))
    assert not [each for each in audited.of("goal", "t02") if "G37" in str(each)]  # about 29 % by 2025
    assert not [each for each in audited.of("goal") if each.outcome == "impossible"]


def test_headline_targets_are_judged_together_as_of_then_and_told_as_settled_now(audited: Audit) -> None:
    joint = {(each.outcome, each.targets, each.as_of): each for each in audited.of("joint")}
    then = joint["projected", ("t06", "t10"), CITY.plan.published]
    assert then["t06"] == met_in(project(ADOPTED, "gdp", 2026).at(2026), CITY.plan.target("t06"))
    assert then["together"] > then["independent"]
    assert "no peer has an error path" in joint["not_projected", ("t02",), CITY.plan.published].sentence.en
    assert joint["settled", ("t10",), CITY.as_of]["value"] == 10495.54
    for name in ("t02", "t04"):
        assert not joint["unpublished", (name,), CITY.as_of].numbers


def test_a_year_later_all_three_that_have_accounts_are_projected_at_once() -> None:
    made = [each for each in together(known(CITY, dt.date(2023, 3, 31))) if each.outcome == "projected"]
    assert [each.targets for each in made] == [("t02", "t06", "t10"), ("t02", "t06-2027", "t10")]
    for each in made:
        assert each["lowest"] <= each["together"] <= each["highest"]
        assert each["independent"] == pytest.approx(math.prod(each[name] for name in each.targets))
    assert "fewer than 1 in 20" in made[0].sentence.en


def test_in_weeks_without_a_deflator_the_reason_is_told() -> None:
    found = together(known(CITY, dt.date(2025, 2, 20)))
    assert {each.outcome for each in found} == {"settled", "not_projected"}
    assert "too few yearly changes" in found[-1].sentence.en


# --- what holds for every finding -------------------------------------------------------------------------------------


def test_no_pace_crosses_two_statistical_bases(audited: Audit) -> None:
    for found in audited.of("growth"):
        for number in found.numbers:
            if number.name == "past":
                for step in number.origin.split("; "):
                    assert len({*re.findall(r"(census\d|yearbook\d+)", step)}) <= 1, step


def test_what_was_known_then_does_not_change_with_the_date_of_the_audit() -> None:
    for name in ("t02", "t06", "t10", "t26"):
        now, then = (implied_pace(each, CITY.plan.target(name)) for each in (CITY, ADOPTED))
        assert now is not None and then is not None
        assert (now["needed"], now.outcome) == (then["needed"], then.outcome)


def test_goals_stated_later_are_not_used() -> None:
    assert {each.outcome for each in restatements(ADOPTED)} == {"restated", "looser"}
    assert not any("P19" in str(each) or "t06-2028" in str(each) for each in restatements(ADOPTED))


def test_every_sentence_is_whole_in_both_languages(audited: Audit) -> None:
    named = sorted({each.publisher.removesuffix(" (repost)") for each in CITY.sources.values()} - {""}, key=len)
    publishers = re.compile("|".join(map(re.escape, named[::-1])))  # they keep their own language
    for found in audited.findings:
        assert found.sentence.zh.endswith("。") and found.sentence.en.endswith(".")
        assert not re.search(r"\bnan\b|None|  ", str(found))
        assert not re.search("[\u4e00-\u9fff]", publishers.sub("", found.sentence.en))
        assert set(found.targets) <= {each.id for each in CITY.plan.targets}
        assert all(math.isfinite(number.value) and number.origin for number in found.numbers)


def test_the_audit_is_a_table_a_list_of_numbers_and_a_text(audited: Audit) -> None:
    table, numbers = audited.to_frame("en"), audited.numbers()
    assert len(table) == len(audited.findings)
    assert len(numbers) == sum(len(each.numbers) for each in audited.findings)
    assert (numbers["finding"] < len(table)).all()
    assert "7.19%" in str(audited) and "7.19%" in audited.text("en")
    assert "Without a baseline: t01, t04" in audited.text("en").replace("\n", " ")
    with pytest.raises(UnknownName, match="no number 'x'"):
        audited.findings[0]["x"]


# --- planted plans ----------------------------------------------------------------------------------------------------

GOAL = """
[[goal]]
indicator = "{indicator}"
period = "{period}"
comparator = "{comparator}"
value = {value}
unit = "{unit}"
stated = "{stated}"
source = "doc"
quote = "原话"
"""


def aim(name: str, indicator: str, comparator: str, value: float, measure: str = "level", **more: str) -> str:
    text = TARGET.format(
        id=name,
        indicator=indicator,
        measure=measure,
        comparator=comparator,
        value=value,
        unit="%" if measure == "share" else "亿元",
        more=more.get("more", ""),
    )
    return text.replace("deadline = 2023", f"deadline = {more.get('deadline', '2023')}")


def level(name: str, more: str = "") -> str:
    return INDICATOR.format(id=name, unit="亿元", kind="level", more=f"based = true\n{more}")


def share(name: str, part: str, whole: str) -> str:
    more = f'based = true\nnumerator = "{part}"\ndenominator = "{whole}"'
    return INDICATOR.format(id=name, unit="%", kind="share", more=more)


def row(name: str, year: int, value: float, basis: str = "new", unit: str = "亿元") -> str:
    vintage = "first" if basis == "new" else "unknown"
    return f"{name},{year},{value},{unit},{basis},{vintage},{year + 1}-02-01,official,,yes,doc,原话,"


FARM = level("all", 'parts = ["wheat", "milk", "wool"]') + level("wheat") + level("milk") + level("wool")
FARM += level("bread", 'parent = "wheat"')
SHARES = (
    share("wheat_share", "wheat", "all") + share("milk_share", "milk", "all") + share("bread_share", "bread", "all")
)
FIRST = [row("all", 2019, 90.0)]


def planted(folder: Path, targets: str, rows: list[str] = FIRST, as_of: str = "2021-06-30") -> qd.Dataset:
    return qd.load(town(folder, FARM + SHARES, targets, rows), as_of=as_of)


def test_two_targets_without_a_common_figure_are_impossible_together(tmp_path: Path) -> None:
    city = planted(tmp_path, aim("a1", "milk", "at_least", 60) + aim("a2", "milk", "at_most", 50))
    found = only(restatements(city))
    assert (found.outcome, found.targets) == ("impossible", ("a1", "a2"))


def test_two_targets_that_leave_a_band_are_no_contradiction(tmp_path: Path) -> None:
    assert restatements(planted(tmp_path, aim("a1", "milk", "at_least", 50) + aim("a2", "milk", "at_most", 60))) == []


@pytest.mark.parametrize(("part", "whole", "clash"), [(60, 50, True), (40, 50, False)])
def test_a_part_is_not_promised_more_than_its_whole_may_be(
    tmp_path: Path, part: float, whole: float, clash: bool
) -> None:
    shares = aim("a1", "wheat_share", "at_most", whole, "share") + aim("a2", "bread_share", "at_least", part, "share")
    assert [each.outcome for each in restatements(planted(tmp_path, shares))] == ["impossible"] * clash


def test_a_goal_on_paper_after_the_date_is_left_out(tmp_path: Path) -> None:
    said = {"indicator": "milk", "period": "2023", "comparator": "at_least", "value": 60, "unit": "亿元"}
    targets = aim("a1", "milk", "at_least", 50) + GOAL.format(**said, stated="2022-05")
    assert restatements(planted(tmp_path, targets)) == []
    assert only(restatements(planted(tmp_path, targets, as_of="2022-06-01"))).outcome == "stricter"


def test_shares_that_sum_above_the_whole_are_found_without_any_figure(tmp_path: Path) -> None:
    both = aim("a1", "wheat_share", "at_least", 60, "share"), aim("a2", "milk_share", "at_least", 50, "share")
    found = only(identities(planted(tmp_path / "over", "".join(both))))
    assert (found.kind, found.outcome, found["rest"]) == ("sum", "impossible", -10)
    less = aim("a2", "milk_share", "at_least", 30, "share")
    assert only(identities(planted(tmp_path / "under", both[0] + less))).outcome == "fits"


def test_an_item_inside_another_is_not_counted_twice(tmp_path: Path) -> None:
    inner = aim("a1", "wheat_share", "at_least", 60, "share") + aim("a2", "bread_share", "at_least", 50, "share")
    assert [each for each in identities(planted(tmp_path, inner)) if each.kind == "sum"] == []


def test_levels_are_set_against_the_path_of_their_whole(tmp_path: Path) -> None:
    targets = (
        aim("a1", "all", "at_least", 160, deadline="2023")
        + aim("a2", "wheat", "at_least", 50, deadline="2021")
        + aim("a3", "milk_share", "at_least", 45, "share", deadline="2021")
    )
    rows = [row("all", 2019, 90), row("wheat", 2019, 54), row("milk", 2019, 27), row("wool", 2019, 9)]
    city = planted(tmp_path, targets, rows, as_of="2021-01-01")
    found = {each.kind: each for each in identities(city)}
    whole = 90 * (160 / 90) ** 0.5  # half-way in years, so the geometric mean: 120
    assert found["level"]["whole"] == pytest.approx(whole) == pytest.approx(120)
    assert found["level"]["level"] == pytest.approx(54)
    assert found["share"]["share"] == pytest.approx(50 / 1.2)
    assert found["sum"]["rest"] == pytest.approx(100 - 45 - 50 / 1.2)
    assert (found["sum"]["rest_before"], found["sum"].outcome) == (pytest.approx(10), "fits")


def test_the_pace_before_is_taken_inside_the_basis_of_the_baseline(tmp_path: Path) -> None:
    rows = [row("milk", year, value, "old") for year, value in ((2016, 10), (2017, 11), (2018, 12))]
    rows += [row("milk", year, value) for year, value in ((2018, 20), (2019, 22))]
    city = planted(tmp_path / "chain", aim("a1", "milk", "at_least", 33, deadline="2021"), rows)
    found = implied_pace(city, city.plan.target("a1"))
    assert found is not None
    assert found["needed"] == pytest.approx(100 * (1.5**0.5 - 1))
    assert found["past"] == pytest.approx(100 * ((12 / 11 * 1.1) ** 0.5 - 1))  # not 22 / 11
    gap = [row("milk", 2016, 10, "old"), row("milk", 2019, 22)]
    city = planted(tmp_path / "gap", aim("a1", "milk", "at_least", 33, deadline="2021"), gap)
    found = implied_pace(city, city.plan.target("a1"))
    assert found is not None and found.outcome == "no_past"


def test_a_yearly_flow_stands_beside_the_mean_of_as_many_years(tmp_path: Path) -> None:
    target = aim("a1", "births", "at_least", 30, "flow_per_year", more="years = [2021, 2022]").replace(
        "deadline = 2023\n", ""
    )
    rows = [f"births,{year},{value},亿元,,first,,official,,yes,doc,原话," for year, value in ((2017, 99), (2018, 10))]
    rows += ["births,2019,20,亿元,,first,,official,,yes,doc,原话,"]
    indicator = INDICATOR.format(id="births", unit="亿元", kind="flow", more="")
    city = qd.load(town(tmp_path, indicator, target, rows), as_of="2021-06-30")
    found = implied_pace(city, city.plan.target("a1"))
    assert found is not None
    assert (found["needed"], found["past"], found.outcome) == (30, 15, "faster")


def test_any_plan_is_audited_even_one_without_accounts_or_figures(tmp_path: Path) -> None:
    made = audit_plan(planted(tmp_path, aim("a1", "milk", "at_least", 60) + aim("a2", "wheat", "at_most", 0)))
    assert {each.outcome for each in made.of("growth")} == {"no_baseline"}
    assert {each.outcome for each in made.of("joint")} == {"not_projected"}
    assert made.text("en") and made.text("zh")
    assert len(made.to_frame()) == len(made.findings)


def test_a_made_up_city_s_gdp_and_services_are_met_together(tmp_path: Path) -> None:
    targets = aim("a1", "gdp", "at_least", 1000) + aim("a2", "va_tertiary", "at_least", 560)
    indicators = level("gdp", 'parts = ["va_tertiary", "goods"]') + level("va_tertiary") + level("goods")
    rows = [row("gdp", year, round(500 * 1.06 ** (year - 2008), 2)) for year in range(2008, 2020)]
    rows += [row("va_tertiary", year, round(260 * 1.065 ** (year - 2008), 2)) for year in range(2008, 2020)]
    city = qd.load(town(tmp_path, indicators, targets, rows), as_of="2021-01-01")
    found = only(together(city))
    assert (found.outcome, found.targets) == ("projected", ("a1", "a2"))
    assert found["lowest"] <= found["together"] <= found["highest"]
    assert found["together"] > found["independent"]


# --- relations and chances --------------------------------------------------------------------------------------------

FIGURES = st.integers(-5, 5).map(float)
YEARS = st.sampled_from([(2023,), (2024,), (2023, 2024)])
PROMISES = st.builds(
    Promise,
    st.just("x"),
    YEARS,
    st.sampled_from(["at_least", "more_than", "at_most", "about"]),
    FIGURES,
    st.just("%"),
    st.sampled_from([0.5, 1.0, 2.0]),
)
REVERSED = {"stricter": "looser", "looser": "stricter"}


@given(one=PROMISES, other=PROMISES, vague=st.booleans(), lasting=st.booleans())
def test_a_relation_reads_the_same_from_the_other_side(
    one: Promise, other: Promise, vague: bool, lasting: bool
) -> None:
    other = replace(other, tolerance=None) if vague else other
    seen = relation(one, other, lasting=lasting)
    assert relation(other, one, lasting=lasting) == REVERSED.get(seen or "", seen)


@given(one=PROMISES, other=PROMISES)
def test_promises_for_one_year_are_compared_as_the_sets_of_figures_that_keep_them(one: Promise, other: Promise) -> None:
    one, other = replace(one, years=(2024,)), replace(other, years=(2024,))
    figures = np.arange(-20, 20, 0.25)
    kept, also = (
        {
            figure
            for figure in figures
            if satisfies(
                figure,
                replace(
                    CITY.plan.target("t10"),
                    comparator=each.comparator,
                    value=each.value,
                    tolerance=(each.tolerance or 0.0,),
                ),
            )
        }
        for each in (one, other)
    )
    found = relation(one, other)
    assert (found == "impossible") == (not kept & also)
    assert (found == "restated") == (kept == also)
    assert (found == "stricter") == (bool(kept & also) and also < kept)
    assert (found == "looser") == (bool(kept & also) and kept < also)


@pytest.mark.parametrize(
    ("comparator", "value", "year", "expected"),
    [
        ("at_least", 28, 2023, "stricter"),
        ("at_least", 27, 2025, "looser"),
        ("at_least", 30, 2025, None),  # more, but later
        ("at_least", 27, 2023, None),  # sooner, but less
        ("about", 29, 2024, "stricter"),
        ("about", 27, 2024, "looser"),
        ("about", 28, 2024, "looser"),  # binds less
        ("at_most", 20, 2025, None),  # another direction in another year
    ],
)
def test_promises_for_other_years_or_about_a_figure(
    comparator: str, value: float, year: int, expected: str | None
) -> None:
    ours = Promise("x", (2024,), "at_least", 28.0, "%")
    other = Promise("x", (year,), comparator, value, "%")  # type: ignore[arg-type]
    assert relation(ours, other) == expected
    if year != 2024:
        assert relation(ours, other, lasting=False) is None
    assert relation(ours, replace(other, unit="亿元")) == "not_comparable"


EVENTS = st.integers(1, 60).flatmap(
    lambda size: st.lists(st.lists(st.booleans(), min_size=size, max_size=size), min_size=1, max_size=4)
)


@given(EVENTS)
def test_a_joint_chance_lies_within_what_single_chances_allow(events: list[list[bool]]) -> None:
    made = joint_chance(*(np.array(each) for each in events))
    lowest, highest = made.limits
    assert lowest - 1e-12 <= made.together <= highest + 1e-12
    assert lowest - 1e-12 <= made.independent <= highest + 1e-12


@given(st.lists(st.booleans(), min_size=1, max_size=30), st.lists(st.booleans(), min_size=1, max_size=30))
def test_outcomes_planted_as_independent_give_the_product(one: list[bool], other: list[bool]) -> None:
    left, right = (each.ravel() for each in np.meshgrid(one, other))
    made = joint_chance(left, right)
    assert made.together == pytest.approx(made.independent)
    assert made.ratio is None or made.ratio == pytest.approx(1)
