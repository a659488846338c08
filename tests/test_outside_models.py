"""Models of statsmodels and projection on a driver: planted truths come back, nothing leaks out, refusals say why."""

from __future__ import annotations

import subprocess
import sys
import warnings
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdecon.errors import NotAvailable
from qdecon.models.drift import Drift
from qdecon.models.driver import condition
from qdecon.models.outside import DriftArima, ExponentialSmoothing, Fit, LocalLinearTrend, Outside, ThetaMethod
from qdecon.models.protocol import Array
from qdecon.models.scale import LEVEL, LOG, PER_CENT

ALL = [ExponentialSmoothing, LocalLinearTrend, DriftArima, ThetaMethod]
SMOOTHED = [ExponentialSmoothing, LocalLinearTrend, ThetaMethod]
each_model = pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)


def grown(seed: int, years: int = 16, growth: float = 0.08, noise: float = 0.02, series: int = 1) -> Array:
    """Levels of some thousands whose yearly growth in logs is drawn around ``growth``."""
    changes = np.random.default_rng(seed).normal(growth, noise, (series, years - 1))
    return 5000 * np.exp(np.concatenate([np.zeros((series, 1)), changes.cumsum(axis=1)], axis=1))


# What a forecast is


@each_model
def test_a_forecast_is_finite_also_at_the_fewest_years(kind: type[Outside]) -> None:
    made = kind().forecast(grown(1, years=kind().needs, series=2), 4)
    assert made.path.shape == made.spread.shape == (2, 4)
    assert np.isfinite(made.path).all()
    assert (made.spread > 0).all()
    assert (np.diff(made.spread, axis=1) >= 0).all()


@each_model
def test_a_batch_is_its_series_one_by_one_and_the_input_stays(kind: type[Outside]) -> None:
    values = grown(2, series=2)
    before = values.copy()
    batch = kind().forecast(values, 2)
    single = [kind().forecast(row[None, :], 2) for row in values]
    np.testing.assert_array_equal(batch.path, np.concatenate([made.path for made in single]))
    np.testing.assert_array_equal(batch.spread, np.concatenate([made.spread for made in single]))
    np.testing.assert_array_equal(values, before)


@each_model
@pytest.mark.parametrize("scale", [LOG, LEVEL], ids=lambda scale: scale.kind)
def test_the_unit_does_not_matter(kind: type[Outside], scale: object) -> None:
    values = grown(3)
    one, other = kind(scale=scale).forecast(values, 3), kind(scale=scale).forecast(values * 1e4, 3)
    np.testing.assert_allclose(other.path, 1e4 * one.path, rtol=1e-3)
    np.testing.assert_allclose(other.spread, 1e4 * one.spread, rtol=0.02)


@pytest.mark.parametrize("kind", SMOOTHED, ids=lambda kind: kind.__name__)
def test_the_path_sets_out_from_the_last_value(kind: type[Outside]) -> None:
    values = grown(5, noise=0.06)
    first, second, third = np.log(kind().forecast(values, 3).path[0])
    fading = (third - second) / (second - first)  # 1 where the trend is straight
    assert first - (second - first) / fading == pytest.approx(np.log(values[0, -1]), abs=1e-9)


@pytest.mark.parametrize("kind", SMOOTHED, ids=lambda kind: kind.__name__)
def test_anchoring_moves_the_path_as_a_whole(kind: type[Outside]) -> None:
    values = grown(5, noise=0.06)
    moved = np.log(kind().forecast(values, 4).path) - np.log(kind(anchored=False).forecast(values, 4).path)
    np.testing.assert_allclose(moved, moved[0, 0], atol=1e-12)


def test_shares_stay_below_the_whole() -> None:
    share = np.array([[60.0, 66, 70, 76, 80, 85, 88, 91, 93.5, 95, 96.5, 97.2]])
    for kind in ALL:
        assert (kind(scale=PER_CENT).forecast(share, 10).path < 100).all()


# Planted truths


@pytest.mark.parametrize("kind", [LocalLinearTrend, DriftArima], ids=lambda kind: kind.__name__)
def test_steady_growth_is_continued(kind: type[Outside]) -> None:
    made = kind().forecast(grown(0, noise=0.0), 5)
    np.testing.assert_allclose(made.path, grown(0, years=21, noise=0.0)[:, -5:], rtol=1e-5)
    assert (made.spread < 1e-3 * made.path).all()


def test_theta_continues_half_of_it() -> None:
    values = grown(0, noise=0.0)
    expected = values[:, -1:] * np.exp(0.08 / 2 * np.arange(1, 6))
    np.testing.assert_allclose(ThetaMethod().forecast(values, 5).path, expected, rtol=1e-9)


def test_exponential_smoothing_fades_by_a_constant_share() -> None:
    values = grown(7)
    path = ExponentialSmoothing().forecast(values, 6).path
    steps = np.diff(np.log(path[0]))
    fading = steps[1:] / steps[:-1]
    np.testing.assert_allclose(fading, fading[0], rtol=1e-6)
    assert 0.8 - 1e-9 <= fading[0] <= 0.98 + 1e-9


@pytest.mark.parametrize("kind", [LocalLinearTrend, DriftArima], ids=lambda kind: kind.__name__)
def test_planted_growth_and_noise_come_back_on_average(kind: type[Outside]) -> None:
    values = grown(11, years=25, growth=0.07, noise=0.02, series=20)
    made = kind().forecast(values, 1)
    growth = np.log(made.path[:, 0] / values[:, -1])
    assert growth.mean() == pytest.approx(0.07, abs=0.006)
    assert np.median(made.spread / made.path) == pytest.approx(0.02, rel=0.25)


def test_a_series_that_never_moved_stays() -> None:
    for kind in ALL:
        made = kind().forecast(np.full((1, 12), 300.0), 3)
        np.testing.assert_allclose(made.path, 300.0, rtol=1e-12)
        np.testing.assert_array_equal(made.spread, 0.0)


# What the package itself says


def test_unit_size_leaves_the_packages_own_forecast_as_it_is() -> None:
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    values = grown(13, years=20)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        outside = SARIMAX(100 * np.log(values[0]), order=(0, 1, 1), trend="c").fit(disp=False).get_forecast(4)
    made = DriftArima().forecast(values, 4)
    np.testing.assert_allclose(np.log(made.path[0]), outside.predicted_mean / 100, atol=2e-4)
    np.testing.assert_allclose(made.spread[0] / made.path[0], outside.se_mean / 100, rtol=0.01)


def test_the_spread_of_exponential_smoothing_is_that_of_the_textbook() -> None:
    from pandas import Series
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    series = np.log(grown(13, years=20)[0])
    size = np.sqrt(np.mean(np.diff(series) ** 2))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = ETSModel(Series((series - series[-1]) / size), trend="add", damped_trend=True).fit(disp=False)
    alpha, beta, phi = fitted.smoothing_level, fitted.smoothing_trend, fitted.damping_trend
    answer = alpha + beta * np.cumsum(phi ** np.arange(1, 4))  # Hyndman et al. (2008), table 6.1
    expected = size * np.sqrt(fitted.mse * np.cumsum(np.concatenate([[1.0], answer**2])))
    made = ExponentialSmoothing().forecast(np.exp(series)[None, :], 4)
    np.testing.assert_allclose(made.spread[0] / made.path[0], expected, rtol=1e-6)


# Nothing leaks out


@each_model
def test_no_warning_escapes_and_the_filters_stay(kind: type[Outside]) -> None:
    awkward = [grown(17, noise=0.3), grown(17, noise=0.0), np.full((1, 16), 2.0), 1e9 + np.arange(16.0)[None, :] % 2]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        before = list(warnings.filters)
        for values in awkward:
            kind().forecast(values, 3)
        assert list(warnings.filters) == before
    assert caught == []


def test_statsmodels_is_loaded_when_used_and_without_a_word() -> None:
    script = """
import sys, warnings
import numpy as np
from qdecon.models import outside, driver, scurve, regime
assert not {"statsmodels", "scipy"} & set(sys.modules)
before = list(warnings.filters)
for kind in (outside.DriftArima, outside.ThetaMethod):
    kind().forecast(np.exp(np.cumsum(np.random.default_rng(0).normal(0.1, 0.3, (1, 9)), axis=1)), 2)
assert "statsmodels" in sys.modules
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# Refusals


@dataclass(frozen=True)
class Singular(DriftArima):
    def fit(self, series: Array, horizon: int) -> Fit:
        if series[0] > -1:
            raise np.linalg.LinAlgError("singular matrix")
        return super().fit(series, horizon)


@dataclass(frozen=True)
class Lost(DriftArima):
    def fit(self, series: Array, horizon: int) -> Fit:
        made = super().fit(series, horizon)
        return made if series[0] < -1 else Fit(made.path, made.variance * np.nan, 0.0)


@pytest.mark.parametrize("kind", [Singular, Lost])
def test_a_series_without_a_fit_is_named(kind: type[Outside]) -> None:
    values = np.concatenate([grown(19), grown(19)[:, ::-1]])
    with pytest.raises(NotAvailable, match="found no parameters") as caught:
        kind().forecast(values, 2)
    assert caught.value.where == "argument values, series 1"
    assert "drift" in caught.value.remedy


@each_model
def test_gaps_short_series_and_values_outside_the_scale_are_refused(kind: type[Outside]) -> None:
    values = grown(23)
    with pytest.raises(NotAvailable, match=f"needs {kind().needs}"):
        kind().forecast(values[:, : kind().needs - 1], 1)
    with pytest.raises(NotAvailable, match="above 0"):
        kind().forecast(values - values.max(), 1)
    values[0, 3] = np.nan
    with pytest.raises(NotAvailable, match="gap"):
        kind().forecast(values, 1)


# A driver


def driven(seed: int, elasticity: float = 1.4, noise: float = 0.01, years: int = 15) -> tuple[Array, Array]:
    """A series and its driver, with planted elasticity."""
    rng = np.random.default_rng(seed)
    pace = rng.normal(0.07, 0.03, years - 1)
    answer = 0.01 + elasticity * pace + noise * rng.standard_normal(years - 1)
    driver, series = (np.exp(np.concatenate([[4.0], 4.0 + changes.cumsum()])) for changes in (pace, answer))
    return series, driver


def test_a_planted_elasticity_comes_back() -> None:
    series, driver = driven(0, noise=0.0)
    ahead = driver[-1] * np.array([1.05, 1.02])
    made = condition(series, driver, ahead)
    assert made.elasticity == pytest.approx(1.4, abs=1e-9)
    assert made.r_squared == pytest.approx(1)
    np.testing.assert_allclose(made.path, series[-1] * np.exp(0.01 * np.array([1, 2])) * np.array([1.05, 1.02]) ** 1.4)
    np.testing.assert_allclose(made.spread, 0, atol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_a_driver_regression_agrees_with_statsmodels(seed: int) -> None:
    import statsmodels.api as sm

    series, driver = driven(seed)
    ahead = driver[-1] * np.array([1.05, 1.12, 1.10])
    fitted = sm.OLS(np.diff(np.log(series)), sm.add_constant(np.diff(np.log(driver)))).fit()
    made = condition(series, driver, ahead)
    assert (made.elasticity, made.elasticity_error) == pytest.approx((fitted.params[1], fitted.bse[1]))
    assert (made.r_squared, made.n) == (pytest.approx(fitted.rsquared), fitted.nobs)
    years = np.arange(1, 4)
    summed = np.column_stack([years, np.log(ahead / driver[-1])])
    variance = np.einsum("hi,ij,hj->h", summed, fitted.cov_params(), summed) + years * fitted.scale
    np.testing.assert_allclose(np.log(made.path / series[-1]), summed @ fitted.params, rtol=1e-9)
    np.testing.assert_allclose(made.spread / made.path, np.sqrt(variance), rtol=1e-9)


def test_the_spread_is_what_errors_turn_out_to_be() -> None:
    scores = []
    for seed in range(600):
        series, driver = driven(seed, years=19)
        made = condition(series[:15], driver[:15], driver[15:])
        scores.append(np.log(series[15:] / made.path) / (made.spread / made.path))
    # squared t scores with 12 degrees of freedom average 12 / 10
    np.testing.assert_allclose(np.mean(np.square(scores), axis=0), 1.2, rtol=0.15)


@given(pace=st.floats(-0.1, 0.2), unit=st.floats(1e-3, 1e3), seed=st.integers(0, 50))
def test_the_drivers_unit_does_not_matter(pace: float, unit: float, seed: int) -> None:
    series, driver = driven(seed)
    ahead = driver[-1] * np.exp(pace * np.arange(1, 5))
    one, other = condition(series, driver, ahead), condition(series, unit * driver, unit * ahead)
    np.testing.assert_allclose(other.path, one.path, rtol=1e-9)
    np.testing.assert_allclose(other.spread, one.spread, rtol=1e-6)


def test_a_driver_that_keeps_its_average_pace_leaves_plain_drift() -> None:
    series, driver = driven(3)
    pace = np.mean(np.diff(np.log(driver)))
    made = condition(series, driver, driver[-1] * np.exp(pace * np.arange(1, 4)))
    np.testing.assert_allclose(made.path, Drift(LOG).forecast(series[None, :], 3).path[0], rtol=1e-12)


def test_a_share_may_be_driven_by_a_level() -> None:
    share, driver = np.array([88.0, 90, 93, 94, 95.5, 97, 97.6, 98.4]), np.array([10.0, 12, 15, 16, 18, 23, 25, 30])
    made = condition(share, driver, 30 * 1.2 ** np.arange(1, 9), scale=PER_CENT, driver_scale=LOG)
    assert (made.path < 100).all()
    assert (np.diff(made.path) > 0).all()


def test_only_common_changes_count() -> None:
    series, driver = driven(4)
    series[3], driver[8] = np.nan, np.nan
    made = condition(series, driver, driver[-1] * np.array([1.1]))
    assert made.n == 14 - 4
    assert np.isfinite(made.path).all()


def _few() -> tuple[Array, Array, Array]:
    series, driver = driven(5, years=6)
    return series, driver, driver[-1:]


def _constant() -> tuple[Array, Array, Array]:
    series, _ = driven(5)
    driver = 100 * 1.07 ** np.arange(15.0)
    return series, driver, driver[-1:]


def _unfinished() -> tuple[Array, Array, Array]:
    series, driver = driven(5)
    ahead = driver[-1:].copy()
    driver[-1] = np.nan
    return series, driver, ahead


def _no_path() -> tuple[Array, Array, Array]:
    series, driver = driven(5)
    return series, driver, np.array([driver[-1], np.nan])


def _other_years() -> tuple[Array, Array, Array]:
    series, driver = driven(5)
    return series, driver[1:], driver[-1:]


@pytest.mark.parametrize(
    ("made", "what", "where"),
    [
        (_few, "5 yearly changes in common, 6 are needed", "arguments values and driver"),
        (_constant, "same amount every year", "argument driver"),
        (_unfinished, "last year is missing", "argument driver"),
        (_no_path, "has a gap", "argument driver_path"),
        (_other_years, "differ in shape", "arguments values and driver"),
    ],
)
def test_a_driver_that_cannot_tell_is_refused(made: object, what: str, where: str) -> None:
    assert callable(made)
    with pytest.raises(NotAvailable, match=what) as caught:
        condition(*made())
    assert caught.value.where == where
    assert caught.value.remedy
