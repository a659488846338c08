"""Vintages: nothing later changes a verdict, and levels of two bases never meet unasked."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qdecon as qd
from qdecon.data import Dataset, known
from qdecon.data.peers import Panel, last_known_year

ALL = qd.load("qingdao", as_of="2099-12-31")
FIRST, LAST = ALL.plan.published, max(item.known for item in ALL.observations)
DATES = sorted({item.known for item in ALL.observations if item.known >= FIRST} | {FIRST})


def altered_after(date: dt.date) -> Dataset:
    """The same data with every figure published after a date made absurd, and half of them removed."""
    observations = tuple(
        replace(item, value=None if item.value is None else 7 * item.value + 1) if item.known > date else item
        for number, item in enumerate(ALL.observations)
        if item.known <= date or number % 2
    )
    last = last_known_year(date)

    def absurd(panel: Panel) -> Panel:
        levels = {
            name: {
                place: {
                    basis: {year: value if year <= last else 3 * value for year, value in years.items()}
                    for basis, years in bases.items()
                }
                for place, bases in places.items()
            }
            for name, places in panel.levels.items()
        }  # fmt: skip
        return replace(panel, levels=levels)

    peers = ALL.peers
    peers = replace(peers, cities=absurd(peers.cities), provinces=absurd(peers.provinces), nation=absurd(peers.nation))
    return replace(ALL, observations=observations, peers=peers)


def same_verdicts_whatever_came_later(date: dt.date) -> None:
    one, two = qd.scorecard(known(ALL, date)), qd.scorecard(known(altered_after(date), date))
    assert one.to_records() == two.to_records()


@settings(max_examples=12, deadline=None, derandomize=True)
@given(date=st.dates(FIRST, LAST))
def test_no_figure_published_later_changes_a_verdict(date: dt.date) -> None:
    same_verdicts_whatever_came_later(date)


@pytest.mark.soak
@pytest.mark.parametrize("date", DATES, ids=str)
def test_no_figure_published_later_changes_a_verdict_on_any_release_date(date: dt.date) -> None:
    same_verdicts_whatever_came_later(date)
    same_verdicts_whatever_came_later(max(FIRST, date - dt.timedelta(days=1)))


def test_the_guard_itself_notices_a_leak() -> None:
    date = dt.date(2023, 3, 31)
    leaking = replace(known(altered_after(date), dt.date(2099, 1, 1)), as_of=date)
    assert qd.scorecard(leaking).to_records() != qd.scorecard(known(ALL, date)).to_records()


def test_both_levels_of_gdp_2018_are_there() -> None:
    city = qd.load("qingdao")
    values = {basis: item.value for (year, basis), item in city.annual("gdp").items() if year == 2018}
    assert values == {"census3": 12001.52, "census4": 10949.38}


def test_a_series_stands_on_one_basis_and_says_what_was_cut() -> None:
    city = qd.load("qingdao")
    series = city.series("gdp")
    assert series.attrs["basis"] == "census5"
    assert list(series.index.year) == [2024, 2025]
    assert "another basis" in series.attrs["cut"]
    assert 12001.52 not in city.series("gdp", basis="census4").to_numpy()


def test_no_growth_is_formed_across_two_bases() -> None:
    city = qd.load("qingdao")
    levels = {(year, basis): item.value or 0 for (year, basis), item in city.annual("gdp").items()}
    allowed = {
        round(value / levels[year - 1, basis] - 1, 12)
        for (year, basis), value in levels.items()
        if (year - 1, basis) in levels
    }
    for step in city.growth_steps("gdp"):
        assert step.derived or round(step.value, 12) in allowed
    growth = city.growth("gdp")["growth"]
    assert growth["2019"] == pytest.approx(11741.31 / 10949.38 - 1)


def test_the_splice_year_is_real_growth_times_the_province_s_deflator() -> None:
    city = qd.load("qingdao")
    step = next(step for step in city.growth_steps("gdp") if step.year == 2024)
    deflator = city.peers.deflator("山东", 2024)
    assert deflator == pytest.approx(-0.011, abs=5e-4)
    assert step.derived
    assert step.value == pytest.approx(1.057 * (1 + (deflator or 0)) - 1)
    assert step.value == pytest.approx(0.046, abs=1e-3)
    assert step.value < 16719.46 / 15760.34 - 1


def test_an_imprecise_date_counts_as_its_end_and_a_missing_one_is_flagged() -> None:
    for item in ALL.observations:
        if item.published and len(item.published) == 7:
            assert item.known.day >= 28
        if item.published and len(item.published) == 4:
            assert (item.known.month, item.known.day) == (12, 31)
        assert item.assumed == (not item.published)


def test_rejected_and_conflicting_figures_are_kept_and_never_read() -> None:
    city = qd.load("qingdao")
    unused = [item for item in ALL.observations if item.use in ("rejected", "conflict")]
    assert len([item for item in unused if item.use == "rejected"]) >= 3
    for item in unused:
        assert item.note
        chosen = city.value(item.indicator, item.year, item.basis or None) if item.period.part == "year" else None
        assert chosen is None or (chosen.source, chosen.row) != (item.source, item.row)


def test_a_census_vintage_is_never_known_before_the_census() -> None:
    for item in ALL.observations:
        if item.vintage == "census4" and item.assumed:
            assert item.known >= dt.date(2020, 3, 31)
