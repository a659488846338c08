"""Figures: every glyph there, nothing off the page or on top of another, and nothing drawn that is not in the table."""

from __future__ import annotations

import datetime as dt
import itertools
import logging
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import font_manager
from matplotlib.text import Text

from qdecon.charts import (
    chart_record,
    chart_scorecard,
    chart_trajectory,
    fonts,
    frame_record,
    frame_scorecard,
    frame_trajectory,
    headline,
)
from qdecon.charts.export import characters
from qdecon.charts.page import wrap
from qdecon.charts.partyear import lying
from qdecon.charts.series import leading
from qdecon.charts.style import BLUE, GREY, INK, ORANGE, PINK, PURPLE, QUIET, SIZES, STATUS_LOOK, TURQUOISE, drawing
from qdecon.charts.titles import shortfall, status_text
from qdecon.data import load
from qdecon.errors import NotAvailable, UnknownName
from qdecon.plan import Bilingual
from qdecon.verdict import STATUS_WORDS, Interval, Scorecard, Trajectory, scorecard
from tests.looks import EVERY_LOOK, LOOKS
from tests.records import bands


@pytest.fixture(scope="module")
def card() -> Scorecard:
    return scorecard(load("qingdao"))


def every_mark(verdict):
    """The verdict with a drawing that uses every kind of mark, crowded at the end."""
    observed = pd.DataFrame(
        [
            (2019, 4100.0, "census3", "published", "a"),
            (2020, 4560.0, "census3", "derived", "a"),
            (2021, 5123.4, "census4", "published", "b"),
            (2023, 5890.55, "census4", "published", "b"),
            (2024, 6100.0, "census5", "preliminary", "c"),
        ],
        columns=["year", "value", "basis", "state", "source"],
    )
    fan = pd.DataFrame(
        [(2025, 6350.0, 6200.0, 6500.0, 6100.0, 6650.0), (2026, 6600.0, 6300.0, 6950.0, 6150.0, 7200.0)],
        columns=["year", "median", "lo80", "hi80", "lo95", "hi95"],
    )
    trajectory = Trajectory(
        indicator="made_up",
        unit="亿元",
        name=Bilingual("一个名字相当长的增加值指标", "Value added of an indicator with a fairly long name"),
        observed=observed,
        target_year=2026,
        target_value=7000.0,
        fan=fan,
        needed=pd.DataFrame([(2024, 6100.0), (2025, 6534.5), (2026, 7000.0)], columns=["year", "value"]),
        bounds=pd.DataFrame(
            [(2022, 6400.0, "上限：全部工业", "ceiling: all industry")],
            columns=["year", "value", "label_zh", "label_en"],
        ),
        partial=pd.DataFrame(
            [(2024, 6000.0, 6300.0, 3000.0, "按上半年推算", "from the first half", "", "")],
            columns=["year", "lo", "hi", "part", "label_zh", "label_en", "part_zh", "part_en"],
        ),
    )
    target = replace(verdict.target, value=7000.0, deadline=2026)
    return replace(
        verdict, target=target, trajectory=trajectory, status="uncertain", value=None, probability=0.31,
        probability_kind="forecast", projected=Interval(6600.0, 6300.0, 6950.0, 6150.0, 7200.0), required_growth=0.0712,
    )  # fmt: skip


@pytest.fixture(scope="module")
def drawable(card):
    return [*(verdict for verdict in card.verdicts if verdict.trajectory is not None), every_mark(card["t10"])]


@pytest.fixture(scope="module", params=EVERY_LOOK)
def charts(request, card, drawable):
    """All charts of one language and size, with their names."""
    language, size = request.param
    drawn = {verdict.target.id + verdict.status: chart_trajectory(verdict, language, size=size) for verdict in drawable}
    return drawn | {"scorecard": chart_scorecard(card, language, size=size)}


def texts(chart):
    with drawing():
        chart.canvas.draw()
    return [text for text in chart.findobj(Text) if text.get_text() and text.get_visible()]


def test_every_character_has_a_glyph(charts, monkeypatch, caplog):
    ours = [entry for entry in font_manager.fontManager.ttflist if entry.name == fonts.FAMILY]
    assert len(ours) == 1
    monkeypatch.setattr(font_manager.fontManager, "ttflist", ours)
    monkeypatch.setattr(font_manager.fontManager, "afmlist", [])
    with caplog.at_level(logging.WARNING):
        for name, chart in charts.items():
            assert fonts.missing_glyphs(characters(chart)) == "", name
            assert {tuple(text.get_fontfamily()) for text in texts(chart)} == {(fonts.FAMILY,)}, name
    assert caplog.records == []


def test_text_stays_on_the_page_and_apart(charts):
    for name, chart in charts.items():
        page = chart.bbox
        boxes = [(text.get_text(), text.get_window_extent()) for text in texts(chart)]
        for text, box in boxes:
            assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= page.x1 and box.y1 <= page.y1, (name, text)
        for (one, first), (two, second) in itertools.combinations(boxes, 2):
            across = min(first.x1, second.x1) - max(first.x0, second.x0)
            up = min(first.y1, second.y1) - max(first.y0, second.y0)
            small = 0.06 * min(first.height, second.height)
            assert across <= small or up <= small, (name, one, two)


def test_text_is_horizontal_and_large_enough(charts):
    for name, chart in charts.items():
        for text in texts(chart):
            assert text.get_rotation() == 0, (name, text.get_text())
            assert text.get_fontsize() >= 6, (name, text.get_text())


def marks(chart, gid):
    """Positions drawn under a name."""
    found = [line for axes in chart.axes for line in axes.lines if line.get_gid() == gid]
    return sorted((float(x), float(y)) for line in found for x, y in zip(*line.get_data(), strict=True))


def rows(frame, series, *columns):
    own = frame[frame["series"] == series]
    return sorted(
        (float(year), float(value)) for name in columns for year, value in zip(own["year"], own[name], strict=True)
    )


def test_the_table_is_what_is_drawn(drawable):
    for verdict in drawable:
        frame = frame_trajectory(verdict)
        if lying(frame):
            continue
        for language, size in LOOKS:
            chart = chart_trajectory(verdict, language, size=size)
            for series in ("observed", "bound", "target", "needed", "projection"):
                assert marks(chart, series) == rows(frame, series, "value"), (verdict.target.id, series)
            assert marks(chart, "partial") == rows(frame, "partial", "lo", "hi")
            for level in ("80", "95"):
                bands = [band for band in chart.axes[0].collections if band.get_gid() == f"projection{level}"]
                corners = {
                    tuple(map(float, corner)) for band in bands for path in band.get_paths() for corner in path.vertices
                }
                assert corners == set(rows(frame, "projection", f"lo{level}", f"hi{level}"))
            written = {text.get_text() for text in texts(chart)}
            labels = {line for label in frame[f"label_{language}"] for line in label.split("\n") if line}
            assert labels <= written, (verdict.target.id, labels - written)


@pytest.mark.parametrize(("language", "size"), LOOKS)
def test_the_table_of_a_part_year_is_what_is_drawn(card, language, size):
    frame = frame_trajectory(card["t04"])
    assert lying(frame)
    chart = chart_trajectory(card["t04"], language, size=size)
    bars = {bar.get_gid(): bar for bar in chart.findobj(mpl.patches.Rectangle) if bar.get_gid()}
    own = frame.set_index("series")
    assert bars["part"].get_width() == own.loc["part", "value"] == 3060.2
    assert bars["partial"].get_x() == own.loc["partial", "lo"]
    assert bars["partial"].get_x() + bars["partial"].get_width() == pytest.approx(own.loc["partial", "hi"])
    (line,) = [line for line in chart.axes[0].lines if line.get_gid() == "target"]
    assert set(line.get_xdata()) == {own.loc["target", "value"]} == {6500.0}
    written = {text.get_text() for text in texts(chart)}
    assert {line for label in frame[f"label_{language}"] for line in label.split("\n") if line} <= written


def test_the_drawn_figures_are_those_of_the_verdict(card):
    frame = frame_trajectory(card["t10"])
    observed = frame[frame["series"] == "observed"].set_index("year")
    assert observed.loc[2024, "value"] == 10495.54
    assert frame.loc[frame["series"] == "target", ["year", "value"]].values.tolist() == [[2024, 11000.0]]
    source = card["t10"].trajectory.observed
    known = set(zip(source["year"], source["value"], strict=True))
    assert set(zip(observed.index, observed["value"], strict=True)) <= known


def test_bases_are_separate_lines_with_a_note(card):
    verdict = card["t06"]
    frame = frame_trajectory(verdict)
    basis = frame[frame["series"] == "observed"].set_index("year")["basis"]
    lines = [line for line in chart_trajectory(verdict).axes[0].lines if line.get_gid() == "observed line"]
    for line in lines:
        years = [int(year) for year in line.get_xdata()]
        assert len(set(basis[years])) == 1
        assert years == list(range(years[0], years[-1] + 1))  # a gap in time is a gap in the line
    notes = frame[frame["series"] == "basis"]
    assert notes["basis"].tolist() == list(dict.fromkeys(basis))[1:]
    assert (notes["label_zh"].str.contains("新统计口径") & notes["label_en"].str.contains("basis")).all()


def test_one_figure_a_year_after_a_revision(card):
    observed = card["t06"].trajectory.observed
    kept = leading(observed)
    assert kept["year"].is_unique
    assert kept.set_index("year").loc[2018, "value"] == 10949.38  # after the census, not 12,001.52
    assert len(kept) == observed["year"].nunique()


def test_markers_tell_what_a_figure_is(card):
    chart = chart_trajectory(every_mark(card["t10"]))
    look = {line.get_xdata()[0]: line for line in chart.axes[0].lines if line.get_gid() == "observed"}
    assert look[2024].get_markerfacecolor() == "white"
    assert look[2024].get_marker() == "o"
    assert look[2020].get_marker() == "s"
    assert look[2019].get_markerfacecolor() != "white"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_titles_are_findings_of_bearable_length(card, language):
    for verdict in card.verdicts:
        title = headline(verdict, language)
        length = len(title.split()) if language == "en" else len(title)
        assert length <= (15 if language == "en" else 29), title
    assert "4.6%" in headline(card["t10"], language)


def test_services_title():
    verdict = scorecard(load("qingdao"))["t10"]
    assert headline(verdict, "zh") == "服务业增加值2024年差4.6%，目标未完成"
    assert headline(verdict, "en") == "Services value added fell 4.6% short of its 2024 target"


def test_every_status_has_a_title(card):
    for status in STATUS_WORDS:
        for verdict in (card["t06"], card["t10"], card["t22"]):
            for language in ("zh", "en"):
                changed = replace(verdict, status=status)
                assert headline(changed, language)
                assert STATUS_WORDS[status][language] in status_text(changed, language).lower()


def test_shortfall_of_a_share_is_in_points(card):
    share = replace(card["t02"], status="missed", value=24.9)
    assert shortfall(share, "zh") == "3.1个百分点"
    assert shortfall(share, "en") == "3.1 percentage points"
    assert shortfall(replace(share, value=28.0), "en") == ""


def test_status_is_never_colour_alone():
    assert set(STATUS_LOOK) == set(STATUS_WORDS)
    assert len({(str(look.shape), look.filled) for look in STATUS_LOOK.values()}) == len(STATUS_LOOK)


def contrast(colour):
    """Contrast with white, by WCAG 2.2."""
    parts = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return 1.05 / (linear @ (0.2126, 0.7152, 0.0722) + 0.05)


def test_contrast():
    assert min(map(contrast, (INK, QUIET, BLUE, PINK))) >= 4.5  # text
    assert min(map(contrast, (ORANGE, TURQUOISE, PURPLE, GREY))) >= 3.0  # marks


def test_sizes():
    assert SIZES["slide"].width / SIZES["slide"].height == pytest.approx(16 / 9)
    assert 25.4 * SIZES["column"].width == pytest.approx(85)


def test_scorecard_table_is_what_is_drawn(card):
    frame = frame_scorecard(card)
    assert sorted(frame["id"]) == sorted(verdict.target.id for verdict in card.verdicts)
    for language in ("zh", "en"):
        chart = chart_scorecard(card, language)
        written = [text.get_text() for text in texts(chart)]
        for column in (f"label_{language}", f"asked_{language}", f"found_{language}", f"chance_{language}"):
            own = frame if column.startswith("label") else frame[frame["place"] == "row"]
            assert set(own[column]) - {""} <= set(written), column
        dots = {line.get_gid() for line in chart.findobj(mpl.lines.Line2D) if str(line.get_gid()).startswith("dot ")}
        known = frame[(frame["place"] == "row") & (frame["ratio"].notna() | frame["median"].notna())]
        assert dots == {f"dot {name}" for name in known["id"]}


def test_scorecard_counts_agree(card):
    frame = frame_scorecard(card)
    counted = frame[frame["counted"]]
    judged = [verdict for verdict in card.verdicts if verdict.target.counted and verdict.target.group == "numeric"]
    assert len(counted) == len(judged)
    chart = chart_scorecard(card, "en", size="column")
    bars = {bar.get_gid(): bar.get_width() for bar in chart.findobj(mpl.patches.Rectangle) if bar.get_gid()}
    counts = counted["status"].value_counts()
    assert set(bars) == {f"bar {status}" for status in counts.index}
    scale = {name: bars[f"bar {name}"] / count for name, count in counts.items()}
    assert max(scale.values()) == pytest.approx(min(scale.values()))


def test_earlier_dates_can_be_drawn():
    early = scorecard(load("qingdao", as_of="2023-03-31"))
    for verdict in early.verdicts:
        if verdict.trajectory is not None:
            assert (frame_trajectory(verdict)["year"] > 1990).all()
            chart_trajectory(verdict, "en", size="column")
    assert early.as_of == dt.date(2023, 3, 31)
    chart_scorecard(early)


def test_what_cannot_be_drawn_says_so(card):
    bare = next(verdict for verdict in card.verdicts if verdict.trajectory is None)
    with pytest.raises(NotAvailable, match="no figures to draw"):
        chart_trajectory(bare)
    with pytest.raises(UnknownName, match="choose one of slide, column"):
        chart_trajectory(card["t10"], size="poster")  # type: ignore[arg-type]


def test_missing_font_says_what_to_install(monkeypatch):
    monkeypatch.setattr(fonts, "PACKAGE", "no_such_font_package")
    with pytest.raises(NotAvailable, match="pip install no-such-font-package"):
        fonts.font_file.__wrapped__()


def test_settings_of_the_caller_stay(card):
    before = dict(mpl.rcParams)
    chart = chart_trajectory(card["t10"])
    assert chart._repr_png_().startswith(b"\x89PNG")
    assert dict(mpl.rcParams) == before


def test_chart_shows_its_alternative(card):
    chart = chart_trajectory(card["t10"], "en")
    assert repr(chart) == chart.alt
    for part in ("Line chart", "Services value added", "Qingdao", "2024", "1,100 billion yuan", "Missed"):
        assert part in chart.alt


def test_drawing_needs_no_pyplot_and_imports_no_font_package():
    code = (
        "import sys, qdecon as qd; card = qd.scorecard(qd.load('qingdao')); qd.chart_trajectory(card['t10']);"
        f"assert not {{'matplotlib.pyplot', 'seaborn', {fonts.PACKAGE!r}}} & set(sys.modules), 'imported'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


ALPHABET = st.sampled_from([*"服务业增加值目标，。；（）《》2024.6%", " short ", " of ", "10,495.54亿元", "GDP"])


@given(st.lists(ALPHABET, min_size=1, max_size=40).map("".join), st.integers(14, 60), st.booleans())
def test_wrapping_loses_nothing_and_fits(text, width, even):
    lines = wrap(text, width, len, even=even)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        assert line == line.strip()
        assert line[:1] not in "，。；）》" or line == lines[0]
        assert len(line) <= width or not any(mark.isspace() for mark in line.strip("，。；（）《》"))


@pytest.mark.xdist_group("bands")
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_record_is_drawn_as_tabulated(language):
    record = bands()
    frame, chart = frame_record(record), chart_record(record, language)
    written = [text.get_text() for text in texts(chart)]
    cells = [f"{100 * value:.0f}" for value in frame.to_numpy().ravel() if not np.isnan(value)]
    assert not Counter(cells) - Counter(written)
    assert fonts.missing_glyphs(characters(chart)) == ""
    assert {tuple(text.get_fontfamily()) for text in texts(chart)} == {(fonts.FAMILY,)}
