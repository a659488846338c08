"""Panels from files: both formats agree, every fault is placed, nothing is left out in silence."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdecon.errors import DataError, NotAvailable, Problem
from qdecon.sources import PanelFile, panelfile, read_panel

SERIES = {"GDP": (1998, [100.5, 104.25, 1e3, 108, 0.1, 97.125]), "出口": (2001, [-3, 2.5e-7, 4, 5, 6, 7, 8])}


def competition(series: dict[str, tuple[int, list[float]]] = SERIES, h: int = 2) -> str:
    rows = [f"{name},{h},{' '.join(str(value) for value in values)}" for name, (_, values) in series.items()]
    return "\n".join(["id,h,values", *rows, ""])


def tidy(series: dict[str, tuple[int, list[float]]] = SERIES, header: str = "id,year,value") -> str:
    rows = [
        f"{name},{first + age},{value}" for name, (first, values) in series.items() for age, value in enumerate(values)
    ]
    return "\n".join([header, *rows, ""])


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., PanelFile]:
    def written(content: str | bytes, horizon: int | None = None) -> PanelFile:
        path = tmp_path / "panel.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_panel(path, horizon)

    return written


@pytest.fixture
def faults(read: Callable[..., PanelFile]) -> Callable[..., tuple[Problem, ...]]:
    def found(content: str | bytes) -> tuple[Problem, ...]:
        with pytest.raises(DataError) as caught:
            read(content)
        assert all(each.what and each.file == "panel.csv" and each.remedy for each in caught.value.problems)
        return caught.value.problems

    return found


def same(one: PanelFile, two: PanelFile) -> None:
    assert one.left_out == two.left_out
    assert [each.id for each in one.series] == [each.id for each in two.series]
    for left, right in zip(one.series, two.series, strict=True):
        assert left.horizon == right.horizon
        np.testing.assert_array_equal(left.values, right.values)


# --- what is read -----------------------------------------------------------------------------------------------------


def test_competition_format_gives_the_values_and_cuts_the_test_off(read: Callable[..., PanelFile]) -> None:
    panel = read(competition())
    assert panel.left_out == ()
    assert [each.id for each in panel.series] == ["GDP", "出口"]
    gdp, exports = panel.series
    assert gdp.past.tolist() == [100.5, 104.25, 1e3, 108]
    assert gdp.future.tolist() == [0.1, 97.125]
    assert exports.values.tolist() == SERIES["出口"][1]
    assert (gdp.horizon, gdp.first_year) == (2, None)
    assert panel.note == "horizon of each series as the file says"


def test_tidy_format_gives_the_same_panel_and_the_years(read: Callable[..., PanelFile]) -> None:
    panel = read(tidy(), 2)
    same(panel, read(competition()))
    assert [each.first_year for each in panel.series] == [1998, 2001]
    assert panel.note == "horizon 2, as asked"


def test_each_series_may_have_a_horizon_of_its_own_unless_one_is_asked_for(read: Callable[..., PanelFile]) -> None:
    text = "id,h,values\na,1,1 2 3 4 5 6 7\nb,3,1 2 3 4 5 6 7\n"
    assert [each.horizon for each in read(text).series] == [1, 3]
    asked = read(text, 2)
    assert [each.future.tolist() for each in asked.series] == [[6, 7], [6, 7]]
    assert asked.note == "horizon 2, as asked"


def test_tidy_cuts_off_six_years_by_default(read: Callable[..., PanelFile]) -> None:
    panel = read(tidy({"a": (1990, list(range(12)))}))
    assert panel.series[0].horizon == 6
    assert panel.note == "horizon 6, by default"


@pytest.mark.parametrize("header", ["series,year,value", "place,period,value", "id,period,value"])
def test_tidy_columns_go_by_several_names(header: str, read: Callable[..., PanelFile]) -> None:
    same(read(tidy(header=header), 2), read(tidy(), 2))


def test_tidy_rows_and_columns_may_stand_in_any_order_among_others(read: Callable[..., PanelFile]) -> None:
    head, *rows = tidy().split()
    shuffled = np.random.default_rng(2).permutation(rows).tolist()
    cells = [row.split(",") for row in [head, *sorted(shuffled, key=lambda row: "出口" in row)]]
    text = "\n".join(f"{value},note {row},{year},{name}" for row, (name, year, value) in enumerate(cells))
    same(read(text, 2), read(tidy(), 2))


def test_a_column_called_values_does_not_hide_the_tidy_format(read: Callable[..., PanelFile]) -> None:
    head, *rows = tidy().split()
    same(read("\n".join([f"{head},values,h", *(f"{row},5 5,1" for row in rows)]), 2), read(tidy(), 2))


def test_spaces_round_a_value_do_not_matter_beside_an_empty_one(read: Callable[..., PanelFile]) -> None:
    panel = read(tidy().replace(",108", ", 108 ") + "bad,1999,\n", 2)
    assert panel.series[0].values.tolist() == SERIES["GDP"][1]
    assert panel.left_out == (("bad", "no value in 1999"),)


ENCODINGS = {
    "byte order mark": lambda text: text.encode("utf-8-sig"),
    "gzip": lambda text: gzip.compress(text.encode()),
    "gzip with a byte order mark": lambda text: gzip.compress(text.encode("utf-8-sig")),
    "Windows line ends": lambda text: text.replace("\n", "\r\n").encode(),
    "old line ends": lambda text: text.replace("\n", "\r").encode(),
    "no line end": lambda text: text.rstrip().encode(),
    "blank lines": lambda text: text.replace("\n", "\n\n  \n").encode(),
    "quotes and blank lines": lambda text: text.replace("GDP", '"GDP"').replace("\n", "\n\n  \n").encode(),
    "quotes": lambda text: text.replace("GDP", '"GDP"').encode(),
    "spaces round the cells": lambda text: text.replace(",", " , ").encode(),
}


@pytest.mark.parametrize("name", ENCODINGS)
@pytest.mark.parametrize("text", [competition(), tidy()], ids=["competition", "tidy"])
def test_the_way_of_saving_does_not_matter(name: str, text: str, read: Callable[..., PanelFile]) -> None:
    same(read(ENCODINGS[name](text), 2), read(text, 2))


def test_values_are_read_only(read: Callable[..., PanelFile]) -> None:
    for text in (competition(), tidy()):
        series = read(text, 2).series[0]
        for array in (series.values, series.past, series.future):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0
        with pytest.raises(AttributeError):
            series.horizon = 1  # type: ignore[misc]


NAMES = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=8)
VALUES = st.floats(allow_nan=False, allow_infinity=False)
PANELS = st.dictionaries(
    NAMES, st.tuples(st.integers(-500, 3000), st.lists(VALUES, min_size=5, max_size=12)), min_size=1, max_size=4
)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if set(name) & set(',"') else name


@given(series=PANELS, packed=st.booleans())
def test_what_is_written_is_read_back_exactly(series: dict[str, tuple[int, list[float]]], packed: bool) -> None:
    spelt = {quoted(name): found for name, found in series.items()}
    with tempfile.TemporaryDirectory() as folder:
        for text, horizon in ((competition(spelt, 1), None), (tidy(spelt), 1)):
            path = Path(folder, "panel")
            path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
            panel = read_panel(path, horizon)
            assert {each.id: each.values.tolist() for each in panel.series} == {
                name: values for name, (_, values) in series.items()
            }
            assert [each.first_year for each in panel.series] == [
                None if horizon is None else first for first, _ in series.values()
            ]


# --- what is left out, with its reason --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ("1 2 3 4 5", "3 past values, at least 4 are needed"),
        ("1 2 3", "1 past value, at least 4 are needed"),
        ("1 2 nan 4 5 6 7", "no value at place 3"),
        ("1 2 3 4 5 6 -Inf", "no value at place 7"),
        ("1 2 3 4 1e999 6 7", "no value at place 5"),
        ("1 2 3  5 6 7", "no value at place 4"),
    ],
)
def test_competition_series_are_left_out_with_a_reason(
    values: str, reason: str, read: Callable[..., PanelFile]
) -> None:
    panel = read(competition() + f"bad,2,{values}\n" + "good,2,1 2 3 4 5 6\n")
    assert panel.left_out == (("bad", reason),)
    assert [each.id for each in panel.series] == ["GDP", "出口", "good"]
    assert panel.series[-1].values.tolist() == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("1,2,3,4,5", "3 past values, at least 4 are needed"),
        ("1", "0 past values, at least 4 are needed"),
        ("1,2,,4,5,6,7", "no value in 2002"),
        ("1,2,nan,4,5,6,7", "no value in 2002"),
        ("1,2,3,gap,5,6,7,8,9", "no row between 2002 and 2004"),
        ("1,2,3,gap,gap,6,7,8,9", "no row between 2002 and 2005"),
    ],
)
def test_tidy_series_are_left_out_with_a_reason(rows: str, reason: str, read: Callable[..., PanelFile]) -> None:
    bad = [f"bad,{2000 + age},{value}\n" for age, value in enumerate(rows.split(",")) if value != "gap"]
    panel = read(tidy() + "".join(reversed(bad)) + tidy({"good": (1990, [1, 2, 3, 4, 5, 6])}).partition("\n")[2], 2)
    assert panel.left_out == (("bad", reason),)
    assert [each.id for each in panel.series] == ["GDP", "出口", "good"]
    assert panel.series[-1].values.tolist() == [1, 2, 3, 4, 5, 6]
    assert panel.series[-1].first_year == 1990


@given(series=PANELS, horizon=st.integers(1, 9))
def test_every_series_is_either_given_or_left_out(series: dict[str, tuple[int, list[float]]], horizon: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "panel.csv")
        path.write_text(tidy({quoted(name): found for name, found in series.items()}), encoding="utf-8")
        panel = read_panel(path, horizon)
    assert sorted([*(each.id for each in panel.series), *(name for name, _ in panel.left_out)]) == sorted(series)
    assert {each.id for each in panel.series} == {
        name for name, (_, values) in series.items() if len(values) - horizon >= 4
    }


# --- faults -----------------------------------------------------------------------------------------------------------

COMPETITION_FAULTS = [  # row added as line 4, and what must be named
    ("x,2,1 2 three 4 5 6", "values", "no number: 'three'"),
    ("x,2,1 2 3 4 5 1_0", "values", "no number: '1_0'"),
    ("x,2,1 2 3 4 5 １２", "values", "no number: '１２'"),
    ("x,2,1 2 3 4 5 1.2.3", "values", "no number: '1.2.3'"),
    ("x,2,1 2 3 4 5 0x1", "values", "no number: '0x1'"),
    ("x,2,1 2 3 4\t5 6", "values", "no number: '4\\t5'"),
    ("x,0,1 2 3 4 5 6", "h", "no h: '0'"),
    ("x,-2,1 2 3 4 5 6", "h", "no h: '-2'"),
    ("x,2.0,1 2 3 4 5 6", "h", "no h: '2.0'"),
    ("x,,1 2 3 4 5 6", "h", "no h: ''"),
    ("x,6,1 2 3 4 5 6", "h", "h is 6, but there are only 6 values"),
    ("x,2,", "h", "h is 2, but there are only 0 values"),
    ("GDP,2,1 2 3 4 5 6", "id", "GDP stands twice, first in row 2"),
    (" ,2,1 2 3 4 5 6", "id", "the id is empty"),
    ("x,2", None, "2 cells where the header has 3"),
    ("x,2,1 2 3,4 5 6", None, "4 cells where the header has 3"),
    ('x,2,"1 2 3 4 5 6', None, "the table cannot be read: unexpected end of data"),
]


@pytest.mark.parametrize(("row", "column", "what"), COMPETITION_FAULTS)
@pytest.mark.parametrize("saved", ["plain", "quoted"])
def test_competition_faults_are_placed(
    row: str, column: str | None, what: str, saved: str, faults: Callable[..., tuple[Problem, ...]]
) -> None:
    text = competition() if saved == "plain" else competition().replace("GDP", '"GDP"')
    (problem,) = faults(text + row + "\n")
    assert (problem.row, problem.column, problem.what) == (4, column, what)


TIDY_FAULTS = [  # row added as line 15
    ("x,2003,about 5", "value", "no number: 'about 5'"),
    ("x,2003,1 000", "value", "no number: '1 000'"),
    ("x,2003,1_000", "value", "no number: '1_000'"),
    ("x,2003,..", "value", "no number: '..'"),
    ("x,2003.0,5", "year", "no year: '2003.0'"),
    ("x,2024Q3,5", "year", "no year: '2024Q3'"),
    ("x,,5", "year", "no year: ''"),
    ("GDP,2000,5", "year", "GDP 2000 stands twice, first in row 4"),
    (",2003,5", "id", "the id is empty"),
    ("x,2003", None, "2 cells where the header has 3"),
    ("x,2003,1,5", None, "4 cells where the header has 3"),
]


@pytest.mark.parametrize(("row", "column", "what"), TIDY_FAULTS)
def test_tidy_faults_are_placed(
    row: str, column: str | None, what: str, faults: Callable[..., tuple[Problem, ...]]
) -> None:
    for text, line in ((tidy(), 15), (tidy().replace("\n", "\n\n", 2), 17)):  # blank lines count, too
        (problem,) = faults(text + row + "\n")
        shifted = what.replace("row 4", f"row {line - 11}")
        assert (problem.row, problem.column, problem.what) == (line, column, shifted)


def test_rows_are_lines_even_if_a_cell_holds_a_line_end(faults: Callable[..., tuple[Problem, ...]]) -> None:
    (problem,) = faults('id,year,value,note\na,2001,5,"two\nlines"\na,2002,x,\n')
    assert (problem.row, problem.column) == (4, "value")


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("id,values\na,1 2\n", ["h"]),
        ("name,h,values\na,1,1 2\n", ["id"]),
        ("id,year\na,2001\n", ["value"]),
        ("town,when,how much\na,2001,3\n", ["id", "year", "value"]),
    ],
)
def test_missing_columns_are_all_named(
    text: str, missing: list[str], faults: Callable[..., tuple[Problem, ...]]
) -> None:
    problems = faults(text)
    assert [(each.row, each.column, each.what) for each in problems] == [
        (1, name, "the column is missing") for name in missing
    ]
    assert "id,year,value or id,h,values" in problems[0].remedy


def test_a_column_that_stands_twice_is_named(faults: Callable[..., tuple[Problem, ...]]) -> None:
    (problem,) = faults("id,year,value,value\na,2001,3,4\n")
    assert (problem.row, problem.column, problem.what) == (1, "value", "the column stands twice")


@pytest.mark.parametrize("content", [b"", b"\n \r\n", b"\xef\xbb\xbf", gzip.compress(b"", mtime=0)])
def test_an_empty_file_is_told(content: bytes, faults: Callable[..., tuple[Problem, ...]]) -> None:
    assert [each.what for each in faults(content)] == ["the file is empty"]


def test_a_header_alone_is_told(faults: Callable[..., tuple[Problem, ...]]) -> None:
    for text in ("id,h,values\n", "id,year,value"):
        assert [each.what for each in faults(text)] == ["the table has no rows"]


def test_text_that_is_not_utf8_is_placed(faults: Callable[..., tuple[Problem, ...]]) -> None:
    (problem,) = faults(tidy().encode("gb18030"))
    assert (problem.row, problem.what) == (8, "the text is not UTF-8")


def test_damaged_gzip_is_told(faults: Callable[..., tuple[Problem, ...]]) -> None:
    packed = gzip.compress(tidy().encode())
    for damaged in (packed[:-9], packed[:12], packed[:2], packed[:-8] + bytes(8), packed[:20] + packed[25:]):
        (problem,) = faults(damaged)
        assert problem.what.startswith("the gzip is damaged")


def test_a_text_beyond_the_limit_is_refused_before_it_fills_memory(
    faults: Callable[..., tuple[Problem, ...]], read: Callable[..., PanelFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = tidy().encode()
    monkeypatch.setattr(panelfile, "LARGEST", len(text))
    read(text, 2)
    for content in (text + b"\n", gzip.compress(text + b"\n")):
        (problem,) = faults(content)
        assert problem.remedy == "split the file"


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    for path, what in (
        (tmp_path / "none.csv", "the file cannot be read: No such file"),
        (tmp_path, "the file cannot be read"),
    ):
        with pytest.raises(DataError) as caught:
            read_panel(str(path))
        (problem,) = caught.value.problems
        assert problem.what.startswith(what)
        assert problem.file == path.name


def test_a_horizon_below_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotAvailable, match="horizon"):
        read_panel(tmp_path / "panel.csv", 0)


def test_all_faults_are_told_at_once_in_the_order_of_rows(faults: Callable[..., tuple[Problem, ...]]) -> None:
    rows = ["a,2001,x", "a,2002", "b,year,5", "a,2001,7", ",2001,y"]
    problems = faults("id,year,value\n" + "\n".join(rows))
    assert [(each.row, each.column) for each in problems] == [
        (2, "value"), (3, None), (4, "year"), (5, "year"), (6, "id"), (6, "value")
    ]  # fmt: skip


def test_the_first_fifty_faults_are_shown_and_the_rest_counted(faults: Callable[..., tuple[Problem, ...]]) -> None:
    rows = [f"a,{year},x\nb,1.5,{year}" for year in range(1900, 1960)]
    problems = faults("id,year,value\n" + "\n".join(rows))
    assert len(problems) == 51
    assert [each.row for each in problems[:50]] == list(range(2, 52))
    assert problems[-1].what == "70 more problems"


def test_the_first_fifty_doubled_years_are_those_first_in_the_file(faults: Callable[..., tuple[Problem, ...]]) -> None:
    years = range(2020, 1960, -1)  # the file counts backwards
    problems = faults("id,year,value\n" + "\n".join(f"a,{year},1" for year in (*years, *years)))
    assert [each.row for each in problems] == [*range(62, 112), None]
    assert problems[0].what == "a 2020 stands twice, first in row 2"
    assert problems[-1].what == "10 more problems"


# --- whatever is done to a file ---------------------------------------------------------------------------------------

JUNK = st.binary(max_size=4) | st.text(st.sampled_from("0123456789.,-+e\"' \n\r\t\0\ufeffnaif_;"), max_size=5).map(
    str.encode
)
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), JUNK), min_size=1, max_size=3)


def survives(content: bytes, edits: list[tuple[float, int, bytes]]) -> None:
    """Cut some bytes at a place and put others there; then read."""
    for where, cut, junk in edits:
        at = int(where * len(content))
        content = content[:at] + junk + content[at + cut :]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "panel.csv")
        path.write_bytes(content)
        try:
            panel = read_panel(path, 2)
        except DataError as error:
            assert all(each.what and each.file and each.remedy for each in error.problems)  # noqa: PT017
            return
    for series in panel.series:
        assert np.isfinite(series.values).all()
        assert len(series.past) >= 4
        assert len(series.future) == 2
    assert all(reason for _, reason in panel.left_out)


@given(text=st.sampled_from([competition(), tidy(), tidy().replace("GDP", '"GDP"')]), edits=EDITS)
def test_damaged_files_give_a_panel_or_a_clear_error(text: str, edits: list[tuple[float, int, bytes]]) -> None:
    survives(text.encode(), edits)


@given(edits=EDITS)
def test_damaged_gzip_gives_a_panel_or_a_clear_error(edits: list[tuple[float, int, bytes]]) -> None:
    survives(gzip.compress(tidy().encode(), mtime=0), edits)


@given(text=st.sampled_from([competition(), tidy()]), edits=EDITS)
def test_both_parsers_agree(text: str, edits: list[tuple[float, int, bytes]]) -> None:
    """A quote in the header sends the same table through the parser that takes quotes."""
    content = text.encode()
    for where, cut, junk in edits:
        at = int(where * len(content))
        content = content[:at] + junk.replace(b'"', b"") + content[at + cut :]

    def outcome(content: bytes) -> object:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "panel.csv")
            path.write_bytes(content)
            try:
                panel = read_panel(path, 2)
            except DataError as error:
                return [(each.row, each.column) for each in error.problems]
            return [(each.id, each.values.tolist(), each.first_year) for each in panel.series], panel.left_out

    header, line_end, rest = content.partition(b"\n")
    first, comma, last = header.rpartition(b",")
    if comma and b"\r" not in header:
        assert outcome(content) == outcome(first + b',"' + last + b'"' + line_end + rest)
