"""The live refresh: rows are appended and never altered, whatever the database answers and whenever it is killed."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import qdecon as qd
from qdecon.data import check, known
from qdecon.data.observations import COLUMNS, VINTAGES, Observation, half_step
from qdecon.data.periods import parse_period
from qdecon.errors import DataError, NotAvailable, QdeconError, UnknownName
from qdecon.publication.writing import alone
from qdecon.sources.appending import commit, verify_appended, with_rows
from qdecon.sources.nbsanswer import Cell
from qdecon.sources.refresh import refresh
from qdecon.sources.refresh.comparison import agrees, compare, largest_revisions, source_of
from qdecon.sources.refresh.feed import read_feed
from tests.nbs_server import database, only_here, serving
from tests.test_another_plan import HEADLINE, INDICATOR, TARGET, town

__all__ = ["database", "only_here"]
pytestmark = pytest.mark.xdist_group("refresh")

DAY = dt.date(2026, 6, 30)
NEXT = dt.date(2026, 9, 15)
CITY, GDP = "370200000000", "35613910b9ad47e19cf79ae041ccb7ed"
FEED = """
[[series]]
indicator = "gdp"
table = "cities"
item = "gdp"
place = "青岛"
first = 2019
[[series.basis]]
first = 2019
last = 2023
id = "old"
[[series.basis]]
first = 2024
id = "new"
"""
PROVINCE = """
[[series]]
indicator = "{indicator}"
table = "provinces"
item = "{indicator}"
place = "山东"
first = 2022
[[series.basis]]
first = 2022
id = "new"
"""
HELD = {2019: "11741.31", 2020: "12400.56", 2021: "14136.46", 2022: "14920.75"}
BASED = "based = true"
GDP_ROW = "gdp,{year},{value},亿元,old,{vintage},{published},official,,yes,doc,原话,"


def small(folder: Path, *rows: str, feed: str = FEED, indicators: str = "", deadline: int = 2023) -> Path:
    """A plan for Qingdao that holds four years of GDP and has one target for the next one."""
    level = INDICATOR.format(id="gdp", unit="亿元", kind="level", more=BASED)
    target = TARGET.format(
        id="a1", indicator="gdp", measure="level", comparator="at_least", value=15500, unit="亿元", more=HEADLINE
    ).replace("deadline = 2023", f"deadline = {deadline}")
    held = [
        GDP_ROW.format(year=year, value=value, vintage="first", published=f"{year + 1}-02-01")
        for year, value in HELD.items()
    ]
    town(folder, level + indicators, target, [*held, *rows])
    (folder / "feed.toml").write_text(feed, encoding="utf-8")
    return folder


@pytest.fixture
def plan(tmp_path) -> Path:
    return small(tmp_path / "plan")


def whole(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def run(database, folder, day=DAY, **options):
    with database.client() as client:
        return refresh(folder, day, client=client, **options)


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "observations.csv").open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def in_use(folder: Path, year: int, basis: str) -> Observation:
    return qd.load(folder).annual("gdp")[year, basis]


# ----------------------------------------------------------------------------------------------------------------------
# What is appended
# ----------------------------------------------------------------------------------------------------------------------


def test_new_periods_are_appended_and_nothing_else_is_touched(database, plan):
    before = whole(plan)
    told = run(database, plan)
    after = whole(plan)
    assert set(after) == set(before)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"observations.csv", "sources.csv"}
    assert all(after[name].startswith(before[name]) for name in changed)
    assert check(plan) == ()
    assert [(row["period"], row["value"], row["basis"]) for row in rows(plan)[4:]] == [
        ("2023", "15760", "old"), ("2024", "16719.46", "new"),
    ]  # fmt: skip
    assert (told.unchanged, told.coarser, told.blank, told.conflicts) == (4, 3, (), ())


def test_a_row_says_whose_words_it_is_and_when_they_were_read(database, plan):
    run(database, plan)
    assert rows(plan)[-1] == {
        "indicator": "gdp", "period": "2024", "value": "16719.46", "unit": "亿元", "basis": "new",
        "vintage": "retrieved", "published": "2026-06-30", "evidence": "official", "qualifier": "", "use": "yes",
        "source": "nbs-cities-2026-06-30", "quote": "地区生产总值 (当年价格) (亿元)，青岛，2024年：16719.46",
        "note": "retrieved on 2026-06-30; the database states no date of publication",
    }  # fmt: skip
    source = qd.load(plan).sources["nbs-cities-2026-06-30"]
    assert (source.publisher, source.kind) == ("National Bureau of Statistics of China", "official")
    assert source.title.startswith("Annual data of main cities, 青岛, as retrieved on 2026-06-30 through http://127")
    assert (source.date, source.address) == ("2026-06-30", "https://data.stats.gov.cn")
    assert source.licence == qd.load("qingdao").sources["nbs-cities-2026"].licence


@pytest.mark.parametrize("day", [DAY, NEXT])
def test_a_second_refresh_appends_nothing(database, plan, day):
    run(database, plan)
    before = whole(plan)
    told = run(database, plan, day)
    assert (told.appended, told.moved, told.unchanged) == ((), (), 6)
    assert whole(plan) == before


def test_a_rounding_of_the_figure_held_takes_no_digit_away(database, plan):
    run(database, plan)
    assert [in_use(plan, year, "old").value for year in HELD] == [float(value) for value in HELD.values()]


def test_a_figure_with_more_digits_than_the_one_held_is_appended(database, tmp_path):
    plan = small(tmp_path, GDP_ROW.format(year=2023, value=15760, vintage="first", published="2024-02-01"))
    database.changed[CITY, GDP, 2023] = "15760.34"
    told = run(database, plan)
    assert [(row.value, row.held) for row in told.appended if row.year == 2023] == [("15760.34", "15760")]
    assert in_use(plan, 2023, "old").value == 15760.34


def test_a_revision_is_a_new_row_and_the_one_that_is_read(database, plan):
    run(database, plan)
    database.changed[CITY, GDP, 2023] = "15790"
    told = run(database, plan, NEXT)
    (row,) = told.appended
    assert (row.value, row.held, row.use) == ("15790", "15760", "yes")
    assert "15760 of nbs-cities-2026-06-30 was in use (+0.19 %)" in row.note
    assert in_use(plan, 2023, "old").value == 15790
    assert known(qd.load(plan), DAY).annual("gdp")[2023, "old"].value == 15760
    database.changed.clear()
    assert [each.value for each in run(database, plan, dt.date(2026, 12, 1)).appended] == ["15760"]
    assert in_use(plan, 2023, "old").value == 15760


def test_a_figure_finally_verified_elsewhere_stays_in_use(database, tmp_path):
    plan = small(tmp_path, GDP_ROW.format(year=2023, value=15800.5, vintage="final", published="2024-12-31"))
    told = run(database, plan)
    assert [row.value for row in told.appended if row.year == 2023] == ["15760"]
    assert in_use(plan, 2023, "old").value == 15800.5
    assert run(database, plan, NEXT).appended == ()


def test_a_change_beyond_every_measured_revision_is_set_aside_until_its_basis_is_declared(database, plan):
    database.changed[CITY, GDP, 2022] = "15100"  # + 1.2 %
    told = run(database, plan)
    (row,) = told.conflicts
    assert (row.year, row.value, row.held, row.held_source) == (2022, "15100", "14920.75", "doc")
    assert "declare the basis of 2022 in feed.toml" in row.note
    assert check(plan) == ()
    assert in_use(plan, 2022, "old").value == 14920.75
    assert "Set aside" in told.text("en")
    assert "存疑" in told.text("zh")
    before = whole(plan)
    assert run(database, plan).appended == ()
    assert whole(plan) == before
    declared = FEED.replace("last = 2023", "last = 2021").replace("first = 2024", "first = 2022")
    (plan / "feed.toml").write_text(declared, encoding="utf-8")
    told = run(database, plan)
    assert [(each.year, each.basis, each.use, each.source) for each in told.appended] == [
        (2022, "new", "yes", "nbs-cities-2026-06-30-2"), (2023, "new", "yes", "nbs-cities-2026-06-30-2"),
    ]  # fmt: skip
    assert (in_use(plan, 2022, "new").value, in_use(plan, 2022, "old").value) == (15100, 14920.75)
    assert check(plan) == ()


def test_the_largest_final_revisions_are_the_measured_ones(plan):
    largest = largest_revisions(qd.load("qingdao").peers.revisions)
    assert round(100 * largest["gdp"], 2) == 0.87
    assert round(100 * largest["va_primary"], 2) == 3.74


def test_the_measured_revisions_count_whatever_the_day(database, plan):
    """They tell how far a database moves, which is no knowledge about the plan."""
    database.changed[CITY, GDP, 2022] = "15000"  # + 0.5 %
    told = run(database, plan, dt.date(2025, 1, 10))
    assert [(row.year, row.use) for row in told.appended] == [(2022, "yes"), (2023, "yes"), (2024, "yes")]


@pytest.mark.parametrize("blank", ["", "无", None])
def test_a_cell_that_was_held_and_is_blank_now_is_told_and_nothing_is_written(database, plan, blank):
    run(database, plan)
    before = whole(plan)
    database.changed |= {(CITY, GDP, year): blank for year in (2022, 2024)}
    told = run(database, plan, NEXT)
    assert [(each.year, each.value, each.withdrawn) for each in told.blank] == [
        (2022, 14920.75, False), (2024, 16719.46, True),
    ]  # fmt: skip
    assert whole(plan) == before
    assert "the database held it and is blank now" in told.text("en")
    assert "数据库中原有、现已为空" in told.text("zh")


def test_a_change_within_the_day_has_a_source_of_its_own_and_is_read(database, plan):
    run(database, plan)
    database.changed[CITY, GDP, 2024] = "16720.00"
    (row,) = run(database, plan).appended
    assert row.source == "nbs-cities-2026-06-30-2"
    assert check(plan) == ()
    assert in_use(plan, 2024, "new").value == 16720


def test_provinces_are_refreshed_by_sector_and_several_series_share_a_source(database, tmp_path):
    indicators = "".join(
        INDICATOR.format(id=each, unit="亿元", kind="level", more=BASED) for each in ("va_secondary", "va_tertiary")
    )
    feed = "".join(PROVINCE.format(indicator=each) for each in ("gdp", "va_secondary", "va_tertiary"))
    plan = small(tmp_path, feed=feed, indicators=indicators)
    told = run(database, plan)
    assert len(told.appended) == 9
    listed = (plan / "sources.csv").read_text(encoding="utf-8").splitlines()
    assert [line.partition(",")[0] for line in listed] == ["id", "doc", "nbs-provinces-2026-06-30"]
    assert qd.load(plan).annual("va_tertiary")[2024, "new"].value == 52340.3


def test_the_nation_and_an_index_without_basis_are_refreshed_too(database, tmp_path):
    index = INDICATOR.format(id="index", unit="上年=100", kind="rate", more="")
    feed = """
        [[series]]
        indicator = "gdp"
        table = "nation"
        item = "gdp"
        place = "中国"
        first = 2024
        [[series.basis]]
        first = 2024
        id = "new"
        [[series]]
        indicator = "index"
        table = "provinces-index"
        item = "gdp_index"
        place = "山东"
        first = 2023
        """
    run(database, small(tmp_path, feed=feed, indicators=index))
    found = [(row["indicator"], row["period"], row["value"], row["basis"]) for row in rows(tmp_path)[4:]]
    assert found == [
        ("gdp", "2024", "1348066", "new"), ("gdp", "2025", "1401879", "new"),
        ("index", "2023", "106.1", ""), ("index", "2024", "105.6", ""),
    ]  # fmt: skip


# ----------------------------------------------------------------------------------------------------------------------
# What is told
# ----------------------------------------------------------------------------------------------------------------------


def test_verdicts_that_moved_are_told_with_the_figure_they_rest_on(database, plan):
    (moved,) = run(database, plan).moved
    assert (moved.target, moved.after.status, moved.after.value) == ("a1", "met", 15760)
    assert moved.before.status != "met"
    assert moved.before.as_of == moved.after.as_of == DAY
    assert ("gdp", 2023) in [(row.indicator, row.year) for row in moved.rests_on]
    assert qd.scorecard(known(qd.load(plan), DAY))["a1"].status == "met"


def test_the_report_can_be_quoted_in_both_languages(database, plan):
    told = run(database, plan)
    zh, en = told.text("zh"), told.text("en")
    assert zh.splitlines()[0] == (
        "2026年6月30日从国家统计局数据库取得某市的数字：追加2个，4个不变（其中3个只是位数较少）；1项判断有变动。"
    )
    assert en.splitlines()[0] == (
        "Figures of Sometown retrieved from the National Bureau of Statistics on 30 June 2026: 2 appended, 4 unchanged "
        "(3 of them with fewer digits); 1 verdict moved."
    )
    assert "a1 目标：由" in zh
    assert "a1 Target: from" in en
    assert "resting on gdp of 2024" in en
    assert str(told) == zh
    assert "Revised" not in en


def test_the_table_holds_everything_told(database, plan):
    database.changed[CITY, GDP, 2021] = ""
    database.changed[CITY, GDP, 2022] = "15100"
    frame = run(database, plan).to_frame()
    assert frame["kind"].tolist() == ["conflict", "appended", "appended", "blank", "verdict"]
    assert frame["id"].tolist() == ["gdp"] * 4 + ["a1"]
    assert frame.loc[0, ["before", "after"]].tolist() == ["14920.75", "15100"]
    assert frame.loc[4, "after"] == "met"


def test_a_dry_run_tells_the_same_and_writes_nothing(database, plan):
    before = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in [plan, *plan.rglob("*")]}
    told = run(database, plan, dry_run=True)
    assert {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in [plan, *plan.rglob("*")]} == before
    assert "Nothing was written" in told.text("en")
    assert replace(told, dry_run=False) == replace(run(database, plan), moved=told.moved)
    assert [each.target for each in told.moved] == ["a1"]


# ----------------------------------------------------------------------------------------------------------------------
# Interrupted
# ----------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def three(tmp_path) -> Path:
    """A plan fed by three series."""
    indicators = "".join(
        INDICATOR.format(id=each, unit="亿元", kind="level", more=BASED) for each in ("va_secondary", "va_tertiary")
    )
    feed = FEED + "".join(PROVINCE.format(indicator=each) for each in ("va_secondary", "va_tertiary"))
    return small(tmp_path / "plan", feed=feed, indicators=indicators)


def test_an_interrupted_run_goes_on_where_it_stopped(database, three):
    before = whole(three)
    database.faults, database.always = ["", ""], "html"
    with pytest.raises(NotAvailable, match="what was fetched is kept"):
        run(database, three)
    kept = set(whole(three)) - set(before)
    assert len(kept) == 2
    assert all(name.startswith(".refresh/2026-06-30/") and name.endswith(".json") for name in kept)
    database.asked.clear()
    database.always = ""
    run(database, three)
    assert len(database.asked) == 1
    assert set(whole(three)) == set(before)
    assert len(rows(three)) == 4 + 2 + 3 + 3


def test_what_was_kept_on_another_day_is_asked_again(database, three):
    database.faults, database.always = ["", ""], "403"
    with pytest.raises(NotAvailable):
        run(database, three)
    database.asked.clear()
    database.faults = ["", "403"]
    with pytest.raises(NotAvailable):
        run(database, three, NEXT)
    assert [path.name for path in (three / ".refresh").iterdir()] == ["2026-09-15"]
    database.always = ""
    run(database, three, NEXT)
    assert len(database.asked) == 2 + 2
    assert not (three / ".refresh").exists()


@pytest.mark.parametrize(
    "harm", [b"", b"{", b'{"data": [], "success": true, "state": 20000}', b"[" * 10**5],
    ids=["nothing", "truncated", "empty success", "nested"],
)  # fmt: skip
def test_a_kept_answer_that_is_not_whole_is_asked_again(database, three, harm):
    database.faults, database.always = ["", ""], "404"
    with pytest.raises(NotAvailable):
        run(database, three)
    for path in three.glob(".refresh/*/*.json"):
        path.write_bytes(harm)
    database.asked.clear()
    database.always = ""
    run(database, three)
    assert len(database.asked) == 3


def test_an_answer_that_cannot_be_read_is_not_kept(database, plan):
    before = whole(plan)
    database.spoil = lambda answer: answer["data"][1]["values"][0].update(value="0")
    with pytest.raises(NotAvailable, match="2024 is 0"):
        run(database, plan)
    assert whole(plan) == before


def test_a_source_that_a_killed_run_left_is_used(database, plan):
    clean = shutil.copytree(plan, plan.parent / "clean")
    run(database, clean)
    shutil.copy(clean / "sources.csv", plan / "sources.csv")
    run(database, plan)
    assert whole(plan) == whole(clean)


def test_another_process_that_writes_there_is_not_disturbed(database, plan):
    before = whole(plan)
    with alone(plan), pytest.raises(NotAvailable, match="another process"):
        run(database, plan)
    assert whole(plan) == before
    assert database.asked == []


def test_a_table_that_is_edited_meanwhile_is_not_overwritten(database, plan):
    edited = (plan / "observations.csv").read_bytes() + b"gdp,2018,9,x\n"
    database.spoil = lambda answer: (plan / "observations.csv").write_bytes(edited)
    with pytest.raises(NotAvailable, match="changed while rows were being added"):
        run(database, plan)
    assert (plan / "observations.csv").read_bytes() == edited
    assert b"nbs-" not in (plan / "sources.csv").read_bytes()


def test_figures_that_would_break_the_contract_of_the_folder_are_refused(database, tmp_path):
    """The parts of the database no longer sum to its whole."""
    parts = "".join(
        INDICATOR.format(id=each, unit="亿元", kind="level", more=BASED)
        for each in ("va_primary", "va_secondary", "va_tertiary")
    )
    names = ("gdp", "va_primary", "va_secondary", "va_tertiary")
    plan = small(tmp_path, feed="".join(PROVINCE.format(indicator=each) for each in names), indicators=parts)
    text = (plan / "indicators.toml").read_text(encoding="utf-8")
    whole_is = f'{BASED}\nparts = ["va_primary", "va_secondary", "va_tertiary"]'
    (plan / "indicators.toml").write_text(text.replace(BASED, whole_is, 1), encoding="utf-8")
    before = whole(plan)
    database.changed["370000000000", "b6ede904e72c41bba796c98d185e62c5", 2024] = "52440.3"
    with pytest.raises(NotAvailable, match=r"do not agree with the plan's: .*98665\.80"):
        run(database, plan)
    assert {name: body for name, body in whole(plan).items() if not name.startswith(".refresh")} == before
    database.changed.clear()
    assert len(run(database, plan, NEXT).appended) == 12


# ----------------------------------------------------------------------------------------------------------------------
# The tables
# ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["no last line end", "CRLF", "BOM", "other columns", "blank last lines"])
def test_old_bytes_stay_in_whatever_form_they_are(database, plan, form):
    for name in ("observations.csv", "sources.csv"):
        path = plan / name
        body = path.read_bytes()
        if form == "no last line end":
            body = body.rstrip(b"\n")
        elif form == "CRLF":
            body = body.replace(b"\n", b"\r\n")
        elif form == "BOM":
            body = b"\xef\xbb\xbf" + body
        elif form == "blank last lines":
            body += b"\n\n"
        else:
            held = list(csv.DictReader(body.decode().splitlines()))
            with path.open("w", encoding="utf-8", newline="") as handle:
                writer = csv.DictWriter(handle, sorted(held[0]), lineterminator="\n")
                writer.writeheader()
                writer.writerows(held)
            body = path.read_bytes()
        path.write_bytes(body)
    before = whole(plan)
    run(database, plan)
    assert check(plan) == ()
    assert all(whole(plan)[name].startswith(body) for name, body in before.items())
    assert len(rows(plan)) == 6
    assert run(database, plan, NEXT).appended == ()


OLD = b"year,value\n2023,1\n"


@pytest.mark.parametrize(
    "new",
    [
        OLD, b"year,value\n2023,2\n2024,3\n", b"2024,3\n" + OLD, OLD + b"2024,3\n2025,4\n", b"",
        OLD[:-2] + b"9\n2024,3\n", OLD[:-1] + b"5\n2024,3\n",
    ],
    ids=["nothing new", "altered", "before", "two rows", "lost", "digit", "joined"],
)  # fmt: skip
def test_the_guard_of_the_tables_fires(new):
    with pytest.raises(NotAvailable, match="rows appended"):
        verify_appended("a.csv", OLD, new, 1)


def test_the_guard_of_the_commit_fires(plan):
    old = {name: (plan / name).read_bytes() for name in ("sources.csv", "observations.csv")}
    for name in old:
        with pytest.raises(NotAvailable, match="old rows would be lost"):
            commit(plan, old, old | {name: b"x" + old[name]})
        with pytest.raises(NotAvailable, match="changed while"):
            commit(plan, old | {name: b"x"}, old)
    assert {name: (plan / name).read_bytes() for name in old} == old


TEXTS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=12)


@given(
    held=st.lists(st.tuples(TEXTS, TEXTS), max_size=4), new=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4),
    ended=st.booleans(),
)  # fmt: skip
def test_any_words_can_be_appended_after_any_words(held, new, ended):
    old = with_rows(b"a,b\n", [dict(zip("ab", row, strict=True)) for row in held])
    old = old if ended else old.removesuffix(b"\n")
    body = with_rows(old, [dict(zip("ba", row, strict=True)) for row in new])
    assert body.startswith(old)
    verify_appended("a.csv", old, body, len(new))
    found = [tuple(row) for row in csv.reader(body.decode().splitlines(keepends=True))]
    assert found == [("a", "b"), *held, *((second, first) for first, second in new)]


# ----------------------------------------------------------------------------------------------------------------------
# Comparing, as a property
# ----------------------------------------------------------------------------------------------------------------------

LARGEST = {"gdp": 0.0087}
PRINTED = st.one_of(
    st.none(),
    st.decimals(99, 102, places=2).map(str), st.decimals(99, 102, places=1).map(str), st.integers(99, 102).map(str),
)  # fmt: skip
ANSWERS = st.lists(st.lists(PRINTED, min_size=3, max_size=3), min_size=1, max_size=5)
OWN = st.lists(
    st.tuples(
        st.sampled_from(["unknown", "first", "final", "census4"]), st.sampled_from(["yes", "duplicate", "rejected"]),
        PRINTED.filter(bool),
    ),
    max_size=3,
)  # fmt: skip


@cache
def empty():
    """A plan without figures, and the series that feeds it."""
    with TemporaryDirectory() as folder:
        city = replace(qd.load(small(Path(folder))), observations=())
        (series,) = read_feed(Path(folder), city, 2025)
    return city, replace(series, bases=dict.fromkeys(range(2019, 2026), "old"))


def observation(row: dict[str, str], line: int) -> Observation:
    """A row as it is read from the table."""
    published = dt.date.fromisoformat(row["published"])
    return Observation(
        row["indicator"], parse_period(row["period"]), float(row["value"]), row["unit"], row["basis"], row["vintage"],
        row["published"], published, False, row["evidence"], row["qualifier"], row["use"], row["source"], row["quote"],
        row["note"], half_step(row["value"]), line,
    )  # fmt: skip


def own_rows(own):
    return [
        observation(
            dict.fromkeys(COLUMNS, "") | {
                "indicator": "gdp", "period": "2023", "value": value, "unit": "亿元", "basis": "old",
                "vintage": vintage, "published": "2024-02-01", "evidence": "press", "use": use,
                "source": f"doc{number}",
            },
            number,
        )
        for number, (vintage, use, value) in enumerate(own)
    ]  # fmt: skip


# On the third retrieval of a day the first source is free for one row, the second for the other, and neither for both.
@example(own=[], answers=[[None, "99.01", "99.01"], ["99.00", None, "99.00"], ["99.01", "99.00", None]], same_day=True)
@given(own=OWN, answers=ANSWERS, same_day=st.booleans())
def test_whatever_is_answered_nothing_is_lost_doubled_or_read_without_leave(own, answers, same_day):
    city, series = empty()
    held = own_rows(own)
    for number, printed in enumerate(answers):
        day = DAY + dt.timedelta(days=0 if same_day else number)
        before = replace(city, as_of=day, observations=tuple(held))
        cells = {
            year: Cell(year, value, "GDP", f"{year}年") for year, value in zip((2023, 2024, 2025), printed, strict=True)
        }
        found = compare(before, [(series, cells)], day, LARGEST)
        new = [observation(row.row, len(held) + place) for place, row in enumerate(found.appended)]
        after = replace(before, observations=(*held, *new))
        for year, cell in cells.items():
            now, then = after.annual("gdp").get((year, "old")), before.annual("gdp").get((year, "old"))
            rows = [row for row in found.appended if row.year == year]
            assert len(rows) <= (cell.value is not None)
            if not rows:
                assert now == then
                continue
            (row,) = rows
            assert Decimal(row.value) == Decimal(cell.value)
            if row.use == "conflict":
                assert now == then
                assert abs(float(row.value) - then.value) > LARGEST["gdp"] * float(row.value)
            elif then is None or VINTAGES.index(then.vintage) <= VINTAGES.index("retrieved"):
                assert now.value == float(row.value)
            else:
                assert now == then
        told = len(found.appended) + found.unchanged + sum(cell.value is None for cell in cells.values())
        assert told == len(cells)
        keys = [(item.indicator, item.period, item.vintage, item.source) for item in after.observations]
        assert len(set(keys)) == len(keys)
        again = compare(after, [(series, cells)], day, LARGEST)
        assert (again.appended, again.unchanged) == ((), found.unchanged + len(found.appended))
        held += new


@given(held=st.decimals(1, 10**6, places=2), places=st.integers(0, 3))
def test_every_rounding_of_a_figure_agrees_with_it_and_its_neighbours_do_not(held, places):
    item = own_rows([("first", "yes", f"{held}")])[0]
    step = Decimal(1).scaleb(-places)
    rounded = held.quantize(step)
    assert agrees(f"{rounded}", item)
    assert not agrees(f"{rounded + 2 * step}", item)


def test_of_retrieved_figures_the_latest_is_read_and_a_final_one_before_all():
    row = own_rows([("first", "yes", "100.25")])[0]
    first = replace(row, vintage="first", row=9)
    early = replace(row, vintage="retrieved", known=DAY, row=2)
    late = replace(row, vintage="retrieved", known=NEXT, half_step=0.5, row=1)
    later_row = replace(late, row=3)
    final = replace(row, vintage="final")
    items = [final, later_row, late, early, first]
    assert sorted(items, key=lambda item: item.rank, reverse=True) == items
    assert replace(first, row=1, known=NEXT).rank == first.rank


def test_a_source_has_the_name_of_its_table_and_day():
    assert source_of("cities", DAY) == "nbs-cities-2026-06-30"
    assert source_of("cities", DAY, 3) == "nbs-cities-2026-06-30-3"


# ----------------------------------------------------------------------------------------------------------------------
# The feed, and what is refused
# ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "row", "column", "words"),
    [
        ('"gdp"\ntable', '"gnp"\ntable', 3, "indicator", "unknown indicator 'gnp'"),
        ('"cities"', '"towns"', 4, "table", "no table 'towns'"),
        ('item = "gdp"', 'item = "gnp"', 5, "item", "no 'gnp'"),
        ('"青岛"', '"胶州"', 6, "place", "no '胶州'"), ('place = "青岛"\n', "", 2, "place", "missing"),
        ("first = 2019\n[[", "first = 1900\n[[", 7, "first", "no year"),
        ("first = 2019\n[[", "first = 2026\n[[", 7, "first", "no year"),
        ("first = 2019\n[[", "first = true\n[[", 7, "first", "expected int"),
        ("first = 2019\n[[", 'first = 2019\nwhen = "x"\n[[', 8, "when", "unknown key"),
        ('id = "old"', 'id = "ancient"', 11, "id", "unknown basis 'ancient'"), ('id = "old"\n', "", 8, "id", "missing"),
        ("last = 2023", "last = 2018", 9, "first", "no range"), ("last = 2023\n", "", 12, "first", "two bases"),
        ("last = 2023", "last = 2022", 2, "basis", "no statistical basis is declared for 2023"),
        ("first = 2024", "first = 2025", 2, "basis", "no statistical basis is declared for 2024"),
        ("[[series.basis]]\nfirst = 2019", "[[series.base]]\nfirst = 2019", 2, "base", "unknown key"),
        ("\n[[series]]", "\n[series", 2, None, "broken"), ("[[series]]", "[[feed]]", None, "feed", "unknown table"),
        (FEED, "", None, "series", "no [[series]]"), (FEED, "series = 3", None, "series", "list of tables"),
        (FEED, FEED + FEED, 17, "indicator", "fed twice"),
    ],
    ids=lambda value: str(value)[:20],
)  # fmt: skip
def test_a_fault_of_the_feed_is_told_with_row_and_key(database, plan, old, new, row, column, words):
    (plan / "feed.toml").write_text(FEED.replace(old, new, 1) or "# nothing", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        run(database, plan)
    problems = [(each.file, each.row, each.column) for each in caught.value.problems if words in each.what]
    assert problems == [("feed.toml", row, column)], caught.value
    assert database.asked == []


def test_a_unit_and_a_basis_that_do_not_fit_the_indicator_are_told(database, tmp_path):
    index = INDICATOR.format(id="index", unit="%", kind="rate", more="")
    plan = small(tmp_path, feed=FEED.replace('"gdp"\ntable', '"index"\ntable'), indicators=index)
    with pytest.raises(
        DataError, match=r"(?s)index is in %, gdp of the table cities in 亿元.*index has no statistical"
    ):
        run(database, plan)


def test_a_missing_feed_is_told(database, plan):
    (plan / "feed.toml").unlink()
    with pytest.raises(DataError, match=r"feed\.toml: the file is missing"):
        run(database, plan)


def test_the_embedded_plan_and_a_plan_that_is_not_there_are_refused(database, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotAvailable, match="embedded plan 'qingdao' is not refreshed"):
        run(database, "qingdao")
    with pytest.raises(UnknownName, match="no plan in the folder"):
        run(database, tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_breaks_its_contract_is_refused_before_anything_is_asked(database, plan):
    with (plan / "observations.csv").open("a", encoding="utf-8") as handle:
        handle.write("gdp,2023,x,亿元,old,first,2024-02-01,official,,yes,doc,原话,\n")
    with pytest.raises(DataError, match="no number: 'x'"):
        run(database, plan)
    assert database.visits == []


def test_a_clock_that_runs_behind_is_told(database, plan):
    run(database, plan, NEXT)
    with pytest.raises(NotAvailable, match="check the clock"):
        run(database, plan, DAY)
    with pytest.raises(NotAvailable, match="did not exist"):
        run(database, plan, dt.date(2020, 1, 1))


# ----------------------------------------------------------------------------------------------------------------------
# Killed at any moment, and several at once
# ----------------------------------------------------------------------------------------------------------------------

# A process that has loaded everything and forks a refresh for every line it is sent: "live", or a verb and a number if
# the refresh is to kill itself while it writes, moves or removes its nth file.
NURSERY = """
import datetime as dt, json, os, shutil, signal, sys, time
from pathlib import Path
from qdecon.errors import QdeconError
from qdecon.sources.nbs import Client, Pace
from qdecon.sources.refresh import refresh

def life(verb, left, folder, url):
    holder = shutil if verb == "rmtree" else Path
    done = getattr(holder, verb, None)

    def dying(path, *what, **more):
        nonlocal left
        left -= folder in str(path)
        if left < 0:
            if verb == "write_bytes":
                done(path, what[0][: len(what[0]) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        return done(path, *what, **more)

    if verb != "live":
        setattr(holder, verb, dying)
    try:
        with Client(url, Pace(0, 0, 60)) as client:
            refresh(folder, dt.date(2026, 6, 30), client=client)
    except QdeconError as error:
        return 3 if "another process is writing here" in str(error) else 1
    return 0

# How a child ended, which is killed if it lives too long.
def end(child, last):
    while True:
        done, status = os.waitpid(child, os.WNOHANG if last else 0)
        if done:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > last:
            os.kill(child, signal.SIGKILL)
            last = None
        time.sleep(0.001)

with Client("http://127.0.0.1"):
    pass  # and with it all that a session loads
for line in sys.stdin:
    count, seconds, *words = json.loads(line)
    children = []
    for _ in range(count):
        child = os.fork()
        if child == 0:
            code = 2
            try:
                code = life(*words)
            finally:
                os._exit(code)
        children.append(child)
    last = None if seconds is None else time.monotonic() + seconds
    print(json.dumps([end(child, last) for child in children]), flush=True)
"""


class Nursery:
    """Refreshes in processes of their own, which may die."""

    def __init__(self, url: str) -> None:
        self.url = url
        command = [sys.executable, "-c", NURSERY]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def run(self, folder: Path, verb: str = "live", number: int = 0, *, count: int = 1, seconds: float | None = None):
        """Run so many at once, killed after so many seconds if they still live; returns how they ended."""
        self.process.stdin.write(json.dumps([count, seconds, verb, number, str(folder), self.url]) + "\n")
        return json.loads(self.process.stdout.readline())


@pytest.fixture(scope="module")
def nursery():
    with serving() as database:
        nursery = Nursery(database.url)
        yield nursery
        nursery.process.stdin.close()
        nursery.process.wait()
        nursery.process.stdout.close()


def sound(folder: Path, before: dict[str, bytes], finished: dict[str, bytes]) -> None:
    """Each table is the old or the new one, no figure is without its source, and what was kept is whole."""
    left = {name: body for name, body in whole(folder).items() if not name.startswith(".unfinished/")}
    for name, body in before.items():
        assert left[name] in (body, finished[name]), f"{name} is half-written"
        assert hashlib.sha256(left[name][: len(body)]).digest() == hashlib.sha256(body).digest()
    assert left["sources.csv"] == finished["sources.csv"] or left["observations.csv"] == before["observations.csv"]
    assert check(folder) == ()
    assert all(body.endswith(b"}") for name, body in left.items() if name.startswith(".refresh/"))


def put_back(folder: Path, before: dict[str, bytes]) -> None:
    """The folder as it was."""
    shutil.rmtree(folder)
    folder.mkdir()
    for name, body in before.items():
        (folder / name).write_bytes(body)


@pytest.fixture
def ends(three, nursery):
    """The files of the plan before, and after a refresh that nobody disturbs, and how long one takes."""
    before = whole(three)
    assert nursery.run(three) == [0]
    finished = whole(three)
    assert set(before) == set(finished)
    put_back(three, before)
    started = time.perf_counter()
    assert nursery.run(three) == [0]
    seconds = time.perf_counter() - started
    assert whole(three) == finished
    put_back(three, before)
    return before, finished, seconds


@pytest.mark.slow
@pytest.mark.parametrize("kills", [6, pytest.param(200, marks=pytest.mark.soak)])
def test_killed_at_any_moment_nothing_is_lost_doubled_or_altered_and_the_next_run_completes(
    three, nursery, ends, kills
):
    """In turn: anywhere in a run, with a file half-written, between two files moved into place, and in clearing up."""
    before, finished, seconds = ends
    moments = random.Random(kills)
    counts = {"write_bytes": 5, "replace": 5, "rmtree": 5}  # three answers and two tables
    killed = 0
    for number in range(10 * kills):
        verb = ("live", "write_bytes", "replace", "live", "replace", "rmtree")[number % 6]
        if verb == "live":
            code = nursery.run(three, seconds=seconds * moments.random())
        else:
            code = nursery.run(three, verb, moments.randrange(counts[verb]))
        assert code in ([0], [-signal.SIGKILL])  # it may have ended before
        killed += code != [0]
        sound(three, before, finished)
        if number % 2:  # else the next one meets what this one left
            assert nursery.run(three) == [0]
            assert whole(three) == finished
            put_back(three, before)
        if killed == kills:
            break
    assert killed == kills
    assert nursery.run(three) == [0]
    assert whole(three) == finished


@pytest.mark.parametrize(("verb", "number"), [("write_bytes", 4), ("replace", 3), ("replace", 4)])
def test_killed_within_the_commit_the_next_run_completes(three, nursery, ends, verb, number):
    before, finished, _ = ends
    assert nursery.run(three, verb, number) == [-signal.SIGKILL]
    left = whole(three)
    assert left["observations.csv"] == before["observations.csv"]
    assert left["sources.csv"] == (finished if number == 4 and verb == "replace" else before)["sources.csv"]
    assert nursery.run(three) == [0]
    assert whole(three) == finished


@pytest.mark.slow
@pytest.mark.parametrize("rounds", [2, pytest.param(50, marks=pytest.mark.soak)])
def test_four_at_once_do_the_work_of_one(three, nursery, ends, rounds):
    before, finished, _ = ends
    for _ in range(rounds):
        codes = nursery.run(three, count=4)
        assert set(codes) <= {0, 3}
        assert 0 in codes
        assert whole(three) == finished
        put_back(three, before)


def test_no_other_error_leaves_a_refresh(database, plan):
    before = whole(plan)
    for fault in ("empty", "html", "403", "500", "cut", "truncated", "deep", "to https://elsewhere.invalid"):
        database.always = fault
        with pytest.raises(QdeconError):
            run(database, plan)
    assert whole(plan) == before
