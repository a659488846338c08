"""Regimes: a planted break is found at its place, none is seen where none is, and every window says why."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qdecon.errors import NotAvailable
from qdecon.models.protocol import Array
from qdecon.models.regime import LEAST, critical, current_regime, largest_shift, shortened
from qdecon.models.scale import LOG, PER_CENT

CHANGES = st.integers(1, 40).flatmap(lambda years: arrays(float, years, elements=st.floats(-0.5, 0.5)))


def shifted(seed: int, before: int, after: int, size: float) -> Array:
    """Changes around 10 with standard deviation 1, whose mean moves by ``size``."""
    noise = np.random.default_rng(seed).standard_normal(before + after)
    return 10 + noise + size * (np.arange(before + after) >= before)


# The statistic and its critical values


@pytest.mark.parametrize("years", [12, 13, 15, 17, 19, 20, 25, 40])
def test_critical_values_are_those_of_series_without_a_shift(years: int) -> None:
    drawn = np.random.default_rng(years).standard_normal((60_000, years))
    statistic = largest_shift(drawn).statistic
    assert (statistic > critical(years)).mean() == pytest.approx(0.01, abs=0.002)
    assert np.quantile(statistic, 0.99) == pytest.approx(critical(years), rel=0.05)


def test_twelve_years_allow_one_split_and_so_a_plain_t_test() -> None:
    from scipy.stats import f

    assert critical(12) == pytest.approx(f.isf(0.01, 1, 10), abs=0.01)


@pytest.mark.parametrize("seed", range(5))
def test_the_statistic_is_the_largest_squared_t(seed: int) -> None:
    from scipy.stats import ttest_ind

    changes = np.random.default_rng(seed).standard_normal(20)
    squares = [ttest_ind(changes[:split], changes[split:]).statistic ** 2 for split in range(6, 15)]
    found = largest_shift(changes[None, :])
    assert found.statistic[0] == pytest.approx(max(squares))
    assert found.start[0] == 6 + int(np.argmax(squares))


@pytest.mark.parametrize("years", [12, 18, 25])
@pytest.mark.parametrize("tails", [3, 5])
def test_heavy_tails_raise_no_more_false_alarms(years: int, tails: int) -> None:
    drawn = np.random.default_rng(years).standard_t(tails, (20_000, years))
    assert (largest_shift(drawn).statistic > critical(years)).mean() < 0.012


def test_what_follows_itself_raises_the_false_alarms_told() -> None:
    errors = np.random.default_rng(0).standard_normal((20_000, 50))
    for persistence, told in ((0.3, 0.06), (0.5, 0.16)):
        changes = errors.copy()
        for year in range(1, 50):
            changes[:, year] += persistence * changes[:, year - 1]
        share = (largest_shift(changes[:, 30:]).statistic > critical(20)).mean()
        assert share == pytest.approx(told, abs=0.01)


# Planted shifts


@pytest.mark.parametrize(("before", "after"), [(6, 6), (7, 13), (14, 6), (10, 12)])
@pytest.mark.parametrize("size", [-4.0, 4.0])
def test_a_shift_of_four_standard_deviations_is_found_at_its_place(before: int, after: int, size: float) -> None:
    found = [current_regime(shifted(seed, before, after, size)) for seed in range(200)]
    assert np.mean([regime.kind == "detected" for regime in found]) > 0.97
    assert np.mean([abs(regime.start - before) <= 1 for regime in found if regime.kind == "detected"]) > 0.97


@pytest.mark.parametrize("years", [12, 16, 25])
def test_a_steady_series_is_seldom_shortened(years: int) -> None:
    kinds = [current_regime(shifted(seed, years, 0, 0.0)).kind for seed in range(1000)]
    assert kinds.count("detected") <= 20


def test_an_exact_step_is_found_and_a_constant_is_left_alone() -> None:
    step = current_regime(np.repeat([0.1, 0.05], 8))
    assert (step.kind, step.start, step.kept, step.dropped) == ("detected", 8, 8, 8)
    levels = 1e5 * 1.1 ** np.arange(20.0)  # its changes on logs differ by rounding alone
    assert shortened(levels, LOG)[1].kind == "none"
    assert current_regime(np.zeros(20)).kind == "none"


# Declared breaks


def test_a_declared_break_is_taken_as_stated() -> None:
    regime = current_regime(shifted(0, 14, 6, 9.0), declared=[3, 8])
    assert (regime.kind, regime.start, regime.kept, regime.dropped) == ("declared", 8, 12, 8)
    assert regime.statistic is None


def test_the_order_of_declared_breaks_does_not_matter() -> None:
    changes = shifted(0, 14, 6, 9.0)
    assert current_regime(changes, declared=[8, 3]) == current_regime(changes, declared=(3, 8))


def test_a_break_too_recent_to_go_by_leaves_the_whole_window_and_says_so() -> None:
    regime = current_regime(shifted(0, 15, 5, 9.0), declared=[15], last_year=2025)
    assert (regime.kind, regime.start, regime.kept, regime.dropped) == ("none", 0, 20, 0)
    assert regime.reason == ("window kept whole, 2006-2025: only 5 yearly changes since the declared break, 6 needed")
    assert regime.reason_zh == "窗口未缩短，2006年至2025年：已知断点之后只有5个年变化，至少需要6个"


# What it says


def test_a_detected_break_names_the_years_the_means_and_the_statistic() -> None:
    changes = np.array([12.0, 13.2, 11.1, 12.2, 11.9, 12.8, 11.4, 6.1, 5.2, 6.3, 5.8, 6.9, 6.0, 5.7])
    regime = current_regime(changes, last_year=2025)
    assert regime.reason == (
        "window shortened to 2019-2025: yearly change moved from 12.1 to 6.0 (detected, sup-F = 315.6, limit 12.4)"
    )
    assert regime.reason_zh == (
        "窗口缩短为2019年至2025年：年变化由12.1变为6.0（检验发现断点，sup-F = 315.6，界限12.4）"
    )
    assert regime.statistic == pytest.approx(315.6, abs=0.1)


def test_a_declared_break_names_the_years_and_the_means() -> None:
    regime = current_regime(np.repeat([9.0, 7.5], [4, 8]), declared=[4], last_year=2024)
    assert regime.reason == "window shortened to 2017-2024: yearly change moved from 9.00 to 7.50 (declared)"


def test_no_break_and_too_short_a_series_are_told_too() -> None:
    regime = current_regime(np.arange(14.0) % 3, last_year=2024)
    assert regime.reason.startswith("window kept whole, 2011-2024: no break found (sup-F = 0.")
    assert regime.statistic is not None
    short = current_regime(np.arange(11.0))
    assert short.reason == "window kept whole, 11 yearly changes: too short to look for a break, 12 needed"
    assert short.statistic is None


def test_changes_on_logs_are_told_in_log_points() -> None:
    values = 100 * np.exp(np.cumsum(np.repeat([0.12, 0.06], 8)))
    _, regime = shortened(values, LOG, declared=[7], last_year=2025)
    assert "moved from 12.0 to 6.0 log points" in regime.reason
    assert "由12.0变为6.0对数点" in regime.reason_zh
    _, regime = shortened(np.linspace(30, 60, 14), PER_CENT, declared=[7])
    assert "on log-odds" in regime.reason


# Properties


@given(changes=CHANGES, least=st.integers(LEAST, 9))
def test_a_window_ends_with_the_series_and_is_long_enough(changes: Array, least: int) -> None:
    regime = current_regime(changes, least=least)
    assert regime.dropped == regime.start
    assert regime.kept + regime.dropped == len(changes)
    assert (regime.start == 0) == (regime.kind == "none")
    assert regime.kind == "none" or min(regime.kept, regime.dropped) >= least
    assert regime.reason.startswith("window shortened" if regime.start else "window kept whole")
    assert regime.reason_zh.startswith("窗口缩短" if regime.start else "窗口未缩短")


@given(seed=st.integers(0, 100), unit=st.floats(1e-3, 1e3), size=st.floats(-6, 6))
def test_neither_the_unit_nor_the_sign_moves_the_window(seed: int, unit: float, size: float) -> None:
    changes = shifted(seed, 9, 9, size)
    one, other = current_regime(changes), current_regime(-unit * changes)
    assert (one.start, one.kind) == (other.start, other.kind)
    assert one.statistic == pytest.approx(other.statistic)


def test_the_values_kept_hold_the_changes_kept() -> None:
    values = 100 + np.cumsum(np.concatenate([[0.0], shifted(1, 8, 9, 6.0)]))
    before = values.copy()
    kept, regime = shortened(values)
    assert regime.start == 8
    assert len(kept) == regime.kept + 1
    np.testing.assert_array_equal(kept, values[8:])
    np.testing.assert_array_equal(values, before)


# Refusals


@pytest.mark.parametrize("index", [0, -2, 14, 99])
def test_a_declared_break_outside_the_series_is_refused(index: int) -> None:
    with pytest.raises(NotAvailable, match=f"declared break at {index}") as caught:
        current_regime(np.ones(14), declared=[7, index])
    assert caught.value.where == "argument declared"
    assert "1 to 13" in caught.value.remedy


def test_gaps_batches_and_windows_too_short_to_go_by_are_refused() -> None:
    with pytest.raises(NotAvailable, match="gap") as caught:
        current_regime(np.array([1.0, 2.0, np.nan, 4.0]))
    assert caught.value.where == "argument changes, year 2"
    with pytest.raises(NotAvailable, match="shape") as caught:
        current_regime(np.ones((2, 14)))
    assert "one series" in caught.value.remedy
    with pytest.raises(NotAvailable, match="window of 5") as caught:
        current_regime(np.ones(14), least=5)
    assert "6 or more" in caught.value.remedy
    with pytest.raises(NotAvailable, match="above 0"):
        shortened(np.arange(9.0), LOG)
