"""Bands of a panel: planted errors come back, nothing after the origin enters, a panel of one gets what is shipped."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qdecon.data import shipped_quantiles
from qdecon.errors import NotAvailable
from qdecon.models import Drift, default_model
from qdecon.models.batch import batch, forecast
from qdecon.projection import LEVELS, calibrate, scaled_errors
from qdecon.projection.bands import calibration

MODEL = default_model("level")
NARROW = np.tile(np.linspace(-1, 1, len(LEVELS)), (10, 1))


def walks(series: int, years: int, seed: int = 0, spread: float = 1.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return 200 + np.cumsum(rng.normal(0.5, spread, size=(series, years)), axis=1)


def test_errors_are_outcome_less_path_in_units_of_the_expected_spread() -> None:
    values = walks(3, 15)
    errors = scaled_errors(batch(values), Drift(), 2, 3)
    for back in (1, 2, 3):
        made = Drift().forecast(values[:, : 15 - back], 2)
        for ahead in (1, 2):
            here = errors[:, back - 1, ahead - 1]
            if ahead > back:
                assert np.isnan(here).all()
            else:
                outcome = values[:, 15 - back + ahead - 1]
                np.testing.assert_allclose(here, (outcome - made.path[:, ahead - 1]) / made.spread[:, ahead - 1])


def test_a_large_panel_gets_the_coverage_it_promises_on_outcomes_it_has_not_seen() -> None:
    values = walks(3000, 26)
    past, outcome = batch(values[:, :20]), values[:, 20:]
    quantiles = calibrate(past, MODEL, 6, shipped_quantiles()).quantiles(forecast(MODEL, past, 6))
    for low, high, promised in ((2, -3, 0.8), (0, -1, 0.95)):
        held = (quantiles[:, :, low] <= outcome) & (outcome <= quantiles[:, :, high])
        np.testing.assert_allclose(held.mean(axis=0), promised, atol=0.04)


def test_a_single_series_gets_the_shipped_quantiles_and_says_so() -> None:
    made = calibrate(batch(walks(1, 4)), MODEL, 5, shipped_quantiles())
    np.testing.assert_array_equal(made.multipliers, shipped_quantiles()[:5])
    assert made.note == "quantiles measured on public annual series"
    longer = calibrate(batch(walks(1, 30)), MODEL, 5, shipped_quantiles())
    np.testing.assert_allclose(longer.multipliers, shipped_quantiles()[:5], atol=0.2)
    assert "1 series of the panel, with a weight of 1%" in longer.note


def test_the_shipped_quantiles_are_symmetric_and_rise() -> None:
    shipped = shipped_quantiles()
    assert shipped.shape == (10, len(LEVELS))
    np.testing.assert_allclose(shipped, -shipped[:, ::-1], atol=1e-9)
    assert (np.diff(shipped, axis=1) > 0).all()


def test_a_bias_that_every_origin_shares_is_carried_on_and_a_wavering_one_is_not() -> None:
    rng = np.random.default_rng(1)
    noise = rng.normal(size=(2000, 8, 1))
    steady = calibration(noise + 1.0, NARROW)
    wavering = calibration(noise + np.array([1, -1] * 4)[None, :, None], NARROW)
    middle = len(LEVELS) // 2
    assert steady.carried > 0.95
    assert steady.multipliers[0, middle] == pytest.approx(1.0, abs=0.1)
    assert wavering.carried < 0.2
    assert abs(wavering.multipliers[0, middle]) < 0.1


def test_a_panel_that_has_calmed_down_gets_narrower_bands() -> None:
    rng = np.random.default_rng(2)
    errors = rng.normal(size=(2000, 8, 1))
    calm = errors * np.array([0.5, 1, 1, 1, 1, 1, 1, 1])[None, :, None]
    assert calibration(calm, NARROW).multipliers[0, -1] < 0.6 * calibration(errors, NARROW).multipliers[0, -1]


@given(seed=st.integers(0, 30), factor=st.floats(0.01, 100.0))
def test_the_unit_does_not_matter(seed: int, factor: float) -> None:
    values = walks(20, 16, seed)
    one = calibrate(batch(values), MODEL, 3, NARROW)
    two = calibrate(batch(values * factor), MODEL, 3, NARROW)
    np.testing.assert_allclose(one.multipliers, two.multipliers, rtol=1e-5)


@given(seed=st.integers(0, 30))
def test_the_order_of_series_does_not_matter(seed: int) -> None:
    values = walks(20, 16, seed)
    one = calibrate(batch(values), MODEL, 3, NARROW)
    two = calibrate(batch(values[::-1]), MODEL, 3, NARROW)
    np.testing.assert_allclose(one.multipliers, two.multipliers, rtol=1e-6)


@given(
    errors=arrays(float, st.tuples(st.integers(1, 6), st.integers(4, 9), st.just(2)), elements=st.floats(-50, 50)),
    share=st.floats(0, 20),
)
def test_quantiles_never_cross(errors: np.ndarray, share: float) -> None:
    made = calibration(errors + share, shipped_quantiles())
    assert (np.diff(made.multipliers, axis=1) >= -1e-9).all()


def test_a_series_that_stood_still_says_nothing_about_a_spread() -> None:
    still = np.array([5.0] * 9 + [6.0, 6.0])
    assert np.isnan(scaled_errors(batch([still]), MODEL, 1, 2)[0, 1, 0])


def test_further_ahead_than_was_measured_is_refused() -> None:
    with pytest.raises(NotAvailable, match="reach 10 years ahead, not 11"):
        calibrate(batch(walks(5, 40)), MODEL, 11, shipped_quantiles())
