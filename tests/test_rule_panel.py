"""All rules beside each other: counted, explained, and asked about a course that stands on one basis."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest

import qdecon as qd
from qdecon.data.peers import Panel
from qdecon.data.periods import parse_period
from qdecon.errors import NotAvailable, UnknownName
from qdecon.rules import RULES, Course, course_to, read_rules
from qdecon.rules.panel import NAMES, read_target
from qdecon.rules.world_bank import peer_path, speed

VECTOR = Course(np.arange(2018, 2025), np.array([100.0, 106, 104, 113, 117, 121, 126]), "up", 160.0, 2030)


@pytest.fixture(scope="module")
def city() -> qd.Dataset:
    return qd.load("qingdao")


def test_rules_disagree_about_the_same_seven_numbers() -> None:
    panel = read_rules(VECTOR)
    said = {name: reading.on_track for name, reading in panel.by_name.items()}
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


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("t01", "no published figure"),
        ("t02", "one published figure"),
        ("t05", "neither a level nor a share"),
        ("t07", "neither a level nor a share"),
        ("t10", "growth is not known"),
        ("t11", "no published figure"),
    ],
)
def test_what_has_no_course_is_refused_with_the_reason(city: qd.Dataset, name: str, reason: str) -> None:
    target = city.plan.target(name)
    for asked in (course_to, read_target):
        with pytest.raises(NotAvailable, match=reason):
            asked(city, target)


# Shares


@pytest.fixture(scope="module")
def services(city: qd.Dataset):
    """A city that published its services' share for some years on one basis, and a target for it."""
    latest = city.latest("share_tertiary")
    assert latest is not None
    told = {2019: 60.5, 2021: 61.0, 2022: 61.6, 2024: 62.9}
    extra = tuple(
        replace(latest, period=parse_period(str(year)), value=value, row=9000 + year) for year, value in told.items()
    )
    target = replace(city.plan.target("t02"), indicator="share_tertiary", value=66.0, deadline=2030)
    return replace(city, observations=(*city.observations, *extra)), target


def test_a_share_takes_the_figures_on_its_latest_basis_with_years_left_out(services) -> None:
    course = course_to(*services)
    assert course.years.tolist() == [2021, 2022, 2024, 2025]
    assert course.values.tolist() == [61.0, 61.6, 62.9, 63.6]
    assert (course.kind, course.whole, course.direction, course.target) == ("share", 100.0, "up", 66.0)
    assert course_to(*services, 2019).first == 60.5


def test_the_base_of_a_share_is_the_latest_figure_before_the_target_was_set(services) -> None:
    data, target = services
    early = tuple(each for each in data.observations if each.row != 9000 + 2021)
    assert course_to(replace(data, observations=early), target).years[0] == 2019
    with pytest.raises(NotAvailable, match="no figure of 2020 to start from"):
        course_to(data, target, 2020)


def test_a_share_on_another_basis_is_no_second_figure(city: qd.Dataset, services) -> None:
    with pytest.raises(NotAvailable, match="one published figure on its latest basis"):
        course_to(city, services[1])


def test_the_pace_of_a_share_is_in_points(services) -> None:
    panel = read_target(*services)
    assert panel.needed == pytest.approx((66.0 - 63.6) / 5)
    assert panel.past == pytest.approx((63.6 - 61.0) / 4)
    assert panel.multiple == pytest.approx(0.48 / 0.65)
    assert "no peers' typical path" in panel.by_name["world_bank"].reason


# What a panel carries


def test_the_table_holds_every_rule_with_its_source() -> None:
    assert list(NAMES) == [*RULES, "world_bank"]
    table = read_rules(VECTOR).to_frame()
    assert list(table.index) == list(NAMES)
    assert table["source"].all()
    assert set(table["evidence"]) <= {"read", "second-hand", "memory", "computed"}


def test_what_is_from_memory_is_said_in_the_table_and_where_the_rule_is_documented() -> None:
    table = read_rules(VECTOR).to_frame()
    memory = set(table.index[table["evidence"] == "memory"])
    assert memory == {"sdsn", "climate_action", "unicef", "china_degree", "oecd_trend", "oecd_likelihood"}
    for name in memory:
        module = sys.modules[RULES[name].__module__]
        assert "from memory" in " ".join(f"{module.__doc__} {RULES[name].__doc__}".lower().split()), name


def test_a_panel_of_a_target_says_what_it_is_about(city: qd.Dataset) -> None:
    panel = read_target(city, city.plan.target("t06-2027"))
    assert panel.readings[:-1] == read_rules(course_to(city, city.plan.target("t06-2027"))).readings[:-1]
    about = panel.subject
    assert (about.name.en, about.place.en, about.unit, about.price_basis) == ("GDP", "Qingdao", "亿元", "current")
    assert about.as_of == city.as_of
    assert about.credits[0] == city.sources[city.latest("gdp").source]


# The World Bank's typical path

CITIES = tuple(f"c{place}" for place in range(30))


def planted_peers(unit: float = 1.0) -> Panel:
    """Cities that grow by 12 % less two points a doubling, except before 2015, across a change of basis, and for c0."""
    levels: dict[str, dict[str, dict[int, float]]] = {}
    for place, city in enumerate(CITIES):
        value, old = 1000.0 * 1.12**place, {}
        for year in range(2010, 2016):
            old[year] = value
            value *= 1.5
        value = new_value = 1000.0 * 1.12**place
        new = {}
        for year in range(2015, 2025):
            new[year] = new_value
            rate = 0.12 - 0.02 * np.log2(new_value / 1000)
            new_value *= np.exp(1.0 if city == "c0" else rate)
        levels[city] = {"basis1": _in(old, unit), "basis2": _in(new, unit)}
    return Panel(CITIES, {"gdp": levels}, frozenset(), 2024)


def _in(values: dict[int, float], unit: float) -> dict[int, float]:
    return {year: unit * value for year, value in values.items()}


def following(times: float, unit: float = 1.0) -> Course:
    """A city that moves along the planted path, so many times as fast."""
    values = [3000.0]
    for _ in range(6):
        values.append(values[-1] * np.exp(times * (0.12 - 0.02 * np.log2(values[-1] / 1000))))
    return Course(np.arange(2018, 2025), unit * np.array(values), "up", unit * 9000.0, 2030)


@pytest.mark.parametrize("times", [0.5, 1.0, 1.5])
def test_a_city_along_the_planted_path_has_the_planted_speed(times: float) -> None:
    path = peer_path(planted_peers(), "gdp", "c0", range(2016, 2025))
    assert speed(following(times), path).quantity == pytest.approx(times, rel=0.04)
    assert path.logs
    assert path.peers == "29 places, 2016 to 2024"


def test_only_the_years_of_the_course_and_steps_inside_a_basis_count() -> None:
    late = peer_path(planted_peers(), "gdp", "c0", range(2016, 2025))
    wide = peer_path(planted_peers(), "gdp", "c0", range(2011, 2025))
    assert late.changes.max() < 0.13  # neither the 50 % a year before 2015 nor the jump between the bases
    assert wide.changes.max() > 0.3
    assert speed(following(1.0), wide).quantity < speed(following(1.0), late).quantity


def test_the_unit_of_peers_and_course_does_not_matter() -> None:
    one = speed(following(1.2), peer_path(planted_peers(), "gdp", "c0", range(2016, 2025)))
    other = speed(following(1.2, 7.0), peer_path(planted_peers(7.0), "gdp", "c0", range(2016, 2025)))
    assert one.quantity == pytest.approx(other.quantity)


def test_too_few_peers_or_an_unknown_indicator_give_no_path() -> None:
    with pytest.raises(NotAvailable, match="peer years"):
        peer_path(planted_peers(), "gdp", "c0", range(2030, 2035))
    with pytest.raises(UnknownName, match="the peers have no"):
        peer_path(planted_peers(), "rainfall", "c0", range(2016, 2025))


def test_the_panel_gives_the_world_banks_reading_only_with_a_path() -> None:
    path = peer_path(planted_peers(), "gdp", "c0", range(2016, 2025))
    without, given = (read_rules(following(1.5), each).by_name["world_bank"] for each in (None, path))
    assert (without.quantity, without.reason) == (None, "no peers' typical path was given")
    assert (given.label, given.on_track) == ("typical or faster", None)
    assert "29 places, 2016 to 2024" in given.source
    negative = replace(following(1.5), values=-following(1.5).values)
    assert "logarithms" in speed(negative, path).reason
    assert read_rules(following(1.5), path).agreement == read_rules(following(1.5)).agreement


def test_qingdao_is_read_against_other_cities_of_the_same_years(city: qd.Dataset) -> None:
    target = city.plan.target("t06-2028")
    reading = read_target(city, target, 2020).by_name["world_bank"]
    assert reading.label == "typical or faster"
    assert reading.quantity == pytest.approx(1.26, abs=0.01)
    assert reading.source.endswith("35 places, 2021 to 2024")
    assert "fewer than 5 years" in read_target(city, target, 2021).by_name["world_bank"].reason
