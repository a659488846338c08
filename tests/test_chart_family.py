"""The chart family: every chart at every size in both languages, held to the same rules of drawing.

The rules are those of the style guides of statistical offices and newspapers. Each is a function that returns what is
wrong with a figure; each is shown to find a planted fault.
"""

from __future__ import annotations

import io
import itertools
import re
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.text import Text
from PIL import Image

import qdecon as qd
from qdecon import charts
from qdecon.charts.export import to_png
from qdecon.charts.page import Chart
from qdecon.charts.style import (
    BAND80,
    BLUE,
    GREY,
    HOUSE,
    INK,
    ORANGE,
    PINK,
    PURPLE,
    QUIET,
    SIZES,
    STATUS_LOOK,
    TURQUOISE,
    drawing,
)
from qdecon.charts.words import TITLE_CHARACTERS, TITLE_WORDS
from qdecon.data.gathering import peers
from qdecon.errors import NotAvailable
from qdecon.plan import common_target
from qdecon.replay.badges import BadgeRecord, score_badges_across
from qdecon.replay.peers import Record
from qdecon.scenario import compare, rank_levers, sweep
from qdecon.scrutiny.shortfall import split_shortfall
from qdecon.sources import presets, read_scenario
from qdecon.verdict import STATUS_WORDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from qdecon.charts.style import SizeName
    from qdecon.plan import Language
    from qdecon.verdict.standing import Standing

SHOWN: tuple[SizeName, ...] = ("slide", "column", "web", "square")
LANGUAGES: tuple[Language, ...] = ("zh", "en")
EVERY = list(itertools.product(SHOWN, LANGUAGES))
LOOKS = [look for at, look in enumerate(EVERY) if at % 4 in (0, 3)]  # each size once, each language twice


# The charts ---------------------------------------------------------------------------------------------------------


@cache
def city() -> qd.Dataset:
    return qd.load("qingdao")


@cache
def about(target: str) -> Any:
    return qd.dossier(city(), target)


@cache
def badges() -> BadgeRecord:
    """Judgements of planted series, given years and the name of a panel; the real ones take half a minute."""
    draw = np.random.default_rng(3)
    cases = score_badges_across("M", [100 * np.exp(np.cumsum(draw.normal(0.04, 0.03, 20))) for _ in range(16)]).cases
    return BadgeRecord(cases.assign(panel="cities", origin=2010 + cases["trial"] % 8, forward=cases["crossed"]))


@cache
def coverage() -> Record:
    """Bands of planted forecasts, of which eight in ten held."""
    draw = np.random.default_rng(4)
    cells = pd.DataFrame(
        itertools.product(range(2008, 2018), range(1, 6), range(12)), columns=["origin", "horizon", "place"]
    )
    cases = cells[cells["origin"] + cells["horizon"] <= 2019].assign(panel="cities")
    share, size = draw.random(len(cases)), len(cases)
    return Record(
        cases.assign(covered80=1.0 * (share < 0.8), covered95=1.0 * (share < 0.95), rank=share, crps=np.ones(size),
                     crps_drift=np.ones(size))
    )  # fmt: skip


@cache
def doubled() -> Standing:
    """All cities asked whether GDP would double in ten years, before a census moved most of them to another basis."""
    double = common_target("gdp", "multiple_of_baseline", "at_least", 2, "倍", 2028, baseline=2018)
    return qd.scorecard(peers(as_of="2019-03-31"), double)


@cache
def grown() -> Standing:
    """All provinces asked whether they grew by 5 %, which their figures settle."""
    return qd.scorecard(peers("provinces"), common_target("gdp_growth_real", "level", "at_least", 5, "%", 2024))


@cache
def family() -> dict[str, tuple[Callable[..., Chart], pd.DataFrame]]:
    """Every chart with its table."""
    card, ahead = qd.scorecard(city()), about("t06-2028")
    verdict, accounts = ahead.verdict, qd.project_accounts(city(), 2028)
    own = {"interval": verdict.projected, "chance": verdict.probability}
    compared = compare(city(), [read_scenario(name) for name in presets()[:4]], ["t06-2028"])
    levers = (("real_growth", (3.0, 4.5, 6.0)), ("deflator", (-2.0, 0.0, 2.0)))
    swept, ranked = sweep(city(), "t06-2028", *levers, spread=0.5), rank_levers(city(), "t06-2028")
    made = {
        "trajectory": (charts.chart_trajectory, charts.frame_trajectory, (verdict,), {}),
        "trajectory, part of a year": (charts.chart_trajectory, charts.frame_trajectory, (card["t04"],), {}),
        "pace": (charts.chart_pace, charts.frame_pace, (card["t06"],), {}),
        "rules": (charts.chart_rules, charts.frame_rules, (ahead.rules,), own),
        "history": (charts.chart_history, charts.frame_history, (qd.history(city(), "t10"),), {}),
        "specification": (charts.chart_specification, charts.frame_specification, (ahead.sensitivity,), {}),
        "base_rate": (charts.chart_base_rate, charts.frame_base_rate, (ahead.base_rate,), {}),
        "cities": (charts.chart_cities, charts.frame_cities, (ahead.base_rate,), {}),
        "shortfall": (charts.chart_shortfall, charts.frame_shortfall, (split_shortfall(city(), "t10"),), {}),
        "reliability": (charts.chart_reliability, charts.frame_reliability, (badges(),), {}),
        "badges": (charts.chart_badges, charts.frame_badges, (badges(),), {}),
        "record": (charts.chart_record, charts.frame_record, (coverage(),), {}),
        "scenarios": (charts.chart_scenarios, charts.frame_scenarios, (compared, "t06-2028"), {}),
        "sweep": (charts.chart_sweep, charts.frame_sweep, (swept,), {}),
        "swings": (charts.chart_swings, charts.frame_swings, (ranked,), {}),
        "scorecard": (charts.chart_scorecard, charts.frame_scorecard, (card,), {}),
        "distance": (charts.chart_distance, charts.frame_distance, (card,), {}),
        "vintages": (charts.chart_vintages, charts.frame_vintages, (city(), "gdp"), {}),
        "composition": (charts.chart_composition, charts.frame_composition, (city(),), {"accounts": accounts}),
        "peers": (charts.chart_peers, charts.frame_peers, (doubled(),), {"place": "青岛"}),
        "peers, published": (charts.chart_peers, charts.frame_peers, (grown(),), {"place": "山东"}),
    }  # fmt: skip
    return {name: (partial(draw, *of, **more), frame(*of, **more)) for name, (draw, frame, of, more) in made.items()}


NAMES = (
    "trajectory", "trajectory, part of a year", "pace", "rules", "history", "specification", "base_rate", "cities",
    "shortfall", "reliability", "badges", "record", "scenarios", "sweep", "swings", "scorecard", "distance", "vintages",
    "composition", "peers", "peers, published",
)  # fmt: skip


@dataclass
class Drawn:
    """One figure with its table, and its texts with the boxes that they fill."""

    name: str
    language: Language
    chart: Chart
    frame: pd.DataFrame
    boxes: list[tuple[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        with drawing():
            self.chart.draw_without_rendering()
        found = [text for text in self.chart.findobj(Text) if text.get_text().strip() and text.get_visible()]
        self.boxes = [(text.get_text(), text.get_window_extent()) for text in found]

    @property
    def words(self) -> list[str]:
        return [text for text, _ in self.boxes]

    def artists(self, kind: type) -> list[Any]:
        return [each for each in self.chart.findobj(kind) if each.get_visible()]


pytestmark = pytest.mark.xdist_group("family")  # so that one worker draws them all, once


@cache
def figure(name: str, size: SizeName, language: Language) -> Drawn:
    draw, frame = family()[name]
    return Drawn(name, language, draw(language=language, size=size), frame)


# The rules ----------------------------------------------------------------------------------------------------------

SCALES = (1.0, 0.1, 100.0, 1e-4)  # of a number as written: English money, shares in per cent, trillions
UNITS = re.compile(r"%|亿元|百分点|billion yuan|percentage points|Brier score|布里尔分|number of targets|项数|points")
YEAR = re.compile(r"(?:19|20)\d\d")
AHEAD = ("projection", "projected", "ahead", "assumed", "partial", "chance")
IN_WORDS = {
    "zh": re.compile("预测|推算|估计|可能性|中位"),
    "en": re.compile("project|estimate|median|chance|forecast", re.IGNORECASE),
}
STATES = ("status", "state", "series", "on_track", "hit", "holds", "side", "part")
INTERVALS = (("lo80", "hi80"), ("low", "high"), ("came_low", "came_high"), ("lo", "hi"))
UNSAID = {"off_track": ("not on track", "不在轨")}  # a published rule knows no more than yes or no
DASHED = ("target", "needed", "project", "own", "frontier", "range", "diagonal")


def title_states_the_finding(drawn: Drawn) -> list[str]:
    """ONS: the title "states the main trend; front-loaded, active, sentence case, at most 15 words".

    In Chinese 34 characters; and computed: it holds a number of the table, or names a status in it.
    """
    title, faults = drawn.chart.title, []
    length, most = (len(title), TITLE_CHARACTERS) if drawn.language == "zh" else (len(title.split()), TITLE_WORDS)
    faults += [f"too long: {length}"] * (length > most)
    words = [word for word in re.findall(r"[A-Za-z']+", title) if not word.isupper()]
    faults += ["not in sentence case"] * (sum(word[0].isupper() for word in words[1:]) > len(words) / 2)
    faults += ["ends like a sentence"] * title.endswith((".", "。"))
    known, written = numbers_of(drawn.frame), re.findall(r"\d[\d,]*(?:\.\d+)?", title)
    finding = [text for text in written if not YEAR.fullmatch(text)] or written
    stated = [(float(text.replace(",", "")), len(text.partition(".")[2])) for text in finding]
    held = any(np.any(np.abs(known - value) <= 0.5000001 * 10.0**-digits) for value, digits in stated)
    told = any(word[drawn.language] in title.lower() for word in STATUS_WORDS.values())
    return faults + ["no number or status of the table"] * (not held and not told)


def numbers_of(frame: pd.DataFrame) -> np.ndarray:
    """Every number of a table in the scales in which it may be written, and the counts of its rows."""
    values = frame.reset_index().select_dtypes("number").to_numpy(float, na_value=np.nan).ravel()
    texts = " ".join(map(str, frame.select_dtypes(exclude="number").to_numpy().ravel())).replace(",", "")
    written = [float(each) for each in re.findall(r"\d+(?:\.\d+)?", texts)]
    kept = frame[frame["counted"]] if "counted" in frame else frame
    counts = [len(frame), len(kept)]
    for name in set(frame) & {*STATES, "latest"}:
        counts += [*frame[name].value_counts(), *kept[name].value_counts()]
    values = np.concatenate([values, written, counts])
    values = np.abs(values[np.isfinite(values)])
    return np.concatenate([scale * values for scale in SCALES])


def subtitle_states_measure_unit_place_period(drawn: Drawn) -> list[str]:
    """ONS: the subtitle is "the statistical description: measure, unit, place, period"."""
    told = " ".join(drawn.chart.subtitles)
    places = ("青岛", "城市", "省") if drawn.language == "zh" else ("Qingdao", "cities", "provinces")
    wanted = {
        "a unit": UNITS.search(told),
        "a period": YEAR.search(told),
        "a place": any(each in told for each in places),
    }
    return [f"lacks {what}: {told!r}" for what, found in wanted.items() if not found]


def labels_are_direct_without_a_legend(drawn: Drawn) -> list[str]:
    """ONS: "label lines directly; a legend only if unavoidable"."""
    faults = ["a legend"] * any(axes.get_legend() is not None for axes in drawn.chart.axes)
    column = f"label_{drawn.language}"
    if column in drawn.frame:
        told = "".join("".join(drawn.words).lower().split())
        labels = [line.lower() for label in drawn.frame[column] for line in str(label).split("\n") if line]
        labels += [STATUS_WORDS[each][drawn.language] for each in drawn.frame.get("status", ()) if each in STATUS_WORDS]
        faults += ["no label is written"] * (not any("".join(label.split()) in told for label in labels))
    return faults


def text_is_horizontal(drawn: Drawn) -> list[str]:
    """ONS, afcharts: "text horizontal"."""
    return [text.get_text() for text in drawn.artists(Text) if text.get_text() and text.get_rotation() != 0]


def large_numbers_have_separators(drawn: Drawn) -> list[str]:
    """ONS, afcharts: "thousands separators"; years have none, nor has the wording of the plan."""
    own = [label for target in city().plan.targets for label in (target.label.zh, target.label.en)]
    faults = []
    for text in drawn.words:
        for label in own:
            text = text.replace(label, "")
        plain = [each for each in re.findall(r"(?<![\d.,A-Za-z])\d{4,}(?![\d%])", text) if not YEAR.fullmatch(each)]
        faults += [f"{each} in {text!r}" for each in plain if f"{each}亿" not in "".join(own)]
    return faults


def few_lines(drawn: Drawn) -> list[str]:
    """Urban Institute: "three or four lines at most"; a line is what has one colour and one style."""
    faults = []
    for axes in drawn.chart.axes:
        lines = [line for line in axes.lines if len(set(line.get_xdata())) > 2 and line.get_linestyle() != "None"]
        looks = {(to_hex(line.get_color()), str(line.get_linestyle())) for line in lines}
        faults += [f"{len(looks)} lines"] * (len(looks) > 4)
    return faults


def dashes_only_for_target_or_projection(drawn: Drawn) -> list[str]:
    """ONS varies line styles and Urban avoids dashes: "dashes only for target or projection", and in words."""
    solid = ("-", "solid", "None", "none", "", " ")
    found = [each for each in drawn.artists(Line2D) if each.is_dashed()]
    found += [each for each in drawn.artists(Patch) if str(each.get_linestyle()) not in solid and each.get_linewidth()]
    bundles = drawn.artists(LineCollection)
    found += [each for each in bundles if any(dashes is not None for _, dashes in each.get_linestyle())]
    gids = {str(each.get_gid()) for each in found if each.get_transform() is not None}
    keys = {"None"} if any(gid.startswith("frontier") for gid in gids) else set()  # pieces of a line beside its name
    return [f"dashes for {gid}" for gid in gids - keys if not gid.startswith(DASHED)]


def projected_is_marked_in_words(drawn: Drawn) -> list[str]:
    """Urban Institute: "actual and projected: mark both in words"."""
    column = next((each for each in ("state", "series") if each in drawn.frame), None)
    ahead = column is not None and drawn.frame[column].isin(AHEAD).any()
    told = " ".join([*drawn.words, drawn.chart.title, *drawn.chart.subtitles])
    return ["projected, without a word"] * bool(ahead and not IN_WORDS[drawn.language].search(told))


def bars_start_at_zero_and_no_second_axis(drawn: Drawn) -> list[str]:
    """ONS: "bars start at zero", "dual axes: do not"; a bar between two numbers of the table is a range."""
    faults, known = [], numbers_of(drawn.frame)
    places = [tuple(np.round(axes.get_position().bounds, 6)) for axes in drawn.chart.axes]
    faults += ["two axes in one place"] * (len(places) != len(set(places)))
    for axes in drawn.chart.axes:
        for bar in axes.patches:
            if not _in_data(bar, axes):
                continue
            ends = [(bar.get_x(), bar.get_x() + bar.get_width()), (bar.get_y(), bar.get_y() + bar.get_height())]
            ranges = [all(np.any(np.isclose(known, abs(end), rtol=1e-6, atol=1e-9)) for end in pair) for pair in ends]
            faults += [f"{bar.get_gid()} starts at {ends}"] * (not any(0 in pair for pair in ends) and not any(ranges))
    rows: dict[float, float] = {}
    for bar in drawn.chart.patches:
        if isinstance(bar, Rectangle) and str(bar.get_gid()).startswith("bar"):
            level = round(bar.get_y(), 3)
            rows[level] = min(rows.get(level, np.inf), bar.get_x())
    return faults + ["bars start at different places"] * (len({round(left, 3) for left in rows.values()}) > 1)


def _in_data(bar: Any, axes: Any) -> bool:
    """Whether a rectangle stands in the coordinates of its axes and has a name; a ground has none."""
    return isinstance(bar, Rectangle) and bar.get_gid() is not None and bar.get_data_transform() == axes.transData


def foot_names_source_and_date(drawn: Drawn) -> list[str]:
    """Urban Institute, Open SDG: "source and notes: bold lead words", "name the release used"."""
    told = " ".join(drawn.chart.notes)
    source = r"资料来源：" if drawn.language == "zh" else r"Source: "
    date = r"截至\d{4}年" if drawn.language == "zh" else r"As of \d{1,2} \w+ \d{4}|data to \d{4}"
    return ["no source"] * (not re.search(source, told)) + ["no date"] * (not re.search(date, told))


def intervals_and_status_in_the_table(drawn: Drawn) -> list[str]:
    """OSR: readers go to the tables; hence "interval columns and a status column in every CSV"."""
    frame = drawn.frame
    faults = ["no status column"] * (not set(STATES) & set(frame) and drawn.name != "record")
    column = next((each for each in ("state", "series") if each in frame), None)
    guessed = {"projection", "projected", "ahead", "assumed", "partial"}
    if column is not None and frame[column].isin(guessed).any():
        faults += ["no interval columns"] * (not any(set(pair) <= set(frame) for pair in INTERVALS))
    return faults


def status_is_never_colour_alone(drawn: Drawn) -> list[str]:
    """WCAG 1.4.1: "status is never colour only: word and shape"."""
    told, shapes, faults = " ".join(drawn.words).lower(), {}, []
    for mark in drawn.artists(Line2D):
        gid = str(mark.get_gid())
        if not gid.startswith("symbol "):
            continue
        status = gid.removeprefix("symbol ")
        said = (STATUS_WORDS[status][drawn.language], *UNSAID.get(status, ()))
        faults += [f"no word for {status}"] * (not any(word in told for word in said))
        shapes.setdefault((str(mark.get_marker()), mark.get_markerfacecolor() == "none"), set()).add(status)
    return faults + [f"one shape for {sorted(each)}" for each in shapes.values() if len(each) > 1]


RULES = (
    title_states_the_finding,
    subtitle_states_measure_unit_place_period,
    labels_are_direct_without_a_legend,
    text_is_horizontal,
    large_numbers_have_separators,
    few_lines,
    dashes_only_for_target_or_projection,
    projected_is_marked_in_words,
    bars_start_at_zero_and_no_second_axis,
    foot_names_source_and_date,
    intervals_and_status_in_the_table,
    status_is_never_colour_alone,
)


def broken(rule, looks):
    """What breaks a rule, by chart, size and language."""
    faults = {(name, *look): rule(figure(name, *look)) for name in NAMES for look in looks}
    return {where: each for where, each in faults.items() if each}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_chart_keeps_the_rule(rule):
    assert broken(rule, LOOKS) == {}


@pytest.mark.soak
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_chart_keeps_the_rule_in_every_look(rule):
    assert broken(rule, EVERY) == {}


def test_the_family_is_complete():
    """Every chart that the package has is held to the rules, and has its table."""
    drawers = {name.removeprefix("chart_") for name in charts.__all__ if name.startswith("chart_")}
    tables = {name.removeprefix("frame_") for name in charts.__all__ if name.startswith("frame_")}
    assert set(family()) == set(NAMES)
    assert drawers == tables == {name.partition(",")[0] for name in NAMES}


# What can be measured -----------------------------------------------------------------------------------------------


def collisions(drawn: Drawn) -> list[str]:
    """Texts that leave the page or lie on one another, by the boxes that they fill."""
    page, faults = drawn.chart.bbox, []
    for text, box in drawn.boxes:
        faults += [f"off the page: {text!r}"] * bool(box.x0 < 0 or box.y0 < 0 or box.x1 > page.x1 or box.y1 > page.y1)
    for (one, first), (two, second) in itertools.combinations(drawn.boxes, 2):
        across = min(first.x1, second.x1) - max(first.x0, second.x0)
        up = min(first.y1, second.y1) - max(first.y0, second.y0)
        small = 0.06 * min(first.height, second.height)
        faults += [f"{one!r} on {two!r}"] * bool(across > small and up > small)
    return faults


@pytest.mark.parametrize(
    ("size", "language"),
    [pytest.param(*look, id="-".join(look), marks=[pytest.mark.soak] * (look not in LOOKS)) for look in EVERY],
)
def test_no_text_lies_on_another_or_leaves_the_page(size, language):
    faults = {name: collisions(figure(name, size, language)) for name in NAMES}
    assert {name: each for name, each in faults.items() if each} == {}


def test_a_square_is_square_and_has_its_pixels_whatever_it_holds():
    for name in NAMES:
        chart = figure(name, "square", "en").chart
        assert (chart.get_size_inches() * chart.dpi).tolist() == pytest.approx([1080, 1080])


def test_every_size_says_the_same():
    for name, language in itertools.product(NAMES, LANGUAGES):
        said = {
            (drawn.chart.title, drawn.chart.alt)
            for drawn in (figure(name, *look) for look in LOOKS if language in look)
        }
        assert len(said) == 1, name
        assert all(all(each) for each in said)


@pytest.mark.parametrize("scale", [1.0, 0.6])
@pytest.mark.parametrize("size", SHOWN)
def test_the_picture_has_the_pixels_of_its_size_and_a_white_margin(size, scale):
    """A picture with a row of pixels too short or too long shears: then text runs over its margins."""
    chart = figure("pace", size, "en").chart
    image = Image.open(io.BytesIO(to_png(chart, scale))).convert("L")
    assert image.size == pytest.approx(scale * chart.dpi * chart.get_size_inches(), abs=1)
    margin = int(SIZES[size].margin * chart.dpi * scale / 72) - 2
    pixels = np.asarray(image)
    assert min(pixels[:, :margin].min(), pixels[:, -margin:].min()) == 255


def light(colour: Any) -> float:
    """Relative luminance by WCAG 2.2."""
    parts = np.array(to_rgb(colour))
    return float(np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4) @ (0.2126, 0.7152, 0.0722))


def contrast(one: Any, two: Any) -> float:
    low, high = sorted((light(one), light(two)))
    return (high + 0.05) / (low + 0.05)


# Full loss of one kind of cones, in linear RGB. Source: Machado, Oliveira and Fernandes (2009), A physiologically-based
# model for simulation of color vision deficiency, IEEE Transactions on Visualization and Computer Graphics 15(6).
MACHADO = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def seen(colour: Any, sight: str) -> tuple[float, ...]:
    """A colour as it looks in grey, or to somebody without one kind of cones."""
    parts = np.array(to_rgb(colour))
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    linear = np.full(3, light(colour)) if sight == "grey" else np.clip(np.array(MACHADO[sight]) @ linear, 0, 1)
    return tuple(np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055).tolist())


SIGHTS = ("grey", *MACHADO)


def blurred(drawn: Drawn, least: float = 3.0) -> list[str]:
    """Bars that touch and cannot be told apart in every sight; a bar may also have an outline that can."""
    bars = [bar for bar in drawn.artists(Rectangle) if bar.get_gid() is not None and bar.get_facecolor()[3] > 0]
    boxes = [(bar, bar.get_window_extent()) for bar in bars if not str(bar.get_gid()).startswith("range")]
    faults = []
    for (one, first), (two, second) in itertools.combinations(boxes, 2):
        level = abs(first.y0 - second.y0) < 1 and abs(first.y1 - second.y1) < 1
        touch = min(abs(first.x1 - second.x0), abs(second.x1 - first.x0)) < 1
        if not level or not touch or one.get_facecolor() == two.get_facecolor():
            continue
        worst = min(contrast(seen(one.get_facecolor(), sight), seen(two.get_facecolor(), sight)) for sight in SIGHTS)
        faults += [f"{one.get_gid()} beside {two.get_gid()}: {worst:.2f}"] * (worst < least)
    return faults


def test_bars_that_touch_can_be_told_apart_in_grey_and_by_colour_blind_readers():
    faults = {name: blurred(figure(name, "slide", "en")) for name in NAMES}
    assert {name: each for name, each in faults.items() if each} == {}


def test_marks_and_text_can_be_seen_on_white_and_lines_on_their_bands_by_everybody():
    for sight in SIGHTS:
        for colour in (BLUE, PINK, INK, QUIET, GREY):
            assert contrast(seen(colour, sight), "white") >= 4.5, (colour, sight)
        for colour in (ORANGE, TURQUOISE, PURPLE):  # the target's mark, in orange, has an outline of ink besides
            assert contrast(seen(colour, sight), "white") >= 2.5, (colour, sight)
        for line in (BLUE, INK, PINK):
            assert contrast(seen(line, sight), seen(BAND80, sight)) >= 3, (line, sight)
    assert len({(str(look.shape), look.filled) for look in STATUS_LOOK.values()}) == len(STATUS_LOOK)


def test_a_fan_widens_from_the_last_figure_and_its_bands_are_nested():
    """FT, Bank of England: "fan chart that widens with time"."""
    drawn = figure("trajectory", "slide", "en")
    fan = drawn.frame[drawn.frame["series"] == "projection"]
    for level in ("80", "95"):
        assert (fan[f"hi{level}"] - fan[f"lo{level}"]).is_monotonic_increasing
    assert (fan["lo95"] <= fan["lo80"]).all()
    assert (fan["hi80"] <= fan["hi95"]).all()
    names = {each.get_gid() for each in drawn.artists(PolyCollection)}
    assert {"projection80", "projection95"} <= names
    assert any("80%" in word for word in drawn.words)


# The house style ----------------------------------------------------------------------------------------------------


def test_the_house_style_is_a_file_that_others_can_use_and_agrees_with_the_palette():
    assert HOUSE.suffix == ".mplstyle"
    with mpl.rc_context(fname=HOUSE):
        house = dict(mpl.rcParams)
    for name in ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color"):
        assert to_hex(house[name]) == INK.lower()
    with drawing():
        drawn = dict(mpl.rcParams)
    assert {name for name in house if house[name] != drawn[name]} == {"font.family"}
    assert drawn["svg.hashsalt"] == "qdecon"
    assert drawn["savefig.bbox"] is None


# What is drawn ------------------------------------------------------------------------------------------------------


def lines(drawn: Drawn) -> dict[str, list[Line2D]]:
    found: dict[str, list[Line2D]] = {}
    for line in drawn.artists(Line2D):
        if line.get_gid():
            found.setdefault(str(line.get_gid()), []).append(line)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_a_pace_is_what_is_drawn(language):
    drawn = figure("pace", "slide", language)
    frame, bars = drawn.frame, {str(bar.get_gid()): bar for bar in drawn.artists(Rectangle) if bar.get_gid()}
    grown = frame[frame["series"].isin(["past", "earlier"])]
    assert {f"bar {row.first}": row.growth for row in grown.itertuples()} == {
        gid: pytest.approx(bar.get_height()) for gid, bar in bars.items() if gid.startswith("bar")
    }
    own = frame.set_index("series")
    assert bars["needed 2026"].get_height() == own.loc["needed", "growth"]
    assert lines(drawn)["pace"][0].get_ydata()[0] == own.loc["pace", "growth"]
    assert tuple(lines(drawn)["interval"][0].get_ydata()) == tuple(own.loc["projected", ["lo80", "hi80"]])


def test_growth_is_formed_inside_one_basis_and_the_pace_is_its_mean():
    verdict = qd.assess(city(), "t06")
    frame = charts.frame_pace(verdict)
    grown = frame[frame["series"].isin(["past", "earlier"])].set_index("first")["growth"]
    assert 2024 not in grown.index  # the fifth census: its level stands beside none of the year before
    assert grown[2025] == pytest.approx(100 * (17560.67 / 16719.46 - 1))
    assert grown[2019] == pytest.approx(100 * (11741.31 / 10949.38 - 1))
    own = frame.set_index("series")
    assert own.loc["needed", "growth"] == pytest.approx(100 * (20000 / 17560.67 - 1))
    assert 1 + own.loc["pace", "growth"] / 100 == pytest.approx(np.prod(1 + grown.iloc[-5:] / 100) ** 0.2)
    with pytest.raises(NotAvailable, match="no growth needed from here"):
        charts.frame_pace(qd.assess(city(), "t10"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_distances_is_what_is_drawn_and_nothing_is_forgotten(language):
    drawn, card = figure("distance", "slide", language), qd.scorecard(city())
    frame, bars = drawn.frame, {str(bar.get_gid()): bar for bar in drawn.artists(Rectangle) if bar.get_gid()}
    settled, ahead = (frame[frame["series"] == series] for series in ("settled", "ahead"))
    assert {f"bar {row.id}": row.distance for row in settled.itertuples()} == {
        gid: bar.get_width() for gid, bar in bars.items()
    }
    for row in ahead.itertuples():
        assert lines(drawn)[f"median {row.id}"][0].get_xdata()[0] == row.distance
        assert tuple(lines(drawn)[f"interval {row.id}"][0].get_xdata()) == (row.lo80, row.hi80)
        assert row.lo80 <= row.distance <= row.hi80
    told = " ".join(drawn.chart.notes).lower()
    silent = frame[(frame["series"] == "silent") & frame["counted"]]
    assert all(name.lower() in told for name in silent[f"label_{language}"])
    services = frame.set_index("id").loc["t10", "distance"]
    assert services == pytest.approx(100 * (card["t10"].value / 11000 - 1))


def test_below_a_ceiling_is_better():
    card = qd.scorecard(city())
    target = card["t10"].target
    capped = [
        each if each.target.id != "t10" else qd.Verdict(
            **{**vars(each), "target": type(target)(**{**vars(target), "comparator": "at_most"})}
        )
        for each in card.verdicts
    ]  # fmt: skip
    plain, other = (
        charts.frame_distance(each).set_index("id").loc["t10", "distance"]
        for each in (card, type(card)(card.plan, card.as_of, tuple(capped)))
    )
    assert plain == -other < 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_vintages_are_those_of_the_data_and_lines_never_leave_a_basis(language):
    drawn = figure("vintages", "slide", language)
    figures = drawn.frame[drawn.frame["series"] == "figure"]
    for basis, own in figures.groupby("basis"):
        (marks,) = lines(drawn)[f"basis {basis}"]
        assert marks.get_ydata().tolist() == own["value"].tolist()
        assert own["value"].tolist() == [city().value("gdp", year, str(basis)).value for year in own["year"]]
    pairs = {frozenset(zip(own["year"], own["value"], strict=True)) for _, own in figures.groupby("basis")}
    for line in lines(drawn)["line"]:
        points = set(zip(line.get_xdata(), line.get_ydata(), strict=True))
        assert any(points <= pair for pair in pairs)
        assert np.all(np.diff(line.get_xdata()) == 1)
    (row,) = drawn.frame[drawn.frame["series"] == "revision"].itertuples()
    assert (row.year, row.value) == (2018, 10949.38)
    assert row.change == pytest.approx(100 * (10949.38 / 12001.52 - 1))
    with pytest.raises(NotAvailable, match="two statistical bases"):
        charts.frame_vintages(city(), "va_tertiary")


def test_a_composition_sums_to_one_hundred_and_never_mixes_bases():
    frame = family()["composition"][1]
    known, ahead = (frame[frame["series"] == series] for series in ("published", "projected"))
    whole = known.groupby(["year", "basis"])["share"].agg(["sum", "count"])
    assert whole["sum"].between(99.4, 100.6).all()
    assert (whole["count"] == 3).all()
    row = known[(known["part"] == "va_tertiary") & (known["year"] == 2025)].iloc[0]
    assert row["share"] == pytest.approx(100 * 11170.63 / 17560.67)
    assert ahead["share"].between(ahead["lo80"], ahead["hi80"]).all()
    assert set(ahead["year"]) == {2026, 2027, 2028}
    alone = charts.frame_composition(city())
    assert set(alone["series"]) == {"published"}
    assert alone.equals(known.reset_index(drop=True))
    with pytest.raises(NotAvailable, match="every part"):
        charts.frame_composition(city(), "population")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_bars_of_a_composition_are_as_long_as_its_shares(language):
    drawn = figure("composition", "slide", language)
    bars = {str(bar.get_gid()): bar for bar in drawn.artists(Rectangle) if bar.get_gid()}
    for _, own in drawn.frame.groupby(["series", "basis", "year"]):
        kind = "projected" if own["series"].iloc[0] == "projected" else "bar"
        long = [bars[f"{kind} {row.part} {row.year}"].get_width() for row in own.itertuples()]
        assert np.array(long) / sum(long) == pytest.approx(own["share"].to_numpy() / own["share"].sum())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_city_has_a_panel_and_the_title_counts_the_filled_dots(language):
    drawn, rate = figure("cities", "slide", language), about("t06-2028").base_rate
    latest = drawn.frame[drawn.frame["latest"]]
    assert len(latest) == latest["place"].nunique() == len({each.place for each in rate.windows}) + 1
    dots = {gid.removeprefix("latest "): line for gid, (line, *_) in lines(drawn).items() if gid.startswith("latest")}
    assert set(dots) == set(latest["place"])
    for row in latest.itertuples():
        assert dots[row.place].get_ydata()[0] == 100 * row.excess
        assert (dots[row.place].get_markerfacecolor() != "white") == (row.excess >= rate.needed - 1e-12)
    assert dots["青岛"].get_marker() != dots["上海"].get_marker()
    others = latest[latest["series"] == "other"]
    hits = (others["excess"] >= rate.needed - 1e-12).sum()
    assert str(hits) in drawn.chart.title
    assert latest["excess"].is_monotonic_decreasing


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["peers", "peers, published"])
def test_every_place_with_a_figure_has_its_dot_and_the_others_are_named(name, language):
    drawn = figure(name, "slide", language)
    shown, silent = (drawn.frame[(drawn.frame["series"] == "silent") == quiet] for quiet in (False, True))
    for row in shown.itertuples():
        (dot,) = lines(drawn)[f"dot {row.place}"]
        assert dot.get_xdata()[0] == row.value
        assert (dot.get_markerfacecolor() == "white") == (row.series == "ahead")
        assert (dot.get_marker() == "D") == row.chosen
        if row.series == "ahead":
            assert tuple(lines(drawn)[f"interval {row.place}"][0].get_xdata()) == (row.lo80, row.hi80)
            assert row.lo95 <= row.lo80 <= row.value <= row.hi80 <= row.hi95
    heights = [lines(drawn)[f"dot {place}"][0].get_ydata()[0] for place in shown["place"]]
    assert heights == sorted(heights)
    assert sum(len(each) for gid, each in lines(drawn).items() if gid.startswith("symbol ")) == len(shown)
    told = " ".join(drawn.chart.notes)
    assert all(place in told for place in silent["place" if language == "zh" else "place_en"])
    assert {"met", "on_track"} & set(drawn.frame["status"])


# A guard that never fires guards nothing ----------------------------------------------------------------------------


def bad(**fault: Any) -> Drawn:
    """A sound figure with one planted fault."""
    with drawing():
        chart = Chart(figsize=(6, 4))
        axes = chart.add_axes((0.1, 0.1, 0.8, 0.6))
        axes.plot([2021, 2022, 2023], [1, 2, 3], color=BLUE)
        axes.set(xticks=[2021, 2022, 2023], yticks=[1, 2, 3])
        axes.text(2022, 2.4, "Services")
    chart.title = fault.get("title", "Services grew 3%")
    chart.subtitles = fault.get("subtitles", ("Services, Qingdao, %, 2021 to 2023",))
    chart.notes = fault.get("notes", ("Source: statistics. As of 30 April 2026.",))
    frame = fault.get("frame", pd.DataFrame({"year": [2021, 2022, 2023], "value": [1, 2, 3], "state": "published"}))
    frame = frame.assign(label_zh="", label_en="Services") if "label_en" not in frame else frame
    fault.get("draw", lambda axes: None)(axes)
    return Drawn("bad", "en", chart, frame)


def guess(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"year": [2021, 2022, 2023], "value": [1, 2, 3], "state": "projected"} | columns)


def symbol(axes: Any, status: str = "missed") -> None:
    axes.plot([2022], [1], "o", gid=f"symbol {status}")


FAULTS: dict[Callable[[Drawn], list[str]], list[dict[str, Any]]] = {
    title_states_the_finding: [
        {"title": "Services grew 3% " + "more and " * 8},
        {"title": "Growth Of The Services Sector Reached 3%"},
        {"title": "Services and their growth"},
        {"title": "Services grew 7.4%"},
        {"title": "Services grew 3%."},
    ],
    subtitle_states_measure_unit_place_period: [
        {"subtitles": ("Services, Qingdao, 2021 to 2023",)},
        {"subtitles": ("Services, %, 2021 to 2023",)},
        {"subtitles": ("Services, Qingdao, %",)},
    ],
    labels_are_direct_without_a_legend: [
        {"draw": lambda axes: axes.legend(["Services"])},
        {"draw": lambda axes: axes.texts[0].remove()},
    ],
    text_is_horizontal: [{"draw": lambda axes: axes.set_ylabel("Share")}],
    large_numbers_have_separators: [{"draw": lambda axes: axes.text(2021, 1, "17560.67")}],
    few_lines: [
        {"draw": lambda axes: [axes.plot([1, 2, 3], [1, 2, k], color=f"C{k}") for k in range(4)]},
    ],
    dashes_only_for_target_or_projection: [
        {"draw": lambda axes: axes.plot([2021, 2023], [1, 1], "--", gid="observed")},
        {"draw": lambda axes: axes.hlines([1], 2021, 2023, linestyles="--", gid="observed")},
        {"draw": lambda axes: axes.bar([2021], [1], linestyle="--", edgecolor=INK, gid="observed")},
    ],
    projected_is_marked_in_words: [{"frame": guess(lo80=0, hi80=4)}],
    bars_start_at_zero_and_no_second_axis: [
        {"draw": lambda axes: axes.bar([2022.3], [7.7], bottom=0.6, gid="bar")},
        {"draw": lambda axes: axes.twinx()},
    ],
    foot_names_source_and_date: [
        {"notes": ("As of 30 April 2026.",)},
        {"notes": ("Source: statistics.",)},
    ],
    intervals_and_status_in_the_table: [
        {"frame": pd.DataFrame({"year": [2021], "value": [3]})},
        {"frame": guess()},
    ],
    status_is_never_colour_alone: [
        {"draw": symbol},
        {"draw": lambda axes: (symbol(axes), symbol(axes, "met"), axes.text(2021, 1, "met, missed"))},
    ],
    collisions: [
        {"draw": lambda axes: axes.text(2022, 2.45, "Industry")},
        {"draw": lambda axes: axes.text(2060, 2, "Industry")},
    ],
    blurred: [
        {"draw": lambda axes: [axes.barh([1], [1], left=[k], color=c, gid="bar") for k, c in enumerate((BLUE, PINK))]},
        {"draw": lambda axes: [axes.barh([1], [1], left=[k], color=c, gid="bar") for k, c in enumerate(("r", "g"))]},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "fault"),
    [(rule, fault) for rule, planted in FAULTS.items() for fault in planted],
    ids=[f"{rule.__name__}-{count}" for rule, planted in FAULTS.items() for count, _ in enumerate(planted)],
)
def test_the_rule_finds_a_planted_fault_and_passes_a_sound_figure(rule, fault):
    assert rule(bad(**fault))
    assert not rule(bad())


def test_every_rule_quotes_where_it_comes_from_and_has_a_planted_fault():
    assert set(RULES) <= set(FAULTS)
    for rule in RULES:
        assert '"' in (rule.__doc__ or ""), rule.__name__
