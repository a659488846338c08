"""Whatever stands in a plan's folder: it is read inside limits, nothing outside is opened, and every fault is told."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import shutil
import tomllib
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qdecon as qd
from qdecon.data.inspection import LARGEST, MOST_PROBLEMS

SOURCE = Path(__file__).parent.parent / "data" / "china"
FILES = ("plan.toml", "indicators.toml", "observations.csv", "sources.csv")


def copied(folder: Path) -> Path:
    shutil.copytree(SOURCE, folder)
    return folder


def the_problem(folder: Path) -> str:
    """The first problem, of a folder that cannot be loaded."""
    problems = qd.check(folder)
    assert problems and all(each.what and each.file and each.remedy for each in problems)
    with pytest.raises(qd.DataError):
        qd.load(folder)
    return str(problems[0])


# Where files lead -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES)
def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path, file: str) -> None:
    folder, outside = copied(tmp_path / "plan"), tmp_path / f"outside-{file}"
    shutil.move(folder / file, outside)
    (folder / file).symlink_to(outside)
    assert "leads out of the folder" in the_problem(folder)


@pytest.mark.parametrize("file", FILES)
def test_a_link_inside_the_folder_is_followed_and_a_circle_of_links_is_told(tmp_path: Path, file: str) -> None:
    folder = copied(tmp_path / "plan")
    shutil.move(folder / file, folder / "kept")
    (folder / file).symlink_to("kept")
    assert qd.check(folder) == ()
    (folder / "kept").unlink()
    (folder / "kept").symlink_to(file)
    if file == "plan.toml":  # whose presence makes the folder a plan
        with pytest.raises(qd.UnknownName):
            qd.check(folder)
    else:
        assert "circle" in the_problem(folder) or "cannot be read" in the_problem(folder)


def test_a_link_to_the_whole_folder_is_the_readers_own_choice(tmp_path: Path) -> None:
    copied(tmp_path / "plan")
    (tmp_path / "link").symlink_to("plan")
    assert qd.check(tmp_path / "link") == ()


def test_a_pipe_or_a_folder_in_the_place_of_a_file_is_told_and_never_waited_for(tmp_path: Path) -> None:
    folder = copied(tmp_path / "plan")
    (folder / "sources.csv").unlink()
    os.mkfifo(folder / "sources.csv")
    assert "this is no file" in the_problem(folder)
    (folder / "sources.csv").unlink()
    (folder / "sources.csv").mkdir()
    assert "this is no file" in the_problem(folder)


# How much is read -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES)
def test_no_file_is_read_beyond_its_limit(tmp_path: Path, file: str) -> None:
    folder = copied(tmp_path / "plan")
    with (folder / file).open("wb") as handle:
        handle.truncate(8 * 2**30)  # holds no block on the disk
    tracemalloc.start()
    told = the_problem(folder)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert f"larger than {LARGEST[Path(file).suffix]:,} bytes" in told
    assert peak < 200 * 2**20


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = " + "[" * 200_000, "nested too deeply"),
        ("x = " + "{a=" * 200_000, "nested too deeply"),
        ("a" + ".a" * 60_000 + " = 1", "dotted key"),
        ('"a"' + ' . "a"' * 60_000 + " = 1", "dotted key"),
        ("x = {a" + ".a" * 60_000 + " = 1}", "dotted key"),
        ("x = " + "9" * 100_000, "TOML is broken"),
        ("[plan]\nx = 1\n" * 2, "TOML is broken"),
    ],
)
def test_a_file_made_to_exhaust_the_parser_is_refused(tmp_path: Path, text: str, told: str) -> None:
    folder = copied(tmp_path / "plan")
    (folder / "plan.toml").write_text(text, encoding="utf-8")
    assert told in the_problem(folder)


def test_prose_with_many_points_is_no_dotted_key(tmp_path: Path) -> None:
    folder = copied(tmp_path / "plan")
    text = (folder / "plan.toml").read_text(encoding="utf-8")
    prose = "It says so. " * 100 + "..." * 100 + "1.1.1"
    (folder / "plan.toml").write_text(text.replace("Keep the share", prose, 1), encoding="utf-8")
    assert qd.check(folder) == ()


def test_a_table_full_of_faults_names_the_first_and_says_that_there_are_more(tmp_path: Path) -> None:
    folder = copied(tmp_path / "plan")
    with (folder / "observations.csv").open("a", encoding="utf-8") as table:
        table.write("nothing,2024,x,,,,,,,,,,\n" * 20_000)
    problems = qd.check(folder)
    assert len(problems) == MOST_PROBLEMS + 1 and "more problems" in problems[-1].what


# What a key or a cell may hold ----------------------------------------------------------------------------------------

DATES = st.dates(dt.date(1, 1, 1)) | st.datetimes() | st.times()
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.text(max_size=20)
    | DATES
    | st.sampled_from(["gdp", "m1", "2021", "0000", "²", "9999-99-99", "outline-2021", "about", "share", "１２"])
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner))


def toml(value: Any) -> str:
    """A value as TOML; None has no form there and becomes an empty text."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(str(key))} = {toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return json.dumps(value or "").replace("\x7f", "\\u007f")


def judged_or_refused(folder: Path) -> None:
    problems = qd.check(folder)
    if problems:
        assert all(each.what and each.file and each.remedy for each in problems)
        return
    with contextlib.suppress(qd.QdeconError):  # a sound folder may still be unable to answer, and says so
        qd.scorecard(qd.load(folder)).text("en")


def with_another_value(folder: Path, name: str, change: tuple[float, float, Any]) -> None:
    """Give one key of one table of a TOML file another value; then read and judge."""
    parsed = tomllib.loads((SOURCE / name).read_text(encoding="utf-8"))
    tables = [
        (head, table)
        for head, entry in parsed.items()
        for table in (entry if isinstance(entry, list) else [entry])
        if isinstance(table, dict)
    ]
    where, key, value = change
    _, table = tables[int(where * len(tables)) % len(tables)]
    keys = sorted(table)
    table[keys[int(key * len(keys)) % len(keys)]] = value
    lines = [f"{head} = {toml(entry)}" for head, entry in parsed.items() if not isinstance(entry, (dict, list))]
    for head, table in tables:
        lines.append(f"[[{head}]]" if isinstance(parsed[head], list) else f"[{head}]")
        lines += [f"{toml(own)} = {toml(each)}" for own, each in table.items()]
    (folder / name).write_text("\n".join(lines), encoding="utf-8")
    judged_or_refused(folder)


CHANGES = st.tuples(st.floats(0, 1), st.floats(0, 1), VALUES)


def try_key(home: Path, name: str, change: tuple[float, float, Any]) -> None:
    folder = copied(home / "plan")
    try:
        with_another_value(folder, name, change)
    finally:
        shutil.rmtree(folder)


@settings(max_examples=30)
@given(name=st.sampled_from(FILES[:2]), change=CHANGES)
def test_a_key_may_hold_anything_and_is_judged_or_told(
    tmp_path_factory: pytest.TempPathFactory, name: str, change: tuple[float, float, Any]
) -> None:
    try_key(tmp_path_factory.mktemp("plans"), name, change)


@pytest.mark.soak
@settings(max_examples=3000)
@given(name=st.sampled_from(FILES[:2]), change=CHANGES)
def test_a_key_may_hold_anything_and_is_judged_or_told_at_length(
    tmp_path_factory: pytest.TempPathFactory, name: str, change: tuple[float, float, Any]
) -> None:
    try_key(tmp_path_factory.mktemp("plans"), name, change)


CELLS = st.text(max_size=12) | st.sampled_from(
    ["", "0", "-1", "1e400", "nan", "inf", "９９", "1_000", "1,000", "=1+1", "0000", "2999", "9999", "2024Q5ytd",
     "2021-2020", "9" * 400, "0." + "9" * 400, "\x00", '"', "first", "census5", "derived", "2025-02-30",
     "\u2028", "'", "\ufeff"]
)  # fmt: skip


def try_cell(home: Path, change: tuple[float, float, str]) -> None:
    folder = copied(home / "plan")
    rows = [line.split(",") for line in (SOURCE / "observations.csv").read_text(encoding="utf-8").splitlines()]
    where, column, cell = change
    row = rows[1 + int(where * (len(rows) - 2))]
    at = int(column * (len(row) - 1))
    row[at] = '"' + cell.replace('"', '""') + '"'
    (folder / "observations.csv").write_text("\n".join(map(",".join, rows)) + "\n", encoding="utf-8")
    try:
        judged_or_refused(folder)
        if not qd.check(folder) and at == 2 and cell.strip():
            held = [each.value for each in qd.load(folder, as_of="2999-12-31").observations]
            assert float(cell) in held
    finally:
        shutil.rmtree(folder)


@settings(max_examples=30)
@given(change=st.tuples(st.floats(0, 1), st.floats(0, 1), CELLS))
def test_a_cell_may_hold_anything_and_is_read_as_it_is_or_told(
    tmp_path_factory: pytest.TempPathFactory, change: tuple[float, float, str]
) -> None:
    try_cell(tmp_path_factory.mktemp("plans"), change)


@pytest.mark.soak
@settings(max_examples=3000)
@given(change=st.tuples(st.floats(0, 1), st.floats(0, 1), CELLS))
def test_a_cell_may_hold_anything_and_is_read_as_it_is_or_told_at_length(
    tmp_path_factory: pytest.TempPathFactory, change: tuple[float, float, str]
) -> None:
    try_cell(tmp_path_factory.mktemp("plans"), change)
