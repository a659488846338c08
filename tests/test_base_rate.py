"""Base rates: counted on planted panels whose truth is known, then on the peers; and the figure of what was counted."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.text import Text

from qdecon.charts.baserate import chart_base_rate, frame_base_rate
from qdecon.charts.export import characters
from qdecon.charts.fonts import FAMILY, missing_glyphs
from qdecon.charts.style import drawing
from qdecon.data import Dataset, Panel, load
from qdecon.errors import NotAvailable, UnknownName
from qdecon.scrutiny.baserate import Excluded, base_rate, share_base_rate
from qdecon.scrutiny.windows import distinct
from qdecon.verdict import frequency
from tests.looks import EVERY_LOOK

NEEDED = 20000 / 17560.67  # the 2-trillion goal over the figure of 2025
FIRST = 2010  # year of the planted panels' first level


@cache
def city(as_of: str | None = None) -> Dataset:
    return load("qingdao", as_of=as_of)


@cache
def needed(years: int):
    """What the goal asks if it is to be reached in so many years from 2025."""
    return base_rate(city(), NEEDED ** (1 / years) - 1, years)


def course(level: float, *growth: float) -> dict[int, float]:
    """Levels from 2010 on that grow as told."""
    return {FIRST + place: level * math.prod(1 + each for each in growth[:place]) for place in range(len(growth) + 1)}


def planted(cities, nation=(0.05,) * 10, splices=()) -> Dataset:
    """Qingdao's data with made-up peers: place -> levels by year, or by basis and year."""
    levels = {place: own if isinstance(next(iter(own)), str) else {"one": own} for place, own in cities.items()}
    breaks = frozenset((place, "gdp", year) for place, year in splices)
    peers = replace(
        city().peers,
        cities=Panel(tuple(cities), {"gdp": levels}, breaks, 2025),
        nation=Panel(("中国",), {"gdp": {"中国": {"one": course(1000.0, *nation)}}}, frozenset(), 2025),
    )
    return replace(city(), peers=peers)


FLAT = (0.05,) * 10
THREE = {
    "青岛": course(100.0, *FLAT),
    "甲": course(100.0, *FLAT[:4], 0.20, *FLAT[5:]),  # one leap, in 2015
    "乙": course(300.0, *(0.25,) * 10),  # fast and three times as large
    "丙": course(60.0, *FLAT),
}


# -- planted truths


def test_a_planted_leap_is_the_only_hit_and_is_told_with_place_and_year():
    rate = base_rate(planted(THREE), 0.18, 1, nation=0.05)
    assert (rate.hits, rate.cases) == (1, 20)
    (hit,) = rate.examples
    assert (hit.place, hit.first, hit.last) == ("甲", 2014, 2015)
    assert hit.change == pytest.approx(0.20)
    assert hit.excess == pytest.approx(0.15)
    assert (rate.all_hits, rate.all_cases) == (11, 30)  # the large city counts only beside
    assert rate.percentile == pytest.approx(95)
    assert rate.probability == frequency.posterior(1, 20)
    assert "甲2015年" in rate.sentence.zh


def test_the_city_that_is_asked_is_in_no_class():
    assert "青岛" not in set(base_rate(planted(THREE), 0.05, 1).to_frame()["place"])


def test_growth_that_the_whole_nation_had_is_a_nominal_hit_and_no_other():
    boom = (*FLAT[:4], 0.20, *FLAT[5:])
    data = planted({"青岛": course(100.0, *boom), "甲": course(100.0, *boom), "丙": course(90.0, *boom)}, nation=boom)
    rate = base_rate(data, 0.18, 1, nation=0.05)
    assert (rate.hits, rate.raw_hits, rate.cases) == (0, 2, 20)
    assert {window.last for window in rate.raw} == {2015}
    assert "全国自身增长20.0%" in rate.sentence.zh


def test_growth_of_a_longer_window_is_the_yearly_pace_from_end_to_end():
    data = planted({"青岛": course(100.0, *FLAT), "甲": course(100.0, 0.1, -0.2, 0.5, *FLAT[3:])})
    growth = base_rate(data, 0.05, 3).to_frame().set_index("first")["growth"]
    assert growth[2010] == pytest.approx((1.1 * 0.8 * 1.5) ** (1 / 3) - 1)
    assert len(growth) == 8


def test_growth_exactly_as_asked_counts():
    data = planted({"青岛": course(100.0, *FLAT), "甲": course(100.0, *(0.1,) * 10)}, nation=(0.03,) * 10)
    assert base_rate(data, 0.10, 1, nation=0.03).hits == 10
    assert base_rate(data, 0.10, 4, nation=0.03).hits == 7
    assert base_rate(data, 0.1000001, 1, nation=0.03).hits == 0


def test_size_is_compared_at_the_start_of_the_window():
    fast = course(40.0, *(0.25,) * 10)  # 0.40, 0.48, 0.57 of the city's size at the start of the first three years
    rate = base_rate(planted({"青岛": course(100.0, *FLAT), "甲": fast}), 0.05, 1)
    assert [window.first for window in rate.comparable] == [2012, 2013, 2014, 2015, 2016, 2017, 2018, 2019]


def test_half_and_double_the_size_are_comparable_and_nothing_beyond():
    sizes = {"甲": 50.0, "乙": 200.0, "丙": 49.9, "丁": 200.1}
    data = planted({"青岛": course(100.0, 0.05)} | {place: course(size, 0.05) for place, size in sizes.items()})
    assert {window.place for window in base_rate(data, 0.05, 1).comparable} == {"甲", "乙"}


def test_no_window_crosses_bases_breaks_or_gaps_and_each_that_would_is_counted():
    levels = course(100.0, *FLAT)
    two = {"a": {y: v for y, v in levels.items() if y < 2015}, "b": {y: 2 * v for y, v in levels.items() if y >= 2015}}
    gap = {year: value for year, value in levels.items() if year != 2015}
    data = planted({"青岛": levels, "甲": two, "乙": levels, "丙": gap}, splices=[("乙", 2013), ("丙", 2014)])
    one, three = (base_rate(data, 0.05, years) for years in (1, 3))
    assert one.excluded == Excluded(breaks=2, bases=1, gaps=2)
    assert three.excluded == Excluded(breaks=6, bases=3, gaps=2)  # a break is told before a gap
    assert {round(window.change, 9) for window in one.windows} == {0.05}  # the doubling between bases is nowhere
    spans = [(window.place, window.first, window.last) for window in three.windows]
    assert not any(place == "甲" and first < 2015 <= last for place, first, last in spans)
    assert not any(place == "乙" and first < 2013 <= last for place, first, last in spans)
    assert "跨两个统计口径3个，含水平断层或区划调整6个，缺年份2个" in str(three)
    assert "3 across two statistical bases, 6 over a shift of level or boundaries, 2 with" in three.caution.en


@given(
    known=st.lists(st.sets(st.integers(2010, 2020), min_size=2), min_size=1, max_size=4),
    breaks=st.sets(st.integers(2011, 2020), max_size=3),
    years=st.integers(1, 4),
)
def test_every_window_between_known_years_is_either_formed_or_counted_as_left_out(known, breaks, years):
    levels = course(100.0, *FLAT)
    cities = {f"市{place}": {year: levels[year] for year in sorted(own)} for place, own in enumerate(known)}
    data = planted({"青岛": levels, "甲": levels} | cities, splices=[("市0", year) for year in breaks])
    rate = base_rate(data, 0.05, years)
    possible = sum(max(0, max(own) - min(own) - years + 1) for own in [*known, levels])
    out = rate.excluded
    assert rate.all_cases + out.breaks + out.bases + out.gaps == possible
    for window in rate.windows:
        if window.place != "甲":
            span = set(range(window.first, window.last + 1))
            assert span <= known[int(window.place[1:])]
            assert window.place != "市0" or not span - {window.first} & breaks


@given(
    growth=st.lists(st.floats(-0.3, 0.5), min_size=10, max_size=10),
    factor=st.floats(1e-3, 1e3),
    years=st.integers(1, 3),
)
def test_the_unit_of_a_city_changes_nothing_about_its_growth(growth, factor, years):
    own = course(100.0, *growth)
    levels = {"青岛": course(100.0, *FLAT), "甲": course(100.0, *FLAT), "乙": own}
    scaled = levels | {"乙": {year: factor * value for year, value in own.items()}}
    here, there = (base_rate(planted(each), 0.05, years).to_frame() for each in (levels, scaled))
    columns = ["growth", "nation", "excess"]
    np.testing.assert_allclose(here[columns], there[columns], rtol=0, atol=1e-9)
    assert here[["place", "first", "last"]].equals(there[["place", "first", "last"]])


@given(power=st.integers(-20, 20))
def test_the_unit_of_all_cities_changes_nothing_at_all(power):
    scaled = {place: {year: 2.0**power * value for year, value in own.items()} for place, own in THREE.items()}
    assert base_rate(planted(scaled), 0.1, 2).to_frame().equals(base_rate(planted(THREE), 0.1, 2).to_frame())


# -- the peers


@given(
    growth=st.lists(st.floats(-0.2, 0.4), min_size=2, max_size=5).map(sorted),
    years=st.integers(1, 5),
    nation=st.floats(0, 0.1) | st.none(),
)
def test_hits_never_rise_as_more_is_asked(growth, years, nation):
    rates = [base_rate(city(), each, years, nation=nation) for each in growth]
    for less, more in itertools.pairwise(rates):
        assert less.hits >= more.hits
        assert less.all_hits >= more.all_hits
        assert less.raw_hits >= more.raw_hits
        assert less.percentile <= more.percentile
    for rate in rates:
        assert rate.hits <= rate.cases <= rate.all_cases
        assert 0 < rate.probability < 1


@pytest.mark.parametrize("years", [1, 2, 3, 5])
def test_excess_is_nominal_growth_less_the_nations_over_the_same_years(years):
    table = needed(years).to_frame()
    assert (table["excess"] == table["growth"] - table["nation"]).all()
    levels = city().peers.nation.levels["gdp"]["中国"]
    late = table[table["first"] >= 2015]  # from there the nation has one basis
    ends = [
        (levels["census5"][last] / levels["census5"][first]) ** (1 / years) - 1
        for first, last in zip(late["first"], late["last"], strict=True)
    ]
    np.testing.assert_allclose(late["nation"], ends, rtol=0, atol=1e-12)


def test_what_the_two_trillion_goal_asks_of_one_year_has_two_precedents():
    rate = needed(1)
    assert rate.growth == pytest.approx(0.1389, abs=5e-5)
    assert (rate.nation_year, round(rate.nation, 4)) == (2025, 0.0399)
    assert rate.needed == rate.growth - rate.nation
    assert (rate.hits, rate.cases) == (2, 388)
    assert [(each.place_en, each.first, each.last) for each in rate.examples] == [
        ("Nanjing", 2004, 2005),
        ("Changsha", 2008, 2009),
    ]
    assert (rate.all_hits, rate.all_cases, rate.raw_hits) == (15, 720, 145)
    assert (distinct(rate.comparable), distinct(rate.examples)) == ((22, 23), (2, 2))
    assert rate.excluded == Excluded(breaks=28, bases=61, gaps=6)


@pytest.mark.parametrize(
    ("years", "counts"), [(2, (61, 344, 138, 632, 299)), (3, (141, 302, 277, 551, 295)), (5, (175, 230, 319, 411, 230))]
)
def test_what_the_goal_asks_of_more_years_is_more_common(years, counts):
    rate = needed(years)
    assert (rate.hits, rate.cases, rate.all_hits, rate.all_cases, rate.raw_hits) == counts


def test_nominal_counts_alone_mislead():
    panel = city().peers.cities
    growth = np.expm1(panel.log_growth("gdp", range(2002, 2025)))
    formed, fast = ~np.isnan(growth), np.nan_to_num(growth, nan=-1) >= 0.139
    assert (fast.sum(), formed.sum()) == (288, 733)  # 39 % of city-years since 2002
    late = slice(2019 - 2002, None)
    assert (fast[:, late].sum(), formed[:, late].sum()) == (8, 151)  # 5 % since 2019
    assert fast[:, late].sum(axis=0).tolist() == [0, 0, 7, 0, 1, 0]  # all but one in 2021, when the nation grew 13 %
    table = needed(1).to_frame()
    late = table[(table["last"] >= 2019) & (table["growth"] >= 0.139)]
    assert late["last"].value_counts().to_dict() == {2021: 6, 2023: 1}
    assert late["comparable"].sum() == 1
    assert late["hit"].sum() == 0


def test_the_sentence_gives_the_comparison_with_the_nation_before_the_nominal_count():
    zh, en = needed(1).sentence.zh, needed(1).sentence.en
    assert zh.index("388个一年窗口中，有2个比全国快9.9个百分点以上（南京2005年、长沙2009年）") < zh.index("有145个")
    assert en.index("2 outgrew the nation by 9.9 points or more (Nanjing 2005, Changsha 2009)") < en.index("145 of the")
    assert "按2025年的4.0%计" in zh
    assert "taken as 4.0%, as in 2025" in en
    assert "+2.7 points (2020)" in en  # the best year of the city itself
    assert "22 places and 23 starting years" in str(needed(1))
    assert "overlap" not in needed(1).caution.en  # windows of one year do not
    assert "overlap" in needed(2).caution.en


def test_a_nation_that_was_assumed_is_said_to_be():
    rate = base_rate(city(), 0.05, 1, nation=0.06)
    assert rate.nation_year is None
    assert "假定6.0%" in rate.sentence.zh
    assert "1.0 points below the nation's (taken as 6.0%)" in rate.sentence.en
    assert "或慢不超过1.0个百分点" in rate.sentence.zh


def test_none_is_said_where_none_was_found():
    rate = base_rate(city(), 0.9, 1)
    assert rate.hits == rate.all_hits == rate.raw_hits == 0
    assert "没有一个" in rate.sentence.zh
    assert "none outgrew" in rate.sentence.en
    assert rate.percentile == 100


def test_nothing_later_than_the_date_is_counted():
    early, late = base_rate(city("2022-06-30"), 0.1, 2), base_rate(city(), 0.1, 2)
    assert early.nation_year == 2021
    assert max(each.last for each in (*early.windows, *early.own)) == 2021
    assert set(early.windows) == {each for each in late.windows if each.last <= 2021}
    starts = {}
    for place, bases in city().peers.cities.levels["gdp"].items():
        starts[place] = min(year for values in bases.values() for year in values)
    out = early.excluded
    possible = sum(2021 - 2 - first + 1 for place, first in starts.items() if place != "青岛")
    assert early.all_cases + out.breaks + out.bases + out.gaps == possible


def test_the_citys_own_windows_stand_beside_and_hold_no_derived_growth():
    own = {each.last: each for each in needed(1).own}
    growth = {step.year: step for step in city().growth_steps("gdp")}
    assert own[2021].change == pytest.approx(growth[2021].value)
    assert growth[2024].derived
    assert 2024 not in own
    assert not {each.place for each in needed(1).windows} & {"青岛"}


def test_another_indicator_is_compared_with_the_nations_own():
    rate = base_rate(city(), 0.08, 1, indicator="va_tertiary")
    levels = city().peers.nation.levels["va_tertiary"]["中国"]
    newest = levels[max(levels, key=lambda basis: max(levels[basis]))]
    assert rate.nation == pytest.approx(newest[rate.nation_year] / newest[rate.nation_year - 1] - 1)
    assert rate.sentence.zh.startswith("服务业增加值")


def test_what_cannot_be_counted_is_refused_in_three_parts():
    with pytest.raises(NotAvailable, match="no comparable window of 40 years"):
        base_rate(city(), 0.05, 40)
    with pytest.raises(NotAvailable, match="no comparable window of 0 years"):
        base_rate(city(), 0.05, 0)
    with pytest.raises(NotAvailable, match="no growth of the nation"):
        base_rate(planted(THREE, nation=()), 0.05, 1)
    with pytest.raises(UnknownName, match="no_such"):
        base_rate(city(), 0.05, 1, indicator="no_such")
    with pytest.raises(NotAvailable, match="no window of 40 years"):
        share_base_rate(city(), "va_industry", "gdp", 1.0, 40)
    with pytest.raises(NotAvailable, match="va_manufacturing"):
        share_base_rate(city(), "va_manufacturing", "gdp", 1.0, 1)


# -- shares


@pytest.mark.parametrize(("rise", "years"), [(3.0, 1), (1.0, 1), (1.9, 2), (-2.0, 4)])
def test_shares_are_counted_as_in_the_verdict(rise, years):
    rate, known = (
        share_base_rate(city(), "va_industry", "gdp", rise, years),
        frequency.rise_rate(city(), "va_industry", "gdp", rise, years),
    )
    assert (rate.hits, rate.cases) == (known.hits, known.cases)
    assert (rate.all_hits, rate.all_cases) == (known.all_hits, known.all_cases)
    assert rate.probability == known.probability
    assert max(each.change for each in rate.comparable) == known.largest


def test_each_rise_of_a_share_is_that_of_its_place_and_years():
    rate = share_base_rate(city(), "va_industry", "gdp", 1.9, 2)
    panel = city().peers.provinces
    for each in rate.examples:
        shares = panel.shares("va_industry", "gdp", each.place)
        assert each.change == 100 * (shares["census5", each.last] - shares["census5", each.first]) >= 1.9
    assert rate.to_frame()["hit"].sum() == rate.all_hits
    assert list(rate.to_frame()) == ["place", "place_en", "first", "last", "rise", "comparable", "hit"]
    assert "154个两年窗口中有6个上升1.9个百分点以上" in rate.sentence.zh
    assert "of 154 windows of 2 years in comparable provinces, 6 rose 1.9 points or more" in rate.sentence.en


# -- the figure


@pytest.fixture(scope="module", params=EVERY_LOOK)
def charts(request):
    language, size = request.param
    rates = [
        needed(1),
        needed(5),
        base_rate(city(), 0.9, 1),
        base_rate(planted(THREE), 0.18, 1, nation=0.05),
    ]
    drawn = [(rate, chart_base_rate(rate, language, size=size)) for rate in rates]
    return [(rate, chart, texts(chart)) for rate, chart in drawn]


def texts(chart):
    with drawing():
        chart.canvas.draw()
    return [text for text in chart.findobj(Text) if text.get_text() and text.get_visible()]


def test_the_table_is_what_is_drawn(charts):
    for rate, chart, words in charts:
        frame, (axes,) = frame_base_rate(rate), chart.axes
        low, high = axes.get_xlim()
        for series in ("comparable", "other", "own"):
            (line,) = [line for line in axes.lines if line.get_gid() == series]
            own = frame[frame["series"] == series]
            assert line.get_xdata().tolist() == (100 * own["excess"]).tolist()
            assert line.get_ydata().tolist() == own["last"].tolist()
            assert ((100 * own["excess"]).between(low, high)).all()
        (line,) = [line for line in axes.lines if line.get_gid() == "needed"]
        assert set(line.get_xdata()) == {100 * rate.needed}
        assert (frame["series"] == "comparable").sum() == rate.cases
        assert (frame["series"] == "own").sum() == len(rate.own)
        written = "".join(text.get_text() for text in words)
        named = frame[frame["named"]]
        assert all(zh in written or en in written for zh, en in zip(named["place"], named["place_en"], strict=True))
        assert named["hit"].all()
        assert len(named) == rate.hits or len(named) > 1


def test_text_of_the_figure_stays_on_the_page_and_apart(charts):
    for rate, chart, words in charts:
        boxes = [(text.get_text(), text.get_window_extent()) for text in words]
        for text, box in boxes:
            assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= chart.bbox.x1 and box.y1 <= chart.bbox.y1, (
                rate.years,
                text,
            )
        for (one, first), (two, second) in itertools.combinations(boxes, 2):
            across = min(first.x1, second.x1) - max(first.x0, second.x0)
            up = min(first.y1, second.y1) - max(first.y0, second.y0)
            small = 0.06 * min(first.height, second.height)
            assert across <= small or up <= small, (rate.years, one, two)


def test_every_character_of_the_figure_has_a_glyph_and_can_be_read(charts):
    for _, chart, words in charts:
        assert missing_glyphs(characters(chart) + chart.alt) == ""
        for text in words:
            assert tuple(text.get_fontfamily()) == (FAMILY,)
            assert text.get_fontsize() >= 6


def test_the_title_is_the_finding_and_the_alternative_tells_it_in_full():
    titles = [{text.get_text() for text in texts(chart_base_rate(needed(1), language))} for language in ("zh", "en")]
    assert "388个可比的一年窗口中，有2个比全国快9.9个百分点以上" in titles[0]
    assert "2 of 388 comparable city-years outgrew the nation by 9.9 points" in titles[1]
    none = texts(chart_base_rate(base_rate(city(), 0.9, 1), "en"))
    assert any(text.get_text().startswith("None of 388 comparable") for text in none)
    assert needed(1).sentence.en in chart_base_rate(needed(1), "en").alt
