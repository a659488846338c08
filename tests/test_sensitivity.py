"""Sensitivity: planted readings turn a verdict and others do not; the base is the verdict; order changes nothing."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from matplotlib.text import Text

import qdecon as qd
from qdecon.charts import fonts
from qdecon.charts.export import characters
from qdecon.charts.specification import chart_specification, frame_specification, headline_specification
from qdecon.charts.style import drawing
from qdecon.errors import NotAvailable, UnknownName
from qdecon.models import Drift, default_model
from qdecon.models.recent import Recent
from qdecon.projection import project
from qdecon.scrutiny.sensitivity.figures import data_readings
from qdecon.scrutiny.sensitivity.readings import KINDS, from_verdict
from qdecon.scrutiny.sensitivity.record import BASE, Sensitivity, vary_readings
from qdecon.verdict.frequency import posterior, rise_rate
from qdecon.verdict.outlook import met_in
from tests.looks import LOOKS
from tests.test_another_plan import INDICATOR, TARGET, TOLERANCE, town

CITY = qd.load("qingdao")
LIGHT = ("t02", "t03", "t04", "t10", "t17", "t22", "t25", "t26", "t32")


@cache
def of(name: str) -> Sensitivity:
    """Sensitivity of one of Qingdao's targets, computed once."""
    return vary_readings(CITY, name)


def row(year: int, value: float, use: str = "yes", vintage: str = "first") -> str:
    note = "虚构" if use in ("rejected", "conflict") else ""
    return f"use,{year},{value},吨,,{vintage},{year + 1}-02-01,official,,{use},doc,原话,{note}"


def judged(folder: Path, rows: list[str], comparator: str = "at_least", value: float = 100, **more: str) -> Sensitivity:
    """Sensitivity of a made-up town's only target."""
    target = TARGET.format(
        id="a1", indicator="use", measure=more.get("measure", "level"), comparator=comparator, value=value,
        unit=more.get("unit", "吨"), more=more.get("target", TOLERANCE if comparator == "about" else ""),
    )  # fmt: skip
    target = target.replace("deadline = 2023", f"deadline = {more.get('deadline', '2023')}")
    indicator = INDICATOR.format(id="use", unit="吨", kind="level", more=more.get("indicator", ""))
    return vary_readings(qd.load(town(folder, indicator, target, rows)), "a1")


def outcomes(found: Sensitivity) -> dict[str, str]:
    return {each.id: each.status for each in found.readings}


# the clause


def test_a_figure_exactly_at_the_mark_turns_with_the_comparator_and_one_above_does_not(tmp_path: Path) -> None:
    at, above = (judged(tmp_path / str(value), [row(2023, value)]) for value in (100, 101))
    assert (at.base.status, outcomes(at)) == ("met", {"strict": "missed"})
    assert (above.base.status, outcomes(above)) == ("met", {"strict": "met"})
    assert [each.id for each in at.flips] == ["strict"]
    assert above.flips == ()
    assert 'it turns "missed" if "at least" is read as "more than"' in at.sentence.en


@pytest.mark.parametrize(("published", "status"), [(104, "met"), (106, "missed"), (101, "met")])
def test_the_wider_width_turns_only_what_lies_between_the_two(tmp_path: Path, published: float, status: str) -> None:
    found = judged(tmp_path, [row(2023, published)], "about")
    assert outcomes(found) == {"width": status}
    assert bool(found.flips) == (published == 104)


def test_a_doubling_is_tried_on_the_years_beside_its_base_that_are_published(tmp_path: Path) -> None:
    rows = [row(2020, 40), row(2021, 60), row(2023, 100)]
    found = judged(tmp_path, rows, value=2, measure="multiple_of_baseline", unit="倍", target='baseline = "2021"')
    assert found.base.status == "missed"
    assert outcomes(found) == {"strict": "missed", "base-2020": "met"}
    assert found.readings[1].value == 2.5


def test_other_deadlines_are_readings_in_both_directions_and_successors_never() -> None:
    for name, other in (("t06", "deadline-2027"), ("t06-2027", "deadline-2026"), ("t06-2028", None)):
        found = [each.id for each in of(name).of_kind("clause") if each.id.startswith("deadline")]
        assert found == ([other] if other else [])


# the figures


def test_a_disputed_figure_on_the_other_side_turns_the_verdict_and_repetitions_count_for_nothing(
    tmp_path: Path,
) -> None:
    rows = [
        row(2023, 101.24, "yes", "final"),
        row(2023, 101.2),  # the same figure with a digit less
        row(2023, 103, "duplicate", "unknown"),  # the same figure, roughly, elsewhere
        row(2023, 99, "conflict", "census4"),
        row(2023, 50, "rejected", "census5"),
    ]
    found = judged(tmp_path, rows)
    assert (found.base.status, found.base.value) == ("met", 101.24)
    assert {each.id: (each.status, each.value) for each in found.of_kind("data")} == {
        "figure-use-2023-doc": ("missed", 99.0)
    }
    assert found.count("data") == (0, 1, 0)


def test_the_figure_that_settles_a_target_is_moved_by_the_largest_revision_but_not_left_out() -> None:
    found = {each.id: each.value for each in of("t10").of_kind("data")}
    sectors = [each for each in CITY.peers.revisions if each.indicator in ("va_primary", "va_secondary", "va_tertiary")]
    largest = max(abs(each.final - each.preliminary) / each.final for each in sectors)
    assert found == {
        "revised-up": pytest.approx(10495.54 * (1 + largest)),
        "revised-down": pytest.approx(10495.54 * (1 - largest)),
    }


def test_a_total_is_moved_by_the_largest_revision_of_totals() -> None:
    names = {each.id: each.name.en for each in of("t06").of_kind("data")}
    assert names["revised-up"] == "the figure is revised up by 0.87%"  # GDP of any province; its sectors moved more


def test_without_the_newest_figure_the_verdict_is_that_of_a_dataset_that_lacks_it() -> None:
    shorter = replace(
        CITY, observations=tuple(each for each in CITY.observations if (each.indicator, each.year) != ("gdp", 2025))
    )
    found = next(each for each in of("t06").readings if each.id == "newest")
    assert found.probability == qd.assess(shorter, "t06").probability


def test_the_nation_s_deflator_replaces_the_province_s_in_the_splice_year() -> None:
    base, nation = qd.assess(CITY, "t06"), CITY.peers.nation
    _, before, now = (0, *(nation.levels["gdp"]["中国"]["census5"][year] for year in (2023, 2024)))
    real = nation.levels["gdp_growth_real"]["中国"]["census5"][2024]
    wanted = 1.057 * (now / before) / (1 + real / 100) - 1
    growth: list[float] = []

    def spy(dataset: qd.Dataset, target_id: str) -> qd.Verdict:
        growth.append(float(dataset.growth("gdp").loc["2024", "growth"]) if dataset.plan.driver == "中国" else 0.0)
        return qd.assess(dataset, target_id)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qdecon.scrutiny.sensitivity.readings.assess", spy)
        ids = [each.id for each in data_readings(CITY, base.target, base)]
    assert "national-deflator" in ids
    assert max(growth) == pytest.approx(wanted)
    assert wanted != pytest.approx(float(CITY.growth("gdp").loc["2024", "growth"]), abs=1e-4)


# the model


def standstill(folder: Path, **more: str) -> Sensitivity:
    """Sixteen years of like amounts, then four of standstill; the target needs the amounts to come back."""
    levels = [*range(100, 270, 10), 270.0, 270.5, 270.0, 270.5]
    rows = [row(2024 - len(levels) + step, level) for step, level in enumerate(levels)]
    return judged(folder, rows, value=285, deadline="2025", **more)


def test_a_model_of_all_years_turns_a_standstill_and_windows_inside_it_do_not(tmp_path: Path) -> None:
    found = standstill(tmp_path)
    status = outcomes(found)
    assert found.base.status == "off_track"
    assert status["only-robust-drift"] == "uncertain"  # the median year still brought ten
    assert {status[name] for name in ("window-3", "window-5", "only-naive", "strict")} == {"off_track"}
    assert status["newest"] == "uncertain"  # a year earlier there were more years to go and fewer of standstill
    flips = {each.id for each in found.flips}
    assert "only-robust-drift" in flips
    assert not {"window-3", "window-5", "strict"} & flips


def test_a_declared_break_can_be_ignored_and_is_a_reading_only_if_declared(tmp_path: Path) -> None:
    declared, free = standstill(tmp_path / "a", indicator="regime_since = 2016"), standstill(tmp_path / "b")
    ignored = next(each for each in declared.readings if each.id == "window-all")
    assert ignored.probability == free.base.probability != declared.base.probability
    assert "window-all" not in outcomes(free)
    assert {"window-3", "window-5"} <= set(outcomes(declared))
    assert "window-10" not in outcomes(declared)  # the regime itself has eight changes


def test_a_model_reading_is_the_projection_by_that_model_with_its_own_errors() -> None:
    found = next(each for each in of("t06").readings if each.id == "window-5")
    projection = project(CITY, "gdp", 2026, Recent(default_model("account"), 5))
    assert found.probability == met_in(projection.at(2026), CITY.plan.target("t06"))


def test_a_single_ratio_gives_a_figure_and_a_side_but_no_probability() -> None:
    found = {each.id: each for each in of("t04").of_kind("model")}
    assert set(found) == {"ratio-2021", "ratio-2023", "ratio-2024"}
    assert found["ratio-2023"].value == pytest.approx(3060.2 * 9999.20 / 4817.54)
    assert {(each.probability, each.side) for each in found.values()} == {(None, "missed")}


def test_all_provinces_stand_beside_the_comparable_ones() -> None:
    (found,) = of("t02").of_kind("model")
    rate = rise_rate(CITY, "va_industry", "gdp", 28 - 100 * 3937 / 15760.34, 1)
    assert found.probability == posterior(rate.all_hits, rate.all_cases) != of("t02").base.probability


def test_what_a_published_figure_settles_has_no_model() -> None:
    for target in CITY.plan.targets:
        if target.assessable and qd.assess(CITY, target.id).status in ("met", "missed"):
            assert of(target.id).of_kind("model") == ()


# the counts


@pytest.mark.parametrize(
    ("name", "clause", "data", "model"),
    [
        ("t02", (1, 1), (3, 3), (1, 1)), ("t04", (1, 1), (1, 3), (3, 3)), ("t06", (1, 2), (5, 5), (8, 8)),
        ("t06-2028", (1, 1), (5, 5), (7, 8)), ("t10", (1, 1), (2, 2), (0, 0)), ("t17", (1, 2), (0, 0), (0, 0)),
        ("t24", (1, 1), (0, 0), (0, 0)), ("t29", (1, 1), (0, 0), (0, 0)), ("t01", (0, 0), (0, 0), (0, 0)),
    ],
)  # fmt: skip
def test_three_counts_on_qingdao(name: str, clause: tuple, data: tuple, model: tuple) -> None:
    found = of(name)
    assert tuple(found.count(kind)[:2] for kind in KINDS) == (clause, data, model)


def test_another_status_on_the_same_side_is_told_apart() -> None:
    found = of("t25")
    assert found.count("clause") == (1, 2, 2)  # on the base of 2020 it is missed, no longer probably missed
    assert [each.id for each in found.flips] == ["base-2020"]


@pytest.mark.parametrize("as_of", ["2023-03-31", None])
def test_every_target_has_two_sentences_and_a_base_that_is_its_verdict(as_of: str | None) -> None:
    city = qd.load("qingdao", as_of=as_of)
    for target in city.plan.targets:
        found, verdict = vary_readings(city, target.id), qd.assess(city, target.id)
        assert found.base == from_verdict(verdict, "base", "clause", BASE)
        assert (found.base.status, found.base.probability) == (verdict.status, verdict.probability)
        assert found.sentence.zh.endswith("。")
        assert found.sentence.en.endswith(".")
        assert len({each.id for each in found.readings}) == len(found.readings)
        frame = found.to_frame("en")
        assert frame["kind"].tolist() == ["base", *(each.kind for each in found.readings)]
        for kind in KINDS:
            assert found.count(kind).holds == int(frame.loc[frame["kind"] == kind, "holds"].sum())
        if not target.assessable:
            assert found.readings == ()


def test_the_sentence_keeps_the_kinds_apart_and_names_what_turns_the_verdict() -> None:
    assert of("t06").sentence.en == (
        'The verdict "off track" holds under 1 of 2 other readings of the clause, 5 of 5 other readings of the data '
        'and 8 of 8 other models; it turns "uncertain" if the deadline is read as 2027 (34 in 100).'
    )
    many = of("t06-2030").sentence
    assert "or in 1 more" in many.en
    assert "或另外1种" in many.zh
    assert "There is no other figure to use and no model in it." in of("t29").sentence.en


def test_an_unknown_target_is_told_the_known_ones() -> None:
    with pytest.raises(UnknownName, match="t06"):
        vary_readings(CITY, "t99")


def same_in_any_order(name: str, seed: int) -> None:
    rng = np.random.default_rng(seed)

    def mixed(items: tuple) -> tuple:
        return tuple(items[place] for place in rng.permutation(len(items)))

    other = replace(
        CITY, observations=mixed(CITY.observations), plan=replace(CITY.plan, targets=mixed(CITY.plan.targets))
    )
    one, two = of(name), vary_readings(other, name)
    assert (one.base, one.readings, one.sentence) == (two.base, two.readings, two.sentence)
    assert two.base == from_verdict(qd.assess(CITY, name), "base", "clause", BASE)


@given(name=st.sampled_from(LIGHT), seed=st.integers(0, 2**32 - 1))
def test_the_order_of_targets_and_figures_changes_nothing(name: str, seed: int) -> None:
    same_in_any_order(name, seed)


def test_the_order_changes_no_projection() -> None:
    same_in_any_order("t06-2027", 1)


# the model that forgets


SERIES = arrays(float, st.tuples(st.integers(1, 4), st.integers(5, 25)), elements=st.floats(20, 400, width=32))


@settings(max_examples=30)
@given(values=SERIES, changes=st.integers(3, 40), kind=st.sampled_from(["level", "account"]))
def test_a_recent_model_is_the_model_on_the_cut_series(values: np.ndarray, changes: int, kind: str) -> None:
    model = default_model(kind)
    made, cut = Recent(model, changes).forecast(values, 3), model.forecast(values[:, -changes - 1 :].copy(), 3)
    np.testing.assert_array_equal(made.path, cut.path)
    np.testing.assert_array_equal(made.spread, cut.spread)
    if changes >= values.shape[1] - 1:  # nothing to forget: the model itself, bit for bit
        whole = model.forecast(values, 3)
        np.testing.assert_array_equal(made.path, whole.path)
        np.testing.assert_array_equal(made.spread, whole.spread)


def test_a_recent_model_cannot_see_what_it_forgets_and_refuses_too_short_a_window() -> None:
    near = np.array([[1.0, 2.0, 3.0, 4.0]])
    for far in (0.0, 1000.0):
        long = np.concatenate([[[far]], near], axis=1)
        np.testing.assert_array_equal(Recent(Drift(), 3).forecast(long, 2).path, [[5.0, 6.0]])
    with pytest.raises(NotAvailable, match="window of 1"):
        Recent(Drift(), 1)
    with pytest.raises(NotAvailable, match="needs 3 annual values"):
        Recent(Drift(), 5).forecast(near[:, :2], 1)


# the figure


@pytest.fixture(scope="module")
def drawable() -> list[Sensitivity]:
    return [of(name) for name in ("t04", "t06", "t06-2028", "t10", "t17-2025", "t25")]


@pytest.mark.parametrize(("language", "size"), LOOKS)
def test_the_figure_draws_its_table_with_glyphs_on_the_page_and_apart(drawable, language, size) -> None:
    for found in drawable:
        chart, frame = chart_specification(found, language, size=size), frame_specification(found)
        with drawing():
            chart.canvas.draw()
        assert fonts.missing_glyphs(characters(chart)) == ""
        texts = [text for text in chart.findobj(Text) if text.get_text() and text.get_visible()]
        assert {tuple(text.get_fontfamily()) for text in texts} == {(fonts.FAMILY,)}
        written = [text.get_text() for text in texts]
        assert set(frame[f"shown_{language}"]) <= set(written)
        joined = "".join("".join(written).split())
        assert all("".join(label.split()) in joined for label in frame[f"label_{language}"])
        boxes = [text.get_window_extent() for text in texts]
        for box, text in zip(boxes, written, strict=True):
            assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= chart.bbox.x1 and box.y1 <= chart.bbox.y1, text
        for (one, first), (two, second) in itertools.combinations(zip(written, boxes, strict=True), 2):
            across = min(first.x1, second.x1) - max(first.x0, second.x0)
            up = min(first.y1, second.y1) - max(first.y0, second.y0)
            small = 0.06 * min(first.height, second.height)
            assert across <= small or up <= small, (found.verdict.target.id, one, two)
        (axes,) = chart.axes
        drawn = {str(line.get_gid())[8:]: line for line in axes.lines if str(line.get_gid()).startswith("reading ")}
        known = frame[frame["position"].notna()].set_index("id")
        assert {name: float(line.get_xdata()[0]) for name, line in drawn.items()} == known["position"].to_dict()
        heights = [drawn[name].get_ydata()[0] for name in known.index]
        assert heights == sorted(heights, reverse=True)  # from top to bottom as in the table


def test_the_table_is_sorted_inside_each_kind_and_starts_with_the_base(drawable) -> None:
    for found in drawable:
        frame = frame_specification(found)
        assert frame.loc[0, ["id", "kind"]].tolist() == ["base", "base"]
        assert list(dict.fromkeys(frame["kind"][1:])) == [kind for kind in KINDS if found.of_kind(kind)]
        for _, own in frame[frame["position"].notna()].groupby("kind"):
            assert own["position"].is_monotonic_increasing
        assert len(frame) == len(found.readings) + 1


def test_the_title_says_on_what_the_verdict_depends(drawable) -> None:
    titles = {found.verdict.target.id: headline_specification(found, "en") for found in drawable}
    assert titles["t10"] == '"Missed" under every other reading: Services value added'
    assert titles["t06"].startswith('"Off track" depends on the reading of the clause')
    assert titles["t06-2028"].startswith('"Uncertain" depends on the model')
    assert titles["t04"].startswith('"Not published, probably missed" depends on the data')
    for found in drawable:
        assert len(headline_specification(found, "zh")) <= 32
        assert len(titles[found.verdict.target.id].split()) <= 15
        chart = chart_specification(found, "en", size="column")
        assert found.sentence.en in chart.alt
        assert titles[found.verdict.target.id] in repr(chart)


def test_what_has_no_figure_cannot_be_drawn() -> None:
    for name in ("t01", "t07", "t24"):
        with pytest.raises(NotAvailable, match="no reading of"):
            chart_specification(of(name))
    with pytest.raises(UnknownName, match="choose one of slide, column"):
        chart_specification(of("t10"), size="poster")  # type: ignore[arg-type]
