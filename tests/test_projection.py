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
from qdecon.models import FullDrift, Naive, default_model
from qdecon.projection import LIMIT, combine, own_spread, project, reference_class, replay_origins


@pytest.fixture(scope="module")
def city() -> qd.Dataset:
    return qd.load("qingdao")


def test_errors_are_actual_minus_projected_and_stop_at_a_gap() -> None:
    changes = np.array([[0.1, 0.1, 0.1, 0.1, 0.1, 0.2, np.nan, 0.1]])
    origins = replay_origins(changes, 2000, Naive(), horizon=2, fewest=5)
    at_2004 = origins.year == 2004
    np.testing.assert_allclose(origins.errors[at_2004, 0], 0.2)
    assert np.isnan(origins.errors[at_2004, 1]).all()
    assert 2006 not in origins.year


def test_spread_is_the_root_mean_square_of_known_one_step_errors_shrunk_to_the_panel() -> None:
    rng = np.random.default_rng(1)
    changes = rng.normal(0.05, 0.02, size=(12, 15))
    origins = replay_origins(changes, 2000, FullDrift(), horizon=1)
    last = origins.year == 2014
    one_step = np.array([[row[end] - row[:end].mean() for end in range(2, 15)] for row in changes])
    squares, count = (one_step**2).sum(axis=1), one_step.shape[1]
    typical = np.median(squares / count)
    np.testing.assert_allclose(origins.spread[last], np.sqrt((squares + 5 * typical) / (count + 5)))


@given(cut=st.integers(8, 18), seed=st.integers(0, 50))
def test_nothing_after_the_cut_enters_the_reference_class(cut: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    cities, nation = rng.normal(0.08, 0.03, (15, 20)), rng.normal(0.08, 0.03, (1, 40))
    altered = cities.copy()
    altered[:, cut:] = rng.normal(0.0, 1.0, altered[:, cut:].shape)
    one = reference_class(cities[:, :cut], 2000, nation, 1979, FullDrift(), 2)
    two = reference_class(altered[:, :cut], 2000, nation, 1979, FullDrift(), 2)
    np.testing.assert_array_equal(one.own, two.own)


def test_common_errors_leave_the_own_part_centred() -> None:
    rng = np.random.default_rng(3)
    shock = rng.normal(0, 0.05, 20)
    cities = 0.08 + shock + rng.normal(0, 0.01, (21, 20))
    reference = reference_class(cities, 2000, np.full((1, 40), 0.08) + rng.normal(0, 0.01, (1, 40)), 1979, Naive(), 1)
    years = np.array([origin for _, origin in reference.own_key])
    for year in np.unique(years):
        assert np.median(reference.own[years == year, 0]) == pytest.approx(0.0, abs=1e-12)


@given(n=st.integers(1, 30), m=st.integers(1, 30))
def test_enumeration_holds_every_pair_once(n: int, m: int) -> None:
    own, common = np.arange(n, dtype=float)[:, None], 1000.0 * np.arange(m)[:, None]
    combined = combine(own, common)[:, 0]
    assert len(np.unique(combined)) == n * m == len(combined)


def test_too_many_pairs_need_a_seed_and_then_repeat() -> None:
    own = np.arange(400.0)[:, None]
    with pytest.raises(NotAvailable, match="seed"):
        combine(own, own)
    assert len(combine(own, own, seed=7)) == LIMIT
    np.testing.assert_array_equal(combine(own, own, seed=7), combine(own, own, seed=7))


def test_own_spread_of_a_short_series_is_the_panel_s() -> None:
    assert own_spread(np.array([0.1]), default_model("level"), typical=0.02) == pytest.approx(0.02)


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
