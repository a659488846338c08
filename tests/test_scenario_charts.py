"""Figures of scenarios: the title says what is in the record, the table is what is drawn, and all of it can be read."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

import qdecon as qd
from qdecon.charts import chart_scenarios, chart_sweep, chart_swings, frame_scenarios, frame_sweep, frame_swings
from qdecon.charts.export import characters
from qdecon.charts.fonts import FAMILY, missing_glyphs
from qdecon.charts.style import INK, drawing
from qdecon.charts.sweepmap import DARK, LIGHT, LINES
from qdecon.charts.words import short_chance
from qdecon.errors import NotAvailable, UnknownName
from qdecon.plan import Bilingual
from qdecon.scenario import (
    LEVERS,
    Assumption,
    Case,
    Comparison,
    Ranking,
    Scenario,
    Shock,
    Sweep,
    Swing,
    compare,
    rank_levers,
    sweep,
)
from qdecon.sources import presets, read_scenario
from qdecon.verdict import STATUS_WORDS, Interval
from qdecon.verdict.outlook import status_of
from qdecon.verdict.wording import chance
from tests.looks import EVERY_LOOK, LOOKS

CITY = qd.load("qingdao")
GOAL, SHARE = CITY.plan.target("t06-2028"), CITY.plan.target("t03")
CAP = replace(SHARE, comparator="at_most")
PLACE = Bilingual("甲市", "Alpha")
DATE, REST = dt.date(2026, 4, 30), Bilingual("其余按模型", "all else as the model says")
FEW = settings(max_examples=6)
CHANCES = st.floats(0, 1)


def assumed(place: int, name: Bilingual | None = None) -> Scenario:
    words = name or Bilingual(f"情景{place}", f"scenario {place}")
    return Scenario(f"s{place}", words, 2026, (Assumption("deflator", (1.0,)),))


def compared(odds: list[float], own: float | None = 0.66, target=GOAL, names=()) -> Comparison:
    """A comparison with planted chances; the medians rise with them."""
    made = [assumed(place, names[place] if names else None) for place in range(len(odds))]
    if own is not None:
        made, odds = [*made, Scenario("free", Bilingual("模型所说", "what the models say"), 2026)], [*odds, own]
    middles = [target.value * (0.9 + 0.2 * each) for each in odds]
    cases = [
        Case(target, scenario, each, Interval(x, 0.95 * x, 1.06 * x, 0.9 * x, 1.1 * x))
        for scenario, each, x in zip(made, odds, middles, strict=True)
    ]
    return Comparison(tuple(cases), PLACE, DATE)


def swept(chances, target=GOAL, levers=("real_growth", "deflator"), spread=0.0) -> Sweep:
    """A map of planted chances over a grid of whole numbers."""
    odds = np.asarray(chances, float)
    up, across = (tuple(float(each) for each in range(length)) for length in odds.shape)
    return Sweep(target, levers, across, up, odds, spread, REST, PLACE, DATE)


def plane(steep: float, slope: float, height: float, count: int = 7) -> np.ndarray:
    """Chances that change evenly with both levers."""
    return np.clip([[height + slope * far + steep * high for far in range(count)] for high in range(count)], 0, 1)


def ranked(ends: list[tuple[float, float]], own: float = 0.5, target=GOAL) -> Ranking:
    swings = [Swing(lever, -1.5, 2.5, *pair) for lever, pair in zip(itertools.cycle(LEVERS), ends, strict=False)]
    ordered = tuple(sorted(swings, key=lambda each: -each.size))
    return Ranking(target, own, ordered, (2026, 2027, 2028), REST, PLACE, DATE)


@pytest.fixture(scope="module")
def real():
    """The city's own records."""
    return (
        compare(CITY, [read_scenario(name) for name in presets()], [GOAL.id]),
        sweep(CITY, GOAL.id, ("real_growth", (3, 4, 5, 6)), ("deflator", (-2, -1, 0, 1, 2)), spread=0.5),
        rank_levers(CITY, GOAL.id),
    )


@pytest.fixture(scope="module", params=EVERY_LOOK)
def charts(request, real):
    """All kinds of charts of one language and size, with their names and texts."""
    language, size = request.param
    long = Bilingual("一个名字长得没有道理的情景" * 4, "a scenario whose name goes on beyond all reason " * 3)
    strange = [long, Bilingual("𠮷𝄞", "x" * 200), Bilingual("", "  "), Bilingual("另一\n情景", "another\none")]
    producer = ("producer_outgrowth", "producer_price")
    comparisons = {
        "Qingdao": real[0], "one scenario": compared([0.9], None), "nothing assumed": compared([]),
        "impossible": compared([0.0, 0.0, 0.0], 0.0, SHARE), "certain": compared([1.0, 1.0], 1.0, CAP),
        "strange names": compared([0.1, 0.5, 0.5, 0.96], names=strange),
        "many": compared(np.linspace(0, 1, 25).tolist()),
    }  # fmt: skip
    maps = {
        "Qingdao": real[1], "nought": swept(np.zeros((5, 5)), SHARE, producer), "one": swept(np.ones((2, 2))),
        "steep": swept(plane(0.1, 0.05, 0.0), spread=1.5), "fine": swept(plane(0.02, 0.01, 0.0, 40)),
        "flat": swept(np.full((3, 4), 0.6)), "falling": swept(plane(-0.1, -0.08, 1.0), CAP, producer),
    }  # fmt: skip
    rankings = {
        "Qingdao": real[2], "still": ranked([(0.5, 0.5)] * 4), "never": ranked([(0.0, 0.0)] * 2, 0.0, SHARE),
        "always": ranked([(1.0, 1.0)] * 2, 1.0, CAP), "full": ranked([(0.0, 1.0), (1.0, 0.0)] * 3),
        "small": ranked([(0.49, 0.52), (0.02, 0.03), (0.97, 0.99), (0.4, 0.4), (0.6, 0.3)], 0.51),
    }  # fmt: skip
    drawn = {
        **{f"scenarios: {name}": chart_scenarios(each, each.targets[0].id, language, size=size)
           for name, each in comparisons.items()},
        **{f"sweep: {name}": chart_sweep(each, language, size=size) for name, each in maps.items()},
        **{f"swings: {name}": chart_swings(each, language, size=size) for name, each in rankings.items()},
    }  # fmt: skip
    return [(name, chart, texts(chart)) for name, chart in drawn.items()]


def texts(chart):
    """All text, from the top down."""
    with drawing():
        chart.draw_without_rendering()
    found = [text for text in chart.findobj(Text) if text.get_text() and text.get_visible()]
    return sorted(found, key=lambda text: (-text.get_window_extent().y0, text.get_window_extent().x0))


def words_of(chart) -> list[str]:
    """All text, line by line as it was drawn."""
    return [text.get_text() for text in chart.findobj(Text) if text.get_text()]


def written(chart) -> str:
    return " ".join(text.get_text() for text in texts(chart))


def lines_of(chart) -> dict[str, object]:
    return {line.get_gid(): line for line in chart.axes[0].lines if line.get_gid()}


# Scenarios ------------------------------------------------------------------------------------------------------------


@FEW
@given(odds=st.lists(CHANCES, min_size=2, max_size=6), own=st.none() | CHANCES)
def test_the_title_counts_what_is_on_track_among_the_assumed_and_names_the_model_alone(odds, own):
    count, good = len(odds), sum(each >= 0.8 for each in odds)
    head = f"{good} of {count} scenarios put"
    if good in (0, count):
        head = (
            f"None of {count} scenarios" if not good else "Both scenarios" if count == 2 else f"All {count} scenarios"
        )
    made = compared(odds, own)
    for language in ("zh", "en"):
        title = chart_scenarios(made, GOAL.id, language).title
        assert (own is None) == ("模型本身" not in title and "model alone" not in title)
        assert own is None or title.endswith((chance(own)[language], short_chance(own)))
        assert ("2万亿元" if language == "zh" else "2 trillion yuan in 2028") in title
        told = f"{count}种情景" if good in (0, count) else f"{count}种情景中有{good}种"
        assert title.startswith(told if language == "zh" else head)


def test_one_scenario_alone_is_named_with_its_status_and_chance():
    chart = chart_scenarios(compared([0.31]), GOAL.id, "en")
    assert chart.title == 'Under "Scenario 0" 2 trillion yuan in 2028 is uncertain: 31 in 100'
    assert f"{chart.title}; the model alone says 66 in 100." in chart.alt
    assert chart_scenarios(compared([], 0.1), GOAL.id, "en").title.startswith("Without assumptions")
    assert "偏离" in chart_scenarios(compared([], 0.1), GOAL.id, "zh").title


def test_a_ceiling_is_told_as_one():
    assert "at most 30% in 2026" in chart_scenarios(compared([0.9, 0.1], target=CAP), CAP.id, "en").title
    assert "不高于30%" in chart_scenarios(compared([0.9, 0.1], target=CAP), CAP.id, "zh").title


@FEW
@given(odds=st.lists(CHANCES, min_size=1, max_size=6))
def test_the_table_of_scenarios_is_the_record_the_likeliest_first(odds):
    frame, made = frame_scenarios(compared(odds), GOAL.id), compared(odds)
    assert frame["series"].iloc[-1] == "target"
    assert frame["value"].iloc[-1] == GOAL.value
    body = frame.iloc[:-1].set_index("scenario")
    assert body["probability"].is_monotonic_decreasing
    assert len(body) == len(made.cases)
    for case in made.cases:
        row, interval = body.loc[case.scenario.id], case.interval
        assert (row["value"], row["lo80"], row["hi80"]) == (interval.median, interval.lo80, interval.hi80)
        assert (row["probability"], row["status"]) == (case.probability, status_of(case.probability))
        assert row["series"] == ("own" if case.scenario.id == "free" else "assumed")


def test_a_shock_alone_is_an_assumption():
    fall = Scenario("fall", Bilingual("下跌", "a fall"), 2026, (), (Shock(2026, 3.0),))
    case = replace(compared([0.2], None).cases[0], scenario=fall)
    assert frame_scenarios(Comparison((case,), PLACE, DATE), GOAL.id)["series"].tolist() == ["assumed", "target"]


@pytest.mark.parametrize(("language", "size"), LOOKS)
def test_the_table_of_scenarios_is_what_is_drawn(real, language, size):
    frame, chart = frame_scenarios(real[0], GOAL.id), chart_scenarios(real[0], GOAL.id, language, size=size)
    lines, (low, high) = lines_of(chart), chart.axes[0].get_xlim()
    assert set(lines["target"].get_xdata()) == {GOAL.value}
    body = frame.iloc[:-1]
    heights = []
    for row in body.itertuples():
        dot, bar = lines[f"median {row.scenario}"], lines[f"interval {row.scenario}"]
        assert dot.get_xdata()[0] == row.value
        assert tuple(bar.get_xdata()) == (row.lo80, row.hi80)
        assert low < row.lo80 < row.hi80 < high
        assert (dot.get_markerfacecolor() == "white") == (row.series == "assumed")
        heights.append(dot.get_ydata()[0])
    assert heights == sorted(heights)
    assert len(lines) == 2 * len(body) + 1
    told = "".join(word.replace(" ", "") for word in words_of(chart))
    for column in ("label", "chance"):
        for word in frame[f"{column}_{language}"]:
            assert all(part in told for part in word.split())
    symbols = [str(line.get_gid()) for line in chart.findobj(Line2D) if str(line.get_gid()).startswith("symbol")]
    assert symbols == [f"symbol {status}" for status in body["status"]]
    assert all(STATUS_WORDS[status][language] in " ".join(words_of(chart)) for status in set(body["status"]))


# Sweeps ---------------------------------------------------------------------------------------------------------------


@FEW
@given(steep=st.floats(0.03, 0.3) | st.floats(-0.3, -0.03), slope=st.floats(-0.1, 0.1), height=CHANCES)
def test_the_values_in_the_title_give_the_chances_it_names(steep, slope, height):
    """Put back into the plane, each stated value of the second lever gives its chance, but for its rounding."""
    made = swept(plane(steep, slope, height))
    known = {odds: made.frontier(odds) for odds in LINES}
    title = chart_sweep(made, "en").subtitles[0]
    found = re.search(r"real growth at ([\d.]+)% a year", title)
    if found is None:
        assert not any(each is not None for line in known.values() for each in line)
        assert (
            f"{chance(made.chances.min()).en} at worst" in title or f"{chance(made.chances.max()).en} at best" in title
        )
        return
    far = float(found[1])
    stated = {words: float(value.replace("−", "-")) for value, words in re.findall(r"at (−?[\d.]+)% for (\w+)", title)}
    for odds, words in ((0.5, "an"), (0.8, "80")):
        exact = known[odds][int(far)]
        assert (words in stated) == (exact is not None)
        if exact is not None:
            assert stated[words] == pytest.approx(exact, abs=0.0501)
            assert stated[words] >= 0
    zh = chart_sweep(made, "zh").subtitles[0]
    assert [float(each.replace("−", "-")) for each in re.findall(r"(−?[\d.]+)%(?:使|达)", zh)] == list(stated.values())


@pytest.mark.parametrize(
    ("chances", "zh", "en"),
    [
        (np.zeros((3, 3)), "图上没有一处能使", "Nowhere on the map is 2 trillion yuan in 2028 as likely as not"),
        (np.ones((3, 3)), "都在80%以上", "Everywhere on the map 2 trillion yuan in 2028 is likelier than 80 in 100"),
        (np.full((3, 3), 0.6), "最低约60%", "60 in 100 at worst, 60 in 100 at best"),
    ],
    ids=["all 0", "all 1", "between the lines"],
)
def test_a_map_without_lines_says_so(chances, zh, en):
    made = swept(chances)
    assert set(frame_sweep(made)["series"]) == {"cell"}
    for language, finding in (("zh", zh), ("en", en)):
        chart = chart_sweep(made, language)
        assert finding in chart.title
        assert ("No line of 50 or 80 in 100" if language == "en" else "50%、80%的界线不在图上") in "".join(
            word if language == "zh" else f"{word} " for word in words_of(chart)
        )
        assert not any(gid.startswith("frontier") for gid in lines_of(chart))


@pytest.mark.parametrize(("language", "size"), LOOKS)
def test_the_table_of_a_sweep_is_what_is_drawn(real, language, size):
    made = real[1]
    frame, chart = frame_sweep(made), chart_sweep(made, language, size=size)
    cells = frame[frame["series"] == "cell"]
    assert cells["chance"].tolist() == made.chances.ravel().tolist()
    mesh = next(each for each in chart.axes[0].collections if each.get_gid() == "cells")
    assert np.asarray(mesh.get_array()).ravel().tolist() == cells["chance"].tolist()
    written = words_of(chart)
    assert all(written.count(label) >= count for label, count in cells["label"].value_counts().items())
    for odds in LINES:
        own = frame[(frame["series"] == "frontier") & (frame["chance"] == odds)]
        line = lines_of(chart)[f"frontier {odds:g}"]
        drawn = [(x, y) for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True) if y == y]
        assert drawn == list(zip(own["across"], own["up"], strict=True))
        assert [each for each in made.frontier(odds) if each is not None] == own["up"].tolist()
    assert lines_of(chart)["frontier 0.5"].get_linestyle() != lines_of(chart)["frontier 0.8"].get_linestyle()
    assert {"50%", "80%"} <= set(written) or {"50 in 100", "80 in 100"} <= set(written)


def test_cells_too_small_for_their_number_stay_without_one_and_keep_the_lines():
    made = swept(plane(0.02, 0.01, 0.0, 40))
    chart = chart_sweep(made, size="column")
    assert not {"<5", ">95", "47"} & set(words_of(chart))
    assert {"frontier 0.5", "frontier 0.8"} <= set(lines_of(chart))


def test_a_gap_in_a_frontier_is_a_gap_in_its_line():
    chances = plane(0.2, 0.0, 0.0, 5)
    chances[:, 2] = 0.0
    line = lines_of(chart_sweep(swept(chances)))["frontier 0.5"]
    assert np.isnan(line.get_ydata()).tolist() == [False, False, True, False, False]


def test_the_notes_of_a_sweep_say_what_else_was_assumed_and_how_firmly():
    loose = written(chart_sweep(swept(plane(0.1, 0.1, 0), spread=0.5), "en"))
    assert "All else as the model says." in loose
    assert "±0.5" in loose
    assert "Both levers hold exactly." in written(chart_sweep(swept(plane(0.1, 0.1, 0)), "en"))


def test_ink_can_be_read_on_every_cell():
    def light(colour):
        parts = np.array(to_rgb(colour))
        return float(
            np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4) @ (0.2126, 0.7152, 0.0722)
        )

    for ground in (LIGHT, DARK):
        assert (light(ground) + 0.05) / (light(INK) + 0.05) >= 4.5


# Swings ---------------------------------------------------------------------------------------------------------------


@FEW
@given(ends=st.lists(st.tuples(CHANCES, CHANCES), min_size=1, max_size=5), own=CHANCES)
def test_the_title_names_the_lever_that_moves_most_and_where_to(ends, own):
    made = ranked(ends, own)
    top = made.swings[0]
    for language in ("zh", "en"):
        chart = chart_swings(made, language)
        title, told = chart.title, chart.subtitles[0]
        if top.size < 0.005:
            assert ("没有一项假定" if language == "zh" else "No assumption alone") in title
            assert title.endswith(chance(own)[language])
            continue
        assert LEVERS[top.lever].name[language] in title
        assert title.endswith(
            f"{short_chance(top.at_low)}{'至' if language == 'zh' else ' to '}{short_chance(top.at_high)}"
        )
        ends = [told.index(word) for word in ("−1.5", "2.5")]
        assert ends == sorted(ends)
        after = told[ends[1] :]
        assert chance(top.at_low)[language] in after
        assert chance(top.at_high)[language] in after


@pytest.mark.parametrize(("language", "size"), LOOKS)
def test_the_table_of_swings_is_what_is_drawn(real, language, size):
    made = real[2]
    frame, chart = frame_swings(made), chart_swings(made, language, size=size)
    assert frame["series"].iloc[0] == "own"
    assert set(lines_of(chart)["own"].get_xdata()) == {made.probability}
    bars = {bar.get_gid(): bar for bar in chart.findobj(Rectangle) if bar.get_gid()}
    told = "".join(words_of(chart)).replace(" ", "")
    body = frame.iloc[1:]
    assert body["lever"].tolist() == [each.lever for each in made.swings]
    assert "still" in set(body["series"])
    for each, row in zip(made.swings, body.itertuples(), strict=True):
        assert (row.low, row.high, row.at_low, row.at_high) == (each.low, each.high, each.at_low, each.at_high)
        assert (row.series == "swing") == (f"bar {row.lever}" in bars)
        if row.series == "swing":
            bar = bars[f"bar {row.lever}"]
            assert bar.get_x() == min(each.at_low, each.at_high)
            assert bar.get_width() == pytest.approx(each.size)
        for word in (getattr(row, f"{name}_{language}") for name in ("label", "low", "high")):
            assert "".join(word.split()) in told


def test_the_words_stand_at_the_ends_they_belong_to():
    """Where a higher value lowers the chance, it stands on the left."""
    words = {text.get_text(): text.get_position()[0] for text in texts(chart_swings(ranked([(0.9, 0.3)]), "en"))}
    assert words["2.5%"] < words["−1.5%"]
    assert words["30 in 100"] < words["90 in 100"]


def test_a_lever_that_moves_nothing_is_told_so_with_the_chance_where_holding_it_does_something():
    chart = chart_swings(ranked([(0.2, 0.7), (0.5, 0.5)]), "en")
    assert chart.alt.endswith("no difference from −1.5 to 2.5% a year.")
    assert len([bar for bar in chart.findobj(Rectangle) if str(bar.get_gid()).startswith("bar ")]) == 1
    elsewhere = chart_swings(ranked([(0.2, 0.7), (0.4, 0.4)]), "en")
    assert elsewhere.alt.endswith("no difference from −1.5 to 2.5% a year: 40 in 100.")


# All of them ----------------------------------------------------------------------------------------------------------


def test_text_stays_on_the_page_and_apart(charts):
    for name, chart, words in charts:
        boxes = [(text.get_text(), text.get_window_extent()) for text in words]
        for text, box in boxes:
            assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= chart.bbox.x1 and box.y1 <= chart.bbox.y1, (name, text)
        for (one, first), (two, second) in itertools.combinations(boxes, 2):
            across = min(first.x1, second.x1) - max(first.x0, second.x0)
            up = min(first.y1, second.y1) - max(first.y0, second.y0)
            small = 0.06 * min(first.height, second.height)
            assert across <= small or up <= small, (name, one, two)


def test_no_word_stands_on_a_bar(charts):
    for name, chart, words in charts:
        if not name.startswith("swings"):
            continue
        marks = [bar.get_window_extent() for bar in chart.findobj(Rectangle) if str(bar.get_gid()).startswith("bar ")]
        for text, mark in itertools.product(words, marks):
            box = text.get_window_extent()
            across = min(box.x1, mark.x1) - max(box.x0, mark.x0)
            up = min(box.y1, mark.y1) - max(box.y0, mark.y0)
            assert across <= 0 or up <= 0.2 * box.height, (name, text.get_text())


def test_every_character_has_a_glyph_and_can_be_read(charts):
    for name, chart, words in charts:
        assert missing_glyphs(characters(chart) + chart.alt) == "", name
        for text in words:
            assert tuple(text.get_fontfamily()) == (FAMILY,), (name, text.get_text())
            assert text.get_fontsize() >= 6
            assert text.get_rotation() == 0


def test_every_figure_says_that_it_is_no_forecast_and_when_its_figures_were_known(charts):
    for name, chart, words in charts:
        told = "".join(text.get_text() for text in words).replace(" ", "")
        assert "假定之下的结果不是预测" in told or "Whatfollowsfromanassumptionisnoforecast" in told, name
        assert "2026年4月30日" in told or "30April2026" in told, name
        assert chart.title in chart.alt


def test_what_cannot_be_drawn_says_why(real):
    with pytest.raises(UnknownName, match=f"choose one of {GOAL.id}"):
        chart_scenarios(real[0], "t99")
    with pytest.raises(NotAvailable, match="no lever of t06-2028 is left to rank"):
        chart_swings(ranked([]))
    for draw in (
        lambda size: chart_scenarios(real[0], GOAL.id, size=size),
        lambda size: chart_sweep(real[1], size=size),
    ):
        with pytest.raises(UnknownName, match="choose one of slide, column"):
            draw("poster")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_figure_of_a_scenario_names_what_it_assumes_and_says_that_it_is_no_forecast(language: str) -> None:
    def said(verdict: qd.Verdict) -> str:
        texts = qd.chart_trajectory(verdict, language).findobj(Text)
        return " ".join(text.get_text() for text in texts).replace("\n", " ")

    scenario = read_scenario("official-goal")
    own, supposed = said(qd.assess(CITY, "t06-2028")), said(qd.assess_under(CITY, scenario, "t06-2028"))
    no_forecast, errors = ("不是预测", "以往误差") if language == "zh" else ("no forecast", "past errors")
    assert scenario.name[language] in supposed
    assert no_forecast in supposed
    assert errors not in supposed  # the rest may rest on them, but nobody must take this for a forecast
    assert errors in own
    assert no_forecast not in own
