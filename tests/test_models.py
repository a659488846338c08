"""Trajectory models: planted parameters come back, properties hold, and outsiders agree on the same parameters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qdecon.errors import NotAvailable, UnknownName
from qdecon.models import LEVEL, LOG, MODELS, PER_CENT, Drift, Innovations, Median, Naive, Scale, default_model, model
from qdecon.models.batch import batch, forecast
from qdecon.models.combination import middle
from qdecon.models.innovations import operators, pairs, response
from qdecon.models.theta import Theta

LEVELS = [each for name, each in MODELS.items() if name in {"naive", "drift", "median", "amounts and rates", "theta"}]
SHAPES = st.tuples(st.integers(1, 4), st.integers(5, 20))
VALUES = arrays(float, SHAPES, elements=st.floats(1.0, 100.0))
POINTS = st.tuples(st.floats(0.1, 1.3), st.floats(0.0, 0.6), st.floats(0.5, 1.0))


def innovations(alpha: float, beta: float, phi: float, **states: float | None) -> Innovations:
    return Innovations("one", alpha=(alpha,), beta=(beta,), phi=(phi,), **states)


# ---- planted truths


@pytest.mark.parametrize("name", ["drift", "robust drift", "local level with drift"])
def test_a_straight_line_is_continued(name: str) -> None:
    line = 10 + 3.0 * np.arange(12)[None, :]
    np.testing.assert_allclose(model(name).forecast(line, 4).path[0], 10 + 3.0 * np.arange(12, 16), rtol=1e-9)


@pytest.mark.parametrize("name", ["drift on log", "damped trend", "returning trend"])
def test_models_on_logs_follow_a_constant_growth_rate(name: str) -> None:
    growth = 100 * 1.05 ** np.arange(20)[None, :]
    made = model(name).forecast(growth, 1).path[0, 0]
    shrunk = 1e-12 if name == "drift on log" else 0.01  # a trend drawn a little towards nought
    assert made == pytest.approx(100 * 1.05**20, rel=shrunk)


@given(point=POINTS, seed=st.integers(0, 99))
def test_a_damped_trend_without_errors_is_recovered_exactly(point: tuple[float, float, float], seed: int) -> None:
    alpha, beta, phi = point
    level, trend = np.random.default_rng(seed).normal(size=2)
    truth = level + trend * np.cumsum(phi ** np.arange(1, 16))
    made = innovations(alpha, beta, phi, trend=0.0).forecast(truth[None, :12], 3)
    np.testing.assert_allclose(made.path[0], truth[12:], rtol=1e-5, atol=1e-5)


def test_the_posterior_finds_planted_parameters() -> None:
    rng = np.random.default_rng(5)
    grid = Innovations("grid", alpha=(0.2, 1.0), beta=(0.0,), drift=0.0)
    for alpha in grid.alpha:
        changes = rng.normal(0.1, 1.0, size=(200, 61)) @ response(((alpha, 0.0, 1.0),), 60)[0].T + 0.1
        made = operators(grid.grid, None, 0.0, 60, 1)
        _, weight = made.posterior(changes, pairs(changes))
        assert weight.mean(axis=0)[grid.alpha.index(alpha)] > 0.9


def test_the_expected_spread_is_the_spread_of_errors_really_made() -> None:
    rng = np.random.default_rng(6)
    walks = np.cumsum(rng.normal(0.3, 1.0, size=(4000, 36)), axis=1)
    made = innovations(1.0, 0.0, 1.0, drift=0.0).forecast(walks[:, :30], 6)
    errors = (walks[:, 30:] - made.path) / made.spread
    np.testing.assert_allclose(np.sqrt(np.mean(errors**2, axis=0)), 1.0, atol=0.06)


# ---- the operators against first principles


@given(point=POINTS, seed=st.integers(0, 99))
def test_squares_and_weights_are_those_of_least_squares_on_the_recursion(
    point: tuple[float, float, float], seed: int
) -> None:
    alpha, beta, phi = point
    values = np.random.default_rng(seed).normal(size=9).cumsum()

    def errors(level: float, trend: float) -> tuple[np.ndarray, float]:
        made = []
        for value in values:
            error = value - level - phi * trend
            level, trend = level + phi * trend + alpha * error, phi * trend + beta * error
            made.append(error)
        return np.array(made), level + phi * trend

    base, _ = errors(0.0, 0.0)
    by_level, by_trend = errors(1.0, 0.0), errors(0.0, 1.0)
    design = np.stack([by_level[0] - base, by_trend[0] - base], axis=1)
    start, *_ = np.linalg.lstsq(design, -base, rcond=None)
    least, ahead = errors(*start)
    made = operators(((alpha, beta, phi),), 0.0, None, 8, 1)
    changes = np.diff(values)[None, :]
    assert (pairs(changes) @ made.precision)[0, 0] == pytest.approx(np.sum(least**2), rel=1e-6, abs=1e-9)
    assert values[-1] + (changes @ made.weights)[0, 0] == pytest.approx(ahead, rel=1e-6, abs=1e-6)


# ---- outsiders on the same parameters


@pytest.mark.parametrize("seed", range(8))
def test_damped_trend_agrees_with_statsmodels(seed: int) -> None:
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    rng = np.random.default_rng(seed)
    values = np.cumsum(rng.normal(1.0, 2.0, size=15))
    alpha, share, phi = rng.uniform(0.3, 1.0), rng.uniform(0.05, 0.8), rng.uniform(0.8, 0.98)

    def outside(level: float, trend: float):
        model = ExponentialSmoothing(
            values,
            trend="add",
            damped_trend=True,
            initialization_method="known",
            initial_level=level,
            initial_trend=trend,
        )
        return model.fit(smoothing_level=alpha, smoothing_trend=share, damping_trend=phi, optimized=False)

    base, one, two = outside(0, 0).resid, outside(1, 0).resid, outside(0, 1).resid
    start, *_ = np.linalg.lstsq(np.stack([one - base, two - base], axis=1), -base, rcond=None)
    made = innovations(alpha, share, phi, trend=0.0).forecast(values[None, :], 6)
    np.testing.assert_allclose(made.path[0], outside(*start).forecast(6), rtol=0, atol=1e-8)


@pytest.mark.parametrize("seed", range(8))
def test_theta_agrees_with_statsmodels(seed: int) -> None:
    from statsmodels.tsa.forecasting.theta import ThetaModel, ThetaModelResults
    from statsmodels.tsa.holtwinters import SimpleExpSmoothing

    rng = np.random.default_rng(seed)
    values = np.cumsum(rng.normal(1.0, 2.0, size=14))
    alpha = rng.uniform(0.2, 1.0)

    def smoothed(level: float):
        model = SimpleExpSmoothing(values, initialization_method="known", initial_level=level)
        return model.fit(smoothing_level=alpha, optimized=False)

    base, one = smoothed(0).resid, smoothed(1).resid
    start, *_ = np.linalg.lstsq((one - base)[:, None], -base, rcond=None)
    slope = np.polyfit(np.arange(len(values)), values, 1)[0]
    model = ThetaModel(values, period=1, deseasonalize=False)
    outside = ThetaModelResults(slope, alpha, None, smoothed(start[0]).forecast(1), np.zeros(1), False, model)
    made = Theta(alpha=(alpha,)).forecast(values[None, :], 6)
    np.testing.assert_allclose(made.path[0], outside.forecast(6, theta=2), rtol=0, atol=1e-8)


def test_drift_with_moving_average_agrees_with_the_state_space_filter_of_statsmodels() -> None:
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    values = np.cumsum(np.random.default_rng(3).normal(1.0, 2.0, size=16))
    changes, alpha = np.diff(values), 0.6
    # the same model on changes: a moving average of order one about a mean that generalised least squares finds
    cover = response(((alpha, 0.0, 1.0),), len(changes))[0]
    inverse = np.linalg.inv(cover @ cover.T)
    mean = inverse.sum(axis=0) @ changes / inverse.sum()
    outside = SARIMAX(changes - mean, order=(0, 0, 1)).filter([alpha - 1, 1.0])
    expected = values[-1] + np.cumsum(outside.forecast(4) + mean)
    made = innovations(alpha, 0.0, 1.0, drift=0.0).forecast(values[None, :], 4)
    np.testing.assert_allclose(made.path[0], expected, atol=1e-8)


# ---- properties


@given(values=VALUES, horizon=st.integers(1, 8))
def test_every_model_returns_one_finite_path_and_spread_a_series(values: np.ndarray, horizon: int) -> None:
    for each in LEVELS:
        made = each.forecast(values, horizon)
        assert made.path.shape == made.spread.shape == (len(values), horizon)
        assert np.isfinite(made.path).all()
        assert (made.spread >= 0).all()


@given(values=VALUES, horizon=st.integers(1, 8))
def test_one_series_is_a_batch_of_one(values: np.ndarray, horizon: int) -> None:
    for each in LEVELS:
        together = each.forecast(values, horizon)
        alone = [each.forecast(row[None, :], horizon) for row in values]
        np.testing.assert_allclose(together.path, np.concatenate([one.path for one in alone]), rtol=1e-7)


@given(values=VALUES, factor=st.floats(0.01, 1000.0))
def test_the_unit_does_not_matter(values: np.ndarray, factor: float) -> None:
    for each in LEVELS:
        np.testing.assert_allclose(
            each.forecast(factor * values, 3).path, factor * each.forecast(values, 3).path, rtol=1e-6
        )


@given(values=VALUES)
def test_the_input_is_not_changed(values: np.ndarray) -> None:
    before = values.copy()
    for each in LEVELS:
        each.forecast(values, 3)
    np.testing.assert_array_equal(values, before)


@given(values=VALUES, shift=st.floats(-1000.0, 1000.0))
def test_models_on_the_level_move_with_the_series(values: np.ndarray, shift: float) -> None:
    for each in (Drift(), Drift(robust=True), Theta(), MODELS["local level with drift"]):
        np.testing.assert_allclose(
            each.forecast(values + shift, 3).path, each.forecast(values, 3).path + shift, rtol=1e-6, atol=1e-6
        )


@given(share=arrays(float, (2, 8), elements=st.floats(0.5, 99.5)))
def test_a_share_stays_inside_its_whole(share: np.ndarray) -> None:
    path = default_model("share").forecast(share, 30).path
    assert ((path > 0) & (path < 100)).all()


@given(values=VALUES, kind=st.sampled_from(["level", "log", "log-odds"]))
def test_a_scale_maps_forth_and_back(values: np.ndarray, kind: str) -> None:
    scale = Scale(kind, top=101.0)
    np.testing.assert_allclose(scale.back(scale.forth(values)), values, rtol=1e-12)
    step = 1e-6
    slope = (scale.back(scale.forth(values) + step) - values) / step
    np.testing.assert_allclose(scale.slope(values), slope, rtol=1e-3, atol=1e-3)


# ---- edges


def test_four_values_are_enough_and_three_are_refused_with_the_reason() -> None:
    four = np.array([[1.0, 2.0, 3.5, 4.0]])
    for each in LEVELS:
        assert np.isfinite(each.forecast(four, 5).path).all()
    with pytest.raises(NotAvailable, match="needs 4 annual values, got 3"):
        default_model("level").forecast(four[:, :3], 1)


def test_a_gap_is_refused_with_its_place() -> None:
    with pytest.raises(NotAvailable, match="gap") as told:
        default_model("level").forecast(np.array([[1.0, 2.0, 3.0, 4.0], [1.0, np.nan, 3.0, 4.0]]), 1)
    assert "series 1, year 1" in str(told.value)


def test_nothing_ahead_is_refused() -> None:
    with pytest.raises(NotAvailable, match="0 years ahead"):
        Naive().forecast(np.array([[1.0, 2.0]]), 0)


def test_a_series_that_never_moved_stays_with_no_spread() -> None:
    made = default_model("level").forecast(np.full((1, 8), 5.0), 4)
    np.testing.assert_allclose(made.path, 5.0)
    np.testing.assert_allclose(made.spread, 0.0, atol=1e-100)


def test_a_series_at_or_below_nought_is_projected_on_the_level_without_touching_its_neighbours() -> None:
    positive = np.array([[3.0, 4.0, 4.5, 6.0, 7.0]])
    both = default_model("level").forecast(np.concatenate([positive, positive - 5]), 3)
    alone = default_model("level").forecast(positive, 3)
    np.testing.assert_allclose(both.path[:1], alone.path, rtol=1e-12)
    on_level = Median(
        tuple(
            each if each.scale == LEVEL else Innovations(**{**vars(each), "scale": LEVEL})
            for each in default_model("level").members
        )
    )
    np.testing.assert_allclose(both.path[1:], on_level.forecast(positive - 5, 3).path, rtol=1e-9)


def test_a_log_scale_refuses_what_it_cannot_hold() -> None:
    with pytest.raises(NotAvailable, match="above 0"):
        Drift(LOG).forecast(np.array([[1.0, 0.0, 2.0]]), 1)
    with pytest.raises(NotAvailable, match="between 0 and 100"):
        Drift(PER_CENT).forecast(np.array([[1.0, 100.0, 2.0]]), 1)


# ---- batches of unequal length


@given(lengths=st.lists(st.integers(4, 12), min_size=1, max_size=8), seed=st.integers(0, 9))
def test_a_ragged_batch_gives_what_each_series_gives_alone(lengths: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    series = [np.exp(rng.normal(size=length).cumsum() / 10) for length in lengths]
    together = forecast(default_model("level"), batch(series), 3)
    for row, values in enumerate(series):
        alone = default_model("level").forecast(values[None, :], 3)
        np.testing.assert_allclose(together.path[row], alone.path[0], rtol=1e-9)


def test_a_matrix_with_late_starters_is_the_same_batch() -> None:
    matrix = np.array([[1.0, 2.0, 3.0, 4.0, 5.0], [np.nan, 2.0, 3.0, 4.0, 6.0]])
    ragged = batch([matrix[0], matrix[1, 1:]])
    np.testing.assert_array_equal(forecast(Drift(), batch(matrix), 2).path, forecast(Drift(), ragged, 2).path)
    np.testing.assert_array_equal(batch(matrix).latest(2), matrix[:, -2:])


@given(lengths=st.lists(st.integers(1, 12), min_size=1, max_size=6), first=st.integers(0, 5), count=st.integers(1, 5))
def test_origins_are_the_series_as_they_stood(lengths: list[int], first: int, count: int) -> None:
    series = [np.arange(100.0 * row, 100.0 * row + length) for row, length in enumerate(lengths)]
    stood = batch(series).origins(first, count)
    assert stood.size == len(series) * count
    found = {int(row): values for rows, group in stood.groups for row, values in zip(rows, group, strict=True)}
    for row, values in enumerate(series):
        for place in range(count):
            left = len(values) - first - place
            if left > 0:
                np.testing.assert_array_equal(found.pop(row * count + place), values[:left])
    assert not found, "an origin before a series began"


@given(paths=st.integers(1, 7).flatmap(lambda m: arrays(float, (m, 3, 2), elements=st.floats(-9, 9))))
def test_the_middle_of_paths_is_their_median(paths: np.ndarray) -> None:
    np.testing.assert_array_equal(middle(list(paths)), np.median(paths, axis=0))


def test_a_series_too_short_is_left_empty_not_guessed() -> None:
    made = forecast(default_model("level"), batch([np.arange(1.0, 9.0), np.array([1.0, 2.0])]), 2)
    assert np.isfinite(made.path[0]).all()
    assert np.isnan(made.path[1]).all()


def test_a_gap_in_a_batch_is_refused_with_its_series() -> None:
    with pytest.raises(NotAvailable, match="gap") as told:
        batch([np.array([1.0, 2.0]), np.array([1.0, np.nan, 2.0])])
    assert "series 1" in told.value.where


# ---- the registry


def test_an_unknown_model_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownName, match="drift") as told:
        model("crystal ball")
    assert "median" in str(told.value)
    with pytest.raises(UnknownName, match="level"):
        default_model("mood")


@pytest.mark.parametrize("each", MODELS.values(), ids=lambda each: each.name)
def test_every_model_says_what_it_does_and_where_it_comes_from(each: Innovations) -> None:
    assert each.formula
    assert each.source
    assert each.needs >= 2
    assert MODELS[each.name] is each
    with pytest.raises(AttributeError):
        each.name = "other"
