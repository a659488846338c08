"""Projections: planted errors come back, the city stays out of its own class, nothing from the future enters."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import qdecon as qd
from qdecon.errors import NotAvailable
from qdecon.models import LOG, Drift, Naive, WithinRegime, default_model
from qdecon.projection import (
    LIMIT,
    History,
    combine,
    common_spread,
    moved,
    own_spread,
    project,
    reference_class,
    replay_origins,
)
from qdecon.projection.origins import PRIOR


@pytest.fixture(scope="module")
def city() -> qd.Dataset:
    return qd.load("qingdao")


def test_errors_are_actual_minus_projected_and_stop_at_a_gap() -> None:
    changes = np.array([[0.1, 0.1, 0.1, 0.1, 0.1, 0.2, np.nan, 0.1]])
    origins = replay_origins(History(changes, 2000), Naive(LOG), horizon=2, fewest=5)
    at_2004 = origins.year == 2004
    np.testing.assert_allclose(origins.errors[at_2004, 0], 0.2)
    assert np.isnan(origins.errors[at_2004, 1]).all()
    assert 2006 not in origins.year


def test_changes_stand_for_any_level_they_could_come_from() -> None:
    changes = np.random.default_rng(4).normal(0.05, 0.02, size=(3, 12))
    levels = 700 * np.exp(np.cumsum(np.concatenate([np.zeros((3, 1)), changes], axis=1), axis=1))
    moves, spread = moved(default_model("account"), changes, 4)
    made = default_model("account").forecast(levels, 4)
    np.testing.assert_allclose(levels[:, -1:] * np.exp(moves), made.path, rtol=1e-9)
    np.testing.assert_allclose(spread * made.path, made.spread, rtol=1e-9)


def test_spread_is_what_the_model_expects_shrunk_to_the_panel() -> None:
    changes = np.random.default_rng(1).normal(0.05, 0.02, size=(12, 15))
    origins = replay_origins(History(changes, 2000), Drift(LOG), horizon=1)
    last = origins.year == 2014
    expected = np.var(changes, axis=1, ddof=1) * (1 + 1 / 15)
    np.testing.assert_allclose(
        origins.spread[last], np.sqrt((15 * expected + PRIOR * np.median(expected)) / (15 + PRIOR))
    )


@given(cut=st.integers(8, 18), seed=st.integers(0, 20))
def test_nothing_after_the_cut_enters_the_reference_class(cut: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    cities, nation = rng.normal(0.08, 0.03, (15, 20)), History(rng.normal(0.08, 0.03, (1, 40)), 1979)
    altered = cities.copy()
    altered[:, cut:] = rng.normal(0.0, 1.0, altered[:, cut:].shape)
    year = 2000 + cut - 1
    one, two = (reference_class(History(each, 2000).until(year), nation, Drift(LOG), 2) for each in (cities, altered))
    np.testing.assert_array_equal(one.own, two.own)
    assert one.common_spread == two.common_spread


def test_common_errors_leave_the_own_part_centred() -> None:
    rng = np.random.default_rng(3)
    shock = rng.normal(0, 0.05, 20)
    cities = History(0.08 + shock + rng.normal(0, 0.01, (21, 20)), 2000)
    nation = History(np.full((1, 40), 0.08) + rng.normal(0, 0.01, (1, 40)), 1979)
    reference = reference_class(cities, nation, Naive(LOG), 1)
    years = np.array([origin for _, origin in reference.own_key])
    for year in np.unique(years):
        assert np.median(reference.own[years == year, 0]) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("passes", [0.5, 1.0])
def test_the_common_spread_is_the_nation_s_times_what_passes_through(passes: float) -> None:
    rng = np.random.default_rng(8)
    shocks = rng.normal(0, 0.04, 40)
    nation = History(0.08 + shocks[None, :], 1979)
    size = [
        common_spread(History(np.tile(part * shocks[21:], (15, 1)), 2000), nation, Drift(LOG)) for part in (1.0, passes)
    ]
    assert size[1] / size[0] == pytest.approx(passes, rel=1e-6)
    assert size[0] == pytest.approx(np.sqrt(np.mean(shocks[-10:] ** 2)), rel=0.3)


@given(n=st.integers(1, 30), m=st.integers(1, 30))
def test_enumeration_holds_every_pair_once(n: int, m: int) -> None:
    own, common = np.arange(n, dtype=float)[:, None], 1000.0 * np.arange(m)[:, None]
    combined = combine(own, common)[:, 0]
    assert len(np.unique(combined)) == n * m == len(combined)


def test_too_many_pairs_are_thinned_evenly_and_always_alike() -> None:
    own, common = np.zeros((400, 1)), np.arange(1500.0)[:, None]
    combined = combine(own, common)
    assert LIMIT / 2 < len(combined) <= LIMIT
    assert np.mean(combined) == pytest.approx(np.mean(common), rel=0.01)
    np.testing.assert_array_equal(combined, combine(own, common))


def test_own_spread_of_a_short_series_is_the_panel_s() -> None:
    assert own_spread(np.array([0.1]), default_model("account"), typical=0.02) == pytest.approx(0.02)


def test_the_city_is_left_out_of_its_own_reference_class(city: qd.Dataset) -> None:
    full = project(city, "gdp", 2027)
    levels = city.peers.cities.levels
    wild = {
        basis: {year: value * (1 + 0.3 * (year % 2)) for year, value in values.items()}
        for basis, values in levels["gdp"]["青岛"].items()
    }
    cities = replace(city.peers.cities, levels=levels | {"gdp": levels["gdp"] | {"青岛": wild}})
    altered = replace(city, peers=replace(city.peers, cities=cities))
    np.testing.assert_array_equal(full.paths, project(altered, "gdp", 2027).paths)


def test_the_fan_widens_with_time(city: qd.Dataset) -> None:
    projection = project(city, "gdp", 2030)
    widths = [np.log(projection.quantiles(year)[2] / projection.quantiles(year)[1]) for year in projection.years]
    assert all(later > earlier for earlier, later in pairwise(widths))


def test_services_in_2023_are_share_times_gdp(city: qd.Dataset) -> None:
    then = qd.load("qingdao", as_of="2023-03-31")
    projection = project(then, "va_tertiary", 2024)
    assert projection.years == (2022, 2023, 2024)
    gdp_2022 = then.value("gdp", 2022)
    assert gdp_2022 is not None and gdp_2022.value is not None
    assert (projection.at(2022) < gdp_2022.value).all()
    assert 0.5 < np.median(projection.at(2022)) / gdp_2022.value < 0.7


def test_paths_are_read_only(city: qd.Dataset) -> None:
    with pytest.raises(ValueError, match="read-only"):
        project(city, "gdp", 2026).paths[0, 0] = 1.0


def test_an_indicator_without_peers_is_refused(city: qd.Dataset) -> None:
    with pytest.raises(NotAvailable, match=r"too few|no peers"):
        project(city, "technology_contract_turnover", 2027)


def test_a_published_year_is_refused(city: qd.Dataset) -> None:
    with pytest.raises(NotAvailable, match="published up to"):
        project(city, "gdp", 2025)


def test_the_same_call_gives_the_same_paths(city: qd.Dataset) -> None:
    again = qd.load("qingdao", as_of=dt.date(2026, 4, 30))
    np.testing.assert_array_equal(project(city, "gdp", 2028).paths, project(again, "gdp", 2028).paths)


def test_a_declared_break_shortens_the_window_and_says_so(city: qd.Dataset) -> None:
    declared = replace(city.indicators["gdp"], regime_since=2015)
    short = project(replace(city, indicators={**city.indicators, "gdp": declared}), "gdp", 2026)
    assert short.regime is not None
    assert short.regime.kind == "declared"
    assert "window shortened to 2015-2025" in short.regime.reason
    assert short.regime.kept == 11
    assert not np.array_equal(short.at(2026), project(city, "gdp", 2026).at(2026))


def test_a_detected_break_is_told_and_acted_on_only_when_asked(city: qd.Dataset) -> None:
    told = project(city, "gdp", 2026)
    assert told.regime is not None
    assert told.regime.kind == "none"
    assert "not acted on" in told.regime.reason
    acted = project(city, "gdp", 2026, WithinRegime(default_model("account")))
    assert acted.regime is not None
    assert acted.regime.kind == "detected"
    assert acted.regime.dropped > 0
