"""Coherent accounts: sums, order and prices hold in every outcome; planted movements and bounds come back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qdecon as qd
from qdecon.data import Panel, known
from qdecon.data.peers import last_known_year
from qdecon.errors import NotAvailable, UnknownName
from qdecon.models import PER_CENT, default_model
from qdecon.projection import moved, project
from qdecon.projection.accounts import Accounts, project_accounts
from qdecon.projection.events import chance, reaches
from tests.test_another_plan import INDICATOR, TARGET, town

ALL = qd.load("qingdao", as_of="2099-12-31")
CITY = qd.load("qingdao")
EXACT = {"rtol": 1e-12, "atol": 0.0}


@pytest.fixture(scope="module")
def accounts() -> Accounts:
    return project_accounts(CITY, 2028)


def adds_up(made: Accounts, latest_gdp: float) -> None:
    items = made.items
    for array in (*items.values(), made.real_growth, made.deflator):
        assert array is None or (np.isfinite(array).all() and array.shape == (len(made.gdp), len(made.years)))
    if "va_secondary" in items:
        sectors = items["va_primary"] + items["va_secondary"] + items["va_tertiary"]
        np.testing.assert_allclose(sectors, made.gdp, **EXACT)
    nested = [name for name in ("va_secondary", "va_industry", "va_manufacturing") if name in items]
    for outer, inner in pairwise(nested):
        assert (items[inner] < items[outer]).all()
    assert all((levels > 0).all() for levels in items.values())
    if made.real_growth is not None and made.deflator is not None:
        before = np.concatenate([np.full((len(made.gdp), 1), latest_gdp), made.gdp[:, :-1]], axis=1)
        np.testing.assert_allclose((1 + made.real_growth) * (1 + made.deflator), made.gdp / before, **EXACT)
    for part in items:
        for whole in items:
            np.testing.assert_allclose(made.share(part, whole) * items[whole], items[part], **EXACT)


@settings(max_examples=8)
@given(date=st.dates(ALL.plan.published, CITY.as_of), ahead=st.integers(1, 4))
def test_everything_adds_up_on_any_date_and_horizon(date: dt.date, ahead: int) -> None:
    city = known(ALL, date)
    latest = city.latest("gdp")
    assert latest is not None and latest.value is not None
    try:
        project(city, "gdp", latest.year + ahead)
    except NotAvailable:  # in February and March 2025 the price of 2024 was not known, and neither was nominal growth
        with pytest.raises(NotAvailable, match="gdp has too few"):
            project_accounts(city, latest.year + ahead)
        return
    made = project_accounts(city, latest.year + ahead)
    assert made.years == tuple(range(latest.year + 1, latest.year + ahead + 1))
    adds_up(made, latest.value)


def test_gdp_is_the_projection_of_gdp_outcome_by_outcome(accounts: Accounts) -> None:
    alone = project(CITY, "gdp", 2028)
    np.testing.assert_array_equal(accounts.gdp, alone.paths)
    assert accounts.projection("gdp").quantiles(2028) == alone.quantiles(2028)


def test_all_items_are_there_and_start_at_what_was_published(accounts: Accounts) -> None:
    assert dict(accounts.missing) == {}
    published = {"share_primary": 2.9, "share_secondary": 33.5, "share_tertiary": 63.6}
    for name, value in published.items():
        assert accounts.projection(name).quantiles(2026)[0] == pytest.approx(value, abs=1.0)
    assert accounts.projection("gdp_growth_real").quantiles(2026)[0] == pytest.approx(5.4, abs=1.0)
    bound = accounts.conditions["va_manufacturing < va_industry up to 2023"]
    assert 0.5 < bound < 1


def test_a_projection_is_in_the_unit_of_its_indicator(accounts: Accounts) -> None:
    share = accounts.projection("manufacturing_share")
    np.testing.assert_allclose(share.paths, 100 * accounts.share("va_manufacturing"), **EXACT)
    assert share.indicator == "manufacturing_share"
    frame = accounts.to_frame()
    assert list(frame.columns) == ["median", "lo80", "hi80", "lo95", "hi95"]
    assert tuple(frame.loc[("manufacturing_share", 2027)]) == share.quantiles(2027)
    assert set(frame.index.get_level_values("indicator")) == set(accounts.indicators)


def test_joint_events_come_from_one_object(accounts: Accounts) -> None:
    gdp = reaches(accounts.projection("gdp"), 2028, 20_000.0)
    services = reaches(accounts.projection("va_tertiary"), 2028, 13_000.0)
    assert max(0.0, chance(gdp) + chance(services) - 1) < chance(gdp, services) < min(chance(gdp), chance(services))
    assert chance(gdp, services) > chance(gdp) * chance(services)  # a part rises with its whole


def test_the_fan_of_a_share_widens_with_time(accounts: Accounts) -> None:
    for name in ("share_tertiary", "share_industry", "manufacturing_share"):
        made = accounts.projection(name)
        widths = [made.quantiles(year)[2] - made.quantiles(year)[1] for year in made.years]
        assert widths == sorted(widths)


def test_arrays_and_mappings_are_read_only(accounts: Accounts) -> None:
    for array in (*accounts.items.values(), accounts.real_growth, accounts.deflator):
        assert array is not None
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1.0
    with pytest.raises(TypeError):
        accounts.items["gdp"] = accounts.gdp  # type: ignore[index]


def test_the_same_call_gives_the_same_outcomes_and_another_seed_others(accounts: Accounts) -> None:
    same, other = project_accounts(CITY, 2028), project_accounts(CITY, 2028, seed=1)
    for name, levels in accounts.items.items():
        np.testing.assert_array_equal(levels, same.items[name])
    assert (other.items["va_tertiary"] != accounts.items["va_tertiary"]).any()
    np.testing.assert_array_equal(other.gdp, accounts.gdp)
    for name in ("share_tertiary", "manufacturing_share", "gdp_growth_real"):  # the seed moves no quantile by much
        near = np.abs(np.subtract(other.projection(name).quantiles(2028), accounts.projection(name).quantiles(2028)))
        assert near.max() < 0.1


def changed(panel: Panel, change: Callable[[str, str, int, float], float]) -> Panel:
    """A panel with every level passed through ``change(indicator, place, year, value)``."""
    levels = {
        name: {
            place: {
                basis: {year: change(name, place, year, value) for year, value in years.items()}
                for basis, years in bases.items()
            }
            for place, bases in places.items()
        }
        for name, places in panel.levels.items()
    }  # fmt: skip
    return replace(panel, levels=levels)


def equal(one: Accounts, two: Accounts) -> None:
    assert one.items.keys() == two.items.keys()
    for name, levels in one.items.items():
        np.testing.assert_array_equal(levels, two.items[name])
    for growth, other in ((one.real_growth, two.real_growth), (one.deflator, two.deflator)):
        assert (growth is None) == (other is None)
        if growth is not None and other is not None:
            np.testing.assert_array_equal(growth, other)


def test_the_city_and_its_province_are_left_out_of_their_own_classes(accounts: Accounts) -> None:
    def wild(name: str, place: str, year: int, value: float) -> float:
        if place not in ("青岛", "山东") or name == "gdp_index" or (place == "山东" and name == "gdp"):
            return value
        return value * (1 + 0.2 * (year % 2) * len(name) / 12)

    peers = replace(CITY.peers, cities=changed(CITY.peers.cities, wild), provinces=changed(CITY.peers.provinces, wild))
    equal(accounts, project_accounts(replace(CITY, peers=peers), 2028))


@pytest.mark.parametrize("date", [dt.date(2023, 3, 31), dt.date(2024, 12, 31)])
def test_nothing_published_later_enters(date: dt.date) -> None:
    last = last_known_year(date)

    def absurd(name: str, place: str, year: int, value: float) -> float:
        return value if year <= last else 3 * value + 1

    observations = tuple(
        replace(item, value=None if item.value is None else 7 * item.value + 1) if item.known > date else item
        for item in ALL.observations
    )
    peers = ALL.peers
    peers = replace(
        peers,
        cities=changed(peers.cities, absurd),
        provinces=changed(peers.provinces, absurd),
        nation=changed(peers.nation, absurd),
        countries=changed(peers.countries, absurd),
    )
    year = date.year + 1
    one = project_accounts(known(ALL, date), year)
    equal(one, project_accounts(known(replace(ALL, observations=observations, peers=peers), date), year))


def test_in_march_2023_industry_had_no_figure_and_what_came_lay_inside() -> None:
    made = project_accounts(qd.load("qingdao", as_of="2023-03-31"), 2024)
    assert made.missing == {"va_industry": "va_industry and va_secondary were never published together"}
    assert (made.items["va_manufacturing"] < made.items["va_secondary"]).all()
    with pytest.raises(NotAvailable, match="never published together"):
        made.share("va_industry")
    came = {"va_primary": 492.75, "va_secondary": 5268.39, "va_tertiary": 9999.20, "gdp_growth_real": 5.9}
    for name, value in came.items():
        _, _, _, low, high = made.projection(name).quantiles(2023)
        assert low < value < high


def test_an_unknown_item_is_told_the_known_ones(accounts: Accounts) -> None:
    for ask in (accounts.share, accounts.projection):
        with pytest.raises(UnknownName, match="va_manufacturing"):
            ask("va_fishing")


def test_the_share_model_and_its_errors_live_on_one_scale() -> None:
    move, _ = moved(default_model("share"), np.full((1, 10), 0.02), 3, PER_CENT)
    np.testing.assert_allclose(move, [[0.01, 0.02, 0.03]], rtol=1e-3)  # half-way between no change and drift


@pytest.mark.parametrize("sign", [1, -1])
def test_a_planted_link_between_gdp_and_services_comes_back(sign: int) -> None:
    cities = CITY.peers.cities
    gdp = cities.levels["gdp"]

    def tied(name: str, place: str, year: int, value: float) -> float:
        if name != "va_tertiary" or year not in gdp[place].get("annual2019", {}):
            return value
        whole = gdp[place]["annual2019"][year]
        return whole / (1 + np.exp(-sign * np.log(whole / 5000)))

    made = project_accounts(replace(CITY, peers=replace(CITY.peers, cities=changed(cities, tied))), 2026)
    share = made.share("va_tertiary")[:, 0]
    link = np.corrcoef(np.log(made.gdp[:, 0]), np.log(share / (1 - share)))[0, 1]
    assert 0.1 < sign * link < 0.9  # GDP's errors of years without sectors are joined with any city's


@pytest.mark.parametrize(("fixed", "free"), [("deflator", "real_growth"), ("real_growth", "deflator")])
def test_a_nation_without_price_errors_or_without_volume_errors_gives_none(fixed: str, free: str) -> None:
    indicator = {"deflator": "gdp_deflator_growth", "real_growth": "gdp_growth_real"}[fixed]

    def still(name: str, place: str, year: int, value: float) -> float:
        return 2.0 if name == indicator else value

    nation = changed(CITY.peers.nation, still)
    made = project_accounts(replace(CITY, peers=replace(CITY.peers, nation=nation)), 2026)
    assert np.std(getattr(made, fixed)) < 0.4 * np.std(getattr(made, free))
    usual = project_accounts(CITY, 2026)
    assert np.std(getattr(made, fixed)) < 0.4 * np.std(getattr(usual, fixed))


def with_industry(value: float) -> qd.Dataset:
    """Qingdao, had its industry of 2023 been another figure."""
    observations = tuple(
        replace(item, value=value) if item.indicator == "va_industry" and item.usable else item
        for item in CITY.observations
    )
    return replace(CITY, observations=observations)


def test_a_lower_ceiling_pushes_manufacturing_down(accounts: Accounts) -> None:
    low = project_accounts(with_industry(3700.0), 2028)
    (kept,) = low.conditions.values()
    assert kept < accounts.conditions["va_manufacturing < va_industry up to 2023"]
    assert (low.items["va_manufacturing"] < low.items["va_industry"]).all()
    for year in low.years:
        middle = low.projection("manufacturing_share").quantiles(year)[0]
        assert middle < accounts.projection("manufacturing_share").quantiles(year)[0]
    np.testing.assert_array_equal(low.items["va_tertiary"], accounts.items["va_tertiary"])


def test_a_ceiling_that_hardly_any_outcome_respects_is_refused() -> None:
    with pytest.raises(NotAvailable, match="va_manufacturing < va_industry up to 2023"):
        project_accounts(with_industry(500.0), 2026)


def test_a_town_without_sectors_has_gdp_only(tmp_path: Path) -> None:
    indicator = INDICATOR.format(id="gdp", unit="亿元", kind="level", more="based = true")
    target = TARGET.format(
        id="a1", indicator="gdp", measure="level", comparator="at_least", value=1000, unit="亿元", more=""
    )
    rows = [
        f"gdp,{year},{500 * 1.06 ** (year - 2012):.2f},亿元,new,first,{year + 1}-02-01,official,,yes,doc,原话,"
        for year in range(2012, 2022)
    ]
    made = project_accounts(qd.load(town(tmp_path, indicator, target, rows)), 2023)
    assert (list(made.items), made.indicators, made.real_growth, made.deflator) == (["gdp"], ("gdp",), None, None)
    assert {"va_tertiary", "va_secondary", "va_manufacturing", "gdp_growth_real"} <= made.missing.keys()
    assert len(made.to_frame()) == 2


def test_a_published_year_is_refused() -> None:
    with pytest.raises(NotAvailable, match="published up to"):
        project_accounts(CITY, 2025)


def test_the_accounts_start_from_what_was_published_and_add_up_there_too() -> None:
    city = qd.load("qingdao")
    start = project_accounts(city, 2027).start
    for name in ("gdp", "va_primary", "va_secondary", "va_tertiary"):
        published = city.latest(name)
        assert published is not None and published.year == 2025
        assert start[name] == pytest.approx(published.value, rel=1e-9)
    assert (start["va_manufacturing"] < start["va_industry"]).all()
    assert (start["va_industry"] < start["va_secondary"]).all()
