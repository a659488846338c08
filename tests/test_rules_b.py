"""Published rules (Destatis, OECD, climate action, ISTAT, World Bank, UNICEF, China): cut-offs, cases, refusals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qdecon.errors import NotAvailable
from qdecon.rules import destatis as weather
from qdecon.rules.china import log_pace, pace, realised, realised_inside
from qdecon.rules.climate_action import climate_action
from qdecon.rules.destatis import CLOUD, SUN, SUN_AND_CLOUD, THUNDERSTORM, band, destatis, direction_only, every_year
from qdecon.rules.istat import istat
from qdecon.rules.oecd import oecd_likelihood, oecd_trend
from qdecon.rules.reading import Course, Reading
from qdecon.rules.unicef import unicef
from qdecon.rules.world_bank import TypicalPath, speed, typical_path

VECTOR = Course(np.arange(2018, 2025), np.array([100.0, 106, 104, 113, 117, 121, 126]), "up", 160.0, 2030)
STEADY = TypicalPath(np.array([0.0, 100.0]), np.array([2.0, 2.0]))
SLIGHT = 1e-6


def course(values: list[float], target: float | None = None, left: int | None = 5, direction: str = "up") -> Course:
    """Consecutive years up to 2024, the deadline so many years later."""
    years = np.arange(2025 - len(values), 2025)
    deadline = None if left is None else 2024 + left
    return Course(years, np.array(values, dtype=float), direction, target, deadline)


def mirrored(given: Course) -> Course:
    """The same course upside down."""
    turned = "down" if given.direction == "up" else "up"
    target = None if given.target is None else -given.target
    return replace(given, values=-given.values, target=target, direction=turned)


def scaled(given: Course, unit: float) -> Course:
    """The same course in another unit."""
    target = None if given.target is None else unit * given.target
    return replace(given, values=unit * given.values, target=target)


# The vectors


@pytest.mark.parametrize(
    ("rule", "quantity", "label", "on_track"),
    [
        (destatis, 0.294, CLOUD, False),
        (climate_action, 1.090, "off track", False),
        (pace, 0.867, "lagging", False),
        (realised, 0.788, "not yet realised", None),
        (oecd_likelihood, 0.475, "no official classes known", None),
        (oecd_trend, 0.964, "upward", None),
        (unicef, 0.765, "acceleration needed", False),
    ],
)
def test_the_worked_series_gives_the_published_digits(
    rule: Callable[[Course], Reading], quantity: float, label: str, on_track: bool | None
) -> None:
    found = rule(VECTOR)
    assert found.quantity == pytest.approx(quantity, abs=5.01e-4)
    assert (found.label, found.on_track, found.reason) == (label, on_track, "")


def test_growth_of_the_worked_series() -> None:
    assert istat(VECTOR).quantity == pytest.approx(3.93, abs=0.005)
    assert istat(VECTOR).label == "slight improvement"


def test_the_index_of_the_moderately_prosperous_society() -> None:
    years = np.arange(2000, 2007)
    index = Course(years, np.linspace(57.05, 69.05, 7), "up", 100.0, 2020)
    assert pace(index).quantity == pytest.approx(0.93, abs=0.005)
    assert (100 - index.last) / index.left == pytest.approx(2.21, abs=0.005)
    assert climate_action(index).quantity == pytest.approx(1.105, abs=5e-4)
    assert realised(index).quantity == pytest.approx(0.6905)


def test_the_linear_pace_of_steady_growth_is_below_one_and_the_logarithmic_is_one() -> None:
    steady = Course(np.arange(6), 1.08 ** (np.arange(6) / 2), "up", 1.08**5, 10)  # half years of 8 % a year
    assert pace(steady).quantity == pytest.approx(0.90, abs=0.005)
    assert log_pace(steady).quantity == pytest.approx(1.0)
    assert (pace(steady).label, log_pace(steady).label) == ("lagging", "in line")


# Cut-offs: at, just above, just below


@pytest.mark.parametrize(
    ("miss", "symbol"),
    [
        (-0.3, SUN),
        (0.0, SUN),
        (0.05 - SLIGHT, SUN),
        (0.05, SUN_AND_CLOUD),
        (0.05 + SLIGHT, SUN_AND_CLOUD),
        (0.20 - SLIGHT, SUN_AND_CLOUD),
        (0.20, SUN_AND_CLOUD),
        (0.20 + SLIGHT, CLOUD),
        (1 - SLIGHT, CLOUD),
        (1.0, THUNDERSTORM),
        (1 + SLIGHT, THUNDERSTORM),
    ],
)
@pytest.mark.parametrize("gap", [5.0, 0.3, 7e4])
def test_symbols_of_a_target(miss: float, symbol: str, gap: float) -> None:
    change = (1 - miss) * gap / 5
    found = destatis(course(list(change * np.arange(-5.0, 1.0)), target=gap))
    assert found.quantity == pytest.approx(miss)
    assert (found.label, found.on_track) == (symbol, symbol == SUN)


@pytest.mark.parametrize(
    ("factor", "label"),
    [
        (1e-3, "on track"),
        (1 - SLIGHT, "on track"),
        (1.0, "on track"),
        (1 + SLIGHT, "off track"),
        (2 - SLIGHT, "off track"),
        (2.0, "off track"),
        (2 + SLIGHT, "well off track"),
        (-1e-3, "U-turn needed"),
        (-5.0, "U-turn needed"),
    ],
)
def test_classes_of_the_acceleration_factor(factor: float, label: str) -> None:
    found = climate_action(course([value / factor for value in (-4, -3, -2, -1, 0)], target=1.0, left=1))
    assert found.quantity == pytest.approx(factor)
    assert (found.label, found.on_track) == (label, label == "on track")


def test_noisy_series_take_a_longer_line() -> None:
    noisy = course([*range(6), 0.0, 9, 0, 9], target=20.0)
    assert climate_action(noisy, window=10).quantity == pytest.approx(2.2 / np.polyfit(range(10), noisy.values, 1)[0])
    assert "last 10 years" in climate_action(VECTOR, window=10).reason


@pytest.mark.parametrize("direction", ["up", "down"])
@pytest.mark.parametrize(
    ("growth", "label"),
    [
        (5 + SLIGHT, "clear improvement"),
        (5.0, "slight improvement"),
        (5 - SLIGHT, "slight improvement"),
        (1 + SLIGHT, "slight improvement"),
        (1.0, "stable"),
        (1 - SLIGHT, "stable"),
        (-1 + SLIGHT, "stable"),
        (-1.0, "slight worsening"),
        (-1 - SLIGHT, "slight worsening"),
        (-5 + SLIGHT, "slight worsening"),
        (-5.0, "clear worsening"),
        (-5 - SLIGHT, "clear worsening"),
    ],
)
def test_classes_of_growth(growth: float, label: str, direction: str) -> None:
    sign = 1 if direction == "up" else -1
    found = istat(course(list(80 * (1 + sign * growth / 100) ** np.arange(7.0)), direction=direction))
    assert found.quantity == pytest.approx(growth)
    assert (found.label, found.on_track) == (label, None)


@pytest.mark.parametrize(
    ("ratio", "label"),
    [(1 - SLIGHT, "slower than typical"), (1.0, "typical or faster"), (1 + SLIGHT, "typical or faster")],
)
def test_speed_is_told_against_one(ratio: float, label: str) -> None:
    found = speed(course(list(30 + 2 * ratio * np.arange(6.0))), STEADY)
    assert found.quantity == pytest.approx(ratio)
    assert (found.label, found.on_track) == (label, None)


@pytest.mark.parametrize(
    ("share", "state"),
    [(1 - SLIGHT, "acceleration needed"), (1.0, "on track"), (1 + SLIGHT, "on track"), (-1.0, "acceleration needed")],
)
def test_states_of_a_straight_line(share: float, state: str) -> None:
    found = unicef(course([-share * 0.3, 0.0], target=0.9, left=3))
    assert found.quantity == pytest.approx(share)
    assert (found.label, found.on_track) == (state, state == "on track")


def test_the_other_states() -> None:
    met = unicef(course([3.0], target=3.0, left=None))
    assert (met.label, met.quantity, met.on_track) == ("target met", 1.0, True)
    few, none = unicef(course([3.0], target=4.0)), unicef(None)
    assert (few.label, none.label) == ("insufficient trend data", "no data")
    assert unicef(course([3.0, 3.5, 3.9], target=4.0), least=4).label == "insufficient trend data"
    for found in (few, none):
        assert found.quantity is None
        assert found.on_track is None
        assert found.reason


@pytest.mark.parametrize(("rule", "forth"), [(pace, lambda part: 10 + part), (log_pace, lambda part: 10 * 3**part)])
@pytest.mark.parametrize(("found", "label"), [(1 - SLIGHT, "lagging"), (1.0, "in line"), (1 + SLIGHT, "in line")])
def test_half_the_time_half_the_task(rule: Callable, forth: Callable, found: float, label: str) -> None:
    reading = rule(course([forth(part) for part in (0, 0.3, 0.9, found / 2)], target=forth(1), left=3))
    assert reading.quantity == pytest.approx(found)
    assert (reading.label, reading.on_track) == (label, label == "in line")


def test_at_the_deadline_all_the_task_is_due() -> None:
    assert pace(course([10.0, 12, 18], target=20.0, left=0)).quantity == pytest.approx(0.8)
    assert pace(course([10.0, 12, 20], target=20.0, left=0)).label == "in line"


@pytest.mark.parametrize(
    ("ratio", "degree", "label"),
    [(1 - SLIGHT, 1 - SLIGHT, "not yet realised"), (1.0, 1.0, "realised"), (1 + SLIGHT, 1.0, "realised")],
)
def test_degree_of_realisation(ratio: float, degree: float, label: str) -> None:
    for found in (
        realised(course([70 * ratio], target=70.0)),
        realised(course([70 / ratio], target=70.0, direction="down")),
        realised_inside(course([70 * ratio]), 70.0, 90.0),
        realised_inside(course([90 / ratio]), 70.0, 90.0),
    ):
        assert found.quantity == pytest.approx(degree, rel=1e-9)
        assert (found.label, found.on_track) == (label, True if label == "realised" else None)


# The cases of Destatis

RISING, FALLING, FLAT = [1.0, 2, 3, 4, 5, 6], [6.0, 5, 4, 3, 2, 1], [3.0, 4, 3, 2, 4, 3]


@pytest.mark.parametrize(
    ("values", "target", "symbol"),
    [
        (RISING, 6.0, SUN),
        (RISING, 5.5, SUN),
        (FLAT, 3.0, SUN),
        (FALLING, 1.0, SUN_AND_CLOUD),
        (FALLING, 0.5, SUN_AND_CLOUD),
        (RISING, 6.5, CLOUD),
        (FLAT, 3.5, CLOUD),
        (FALLING, 1.5, THUNDERSTORM),
    ],
)
def test_a_target_to_be_held_every_year(values: list[float], target: float, symbol: str) -> None:
    given = course(values, target, left=None)
    found = every_year(given)
    assert (found.label, found.on_track) == (symbol, symbol == SUN)
    assert found.quantity == pytest.approx(values[-1] - target)
    assert every_year(mirrored(given)).label == symbol


@pytest.mark.parametrize(
    ("mean", "last", "symbol"),
    [
        (1, 1, SUN),
        (1, 0, SUN_AND_CLOUD),
        (1, -1, SUN_AND_CLOUD),
        (0, 1, CLOUD),
        (-1, 1, CLOUD),
        (0, 0, THUNDERSTORM),
        (0, -1, THUNDERSTORM),
        (-1, 0, THUNDERSTORM),
        (-1, -1, THUNDERSTORM),
    ],
)
def test_a_direction_without_a_figure(mean: int, last: int, symbol: str) -> None:
    given = course([0, 1, -1, 2, 5 * mean - last, 5 * mean])
    found = direction_only(given)
    assert (found.label, found.quantity) == (symbol, pytest.approx(mean))
    assert direction_only(mirrored(given)).label == symbol
    assert destatis(given) == found  # for want of a target


@pytest.mark.parametrize(("direction", "weakest"), [("up", 8.0), ("down", -8.0)])
def test_an_interval_is_judged_against_its_weakest_bound(direction: str, weakest: float) -> None:
    values = RISING if direction == "up" else [-value for value in RISING]
    given = course(values, left=2, direction=direction)
    found = band(given, min(weakest, 2 * weakest), max(weakest, 2 * weakest))
    assert found == destatis(replace(given, target=weakest))
    assert found.label == SUN
    assert destatis(replace(given, target=2 * weakest)).label == CLOUD


def test_an_interval_without_a_deadline_is_kept_every_year() -> None:
    kept = course([28.0, 27.8, 27.6, 27.4], left=None)
    assert band(kept, 27.0, 30.0).label == SUN_AND_CLOUD
    assert band(kept, 27.5, 30.0).label == THUNDERSTORM


@pytest.mark.parametrize("left", [5, 0, None])
def test_a_target_reached_early_is_one_to_hold(left: int | None) -> None:
    for values, target, symbol in ((RISING, 6.0, SUN), (RISING, 5.0, SUN), (FALLING, 1.0, SUN_AND_CLOUD)):
        found = destatis(course(values, target, left))
        assert (found.label, found) == (symbol, every_year(course(values, target, left)))


def test_of_several_target_years_the_next_counts_and_of_its_targets_the_worst() -> None:
    given = course(RISING)
    easy, hard, beyond = (2026, 8.0), (2026, 9.0), (2030, 100.0)
    symbols = {stages: weather.staged(given, stages).label for stages in ((easy, beyond), (hard, easy), (beyond,))}
    assert list(symbols.values()) == [SUN, CLOUD, CLOUD]
    assert weather.staged(given, [beyond, easy, hard]).quantity == pytest.approx(1 / 3)
    assert weather.staged(given, [(2024, 99.0), easy]).label == SUN  # a year gone by no longer counts
    assert weather.staged(given, [(2026, 5.0), (2026, 8.2)]).label == SUN_AND_CLOUD  # the one reached is held
    assert "ahead" in weather.staged(given, [(2024, 99.0)]).reason
    assert weather.staged(course([1.0, 2, 3]), [easy, hard]).reason


def test_six_points_are_looked_at_four_suffice_and_a_gap_cuts_them_off() -> None:
    assert destatis(course([99.0, *RISING], 11.0)).label == SUN
    assert destatis(course([3.0, 4, 5, 6], 11.0)).label == SUN
    gapped = Course(np.array([2018, 2019, 2021, 2022, 2023, 2024]), np.array([9.0, 9, 3, 4, 5, 6]), "up", 11.0, 2029)
    assert destatis(gapped).quantity == pytest.approx(0.0)
    for rule in (destatis, every_year, direction_only):
        assert "fewer than 4" in rule(course([4.0, 5, 6], 11.0)).reason
        assert "fewer than 4" in rule(replace(gapped, years=gapped.years - np.array([1, 1, 1, 0, 0, 0]))).reason


# Trend and likelihood


@pytest.mark.parametrize("years", [4, 5, 8, 9, 15])
def test_the_rank_test_is_the_one_in_use(years: int) -> None:
    from scipy.stats import spearmanr

    drawn = np.random.default_rng(years)
    for _ in range(40):
        given = course(list(drawn.integers(0, 30, years) + np.arange(years)))
        found = oecd_trend(given)
        if (given.values == given.values[0]).all():
            continue
        known = spearmanr(given.years, given.values)
        assert found.quantity == pytest.approx(known.statistic)
        if years > 8:
            significant = known.pvalue <= 0.10
            assert found.label == ("stable" if not significant else "upward" if known.statistic > 0 else "downward")


@pytest.mark.parametrize(
    ("values", "label"),
    [
        ([1, 2, 3, 4], "upward"),  # chance 2/24
        ([1, 2, 4, 3], "stable"),  # chance 8/24
        ([4, 3, 2, 1], "downward"),
        ([1, 2, 3, 5, 4], "upward"),  # rho 0.9, chance 10/120
        ([1, 2, 4, 5, 3], "stable"),  # rho 0.7, chance 28/120
        ([7, 7, 7, 7], "stable"),
        (list(range(12)), "upward"),
    ],
)
def test_the_rank_test_counts_orders(values: list[float], label: str) -> None:
    found = oecd_trend(course(values))
    assert (found.label, found.on_track) == (label, None)


def test_the_rank_test_raises_one_false_alarm_in_ten() -> None:
    drawn = np.random.default_rng(1).standard_normal((2000, 12))
    alarms = [oecd_trend(course(list(values))).label != "stable" for values in drawn]
    assert np.mean(alarms) == pytest.approx(0.10, abs=0.02)


def test_the_likelihood_falls_with_the_target_and_both_sides_make_one() -> None:
    found = [oecd_likelihood(replace(VECTOR, target=target)).quantity for target in (126.0, 140, 160, 200)]
    assert found == sorted(found, reverse=True)
    other = oecd_likelihood(replace(VECTOR, direction="down"))
    assert other.quantity == pytest.approx(1 - oecd_likelihood(VECTOR).quantity)


@pytest.mark.parametrize("missing", [[], [2], [1, 4, 5]])
def test_the_likelihood_is_that_of_the_walk_drawn_whether_or_not_years_are_missing(missing: list[int]) -> None:
    drawn, found = np.random.default_rng(3), []
    for _ in range(4000):
        walk = 100 * np.exp(np.cumsum(drawn.normal(0.04, 0.03, 13)))
        known = np.delete(np.arange(8), missing)
        found.append(oecd_likelihood(Course(known, walk[known], "up", float(walk[12]), 12)).quantity)
    for level in (0.1, 0.3, 0.5, 0.9):  # what came true had its likelihood spread evenly from 0 to 1
        assert np.mean(np.array(found) <= level) == pytest.approx(level, abs=0.025)


# The typical path


def test_a_path_planted_among_peers_is_found() -> None:
    drawn = np.random.default_rng(0)
    levels = drawn.uniform(10, 90, 600)
    path = typical_path(levels, 0.05 * (100 - levels) + drawn.standard_t(2, 600))
    assert path.years(30, 70) == pytest.approx(20 * np.log(70 / 30), rel=0.1)
    assert path.years(60, 80) == pytest.approx(20 * np.log(40 / 20), rel=0.1)
    assert path.years(70, 30) == pytest.approx(-path.years(30, 70))


def test_twice_the_typical_speed_is_two_and_going_back_is_negative() -> None:
    assert speed(course(list(30 + 4 * np.arange(6.0))), STEADY).quantity == pytest.approx(2.0)
    assert speed(course(list(60 - 2 * np.arange(6.0))), STEADY).quantity == pytest.approx(-1.0)


def test_peers_at_one_level_are_put_together() -> None:
    path = typical_path(np.full(20, 5.0), np.linspace(0, 2, 20))
    assert path.years(5, 5) == 0
    assert np.isnan(path.years(5, 6))


def test_too_few_peers_or_incomplete_ones_are_refused() -> None:
    with pytest.raises(NotAvailable, match="19 peer years"):
        typical_path(np.arange(19.0), np.ones(19))
    with pytest.raises(NotAvailable, match="do not match"):
        typical_path(np.arange(30.0), np.ones(29))
    with pytest.raises(NotAvailable, match="do not match"):
        typical_path(np.arange(30.0), np.full(30, np.nan))


def test_a_path_that_turns_round_has_no_years() -> None:
    assert np.isnan(TypicalPath(np.array([0.0, 10.0]), np.array([1.0, -1.0])).years(2, 8))


# Properties

VALUES = st.lists(st.integers(1, 60), min_size=6, max_size=9)
LINEAR = {"destatis": destatis, "every year": every_year, "direction": direction_only, "factor": climate_action}
LINEAR |= {"unicef": unicef, "pace": pace, "band": lambda given: band(given, *sorted((given.target, given.first)))}
ALL = LINEAR | {"trend": oecd_trend, "likelihood": oecd_likelihood, "istat": istat, "log pace": log_pace}
ALL |= {"realised": realised, "inside": lambda given: realised_inside(given, *sorted((given.target, given.first)))}
UNITLESS = set(ALL) - {"every year", "direction", "band", "destatis"}


@pytest.mark.parametrize("name", LINEAR)
@given(values=VALUES, target=st.integers(1, 60), left=st.integers(1, 8), direction=st.sampled_from(["up", "down"]))
def test_a_linear_rule_reads_a_mirrored_course_alike(
    name: str, values: list[float], target: float, left: int, direction: str
) -> None:
    given = course(values, float(target), left, direction)
    one, other = LINEAR[name](given), LINEAR[name](mirrored(given))
    assert (one.label, one.on_track, one.reason) == (other.label, other.on_track, other.reason)
    assert one.quantity == pytest.approx(other.quantity)


@given(values=VALUES)
def test_speed_reads_a_mirrored_course_alike(values: list[float]) -> None:
    levels = np.linspace(0, 70, 40)
    changes = 0.03 * (80 - levels)
    one = speed(course(values), typical_path(levels, changes))
    other = speed(mirrored(course(values)), typical_path(-levels, -changes))
    assert one.quantity == pytest.approx(other.quantity)
    assert one.label == other.label


@pytest.mark.parametrize("name", ALL)
@given(
    values=VALUES,
    target=st.integers(1, 60),
    direction=st.sampled_from(["up", "down"]),
    unit=st.floats(1e-4, 1e4),
)
def test_the_unit_does_not_move_a_class(
    name: str, values: list[float], target: float, direction: str, unit: float
) -> None:
    given = course(values, float(target), 4, direction)
    assume((unit * given.values >= unit * given.target).tolist() == (given.values >= given.target).tolist())
    one, other = ALL[name](given), ALL[name](scaled(given, unit))
    if name == "inside":  # the bounds are taken from the course
        assert one.quantity == pytest.approx(other.quantity)
    assert (one.label, one.on_track, one.reason) == (other.label, other.on_track, other.reason)
    if name in UNITLESS and one.quantity is not None:
        assert one.quantity == pytest.approx(other.quantity)


@given(values=st.lists(st.integers(-9, 60), min_size=1, max_size=9), left=st.one_of(st.none(), st.integers(-3, 8)))
@pytest.mark.parametrize("target", [None, -3.0, 0.0, 20.0])
@pytest.mark.parametrize("direction", ["up", "down"])
def test_every_course_is_read_or_refused_with_a_reason(
    values: list[float], left: int | None, target: float | None, direction: str
) -> None:
    given = course(values, target, left, direction)
    rules = [destatis, every_year, direction_only, climate_action, unicef, pace, oecd_trend, oecd_likelihood]
    readings = [rule(given) for rule in [*rules, istat, log_pace, realised]]
    readings += [speed(given, STEADY), realised_inside(given, 5.0, 9.0), band(given, 5.0, 9.0)]
    for found in readings:
        assert (found.quantity is None) == bool(found.reason)
        assert found.label or found.reason
        assert found.quantity is None or np.isfinite(found.quantity)
        assert found.quantity is not None or found.on_track is None
        assert (str(found).find("not applicable") > 0) == (found.quantity is None)


# Refusals


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (destatis(replace(VECTOR, deadline=None)), "no deadline"),
        (destatis(replace(VECTOR, deadline=2024)), "no time left"),
        (every_year(replace(VECTOR, target=None)), "no target"),
        (band(VECTOR, 30.0, 20.0), "empty"),
        (oecd_trend(course([1, 2, 3])), "fewer than 4"),
        (oecd_likelihood(replace(VECTOR, target=None)), "no target"),
        (oecd_likelihood(replace(VECTOR, deadline=2023)), "no time left"),
        (oecd_likelihood(replace(VECTOR, kind="rate")), "never compounded"),
        (oecd_likelihood(replace(VECTOR, target=-1.0)), "above 0"),
        (oecd_likelihood(course([1, 2, 3], 4.0)), "fewer than 4"),
        (oecd_likelihood(course(list(1.1 ** np.arange(6.0)), 4.0)), "no spread"),
        (climate_action(replace(VECTOR, deadline=None)), "no deadline"),
        (climate_action(replace(VECTOR, target=126.0)), "reached"),
        (climate_action(replace(VECTOR, deadline=2024)), "no time left"),
        (climate_action(course([1, 2, 3, 4], 9.0)), "a figure for each"),
        (climate_action(VECTOR, window=1), "two or more"),
        (climate_action(course([1, 2, 3, 2, 1], 9.0)), "flat"),
        (istat(replace(VECTOR, kind="rate")), "never compounded"),
        (istat(course([3.0])), "one value"),
        (istat(course([0.0, 3.0])), "above 0"),
        (speed(course([1, 2, 3, 4, 5]), STEADY), "fewer than 5 years"),
        (speed(course([96, 97, 98, 99, 100, 101]), STEADY), "no peer"),
        (speed(course([6, 5, 4, 3, 2, 1], direction="down"), STEADY), "does not get better"),
        (unicef(replace(VECTOR, target=None)), "no target"),
        (unicef(replace(VECTOR, deadline=None)), "no deadline"),
        (unicef(replace(VECTOR, deadline=2024)), "no time left"),
        (pace(replace(VECTOR, target=None)), "no target"),
        (pace(replace(VECTOR, deadline=2023)), "after the deadline"),
        (pace(course([3.0], 4.0)), "no time has passed"),
        (pace(replace(VECTOR, target=100.0)), "no better than the base"),
        (log_pace(replace(VECTOR, kind="rate")), "never compounded"),
        (log_pace(replace(VECTOR, target=None)), "no target"),
        (log_pace(replace(VECTOR, target=0.0)), "above 0"),
        (realised(replace(VECTOR, target=None)), "no target"),
        (realised(replace(VECTOR, target=-4.0)), "above 0"),
        (realised_inside(VECTOR, 9.0, 8.0), "empty"),
        (realised_inside(VECTOR, 0.0, 8.0), "above 0"),
    ],
)
def test_what_cannot_be_judged_is_refused_with_a_reason(found: Reading, reason: str) -> None:
    assert reason in found.reason
    assert (found.quantity, found.label, found.on_track) == (None, "", None)


def test_every_cell_of_the_two_tables_is_tested() -> None:
    marks = [test_a_target_to_be_held_every_year, test_a_direction_without_a_figure]
    held, headed = ({case[:-1]: case[-1] for case in _cases(test)} for test in marks)
    assert set(headed) == set(product((1, 0, -1), repeat=2))
    assert set(held.values()) == set(headed.values()) == set(weather.SYMBOLS)


def _cases(test: Callable) -> list[tuple]:
    return [
        tuple(tuple(part) if isinstance(part, list) else part for part in case) for case in test.pytestmark[0].args[1]
    ]
