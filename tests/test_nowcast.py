"""The nowcast of a year from a part of it: planted years come back, mixed bases are refused, nothing later is known."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

import qdecon as qd
from qdecon.data.loading import known
from qdecon.data.periods import parse_period
from qdecon.errors import NotAvailable, UnknownName
from qdecon.projection.partyear import Predictive, nowcast, nowcast_record, student
from qdecon.verdict.partyear import nowcast_sentence

if TYPE_CHECKING:
    from qdecon.data import Dataset, Observation

CITY = qd.load("qingdao", as_of="2099-12-31")
ANY = next(item for item in CITY.observations if item.indicator == "gdp" and item.usable)
GROWTH = 1.07


def figure(label: str, value: float, basis: str = "census4", **changes: Any) -> Observation:
    """A planted figure: a part of a year is known 20 days after its end, a year 31 days."""
    period = parse_period(label)
    assert period is not None
    last = dt.date(period.year + period.month // 12, period.month % 12 + 1, 1)
    day = last + dt.timedelta(days=30 if period.part == "year" else 19)
    plain = {"known": day, "vintage": "first", "use": "yes", "qualifier": "", "half_step": 0.005, "note": ""}
    return replace(ANY, period=period, value=value, basis=basis, **(plain | changes))


def planted(*items: Observation, as_of: dt.date = dt.date(2099, 12, 31)) -> Dataset:
    return replace(CITY, observations=items, as_of=as_of)


def years(first: int, *ratios: float, basis: str = "census4", part: float = 40.0) -> list[Observation]:
    """Half-years that grow by 7 %, with the years that the ratios make of them."""
    out = []
    for number, ratio in enumerate(ratios):
        half = part * GROWTH**number
        out += [figure(f"{first + number}Q2ytd", half, basis), figure(f"{first + number}", half * ratio, basis)]
    return out


def on(date: str) -> Dataset:
    return known(CITY, dt.date.fromisoformat(date))


# ---- what it does


def test_constant_seasonality_gives_no_error() -> None:
    record = nowcast_record(planted(*years(2016, *[2.5] * 6)), "gdp")
    frame = record.to_frame()
    assert list(frame["n"]) == [0, 0, 2, 3, 4, 5]
    np.testing.assert_allclose(frame["error"].dropna(), 0, atol=1e-9)
    assert len(record.scored) == 4
    assert (frame["hi80"] - frame["lo80"]).max() < 1e-9


def test_ratios_make_the_t_distribution_of_the_textbook() -> None:
    ratios = np.array([2.11, 2.05, 2.16, 2.09])
    made = nowcast(planted(*years(2018, *ratios), figure("2022Q2ytd", 70.0)), "gdp", 2022)
    scale = ratios.std(ddof=1) * np.sqrt(1 + 1 / 4)
    reference = scipy.stats.t(df=3, loc=70 * ratios.mean(), scale=70 * scale)
    np.testing.assert_allclose(made.predictive.quantiles, reference.ppf([0.5, 0.1, 0.9, 0.025, 0.975]))
    assert made.predictive.chance(150.0) == pytest.approx(reference.sf(150.0))


def test_differences_of_growth_have_mean_nought_and_their_root_mean_square() -> None:
    rates = [("2016", 7.4, 7.9), ("2017", 7.7, 7.5), ("2019", 6.4, 6.5)]
    items = [figure(f"{year}Q2ytd", half, "", indicator="gdp_growth_real") for year, half, _ in rates]
    items += [figure(year, whole, "", indicator="gdp_growth_real") for year, _, whole in rates]
    made = nowcast(planted(*items, figure("2020Q2ytd", 0.1, "", indicator="gdp_growth_real")), "gdp_growth_real", 2020)
    scale = np.sqrt((0.5**2 + 0.2**2 + 0.1**2) / 3)
    np.testing.assert_allclose(made.predictive.quantile(0.9), 0.1 + scale * scipy.stats.t(df=3).ppf(0.9))
    assert made.predictive.quantile(0.025) < 0.1, "growth may turn negative"


@pytest.mark.parametrize("size", [2, 3, 8])
def test_an_interval_holds_as_often_as_it_promises(size: int) -> None:
    rng = np.random.default_rng(size)
    held80 = held95 = 0
    for _ in range(2000):
        *sample, outcome = rng.normal(2.1, 0.04, size + 1)
        _, lo80, hi80, lo95, hi95 = student(sample).quantiles
        held80 += lo80 <= outcome <= hi80
        held95 += lo95 <= outcome <= hi95
    assert held80 / 2000 == pytest.approx(0.80, abs=0.03)
    assert held95 / 2000 == pytest.approx(0.95, abs=0.02)


@given(
    factor=st.floats(1e-3, 1e4),
    ratios=st.lists(st.floats(1.2, 5.0), min_size=2, max_size=6),
    aim=st.floats(50.0, 400.0),
)
def test_figures_in_another_unit_scale_the_nowcast(factor: float, ratios: list[float], aim: float) -> None:
    items = [*years(2012, *ratios), figure("2019Q2ytd", 70.0)]
    scaled = [replace(item, value=(item.value or 0) * factor) for item in items]
    one, two = (nowcast(planted(*each), "gdp", 2019).predictive for each in (items, scaled))
    np.testing.assert_allclose(two.quantiles, np.array(one.quantiles) * factor, rtol=1e-6)
    np.testing.assert_allclose(two.chance(aim * factor), one.chance(aim), atol=1e-6)


def test_no_quantile_lies_below_what_is_already_published() -> None:
    made = nowcast(planted(*years(2018, 1.05, 1.6), figure("2020Q2ytd", 70.0)), "gdp", 2020)
    assert made.predictive.quantile(0.025) == 70.0
    assert made.predictive.chance(69.0) == 1.0


@given(value=st.floats(-50, 500), ratios=st.lists(st.floats(1.0, 4.0), min_size=2, max_size=5))
def test_chances_of_opposite_claims_add_up(value: float, ratios: list[float]) -> None:
    year = student(ratios, factor=70.0, least=70.0)
    assert year.chance(value, "more_than") + year.chance(value, "at_most") == pytest.approx(1.0)
    assert year.chance(value) >= year.chance(value, "more_than")
    assert year.chance(value) >= year.chance(value + 1)
    wide, narrow = (year.chance(value, "about", width) for width in (20.0, 5.0))
    assert 0 <= narrow <= wide <= 1


def test_a_figure_that_is_certain_satisfies_at_least_and_breaks_more_than() -> None:
    sure = Predictive(100.0, 0.0, 2)
    chances = [sure.chance(100.0, how) for how in ("at_least", "at_most", "more_than")]
    assert chances == [1.0, 1.0, 0.0]
    with pytest.raises(NotAvailable, match="no tolerance"):
        sure.chance(100.0, "about")


def test_a_first_release_is_set_against_the_first_release_of_the_year() -> None:
    items = [*years(2018, 2.0, 2.1), figure("2020Q2ytd", 70.0)]
    revised = figure("2018", 100.0, vintage="final")
    assert [each.step for each in nowcast(planted(*items, revised), "gdp", 2020).past] == pytest.approx([2.0, 2.1])
    only = [item for item in items if item.period.label != "2018"]
    assert [each.step for each in nowcast(planted(*only, revised), "gdp", 2020).past] == pytest.approx([2.5, 2.1])


# ---- no later figure


@given(value=st.floats(10, 1e4), later=st.sampled_from(["2023", "2024", "2024Q2ytd", "2023Q3ytd", "2022"]))
def test_a_later_figure_changes_nothing_as_of_an_earlier_date(value: float, later: str) -> None:
    date = dt.date(2023, 8, 1)
    items = [*years(2018, 2.0, 2.1, 2.2, 2.15, 2.05), figure("2023Q2ytd", 70.0)]
    extra = figure(later, value, vintage="final", known=dt.date(2024, 12, 31))
    one, two = (known(planted(*each), date) for each in (items, [*items, extra]))
    assert nowcast(one, "gdp", 2023) == nowcast(two, "gdp", 2023)


def test_no_nowcast_of_the_record_knows_what_came_later() -> None:
    date = dt.date(2023, 10, 30)
    altered = tuple(
        replace(item, value=7 * item.value + 1) if item.known > date and item.value is not None else item
        for item in CITY.observations
    )
    for name in ("gdp", "gdp_growth_real"):
        one, two = (
            [each for each in nowcast_record(city, name).replayed if each.known <= date]
            for city in (CITY, replace(CITY, observations=altered))
        )
        assert len(one) > 10
        for before, after in zip(one, two, strict=True):
            assert (before.nowcast, before.lo80, before.n) == (after.nowcast, after.lo80, after.n)


def test_a_gap_is_filled_from_earlier_years_only() -> None:
    gap = [item for item in years(2018, 2.0, 2.1, 2.2, 2.3) if item.period.label != "2020"]
    assert [each.year for each in nowcast(planted(*gap), "gdp", 2020).past] == [2018, 2019]


def test_prices_of_later_years_do_not_judge_an_earlier_release() -> None:
    nation = CITY.peers.nation
    prices = {
        place: {
            basis: {year: value if year < 2018 else 90.0 for year, value in own.items()} for basis, own in bases.items()
        }
        for place, bases in nation.levels["gdp_deflator_growth"].items()
    }
    wild = replace(nation, levels=nation.levels | {"gdp_deflator_growth": prices})
    city = replace(CITY, peers=replace(CITY.peers, nation=wild))
    one, two = (
        {each.period: each for each in nowcast_record(each_city, "gdp").replayed}["2018Q2ytd"]
        for each_city in (CITY, city)
    )
    assert one == two


def test_a_release_counts_from_the_day_of_its_first_publication() -> None:
    days = {each.period: each.known for each in nowcast_record(CITY, "gdp").replayed}
    assert days["2021Q2ytd"] == dt.date(2021, 7, 26)


# ---- mixed bases


def refused(city: Dataset, year: int, match: str) -> None:
    with pytest.raises(NotAvailable, match=match) as told:
        nowcast(city, "gdp", year)
    assert told.value.where
    assert told.value.remedy


def test_a_part_on_a_new_basis_borrows_no_ratio_of_the_old_one() -> None:
    items = [*years(2018, 2.0, 2.1, 2.2), figure("2020", 300.0, "census5"), figure("2021Q2ytd", 70.0, "census5")]
    refused(planted(*items), 2021, "needs 2 past years with part and whole on its basis; 0 known")
    one = planted(*years(2018, 2.0, 2.1, basis="census5"), *items[-1:])
    assert len(nowcast(one, "gdp", 2021).past) == 2


def test_a_part_on_an_old_basis_is_refused_once_annual_figures_have_moved_on() -> None:
    items = [*years(2018, 2.0, 2.1, 2.2), figure("2021Q2ytd", 70.0)]
    assert len(nowcast(planted(*items), "gdp", 2021).past) == 3
    refused(planted(*items, figure("2020", 300.0, "census5")), 2021, "stands on census4, the annual figures on census5")


def test_an_increase_counted_from_a_figure_on_another_basis_is_refused() -> None:
    items = [*years(2017, 2.0, 2.1, 2.2, basis="census5"), figure("2020Q2ytd", 60.0, "census5")]
    items += [figure("2019Q2ytd", 50.0, "census4")]

    def stated(increase: float) -> Dataset:
        return planted(*items, figure("2020Q2ytd", increase, "", indicator="gdp_increment_nominal", use="context"))

    refused(stated(10.0), 2020, "counted from 50, a figure on census4, not on census5")
    own = 40 * GROWTH**2
    assert nowcast(stated(60 - own), "gdp", 2020)


@pytest.mark.parametrize(("nominal", "accepted"), [(1.08, True), (1.03, True), (1.20, False), (0.95, False)])
def test_growth_that_implies_impossible_prices_is_refused(nominal: float, accepted: bool) -> None:
    part = figure("2020Q2ytd", 40 * GROWTH**2 * nominal)
    real = figure("2020Q2ytd", 5.0, "", indicator="gdp_growth_real")
    city = planted(*years(2017, 2.0, 2.1, 2.2), part, real)
    if accepted:
        assert nowcast(city, "gdp", 2020)
    else:
        refused(city, 2020, "imply prices")


# ---- the year 2025


TRAP = ["2025-11-30", "2025-12-31"]


@pytest.mark.parametrize("date", TRAP)
def test_2025_is_refused_and_the_reason_is_told(date: str) -> None:
    refused(on(date), 2025, "unrevised 2024 base" if date == TRAP[0] else "counted from 7978.67, a figure on census4")


@pytest.mark.parametrize("date", TRAP)
def test_2025_is_refused_even_where_its_figures_are_declared_usable(date: str) -> None:
    lifted = tuple(replace(item, use="yes") if item.use == "context" else item for item in CITY.observations)
    match = "on its basis; 0 known" if date == TRAP[0] else "counted from 7978.67"
    refused(known(replace(CITY, observations=lifted), dt.date.fromisoformat(date)), 2025, match)


def test_what_was_refused_for_2025_would_have_been_wrong() -> None:
    came, before = CITY.value("gdp", 2025), CITY.value("gdp", 2024)
    assert came is not None
    assert before is not None
    assert (before.value or 0) * 1.079 / (came.value or 1) - 1 > 0.025, (
        "nominal growth of nine months on the annual level"
    )
    ratios = [each.step for each in nowcast(on("2024-08-01"), "gdp", 2024).past]
    assert 8587.33 * np.mean(ratios) / (came.value or 1) - 1 > 0.035, "ratios borrowed from the fourth census"


def test_real_growth_of_2025_needs_no_basis_and_came_true() -> None:
    made = nowcast(on("2025-12-31"), "gdp_growth_real", 2025)
    assert made.part.period.label == "2025Q3ytd"
    median, low, high, _, _ = made.predictive.quantiles
    assert (median, low < 5.4 < high) == (5.4, True)


# ---- the record


def test_record_of_gdp() -> None:
    record = nowcast_record(CITY, "gdp")
    frame = record.to_frame().set_index("period")
    scored = frame.dropna(subset="error")
    assert list(scored.index) == ["2016Q2ytd", "2017Q2ytd", "2023Q2ytd"]
    np.testing.assert_allclose(scored["error"], [-0.741, 1.336, 1.769], atol=1e-3)
    assert list(scored["held"]) == [True, False, True]
    assert list(scored["n"]) == [2, 3, 2]
    assert (len(record.scored), record.held) == (3, 2)
    assert "imply prices +9.6%" in frame.loc["2018Q2ytd", "reason"]
    assert frame.loc["2018Q2ytd", "outcome"] == 12001.52
    assert frame.loc[["2019Q2ytd", "2024Q2ytd"], "reason"].unique().tolist() == [
        "the year is not published on the basis of the part"
    ]


@pytest.mark.parametrize("name", ["va_secondary", "va_tertiary"])
def test_sectors_have_no_past_nowcast_to_score(name: str) -> None:
    record = nowcast_record(CITY, name)
    assert record.scored == ()
    assert [each.period for each in record.replayed if each.nowcast is not None] == ["2024Q2ytd"]


def test_record_of_real_growth() -> None:
    record = nowcast_record(CITY, "gdp_growth_real")
    assert (len(record.scored), record.held) == (12, 10)
    missed = {each.period: round(each.error or 0, 1) for each in record.scored if not each.held}
    assert missed == {"2020Q2ytd": -3.6, "2021Q2ytd": 5.5}
    calm = [abs(each.error or 0) for each in record.scored if each.known.year not in (2020, 2021)]
    assert np.mean(calm) == pytest.approx(0.27, abs=0.005)


def test_an_estimated_mean_difference_would_have_been_worse() -> None:
    scored = [
        (nowcast_as_known(each.period), each.outcome or 0) for each in nowcast_record(CITY, "gdp_growth_real").scored
    ]
    plain = [(made.part.value or 0) - outcome for made, outcome in scored]
    shifted = [
        error + np.mean([step.step for step in made.past]) for error, (made, _) in zip(plain, scored, strict=True)
    ]
    assert np.mean(np.abs(plain)) < 0.6 * np.mean(np.abs(shifted))


def nowcast_as_known(period: str) -> Any:
    """The nowcast of real growth on the day of a release, made by hand."""
    release = min(
        (item for item in CITY.observations if item.indicator == "gdp_growth_real" and item.period.label == period),
        key=lambda item: item.known,
    )
    held = tuple(
        item
        for item in CITY.observations
        if item.known <= release.known and not (item.year == release.year and item.period.month > release.period.month)
    )
    return nowcast(replace(CITY, observations=held), "gdp_growth_real", release.year)


# ---- what is left out, what is said, what is refused


def test_years_that_carry_nothing_are_listed_with_the_reason() -> None:
    made = nowcast(on("2024-08-01"), "gdp", 2024)
    assert [each.year for each in made.past] == [2021, 2022, 2023]
    assert [each.year for each in made.left_out] == [2010, 2013, 2016, 2017, 2018, 2019]
    assert {each.reason.en for each in made.left_out} == {"the part stands on another statistical basis"}
    services = {each.year: each.reason.en for each in nowcast(on("2024-08-01"), "va_tertiary", 2024).left_out}
    assert services[2022] == "no annual figure is published on the basis of the part"
    frame = made.to_frame()
    assert list(frame["year"]) == [2010, 2013, 2016, 2017, 2018, 2019, 2021, 2022, 2023]
    np.testing.assert_allclose((frame["whole"] / frame["part"]).dropna(), frame["step"].dropna())


def test_a_lower_bound_and_a_conflict_carry_nothing() -> None:
    loose = [figure("2020Q2ytd", 50.0, qualifier="more_than"), figure("2020", 100.0)]
    disputed = [figure("2021Q2ytd", 50.0, use="conflict"), figure("2021", 100.0)]
    made = nowcast(planted(*years(2018, 2.0, 2.1), *loose, *disputed, figure("2022Q2ytd", 70.0)), "gdp", 2022)
    assert [each.year for each in made.past] == [2018, 2019]
    assert [each.reason.en.split()[-1] for each in made.left_out] == ["expected", "aside"]


def test_the_sentence_tells_part_ratios_range_and_chance_in_both_languages() -> None:
    city = on("2024-08-01")
    told = nowcast_sentence(city, nowcast(city, "gdp", 2024), 17000)
    for words in (
        "7,978.67亿元",
        "第四次经济普查口径",
        "2023年2.099",
        "16,362亿元至17,526亿元",
        "达到17,000亿元的可能性约44%",
    ):
        assert words in told.zh
    for words in (
        "797.87 billion",
        "fourth economic census",
        "2.099 in 2023",
        "1,636.2 billion",
        "44 in 100",
        "3 past years",
    ):
        assert words in told.en
    assert "chance" not in nowcast_sentence(city, nowcast(city, "gdp", 2024)).en
    growth = on("2025-12-31")
    rate = nowcast_sentence(growth, nowcast(growth, "gdp_growth_real", 2025), 5.0)
    assert "-2.4 in 2021" in rate.en
    assert "3.1%至7.7%" in rate.zh


def test_what_cannot_be_nowcast_is_told() -> None:
    city = on("2024-08-01")
    refused(city, 2023, "gdp of 2023 is published: 15760.34")
    refused(city, 2026, "no figure of a part of 2026")
    for name in ("share_tertiary", "high_tech_enterprises"):
        with pytest.raises(NotAvailable, match="does not add up"):
            nowcast(city, name, 2024)
    with pytest.raises(UnknownName):
        nowcast(city, "no_such_indicator", 2024)
    with pytest.raises(NotAvailable, match="no figure of a part"):
        nowcast_record(city, "va_manufacturing")


def test_producer_services_keep_their_chance() -> None:
    verdict = qd.assess(qd.load("qingdao"), "t04")
    assert verdict.probability == pytest.approx(0.138949376, abs=1e-9)
