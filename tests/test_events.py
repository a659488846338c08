"""Events and their chance: joint, monotone, mirrored, and only between outcomes of the same draws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

import qdecon as qd
from qdecon.errors import NotAvailable, UnknownName
from qdecon.plan import COMPARATORS
from qdecon.projection import project
from qdecon.projection.events import chance, every_year, first_year, reaches, sum_reaches

YEARS = 4
# whole numbers, so that outcomes often stand exactly at the mark
FIGURES = st.integers(-5, 5).map(float)
PATHS = arrays(float, st.tuples(st.integers(1, 30), st.just(YEARS)), elements=FIGURES)
SIMPLE = st.sampled_from(["at_least", "more_than", "at_most"])
COLUMN = st.integers(0, YEARS - 1)
SPAN = st.lists(COLUMN, min_size=1, max_size=YEARS, unique=True)


@given(paths=PATHS, year=COLUMN, value=FIGURES)
def test_equality_satisfies_at_least_and_at_most_and_breaks_more_than(
    paths: NDArray[np.float64], year: int, value: float
) -> None:
    at_least, more_than = reaches(paths, year, value), reaches(paths, year, value, "more_than")
    at_most = reaches(paths, year, value, "at_most")
    np.testing.assert_array_equal(more_than, ~at_most)
    np.testing.assert_array_equal(at_least & at_most, reaches(paths, year, value, "about", 0.0))
    np.testing.assert_array_equal(at_least & ~more_than, paths[:, year] == value)


@given(paths=PATHS, years=SPAN, values=st.lists(FIGURES, min_size=YEARS, max_size=YEARS))
def test_a_joint_event_is_never_likelier_than_its_parts(
    paths: NDArray[np.float64], years: list[int], values: list[float]
) -> None:
    events = [reaches(paths, year, value) for year, value in zip(years, values, strict=False)]
    joint = chance(*events)
    assert joint <= min(chance(event) for event in events)
    assert joint >= sum(chance(event) for event in events) - len(events) + 1 - 1e-12
    assert joint == np.all(events, axis=0).mean()


@given(paths=PATHS, years=SPAN, value=FIGURES, comparator=SIMPLE)
def test_every_year_is_never_likelier_than_any_of_them(
    paths: NDArray[np.float64], years: list[int], value: float, comparator: str
) -> None:
    each = [reaches(paths, year, value, comparator) for year in years]
    np.testing.assert_array_equal(every_year(paths, years, value, comparator), np.all(each, axis=0))
    assert chance(every_year(paths, years, value, comparator)) <= min(chance(event) for event in each)


@given(paths=PATHS, years=SPAN, value=FIGURES, higher=st.integers(0, 5))
def test_a_higher_mark_is_never_likelier(
    paths: NDArray[np.float64], years: list[int], value: float, higher: int
) -> None:
    for low, high, comparator in ((value, value + higher, "at_least"), (value + higher, value, "at_most")):
        assert chance(reaches(paths, years[0], high, comparator)) <= chance(reaches(paths, years[0], low, comparator))
        assert chance(every_year(paths, years, high, comparator)) <= chance(every_year(paths, years, low, comparator))
        assert chance(sum_reaches(paths, years, high, comparator)) <= chance(sum_reaches(paths, years, low, comparator))
    assert chance(reaches(paths, 0, value, "about", 1.0)) <= chance(reaches(paths, 0, value, "about", 1.0 + higher))


@given(paths=PATHS, years=SPAN, value=FIGURES, comparator=st.sampled_from(["at_least", "at_most", "about"]))
def test_events_mirror_when_everything_is_negated(
    paths: NDArray[np.float64], years: list[int], value: float, comparator: str
) -> None:
    flipped = {"at_least": "at_most", "at_most": "at_least", "about": "about"}[comparator]
    for event in (every_year, sum_reaches):
        one = event(paths, years, value, comparator, tolerance=1.0)
        np.testing.assert_array_equal(one, event(-paths, years, -value, flipped, tolerance=1.0))
    assert first_year(paths, value, comparator, 1.0) == first_year(-paths, -value, flipped, 1.0)


@given(paths=PATHS, year=COLUMN, value=FIGURES, comparator=SIMPLE, already=FIGURES)
def test_the_sum_of_one_year_is_its_level(
    paths: NDArray[np.float64], year: int, value: float, comparator: str, already: float
) -> None:
    single = sum_reaches(paths, [year], value, comparator, already)
    np.testing.assert_array_equal(single, reaches(paths, year, value - already, comparator))


@given(paths=PATHS, value=FIGURES, comparator=SIMPLE)
def test_the_first_year_is_a_distribution(paths: NDArray[np.float64], value: float, comparator: str) -> None:
    first = first_year(paths, value, comparator)
    assert list(first) == [*range(YEARS), None]
    assert sum(first.values()) == pytest.approx(1.0)
    assert first[0] == chance(reaches(paths, 0, value, comparator))
    never = [~reaches(paths, year, value, comparator) for year in range(YEARS)]
    assert first[None] == chance(*never)


def test_events_from_different_draws_are_not_joined() -> None:
    with pytest.raises(NotAvailable, match="2 and 3 outcomes do not come from the same draws"):
        chance(np.array([True, False]), np.array([True, False, True]))
    for nothing in ((), (np.array([], dtype=bool),)):
        with pytest.raises(NotAvailable, match="no outcome"):
            chance(*nothing)


def test_what_cannot_be_told_is_refused_with_a_reason() -> None:
    paths = np.array([[1.0, 2.0]])
    with pytest.raises(NotAvailable, match="the paths hold no 2"):
        reaches(paths, 2, 1.0)
    with pytest.raises(NotAvailable, match="the paths hold no -1"):
        reaches(paths, -1, 1.0)
    with pytest.raises(NotAvailable, match="no year is named"):
        every_year(paths, [], 1.0)
    with pytest.raises(NotAvailable, match="no tolerance"):
        reaches(paths, 0, 1.0, "about")
    with pytest.raises(UnknownName, match="at_least"):
        reaches(paths, 0, 1.0, "roughly")  # type: ignore[arg-type]


def test_every_comparator_of_a_plan_is_known() -> None:
    for comparator in COMPARATORS:
        assert reaches(np.array([[1.0]]), 0, 1.0, comparator, 0.0)[0] == (comparator != "more_than")


def test_a_projection_is_read_by_calendar_year() -> None:
    gdp = project(qd.load("qingdao"), "gdp", 2028)
    by_year = reaches(gdp, 2028, 20_000.0)
    np.testing.assert_array_equal(by_year, reaches(gdp.paths, 2, 20_000.0))
    assert 0.1 < chance(by_year) < 0.95
    first = first_year(gdp, 20_000.0)
    assert list(first) == [2026, 2027, 2028, None]
    assert first[None] <= 1 - chance(by_year)
    with pytest.raises(NotAvailable, match="choose from 2026 to 2028"):
        reaches(gdp, 2025, 20_000.0)
