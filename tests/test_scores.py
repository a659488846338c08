"""Scores: an outsider and the pencil agree, the truth scores best, and the test of two forecasters keeps its size."""

from __future__ import annotations

import numpy as np
import pytest
import scoringrules
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from qdecon.errors import NotAvailable
from qdecon.models.protocol import Array
from qdecon.replay.scores import (
    PIT_LEVELS,
    brier_score,
    brier_skill,
    coverage,
    crps_normal,
    crps_quantiles,
    crps_sample,
    crps_student,
    diebold_mariano,
    interval_score,
    mean_absolute_scaled_error,
    mean_scaled_interval_score,
    naive_scale,
    overall_weighted_average,
    pinball_loss,
    pit_error,
    probability_integral_transform,
    rank,
    symmetric_percentage_error,
)

NUMBER = st.floats(-1e4, 1e4).map(lambda value: round(value, 3))
SPREAD = st.floats(0.01, 1e3)
NINE = np.arange(1, 10) / 10
# one outcome each, with a sample, a pair of bounds or quantiles of its own
CASES = st.integers(1, 5).flatmap(
    lambda n: st.tuples(
        arrays(float, n, elements=NUMBER),
        st.integers(1, 9).flatmap(lambda m: arrays(float, (n, m), elements=NUMBER)),
        arrays(float, (n, 9), elements=NUMBER).map(lambda rows: np.sort(rows, axis=1)),
    )
)
Case = tuple[Array, Array, Array]
SHIFT, STRETCH = st.floats(-1e3, 1e3), st.floats(0.01, 100)


def close(own: Array | float, other: Array | float) -> None:
    np.testing.assert_allclose(own, other, rtol=1e-9, atol=1e-7)


# --- an outsider agrees -----------------------------------------------------------------------------------------------


@given(case=CASES)
def test_crps_of_a_sample_agrees_with_scoringrules(case: Case) -> None:
    outcome, sample, _ = case
    close(crps_sample(outcome, sample), scoringrules.crps_ensemble(outcome, sample, estimator="nrg"))


@given(case=CASES, data=st.data())
def test_crps_of_a_weighted_sample_is_that_of_repeated_points(case: Case, data: st.DataObject) -> None:
    outcome, sample, _ = case
    times = data.draw(arrays(int, sample.shape[1], elements=st.integers(0, 4)).filter(lambda drawn: drawn.any()))
    repeated = np.repeat(sample, times, axis=1)
    close(crps_sample(outcome, sample, times / 7), scoringrules.crps_ensemble(outcome, repeated, estimator="nrg"))
    close(crps_sample(outcome, sample, np.tile(times, (len(outcome), 1))), crps_sample(outcome, repeated))


@given(outcome=arrays(float, 4, elements=NUMBER), mean=NUMBER, spread=SPREAD)
def test_crps_of_a_normal_agrees_with_scoringrules(outcome: Array, mean: float, spread: float) -> None:
    close(crps_normal(outcome, mean, spread), scoringrules.crps_normal(outcome, mean, spread))


@given(outcome=arrays(float, 4, elements=NUMBER), mean=NUMBER, spread=SPREAD, degrees=st.floats(1.5, 200))
def test_crps_of_student_agrees_with_scoringrules(outcome: Array, mean: float, spread: float, degrees: float) -> None:
    close(crps_student(outcome, mean, spread, degrees), scoringrules.crps_t(outcome, degrees, mean, spread))


@given(case=CASES, level=st.floats(0.01, 0.99))
def test_interval_score_agrees_with_scoringrules(case: Case, level: float) -> None:
    outcome, _, quantiles = case
    low, high = quantiles[:, 0], quantiles[:, -1]
    close(interval_score(outcome, low, high, level), scoringrules.interval_score(outcome, low, high, 1 - level))


@given(case=CASES, level=st.floats(0.01, 0.99))
def test_quantile_scores_agree_with_scoringrules(case: Case, level: float) -> None:
    outcome, _, quantiles = case
    close(pinball_loss(outcome, quantiles[:, 0], level), scoringrules.quantile_score(outcome, quantiles[:, 0], level))
    close(crps_quantiles(outcome, quantiles, NINE), scoringrules.crps_quantile(outcome, quantiles, NINE))


@given(probability=arrays(float, 6, elements=st.floats(0, 1)), event=arrays(bool, 6))
def test_brier_score_agrees_with_scoringrules(probability: Array, event: Array) -> None:
    close(brier_score(probability, event), scoringrules.brier_score(event.astype(float), probability))


@pytest.mark.parametrize("ties", [False, True])
def test_rank_agrees_with_scipy(ties: bool) -> None:
    draw = np.random.default_rng(4)
    sample = draw.normal(size=40).round(1 if ties else 9)
    outcome = draw.choice(sample, 15) if ties else draw.normal(size=15)
    expected = [stats.percentileofscore(sample, each, kind="mean") / 100 for each in outcome]
    close(rank(outcome, sample), np.array(expected))
    close(rank(outcome, np.tile(sample, (15, 1))), np.array(expected))


# --- the pencil agrees ------------------------------------------------------------------------------------------------


def test_scaled_error_by_hand() -> None:
    past = np.array([[10.0, 12.0, 11.0, 15.0], [5.0, 5.0, 5.0, 5.0]])
    scale = naive_scale(past)
    close(scale, [7 / 3, 0])
    outcome, path = np.array([[16.0, 20.0], [6.0, 6.0]]), np.array([[15.0, 14.0], [5.0, 5.0]])
    close(mean_absolute_scaled_error(outcome, path, scale), [3.5 / (7 / 3), np.nan])


def test_a_shorter_series_may_be_padded() -> None:
    close(naive_scale(np.array([[np.nan, np.nan, 3.0, 5.0], [np.nan, np.nan, np.nan, 5.0]])), [2, np.nan])


def test_symmetric_percentage_error_by_hand() -> None:
    outcome, path = (
        np.array([[100.0, 50.0], [0.0, 10.0], [-3.0, 3.0]]),
        np.array([[150.0, 30.0], [0.0, 30.0], [3.0, 3.0]]),
    )
    close(symmetric_percentage_error(outcome, path), [(40 + 50) / 2, (0 + 100) / 2, (200 + 0) / 2])


@pytest.mark.parametrize(  # published means of the yearly series of M4: sMAPE, MASE, OWA
    ("smape", "mase", "published"),
    [(13.176, 2.980, 0.778), (13.528, 3.060, 0.799), (14.848, 3.280, 0.867), (15.198, 3.379, 0.890)],
)
def test_overall_weighted_average_of_published_methods(smape: float, mase: float, published: float) -> None:
    assert overall_weighted_average(smape, mase, 16.342, 3.974) == pytest.approx(published, abs=6e-4)


def test_scaled_interval_score_by_hand() -> None:
    outcome = np.array([[5.0, 11.0, 1.0]])
    low, high = np.array([[4.0, 4.0, 4.0]]), np.array([[8.0, 9.0, 10.0]])
    # widths 4, 5, 6; 2 above and 3 below at 2/0.05 = 40 each
    close(mean_scaled_interval_score(outcome, low, high, 0.95, np.array([2.0])), [(4 + 85 + 126) / 3 / 2])
    close(mean_scaled_interval_score(outcome, low, high, 0.80, np.array([2.0])), [(4 + 25 + 36) / 3 / 2])
    assert np.isnan(mean_scaled_interval_score(outcome, low, high, 0.95, np.array([0.0]))).all()


def test_coverage_counts_both_ends_and_skips_the_unknown() -> None:
    outcome = np.array([[1.0, 3.0, np.nan], [3.1, np.nan, np.nan], [2.0, 0.9, np.nan]])
    close(coverage(outcome, np.ones((3, 3)), np.full((3, 3), 3.0)), [2 / 3, 1 / 2, np.nan])


def test_probability_integral_transform_by_hand() -> None:
    quantiles, levels = np.array([1.0, 2.0, 2.0, 4.0]), np.array([0.1, 0.4, 0.6, 0.9])
    outcome = np.array([0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 4.5, np.nan])
    expected = [0.0, 0.1, 0.25, 0.6, 0.75, 0.9, 1.0, np.nan]
    close(probability_integral_transform(outcome, np.tile(quantiles, (8, 1)), levels), expected)


def test_brier_skill_by_hand() -> None:
    probability, event = np.array([0.9, 0.2, 0.6]), np.array([1.0, 0.0, np.nan])
    assert brier_skill(probability, event, 0.5) == pytest.approx(1 - 0.025 / 0.25)
    assert brier_skill(probability, event, np.array([0.7, 0.3, 0.0])) == pytest.approx(1 - 0.025 / 0.09)
    assert np.isnan(brier_skill(probability, event, event))


def test_pit_error_by_hand() -> None:
    assert pit_error(np.array([0.2, 0.6, np.nan]), np.array([0.25, 0.5, 0.75])) == pytest.approx((0.25 + 0 + 0.25) / 3)
    assert pit_error(np.arange(1, 23) / 22) == pytest.approx(0, abs=1e-12)
    assert np.isnan(pit_error(np.array([np.nan])))
    np.testing.assert_array_equal(PIT_LEVELS, np.arange(1, 22) / 22)
    assert not PIT_LEVELS.flags.writeable


# --- what is not known, and what is not there -------------------------------------------------------------------------


def test_an_unknown_outcome_gives_nan_and_does_not_enter_a_mean() -> None:
    outcome, path, scale = np.array([[3.0, np.nan], [np.nan, np.nan]]), np.zeros((2, 2)), np.ones(2)
    close(mean_absolute_scaled_error(outcome, path, scale), [3, np.nan])
    close(symmetric_percentage_error(outcome, path), [200, np.nan])
    close(mean_scaled_interval_score(outcome, path, path + 1, 0.8, scale), [1 + 10 * 2, np.nan])
    one = outcome[0]
    for scores in (
        interval_score(one, np.zeros(2), np.ones(2), 0.8),
        pinball_loss(one, np.zeros(2), 0.3),
        crps_quantiles(one, np.zeros((2, 3)), np.array([0.2, 0.5, 0.8])),
        crps_sample(one, np.arange(3.0)),
        crps_normal(one, 0.0, 1.0),
        crps_student(one, 0.0, 1.0, 4.0),
        rank(one, np.arange(3.0)),
        brier_score(np.full(2, 0.5), one / 3),
    ):
        assert np.isnan(scores).tolist() == [False, True]


def test_a_missing_forecast_is_not_forgiven() -> None:
    outcome, path = np.array([[3.0, 4.0]]), np.array([[3.0, np.nan]])
    assert np.isnan(mean_absolute_scaled_error(outcome, path, np.ones(1))).all()
    assert np.isnan(coverage(outcome, path, path + 1)).tolist() == [False, True]
    assert np.isnan(probability_integral_transform(np.array([3.0]), path, np.array([0.2, 0.8]))).all()
    assert np.isnan(rank(np.array([3.0]), path)).all()


@pytest.mark.parametrize("score", [crps_normal, lambda *given: crps_student(*given, 3.0)])
def test_without_spread_crps_is_the_absolute_error(score: object) -> None:
    spread = np.array([0.0, 0.0, 1e-310, -1.0])
    close(score(np.array([2.0, 1.0, 4.0, 1.0]), 1.0, spread), [1, 0, 3, np.nan])  # type: ignore[operator]


def test_student_has_a_mean_above_one_degree_only_and_nears_the_normal() -> None:
    outcome = np.array([-1.0, 0.0, 2.5])
    assert np.isnan(crps_student(outcome, 0.0, 1.0, 1.0)).all()
    np.testing.assert_allclose(crps_student(outcome, 0.0, 1.0, 1e6), crps_normal(outcome, 0.0, 1.0), atol=1e-5)


@pytest.mark.parametrize("level", [0, 1, 80])
def test_a_level_is_a_fraction(level: float) -> None:
    with pytest.raises(NotAvailable, match="fraction"):
        interval_score(np.ones(1), np.zeros(1), np.ones(1), level)


def test_a_sample_without_weight_is_refused() -> None:
    for sample, weights in ((np.array([]), None), (np.ones(2), np.zeros(2)), (np.ones(2), np.array([2.0, -1.0]))):
        with pytest.raises(NotAvailable, match="weights above 0"):
            crps_sample(np.ones(1), sample, weights)


def test_crossing_quantiles_are_refused() -> None:
    for quantiles, levels in (([[1.0, 0.9]], [0.2, 0.8]), ([[1.0, 2.0]], [0.8, 0.2]), ([[1.0, 2.0]], [0.5, 0.5])):
        with pytest.raises(NotAvailable, match="lowest first"):
            probability_integral_transform(np.ones(1), np.array(quantiles), np.array(levels))


def test_no_input_is_changed() -> None:
    sample, weights, outcome = np.array([3.0, 1.0, 2.0]), np.array([1.0, 2.0, 3.0]), np.array([2.0])
    for array in (sample, weights, outcome):
        array.setflags(write=False)
    crps_sample(outcome, sample, weights)
    rank(outcome, sample)
    pit_error(sample / 4)


# --- invariances ------------------------------------------------------------------------------------------------------


@given(case=CASES, shift=SHIFT, stretch=STRETCH)
def test_scores_in_the_unit_follow_shift_and_stretch(case: Case, shift: float, stretch: float) -> None:
    outcome, sample, quantiles = case
    low, high = quantiles[:, 0], quantiles[:, -1]

    def moved(values: Array) -> Array:
        return shift + stretch * values

    scores = [
        (crps_sample(moved(outcome), moved(sample)), crps_sample(outcome, sample)),
        (crps_quantiles(moved(outcome), moved(quantiles), NINE), crps_quantiles(outcome, quantiles, NINE)),
        (interval_score(moved(outcome), moved(low), moved(high), 0.8), interval_score(outcome, low, high, 0.8)),
        (crps_normal(moved(outcome), moved(low), stretch * 3.0), crps_normal(outcome, low, 3.0)),
        (crps_student(moved(outcome), moved(low), stretch * 3.0, 4.0), crps_student(outcome, low, 3.0, 4.0)),
    ]
    for after, before in scores:
        np.testing.assert_allclose(after, stretch * before, rtol=1e-7, atol=1e-6)


@given(case=CASES)
def test_crps_mirrors_when_all_is_mirrored(case: Case) -> None:
    outcome, sample, quantiles = case
    close(crps_sample(-outcome, -sample), crps_sample(outcome, sample))
    close(crps_quantiles(-outcome, -quantiles[:, ::-1], NINE), crps_quantiles(outcome, quantiles, NINE))
    close(rank(-outcome, -sample), 1 - rank(outcome, sample))


@given(case=CASES)
def test_crps_of_one_point_is_the_absolute_error_and_no_score_is_negative(case: Case) -> None:
    outcome, sample, _ = case
    close(crps_sample(outcome, sample[:, :1]), np.abs(outcome - sample[:, 0]))
    assert (crps_sample(outcome, sample) >= 0).all()
    assert (crps_sample(outcome, sample) <= np.abs(outcome[:, None] - sample).mean(axis=1) + 1e-9).all()


@given(unit=st.floats(0.001, 1000), seed=st.integers(0, 99))
def test_scaled_scores_do_not_know_the_unit(unit: float, seed: int) -> None:
    draw = np.random.default_rng(seed)
    past, outcome, path = draw.lognormal(size=(3, 8)), draw.lognormal(size=(3, 4)), draw.lognormal(size=(3, 4))
    scale, other = naive_scale(past), naive_scale(unit * past)
    close(
        mean_absolute_scaled_error(unit * outcome, unit * path, other), mean_absolute_scaled_error(outcome, path, scale)
    )
    close(symmetric_percentage_error(unit * outcome, unit * path), symmetric_percentage_error(outcome, path))
    close(
        mean_scaled_interval_score(unit * outcome, unit * path, unit * (path + 1), 0.8, other),
        mean_scaled_interval_score(outcome, path, path + 1, 0.8, scale),
    )


def test_a_fine_sample_has_the_crps_of_its_distribution() -> None:
    at = (np.arange(20_000) + 0.5) / 20_000
    outcome = np.array([-3.0, 0.1, 1.2])
    np.testing.assert_allclose(crps_sample(outcome, stats.norm.ppf(at)), crps_normal(outcome, 0.0, 1.0), atol=1e-4)
    np.testing.assert_allclose(
        crps_sample(outcome, stats.t.ppf(at, 5)), crps_student(outcome, 0.0, 1.0, 5.0), atol=1e-3
    )


# --- the truth scores best --------------------------------------------------------------------------------------------

OUTCOMES = np.random.default_rng(20220505).normal(2.0, 3.0, 20_000)
WRONG = [(2.6, 3.0), (1.4, 3.0), (2.0, 2.2), (2.0, 4.0)]


@pytest.mark.parametrize(("mean", "spread"), WRONG)
def test_planted_distribution_beats_a_wrong_one(mean: float, spread: float) -> None:
    levels = np.arange(1, 20) / 20

    def scores(mean: float, spread: float) -> list[Array]:
        def quantile(level: Array | float) -> Array:
            return np.asarray(stats.norm.ppf(level, mean, spread))

        return [
            crps_normal(OUTCOMES, mean, spread),
            crps_sample(OUTCOMES, quantile(levels)),
            crps_quantiles(OUTCOMES, quantile(levels), levels),
            interval_score(OUTCOMES, quantile(0.1), quantile(0.9), 0.8),
            pinball_loss(OUTCOMES, quantile(0.9), 0.9) + pinball_loss(OUTCOMES, quantile(0.3), 0.3),
            brier_score(np.full(OUTCOMES.shape, stats.norm.sf(4.5, mean, spread)), OUTCOMES > 4.5),
        ]

    for true, wrong in zip(scores(2.0, 3.0), scores(mean, spread), strict=True):
        gain = wrong - true
        assert gain.mean() > 2 * gain.std() / np.sqrt(gain.size)


def test_planted_student_beats_the_normal_of_the_same_variance() -> None:
    outcome = np.random.default_rng(5).standard_t(3, 20_000)
    assert crps_student(outcome, 0.0, 1.0, 3.0).mean() < crps_normal(outcome, 0.0, np.sqrt(3)).mean()


@pytest.mark.parametrize(("spread", "held", "error"), [(3.0, 0.80, 0.0), (1.5, 0.478, 0.108), (6.0, 0.990, 0.11)])
def test_coverage_and_pit_tell_right_bands_from_narrow_and_wide_ones(spread: float, held: float, error: float) -> None:
    bounds = stats.norm.ppf([0.1, 0.9], 2.0, spread)
    low, high = (np.full(OUTCOMES.shape, bound) for bound in bounds)
    assert coverage(OUTCOMES, low, high) == pytest.approx(held, abs=0.01)
    quantiles = np.tile(stats.norm.ppf(PIT_LEVELS, 2.0, spread), (len(OUTCOMES), 1))
    pit = probability_integral_transform(OUTCOMES, quantiles, PIT_LEVELS)
    expected = np.mean(np.abs(stats.norm.cdf(stats.norm.ppf(PIT_LEVELS) * spread / 3.0) - PIT_LEVELS))
    assert pit_error(pit) == pytest.approx(expected, abs=0.006)
    assert expected == pytest.approx(error, abs=0.02)
    assert pit_error(rank(OUTCOMES[:2000], quantiles[0])) == pytest.approx(expected, abs=0.03)


# --- Diebold and Mariano ----------------------------------------------------------------------------------------------


def losses(seed: int, n: int = 25) -> tuple[Array, Array]:
    one, two = np.random.default_rng(seed).gamma(2.0, size=(2, n))
    return one, two


@pytest.mark.parametrize("seed", range(5))
def test_one_year_ahead_it_is_the_paired_t_test(seed: int) -> None:
    one, two = losses(seed)
    found, expected = diebold_mariano(one, two), stats.ttest_rel(one, two)
    assert (found.statistic, found.p_value) == pytest.approx((expected.statistic, expected.pvalue), rel=1e-9)
    assert (found.n, found.mean_difference) == (25, pytest.approx(np.mean(one - two)))


def test_three_years_ahead_by_hand() -> None:
    one, two = losses(8, 12)
    d = one - two - (one - two).mean()
    gamma = [sum(d[t] * d[t - lag] for t in range(lag, 12)) / 12 for lag in range(3)]
    variance = (gamma[0] + 2 * (2 / 3 * gamma[1] + 1 / 3 * gamma[2])) / 12
    corrected = (one - two).mean() / np.sqrt(variance) * np.sqrt((12 + 1 - 6 + 3 * 2 / 12) / 12)
    found = diebold_mariano(one, two, horizon=3)
    assert found.statistic == pytest.approx(corrected, rel=1e-9)
    assert found.p_value == pytest.approx(2 * stats.t.sf(abs(corrected), 11), rel=1e-9)


@given(seed=st.integers(0, 999), horizon=st.integers(1, 24))
def test_it_mirrors_and_its_variance_is_never_negative(seed: int, horizon: int) -> None:
    one, two = losses(seed)
    first, second = diebold_mariano(one, two, horizon), diebold_mariano(two, one, horizon)
    assert first.statistic == pytest.approx(-second.statistic)
    assert first.p_value == pytest.approx(second.p_value)
    assert 0 <= first.p_value <= 1
    assert np.sign(first.statistic) == np.sign(first.mean_difference)
    stretched = diebold_mariano(3 * one + 1, 3 * two + 1, horizon)
    assert stretched.statistic == pytest.approx(first.statistic)


@pytest.mark.parametrize(("horizon", "least", "most"), [(1, 0.035, 0.065), (3, 0.03, 0.12)])
def test_it_rejects_about_as_often_as_it_says(horizon: int, least: float, most: float) -> None:
    shocks = np.random.default_rng(horizon).normal(size=(2000, 30 + horizon - 1))
    # losses of overlapping forecasts: a moving sum of as many shocks as years ahead
    overlapping = sum(shocks[:, lag : lag + 30] for lag in range(horizon))
    rejected = np.mean([diebold_mariano(row, np.zeros(30), horizon).p_value < 0.05 for row in overlapping])
    assert least < rejected < most
    if horizon > 1:  # which the plain test does not
        assert np.mean([diebold_mariano(row, np.zeros(30)).p_value < 0.05 for row in overlapping]) > 0.15


def test_it_finds_a_planted_difference() -> None:
    one, two = losses(3, 200)
    found = diebold_mariano(one, two + 0.8, horizon=2)
    assert found.statistic < -3
    assert found.p_value < 0.01


def test_pairs_with_an_unknown_loss_are_left_out() -> None:
    one, two = losses(2, 14)
    gappy = np.insert(one, [0, 14], np.nan), np.insert(two, [0, 14], 1.0)
    assert diebold_mariano(*gappy, horizon=2) == diebold_mariano(one, two, horizon=2)


def test_it_refuses_what_cannot_be_told_from_chance() -> None:
    one, two = losses(1, 12)
    refused = [
        (one[:9], two[:9], 1, "at least 10"),
        (one[:0], two[:0], 1, "at least 10"),
        (one, two, 12, "more than the horizon"),
        (one, two, 0, "1 or more"),
        (one, one + 0.1, 1, "means"),
        (one * 0, one * 0, 2, "means"),
        (np.where(one > 2, np.inf, one), two, 1, "out of both"),
    ]
    for first, second, horizon, remedy in refused:
        with pytest.raises(NotAvailable) as caught:
            diebold_mariano(first, second, horizon)
        assert remedy in caught.value.remedy
