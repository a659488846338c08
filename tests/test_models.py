"""Trajectory models: planted parameters come back, properties hold, and an outsider agrees."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qdecon.errors import NotAvailable, UnknownName
from qdecon.models import MODELS, DampedTrend, FullDrift, Median, Naive, RecentDrift, default_model, model

OWN = [each for name, each in MODELS.items() if name != "exponential smoothing"]
CHANGES = arrays(float, st.tuples(st.integers(1, 4), st.integers(3, 20)), elements=st.floats(-0.5, 0.5))


@pytest.mark.parametrize("own", [FullDrift(), RecentDrift()], ids=lambda each: each.name)
def test_constant_growth_is_recovered_exactly(own: FullDrift | RecentDrift) -> None:
    planted = 0.07
    path = own.path(np.full((1, 12), planted), 5)
    np.testing.assert_allclose(path[0], planted * np.arange(1, 6), rtol=1e-12)


def test_recent_drift_lies_between_its_two_averages() -> None:
    changes = np.array([[0.10] * 10 + [0.04] * 5])
    recent, full = 0.04, changes.mean()
    assert RecentDrift(window=5).path(changes, 1)[0, 0] == pytest.approx((recent + full) / 2)


@given(changes=CHANGES, horizon=st.integers(1, 8))
def test_every_model_returns_one_finite_path_a_series(changes: np.ndarray, horizon: int) -> None:
    for own in OWN:
        path = own.path(changes, horizon)
        assert path.shape == (changes.shape[0], horizon)
        assert np.isfinite(path).all()


@given(changes=CHANGES, horizon=st.integers(1, 8))
def test_one_series_is_a_batch_of_one(changes: np.ndarray, horizon: int) -> None:
    for own in OWN:
        batch = own.path(changes, horizon)
        single = np.concatenate([own.path(row[None, :], horizon) for row in changes])
        np.testing.assert_allclose(batch, single, rtol=1e-12, atol=1e-15)


@given(changes=CHANGES, horizon=st.integers(1, 8))
def test_models_mirror_when_the_series_is_mirrored(changes: np.ndarray, horizon: int) -> None:
    for own in OWN:
        np.testing.assert_allclose(own.path(-changes, horizon), -own.path(changes, horizon), atol=1e-12)


@given(changes=CHANGES)
def test_the_input_is_not_changed(changes: np.ndarray) -> None:
    before = changes.copy()
    for own in OWN:
        own.path(changes, 3)
    np.testing.assert_array_equal(changes, before)


@given(changes=CHANGES)
def test_damped_trend_fades(changes: np.ndarray) -> None:
    steps = np.abs(np.diff(DampedTrend().path(changes, 6), axis=1, prepend=0.0))
    assert (np.diff(steps, axis=1) <= 1e-12).all()


@pytest.mark.parametrize("seed", range(10))
def test_damped_trend_agrees_with_statsmodels(seed: int) -> None:
    from statsmodels.tsa.holtwinters import Holt

    own = DampedTrend()
    changes = np.random.default_rng(seed).normal(0.06, 0.03, size=12)
    levels = np.concatenate([[0.0], np.cumsum(changes)])
    start = changes[: own.first].mean()
    # statsmodels updates on the first level too; started so that this update is free of error, both recursions coincide
    outside = Holt(
        levels,
        damped_trend=True,
        initialization_method="known",
        initial_level=levels[0] - start,
        initial_trend=start / own.phi,
    ).fit(smoothing_level=1.0, smoothing_trend=own.beta, damping_trend=own.phi, optimized=False)
    np.testing.assert_allclose(own.path(changes[None, :], 5)[0], outside.forecast(5) - levels[-1], atol=1e-8)


def test_median_is_the_median_of_its_members() -> None:
    changes = np.array([[0.1, 0.02, 0.03, 0.01]])
    members = (Naive(), FullDrift(), RecentDrift())
    expected = np.median([member.path(changes, 3) for member in members], axis=0)
    np.testing.assert_array_equal(Median(members).path(changes, 3), expected)


def test_exponential_smoothing_follows_a_steady_trend() -> None:
    steady = np.full((1, 15), 0.05) + np.random.default_rng(0).normal(0, 1e-4, (1, 15))
    path = model("exponential smoothing").path(steady, 3)
    np.testing.assert_allclose(path[0], 0.05 * np.arange(1, 4), rtol=0.1)


def test_a_gap_is_refused() -> None:
    with pytest.raises(NotAvailable, match="gap"):
        FullDrift().path(np.array([[0.1, np.nan, 0.2]]), 1)


def test_too_short_a_series_is_refused() -> None:
    with pytest.raises(NotAvailable, match="needs 2"):
        DampedTrend().path(np.array([[0.1]]), 1)


def test_an_unknown_model_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownName, match="full drift"):
        model("crystal ball")


def test_defaults_are_the_combinations() -> None:
    assert default_model("level").name == "median"
    assert "full drift" in default_model("share").formula
