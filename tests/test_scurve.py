"""S-curves: planted curves come back, ceilings hold, and a series that does not bend is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qdecon.errors import NotAvailable, UnknownName
from qdecon.models.drift import Drift
from qdecon.models.protocol import Array
from qdecon.models.scale import Scale
from qdecon.models.scurve import BEND, SHAPES, SCurve

each_shape = pytest.mark.parametrize("shape", SHAPES)
SHARES = st.lists(st.floats(0.005, 0.98), min_size=3, max_size=20)


def share(shape: str, line: Array) -> Array:
    """The curve itself, written down once more, between 0 and 1."""
    return 1 / (1 + np.exp(-line)) if shape == "logistic" else np.exp(-np.exp(-line))


def curve(shape: str, first: float, last: float, years: int, ahead: int = 0) -> Array:
    """A curve towards 100 that rises from one share of it to another in so many years, and on."""
    place = {"logistic": lambda s: np.log(s / (1 - s)), "gompertz": lambda s: -np.log(-np.log(s))}[shape]
    step = (place(last) - place(first)) / (years - 1)
    return 100 * share(shape, place(first) + step * np.arange(years + ahead))[None, :]


# With a ceiling stated


@each_shape
@pytest.mark.parametrize(("first", "last"), [(0.01, 0.3), (0.2, 0.9), (0.9, 0.1), (0.5, 0.5)])
def test_a_planted_curve_is_continued_exactly(shape: str, first: float, last: float) -> None:
    whole = curve(shape, first, last, 12, ahead=10)
    made = SCurve(shape, ceiling=100.0).forecast(whole[:, :12], 10)
    np.testing.assert_allclose(made.path, whole[:, 12:], rtol=1e-8)
    np.testing.assert_allclose(made.spread, 0, atol=1e-8)


def test_the_logistic_is_the_formula_of_the_textbook() -> None:
    values, top = np.array([[3.0, 8.0, 15.0, 31.0]]), 90.0
    k = np.mean(np.diff(np.log(values / (top - values))))
    h = np.arange(1, 6)
    expected = top / (1 + ((top - 31) / 31) * np.exp(-k * h))
    np.testing.assert_allclose(SCurve(ceiling=top).forecast(values, 5).path[0], expected, rtol=1e-12)


def test_the_logistic_is_drift_on_log_odds() -> None:
    values = np.array([[3.0, 8.0, 15.0, 31.0, 28.0], [70.0, 66.0, 50.0, 51.0, 40.0]])
    made, drift = SCurve(ceiling=90.0).forecast(values, 6), Drift(Scale("log-odds", top=90.0)).forecast(values, 6)
    np.testing.assert_allclose(made.path, drift.path, rtol=1e-12)
    np.testing.assert_allclose(made.spread, drift.spread, rtol=1e-9)


@each_shape
@given(shares=SHARES, horizon=st.integers(1, 30))
def test_the_path_stays_between_nought_and_the_ceiling(shape: str, shares: list[float], horizon: int) -> None:
    made = SCurve(shape, ceiling=80.0).forecast(80 * np.array([shares]), horizon)
    assert ((made.path >= 0) & (made.path <= 80)).all()
    assert np.isfinite(made.spread).all()
    assert (made.spread >= 0).all()


@each_shape
@given(shares=SHARES, unit=st.floats(1e-4, 1e6))
def test_the_unit_does_not_matter(shape: str, shares: list[float], unit: float) -> None:
    values = np.array([shares])
    one, other = SCurve(shape, 1.0).forecast(values, 4), SCurve(shape, unit).forecast(unit * values, 4)
    np.testing.assert_allclose(other.path, unit * one.path, rtol=1e-9)
    np.testing.assert_allclose(other.spread, unit * one.spread, rtol=1e-6, atol=1e-9 * unit)


@each_shape
@given(shares=SHARES)
def test_the_path_sets_out_from_the_last_value_and_keeps_its_direction(shape: str, shares: list[float]) -> None:
    values = np.array([[*shares, shares[0]]])  # no drift at all
    np.testing.assert_allclose(SCurve(shape, 1.0).forecast(values, 3).path, shares[0], rtol=1e-9)
    assume(abs(shares[-1] - shares[0]) > 1e-6)
    path = SCurve(shape, 1.0).forecast(values[:, :-1], 3).path
    moves = np.diff(path, axis=1, prepend=shares[-1]) * np.sign(shares[-1] - shares[0])
    assert (moves >= -1e-12).all()


def test_a_logistic_fall_is_the_mirror_of_a_rise() -> None:
    risen = np.array([[3.0, 8.0, 15.0, 31.0, 28.0]])
    model = SCurve(ceiling=90.0)
    np.testing.assert_allclose(model.forecast(90 - risen, 5).path, 90 - model.forecast(risen, 5).path, rtol=1e-9)
    np.testing.assert_allclose(model.forecast(90 - risen, 5).spread, model.forecast(risen, 5).spread, rtol=1e-9)


@each_shape
def test_the_spread_is_what_errors_turn_out_to_be(shape: str) -> None:
    rng = np.random.default_rng(0)
    line = -2 + 0.25 * np.arange(17) + 0.03 * rng.standard_normal((2000, 17)).cumsum(axis=1)
    values = 100 * share(shape, line)
    made = SCurve(shape, ceiling=100.0).forecast(values[:, :14], 3)
    scores = (values[:, 14:] - made.path) / made.spread
    np.testing.assert_allclose(np.mean(scores**2, axis=0), 12 / 10, rtol=0.1)  # squared t with 12 degrees of freedom


# With the ceiling estimated


@each_shape
@pytest.mark.parametrize("last", [0.55, 0.7, 0.85, 0.95])
@pytest.mark.parametrize("years", [9, 15])
def test_past_the_bend_the_ceiling_is_found(shape: str, last: float, years: int) -> None:
    whole = curve(shape, 0.05, last, years, ahead=5)
    values = whole[:, :years]
    assert SCurve(shape).ceilings(values).best[0] == pytest.approx(100, rel=0.03)
    np.testing.assert_allclose(SCurve(shape).forecast(values, 5).path, whole[:, years:], rtol=0.02)


@each_shape
def test_a_fall_from_a_plateau_tells_where_it_came_from(shape: str) -> None:
    values = curve(shape, 0.97, 0.2, 14)
    assert SCurve(shape).ceilings(values).best[0] == pytest.approx(100, rel=0.03)


@each_shape
def test_an_uncertain_ceiling_widens_the_spread(shape: str) -> None:
    rng = np.random.default_rng(1)
    line = np.linspace(-2.5, 1.0, 14) + np.concatenate([[0], 0.03 * rng.standard_normal(13).cumsum()])
    values = 100 * share(shape, line)[None, :]
    found, made = SCurve(shape).ceilings(values), SCurve(shape).forecast(values, 8)
    assert (found.weights > 0.01).sum() > 3
    stated = SCurve(shape, ceiling=float(found.best[0])).forecast(values, 8)
    assert (made.spread > stated.spread).all()
    assert made.path[0, -1] < found.candidates[0, -1]


@each_shape
def test_errors_with_the_ceiling_estimated_are_about_as_large_as_expected(shape: str) -> None:
    rng = np.random.default_rng(2)
    line = -2 + 0.22 * np.arange(19) + 0.02 * rng.standard_normal((400, 19)).cumsum(axis=1)
    values = 100 * share(shape, line)
    bent = SCurve(shape).ceilings(values[:, :16]).bend >= BEND
    assert bent.mean() > 0.99
    made = SCurve(shape).forecast(values[bent, :16], 3)
    scores = (values[bent, 16:] - made.path) / made.spread
    assert 0.7 < np.sqrt(np.mean(scores**2)) < 1.7


@each_shape
@given(unit=st.floats(1e-4, 1e6))
def test_the_unit_does_not_matter_for_an_estimated_ceiling(shape: str, unit: float) -> None:
    values = curve(shape, 0.05, 0.7, 12) * (1 + 0.01 * np.cos(np.arange(12.0)))
    one, other = SCurve(shape).forecast(values, 4), SCurve(shape).forecast(unit * values, 4)
    np.testing.assert_allclose(other.path, unit * one.path, rtol=1e-8)
    np.testing.assert_allclose(other.spread, unit * one.spread, rtol=1e-5)


@each_shape
def test_a_batch_is_its_series_one_by_one_and_the_input_stays(shape: str) -> None:
    values = np.concatenate([curve(shape, 0.05, last, 12) for last in (0.6, 0.8, 0.9)])
    values *= 1 + 0.01 * np.sin(np.arange(36.0)).reshape(3, 12)
    before = values.copy()
    batch = SCurve(shape).forecast(values, 4)
    single = [SCurve(shape).forecast(row[None, :], 4) for row in values]
    np.testing.assert_allclose(batch.path, np.concatenate([made.path for made in single]), rtol=1e-12)
    np.testing.assert_allclose(batch.spread, np.concatenate([made.spread for made in single]), rtol=1e-9)
    np.testing.assert_array_equal(values, before)


# Refusals


@each_shape
@pytest.mark.parametrize(
    "values",
    [
        100 * 1.1 ** np.arange(12.0),
        100 * 0.9 ** np.arange(12.0),
        100 * np.exp(0.01 * np.arange(12.0) ** 2),
        np.full(12, 7.0),
    ],
    ids=["exponential", "decaying", "speeding up", "constant"],
)
def test_a_series_that_does_not_bend_is_refused(shape: str, values: Array) -> None:
    bent = curve(shape, 0.05, 0.9, 12)
    with pytest.raises(NotAvailable, match="does not bend yet") as caught:
        SCurve(shape).forecast(np.concatenate([bent, values[None, :]]), 3)
    assert caught.value.where == "argument values, series 1"
    assert caught.value.remedy == "state a ceiling, or use drift on log"


@each_shape
@pytest.mark.parametrize("years", [8, 12, 20])
@pytest.mark.parametrize("pace", [0.0, 0.03, 0.15])
def test_growth_without_a_ceiling_is_seldom_taken_for_a_bend(shape: str, years: int, pace: float) -> None:
    rng = np.random.default_rng(3)
    logs = rng.normal(pace, 0.05, (1500, years)).cumsum(axis=1)
    assert (SCurve(shape).ceilings(np.exp(logs)).bend >= BEND).mean() < 0.025


@pytest.mark.parametrize("wrong", [0.0, -3.0, 100.0, 120.0])
def test_a_value_outside_nought_and_the_ceiling_is_refused(wrong: float) -> None:
    values = np.array([[10.0, 20.0, 30.0], [10.0, wrong, 30.0]])
    with pytest.raises(NotAvailable, match="between 0 and the ceiling of 100") as caught:
        SCurve(ceiling=100.0).forecast(values, 1)
    assert caught.value.where == "argument values, series 1, year 1"
    assert caught.value.remedy


def test_without_a_ceiling_only_values_not_above_nought_are_refused() -> None:
    values = curve("logistic", 0.05, 0.9, 12)
    values[0, 4] = 0.0
    with pytest.raises(NotAvailable, match="takes values above 0, got 0"):
        SCurve().forecast(values, 1)


def test_short_series_and_gaps_are_refused() -> None:
    with pytest.raises(NotAvailable, match="needs 3"):
        SCurve(ceiling=100.0).forecast(np.array([[10.0, 20.0]]), 1)
    with pytest.raises(NotAvailable, match="needs 8"):
        SCurve().forecast(curve("logistic", 0.1, 0.9, 7), 1)
    with pytest.raises(NotAvailable, match="gap"):
        SCurve(ceiling=100.0).forecast(np.array([[10.0, np.nan, 20.0]]), 1)


def test_a_curve_that_cannot_be_is_refused_when_it_is_made() -> None:
    with pytest.raises(UnknownName, match="bathtub") as caught:
        SCurve("bathtub")
    assert "gompertz" in caught.value.remedy
    for ceiling in (0.0, -1.0, np.nan, np.inf):
        with pytest.raises(NotAvailable, match="a ceiling of"):
            SCurve(ceiling=ceiling)
