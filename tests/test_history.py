"""History: each verdict by what was known on its date, each change put down to what caused it, and two vintages."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import random
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text

import qdecon as qd
from qdecon.charts import fonts
from qdecon.charts.export import characters
from qdecon.charts.history import chart_history, frame_history
from qdecon.charts.style import drawing
from qdecon.data import known
from qdecon.data.peers import last_known_year
from qdecon.errors import NotAvailable, UnknownName
from qdecon.replay.vintages.inputs import inputs
from qdecon.replay.vintages.realtime import CITY_ORIGIN, FIRST_VINTAGE, realtime_test
from qdecon.replay.vintages.record import VerdictHistory, history
from qdecon.replay.vintages.step import CAUSES, built_up, comparable
from qdecon.verdict import assess
from qdecon.verdict.wording import chance, day

if TYPE_CHECKING:
    from qdecon.data import Dataset, Observation

CITY = qd.load("qingdao")
FIRST, LAST = CITY.plan.published, CITY.as_of
DATA = Path(__file__).resolve().parent.parent / "data"
ASSESSABLE = [target.id for target in CITY.plan.targets if target.assessable]
BEFORE, AFTER = dt.date(2023, 6, 1), dt.date(2023, 6, 2)  # nothing that t06 reads was published between
dates = st.dates(FIRST, LAST)


@pytest.fixture(scope="module")
def told() -> dict[str, VerdictHistory]:
    return {name: history(CITY, name) for name in ASSESSABLE}


def changed_on(date: dt.date, *items: Observation) -> Dataset:
    """The city's data with further figures published on one date."""
    return replace(CITY, observations=(*CITY.observations, *(replace(item, known=date) for item in items)))


def gdp(year: int) -> Observation:
    item = CITY.value("gdp", year, "census4")
    assert item is not None
    return item


# ---- what was known when -------------------------------------------------------------------------------------------


def kept_rows(folder: Path, table: str, keep) -> None:
    """Rewrite a table with the rows that are to be kept."""
    with (folder / table).open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        names, rows = reader.fieldnames or [], [row for row in reader if keep(row)]
    with (folder / table).open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def folder_of(date: dt.date, folder: Path) -> Path:
    """A data folder from which all that counts as known later was deleted."""
    shutil.copytree(DATA / "qingdao", folder)
    for name in ("peers", "record"):
        shutil.copytree(DATA / name, folder / name)
    rows = iter(sorted(CITY_AT_THE_END.observations, key=lambda item: item.row))
    kept_rows(folder, "observations.csv", lambda _: next(rows).known <= date)
    last = last_known_year(date)
    for table in ("cities.csv", "provinces.csv", "nation.csv", "countries.csv", "breaks.csv"):
        kept_rows(folder / "peers", table, lambda row: int(row["period"]) <= last)
    kept_rows(folder / "peers", "revisions.csv", lambda row: int(row["period"]) < last)
    return folder


CITY_AT_THE_END = qd.load("qingdao", as_of="2099-12-31")


def same_as_from_a_cut_folder(date: dt.date, folder: Path) -> None:
    cut = qd.load(folder_of(date, folder), as_of=date)
    assert len(cut.observations) < len(CITY_AT_THE_END.observations)
    for target in cut.plan.targets:
        (step,) = history(CITY, target.id, [date]).steps
        assert step.verdict.to_record() == assess(cut, target.id).to_record()


def random_dates(count: int) -> list[dt.date]:
    draw = random.Random(20220505)
    return [FIRST + dt.timedelta(draw.randrange((LAST - FIRST).days)) for _ in range(count)]


@pytest.mark.parametrize("date", random_dates(12), ids=str)
def test_a_verdict_is_that_of_a_folder_without_what_came_later(date: dt.date, tmp_path: Path) -> None:
    same_as_from_a_cut_folder(date, tmp_path / "data")


@pytest.mark.soak
@pytest.mark.parametrize("date", random_dates(200), ids=str)
def test_on_every_date_a_verdict_is_that_of_a_folder_without_what_came_later(date: dt.date, tmp_path: Path) -> None:
    same_as_from_a_cut_folder(date, tmp_path / "data")


def test_a_cut_folder_gives_another_verdict_than_the_whole_one(tmp_path: Path) -> None:
    date = dt.date(2023, 1, 15)
    cut = qd.load(folder_of(date, tmp_path / "data"), as_of=date)
    assert assess(cut, "t06").probability != assess(CITY, "t06").probability


@settings(max_examples=25, deadline=None, derandomize=True)
@given(date=dates, name=st.sampled_from(ASSESSABLE))
def test_between_two_steps_the_verdict_stands(told: dict[str, VerdictHistory], date: dt.date, name: str) -> None:
    before = [step for step in told[name].steps if step.date <= date]
    if not before:
        assert date < CITY.plan.target(name).adopted
        return
    verdict = assess(known(CITY, date), name)
    assert (verdict.status, verdict.probability, verdict.probability_kind) == before[-1].standing


@pytest.mark.soak
def test_between_two_steps_the_verdict_stands_on_every_day_of_a_release(told: dict[str, VerdictHistory]) -> None:
    days = {item.known for item in CITY.observations} | {dt.date(year, 3, 31) for year in range(2022, 2027)}
    for date, name in itertools.product(sorted(days), ASSESSABLE):
        before = [step for step in told[name].steps if step.date <= date]
        if before and date <= LAST:
            verdict = assess(known(CITY, date), name)
            assert (verdict.status, verdict.probability, verdict.probability_kind) == before[-1].standing, (date, name)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(date=dates, wait=st.integers(1, 60), name=st.sampled_from(["t06", "t06-2027", "t10", "t02", "t04"]))
def test_a_verdict_carried_over_is_the_one_judged_anew(date: dt.date, wait: int, name: str) -> None:
    later = min(date + dt.timedelta(wait), LAST)
    carried = history(CITY, name, [date, later]).steps[-1].verdict
    anew = assess(known(CITY, later), name)
    assert carried.to_record() == anew.to_record()
    assert carried.credits == anew.credits
    assert (carried.trajectory is None) == (anew.trajectory is None)
    if carried.trajectory is not None and anew.trajectory is not None:
        for table in ("observed", "fan", "needed", "bounds", "partial"):
            assert getattr(carried.trajectory, table).equals(getattr(anew.trajectory, table))


def test_a_history_ends_where_the_dataset_does() -> None:
    early = known(CITY, dt.date(2024, 3, 31))
    long, short = history(CITY, "t06").to_frame("en"), history(early, "t06").to_frame("en")
    assert short.equals(long.iloc[: len(short)])
    assert len(short) < len(long)


def test_every_release_of_the_target_s_own_figure_is_a_step(told: dict[str, VerdictHistory]) -> None:
    seen = {(item.year, item.value) for step in told["t06"].steps for item in step.released if item.indicator == "gdp"}
    assert {(2022, 14920.75), (2023, 15760.34), (2024, 16719.46), (2025, 17560.67)} <= seen


# ---- dates asked for -----------------------------------------------------------------------------------------------


@settings(max_examples=6, deadline=None, derandomize=True)
@given(chosen=st.lists(dates, min_size=2, max_size=4, unique=True), order=st.randoms(use_true_random=False))
def test_the_order_of_dates_does_not_matter(chosen: list[dt.date], order: random.Random) -> None:
    shuffled = [*chosen, chosen[0]]
    order.shuffle(shuffled)
    one, two = history(CITY, "t10", chosen), history(CITY, "t10", map(str, shuffled))
    assert one.to_frame().equals(two.to_frame())
    assert one.sentence == two.sentence


@pytest.mark.parametrize(
    ("chosen", "error", "words"),
    [
        (["2022-05-04"], NotAvailable, "did not exist"),
        (["2026-05-01"], NotAvailable, "ends before"),
        ([], NotAvailable, "no date"),
        (["May 2023"], UnknownName, "no date: 'May 2023'"),
    ],
)
def test_dates_outside_the_target_s_life_are_refused(chosen: list[str], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words) as raised:
        history(CITY, "t06", chosen)
    assert "next:" in str(raised.value)


def test_a_successor_begins_with_its_own_adoption(told: dict[str, VerdictHistory]) -> None:
    assert told["t06-2030"].steps[0].date == CITY.plan.target("t06-2030").adopted == dt.date(2025, 12, 3)
    with pytest.raises(NotAvailable):
        history(CITY, "t06-2030", ["2025-12-02"])


# ---- what moved it -------------------------------------------------------------------------------------------------


def only(step, cause: str) -> bool:
    """Whether the whole change, and there is one, stands in one column."""
    return bool(step.change) and all((part != 0) == (name == cause) for name, part in step.parts.items())


def test_a_mere_revision_is_a_revision() -> None:
    item = gdp(2022)
    planted = changed_on(AFTER, replace(item, value=15200.0, vintage="final"))
    _, step = history(planted, "t06", [BEFORE, AFTER]).steps
    assert only(step, "revision")
    assert step.change > 0
    assert [(item.value, item.source) for item in step.released] == [(15200.0, item.source)]


def test_a_mere_new_figure_of_the_place_is_a_new_figure() -> None:
    item = gdp(2023)
    planted = changed_on(AFTER, replace(item, value=16500.0))
    _, step = history(planted, "t06", [BEFORE, AFTER]).steps
    assert only(step, "figures")
    assert step.turned_by is None


def test_figures_of_other_places_alone_are_theirs() -> None:
    _, step = history(CITY, "t06", ["2023-03-30", "2023-03-31"]).steps
    assert only(step, "peers")
    assert step.peer_year == 2022


def test_a_restated_older_year_is_a_revision_even_where_a_new_year_comes_with_it() -> None:
    planted = changed_on(
        AFTER, replace(gdp(2022), value=15200.0, vintage="final"), replace(gdp(2023), value=16500.0)
    )  # fmt: skip
    _, step = history(planted, "t06", [BEFORE, AFTER]).steps
    alone = history(changed_on(AFTER, replace(gdp(2022), value=15200.0, vintage="final")), "t06", [BEFORE, AFTER])
    assert step.parts["revision"] == alone.steps[1].parts["revision"] != 0 != step.parts["figures"]


def test_the_clock_alone_turns_a_silent_deadline_and_moves_no_number() -> None:
    silent = replace(CITY, observations=tuple(item for item in CITY.observations if item.known < dt.date(2025, 1, 1)))
    _, step = history(silent, "t02", ["2025-03-30", "2025-03-31"]).steps
    assert step.turned_by == "time"
    assert step.verdict.status == "not_published"
    assert (step.change, step.parts) == (None, None)  # a forecast and a belief are not subtracted
    assert "因时间推移" in step.sentence.zh
    assert "the passing of time" in step.sentence.en


def test_nothing_moves_while_nothing_comes() -> None:
    _, step = history(CITY, "t06", [BEFORE, AFTER]).steps
    assert step.change == 0
    assert set(step.parts.values()) == {0.0}
    assert step.released == ()


@settings(max_examples=8, deadline=None, derandomize=True)
@given(
    ends=st.lists(dates, min_size=2, max_size=2, unique=True), name=st.sampled_from(["t06", "t06-2027", "t10", "t02"])
)
def test_the_parts_sum_to_the_change(ends: list[dt.date], name: str) -> None:
    one, two = history(CITY, name, ends).steps
    if step_has_numbers := comparable(one.verdict, two.verdict):
        assert two.change == two.verdict.probability - one.verdict.probability
    assert (two.change is not None) == step_has_numbers
    if two.parts is not None:
        assert list(two.parts) == list(CAUSES)
        assert sum(two.parts.values()) == pytest.approx(two.change, rel=1e-9, abs=1e-15)
        assert two.parts["time"] == 0  # horizons count from the latest figure


def test_where_an_end_has_no_probability_no_number_is_given(told: dict[str, VerdictHistory]) -> None:
    for each in told.values():
        for one, two in itertools.pairwise(each.steps):
            if not comparable(one.verdict, two.verdict):
                assert two.change is None
                assert two.parts is None
            if one.verdict.status != two.verdict.status:
                assert two.turned_by in CAUSES


@settings(max_examples=12, deadline=None, derandomize=True)
@given(ends=st.lists(dates, min_size=2, max_size=2, unique=True), name=st.sampled_from(ASSESSABLE))
def test_a_dataset_in_between_that_is_said_not_to_move_does_not(ends: list[dt.date], name: str) -> None:
    target, (before, after) = CITY.plan.target(name), sorted(ends)
    if before < target.adopted:
        return
    last = assess(known(CITY, before), name)
    for _, stage, moves in built_up(CITY, inputs(CITY, target), before, after):
        now = assess(stage, name)
        if not moves:
            assert (now.status, now.probability) == (last.status, last.probability)
        last = now


# ---- in words and in a table ---------------------------------------------------------------------------------------


def test_the_whole_is_told_in_both_languages(told: dict[str, VerdictHistory]) -> None:
    each = told["t10"]
    assert day(FIRST).en in each.sentence.en
    assert day(FIRST).zh in each.sentence.zh
    before, after = (chance(step.verdict.probability or 0).en for step in each.steps[:2])
    assert f"fall, from {before} to {after}, came on 1 February 2023 with GDP of 2022" in each.sentence.en
    assert "missed from 31 January 2025" in each.sentence.en
    assert "未完成（2025年1月31日起）" in each.sentence.zh


def test_every_figure_released_has_a_source(told: dict[str, VerdictHistory]) -> None:
    for each in told.values():
        cited = {source.id for source in each.credits}
        for step in each.steps:
            assert {item.source for item in step.released} <= cited
        table = each.to_frame("en")
        assert ((table["released"] != "") == (table["sources"] != "")).all()


# ---- the figure ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", ["slide", "column"])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "name",
    ["t06", "t10", "t04", *(pytest.param(name, marks=pytest.mark.soak) for name in ("t02", "t06-2027", "t06-2028"))],
)
def test_text_has_glyphs_stays_on_the_page_and_apart(told, name: str, language: str, size: str) -> None:
    chart = chart_history(told[name], language, size=size)
    assert fonts.missing_glyphs(characters(chart)) == ""
    with drawing():
        chart.canvas.draw()
    boxes = [
        (text.get_text(), text.get_window_extent())
        for text in chart.findobj(Text)
        if text.get_text() and text.get_visible()
    ]
    for text, box in boxes:
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= chart.bbox.x1 and box.y1 <= chart.bbox.y1, text
    for (one, first), (two, second) in itertools.combinations(boxes, 2):
        across, up = (
            min(first.x1, second.x1) - max(first.x0, second.x0),
            min(first.y1, second.y1) - max(first.y0, second.y0),
        )
        small = 0.06 * min(first.height, second.height)
        assert across <= small or up <= small, (one, two)


def test_the_line_is_drawn_through_forecasts_and_nothing_else(told: dict[str, VerdictHistory]) -> None:
    for name in ("t06", "t02", "t04"):
        frame = frame_history(told[name])
        forecasts = [step for step in told[name].steps if step.verdict.probability_kind == "forecast"]
        chances = frame[frame["series"] == "chance"]
        assert chances["probability"].tolist() == [step.verdict.probability for step in forecasts]
        (axes,) = chart_history(told[name]).axes
        drawn = {y for line in axes.lines if line.get_gid() in ("chance", "release") for y in line.get_ydata()}
        assert drawn == set(chances["probability"])
        assert sum(patch.get_gid() == "segment" for patch in axes.patches) == (frame["series"] == "segment").sum()


def test_the_title_is_the_finding(told: dict[str, VerdictHistory]) -> None:
    texts = {text.get_text() for text in chart_history(told["t10"], "zh").findobj(Text)}
    known = frame_history(told["t10"])["probability"].dropna()
    start, end = chance(known.iloc[0]).zh, chance(known.iloc[-1]).zh
    assert f"服务业增加值：达标可能性由{start}降到{end}，最终未完成" in texts
    assert told["t10"].sentence.en in chart_history(told["t10"], "en").alt


def test_a_target_that_never_had_a_forecast_is_not_drawn(told: dict[str, VerdictHistory]) -> None:
    with pytest.raises(NotAvailable, match="never had a forecast"):
        chart_history(told["t29"])


# ---- two vintages --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def both():
    return realtime_test(CITY)


def test_a_city_that_was_not_revised_is_judged_nearly_alike_and_the_municipalities_are_not(both) -> None:
    cases = both.cases[(both.cases["panel"] == "cities") & (both.cases["horizon"] == 1)].set_index("place")
    apart = (cases["first"] - cases["later"]).abs()
    levels = CITY.peers.cities.levels["gdp"]
    revised = {
        place
        for place, bases in levels.items()
        for basis, values in bases.items()
        for year, value in values.items()
        if basis != FIRST_VINTAGE and abs(value / bases[FIRST_VINTAGE].get(year, value) - 1) > 5e-4
    }
    assert len(revised) == 9
    assert apart[[place for place in apart.index if place not in revised]].max() < 0.01 < apart["天津"]
    assert {"天津", "上海", "北京"} == set(apart.nlargest(3).index)


def test_outcomes_are_growth_inside_one_basis_of_the_later_vintage(both) -> None:
    levels = CITY.peers.cities.levels["gdp"]
    for row in both.cases[both.cases["outcome"].notna()].itertuples():
        later = [values for basis, values in levels[row.place].items() if basis != FIRST_VINTAGE]
        (own,) = [values for values in later if {CITY_ORIGIN, CITY_ORIGIN + row.horizon} <= values.keys()]
        assert row.outcome == pytest.approx(np.log(own[CITY_ORIGIN + row.horizon] / own[CITY_ORIGIN]))


def test_the_same_vintage_twice_makes_no_difference_and_a_harder_target_is_less_likely(both) -> None:
    provinces = tuple(replace(each, preliminary=each.final) for each in CITY.peers.revisions)
    harder = realtime_test(replace(CITY, peers=replace(CITY.peers, revisions=provinces)), stretch=0.02).cases
    same = harder[harder["panel"] == "provinces"]
    assert same["first"].tolist() == pytest.approx(same["later"].tolist(), abs=1e-3)
    assert (harder["first"] <= both.cases["first"]).all()


def test_the_scores_are_those_of_the_definition(both) -> None:
    row = both.summary().set_index(["panel", "horizon"]).loc[("cities", 1)]
    cases = both.cases[(both.cases["panel"] == "cities") & (both.cases["horizon"] == 1)].dropna()
    event = cases["outcome"] >= cases["needed"]
    assert row["scored"] == len(cases)
    assert row["brier_first"] == pytest.approx(((cases["first"] - event) ** 2).mean())
    assert row["worse"] == pytest.approx(row["brier_first"] - row["brier_later"])
    assert row["low_worse"] < row["worse"] < row["high_worse"]


def test_without_a_second_vintage_there_is_no_test() -> None:
    with pytest.raises(NotAvailable, match="no second vintage"):
        realtime_test(known(CITY, dt.date(2024, 12, 31)))
