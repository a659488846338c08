"""Published rules: Eurostat, Statistics Canada, UN Statistics Division, ESCAP and SDSN, by their printed cut-offs.

Each rule has a mirror. Linear rules (current status, the weighted line, SDSN) and Statistics Canada's, which has a sign
rule for negative series: negate values and target, turn the direction, and the quantity is the same. Shares on the
logit: take the rest of the whole instead. Compounded rules: reciprocals with the direction turned; growth g becomes
-g/(1+g), so that the quantity moves by a known factor and keeps its sign and its side of the target, but may cross a
cut-off that lies in between.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdecon.errors import NotAvailable
from qdecon.rules import escap, eurostat, sdsn, statistics_canada, unsd
from qdecon.rules.growth import growth
from qdecon.rules.reading import Course, Direction, Reading, Rule

STEP = 1e-6
VALUES = np.array([100.0, 106, 104, 113, 117, 121, 126])
EXAMPLE = Course(np.arange(2018, 2025), VALUES, "up", 160.0, 2030)
AIMED: dict[str, Rule] = {
    "eurostat": eurostat.with_target,
    "statistics_canada": statistics_canada.with_target,
    "unsd": unsd.with_target,
    "escap": escap.anticipated_progress,
    "escap_linear": escap.anticipated_progress_linear,
    "escap_current_status": escap.current_status,
    "sdsn": partial(sdsn.with_target, window=1),
}
UNAIMED: dict[str, Rule] = {
    "eurostat_without_target": eurostat.without_target,
    "eurostat_neutral_band": eurostat.neutral_band,
    "statistics_canada_without_target": statistics_canada.without_target,
    "unsd_without_target": unsd.without_target,
}
RULES = AIMED | UNAIMED


def two(
    first: float,
    last: float,
    direction: Direction = "up",
    target: float | None = None,
    deadline: int | None = None,
    kind: str = "level",
) -> Course:
    """Two values, of 2020 and 2021."""
    return Course(np.array([2020, 2021]), np.array([first, last]), direction, target, deadline, kind)  # type: ignore[arg-type]


def quantity(reading: Reading) -> float:
    assert reading.quantity is not None, reading.reason
    return reading.quantity


# The worked example


@pytest.mark.parametrize(
    ("name", "expected", "digits", "label", "on_track"),
    [
        ("eurostat", 0.983, 3, "significant progress", True),
        ("statistics_canada", 0.983, 3, "on track", True),
        ("unsd", 0.979, 3, "met or on track", True),
        ("escap_linear", 13.6, 1, "accelerate", False),
        ("escap", 7.94, 2, "maintain", True),
        ("escap_current_status", 4.33, 2, "target not yet met", None),
        ("eurostat_without_target", 3.93, 2, "significant progress", True),
        ("unsd_without_target", 3.93, 2, "met or on track", True),
        ("statistics_canada_without_target", 3.93, 2, "on track", True),
    ],
)
def test_the_worked_example(name: str, expected: float, digits: int, label: str, on_track: bool | None) -> None:
    reading = RULES[name](EXAMPLE)
    assert round(quantity(reading), digits) == expected
    assert (reading.rule, reading.label, reading.on_track) == (name, label, on_track)


def test_the_worked_example_of_sdsn_and_of_growth() -> None:
    assert quantity(sdsn.with_target(EXAMPLE)) == 1.1
    assert sdsn.with_target(EXAMPLE).on_track
    assert round(growth(100, 126, 6), 2) == 3.93
    assert round(growth(100, 160, 12), 2) == 3.99


def test_weights_rise_towards_the_deadline() -> None:
    assert escap._weights(EXAMPLE).round(2).tolist() == [1, 1.09, 1.2, 1.33, 1.5, 1.71, 2]


# Every cut-off: at it, just above, just below

RATIO = {
    "eurostat": (
        (0.95, "significant progress", "moderate progress"),
        (0.60, "moderate progress", "insufficient progress"),
        (0.0, "insufficient progress", "movement away"),
    ),
    "statistics_canada": (
        (0.95, "on track", "acceleration needed"),
        (0.60, "acceleration needed", "limited progress"),
        (0.0, "limited progress", "deterioration"),
    ),
    "unsd": (
        (0.95, "met or on track", "fair progress, acceleration needed"),
        (0.10, "fair progress, acceleration needed", "stagnation or regression"),
    ),
}


@pytest.mark.parametrize(("name", "cut", "better", "worse"), [(n, *row) for n, rows in RATIO.items() for row in rows])
def test_cut_offs_of_ratios(name: str, cut: float, better: str, worse: str) -> None:
    for ratio, label in ((cut, better), (cut + STEP, better), (cut - STEP, worse)):
        reading = RULES[name](two(100, 100 + 100 * ratio, "up", 200, 2021))
        assert quantity(reading) == pytest.approx(ratio)
        assert reading.label == label
        assert reading.on_track == (label == RATIO[name][0][1])


GROWTH = {
    "eurostat_without_target": (
        (1.0, "significant progress", "moderate progress"),
        (0.0, "moderate progress", "moderate movement away"),
        (-1.0, "moderate movement away", "significant movement away"),
    ),
    "eurostat_neutral_band": (
        (1.0, "significant progress", "moderate progress"),
        (0.1, "moderate progress", "no movement"),
        (-0.1, "no movement", "moderate movement away"),
        (-1.0, "moderate movement away", "significant movement away"),
    ),
    "statistics_canada_without_target": (
        (1.5, "on track", "acceleration needed"),
        (0.5, "acceleration needed", "limited progress"),
        (0.0, "limited progress", "deterioration"),
    ),
    "unsd_without_target": (
        (2.0, "met or on track", "fair progress, acceleration needed"),
        (0.5, "fair progress, acceleration needed", "stagnation or regression"),
    ),
}


@pytest.mark.parametrize("direction", ["up", "down"])
@pytest.mark.parametrize(("name", "cut", "better", "worse"), [(n, *row) for n, rows in GROWTH.items() for row in rows])
def test_cut_offs_of_growth(name: str, cut: float, better: str, worse: str, direction: Direction) -> None:
    sign = 1 if direction == "up" else -1
    for rate, label in ((cut, better), (cut + STEP, better), (cut - STEP, worse)):
        reading = RULES[name](two(100, 100 + sign * rate, direction))
        assert quantity(reading) == pytest.approx(rate, abs=1e-9)
        assert reading.label == label


@pytest.mark.parametrize(
    ("cut", "better", "worse"),
    [
        (1.0, "on track or maintaining achievement", "moderately improving"),
        (0.5, "moderately improving", "stagnating"),
        (0.0, "stagnating", "decreasing"),
    ],
)
def test_cut_offs_of_sdsn(cut: float, better: str, worse: str) -> None:
    for ratio, label in ((cut, better), (cut + STEP, better), (cut - STEP, worse)):
        reading = sdsn.with_target(two(100, 100 + 10 * ratio, "up", 200, 2030), window=1)
        assert quantity(reading) == pytest.approx(ratio, abs=1e-9)
        assert reading.label == label


def by_line(gap: float) -> Course:
    return two(100, 100 + (100 - gap) / 10, "up", 200, 2030)


def by_ratios(gap: float) -> Course:
    return two(100, 100 * (2 - gap / 100) ** (19 / 109), "up", 200, 2030)


def by_logit(gap: float) -> Course:
    share = 0.75 - 0.25 * gap / 100
    return two(50, 100 / (1 + exp(-log(share / (1 - share)) / 10)), "up", 75, 2030, "share")


@pytest.mark.parametrize(
    ("rule", "made"),
    [
        (escap.anticipated_progress_linear, by_line),
        (escap.anticipated_progress, by_ratios),
        (escap.anticipated_progress, by_logit),
    ],
)
@pytest.mark.parametrize(("cut", "better", "worse"), [(10, "maintain", "accelerate"), (100, "accelerate", "reverse")])
def test_cut_offs_of_escap(rule: Rule, made: Callable[[float], Course], cut: float, better: str, worse: str) -> None:
    for gap, label in ((cut, better), (cut - STEP, better), (cut + STEP, worse)):
        reading = rule(made(gap))
        assert quantity(reading) == pytest.approx(gap, abs=1e-9)
        assert reading.label == label
        assert reading.on_track == (label == "maintain")


# A target met, and what else has its own rule


@pytest.mark.parametrize("name", ["statistics_canada", "unsd", "escap", "escap_linear", "escap_current_status", "sdsn"])
@pytest.mark.parametrize("values", [(100.0, 160.0), (200.0, 165.0), (-5.0, 161.0)])
def test_a_target_met_is_met_whatever_the_trend(name: str, values: tuple[float, float]) -> None:
    reading = AIMED[name](two(*values, "up", 160, 2030))
    assert reading.on_track
    assert quantity(reading) == {"escap": 0, "escap_linear": 0, "escap_current_status": 10}.get(name, 1)


def test_eurostat_has_no_rule_for_a_target_met_but_its_ratio_says_so() -> None:
    assert quantity(eurostat.with_target(two(100, 160, "up", 160, 2030))) > 1
    assert "already is as good" in eurostat.with_target(two(200, 165, "up", 160, 2030)).reason


def test_statistics_canada_reads_a_base_beyond_the_target() -> None:
    reading = statistics_canada.with_target(two(170, 150, "up", 160, 2030))
    assert reading.label == "deterioration"
    assert quantity(reading) < 0


@pytest.mark.parametrize(
    ("last", "target", "direction", "met"),
    [(99.0, 100.0, "up", True), (98.99, 100.0, "up", False), (1.0, 0.0, "down", True), (1.01, 0.0, "down", False)],
)
@pytest.mark.parametrize("whole", [1.0, 100.0])
def test_unsd_takes_a_share_within_one_point_of_none_or_all_as_met(
    last: float, target: float, direction: Direction, met: bool, whole: float
) -> None:
    values = np.array([last, last]) * whole / 100
    course = Course(np.array([2020, 2021]), values, direction, target * whole / 100, 2030, "share", whole)
    assert unsd.with_target(course).on_track == met
    assert not unsd.with_target(replace(course, kind="level")).on_track


def test_unsd_judges_a_deadline_past_by_the_values_up_to_it() -> None:
    late = Course(np.arange(2018, 2025), VALUES, "up", 118.0, 2022)
    assert unsd.with_target(late) == unsd.with_target(Course(np.arange(2018, 2023), VALUES[:5], "up", 118.0, 2022))
    assert quantity(unsd.with_target(late)) == pytest.approx(17 / 18)


def test_escap_needs_the_target_met_for_a_verdict_on_one_value() -> None:
    one = Course(np.array([2024]), np.array([126.0]), "up", 160.0, 2030)
    for rule in (escap.anticipated_progress, escap.anticipated_progress_linear, escap.current_status):
        assert rule(replace(one, target=120.0)).on_track
        assert rule(replace(one, target=160.0)).quantity is None


@pytest.mark.parametrize(
    ("base", "limit", "factor"),
    [
        (100, 100, 0),
        (0, 100, 1),
        (50, 100, 1 - 0.5**4.44),
        (150, 100, 1 - 0.5**4.44),
        (200, 100, 1),
        (300, 100, 1),
        (5, 0, 1),
    ],
)
def test_limit_factor(base: float, limit: float, factor: float) -> None:
    assert statistics_canada.limit_factor(base, limit) == pytest.approx(factor)


def test_cut_offs_shrink_near_a_limit() -> None:
    factor = statistics_canada.limit_factor(90, 100)
    for rate, label in ((1.5 * factor + STEP, "on track"), (1.5 * factor - STEP, "acceleration needed")):
        assert statistics_canada.without_target(two(90, 90 * (1 + rate / 100)), limit=100).label == label
    at_limit = statistics_canada.without_target(two(100, 100), limit=100)
    assert (at_limit.label, statistics_canada.score(at_limit)) == ("on track", 5)
    fallen = statistics_canada.without_target(two(100, 99), limit=100)
    assert (fallen.label, statistics_canada.score(fallen)) == ("deterioration", -3.75)


# Scores


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [(2, 5), (1.3, 5), (0.95, 2.5), (0.6, 0), (0, -2.5), (-0.6, -5), (-3, -5)],
)
def test_scores_with_a_target(ratio: float, expected: float) -> None:
    assert eurostat.score(eurostat.WITH_TARGET.reading(ratio)) == pytest.approx(expected)
    canadian = statistics_canada.WITH_TARGET.reading(ratio)
    assert statistics_canada.score(canadian) == pytest.approx(expected, abs=2e-4)


@pytest.mark.parametrize(("rate", "expected"), [(3, 5), (2, 5), (1, 2.5), (0, 0), (-1, -2.5), (-2, -5), (-3, -5)])
def test_scores_of_eurostat_without_a_target(rate: float, expected: float) -> None:
    assert eurostat.score(eurostat.WITHOUT_TARGET.reading(rate)) == expected
    assert eurostat.score(eurostat.NEUTRAL_BAND.reading(rate)) == expected


@pytest.mark.parametrize("base", [10.0, 80.0, 95.0])
@pytest.mark.parametrize(("share", "expected"), [(0, -2.5), (0.5, 0), (1, 1.25), (1.5, 2.5), (2, 5), (4, 5)])
def test_scores_of_statistics_canada_without_a_target(base: float, share: float, expected: float) -> None:
    rate = share * statistics_canada.limit_factor(base, 100)
    reading = statistics_canada.without_target(two(base, base * (1 + rate / 100)), limit=100)
    assert statistics_canada.score(reading) == pytest.approx(expected, abs=1e-6)


def test_scores_of_what_falls_back_or_has_achieved() -> None:
    assert statistics_canada.score(statistics_canada.without_target(two(100, 98))) == pytest.approx(-5)
    assert statistics_canada.score(statistics_canada.with_target(two(100, 160, "up", 160, 2030))) == 5


@pytest.mark.parametrize(
    ("points", "label"),
    [
        (5, "on track"),
        (2.5, "on track"),
        (2.5 - STEP, "acceleration needed"),
        (0, "acceleration needed"),
        (-STEP, "limited progress"),
        (-2.5, "limited progress"),
        (-2.5 - STEP, "deterioration"),
    ],
)
def test_class_of_a_score(points: float, label: str) -> None:
    assert statistics_canada.class_of(points) == label


@given(st.floats(-3, 3))
def test_a_score_and_the_ratio_give_the_same_class(ratio: float) -> None:
    # At a cut-off itself the four printed digits of the Canadian lines differ from it by less than 1e-4.
    if min(abs(ratio - cut) for cut in (0.95, 0.6, 0)) > 1e-4:
        reading = statistics_canada.WITH_TARGET.reading(ratio)
        assert statistics_canada.class_of(statistics_canada.score(reading)) == reading.label


def test_what_was_refused_has_no_score() -> None:
    for module in (eurostat, statistics_canada):
        with pytest.raises(NotAvailable, match="no score"):
            module.score(module.WITH_TARGET.refused("there is no target"))


def test_a_window_has_at_least_a_year() -> None:
    with pytest.raises(NotAvailable, match="window"):
        sdsn.with_target(EXAMPLE, window=0)


# Refusals

COMPOUNDED = ["eurostat", "statistics_canada", "unsd", "escap", *UNAIMED]
REFUSED = [
    *((name, replace(EXAMPLE, target=None), "no target") for name in AIMED),
    *((name, replace(EXAMPLE, deadline=None), "no deadline") for name in AIMED if name != "escap_current_status"),
    *((n, replace(EXAMPLE, deadline=2022), "deadline") for n in AIMED if n not in {"escap_current_status", "unsd"}),
    *((name, replace(EXAMPLE, kind="rate"), "rate of growth is not compounded") for name in COMPOUNDED),
    *((name, replace(EXAMPLE, kind="rate", target=120.0), "not compounded") for name in COMPOUNDED if name in AIMED),
    *((name, two(0, 5, "up", 9, 2030), "not above zero") for name in COMPOUNDED),
    *((name, two(5, 0, "up", 9, 2030), "not above zero") for name in COMPOUNDED),
    *((name, two(-5, 5, "up", 9, 2030), "not above zero") for name in COMPOUNDED),
    *((n, two(-5, -4, "up", -1, 2030), "not above zero") for n in COMPOUNDED if not n.startswith("statistics_canada")),
    *((n, two(100, 90, "up", 95, 2030), "as good as") for n in AIMED if n != "statistics_canada"),
    *(
        (name, Course(np.array([2024]), np.array([5.0]), "up", 9.0, 2030), "one value")
        for name in RULES
        if name != "sdsn"
    ),
    ("eurostat", two(9, 5, "down", 0, 2030), "target 0 is not above zero"),
    ("statistics_canada", two(9, 5, "down", 0, 2030), "same side of zero"),
    ("statistics_canada", two(-9, -5, "up", 5, 2030), "same side of zero"),
    ("statistics_canada", two(100, 90, "up", 100, 2030), "equals the target"),
    ("unsd", replace(EXAMPLE, deadline=2010), "up to the deadline 2010"),
    ("unsd", replace(EXAMPLE, deadline=2018), "one value"),
    ("escap", replace(EXAMPLE, deadline=2024), "nothing to predict"),
    ("escap_linear", replace(EXAMPLE, deadline=2024), "nothing to predict"),
    ("escap", two(50, 0, "up", 90, 2030, "share"), "no logit"),
    ("escap", two(50, 100, "down", 10, 2030, "share"), "no logit"),
    ("sdsn", Course(np.array([2020, 2024]), np.array([5.0, 6.0]), "up", 9.0, 2030), "no value of 2023"),
]


@pytest.mark.parametrize(("name", "course", "reason"), REFUSED)
def test_a_refusal_says_why(name: str, course: Course, reason: str) -> None:
    reading = RULES[name](course)
    assert reason in reading.reason
    assert (reading.rule, reading.quantity, reading.label, reading.on_track) == (name, None, "", None)


def test_statistics_canada_refuses_a_base_beyond_its_limit() -> None:
    assert "beyond the limit" in statistics_canada.without_target(two(105, 106), limit=100).reason
    assert "beyond the limit" in statistics_canada.without_target(two(3, 2, "down"), limit=4).reason
    assert "different sides" in statistics_canada.without_target(two(-5, -4), limit=10).reason


def test_linear_rules_read_rates_and_values_below_zero() -> None:
    for name in ("escap_linear", "escap_current_status", "sdsn"):
        assert AIMED[name](two(-1, 0.5, "up", 5, 2030, "rate")).quantity is not None


# Units and mirrors


@st.composite
def courses(draw: st.DrawFn, missing: bool = True) -> Course:
    """Positive values on either side of the base, and a target in the wanted direction."""
    count = draw(st.integers(2, 10))
    steps = draw(st.lists(st.integers(1, 3 if missing else 1), min_size=count - 1, max_size=count - 1))
    years = 2010 + np.cumsum([0, *steps])
    moves = [0.0, *draw(st.lists(st.floats(-0.6, 0.6), min_size=count - 1, max_size=count - 1))]
    base, reach = draw(st.floats(1, 1000)), draw(st.floats(0.1, 1.5))
    direction: Direction = draw(st.sampled_from(["up", "down"]))
    target = base * np.exp(reach if direction == "up" else -reach)
    deadline = int(years[-1]) + draw(st.integers(1, 10))
    return Course(years, base * np.exp(moves), direction, float(target), deadline)


def turned(course: Course) -> Direction:
    return "down" if course.direction == "up" else "up"


def negated(course: Course) -> Course:
    assert course.target is not None
    return replace(course, values=-course.values, target=-course.target, direction=turned(course))


def reciprocal(course: Course) -> Course:
    assert course.target is not None
    return replace(course, values=1 / course.values, target=1 / course.target, direction=turned(course))


def close(value: float) -> object:
    return pytest.approx(value, rel=1e-7, abs=1e-7)


@pytest.mark.parametrize("name", RULES)
@given(course=courses(missing=False), factor=st.sampled_from([1e-4, 0.01, 0.3, 7.0, 1e4]))
def test_a_unit_changes_nothing(name: str, course: Course, factor: float) -> None:
    assert course.target is not None
    scaled = replace(course, values=course.values * factor, target=course.target * factor)
    before, after = RULES[name](course), RULES[name](scaled)
    assert quantity(after) == close(quantity(before))


@given(course=courses(), factor=st.sampled_from([0.01, 0.3, 7.0]))
def test_the_unit_of_a_share_changes_nothing(course: Course, factor: float) -> None:
    assert course.target is not None
    share = replace(course, kind="share", whole=6000.0)
    scaled = replace(share, values=share.values * factor, target=course.target * factor, whole=6000.0 * factor)
    assert quantity(escap.anticipated_progress(scaled)) == close(quantity(escap.anticipated_progress(share)))


@pytest.mark.parametrize("name", ["statistics_canada", "escap_linear", "escap_current_status", "sdsn"])
@given(course=courses(missing=False))
def test_negated_values_have_the_same_reading(name: str, course: Course) -> None:
    assert AIMED[name](negated(course)) == AIMED[name](course)


@given(course=courses())
def test_statistics_canada_reads_negated_growth_alike(course: Course) -> None:
    assert statistics_canada.without_target(negated(course)) == statistics_canada.without_target(course)


@given(course=courses())
def test_the_rest_of_the_whole_has_the_same_gap(course: Course) -> None:
    assert course.target is not None
    share = replace(course, kind="share", whole=6000.0)
    rest = replace(share, values=6000 - share.values, target=6000 - course.target, direction=turned(share))
    assert quantity(escap.anticipated_progress(rest)) == close(quantity(escap.anticipated_progress(share)))


@given(course=courses())
def test_reciprocals_move_compounded_quantities_by_a_known_factor(course: Course) -> None:
    assert course.target is not None
    other, whole = reciprocal(course), course.elapsed + course.left
    made = 1 + growth(course.first, course.last, course.elapsed) / 100
    needed = 1 + growth(course.first, course.target, whole) / 100
    for rule in UNAIMED.values():
        assert quantity(rule(other)) == close(quantity(rule(course)) / made)
    ratio, mirrored = quantity(eurostat.with_target(course)), quantity(eurostat.with_target(other))
    assert mirrored == close(ratio * needed / made)
    if course.reached:
        return
    assert quantity(statistics_canada.with_target(other)) == close(mirrored)
    expected = course.last * made**course.left
    share = quantity(unsd.with_target(course))
    assert quantity(unsd.with_target(other)) == close(share * course.target / expected)
    gap = quantity(escap.anticipated_progress(course))
    predicted = course.target - gap / 100 * (course.target - course.first)
    assert quantity(escap.anticipated_progress(other)) == pytest.approx(
        gap * course.first / predicted, rel=1e-6, abs=1e-6
    )


@pytest.mark.parametrize("name", [*AIMED, *UNAIMED])
def test_the_worked_example_turned_down_has_the_same_class(name: str) -> None:
    if name != "escap_linear":  # a line through reciprocals is another line
        assert RULES[name](reciprocal(EXAMPLE)).label == RULES[name](EXAMPLE).label


@given(course=courses())
def test_below_the_base_no_ratio_is_on_track(course: Course) -> None:
    if course.sign * (course.last - course.first) < -1e-6 * course.first:  # a change below the ninth decimal is none
        assert eurostat.with_target(course).label == "movement away"
        assert statistics_canada.with_target(course).label == "deterioration"
        assert unsd.with_target(course).label == "stagnation or regression"
        assert quantity(escap.current_status(course)) <= 0
