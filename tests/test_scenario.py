"""Scenarios: what is assumed holds exactly, what is not goes as the model says, and everything adds up."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qdecon as qd
from qdecon.errors import NotAvailable, UnknownName
from qdecon.plan import Bilingual
from qdecon.projection import Accounts, project_accounts
from qdecon.scenario import (
    LEVERS,
    SHAPES,
    Assumption,
    Scenario,
    Shock,
    ahead,
    as_in,
    assess_under,
    compare,
    elasticity,
    outcome,
    phased_in,
    rank_levers,
    required,
    run,
    sweep,
)
from qdecon.scenario.record import RIVALS

CITY = qd.load("qingdao")
BASE = project_accounts(CITY, 2028)
NAME = Bilingual("假定", "assumed")
FEW = settings(max_examples=15)


def made(*assumptions: Assumption, shocks: tuple[Shock, ...] = (), first: int = 2026) -> Scenario:
    return Scenario("planted", NAME, first, assumptions, shocks)


def industry(outgrowth: float, price: float) -> tuple[Assumption, Assumption]:
    return Assumption("manufacturing_outgrowth", (outgrowth,)), Assumption("manufacturing_price", (price,))


def applied(base: Accounts, scenario: Scenario) -> Accounts:
    return outcome.applied(base, scenario, CITY)


def odds(share: np.ndarray) -> np.ndarray:
    return np.log(share / (1 - share))


@pytest.mark.parametrize("name", ["t03", "t06", "t06-2027", "t06-2028", "t06-2030", "t10"])
def test_a_scenario_without_assumptions_is_the_verdict_itself(name: str) -> None:
    assert assess_under(CITY, made(), name).to_record() == qd.assess(CITY, name).to_record()


def test_assuming_nothing_about_growth_leaves_gdp_as_it_was() -> None:
    under = run(CITY, made(*industry(1.0, 0.5)), 2028)
    assert np.array_equal(under.gdp, BASE.gdp)
    for year in (2027, 2028):
        assert assess_under(CITY, made(*industry(1.0, 0.5)), f"t06-{year}").probability == pytest.approx(
            qd.assess(CITY, f"t06-{year}").probability, abs=1e-12
        )


@FEW
@given(real=st.floats(-5, 12), price=st.floats(-4, 6))
def test_a_fixed_path_of_growth_and_prices_holds_in_every_outcome(real: float, price: float) -> None:
    under = applied(BASE, made(Assumption("real_growth", (real,)), Assumption("deflator", (price,))))
    path = 17560.67 * ((1 + real / 100) * (1 + price / 100)) ** np.arange(1, 4)
    assert np.abs(under.gdp / path - 1).max() < 1e-12


@FEW
@given(outgrowth=st.floats(-3, 3), price=st.floats(-3, 3), services=st.floats(-2, 2))
def test_the_parts_add_up_and_stay_in_order_in_every_outcome(outgrowth: float, price: float, services: float) -> None:
    services_too = Assumption("services_outgrowth", (services,)), Assumption("services_price", (0.0,))
    under = applied(BASE, made(*industry(outgrowth, price), *services_too, Assumption("real_growth", (4.0,))))
    sectors = sum(under.items[name] for name in ("va_primary", "va_secondary", "va_tertiary"))
    assert np.abs(sectors / under.gdp - 1).max() < 1e-12
    assert (under.items["va_manufacturing"] < under.items["va_industry"]).all()
    assert (under.items["va_industry"] < under.items["va_secondary"]).all()


@FEW
@given(outgrowth=st.floats(-5, 5), price=st.floats(-5, 5))
def test_outgrowth_and_relative_price_sum_to_the_change_of_the_log_odds(outgrowth: float, price: float) -> None:
    under = applied(BASE, made(*industry(outgrowth, price)))
    share = under.share("va_manufacturing")
    first = odds(BASE.start["va_manufacturing"] / BASE.start["gdp"])
    moved = np.diff(odds(share), axis=1, prepend=first[:, None])
    assert np.abs(100 * moved - (outgrowth + price)).max() < 1e-8


def test_what_no_lever_touches_keeps_its_share_of_the_rest() -> None:
    under = applied(BASE, made(*industry(2.0, 0.0)))
    for name in ("va_primary", "va_tertiary"):
        kept = [each.items[name] / (each.gdp - each.items["va_manufacturing"]) for each in (BASE, under)]
        assert np.abs(kept[1] / kept[0] - 1).max() < 1e-12


@FEW
@given(
    low=st.floats(-5, 15),
    more=st.floats(0, 10),
    lever=st.sampled_from(["real_growth", "deflator", "nominal_growth", "nation_growth", "province_growth"]),
)
def test_more_growth_never_lowers_the_chance_of_a_level(low: float, more: float, lever: str) -> None:
    levels = [applied(BASE, made(Assumption(lever, (each,)))).gdp[:, -1] for each in (low, low + more)]
    assert (levels[1] >= levels[0]).all() or lever.startswith(("nation", "province"))  # an elasticity may be below 0
    assert np.mean(levels[1] > 20000) >= np.mean(levels[0] > 20000)


def test_a_spread_is_the_80_per_cent_interval_and_keeps_its_rank_over_the_years() -> None:
    under = applied(BASE, made(Assumption("real_growth", (5.0,), spread=2.0)))
    assert under.real_growth is not None
    assert np.quantile(100 * under.real_growth[:, 0], [0.1, 0.5, 0.9]) == pytest.approx([3, 5, 7], abs=1e-3)
    assert np.array_equal(under.real_growth[:, 0], under.real_growth[:, 2])
    again = applied(BASE, made(Assumption("real_growth", (5.0,), spread=2.0)))
    assert np.array_equal(under.gdp, again.gdp)


@given(fall=st.floats(0, 20), recovery=st.floats(0, 1), late=st.integers(0, 4))
def test_a_shock_is_made_up_at_its_speed(fall: float, recovery: float, late: int) -> None:
    years = tuple(range(2026, 2036))
    lost = np.cumsum(Shock(2026 + late, fall, recovery).effect(years))
    assert lost[:late] == pytest.approx(np.zeros(late))
    assert lost[late:] == pytest.approx(-fall * (1 - recovery) ** np.arange(10 - late), abs=1e-9)


def test_a_shock_before_the_first_year_goes_on_recovering() -> None:
    whole = np.cumsum(Shock(2025, 4.0, 0.5).effect(tuple(range(2024, 2030))))
    later = np.cumsum(Shock(2025, 4.0, 0.5).effect(tuple(range(2027, 2030))))
    assert later == pytest.approx(whole[3:] - whole[2])


def test_years_that_are_published_already_are_passed_over() -> None:
    early = made(Assumption("real_growth", (99.0 / 2, 5.0, 4.0)), first=2025)
    assert np.array_equal(applied(BASE, early).gdp, applied(BASE, made(Assumption("real_growth", (5.0, 4.0)))).gdp)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("target", "lever"), [("t06-2028", "real_growth"), ("t06-2027", "deflator"), ("t06-2027", "nation_growth")]
)
def test_what_is_required_gives_the_wanted_chance(target: str, lever: str, shape: str) -> None:
    found = required(CITY, target, lever, by=0.7, shape=shape)
    scenario = made(Assumption(lever, found.values), first=found.years[0])
    assert found.feasible
    assert assess_under(CITY, scenario, target).probability == pytest.approx(0.7, abs=0.005)
    assert found.sentence.en and found.sentence.zh
    assert found.precedent is not None and 0 < found.precedent.hits < found.precedent.cases


def test_a_share_is_solved_for_with_its_price_held_still() -> None:
    found = required(CITY, "t03", "manufacturing_outgrowth", by=0.5)
    assert found.feasible and found.values[0] > 5  # points in one year: out of the ordinary
    assert "relative price held at nought" in found.sentence.en
    scenario = made(*industry(found.values[0], 0.0))
    assert assess_under(CITY, scenario, "t03").probability == pytest.approx(0.5, abs=0.005)


def test_what_cannot_be_is_said() -> None:
    tiny = replace(CITY.plan.target("t06"), value=1e9)
    plan = replace(CITY.plan, targets=tuple(tiny if each.id == "t06" else each for each in CITY.plan.targets))
    found = required(replace(CITY, plan=plan), "t06", "real_growth")
    assert not found.feasible and "no path" in found.sentence.en


def test_scenarios_side_by_side_are_each_what_they_are_alone() -> None:
    fast = replace(made(Assumption("real_growth", (6.0,))), id="fast")
    comparison = compare(CITY, [made(), fast], ["t06-2027", "t06-2028"])
    table = comparison.to_frame("en").set_index(["target", "scenario"])
    for target in ("t06-2027", "t06-2028"):
        for scenario in (made(), fast):
            alone = assess_under(CITY, scenario, target)
            assert table.loc[(target, scenario.id), "probability"] == pytest.approx(alone.probability, abs=1e-12)
            assert table.loc[(target, scenario.id), "status"] == alone.status


def test_a_map_rises_with_both_levers_and_its_frontier_is_the_arithmetic() -> None:
    made_map = sweep(CITY, "t06-2028", ("real_growth", np.arange(2.0, 7.0)), ("deflator", np.arange(-3.0, 4.0, 0.5)))
    assert (np.diff(made_map.chances, axis=0) >= 0).all()
    assert (np.diff(made_map.chances, axis=1) >= 0).all()
    table = made_map.to_frame()
    assert (table.index.name, table.columns.name) == ("deflator", "real_growth")
    for real, price in zip(made_map.across, made_map.frontier(0.5), strict=True):
        needed = 100 * ((20000 / 17560.67) ** (1 / 3) / (1 + real / 100) - 1)
        assert price is None or abs(price - needed) <= 0.5  # one step of the map


def test_a_map_of_uncertain_levers_goes_from_no_to_yes_by_degrees() -> None:
    levers = ("real_growth", (3.0, 4.0, 5.0, 6.0)), ("deflator", (-1.0, 0.0, 1.0))
    chances = sweep(CITY, "t06-2028", *levers, spread=1.0).chances
    assert ((chances > 0.02) & (chances < 0.98)).sum() >= 6
    assert (np.diff(chances, axis=0) > 0).all() and (np.diff(chances, axis=1) > 0).all()


def test_a_map_keeps_what_else_is_assumed() -> None:
    around = made(
        Assumption("deflator", (9.0,)), Assumption("services_outgrowth", (0.0,)), Assumption("services_price", (0.0,))
    )
    over = sweep(CITY, "t03", ("manufacturing_outgrowth", (0.0, 30.0)), ("real_growth", (4.0, 5.0)), around)
    assert over.chances[0, 0] < over.chances[0, 1]
    assert over.chances[0].tolist() == over.chances[1].tolist()  # a share does not depend on growth


@pytest.mark.parametrize(
    ("lever", "item"),
    [
        ("services_growth", "va_tertiary"),
        ("manufacturing_growth", "va_manufacturing"),
        ("primary_growth", "va_primary"),
    ],
)
def test_a_sector_grows_as_stated_and_the_rest_makes_room(lever: str, item: str) -> None:
    under = applied(BASE, made(Assumption(lever, (6.0, 4.0, 5.0))))
    path = np.cumprod([1.06, 1.04, 1.05])
    assert np.abs(under.items[item] / under.start[item][:, None] / path - 1).max() < 1e-12
    sectors = sum(under.items[name] for name in ("va_primary", "va_secondary", "va_tertiary"))
    assert np.abs(sectors / under.gdp - 1).max() < 1e-12
    assert all((under.items[name] > 0).all() for name in under.items)
    assert np.mean(under.gdp == BASE.gdp) > 0.999  # but for outcomes too small to hold that part


def test_producer_services_appear_where_their_path_is_stated_and_start_at_the_latest_published_share() -> None:
    under = run(CITY, made(Assumption("producer_outgrowth", (2.0,)), Assumption("producer_price", (1.0,))), 2028)
    published = CITY.partial("producer_services_share")[-1].value
    share = under.projection("producer_services_share").paths / 100
    assert np.allclose(odds(share), odds(np.array(published / 100)) + 0.03 * np.arange(1, 4), atol=1e-12)
    assert np.allclose(under.items["va_producer_services"], share * under.items["va_tertiary"], rtol=1e-12)
    assert "va_producer_services" not in BASE.items


def test_nominal_growth_leaves_real_growth_to_the_model_and_prices_take_the_rest() -> None:
    under = applied(BASE, made(Assumption("nominal_growth", (4.0,))))
    assert np.allclose(under.gdp, 17560.67 * 1.04 ** np.arange(1, 4), rtol=1e-12)
    assert under.real_growth is not None and under.deflator is not None and BASE.real_growth is not None
    assert np.allclose(under.real_growth, BASE.real_growth, rtol=0, atol=1e-12)
    assert np.allclose((1 + under.real_growth) * (1 + under.deflator), 1.04, rtol=1e-12)


def test_an_elasticity_is_that_of_least_squares_and_its_uncertainty_is_carried() -> None:
    made_by = elasticity(CITY, "nation_growth")
    own = {year: item.value for (year, _), item in CITY.annual("gdp_growth_real").items()}
    nation = CITY.peers.nation.levels["gdp_growth_real"][CITY.peers.nation.places[0]]
    known = {year: rate for rates in nation.values() for year, rate in rates.items()}
    x, y = (np.log1p(np.array([each[year] for year in made_by.years]) / 100) for each in (known, own))
    slope, constant = np.polyfit(x, y, 1)
    assert (made_by.elasticity, made_by.constant) == pytest.approx((slope, constant), rel=1e-9)
    under = applied(BASE, made(Assumption("nation_growth", (5.0,))))
    assert under.real_growth is not None
    logs = np.log1p(under.real_growth)
    expected = made_by.constant + made_by.elasticity * np.log1p(0.05)
    here = np.array([1, np.log1p(0.05)])
    variance = here @ made_by.covariance @ here + made_by.variance
    free = len(made_by.years) - 2
    assert logs[:, 0].mean() == pytest.approx(expected, abs=3e-4)
    assert logs[:, 0].var() == pytest.approx(variance * free / (free - 2), rel=0.05)  # Student's t with `free` degrees
    assert np.corrcoef(logs[:, 0], logs[:, 2])[0, 1] > 0  # one outcome, one pair of coefficients
    assert f"{made_by.elasticity:.2f}" in made_by.sentence.en and f"{made_by.error:.2f}" in made_by.sentence.zh


def test_as_in_another_city_is_what_its_figures_say() -> None:
    figures = {
        year: value
        for basis, values in sorted(CITY.peers.cities.levels["gdp"]["宁波"].items())
        for year, value in values.items()
        if "2026" in basis
    }
    (path,) = as_in(CITY, "Ningbo", 2021, 2023)
    assert path == as_in(CITY, "宁波", 2021, 2023)[0]
    grown = [100 * (figures[year] / figures[year - 1] - 1) for year in (2021, 2022, 2023)]
    assert path.lever == "nominal_growth" and path.values == pytest.approx(grown, rel=1e-9)
    nation = CITY.peers.nation.log_growth("gdp", range(2021, 2026))[0]
    (beyond,) = as_in(CITY, "Ningbo", 2021, 2023, "outgrowth")
    assert np.log1p(np.array(beyond.values) / 100) == pytest.approx(
        np.log1p(np.array(path.values) / 100) - nation[:3] + nation[-1], abs=1e-12
    )
    services, price = as_in(CITY, "杭州", 2012, 2015, "services")
    shares = CITY.peers.cities.shares("va_tertiary", "gdp", "杭州")
    basis = max(basis for basis, year in shares if year == 2015)
    moved = odds(np.array(shares[basis, 2015])) - odds(np.array(shares[basis, 2011]))
    assert sum(services.values) / 100 == pytest.approx(moved, abs=1e-12) and price.values == (0.0,)


def test_a_phase_in_goes_in_equal_steps_and_stays() -> None:
    assert phased_in("deflator", -1.0, 1.0, 5).path(7).tolist() == [-1, -0.5, 0, 0.5, 1, 1, 1]
    assert phased_in("deflator", -1.0, 1.0, 1).values == (1.0,)


def test_levers_are_ranked_by_what_they_do() -> None:
    ranking = rank_levers(CITY, "t06-2028")
    assert [each.size for each in ranking.swings] == sorted((each.size for each in ranking.swings), reverse=True)
    assert ranking.probability == pytest.approx(qd.assess(CITY, "t06-2028").probability, abs=1e-12)
    for swing in ranking.swings[:2]:
        for value, chance in ((swing.low, swing.at_low), (swing.high, swing.at_high)):
            alone = assess_under(CITY, made(Assumption(swing.lever, (value,))), "t06-2028")
            assert alone.probability == pytest.approx(chance, abs=1e-12)
    assert LEVERS[ranking.swings[0].lever].name.en in ranking.sentence.en
    stated = rank_levers(CITY, "t06-2028", made(Assumption("deflator", (0.0,))))
    assert "deflator" not in [each.lever for each in stated.swings]
    nominal = rank_levers(CITY, "t03", made(Assumption("nominal_growth", (5.0,))))
    assert {each.lever for each in nominal.swings} == {"manufacturing_outgrowth", "services_outgrowth"}
    driven = rank_levers(CITY, "t06-2028", made(Assumption("nation_growth", (5.0,))))
    assert "real_growth" not in [each.lever for each in driven.swings]
    assert all(each.size == 0 for each in ranking.swings if each.lever.endswith("outgrowth"))


@given(st.sampled_from([pair for group in RIVALS for pair in pairwise(group)]))
def test_what_sets_the_same_thing_gives_way(pair: tuple[str, str]) -> None:
    first, second = (Assumption(lever, (1.0,)) for lever in pair)
    levers = [each.lever for each in made().assuming(first).assuming(second).assumptions]
    assert second.lever in levers and first.lever not in levers


def test_only_targets_ahead_can_be_judged_under_a_scenario() -> None:
    assert ahead(CITY) == ("t03", "t06", "t06-2027", "t06-2028", "t06-2030")
    early = qd.load("qingdao", as_of="2023-06-30")
    for name in ahead(early):
        assert (early.plan.target(name).deadline or 0) > 2022


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: made(Assumption("manufacturing_price", (1.0,))), "without manufacturing_outgrowth"),
        (lambda: made(Assumption("deflator", (1.0,)), Assumption("deflator", (2.0,))), "assumed twice"),
        (lambda: made(Assumption("real_growth", (1.0,)), Assumption("nation_growth", (2.0,))), "set the same thing"),
        (lambda: made(*industry(1.0, 0.0), Assumption("manufacturing_growth", (2.0,))), "set the same thing"),
        (lambda: phased_in("deflator", 0.0, 1.0, 0), "a phase-in over 0 years"),
        (lambda: as_in(CITY, "Ningbo", 2017, 2016), "2017 comes after 2016"),
        (lambda: as_in(CITY, "Ningbo", 1980, 1981), "1980, 1981"),
        (lambda: as_in(CITY, "Shijiazhuang", 2017, 2019), "2018"),
        (lambda: elasticity(qd.load("qingdao", as_of="2022-06-01"), "province_growth"), "are needed"),
        (lambda: Assumption("real_growth", ()), "0 yearly values"),
        (lambda: Assumption("real_growth", (float("nan"),)), "a value of nan"),
        (lambda: Assumption("real_growth", (5.0,), spread=-1.0), "a spread of -1.0"),
        (lambda: Assumption("real_growth", (10**400,)), "a value of 1000"),
        (lambda: Assumption("real_growth", (True,)), "a value of True"),
        (lambda: Shock(2026, -1.0), "a fall of -1.0"),
        (lambda: Shock(10**30, 1.0), "is no year"),
        (lambda: Scenario("A b", NAME, 2026), "no usable id"),
        (lambda: Scenario("a", NAME, 1), "1 is no year"),
        (lambda: Scenario("a", NAME, 2026.5), "2026.5 is no year"),
        (lambda: run(CITY, made(Assumption("real_growth", (5.0,)), first=2027), 2028), "begins in 2027"),
        (lambda: run(CITY, made(*industry(50.0, 50.0), Assumption("services_outgrowth", (50.0,)),
                                Assumption("services_price", (50.0,))), 2028), "leave nothing for the rest"),
        (lambda: assess_under(CITY, made(Assumption("real_growth", (5.0,))), "t10"), "not ahead of the accounts"),
        (lambda: required(CITY, "t06", "real_growth", by=1.0), "no chance to aim at"),
        (lambda: sweep(CITY, "t06", ("deflator", (1, 0)), ("real_growth", (4, 5))), "do not rise"),
        (lambda: sweep(CITY, "t06", ("deflator", (0, 1)), ("deflator", (0, 1))), "swept twice"),
    ],
)  # fmt: skip
def test_wrong_scenarios_are_refused_with_what_to_do(wrong, message: str) -> None:
    with pytest.raises(NotAvailable, match=message) as refusal:
        wrong()
    assert "next:" in str(refusal.value)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Assumption("luck", (1.0,)),
        lambda: made().of("luck"),
        lambda: required(CITY, "t06", "luck"),
        lambda: required(CITY, "t06", "real_growth", shape="steep"),
        lambda: assess_under(CITY, made(), "t99"),
        lambda: as_in(CITY, "Atlantis", 2015, 2016),
        lambda: as_in(CITY, "Ningbo", 2015, 2016, "luck"),
        lambda: elasticity(CITY, "moon"),
    ],
)
def test_unknown_names_are_told_the_known_ones(wrong) -> None:
    with pytest.raises(UnknownName, match="choose"):
        wrong()
