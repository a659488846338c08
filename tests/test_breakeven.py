"""Break-even: the last target a rule would still call on track; why rules part; and the figure that shows both."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from matplotlib.text import Text

import qdecon as qd
from qdecon.charts import fonts
from qdecon.charts.rules import chart_rules
from qdecon.charts.ruletable import frame_rules, headline_rules, measure_rules, need_rules
from qdecon.charts.style import drawing
from qdecon.errors import NotAvailable, UnknownName
from qdecon.plan import Bilingual
from qdecon.rules import RULES, Course, read_rules
from qdecon.rules.breakeven import ALL, FEW, NO_TIME, NONE, REACHED, SILENT, break_even, silence
from qdecon.rules.panel import NAMES, RulePanel, Subject, read_target
from qdecon.rules.split import SHAPE, SLACK, UNEXPLAINED, explain, features
from tests.looks import EVERY_LOOK

VECTOR = Course(np.arange(2018, 2025), np.array([100.0, 106, 104, 113, 117, 121, 126]), "up", 160.0, 2030)
AIMED = [name for name in RULES if name not in SILENT]
MIRRORED = [
    "escap_linear", "sdsn", "destatis", "climate_action", "unicef", "china_pace", "statistics_canada",
]  # fmt: skip


def turns(course: Course) -> dict[str, float | None]:
    return dict(break_even(read_rules(course)).values)


def says(name: str, course: Course, target: float) -> bool | None:
    return RULES[name](replace(course, target=target)).on_track


@st.composite
def courses(draw: st.DrawFn) -> Course:
    """Values above nought, a year missing now and then, either direction, a target ahead."""
    count = draw(st.integers(2, 9))
    gaps = draw(st.lists(st.sampled_from([1, 1, 1, 1, 2]), min_size=count - 1, max_size=count - 1))
    years = 2024 - np.cumsum([0, *gaps])[::-1]
    values = np.array(draw(st.lists(st.integers(20, 90), min_size=count, max_size=count)), dtype=float)
    direction = draw(st.sampled_from(["up", "down"]))
    target = values[-1] + (1 if direction == "up" else -1) * draw(st.integers(1, 19))
    return Course(years, values, direction, float(target), 2024 + draw(st.integers(1, 8)))


# The value


def test_break_evens_of_the_worked_series_follow_from_the_formulas() -> None:
    growth = 1.26 ** (1 / 6) - 1
    slope = 5.2  # of the straight line through the last five years
    mean = (126 - 106) / 5
    expected = {
        "eurostat": 100 * (1 + growth / 0.95) ** 12,
        "statistics_canada": 100 * (1 + growth / 0.95) ** 12,
        "unsd": 100 + (126 * (1 + growth) ** 6 - 100) / 0.95,
        "sdsn": 100 + 12 * (126 - 104) / 4,
        "destatis": (126 + 6 * mean - 0.05 * 126) / 0.95,
        "climate_action": 126 + 6 * slope,
        "unicef": 126 + 6 * 26 / 6,
        "china_pace": 100 + 26 / 0.5,
        "china_log_pace": 100 * 1.26**2,
    }
    found = turns(VECTOR)
    assert {name: found[name] for name in expected} == pytest.approx(expected, rel=1e-6)
    assert list(found) == list(NAMES)


@given(courses())
def test_just_before_its_break_even_a_rule_says_on_track_and_just_beyond_it_does_not(course: Course) -> None:
    for name, turn in turns(course).items():
        if turn is None:
            continue
        room = abs(turn - course.last)
        if room > 1e-6:
            inside = turn - course.sign * min(0.001 * abs(turn), room / 2)
            assert says(name, course, inside) is True, name
        assert says(name, course, turn + course.sign * 0.001 * max(abs(turn), 1.0)) is not True, name


@given(courses())
def test_farther_off_no_rule_ever_says_on_track_again(course: Course) -> None:
    for name, turn in turns(course).items():
        if name in SILENT:
            continue
        start = course.last if turn is None else turn
        beyond = start + course.sign * max(abs(start), 1.0) * np.geomspace(1e-6, 0.9, 12)
        assert not any(says(name, course, target) for target in beyond), name


@given(courses())
def test_a_reading_and_a_break_even_agree(course: Course) -> None:
    panel = read_rules(course)
    found = turns(course)
    for name, reading in panel.judging.items():
        turn = found[name]
        if turn is None:
            assert reading.on_track is False, name
        elif abs(turn - course.target) > 1e-6:
            assert reading.on_track == (course.sign * (turn - course.target) > 0), name


@given(courses(), st.floats(0, 40))
def test_the_target_itself_does_not_move_a_break_even(course: Course, target: float) -> None:
    assert turns(replace(course, target=target)) == turns(replace(course, target=None))


@given(courses(), st.sampled_from([1e-4, 0.3, 7.0, 1e4]))
def test_another_unit_scales_a_break_even(course: Course, unit: float) -> None:
    scaled = replace(course, values=unit * course.values, target=unit * course.target)
    one, other = turns(course), turns(scaled)
    for name in NAMES:
        assert (one[name] is None) == (other[name] is None), name
        assert one[name] is None or other[name] == pytest.approx(unit * one[name], rel=1e-6, abs=1e-6 * unit), name


@given(courses())
def test_a_course_upside_down_has_its_break_evens_upside_down(course: Course) -> None:
    turned = "down" if course.direction == "up" else "up"
    mirrored = replace(course, values=-course.values, target=-course.target, direction=turned)
    one, other = turns(course), turns(mirrored)
    for name in MIRRORED:
        if name == "statistics_canada" and one[name] is not None and one[name] <= 0:
            continue
        assert (one[name] is None) == (other[name] is None), name
        assert one[name] is None or other[name] == pytest.approx(-one[name], rel=1e-6, abs=1e-6), name


@given(courses())
def test_the_share_of_the_task_and_the_gap_still_open_turn_at_one_target(course: Course) -> None:
    assume(course.sign * (course.last - course.first) > 0)
    found = turns(course)
    assert found["china_pace"] == pytest.approx(found["unicef"], rel=1e-6, abs=1e-6)


# Why there is none


@given(courses())
def test_every_rule_has_a_break_even_or_a_reason_in_both_languages(course: Course) -> None:
    for given_course in (course, replace(course, kind="rate"), replace(course, kind="share")):
        found = break_even(read_rules(given_course))
        assert {name for name, turn in found.values.items() if turn is None} == set(found.reasons)
        for reason in found.reasons.values():
            assert reason.zh
            assert reason.en
            assert reason.zh != "不适用", reason.en  # every refusal has its own words


def test_reasons_are_told_by_kind() -> None:
    falling = replace(VECTOR, values=VECTOR.values[::-1].copy())
    assert break_even(read_rules(falling)).reasons["eurostat"] == NONE
    assert turns(falling)["unicef"] == falling.last  # nothing beyond the latest figure, which counts as met
    short = Course(np.array([2023, 2024]), np.array([100.0, 105.0]), "up", 120.0, 2028)
    reasons = break_even(read_rules(short)).reasons
    assert {name for name, reason in reasons.items() if reason == FEW} == {"sdsn", "destatis", "climate_action"}
    due = break_even(read_rules(replace(VECTOR, deadline=2024))).reasons
    assert all(due[name] == NO_TIME for name in AIMED)
    met = read_rules(replace(VECTOR, target=120.0)).by_name["climate_action"]
    assert silence("climate_action", met) == REACHED


def test_a_share_cannot_pass_the_whole() -> None:
    rising = Course(np.arange(2018, 2025), np.linspace(60.0, 84, 7), "up", 90.0, 2030, "share")
    found = break_even(read_rules(rising))
    assert found.reasons["unicef"] == ALL  # 108 % by its line
    assert found.values["escap"] is not None
    assert 84 < found.values["escap"] < 100
    part = replace(rising, values=rising.values / 100, target=0.9, whole=1.0)
    assert turns(part)["escap"] == pytest.approx(found.values["escap"] / 100)


def test_the_table_says_how_far_the_target_lies_from_each_break_even() -> None:
    table = break_even(read_rules(VECTOR)).to_frame()
    assert list(table.index) == list(NAMES)
    assert table.loc["sdsn", "margin"] == pytest.approx(166 / 160 - 1)
    assert table.loc["destatis", "margin"] < 0
    assert (table["breakeven"].isna() == (table["reason_zh"] != "")).all()
    assert break_even(read_rules(replace(VECTOR, target=None))).to_frame()["margin"].isna().all()


# Why rules part


def planted(values: list[float], left: int, target: float) -> RulePanel:
    years = np.arange(2025 - len(values), 2025)
    return read_rules(Course(years, np.array(values), "up", target, 2024 + left))


def test_compounding_is_named_where_growth_is_steady_and_the_line_falls_short() -> None:
    panel = planted([100 * 1.08**year for year in range(6)], 5, 100 * 1.08**10 - 1)
    assert panel.judging["china_log_pace"].on_track
    assert not panel.judging["unicef"].on_track
    assert "with compound growth" in panel.split.en
    assert "按复合增长推算的" in panel.split.zh


def test_the_years_looked_at_are_named_where_a_slow_start_hides_a_fast_finish() -> None:
    panel = planted([100.0] * 12 + [104.0, 108, 112, 116, 120, 124], 3, 136.0)
    assert panel.agreement == (3, 11)
    assert "None of the 8 looking at all years since the base say yes" in panel.split.en
    assert "all 3 looking at the last years alone say yes" in panel.split.en
    assert "看基年以来全部年份的8种都说不在轨，只看最近几年的3种都说在轨" in panel.split.zh


def test_slack_is_named_where_a_straight_line_ends_a_little_short() -> None:
    panel = planted([100.0, 105, 110, 115, 120, 125], 5, 151.0)
    assert "leaving slack of 5 or 10% say yes" in panel.split.en
    assert "不留余地的" in panel.split.zh


def test_a_lone_rule_is_told_by_what_only_it_does() -> None:
    panel = planted([100.0, 105.0], 3, 118.0)
    assert "the one with the pace drawn towards zero says no" in panel.split.en
    assert "把增速向零收缩的1种说不在轨" in panel.split.zh


def test_the_worked_series_parts_by_shape_as_counted() -> None:
    assert read_rules(VECTOR).split.en.endswith(
        "4 of the 5 with compound growth say yes, 1 of the 6 with a straight line says yes"
    )


def test_what_no_feature_explains_is_said_to_be_unexplained() -> None:
    mixed = {"eurostat": True, "china_log_pace": False, "escap_linear": False, "china_pace": True}
    assert explain(mixed, VECTOR) == UNEXPLAINED


@given(st.dictionaries(st.sampled_from(AIMED), st.booleans(), min_size=2))
def test_a_feature_is_named_only_if_its_counts_differ_by_half(said: dict[str, bool]) -> None:
    told = explain(said, VECTOR)
    apart = []
    for feature in features(VECTOR):
        one, other = ([said[name] for name in side if name in said] for side in (feature.ones, feature.others))
        if one and other:
            apart.append(abs(np.mean(one) - np.mean(other)))
            if feature.one.en in told.en:
                assert apart[-1] >= 0.5
                assert str(sum(one)) in told.en or sum(one) in (0, len(one))
    if told == UNEXPLAINED:
        assert 1.0 not in apart


def test_every_rule_that_judges_stands_on_one_side_of_every_feature() -> None:
    for feature in features(VECTOR):
        assert feature.ones | feature.others == set(AIMED)
        assert not feature.ones & feature.others
    share = features(replace(VECTOR, kind="share", whole=300.0))
    assert "escap" not in share[0].ones | share[0].others
    assert share[-1] == SLACK
    assert SHAPE not in share


# The figure


@pytest.fixture(scope="module")
def cases() -> dict[str, tuple[RulePanel, dict[str, object]]]:
    city = qd.load("qingdao")
    found: dict[str, tuple[RulePanel, dict[str, object]]] = {"vector": (read_rules(VECTOR), {})}
    for name in ("t06-2027", "t06-2028"):
        verdict = qd.assess(city, name)
        own = {"interval": verdict.projected, "chance": verdict.probability}
        found[name] = (read_target(city, city.plan.target(name)), own)
    rate = Subject(Bilingual("失业率", "Unemployment"), Bilingual("某市", "A town"), "%")
    falling = Course(np.arange(2018, 2025), np.array([9.0, 8.8, 8.1, 8.4, 7.6, 7.5, 7.1]), "down", 5.9, 2028, "share")
    found["falling"] = (replace(read_rules(falling), subject=rate), {})
    found["reached"] = (read_rules(replace(VECTOR, target=120.0)), {})
    found["flat"] = (read_rules(replace(VECTOR, values=np.full(7, 100.0), target=100.0)), {})
    shares = Course(np.arange(2018, 2025), np.linspace(60.0, 84, 7), "up", 90.0, 2030, "share")
    found["share"] = (replace(read_rules(shares), subject=rate), {})
    near = replace(VECTOR, target=126.2, deadline=2025)
    found["near"] = (read_rules(near), {})
    found["declining"] = (read_rules(replace(VECTOR, values=VECTOR.values[::-1].copy(), target=104.0)), {})
    return found


@pytest.fixture(scope="module", params=EVERY_LOOK)
def charts(request, cases):
    """All charts of one language and size, each with the text on it."""
    language, size = request.param
    drawn = {name: chart_rules(panel, language, size=size, **own) for name, (panel, own) in cases.items()}
    return language, {name: (chart, texts(chart)) for name, chart in drawn.items()}


def texts(chart):
    with drawing():
        chart.canvas.draw()
    return [text for text in chart.findobj(Text) if text.get_text() and text.get_visible()]


def test_text_is_on_the_page_apart_and_legible(charts) -> None:
    for name, (chart, written) in charts[1].items():
        boxes = [(text.get_text(), text.get_window_extent()) for text in written]
        assert min(text.get_fontsize() for text in written) >= 6
        for text, box in boxes:
            assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= chart.bbox.x1 and box.y1 <= chart.bbox.y1, (name, text)
        for (one, first), (two, second) in itertools.combinations(boxes, 2):
            across = min(first.x1, second.x1) - max(first.x0, second.x0)
            up = min(first.y1, second.y1) - max(first.y0, second.y0)
            small = 0.06 * min(first.height, second.height)
            assert across <= small or up <= small, (name, one, two)


def test_every_character_has_a_glyph(charts) -> None:
    for name, (_, written) in charts[1].items():
        assert fonts.missing_glyphs("".join(text.get_text() for text in written)) == "", name
        assert {tuple(text.get_fontfamily()) for text in written} == {(fonts.FAMILY,)}, name


def test_the_table_is_what_is_drawn(cases, charts) -> None:
    language, drawn = charts
    for name, (panel, own) in cases.items():
        frame, (chart, marks) = frame_rules(panel, **own), drawn[name]
        lines = {line.get_gid(): line for line in chart.axes[0].lines if not str(line.get_gid()).startswith("_")}
        rules = frame[(frame["series"] == "rule") & frame["value"].notna()].set_index("rule")["value"]
        dots = {gid: line.get_xdata()[0] for gid, line in lines.items() if str(gid).startswith("dot ")}
        assert dots == {f"dot {rule}": value for rule, value in rules.items()}
        rest = frame[frame["series"] != "rule"].set_index("series")
        for series in ("latest", "target"):
            assert set(lines[series].get_xdata()) == {rest.loc[series, "value"]}
        if own:
            assert tuple(lines["interval"].get_xdata()) == tuple(rest.loc["own", ["lo80", "hi80"]])
            assert lines["own"].get_xdata()[0] == rest.loc["own", "value"]
        written = {text.get_text() for text in marks}
        shown = frame[frame["series"] != "left out"]
        assert set(shown[f"label_{language}"]) | set(shown[f"text_{language}"]) - {""} <= written | {""}
        for each in frame.loc[frame["series"] == "left out", f"label_{language}"]:
            assert each in chart.alt


def test_dots_beyond_the_target_are_those_that_say_on_track_and_have_a_shape_of_their_own(cases) -> None:
    for name in ("vector", "t06-2027", "t06-2028", "falling", "near"):
        panel, own = cases[name]
        frame = frame_rules(panel, **own)
        rules = frame[frame["series"] == "rule"]
        beyond = panel.course.sign * (rules["value"] - panel.course.target) >= 0
        assert (beyond == rules["on_track"]).all()
        assert (int(beyond.sum()), len(rules)) == panel.agreement
        distance = panel.course.sign * rules["value"].to_numpy()
        assert (np.diff(distance) <= 0).all()  # the most generous first
        dots = {line.get_gid(): line for line in chart_rules(panel, "en", **own).axes[0].lines}
        shapes = {bool(row.on_track): dots[f"dot {row.rule}"].get_marker() for row in rules.itertuples()}
        assert len(set(shapes.values())) == len(shapes)


def test_a_rule_without_a_break_even_says_any_or_none(cases) -> None:
    told = {}
    for name in ("share", "declining"):
        frame = frame_rules(cases[name][0])
        bare = frame[(frame["series"] == "rule") & frame["value"].isna()]
        told[name] = set(bare["text_en"])
        assert (bare["on_track"] == (bare["text_zh"] == "任意")).all()
    assert told == {"share": {"any"}, "declining": {"none"}}


def test_titles_are_findings(cases) -> None:
    said = {name: [headline_rules(panel, language) for language in ("zh", "en")] for name, (panel, _) in cases.items()}
    assert said["vector"] == [
        "11种公开方法中，5种判定2030年160的目标在轨",
        "5 of 11 published rules say on track: 160 by 2030",
    ]
    assert said["t06-2027"] == [
        "11种公开方法一致：2027年2万亿元的目标不在轨",
        "All 11 published rules agree: 2 trillion yuan by 2027 is not on track",
    ]
    assert said["t06-2028"][1] == "7 of 8 published rules say on track: 2 trillion yuan by 2028"
    assert all(len(english.split()) <= 15 and len(chinese) <= 29 for chinese, english in said.values())


def test_the_task_is_told_with_its_multiple(cases) -> None:
    panel = cases["t06-2027"][0]
    english, chinese = need_rules(panel, "en"), need_rules(panel, "zh")
    assert english == "Needs nominal growth of 6.7% a year from 2025, 1.29 times the 5.2% a year since 2021"
    assert chinese == "从2025年起需年均名义增长6.7%，是2021年以来每年5.2%的1.29倍"
    assert need_rules(cases["falling"][0], "en") == (
        "Needs a change of −0.3 points a year from 2024, 0.95 times the −0.32 points a year since 2018"
    )
    assert need_rules(cases["declining"][0], "en").endswith("against −3.8% a year since 2018")
    assert need_rules(read_rules(replace(VECTOR, target=120.0)), "en") == ""
    assert measure_rules(cases["falling"][0], "en") == (
        "Lowest target for 2028 that each rule would still call on track; Unemployment, A town, %"
    )


def test_what_is_known_from_memory_is_marked_and_told(cases) -> None:
    panel = cases["vector"][0]
    frame = frame_rules(panel)
    rules = frame[frame["series"] == "rule"]
    assert set(rules.loc[rules["label_en"].str.endswith("*"), "rule"]) == {"sdsn", "climate_action", "unicef"}
    assert (rules["label_zh"].str.endswith("*") == (rules["evidence"] == "memory")).all()
    written = " ".join(text.get_text() for text in texts(chart_rules(panel, "en")))
    assert "* Formula or cut-offs from memory, not checked against the source." in written


def test_the_alternative_tells_every_break_even(cases) -> None:
    chart = chart_rules(cases["t06-2028"][0], "en", **cases["t06-2028"][1])
    assert repr(chart) == chart.alt
    for part in ("Dot plot. 7 of 8", "Eurostat, 2,055.3, on track", "UN ESCAP (growth), 1,936.7, not on track"):
        assert part in chart.alt
    assert "chance to reach it 66 in 100" in chart.alt


def test_what_cannot_be_drawn_says_so() -> None:
    for course in (replace(VECTOR, target=None), replace(VECTOR, deadline=2024), replace(VECTOR, values=np.zeros(7))):
        panel = read_rules(course)
        if not panel.judging or course.target is None or course.left <= 0:
            with pytest.raises(NotAvailable, match="no rule judges"):
                chart_rules(panel)
    with pytest.raises(UnknownName, match="choose one of slide, column"):
        chart_rules(read_rules(VECTOR), size="poster")  # type: ignore[arg-type]
