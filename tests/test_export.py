"""Export of all figures: the import gives the same ones back, no text becomes a formula, and the bytes never differ."""

from __future__ import annotations

import csv
import datetime as dt
import io
import shutil
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

import qdecon as qd
from qdecon.data import check
from qdecon.data.observations import COLUMNS, Observation, Source, half_step
from qdecon.data.periods import known_from, parse_period
from qdecon.errors import DataError, NotAvailable
from qdecon.publication.table import neutral, restored
from qdecon.sources.tables.exporting import HEADER, export_table, printed_value
from qdecon.sources.tables.importing import read_import, write_import

PLANS = [Path(qd.__file__).parent / "datasets" / name for name in ("qingdao", "china")]
PLANS = [folder for folder in PLANS if (folder / "plan.toml").exists()]
ENDINGS = (".csv", ".xlsx")


@pytest.fixture(scope="module")
def city():
    return qd.load("qingdao")


def empty_plan(folder, like):
    """A plan of the same document and indicators, without a figure or source."""
    folder.mkdir(parents=True)
    for name in ("plan.toml", "indicators.toml"):
        shutil.copy(like / name, folder / name)
    return folder


def figures(dataset):
    """Observations without the line in which they stand."""
    return [{each.name: getattr(item, each.name) for each in fields(item) if each.name != "row"} for item in dataset]


def made_up(city, texts, value="12.50"):
    """The dataset with one observation whose words are made up, and a source likewise."""
    quote, note, title = texts
    source = Source("X1", title or "t", "青岛市统计局", "2031-03-01", "official", "", "quoted")
    period = parse_period("2031")
    known, assumed = known_from(period, "2031-03-01", "first", None)
    item = Observation(
        indicator="gdp_growth_real", period=period, value=float(value), unit="%", basis="", vintage="first",
        published="2031-03-01", known=known, assumed=assumed, evidence="official", qualifier="", use="yes", source="X1",
        quote=quote or "q", note=note, half_step=half_step(value), row=2,
    )  # fmt: skip
    sources = {name: each for name, each in city.sources.items() if each.kind != ""} | {"X1": source}
    return replace(city, observations=(item,), sources=sources, as_of=dt.date(2031, 12, 31))


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("folder", PLANS, ids=lambda folder: folder.name)
def test_an_export_imports_into_an_empty_plan_as_the_same_figures(folder, ending, tmp_path):
    dataset = qd.load(folder)
    path = export_table(dataset, tmp_path / f"figures{ending}")
    home = empty_plan(tmp_path / "plan", folder)
    understood = read_import(path, home)
    assert understood.problems == () and not understood.blank
    assert len(write_import(understood, home)) == len(dataset.observations)
    assert check(home) == ()
    again = qd.load(home, as_of=dataset.as_of)
    assert figures(again.observations) == figures(dataset.observations)
    assert {item.source: again.sources[item.source] for item in again.observations} == {
        item.source: dataset.sources[item.source] for item in dataset.observations
    }
    repeated = read_import(path, home)
    assert (repeated.present, repeated.rows) == (len(dataset.observations), ())
    assert export_table(again, tmp_path / f"again{ending}").read_bytes() == path.read_bytes()


TEXTS = st.one_of(
    st.text(max_size=40),
    st.text(alphabet=st.sampled_from("=+-@\t\r\n'\"，, ;_x005F_x000D_①５🙂e\u0301\u200b\u2028\u00a0%"), max_size=12),
    st.sampled_from(
        ["=cmd|' /C calc'!A0", "'=1", "''@a", "'t is", "#REF!", "TRUE", "2024-01-01", "_x000D_", "1e5", "５％"]
    ),
).map(str.strip)  # the contract cuts blanks at both ends
NO_XML = set(map(chr, [*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF]))


@settings(max_examples=12)
@given(texts=st.tuples(TEXTS, TEXTS, TEXTS), ending=st.sampled_from(ENDINGS))
def test_made_up_words_come_back_letter_by_letter(texts, ending, tmp_path_factory, city):
    check_words(texts, ending, tmp_path_factory.mktemp("words"), city)


@pytest.mark.soak
@settings(max_examples=800)
@given(texts=st.tuples(TEXTS, TEXTS, TEXTS), ending=st.sampled_from(ENDINGS))
def test_many_made_up_words_come_back_letter_by_letter(texts, ending, tmp_path_factory, city):
    check_words(texts, ending, tmp_path_factory.mktemp("words"), city)


def check_words(texts, ending, tmp_path, city):
    """Export, import and load one observation with these words."""
    dataset = made_up(city, texts)
    if ending == ".xlsx" and NO_XML & set("".join(texts)):
        with pytest.raises(DataError, match=r"U\+"):
            export_table(dataset, tmp_path / f"a{ending}")
        return
    understood = read_import(export_table(dataset, tmp_path / f"a{ending}"), empty_plan(tmp_path / "plan", PLANS[0]))
    assert understood.problems == ()
    [row] = understood.rows
    [item] = dataset.observations
    assert (row["quote"], row["note"], row["value"]) == (item.quote, item.note, "12.50")
    assert [each["title"] for each in understood.sources if each["id"] == "X1"] == [dataset.sources["X1"].title]
    write_import(understood, tmp_path / "plan")
    assert figures(qd.load(tmp_path / "plan", as_of=dataset.as_of).observations) == figures(dataset.observations)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(
    "value", ["0.00", "-3.10", "100000000000000.5", "123456789012345.123456789012345", "0.000000000000001"]
)
def test_every_number_of_the_contract_comes_back_with_its_decimals(value, ending, city, tmp_path):
    dataset = made_up(city, ("q", "", "t"), value)
    [row] = read_import(export_table(dataset, tmp_path / f"a{ending}"), empty_plan(tmp_path / "p", PLANS[0])).rows
    assert float(row["value"]) == float(value) and half_step(row["value"]) == half_step(value)


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_longest_text_of_a_cell_comes_back_and_a_longer_one_is_refused_with_its_place(ending, city, tmp_path):
    longest = "长" * 32_767
    path = export_table(made_up(city, (longest, "", "t")), tmp_path / f"a{ending}")
    assert read_import(path, empty_plan(tmp_path / "p", PLANS[0])).rows[0]["quote"] == longest
    for text in (longest + "长", "=" + longest[1:]):
        with pytest.raises(DataError) as caught:
            export_table(made_up(city, ("q", text, "t")), tmp_path / f"a{ending}")
        [problem] = caught.value.problems
        assert (problem.row, problem.column) == (2, "M2" if ending == ".xlsx" else "note")


def test_a_character_that_a_workbook_cannot_hold_is_refused_there_and_kept_in_csv(city, tmp_path):
    dataset = made_up(city, ("a\x01b\x00c", "", "t"))
    with pytest.raises(DataError, match=r"U\+0001") as caught:
        export_table(dataset, tmp_path / "a.xlsx")
    assert caught.value.problems[0].column == "L2"
    assert not (tmp_path / "a.xlsx").exists()
    path = export_table(dataset, tmp_path / "a.csv")
    assert read_import(path, empty_plan(tmp_path / "p", PLANS[0])).rows[0]["quote"] == "a\x01b\x00c"


@given(st.text(alphabet=st.sampled_from("'=+-@\t\r\na1 "), max_size=8))
def test_neutralising_is_undone_exactly_and_leaves_nothing_that_computes(text):
    assert restored(neutral(text)) == text
    assert not neutral(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    if text[:1].isalnum():
        assert neutral(text) == text


def test_the_table_holds_every_figure_with_its_source_and_its_printed_decimals(city, tmp_path):
    body = export_table(city, tmp_path / "a.csv").read_bytes()
    assert body.startswith(b"\xef\xbb\xbf"), "without the mark Excel reads Chinese in the encoding of the machine"
    header, *rows = csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))
    assert tuple(header) == HEADER and tuple(header[: len(COLUMNS)]) == COLUMNS
    held = [dict(zip(header, row, strict=True)) for row in rows if row[0]]
    assert [row["use"] for row in held] == [item.use for item in city.observations]
    with (PLANS[0] / "observations.csv").open(encoding="utf-8", newline="") as handle:
        reader = csv.reader(handle)
        lines = [(reader.line_num, row[2]) for row in reader]
    printed = dict(lines)
    assert [row["value"] for row in held] == [printed[item.row] for item in city.observations]
    assert all(row["source_title"] == city.sources[row["source"]].title.strip() for row in held)


def test_a_workbook_has_typed_numbers_texts_that_never_compute_and_a_header_that_stays(city, tmp_path):
    path = export_table(made_up(city, ("=1+1", "#REF!", "TRUE"), "-12.50"), tmp_path / "a.xlsx")
    sheet = load_workbook(path).active
    assert sheet.freeze_panes == "A2"
    value, quote, note = sheet["C2"], sheet["L2"], sheet["M2"]
    assert (value.value, value.data_type, value.number_format) == (-12.5, "n", "0.00")
    assert (quote.value, quote.data_type) == ("'=1+1", "s")
    assert (note.value, note.data_type, sheet["N2"].data_type) == ("#REF!", "s", "s")
    assert {cell.data_type for row in sheet.iter_rows(min_row=1) for cell in row} == {"n", "s"}


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_bytes_depend_on_the_dataset_alone(ending, city, tmp_path):
    first = export_table(city, tmp_path / f"a{ending}").read_bytes()
    second = export_table(qd.load("qingdao"), tmp_path / "b" / f"b{ending}").read_bytes()
    assert first == second


def test_another_ending_and_a_place_that_cannot_be_written_are_told(city, tmp_path):
    with pytest.raises(NotAvailable, match="no table format"):
        export_table(city, tmp_path / "a.xls")
    (tmp_path / "file").write_text("")
    with pytest.raises(NotAvailable):
        export_table(city, tmp_path / "file" / "a.csv")


def test_a_table_edited_by_a_spreadsheet_is_still_understood(city, tmp_path):
    path = export_table(city, tmp_path / "a.xlsx")
    book = load_workbook(path)  # saves shared texts, another order of parts, another program
    book.save(tmp_path / "saved.xlsx")
    understood = read_import(tmp_path / "saved.xlsx", empty_plan(tmp_path / "p", PLANS[0]))
    assert understood.problems == () and len(understood.rows) == len(city.observations)


def test_half_of_the_last_digit_finds_the_decimals_again(city):
    item = city.observations[0]
    for decimals in range(16):
        text = f"0.{'0' * decimals}" if decimals else "0"
        assert printed_value(replace(item, value=0.0, half_step=half_step(text))) == text
    assert printed_value(replace(item, value=None)) == ""
    assert Decimal(printed_value(item)) == Decimal(str(item.value))
