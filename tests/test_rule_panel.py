"""All rules beside each other: counted, explained, and asked about a course that stands on one basis."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import qdecon as qd
from qdecon.errors import NotAvailable
from qdecon.rules import RULES, Course, course_to, read_rules
from qdecon.rules.panel import NAMES

VECTOR = Course(np.arange(2018, 2025), np.array([100.0, 106, 104, 113, 117, 121, 126]), "up", 160.0, 2030)


@pytest.fixture(scope="module")
def city() -> qd.Dataset:
    return qd.load("qingdao")


def test_rules_disagree_about_the_same_seven_numbers() -> None:
    panel = read_rules(VECTOR)
    said = {name: reading.on_track for name, reading in zip(RULES, panel.readings, strict=True)}
    assert (said["eurostat"], said["unsd"], said["sdsn"]) == (True, True, True)
    assert (said["escap_linear"], said["destatis"], said["climate_action"], said["china_pace"]) == (False,) * 4
    assert said["oecd_likelihood"] is None
    assert panel.agreement == (5, 11)
    assert "5 of 11 rules say on track: Eurostat" in panel.split.en
    assert "其余说不在轨" in panel.split.zh


def test_the_multiple_says_how_much_faster_it_must_go_from_here() -> None:
    panel = read_rules(VECTOR)
    assert panel.needed == pytest.approx((160 / 126) ** (1 / 6) - 1)
    assert panel.multiple == pytest.approx(1.034, abs=5e-4)
    assert read_rules(replace(VECTOR, target=None)).needed is None
    assert read_rules(replace(VECTOR, values=np.full(7, 100.0))).multiple is None


def test_every_rule_answers_or_says_why_not() -> None:
    hard = [
        VECTOR,
        replace(VECTOR, target=None, deadline=None),
        replace(VECTOR, kind="rate"),
        replace(VECTOR, values=-VECTOR.values, target=-160.0, direction="down"),
        replace(VECTOR, values=np.zeros(7)),
        replace(VECTOR, target=0.0),
        replace(VECTOR, deadline=2024),
        Course(np.array([2024]), np.array([5.0]), "up", 9.0, 2030),
        replace(VECTOR, target=120.0),
    ]
    for course in hard:
        for reading in read_rules(course).readings:
            assert reading.label or reading.reason
            assert reading.source
            assert str(reading)
            if reading.quantity is None:
                assert reading.on_track in {None, True}


def test_a_course_is_never_given_without_a_direction() -> None:
    with pytest.raises(NotAvailable, match="direction"):
        replace(VECTOR, direction="")


def test_a_course_is_rebuilt_by_growth_inside_one_basis(city: qd.Dataset) -> None:
    course = course_to(city, city.plan.target("t06"))
    steps = {step.year: step.value for step in city.growth_steps("gdp")}
    np.testing.assert_allclose(course.values[1:] / course.values[:-1] - 1, [steps[year] for year in course.years[1:]])
    latest = city.latest("gdp")
    assert latest is not None
    assert course.last == latest.value
    assert course.years[0] == 2021


def test_the_four_dates_of_two_trillion(city: qd.Dataset) -> None:
    agreed = {}
    for name in ("t06", "t06-2027", "t06-2030"):
        yes, asked = read_rules(course_to(city, city.plan.target(name))).agreement
        agreed[name] = yes / asked
    assert agreed["t06"] == 0
    assert agreed["t06-2030"] == 1


@pytest.mark.parametrize("name", ["t02", "t07", "t10"])
def test_what_is_no_level_ahead_is_refused_or_read_as_settled(city: qd.Dataset, name: str) -> None:
    target = city.plan.target(name)
    if target.measure != "level":
        with pytest.raises(NotAvailable, match="no level"):
            course_to(city, target)
    else:
        with pytest.raises(NotAvailable, match="growth is not known"):
            course_to(city, target)


def test_the_table_holds_every_rule_with_its_source() -> None:
    assert set(NAMES) == set(RULES)
    table = read_rules(VECTOR).to_frame()
    assert list(table.index) == list(RULES)
    assert table["source"].all()
    assert set(table["evidence"]) <= {"read", "second-hand", "memory", "computed"}
