"""The badge scored: trials whose outcome is known, frequencies that learn from others only, and the fair comparison."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qdecon as qd
from qdecon.errors import NotAvailable
from qdecon.projection import History
from qdecon.replay.badges import QDECON, BadgeRecord, score_badges, score_badges_across
from qdecon.replay.recalibration import recalibrated
from qdecon.replay.trials import SLOWEST, history_of, ratio_trials, stretch_trials
from qdecon.rules import RULES, eurostat
from tests.records import BADGES, badges

pytestmark = pytest.mark.xdist_group(BADGES)


@pytest.fixture(scope="module")
def record() -> BadgeRecord:
    return badges()


def grown(count: int, years: int, seed: int = 0) -> list[np.ndarray]:
    draw = np.random.default_rng(seed)
    return [100 * np.exp(np.cumsum(draw.normal(0.04, 0.03, years))) for _ in range(count)]


# Trials ---------------------------------------------------------------------------------------------------------------


@given(seed=st.integers(0, 10_000), ratio=st.sampled_from([0.6, 0.95, 1.05, 1.5]))
def test_eurostats_rule_reads_off_the_ratio_that_set_the_target(seed: int, ratio: float) -> None:
    trials = ratio_trials(history_of(grown(2, 18, seed)), ratios=(ratio,))
    for course, used in zip(trials.courses(), trials.used, strict=True):
        assert eurostat.with_target(course).quantity == pytest.approx(ratio, rel=1e-6)
        assert (course.used, used) == (0.5, 0.5)


@given(seed=st.integers(0, 10_000))
def test_a_trial_is_met_exactly_if_the_later_figure_reaches_the_target(seed: int) -> None:
    series = grown(3, 20, seed)
    for trials in (ratio_trials(history_of(series)), stretch_trials(history_of(series), years=4)):
        base, last = (
            np.array([series[row][year] for row, year in zip(trials.row, years, strict=True)])
            for years in (trials.base, trials.deadline)
        )
        assert (trials.met == (last >= base * np.exp(trials.asked) * (1 - 1e-9))).all()


@given(seed=st.integers(0, 10_000), factor=st.floats(0.01, 1000))
def test_the_unit_of_a_series_does_not_matter(seed: int, factor: float) -> None:
    series = grown(2, 20, seed)
    one, other = (stretch_trials(history_of(each)) for each in (series, [factor * values for values in series]))
    assert (one.met == other.met).all()
    assert one.asked == pytest.approx(other.asked)


def test_a_plan_is_judged_after_each_year_of_its_run_but_the_last() -> None:
    trials = stretch_trials(history_of(grown(1, 11)), years=5, stretches=(1.0,))
    assert trials.used.tolist() == [0.2, 0.4, 0.6, 0.8]
    assert len(set(trials.asked)) == 1  # the target stays what it was at the base


def test_a_gap_makes_no_trial() -> None:
    changes = np.full((1, 20), 0.05)
    whole, broken = History(changes, 2000), History(np.where(np.arange(20) == 12, np.nan, changes), 2000)
    assert len(ratio_trials(whole)) > 0
    assert len(ratio_trials(broken)) == 0
    assert {12 + 2000} & set(stretch_trials(broken, years=3, points=4).origin) == set()


def test_a_series_that_hardly_grew_gets_no_trial() -> None:
    slow = 100 * (1 + SLOWEST - 1e-6) ** np.arange(20.0)
    assert len(ratio_trials(history_of([slow]))) == 0


def test_series_with_no_positive_values_at_all_are_refused() -> None:
    with pytest.raises(NotAvailable, match="above nought"):
        history_of([np.array([1.0, 0.0, 2.0])])


# Recalibration --------------------------------------------------------------------------------------------------------


@given(seed=st.integers(0, 10_000))
def test_no_case_learns_from_its_own_outcome_or_from_its_own_group(seed: int) -> None:
    draw = np.random.default_rng(seed)
    group, quantity = np.repeat(np.arange(6), 5), draw.normal(size=30)
    met = draw.random(30) < 0.5
    cell = np.zeros(30, int)
    flipped = np.where(group == 2, ~met, met)
    before, after = (recalibrated(quantity, cell, each, group) for each in (met, flipped))
    assert (before[group == 2] == after[group == 2]).all()


@given(seed=st.integers(0, 10_000))
def test_forward_in_time_later_outcomes_change_nothing(seed: int) -> None:
    draw = np.random.default_rng(seed)
    group, made = np.tile(np.arange(5), 8), np.repeat(np.arange(2000, 2008), 5)
    quantity, met = draw.normal(size=40), draw.random(40) < 0.5
    settled = made + 2
    later = np.where(settled > 2004, ~met, met)
    one, other = (recalibrated(quantity, np.zeros(40, int), each, group, made, settled) for each in (met, later))
    early = made <= 2004
    assert np.array_equal(one[early], other[early], equal_nan=True)
    assert np.isnan(one[made < 2002]).all()  # nothing was known yet
    assert np.isfinite(one[made >= 2003]).all()


def test_with_many_cases_the_frequency_is_the_planted_one() -> None:
    draw = np.random.default_rng(1)
    quantity = draw.random(20_000)
    met = draw.random(20_000) < quantity
    found = recalibrated(quantity, np.zeros(20_000, int), met, np.arange(20_000) % 10)
    assert np.abs(found - quantity).max() < 0.12  # half the width of a class, and noise
    assert np.square(found - met).mean() == pytest.approx(1 / 6, abs=0.005)  # E p(1-p) of a uniform p


def test_a_quantity_that_is_not_known_is_a_class_of_its_own() -> None:
    quantity = np.array([np.nan, np.nan, np.nan, 1.0, 1.0, 1.0])
    met = np.array([True, True, True, False, False, False])
    found = recalibrated(quantity, np.zeros(6, int), met, np.arange(6))
    assert (found[:3] > 0.7).all()
    assert (found[3:] < 0.3).all()


def test_one_time_without_the_other_is_refused() -> None:
    with pytest.raises(NotAvailable, match="only one of two times"):
        recalibrated(np.ones(2), np.zeros(2, int), np.ones(2, bool), np.arange(2), made=np.arange(2))


# The record -----------------------------------------------------------------------------------------------------------


def test_every_rule_judges_every_trial(record: BadgeRecord) -> None:
    counted = record.cases.groupby(["trial", "panel"]).agg(rules=("forecaster", "nunique"), met=("met", "nunique"))
    assert (counted["rules"] == len(RULES) + 1).all()
    assert (counted["met"] == 1).all()


def test_qdecon_is_better_than_every_recalibrated_rule_forward_in_time(record: BadgeRecord) -> None:
    for by in (("panel", "protocol"), ("panel",)):
        scores = record.scores("forward", by)
        rules = scores[scores["forecaster"] != QDECON]
        assert (rules["more"] > 0).all()
        assert (rules.loc[rules["panel"] == "cities", "low"] > 0).all()  # also after resampling whole places


def test_stated_probabilities_come_true_at_both_ends(record: BadgeRecord) -> None:
    table = record.reliability()
    ends = table[(table["low"] == 0.8) | (table["high"] == 0.2)]
    assert len(ends) == 4
    assert ((ends["stated"] - ends["came"]).abs() <= 0.05).all()


def test_a_judgement_rests_on_nothing_that_came_later() -> None:
    city = qd.load("qingdao")
    cut = replace(city, peers=city.peers.known(dt.date(2016, 12, 31)))
    whole, part = (
        each.cases[(each.cases["panel"] == "cities") & (each.cases["protocol"] == "stretch")]
        .set_index(["group", "origin", "horizon", "used", "setting", "forecaster"])
        .sort_index()
        for each in (badges(), score_badges(cut))
    )
    both = part.index.intersection(whole.index)
    assert len(both) > 5_000
    assert np.array_equal(part.loc[both, "forward"], whole.loc[both, "forward"], equal_nan=True)


def test_a_perfect_forecaster_scores_nought_and_a_coin_a_quarter() -> None:
    made = score_badges_across("planted", grown(20, 20))
    assert made.cases["forward"].isna().all()  # no calendar years: nothing is forward in time
    coin = made.cases.assign(crossed=0.5)
    assert (BadgeRecord(coin).scores("crossed")["brier"] == 0.25).all()
    seer = made.cases.assign(crossed=made.cases["met"].astype(float))
    assert (BadgeRecord(seer).scores("crossed")["skill"] == 1).all()


@pytest.mark.parametrize(
    "series", [grown(1, 30), grown(5, 12), [np.full(30, 100.0)] * 3], ids=["one", "short", "still"]
)
def test_panels_that_hold_no_trial_for_two_series_are_refused(series: list[np.ndarray]) -> None:
    with pytest.raises(NotAvailable, match="not two series with a past target"):
        score_badges_across("planted", series)


def test_two_series_are_enough_and_those_that_fall_are_left_out() -> None:
    falling = 100 * 0.97 ** np.arange(30.0)
    made = score_badges_across("planted", [*grown(2, 30), falling, -falling])
    assert set(made.cases["group"]) == {0, 1}
    assert "\nplanted  qdecon" in made.text("en")


def test_on_steady_series_of_equal_noise_probabilities_are_calibrated() -> None:
    table = score_badges_across("planted", grown(80, 20, seed=3)).reliability("crossed", "group")
    assert (table["came_low"] - 0.05 <= table["stated"]).all()
    assert (table["stated"] <= table["came_high"] + 0.05).all()


def test_the_committed_tables_are_what_a_replay_gives(record: BadgeRecord) -> None:
    folder = Path(qd.__file__).parent / "datasets" / "record"
    for name, table in record.tables().items():
        stored = pd.read_csv(folder / name)
        pd.testing.assert_frame_equal(stored, table, check_dtype=False, atol=2e-4, rtol=0)


def test_the_tables_name_every_column_once(record: BadgeRecord) -> None:
    for table in record.tables().values():
        assert table.columns.is_unique
        assert len(table) > 0
