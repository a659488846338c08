"""The figures of the scored badges: like is compared with like, and the title says what came out, whichever way."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from matplotlib.text import Text

from qdecon.charts.badges import FEWEST, chart_badges, frame_badges
from qdecon.charts.export import characters
from qdecon.charts.fonts import FAMILY, missing_glyphs
from qdecon.charts.reliability import chart_reliability, frame_reliability
from qdecon.charts.style import drawing
from qdecon.errors import NotAvailable, UnknownName
from qdecon.replay.badges import QDECON, BadgeRecord, score_badges_across
from qdecon.rules.panel import NAMES
from tests.looks import EVERY_LOOK, LOOKS
from tests.records import BADGES, badges

pytestmark = pytest.mark.xdist_group(BADGES)


@pytest.fixture(scope="module")
def record() -> BadgeRecord:
    return badges()


@pytest.fixture(scope="module")
def planted() -> BadgeRecord:
    """A record without calendar years: steady growth with noise."""
    draw = np.random.default_rng(3)
    return score_badges_across("M3", [100 * np.exp(np.cumsum(draw.normal(0.04, 0.03, 20))) for _ in range(30)])


@pytest.fixture(scope="module", params=EVERY_LOOK)
def charts(request, record, planted):
    """All kinds of charts of one language and size, with their names and texts."""
    language, size = request.param
    drawn = {
        "cities": chart_badges(record, language, size=size),
        "provinces": chart_badges(record, language, panel="provinces", knowledge="crossed", size=size),
        "one panel": chart_badges(planted, language, panel="M3", knowledge="crossed", size=size),
        "reliability": chart_reliability(record, language, size=size),
        "reliability, crossed": chart_reliability(record, language, knowledge="crossed", size=size),
        "reliability, one panel": chart_reliability(planted, language, knowledge="crossed", size=size),
    }
    return [(name, chart, texts(chart)) for name, chart in drawn.items()]


def texts(chart):
    with drawing():
        chart.canvas.draw()
    return [text for text in chart.findobj(Text) if text.get_text() and text.get_visible()]


def written(chart) -> str:
    """All text, from the top down."""
    return " ".join(text.get_text() for text in sorted(texts(chart), key=lambda text: -text.get_position()[1]))


def forecast(record: BadgeRecord, **told) -> BadgeRecord:
    """The record with other crossed probabilities and badges, by forecaster (``rules``: all but qdecon)."""
    cases = record.cases.copy()
    own = cases["forecaster"] == QDECON
    for name, value in told.items():
        here = own if name == QDECON else ~own
        values = cases.loc[here, "met"].astype(float) if value == "truth" else value
        cases.loc[here, "crossed"] = values
        cases.loc[here & cases["badge"].notna(), "badge"] = values
    return BadgeRecord(cases)


# The table ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("panel", "knowledge"), [("cities", "forward"), ("provinces", "crossed")])
def test_both_forms_of_a_rule_are_compared_with_qdecon_on_the_targets_that_it_judged(record, panel, knowledge):
    frame = frame_badges(record, panel, knowledge).set_index("forecaster")
    cases = record.cases[record.cases["panel"] == panel]
    own = cases[cases["forecaster"] == QDECON].set_index("trial")[knowledge]
    for name in ("destatis", "eurostat", "unicef"):
        made = cases[(cases["forecaster"] == name) & cases["badge"].notna() & cases[knowledge].notna()]
        met, base = made["met"].to_numpy(float), own[made["trial"]].to_numpy()
        row = frame.loc[name]
        assert row["n"] == len(made)
        assert row["brier"] == pytest.approx(np.square(made[knowledge] - met).mean())
        assert row["brier_badge"] == pytest.approx((made["badge"] != met).mean())
        theirs = np.square(base - met).mean()
        assert row["more"] == pytest.approx(row["brier"] - theirs)
        assert row["badge"] == pytest.approx(row["brier_badge"] - theirs)
        assert row["came"] == pytest.approx(met[made["badge"] == 1].mean())
    assert 0 < frame.at["destatis", "share"] < 1


def test_a_rule_that_judges_everything_has_the_difference_that_the_record_states(record):
    frame, scores = frame_badges(record), record.scores("forward", ("panel",))
    scores = scores[scores["panel"] == "cities"].set_index("forecaster")
    whole = frame[(frame["series"] == "rule") & (frame["share"] == 1)].set_index("forecaster")
    assert len(whole) >= 5
    for name, row in whole.iterrows():
        assert row[["more", "low", "high"]].tolist() == scores.loc[name, ["more", "low", "high"]].tolist()


def test_rows_are_sorted_and_every_rule_is_drawn_or_named(record):
    frame = frame_badges(record)
    assert frame["series"].iloc[0] == "own"
    assert frame.loc[0, "more"] == 0
    rules = frame[frame["series"] == "rule"]
    assert rules["more"].is_monotonic_increasing
    assert (rules["share"] >= FEWEST).all()
    silent = frame[frame["series"] == "silent"]
    assert (silent["share"] < FEWEST).all()
    assert set(rules["forecaster"]) | set(silent["forecaster"]) == set(record.cases["forecaster"]) - {QDECON}


def test_who_always_states_the_share_met_errs_by_its_variance(planted):
    frame = frame_badges(planted, "M3", "crossed").set_index("forecaster")
    met = planted.cases[planted.cases["forecaster"] == QDECON]["met"].to_numpy(float)
    assert frame.at["rate", "brier"] == pytest.approx(met.var())
    assert frame.at["rate", "more"] == pytest.approx(met.var() - frame.at[QDECON, "brier"])


# The finding ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "zh", "en"),
    [
        (
            {QDECON: "truth", "rules": 0.4},
            "qdecon的误差小于每种方法的最好形式",
            "errs less than every rule's best form",
        ),
        ({QDECON: 0.4, "rules": "truth"}, "种误差比qdecon小", "11 of 11 rules err less than qdecon"),
        ({QDECON: 0.4, "rules": 0.4}, "与qdecon难分高下", "11 of 11 rules are level with qdecon"),
    ],
    ids=["qdecon is best", "rules are better", "nobody is"],
)
def test_the_title_says_who_errs_less_whichever_way_it_came_out(planted, told, zh, en):
    made = forecast(planted, **told)
    for language, finding in (("zh", zh), ("en", en)):
        chart = chart_badges(made, language, panel="M3", knowledge="crossed")
        assert finding in written(chart).replace("； ", "；")
        assert finding in chart.alt


def test_a_rule_better_as_a_bare_badge_is_not_called_worse(planted):
    """Its best form counts, so that poor recalibration cannot make a rule look bad."""
    cases = planted.cases.copy()
    unicef = cases["forecaster"] == "unicef"
    cases.loc[unicef, "badge"] = cases.loc[unicef, "met"].astype(float)
    cases.loc[unicef, "crossed"] = 0.5
    chart = chart_badges(BadgeRecord(cases), "en", panel="M3", knowledge="crossed")
    assert "1 of 11 rules err less than qdecon" in written(chart)


def test_the_title_counts_the_badges_that_came_true(record):
    frame = frame_badges(record)
    cases = record.cases[record.cases["panel"] == "cities"]
    drawn = frame.loc[frame["series"] == "rule", "forecaster"]
    said = cases[cases["forecaster"].isin(drawn) & (cases["badge"] == 1) & cases["forward"].notna()]
    title = f'"On track" came true {said["met"].mean():.0%} of times'
    assert title in written(chart_badges(record, "en"))


def test_qdecon_errs_less_than_every_form_of_every_rule_on_cities_forward_in_time(record):
    rules = frame_badges(record).query("series == 'rule'")
    assert (rules[["low", "badge_low"]] > 0).all(axis=None)
    assert "qdecon errs less than every rule's best form" in chart_badges(record, "en").alt


def test_probabilities_that_come_true_less_often_are_told_as_only(planted):
    boast = planted.cases.assign(crossed=0.9)
    frame = frame_reliability(BadgeRecord(boast), "crossed")
    assert frame["side"].tolist() == [-1]
    rate = f"{boast.loc[boast['forecaster'] == QDECON, 'met'].mean():.0%}"
    for language, title in (("zh", f"仅{rate}"), ("en", f"only {rate} in M3")):
        assert title in chart_reliability(BadgeRecord(boast), language, knowledge="crossed").alt
    modest = planted.cases.assign(crossed=0.01)
    assert frame_reliability(BadgeRecord(modest), "crossed")["side"].tolist() == [1]


def test_planted_probabilities_come_true_as_stated(planted):
    draw = np.random.default_rng(0)
    cases = planted.cases.copy()
    stated = draw.random(cases["trial"].nunique())
    place = np.searchsorted(np.unique(cases["trial"]), cases["trial"])
    cases["crossed"], cases["met"] = stated[place], (draw.random(len(stated)) < stated)[place]
    frame = frame_reliability(BadgeRecord(cases), "crossed")
    assert len(frame) == 5
    assert (frame["stated"] - frame["came"]).abs().max() < 0.05
    title = chart_reliability(BadgeRecord(cases), "en", knowledge="crossed").alt
    assert "Targets given 80 to 100% were met" in title
    assert "only" not in title.split(". ")[1]


# What is drawn --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_table_is_what_is_drawn(record, language):
    frame, chart = frame_badges(record), chart_badges(record, language, size="column")
    lines = {line.get_gid(): line for line in chart.axes[0].lines if line.get_gid()}
    words = {text.get_text() for text in texts(chart)}
    low, high = chart.axes[0].get_xlim()
    for row in frame[frame["series"].isin(["own", "rule"])].itertuples():
        for form in ("badge", "more"):
            at = lines[f"{form} {row.forecaster}"].get_xdata()[0]
            assert at == getattr(row, form)
            assert low <= at <= high
        assert lines[f"badge {row.forecaster}"].get_markerfacecolor() == "white"
        assert lines[f"more {row.forecaster}"].get_markerfacecolor() != "white"
        assert {getattr(row, f"label_{language}"), f"{row.came:.0%}"} <= words
    rate = frame[frame["series"] == "rate"].iloc[0]
    assert lines["own"].get_xdata()[0] == 0
    assert lines["rate"].get_xdata()[0] == rate["more"]
    assert {rate[f"label_{language}"], f"qdecon {frame['brier'].iloc[0]:.3f}"} <= words
    heights = [lines[f"more {name}"].get_ydata()[0] for name in frame.query("series == 'rule'")["forecaster"]]
    assert heights == sorted(heights)


def test_rules_that_are_not_drawn_are_listed_with_the_share_that_they_judged(record):
    chart = chart_badges(record, "en")
    silent = frame_badges(record).query("series == 'silent'")
    told = written(chart)
    for row in silent.itertuples():
        assert f"{NAMES[row.forecaster].en}, judged {row.share:.0%}" in told
        assert f"more {row.forecaster}" not in {line.get_gid() for line in chart.axes[0].lines}
    assert len(silent) >= 3


@pytest.mark.parametrize(("language", "size"), LOOKS)
def test_the_reliability_table_is_what_is_drawn(record, language, size):
    frame, chart = frame_reliability(record), chart_reliability(record, language, size=size)
    shapes = set()
    for axes, (panel, part) in zip(chart.axes, frame.groupby("panel", sort=False), strict=True):
        marks = next(line for line in axes.lines if line.get_gid() == f"mark {panel}")
        shapes.add(marks.get_marker())
        assert marks.get_xdata().tolist() == part["stated"].tolist()
        assert marks.get_ydata().tolist() == part["came"].tolist()
        bars = next(each for each in axes.collections if each.get_gid() == "bars").get_segments()
        assert [bar[:, 1].tolist() for bar in bars] == part[["came_low", "came_high"]].to_numpy().tolist()
    assert len(shapes) == 2  # told apart without colour
    words = {text.get_text() for text in texts(chart)}
    assert {f"n={count:,}" for count in frame["n"]} <= words


def test_intervals_resample_years_where_there_are_years_and_series_elsewhere(record, planted):
    bounds = ["came_low", "came_high"]
    assert frame_reliability(record)[bounds].equals(record.reliability("forward", "origin")[bounds])
    assert frame_reliability(planted, "crossed")[bounds].equals(planted.reliability("crossed", "group")[bounds])
    assert "over years" in chart_reliability(record, "en").alt
    assert "over series" in chart_reliability(planted, "en", knowledge="crossed").alt


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


def test_every_character_has_a_glyph_and_can_be_read(charts):
    for name, chart, words in charts:
        assert missing_glyphs(characters(chart) + chart.alt) == "", name
        for text in words:
            assert tuple(text.get_fontfamily()) == (FAMILY,), (name, text.get_text())
            assert text.get_fontsize() >= 6
            assert text.get_rotation() == 0


# What cannot be drawn -------------------------------------------------------------------------------------------------


def test_what_cannot_be_drawn_says_why(planted):
    with pytest.raises(UnknownName, match="choose one of M3"):
        frame_badges(planted, "cities", "crossed")
    with pytest.raises(NotAvailable, match="no forward probabilities"):
        frame_badges(planted, "M3")
    with pytest.raises(NotAvailable, match="no forward probabilities"):
        chart_reliability(planted)
    with pytest.raises(UnknownName, match="choose one of slide, column"):
        chart_badges(planted, panel="M3", knowledge="crossed", size="poster")  # type: ignore[arg-type]
    own = planted.cases["forecaster"] == QDECON
    silent = BadgeRecord(planted.cases.assign(badge=planted.cases["badge"].where(own)))
    with pytest.raises(NotAvailable, match="no rule judged a fifth"):
        frame_badges(silent, "M3", "crossed")


def test_a_single_year_gives_marks_without_intervals(record):
    cases = record.cases[record.cases["origin"] == 2014]
    frame = frame_reliability(BadgeRecord(cases))
    assert frame["side"].isna().all()
    assert frame["came_low"].isna().all()
    chart = chart_reliability(BadgeRecord(cases), "en")
    assert "a single year gives no intervals" in chart.alt.lower()
    assert {f"n={count:,}" for count in frame["n"]} <= {text.get_text() for text in texts(chart)}
