"""Why a level lies below its plan: parts add up in every outcome, planted ones come back, none is divided unasked."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text

import qdecon as qd
from qdecon.charts import fonts
from qdecon.charts.export import characters
from qdecon.charts.shortfall import LOOKS, chart_shortfall, frame_shortfall
from qdecon.charts.style import drawing
from qdecon.data import known
from qdecon.data.periods import parse_period
from qdecon.errors import NotAvailable, QdeconError
from qdecon.plan import Bilingual
from qdecon.projection.accounts import project_accounts
from qdecon.scrutiny.shortfall.gap import GAP, MEASURES, PARTS, Split
from qdecon.scrutiny.shortfall.planpath import PlanPath, plan_path
from qdecon.scrutiny.shortfall.rebasing import Deflator, peer_deflators
from qdecon.scrutiny.shortfall.record import Shortfall, split_shortfall

CITY = qd.load("qingdao")
EXACT = {"rtol": 1e-9, "atol": 1e-12}
YEARS = range(2022, 2027)  # from the base of t06 to its deadline
NAME = Bilingual("假定", "stated")
rates = st.floats(-0.15, 0.25)
courses = st.lists(rates, min_size=len(YEARS), max_size=len(YEARS))
lifts = st.floats(-0.1, 0.1).filter(lambda lift: abs(lift) > 1e-3)


@pytest.fixture(scope="module")
def found() -> dict[str, Shortfall]:
    stated = peer_deflators(CITY)
    ids = ("t06", "t06-2027", "t06-2028", "t06-2030", "t10")
    made = {name: split_shortfall(CITY, name) for name in ids}
    made |= {f"{name} stated": split_shortfall(CITY, name, deflator=stated) for name in ("t06", "t10")}
    return made | {"t10 of 2023": split_shortfall(known(CITY, dt.date(2023, 6, 30)), "t10")}


def adds_up(split: Split) -> None:
    for measure in MEASURES:
        total = sum(split.outcomes(part, measure) for part in split.parts)
        np.testing.assert_allclose(total, np.broadcast_to(split.outcomes(GAP, measure), total.shape), **EXACT)


def planted(
    levels: Mapping[tuple[int, str], float],
    real: Mapping[int, float],
    parts: Mapping[tuple[int, str], float] | None = None,
) -> qd.Dataset:
    """Qingdao with made-up GDP, real growth and services, and nothing else."""
    template = CITY.value("gdp", 2021)
    assert template is not None
    cells = [("gdp", *cell, value) for cell, value in levels.items()]
    cells += [("va_tertiary", *cell, value) for cell, value in (parts or {}).items()]
    cells += [("gdp_growth_real", year, "", 100 * rate) for year, rate in real.items()]
    items = []
    for name, year, basis, value in cells:
        period = parse_period(str(year))
        assert period is not None
        items.append(replace(template, indicator=name, period=period, basis=basis, value=value, half_step=0.05))
    return replace(CITY, observations=tuple(items))


def course(
    real: list[float], deflators: list[float], basis: str = "census4", level: float = 100.0
) -> dict[tuple[int, str], float]:
    grown = np.cumprod([level, *((1 + one) * (1 + other) for one, other in zip(real, deflators, strict=True))])
    return {(2021 + ahead, basis): float(value) for ahead, value in enumerate(grown)}


def stitched(real: list[float], deflators: list[float], lift: float, first: int) -> dict[tuple[int, str], float]:
    """The course on one basis before a year, and from that year on on the next one, lifted."""
    whole = course(real, deflators)
    return {
        (year, "census4" if year < first else "census5"): value * (1 if year < first else 1 + lift)
        for (year, _), value in whole.items()
    }


# ------------------------------------------------------------------------------------------------ the plan's path


def test_the_path_grows_from_the_last_level_known_to_the_target() -> None:
    path = plan_path(CITY, "t06")
    assert (path.year, path.level, path.real) == (2021, 14136.46, 0.06)
    assert path.nominal == pytest.approx((20000 / 14136.46) ** (1 / 5) - 1, rel=1e-12)
    assert round(100 * path.nominal, 2) == 7.19
    assert path.price is not None and round(100 * path.price, 2) == 1.12
    assert path.at(2026) == pytest.approx(20000, rel=1e-12)
    assert set(path.sources) == {"G01", "G28"}
    assert "7.19%" in path.reason.en and "at least 6% in 2022" in path.reason.en and "1.12%" in path.reason.zh


def test_a_part_stands_beside_the_plan_for_gdp() -> None:
    path = plan_path(CITY, "t10")
    assert (path.year, path.level) == (2021, 8596.07)
    assert path.at(2024) == pytest.approx(11000, rel=1e-12)
    assert path.real is None  # real growth of services alone would need their prices
    assert path.whole == plan_path(CITY, "t06")


def test_a_path_takes_nothing_that_was_published_after_the_target() -> None:
    assert plan_path(CITY, "t06-2028").year == 2024
    early = known(CITY, dt.date(2022, 6, 1))
    assert plan_path(early, "t06") == plan_path(CITY, "t06")


def test_without_an_official_goal_volume_and_price_stay_one_part() -> None:
    bare = replace(CITY, plan=replace(CITY.plan, goals=()))
    assert plan_path(bare, "t06").real is None
    assert set(split_shortfall(bare, "t06").at(2023).parts) == {"growth"}


@pytest.mark.parametrize("wrong", [(0.0, 0.05, None), (1.0, -1.0, None), (1.0, 0.05, -1.0)])
def test_a_path_that_leaves_nothing_is_refused(wrong: tuple[float, float, float | None]) -> None:
    with pytest.raises(QdeconError, match="level above 0"):
        PlanPath(2021, *wrong)


# ------------------------------------------------------------------------------------------------ exact sums


def test_parts_add_up_in_every_outcome_year_and_measure(found: dict[str, Shortfall]) -> None:
    for made in found.values():
        for split in made.splits:
            adds_up(split)
            assert set(split.parts) <= PARTS.keys()
            money = split.outcomes(GAP, "amount")[0]
            np.testing.assert_allclose(split.plan + money, split.plan * np.exp(split.gap), **EXACT)


def test_outcomes_to_come_are_those_of_the_accounts(found: dict[str, Shortfall]) -> None:
    made, accounts = found["t06-2028"], project_accounts(CITY, 2028)
    real, deflator, price = accounts.real_growth, accounts.deflator, made.path.price
    assert real is not None and deflator is not None and price is not None and made.path.real is not None
    before = made.at(2025)
    for place, year in enumerate(accounts.years):
        split = made.at(year)
        assert split.kind == "projected" and len(split.gap) == len(accounts.gdp)
        np.testing.assert_allclose(split.plan * np.exp(split.gap), accounts.gdp[:, place], **EXACT)
        volume = np.log1p(real[:, place]) - np.log1p(made.path.real)
        prices = np.log1p(deflator[:, place]) - np.log1p(price)
        np.testing.assert_allclose(split.parts["volume"] - before.parts["volume"], [volume], rtol=1e-9, atol=1e-10)
        np.testing.assert_allclose(split.parts["price"] - before.parts["price"], [prices], rtol=1e-9, atol=1e-10)
        before = split


def test_structure_is_the_share_over_the_planned_share_in_every_outcome(found: dict[str, Shortfall]) -> None:
    made = found["t10 of 2023"]
    accounts, split = project_accounts(known(CITY, dt.date(2023, 6, 30)), 2024), made.at(2024)
    assert split.kind == "projected" and made.path.whole is not None
    planned = made.path.at(2024) / made.path.whole.at(2024)
    share = accounts.share("va_tertiary")[:, -1]
    np.testing.assert_allclose(np.exp(split.parts["structure"][0]) * planned, share, **EXACT)


def test_medians_are_stated_with_intervals_and_may_not_add_up(found: dict[str, Shortfall]) -> None:
    split = found["t06"].at(2026)
    each = {part: split.estimate(part) for part in (GAP, *split.parts)}
    assert all(one.lo80 < one.value < one.hi80 for one in each.values())
    assert sum(each[part].value for part in split.parts) != pytest.approx(each[GAP].value, rel=1e-6)
    assert "need not add up" in found["t06"].sentence.en and "不必等于" in found["t06"].sentence.zh


# ------------------------------------------------------------------------------------------------ planted parts


@given(real=courses, deflators=courses, growth=rates, volume=rates)
def test_parts_are_the_planted_ones_where_the_basis_does_not_change(
    real: list[float], deflators: list[float], growth: float, volume: float
) -> None:
    city = planted(course(real, deflators), dict(zip(YEARS, real, strict=True)))
    path = PlanPath(2021, 100.0, growth, real=volume)
    made = split_shortfall(city, "t06", path)
    assert made.splices == () and path.price is not None
    for ahead, split in enumerate(made.splits, start=1):
        adds_up(split)
        assert set(split.parts) == {"volume", "price"}
        assert made.lift(split.year) == (0.0, 0.0)
        for part, own, plan in (("volume", real, volume), ("price", deflators, path.price)):
            wanted = np.log1p(own[:ahead]).sum() - ahead * np.log1p(plan)
            np.testing.assert_allclose(split.parts[part], [[wanted]], rtol=1e-9, atol=1e-10)


@given(real=courses, deflators=courses, lift=lifts, first=st.sampled_from(YEARS))
def test_re_basing_is_the_planted_lift_where_growth_of_prices_is_stated_exactly(
    real: list[float], deflators: list[float], lift: float, first: int
) -> None:
    levels, known_real = stitched(real, deflators, lift, first), dict(zip(YEARS, real, strict=True))
    path = PlanPath(2021, 100.0, 0.07, real=0.06)
    exact = Deflator(NAME, {first: deflators[first - 2022]})
    joint = split_shortfall(planted(levels, known_real), "t06", path)
    made = split_shortfall(planted(levels, known_real), "t06", path, [exact])
    assert [(each.before, each.year) for each in made.splices] == [(first - 1, first)]
    for split, whole in zip(made.splits, joint.splits, strict=True):
        adds_up(split)
        if split.year < first:
            assert set(split.parts) == set(whole.parts) == {"volume", "price"}
            continue
        assert set(whole.parts) == {"volume", "price_rebasing"}  # never divided unasked
        assert joint.lift(split.year) is None
        assert set(split.parts) == {"volume", "price", "rebasing"}
        np.testing.assert_allclose(split.parts["rebasing"], [[np.log1p(lift)]], rtol=1e-9, atol=1e-10)
        np.testing.assert_allclose(
            split.parts["price"] + split.parts["rebasing"], whole.parts["price_rebasing"], **EXACT
        )
        low, high = made.lift(split.year) or (1.0, -1.0)
        assert low < lift < high  # published real growth is rounded, so a range it stays
        assert np.isnan(split.estimate("rebasing").value)


@given(real=courses, deflators=courses, lift=lifts, first=st.sampled_from(YEARS))
def test_re_basing_is_measured_where_one_year_stands_on_both_bases(
    real: list[float], deflators: list[float], lift: float, first: int
) -> None:
    levels = stitched(real, deflators, lift, first)
    old = course(real, deflators)
    made = split_shortfall(
        planted(levels | {(first, "census4"): old[first, "census4"]}, dict(zip(YEARS, real, strict=True))),
        "t06", PlanPath(2021, 100.0, 0.07, real=0.06),
    )  # fmt: skip
    assert made.splices == () and made.division is None
    for split in made.splits:
        adds_up(split)
        wanted = np.log1p(lift) if split.year >= first else 0.0
        assert ("rebasing" in split.parts) == (split.year >= first)
        assert made.lift(split.year) == pytest.approx((np.expm1(wanted),) * 2, rel=1e-9, abs=1e-12)


def test_a_base_year_revised_later_is_re_basing() -> None:
    real, deflators = [0.05] * 5, [0.01] * 5
    city = planted(course(real, deflators, level=110.0), dict(zip(YEARS, real, strict=True)))
    split = split_shortfall(city, "t06", PlanPath(2021, 100.0, 0.07, real=0.06)).at(2022)
    np.testing.assert_allclose(split.parts["rebasing"], [[np.log(1.1)]], **EXACT)
    adds_up(split)


@given(real=courses, deflators=courses, gap=st.sampled_from(YEARS))
def test_a_missing_rate_of_real_growth_is_not_invented(real: list[float], deflators: list[float], gap: int) -> None:
    known_real = {year: rate for year, rate in zip(YEARS, real, strict=True) if year != gap}
    made = split_shortfall(planted(course(real, deflators), known_real), "t06", PlanPath(2021, 100.0, 0.07, real=0.06))
    for split in made.splits:
        adds_up(split)
        assert set(split.parts) == ({"growth"} if split.year >= gap else {"volume", "price"})


@given(real=courses, deflators=courses, gap=st.sampled_from(YEARS[:-1]))
def test_a_missing_level_leaves_the_later_years_as_they_are(
    real: list[float], deflators: list[float], gap: int
) -> None:
    levels, path = course(real, deflators), PlanPath(2021, 100.0, 0.07, real=0.06)
    known_real = dict(zip(YEARS, real, strict=True))
    full = split_shortfall(planted(levels, known_real), "t06", path)
    levels.pop((gap, "census4"))
    made = split_shortfall(planted(levels, known_real), "t06", path)
    assert set(made.missing) == {gap}
    for split in made.splits:
        for part, logs in split.parts.items():
            np.testing.assert_allclose(logs, full.at(split.year).parts[part], rtol=1e-9, atol=1e-10)


def test_gdp_is_read_on_the_basis_of_its_part() -> None:
    known_real = dict.fromkeys(YEARS, 0.05)
    old, new = course([0.05] * 5, [0.01] * 5), course([0.05] * 5, [0.03] * 5, "census5", 120.0)
    parts = {cell: 0.6 * value for cell, value in old.items()}
    path = PlanPath(2021, 60.0, 0.08, whole=PlanPath(2021, 100.0, 0.07, real=0.06))
    made = split_shortfall(planted(old | new, known_real, parts), "t10", path)
    for ahead, split in enumerate(made.splits, start=1):
        assert "rebasing" not in split.parts
        wanted = ahead * (np.log1p(0.01) - np.log(1.07 / 1.06))
        np.testing.assert_allclose(split.parts["price"], [[wanted]], rtol=1e-9, atol=1e-12)


@given(real=courses, deflators=courses, shares=st.lists(st.floats(0.05, 0.95), min_size=6, max_size=6))
def test_structure_is_the_planted_change_of_the_share(
    real: list[float], deflators: list[float], shares: list[float]
) -> None:
    whole = course(real, deflators)
    parts = {cell: share * value for share, (cell, value) in zip(shares, whole.items(), strict=True)}
    gdp = PlanPath(2021, 100.0, 0.07, real=0.06)
    path = PlanPath(2021, 100 * shares[0], 0.09, whole=gdp)
    made = split_shortfall(planted(whole, dict(zip(YEARS, real, strict=True)), parts), "t10", path)
    for ahead, split in enumerate(made.splits, start=1):
        adds_up(split)
        planned = shares[0] * (1.09 / 1.07) ** ahead
        np.testing.assert_allclose(split.parts["structure"], [[np.log(shares[ahead] / planned)]], rtol=1e-9, atol=1e-10)
    whole_split = split_shortfall(planted(whole, dict(zip(YEARS, real, strict=True))), "t06", gdp).at(2024)
    np.testing.assert_allclose(made.at(2024).parts["volume"], whole_split.parts["volume"], **EXACT)


# ------------------------------------------------------------------------------------------------ what is published


@settings(max_examples=8)
@given(date=st.dates(dt.date(2022, 6, 1), CITY.as_of), target=st.sampled_from(["t06", "t10"]))
def test_on_no_date_are_price_and_re_basing_of_2024_divided_unasked(date: dt.date, target: str) -> None:
    try:
        made = split_shortfall(known(CITY, date), target)
    except NotAvailable:
        assert target == "t10" and date < dt.date(2025, 4, 1)
        return
    for split in made.splits:
        adds_up(split)
        crossed = any(each.year <= split.year for each in made.splices)
        assert ("price_rebasing" in split.parts) == crossed
        assert {"price", "rebasing"}.isdisjoint(split.parts) if crossed else "price" in split.parts


def test_gdp_of_2025_is_5_9_per_cent_below_the_path(found: dict[str, Shortfall]) -> None:
    made = found["t06"]
    shares = {part: round(made.at(2025).estimate(part).value, 1) for part in (GAP, "volume", "price_rebasing")}
    assert shares == {GAP: -5.9, "volume": -2.9, "price_rebasing": -3.0}
    assert made.at(2025).estimate(GAP, "amount").value == pytest.approx(17560.67 - made.path.at(2025), rel=1e-12)
    volume = np.log([1.039, 1.059, 1.057, 1.054]).sum() - 4 * np.log(1.06)
    np.testing.assert_allclose(made.at(2025).parts["volume"], [[volume]], **EXACT)
    assert "GDP was 5.9% (109.8 billion yuan) below the plan's path in 2025: volume −2.9%" in made.sentence.en
    assert "2025年青岛地区生产总值比规划路径低5.9%（1,098亿元）" in made.sentence.zh
    assert "cannot be told apart" in made.sentence.en and "无法分开" in made.sentence.zh


def test_services_of_2024_are_4_6_per_cent_below_the_target(found: dict[str, Shortfall]) -> None:
    made = found["t10"]
    split = made.at(2024)
    assert split.estimate(GAP, "percent").value == pytest.approx(100 * (10495.54 / 11000 - 1), rel=1e-12)
    shares = {part: round(split.estimate(part).value, 1) for part in split.parts}
    assert shares == {"volume": -2.3, "price_rebasing": -1.6, "structure": -0.6}
    assert dict(made.missing) == {2022: Bilingual("没有公布", "it was not published")}
    with pytest.raises(NotAvailable, match="no split for 2022: it was not published"):
        made.at(2022)


def test_the_lift_of_the_fifth_census_is_a_range_over_what_can_be_defended(found: dict[str, Shortfall]) -> None:
    made = found["t06 stated"]
    assert len(made.deflators) == 4
    low, high = made.lift(2024) or (0.0, 0.0)
    assert (round(100 * low, 1), round(100 * high, 1)) == (0.6, 1.5)
    assert made.lift(2025) == (low, high)
    nominal, real = 16719.46 / 15760.34, 1.057
    province, slack = 1 + (CITY.peers.deflator("山东", 2024) or 0.0), 0.05 / 105.7
    assert np.log1p(high) == pytest.approx(np.log(nominal / real / province) + slack, rel=1e-9)
    split = made.at(2025)
    for part in ("price", "rebasing"):
        one = split.estimate(part)
        assert np.isnan(one.value) and one.lo < one.hi
    assert split.estimate("volume").value == found["t06"].at(2025).estimate("volume").value
    assert "0.6% to 1.5%" in made.sentence.en and "cannot be told apart" not in made.sentence.en


def test_the_table_holds_every_year_part_and_measure(found: dict[str, Shortfall]) -> None:
    frame = found["t06"].to_frame()
    assert list(frame.columns) == ["year", "kind", "part", "measure", "value", "lo80", "hi80", "lo", "hi"]
    assert dict(zip(frame["year"], frame["kind"], strict=True)) == dict.fromkeys(range(2022, 2026), "published") | {
        2026: "projected"
    }
    published = frame[frame["kind"] == "published"]
    for _, own in published.groupby(["year", "measure"]):
        by_part = own.set_index("part")["value"]
        assert by_part.drop(GAP).sum() == pytest.approx(by_part[GAP], rel=1e-9)
    assert published[["lo80", "hi80"]].isna().all(axis=None)
    assert frame.loc[frame["kind"] == "projected", ["lo80", "hi80"]].notna().all(axis=None)


@pytest.mark.parametrize(
    ("target", "why"),
    [("t01", "no level of GDP"), ("t02", "no level of GDP"), ("t04", "no level of va_producer_services")],
)
def test_what_cannot_be_split_says_so(target: str, why: str) -> None:
    with pytest.raises(NotAvailable, match=why):
        split_shortfall(CITY, target)


def test_a_deflator_that_covers_no_splice_and_a_part_without_gdp_are_refused() -> None:
    with pytest.raises(NotAvailable, match="no stated deflator covers 2024"):
        split_shortfall(CITY, "t06", deflator=[Deflator(NAME, {2023: 0.01})])
    with pytest.raises(NotAvailable, match="no published year of GDP"):
        split_shortfall(CITY, "t10", PlanPath(2021, 8596.07, 0.0857))


def test_outcomes_are_read_only(found: dict[str, Shortfall]) -> None:
    for array in (found["t06"].at(2026).gap, *found["t06"].at(2026).parts.values()):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0.0


# ------------------------------------------------------------------------------------------------ the figure

DRAWN = [
    ("t06", 2023),
    ("t06", None),
    ("t06", 2026),
    ("t06-2028", 2028),
    ("t10", None),
    ("t06 stated", None),
    ("t06 stated", 2026),
]


@pytest.mark.parametrize(("name", "year"), DRAWN)
def test_the_way_leads_from_the_plan_to_the_actual_level(
    found: dict[str, Shortfall], name: str, year: int | None
) -> None:
    made = found[name]
    split = made.latest if year is None else made.at(year)
    frame = frame_shortfall(made, year).set_index("part")
    assert list(frame.index) == ["plan", *split.parts, "actual"]
    assert frame.loc["plan", "end"] == split.plan and frame.loc["actual", "end"] == split.actual
    bars = frame.iloc[1:-1]
    if split.kind == "published" and not split.stated:
        assert bars["start"].tolist() == pytest.approx([split.plan, *bars["end"].tolist()[:-1]], rel=1e-12)
        assert bars["end"].iloc[-1] == pytest.approx(split.actual, rel=1e-9)
    if split.stated:
        assert (frame.loc["price", "lo"], frame.loc["price", "hi"]) != (frame.loc["price", "end"],) * 2
        assert frame.loc["rebasing", "end"] == pytest.approx(split.actual, rel=1e-3)
        assert frame.loc["rebasing", "lo"] < frame.loc["rebasing", "hi"] <= frame.loc["rebasing", "end"]


@pytest.mark.parametrize(("language", "size"), list(itertools.product(("zh", "en"), ("slide", "column"))))
def test_the_figure_draws_the_table_and_its_text_stays_apart(
    found: dict[str, Shortfall], language: str, size: str
) -> None:
    for name, year in (DRAWN[1], DRAWN[2], DRAWN[4], DRAWN[6]):
        made = found[name]
        chart = chart_shortfall(made, language, size=size, year=year)  # type: ignore[arg-type]
        frame = frame_shortfall(made, year)
        bars = {bar.get_gid(): bar for bar in chart.axes[0].patches}
        for row in frame[frame["part"].isin(LOOKS)].itertuples():
            ends = sorted((row.start, row.end))
            assert [bars[row.part].get_x(), bars[row.part].get_x() + bars[row.part].get_width()] == pytest.approx(ends)
            assert bool(bars[row.part].get_hatch()) == ("rebasing" in row.part or row.part == "growth")
            assert (f"range {row.part}" in bars) == (not np.isnan(row.lo))
        with drawing():
            chart.canvas.draw()
        texts = [text for text in chart.findobj(Text) if text.get_text() and text.get_visible()]
        boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
        written = " ".join(text for text, _ in boxes)
        for label in frame[f"label_{language}"]:
            assert label.split("\n")[0].split(" ")[0] in written
        assert fonts.missing_glyphs(characters(chart)) == ""
        for text, box in boxes:
            assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= chart.bbox.x1 and box.y1 <= chart.bbox.y1, (name, text)
        for (one, first), (two, second) in itertools.combinations(boxes, 2):
            across = min(first.x1, second.x1) - max(first.x0, second.x0)
            up = min(first.y1, second.y1) - max(first.y0, second.y0)
            small = 0.06 * min(first.height, second.height)
            assert across <= small or up <= small, (name, one, two)
        assert made.statement(year or made.latest.year)[language] in chart.alt  # type: ignore[index]
