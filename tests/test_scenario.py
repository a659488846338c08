"""Scenarios: what is assumed holds exactly, what is not goes as the model says, and everything adds up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qdecon as qd
from qdecon.errors import NotAvailable, UnknownName
from qdecon.plan import Bilingual
from qdecon.projection import project_accounts
from qdecon.scenario import Assumption, Scenario, Shock, assess_under, compare, required, run, sweep
from qdecon.scenario.inversion import SHAPES
from qdecon.scenario.outcome import applied

CITY = qd.load("qingdao")
BASE = project_accounts(CITY, 2028)
NAME = Bilingual("假定", "assumed")
FEW = settings(max_examples=15)


def made(*assumptions: Assumption, shocks: tuple[Shock, ...] = (), first: int = 2026) -> Scenario:
    return Scenario("planted", NAME, first, assumptions, shocks)


def industry(outgrowth: float, price: float) -> tuple[Assumption, Assumption]:
    return Assumption("manufacturing_outgrowth", (outgrowth,)), Assumption("manufacturing_price", (price,))


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
@given(low=st.floats(-5, 15), more=st.floats(0, 10), lever=st.sampled_from(["real_growth", "deflator"]))
def test_more_growth_never_lowers_the_chance_of_a_level(low: float, more: float, lever: str) -> None:
    levels = [applied(BASE, made(Assumption(lever, (each,)))).gdp[:, -1] for each in (low, low + more)]
    assert (levels[1] >= levels[0]).all()
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
@pytest.mark.parametrize(("target", "lever"), [("t06-2028", "real_growth"), ("t06-2027", "deflator")])
def test_what_is_required_gives_the_wanted_chance(target: str, lever: str, shape: str) -> None:
    found = required(CITY, target, lever, by=0.7, shape=shape)
    scenario = made(Assumption(lever, found.values), first=found.years[0])
    assert found.feasible
    assert assess_under(CITY, scenario, target).probability == pytest.approx(0.7, abs=0.005)
    assert found.sentence.en and found.sentence.zh


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
    table = compare(CITY, [made(), fast], ["t06-2027", "t06-2028"], "en").set_index(["target", "scenario"])
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
    ("wrong", "message"),
    [
        (lambda: made(Assumption("manufacturing_price", (1.0,))), "without manufacturing_outgrowth"),
        (lambda: made(Assumption("deflator", (1.0,)), Assumption("deflator", (2.0,))), "assumed twice"),
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
    ],
)
def test_unknown_names_are_told_the_known_ones(wrong) -> None:
    with pytest.raises(UnknownName, match="choose"):
        wrong()
