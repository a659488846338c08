"""Import of tables: understood exactly or refused with the place, told before it is written, and safe on any bytes."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import re
import shutil
import struct
import warnings
import zipfile
import zlib
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

import qdecon as qd
from qdecon.data import check
from qdecon.errors import DataError, NotAvailable, QdeconError, UnknownName
from qdecon.publication.writing import alone
from qdecon.sources.tables.archive import parts_of
from qdecon.sources.tables.grid import LARGEST_FILE, grid_of_csv, grid_of_frame
from qdecon.sources.tables.importing import import_table, read_import, write_import
from qdecon.sources.tables.mapping import read_mapping
from qdecon.sources.tables.workbook import grid_of_workbook, printed_as

QINGDAO = Path(qd.__file__).parent / "datasets" / "qingdao"
WANTED = {"gdp", "population", "total_retail_sales", "hisense_revenue_usd"}
FILES = ("plan.toml", "indicators.toml", "observations.csv", "sources.csv")
STATED = (
    '[defaults]\nsource = "G01"\nevidence = "official"\nvintage = "first"\npublished = "2031-03"\nbasis = "census5"\n'
)
TIDY = "indicator,period,value,unit\ngdp,2031,17560.5,亿元\npopulation,2031,1044.25,万人\n"


@pytest.fixture
def plan(tmp_path):
    """A copy of the embedded plan, with one target and few indicators, that may be written to."""
    home = tmp_path / "plan"
    home.mkdir()
    for name in FILES:
        shutil.copy(QINGDAO / name, home / name)
    head, first, *_ = (home / "plan.toml").read_text(encoding="utf-8").split("[[target]]")
    (home / "plan.toml").write_text(f"{head}[[target]]{first}", encoding="utf-8")
    head, *blocks = (home / "indicators.toml").read_text(encoding="utf-8").split("[[indicator]]")
    ids = {re.search(r'id = "(.+)"', block)[1]: set(re.findall(r'"(\w+)"', block)) for block in blocks}
    kept, wanted = set(), WANTED | (ids.keys() & set(re.findall(r"\w+", first)))
    while kept != wanted:
        kept, wanted = wanted, wanted.union(*(ids[name] & ids.keys() for name in wanted))
    text = "[[indicator]]".join([head, *(block for name, block in zip(ids, blocks, strict=True) if name in kept)])
    (home / "indicators.toml").write_text(text, encoding="utf-8")
    header, *lines = (home / "observations.csv").read_text(encoding="utf-8").splitlines()
    lines = [line for line in lines if line.partition(",")[0] in kept]
    (home / "observations.csv").write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    return home


def rules(text=STATED):
    return read_mapping(text.encode())


def told(table, plan, text=STATED, tmp=None):
    """What is understood of the text or bytes of a CSV file, of a workbook or a frame."""
    if isinstance(table, str):
        table = table.encode()
    if isinstance(table, bytes):
        path = plan.parent / ("table.xlsx" if table.startswith(b"PK") else "table.csv")
        path.write_bytes(table)
        table = path
    return read_import(table, plan, rules(text))


def workbook(rows, formats=(), merged=(), **cells):
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for place, code in formats:
        sheet[place].number_format = code
    for place, value in cells.items():
        sheet[place] = value
    for area in merged:
        sheet.merge_cells(area)
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def figures(understood):
    return [(row["indicator"], row["period"], row["value"], row["unit"], row["basis"]) for row in understood.rows]


def whats(understood):
    return [(problem.what, problem.row, problem.column) for problem in understood.problems]


GDP = [("gdp", "2030", "17000.5", "亿元", "census5"), ("gdp", "2031", "17560.50", "亿元", "census5")]
SAME_TABLE = {
    "tidy": "指标,年份,数值,单位\n地区生产总值,2030年,17000.5,亿元\n地区生产总值,2031年,17560.50,亿元\n",
    "tidy, English": "indicator;year;value (100 million yuan)\nGDP;2030;17000.5\nGDP;2031;17560.50\n",
    "tidy, converted": "indicator\tperiod\tvalue\tunit\ngdp\t2030\t170005000\t万元\ngdp\t2031\t17560.50\t亿元\n",
    "years across": "指标,2030年,２０３１年\n地区生产总值（亿元）,17000.5,１７５６０．５０\n",
    "years across, unit column": '项目,单位,2030,2031\nGDP,100 million yuan,"17,000.5","17,560.50"\n',
    "years across, unit above": "主要指标\n单位：亿元\n指标,2030,2031\n地区生产总值,17000.5,17560.50\n注：初步核算\n",
    "years down": "年份,地区生产总值（亿元）\n2030,17000.5\n2031,17560.50\n",
    "years down, thin spaces": "year;GDP (100 million yuan)\n2030;17\u2009000.5\n2031;17\u202f560.50\n",
}


@pytest.mark.parametrize("name", SAME_TABLE)
def test_the_same_figures_are_read_from_every_layout(name, plan):
    understood = told(SAME_TABLE[name], plan)
    assert understood.problems == ()
    assert [(*row[:2], float(row[2]), *row[3:]) for row in figures(understood)] == [
        (*row[:2], float(row[2]), *row[3:]) for row in GDP
    ]
    assert understood.layout == name.partition(",")[0].replace("years across", "wide").replace(
        "years down", "wide-down"
    )


def test_printed_decimals_are_kept(plan):
    assert figures(told(SAME_TABLE["years across"], plan)) == GDP


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("utf-8", "UTF-8,"), ("utf-8-sig", "UTF-8 with BOM,"), ("utf-16", "UTF-16,"), ("gb18030", "GB18030,")],
)
def test_every_usual_encoding_is_read_and_told(encoding, shown, plan):
    understood = told(SAME_TABLE["tidy"].encode(encoding), plan)
    assert figures(understood) == GDP
    assert shown in understood.text("en").splitlines()[0]


def test_text_in_no_known_encoding_is_refused_with_its_row(plan):
    with pytest.raises(DataError, match="not UTF-8 and not GB18030") as caught:
        told("指标,2031年\n地区生产总值,".encode("gb18030") + b"\xff\xff\n", plan)
    assert caught.value.problems[0].row == 2


def test_a_workbook_and_a_frame_hold_the_same_table(plan):
    rows = [["指标", "2030年", 2031], ["地区生产总值（亿元）", 17000.5, 17560.5]]
    book = workbook(rows, formats=[("C2", "#,##0.00")])
    assert figures(told(book, plan)) == GDP
    frame = pd.DataFrame({"年份": ["2030年", "2031年"], "地区生产总值（亿元）": ["17000.5", "17560.50"]})
    assert figures(told(frame, plan)) == GDP
    assert figures(told(frame.set_index("年份"), plan)) == GDP
    across = pd.DataFrame([[17000.5, "17560.50"]], index=["地区生产总值（亿元）"], columns=[2030, 2031])
    assert figures(told(across, plan)) == GDP


def test_merged_headers_of_a_workbook_are_spread_over_their_range(plan):
    rows = [["年份", "地区生产总值", None], [None, "绝对数（亿元）", "增长（%）"], [2031, 17560.5, 5.2]]
    text = STATED + (
        '[table]\nheader_rows = 2\n[[series]]\nname = "地区生产总值 绝对数"\nindicator = "gdp"\n'
        '[[series]]\nname = "地区生产总值 增长"\nindicator = "gdp_growth_real"\n'
    )
    understood = told(workbook(rows, merged=["A1:A2", "B1:C1"]), plan, text)
    assert [row[::2][:2] for row in figures(understood)] == [("gdp", "17560.5"), ("gdp_growth_real", "5.2")]
    assert understood.rows[0]["quote"] == "地区生产总值 绝对数（亿元） 2031 17560.5"
    flat = "年份,地区生产总值,\n,绝对数（亿元）,增长（%）\n2031,17560.5,5.2\n"
    assert figures(told(flat, plan, text)) == figures(understood)


def test_years_above_two_columns_each(plan):
    rows = "指标,2030年,,2031年,\n,绝对数（亿元）,增长（%）,绝对数（亿元）,增长（%）\n"
    rows += "地区生产总值,17000.5,5.1,17560.50,5.2\n"
    text = STATED + (
        '[table]\nheader_rows = 2\n[[series]]\nname = "地区生产总值 绝对数"\nindicator = "gdp"\n'
        '[[series]]\nname = "地区生产总值 增长"\nindicator = "gdp_growth_real"\n'
    )
    assert [row[:3] for row in figures(told(rows, plan, text))] == [
        ("gdp", "2030", "17000.5"), ("gdp_growth_real", "2030", "5.1"),
        ("gdp", "2031", "17560.50"), ("gdp_growth_real", "2031", "5.2"),
    ]  # fmt: skip


def test_a_merged_cell_never_becomes_the_figure_of_two_years(plan):
    rows = [["指标", 2030, 2031], ["地区生产总值（亿元）", 17000.5, None]]
    understood = told(workbook(rows, merged=["B2:C2"]), plan)
    assert ("merged cells hold one figure for several", 2, "B2") in whats(understood)


@pytest.mark.parametrize("mark", ["", "-", "—", "…", "..", "无", "NA", "－"])
def test_a_figure_that_was_not_published_is_left_out_counted_and_never_zero(mark, plan):
    understood = told(f"指标,2030年,2031年\n地区生产总值（亿元）,{mark},17560.5\n", plan)
    assert [row["period"] for row in understood.rows] == ["2031"]
    assert understood.blank == {"地区生产总值（亿元）": 1}
    assert "cells without a figure: 1" in understood.text("en")


@pytest.mark.parametrize("cell", ["16719.46①", "16719.46*", "约16719", "#REF!", "TRUE", "1,6719.46", "16719.46 亿"])
def test_a_cell_that_is_no_plain_number_is_refused_with_its_place(cell, plan):
    table = f"指标\t2031年\n地区生产总值（亿元）\t{cell}\n"
    [(what, row, column)] = whats(told(table, plan))
    assert (row, column) == (2, "2031年")
    assert "number" in what


def test_marks_of_footnotes_go_only_if_the_mapping_lists_them(plan):
    table = "指标,2031年①\n地区生产总值（亿元）*,16719.46①\n"
    assert told(table, plan).problems
    assert told(table, plan, STATED + '[table]\nfootnote_marks = ["①", "*"]\n').rows[0]["value"] == "16719.46"


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (True, "the truth value TRUE"),
        (dt.date(2024, 3, 1), "the date 2024-03-01"),
        ("=1+1", "a formula that was never computed"),
        ("#REF!", "the error #REF!"),
    ],
)
def test_cells_of_a_workbook_that_hold_no_figure_are_refused_with_their_place(value, what, plan):
    book = workbook([["指标", 2030, 2031], ["地区生产总值（亿元）", 17000.5, None]], C2=value)
    understood = told(book, plan)
    [problem] = understood.problems
    assert what in problem.what and (problem.row, problem.column) == (2, "C2")
    with pytest.raises(DataError, match="C2"):
        write_import(understood, plan)


def test_percentages_and_computed_cells_of_a_workbook_are_read_as_shown(plan):
    rows = [["指标", 2030, 2031], ["地区生产总值实际增速", 0.28, 0.0515]]
    understood = told(workbook(rows, formats=[("B2", "0%"), ("C2", "0.00%")]), plan)
    assert [row[2:4] for row in figures(understood)] == [("28", "%"), ("5.15", "%")]
    with_value = workbook([["指标", 2031], ["地区生产总值（亿元）", "=1+1"]])
    computed = repacked(
        with_value, "xl/worksheets/sheet1.xml", b"<v></v>", b"<v>17560.5</v>", b"<v />", b"<v>17560.5</v>"
    )
    assert told(computed, plan).rows[0]["value"] == "17560.5"


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12), st.integers(0, 6))
def test_a_number_format_prints_what_the_decimal_module_prints(number, places):
    code = f"#,##0.{'0' * places}" if places else "0"
    text, _ = printed_as(number, code)
    assert abs(float(text) - number) <= 0.5000001 * 10.0**-places + 1e-14 * abs(number)
    assert len(text.partition(".")[2]) == places


@pytest.mark.parametrize("code", ['0.0"万"', "0.0,", "0.00E+00", "# ?/?", ";;;", '"¥"0.00', "0.0\\%"])
def test_a_format_that_shows_something_else_is_not_guessed(code):
    assert printed_as(12.5, code) is None


def repacked(body, part, *swaps):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == part:
                for before, after in zip(swaps[::2], swaps[1::2], strict=True):
                    content = content.replace(before, after)
            new.writestr(name, content)
    return out.getvalue()


def test_no_unit_is_invented(plan):
    assert "no unit is stated" in told("指标,2031年\n地区生产总值,17560.5\n", plan).problems[0].what
    assert "cannot be converted" in told("指标,2031年\n地区生产总值（万人）,17560.5\n", plan).problems[0].what
    assert "unknown unit" in told("指标,单位,2031年\n地区生产总值,亿贝,17560.5\n", plan).problems[0].what
    assert "two units" in told("指标,单位,2031年\n地区生产总值（亿元）,万元,17560.5\n", plan).problems[0].what
    assert "two units" in told("指标,2031年\n地区生产总值（亿元）,28%\n", plan).problems[0].what
    # the brackets belong to the name: they do not say whether figures are in one or in a hundred million dollars
    assert "no unit" in told("指标,2031年\n海信集团收入（美元）,274\n", plan).problems[0].what


def test_no_series_is_guessed_and_the_block_to_paste_can_be_read(plan):
    understood = told("指标,2031年\n生产总值,17560.5\n社会消费品零售总额(亿元),6000\n", plan)
    assert [problem.what for problem in understood.problems] == ["'生产总值' is no indicator of the plan"]
    assert 'name = "生产总值"' in understood.block
    filled = understood.block.replace('indicator = "..."', 'indicator = "gdp"\nunit = "亿元"')
    again = told("指标,2031年\n生产总值,17560.5\n社会消费品零售总额(亿元),6000\n", plan, STATED + filled)
    assert again.problems == () and len(again.rows) == 2


def test_the_block_names_every_default_that_is_missing(plan):
    understood = told("指标,2031年\n地区生产总值,17560.5\n", plan, "")
    for words in ('basis = "..."', 'evidence = "..."', 'source = "..."', 'unit = "..."', "[[series]]"):
        assert words in understood.block
    read_mapping(understood.block.replace('evidence = "..."', 'evidence = "press"').encode())


def test_series_that_the_mapping_does_not_list_are_left_out_and_told(plan):
    text = STATED + '[[series]]\nname = "GDP（初步）"\nindicator = "gdp"\n[[series]]\nname = "常住人口"\nskip = true\n'
    understood = told("指标,单位,2031年\nGDP（初步）,亿元,17560.5\n常住人口,万人,1044\n港口吞吐量,万吨,7\n", plan, text)
    assert [row["indicator"] for row in understood.rows] == ["gdp"]
    assert "港口吞吐量" in understood.text("zh") and "映射文件没有列出" in understood.text("zh")


def test_a_basis_may_change_with_the_years(plan):
    text = STATED.replace(
        'basis = "census5"', 'basis = [{ last = 2023, id = "census4" }, { first = 2024, id = "census5" }]'
    )
    understood = told("指标,2029年,2030年\n地区生产总值（亿元）,1,2\n常住人口（万人）,3,4\n", plan, text)
    assert [row["basis"] for row in understood.rows] == ["census5", "census5", "", ""]
    text = text.replace("2023", "2029").replace("2024", "2030")
    understood = told("指标,2029年,2030年\n地区生产总值（亿元）,1,2\n", plan, text)
    assert [row["basis"] for row in understood.rows] == ["census4", "census5"]


def test_the_preview_tells_in_both_languages_what_will_be_written_and_writes_nothing(plan):
    before = {name: (plan / name).read_bytes() for name in FILES}
    understood = told("指标,2030年,2031年\n常住人口（人）,10442500,…\n注：初步数,,\n", plan)
    english, chinese = understood.text("en"), understood.text("zh")
    for words in ("人 x 0.0001 = 万人", "2030", "注：初步数", "observations.csv, rows: 1", "1044.2500"):
        assert words in english
    for words in ("常住人口（人） -> population", "人×0.0001=万人", "将写入", "没有数字"):
        assert words in chinese
    assert understood.rows[0]["quote"] == "常住人口（人） 2030年 10442500"
    assert {name: (plan / name).read_bytes() for name in FILES} == before
    assert sorted(path.name for path in plan.iterdir()) == sorted(FILES)


def test_words_of_a_table_cannot_steer_the_terminal(plan):
    understood = told("指标,2031年\n\x1b[2J\u202eabc,17560.5\n", plan)
    assert not {"\x1b", "\u202e"} & set(understood.text("en") + understood.text("zh"))


def test_writing_appends_and_keeps_every_old_byte(plan):
    old = {name: (plan / name).read_bytes() for name in FILES}
    source = '[source]\nid = "N1"\ntitle = "统计年鉴, 2032"\npublisher = "青岛市统计局"\n'
    source += 'kind = "official"\nlicence = "quoted"\n'
    text = STATED.replace('source = "G01"\n', "") + source
    understood = told(TIDY, plan, text)
    lines = write_import(understood, plan)
    count = len(old["observations.csv"].splitlines())
    assert lines == (count + 1, count + 2)
    new = {name: (plan / name).read_bytes() for name in FILES}
    assert all(new[name].startswith(old[name]) for name in FILES)
    assert list(csv.reader(io.StringIO(new["sources.csv"].decode())))[-1][:3] == [
        "N1",
        "统计年鉴, 2032",
        "青岛市统计局",
    ]
    assert check(plan) == ()
    assert qd.load(plan).value("gdp", 2031).value == 17560.5
    again = told(TIDY, plan, text)
    assert (again.present, again.rows, again.sources) == (2, (), ())
    assert write_import(again, plan) == () and write_import(understood, plan) == ()
    assert {name: (plan / name).read_bytes() for name in FILES} == new


def test_another_figure_under_the_same_key_is_refused(plan):
    write_import(told(TIDY, plan), plan)
    before = (plan / "observations.csv").read_bytes()
    understood = told(TIDY.replace("17560.5", "17561.5"), plan)
    assert "another value" in understood.problems[0].what
    with pytest.raises(DataError):
        write_import(understood, plan)
    assert (plan / "observations.csv").read_bytes() == before
    twice = told(TIDY + "gdp,2031,17562,亿元\n", plan)
    assert any("another figure for gdp, 2031" in problem.what for problem in twice.problems)


def test_what_was_written_between_preview_and_writing_is_seen(plan):
    first, second = told(TIDY, plan), told(TIDY.replace("17560.5", "17561.5"), plan)
    write_import(first, plan)
    with pytest.raises(DataError, match="another value"):
        write_import(second, plan)


def test_rows_that_would_break_the_contract_are_told_with_their_cell_and_not_written(plan):
    before = {name: (plan / name).read_bytes() for name in FILES}
    table = (
        "indicator,period,value,unit,vintage,source\ngdp,2031,-5,亿元,first,G01\npopulation,2031,1044,万人,newest,G01\n"
    )
    understood = told(table, plan)
    assert [(problem.row, problem.column) for problem in understood.problems] == [(2, "value"), (3, "value")]
    assert "below zero" in understood.problems[0].what and "unknown vintage" in understood.problems[1].what
    with pytest.raises(DataError):
        write_import(understood, plan)
    parts = "indicator,2031\ngdp (亿元),100\nva_primary (亿元),50\nva_secondary (亿元),50\nva_tertiary (亿元),50\n"
    assert any("va_primary + va_secondary" in problem.what for problem in told(parts, plan).problems)
    assert {name: (plan / name).read_bytes() for name in FILES} == before


def test_a_second_writer_is_refused_at_once(plan):
    understood = told(TIDY, plan)
    with alone(plan), pytest.raises(NotAvailable, match="another process"):
        write_import(understood, plan)


def test_a_table_that_is_a_link_out_of_the_folder_is_refused(plan, tmp_path):
    understood = told(TIDY, plan)
    (plan / "observations.csv").rename(tmp_path / "elsewhere.csv")
    (plan / "observations.csv").symlink_to(tmp_path / "elsewhere.csv")
    before = (tmp_path / "elsewhere.csv").read_bytes()
    with pytest.raises(NotAvailable, match="leads out"):
        write_import(understood, plan)
    assert (tmp_path / "elsewhere.csv").read_bytes() == before


def test_a_file_without_a_line_end_or_with_those_of_windows_is_continued(plan):
    for name in ("observations.csv", "sources.csv"):
        text = (plan / name).read_text(encoding="utf-8").rstrip("\n")
        (plan / name).write_bytes(text.replace("\n", "\r\n").encode())
    write_import(told(TIDY, plan), plan)
    assert check(plan) == ()
    assert b"\n" not in (plan / "observations.csv").read_bytes().replace(b"\r\n", b"")


def test_rows_with_too_few_or_too_many_cells_are_never_shifted(plan):
    assert "cells where" in told("指标,2030,2031\n地区生产总值（亿元）,17000\n", plan).problems[0].what
    assert "without a header" in told("指标,2031\n地区生产总值（亿元）,17,000.5\n", plan).problems[0].what


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("[table]\nlayout = 'long'\n", (2, "layout")),
        ("[table]\nheader_rows = 0\n", (2, "header_rows")),
        ("[columns]\nperiod = 'a'\nvalue = 'a'\n", (2, "period")),
        ("[columns]\nyears = 'a'\n", (2, "years")),
        ("[[series]]\nname = 'a'\n", (1, "indicator")),
        ("[[series]]\nname = 'a'\nindicator = 'b'\nbasis = [{ id = 1 }]\n", (4, "basis")),
        ("[[series]]\nname = 'a'\nindicator = 'b'\nbasis = [{ id = 'x' }, { id = 'y' }]\n", (4, "basis")),
        ("[units]\n'万吨' = 3\n", (1, "万吨")),
        ("[units]\na = { unit = 'b', times = -1 }\n", (2, "a")),
        ("[defaults]\nevidence = 'rumour'\n", (2, "evidence")),
        ("[source]\nid = 'S'\n", (1, "title")),
        ("[other]\n", (None, "other")),
        ("[table\n", (1, None)),
        ("a = " + "[" * 5000, (None, None)),
        ("a = " + "9" * 5000, (None, None)),
    ],
)
def test_faults_of_a_mapping_file_are_told_with_row_and_key(text, where):
    with pytest.raises(DataError) as caught:
        read_mapping(text.encode())
    assert where in [(problem.row, problem.column) for problem in caught.value.problems]


def test_what_a_mapping_says_must_be_in_the_plan_and_in_the_table(plan):
    text = STATED.replace("census5", "census9") + '[[series]]\nname = "X"\nindicator = "nothing"\n'
    found = whats(told(TIDY, plan, text))
    assert any("unknown indicator 'nothing'" in what for what, _, _ in found)
    assert any("the table has no series 'X'" in what for what, _, _ in found)
    assert any("unknown basis 'census9'" in what for what, _, _ in found)


def test_paths_that_lead_nowhere_are_told(plan, tmp_path):
    with pytest.raises(NotAvailable, match="cannot read"):
        read_import(tmp_path / "none.csv", plan)
    with pytest.raises(UnknownName, match="no plan"):
        read_import(tmp_path / "none.csv", tmp_path)
    with pytest.raises(NotAvailable, match="no table"):
        read_import(7, plan)
    with pytest.raises(NotAvailable, match="cannot read"):
        read_import(pd.DataFrame({"a": [1]}), plan, tmp_path / "mapping.toml")


def test_import_table_previews_unless_it_is_asked_to_write(plan):
    frame = pd.DataFrame({"indicator": ["gdp"], "period": [2031], "value": ["17560.5"], "unit": ["亿元"]})
    before = (plan / "observations.csv").read_bytes()
    assert import_table(frame, plan, rules()).rows and (plan / "observations.csv").read_bytes() == before
    import_table(frame, plan, rules(), write=True)
    assert (plan / "observations.csv").read_bytes() != before


def test_cells_of_a_frame_that_hold_no_figure_are_refused(plan):
    frame = pd.DataFrame(
        {
            "指标": ["地区生产总值（亿元）"] * 3,
            "2030": [True, pd.Timestamp("2024-01-01"), float("inf")],
            "2031": [None, pd.NA, float("nan")],
        }
    )
    problems = told(frame, plan).problems
    assert [problem.row for problem in problems] == [2, 3, 4]


# hostile bytes -------------------------------------------------------------------------------------------------------

SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'


def book_with(sheet, extra=(), compression=zipfile.ZIP_DEFLATED):
    """A small workbook with a sheet of these rows, and further parts."""
    good = workbook([["a", 1]])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(out, "w", compression) as new:
        for name in old.namelist():
            new.writestr(name, SHEET % sheet if name == "xl/worksheets/sheet1.xml" else old.read(name))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a name that stands twice
            for name, content in extra:
                new.writestr(name, content)
    return out.getvalue()


def link():
    entry = zipfile.ZipInfo("xl/link.xml")
    entry.external_attr = 0o120777 << 16
    return entry


def encrypted():
    body = bytearray(book_with(b""))
    at = body.find(b"PK\x01\x02")
    body[at + 8] |= 1
    return bytes(body)


def overlapped(count=250, size=2**21):
    """A small zip whose entries all unpack the same bytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(b"a" * size) + packer.flush()
    crc = zlib.crc32(b"a" * size)
    local = struct.pack("<4sHHHHHLLLHH", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(packed), size, 1, 0) + b"A" + packed
    listed = b"".join(
        struct.pack(
            "<4sHHHHHHLLLHHHHHLL", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, crc, len(packed), size, 4, 0, 0, 0, 0, 0, 0
        )
        + f"{at:04d}".encode()
        for at in range(count)
    )
    return local + listed + struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, count, count, len(listed), len(local), 0)


FAR = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
MANY = b"<row>" + b"<c><v>1</v></c>" * 999 + b"</row>"
UTF_7 = b'<?xml version="1.0" encoding="utf-7"?><a/>'
FORMAT = b'<a formatCode="' + b"[" * 999 + b'"/>'
MERGED = b"</sheetData><mergeCells>" + b'<mergeCell ref="A1:B1"/>' * 20_001 + b"</mergeCells><sheetData>"
HOSTILE = {
    "a zip bomb": (lambda: book_with(b" " * 2**23), "times its size"),
    "a zip bomb whose parts overlap": (overlapped, "unpacks to"),
    "a cell at the end of the sheet": (lambda: book_with(FAR), "a cell in row"),
    "a cell in column 1001": (lambda: book_with(b'<row r="1"><c r="ALM1"><v>1</v></c></row>'), "a cell in row"),
    "too many cells": (lambda: book_with(MANY * 3), "2,000 cells"),
    "too many rows": (lambda: book_with(b"<row/>" * 2001), "2,000 rows"),
    "an entity": (lambda: book_with(b"", [("xl/a.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>')]), "document type"),
    "an entity in UTF-16": (lambda: book_with(b"", [("xl/a.xml", "<!DOCTYPE a>".encode("utf-16"))]), "not UTF-8"),
    "another encoding": (lambda: book_with(b"", [("xl/a.xml", UTF_7)]), "not UTF-8"),
    "an absolute name": (lambda: book_with(b"", [("/etc/a.xml", b"")]), "leads out"),
    "a name that climbs": (lambda: book_with(b"", [("xl/../../a.xml", b"")]), "leads out"),
    "a name that stands twice": (lambda: book_with(b"", [("XL/WORKBOOK.xml", b"")]), "twice"),
    "a link": (lambda: book_with(b"", [(link(), b"/etc/passwd")]), "is a link"),
    "an encrypted part": (encrypted, "encrypted"),
    "too many parts": (lambda: book_with(b"", [(f"xl/{at}.xml", b"") for at in range(2000)]), "parts"),
    "an unusual packing": (lambda: book_with(b"", compression=zipfile.ZIP_LZMA), "unusual"),
    "styles without end": (lambda: book_with(b"", [("xl/b.xml", b"<a/>" * 40_001)]), "marks"),
    "a format without end": (lambda: book_with(b"", [("xl/b.xml", FORMAT)]), "number format"),
    "merged cells without end": (
        lambda: book_with(MERGED),
        "merged",
    ),
    "a number without end": (lambda: book_with(b"<row><c><v>" + b"9" * 5000 + b"</v></c></row>"), "damaged"),
    "XML that is broken": (lambda: book_with(b"<row>"), "damaged"),
    "a zip of something else": (lambda: repacked(workbook([["a"]]), "xl/workbook.xml", b"<", b"["), "damaged"),
    "a file that is cut off": (lambda: workbook([["a"]])[:-30], "damaged or no XLSX"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_workbook_is_refused_in_words(name, monkeypatch):
    for limit in ("MOST_CELLS", "MOST_ROWS"):  # smaller, to be quick
        monkeypatch.setattr(f"qdecon.sources.tables.workbook.{limit}", 2000)
    made, words = HOSTILE[name]
    with pytest.raises(DataError, match=words):
        grid_of_workbook(made(), "hostile.xlsx")


HOSTILE_TEXT = {
    "too large": (b"a" * (LARGEST_FILE + 1), "bytes"),
    "one line of commas": (b"," * 300_000, "columns"),
    "a long cell": (b"a" * 40_000, "characters"),
    "a cell without end": (b"a" * 200_000, "field"),
    "too many cells": (b"1,2\n" * 100_001, "cells"),
    "too many lines": (b"\n" * 400_001, "lines"),
    "an open quote": (b'"a\n', "cannot be read"),
    "nothing": (b"", "empty"),
    "half a character": (b"\xff\xfe\x00", "UTF-16"),
}


@pytest.mark.parametrize("name", HOSTILE_TEXT)
def test_a_hostile_text_is_refused_in_words(name):
    body, words = HOSTILE_TEXT[name]
    with pytest.raises(DataError, match=words):
        grid_of_csv(body, "hostile.csv")


def test_no_part_that_links_elsewhere_is_even_unpacked():
    body = book_with(b"", [("xl/externalLinks/externalLink1.xml", b"<a/>"), ("xl/drawings/drawing1.xml", b"<a/>")])
    assert not any("external" in name or "drawing" in name for name in parts_of(body, "a.xlsx"))


SEEDS = [
    workbook([["指标", 2031], ["地区生产总值（亿元）", 17560.5]], merged=["A3:B3"]),
    book_with(b"<row/>", compression=0),
]


@st.composite
def damaged(draw):
    """A good workbook with some bytes changed, unpacked so that the damage reaches the XML."""
    body = bytearray(draw(st.sampled_from([*SEEDS, repacked_plain(SEEDS[0])])))
    for _ in range(draw(st.integers(1, 6))):
        body[draw(st.integers(0, len(body) - 1))] = draw(st.integers(0, 255))
    return bytes(body)


def repacked_plain(body):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return out.getvalue()


PIECES = st.lists(
    st.sampled_from([*",;\t\n\r\"%-\x00\ufeff万", "指标", "2031年", "（亿元）", "gdp", "17560.5", "单位：亿元", "=1"]),
    max_size=30,
).map("".join)  # fmt: skip


@given(damaged())
def test_any_damage_to_a_workbook_gives_a_grid_or_an_error_in_words(body):
    fuzz(grid_of_workbook, body)


@given(st.one_of(st.binary(max_size=200), PIECES.map(str.encode), PIECES.map(lambda text: text.encode("utf-16"))))
def test_any_bytes_give_a_grid_or_an_error_in_words(body):
    for read in (grid_of_csv, grid_of_workbook, read_mapping):
        fuzz(read, body)


def fuzz(read, body):
    """Only a value or an error in the project's words may come out."""
    with contextlib.suppress(QdeconError):
        assert read(body, "any")


CELLS = st.sampled_from(
    [
        "指标",
        "gdp",
        "地区生产总值（亿元）",
        "2031年",
        "2031",
        "17560.5",
        "5%",
        "…",
        "1.2万",
        "单位：亿元",
        "",
        "年份",
        "数值",
        "人",
        "x",
    ]
)


@settings(max_examples=25)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=6), st.booleans())
def test_any_table_is_understood_or_its_problems_are_told(rows, stated):
    frame = pd.DataFrame(rows[1:], columns=list(rows[0]))
    understood = read_import(frame, QINGDAO, rules() if stated else None)
    assert understood.text("zh") and understood.text("en")
    for row in understood.rows:
        assert row["indicator"] in ("gdp", "population") or row["value"]
    if understood.block:
        read_mapping(understood.block.replace('"..."', '"press"').encode())


@pytest.mark.soak
@settings(max_examples=3000)
@given(damaged())
def test_any_damage_many_times(body):
    fuzz(grid_of_workbook, body)


def test_a_grid_of_a_frame_keeps_levels_of_columns_as_header_rows():
    frame = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")]))
    grid = grid_of_frame(frame)
    assert grid.rows == (("a", "a"), ("x", "y"), ("1", "2")) and grid.header_rows == 2


def test_without_openpyxl_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "openpyxl.reader.excel", None)
    with pytest.raises(NotAvailable, match=r"install qdecon\[xlsx\]"):
        grid_of_workbook(SEEDS[0], "a.xlsx")
