"""Every corruption of the four input files gives one clear error: what, where, what next; and no other traceback."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import qdecon as qd
from qdecon.__main__ import main

SOURCE = Path(__file__).parent.parent / "data" / "qingdao"
OBSERVATIONS, SOURCES, INDICATORS, PLAN = "observations.csv", "sources.csv", "indicators.toml", "plan.toml"
HEADER = "indicator,period,value,unit,basis,vintage,published,evidence,qualifier,use,source,quote,note"
GDP = "gdp,2024,16719.46,亿元,census5,first,"
Change = Callable[[str], str]


@dataclass(frozen=True)
class Corruption:
    """One fault: the file, what is done to its text, and what the error must name."""

    name: str
    file: str
    change: Change
    says: str
    column: str | None = None


def swap(old: str, new: str) -> Change:
    def change(text: str) -> str:
        assert old in text, f"{old!r} is not in the file: the corruption would change nothing"
        return text.replace(old, new, 1)

    return change


def cell(column: str, new: str, start: str = GDP) -> Change:
    """Change one cell of the row that starts so."""

    def change(text: str) -> str:
        lines = text.split("\n")
        row = next(number for number, line in enumerate(lines) if line.startswith(start))
        cells = next(csv.reader([lines[row]]))
        cells[HEADER.split(",").index(column)] = new
        written = io.StringIO()
        csv.writer(written, lineterminator="").writerow(cells)
        lines[row] = written.getvalue()
        return "\n".join(lines)

    return change


def doubled(start: str) -> Change:
    def change(text: str) -> str:
        line = next(line for line in text.split("\n") if line.startswith(start))
        return text.rstrip("\n") + "\n" + line + "\n"

    return change


def appended(block: str) -> Change:
    return lambda text: text + "\n" + block + "\n"


def without(line: str) -> Change:
    return swap(line, "")


CORRUPTIONS = (
    # observations.csv
    Corruption("wrong unit", OBSERVATIONS, cell("unit", "万元"), "unit differs: expected 亿元, got 万元", "unit"),
    Corruption("empty unit", OBSERVATIONS, cell("unit", ""), "unit differs", "unit"),
    Corruption("duplicate key", OBSERVATIONS, doubled(GDP), "duplicate key", "indicator"),
    Corruption("unknown indicator", OBSERVATIONS, cell("indicator", "gpd"), "unknown indicator 'gpd'", "indicator"),
    Corruption("impossible date", OBSERVATIONS, cell("published", "2025-13-40"), "no date", "published"),
    Corruption("date in words", OBSERVATIONS, cell("published", "last spring"), "no date", "published"),
    Corruption("published before its period", OBSERVATIONS, cell("published", "2019-02-01"), "before the period", "published"),
    Corruption("period in words", OBSERVATIONS, cell("period", "2024H1"), "no period", "period"),
    Corruption("period with a thirteenth month", OBSERVATIONS, cell("period", "2024M13ytd"), "no period", "period"),
    Corruption("not a number", OBSERVATIONS, cell("value", "NaN"), "no number: 'NaN'", "value"),
    Corruption("infinite value", OBSERVATIONS, cell("value", "inf"), "no number", "value"),
    Corruption("thousands separator", OBSERVATIONS, cell("value", "16 719.46"), "no number", "value"),
    Corruption("percent sign", OBSERVATIONS, cell("value", "61.4%"), "no number", "value"),
    Corruption("negative level", OBSERVATIONS, cell("value", "-16719.46"), "below zero", "value"),
    Corruption("missing value", OBSERVATIONS, cell("value", ""), "value is missing", "value"),
    Corruption("unknown basis", OBSERVATIONS, cell("basis", "census9"), "unknown basis", "basis"),
    Corruption("level without basis", OBSERVATIONS, cell("basis", ""), "unknown basis", "basis"),
    Corruption("unknown vintage", OBSERVATIONS, cell("vintage", "newest"), "unknown vintage", "vintage"),
    Corruption("unknown grade", OBSERVATIONS, cell("evidence", "rumour"), "unknown evidence", "evidence"),
    Corruption("unknown qualifier", OBSERVATIONS, cell("qualifier", "roughly"), "unknown qualifier", "qualifier"),
    Corruption("unknown use", OBSERVATIONS, cell("use", "maybe"), "unknown use", "use"),
    Corruption("missing source", OBSERVATIONS, cell("source", ""), "unknown source", "source"),
    Corruption("unknown source", OBSERVATIONS, cell("source", "G999"), "unknown source 'G999'", "source"),
    Corruption("missing quotation", OBSERVATIONS, cell("quote", ""), "quotation is missing", "quote"),
    Corruption("sector sum off", OBSERVATIONS, cell("value", "10495.99", "va_tertiary,2024,10495.54"), "va_primary + va_secondary", "value"),
    Corruption("share off its levels", OBSERVATIONS, cell("value", "61.9", "share_tertiary,2021,60.8"), "levels of rows", "value"),
    Corruption("share above 100", OBSERVATIONS, cell("value", "608", "share_tertiary,2021,60.8"), "above 100 %", "value"),
    Corruption("too few cells", OBSERVATIONS, swap(GDP, "gdp,2024,16719.46\n" + GDP), "cells where the header has"),
    Corruption("missing column", OBSERVATIONS, swap(",vintage,", ",edition,"), "column is missing", "vintage"),
    Corruption("doubled column", OBSERVATIONS, swap("indicator,period,", "indicator,period,period,"), "stands twice", "period"),
    Corruption("empty table", OBSERVATIONS, lambda text: "", "column is missing", "indicator"),
    Corruption("unclosed quotation mark", OBSERVATIONS, lambda text: text + 'gdp,2026,"1,亿元', "cannot be read"),
    # sources.csv
    Corruption("source listed twice", SOURCES, doubled("G04,"), "listed twice", "id"),
    Corruption("unknown kind of source", SOURCES, swap(",press,", ",gossip,"), "unknown kind 'gossip'", "kind"),
    Corruption("source with an impossible date", SOURCES, swap(",2022-03-17,", ",2022-31-31,"), "no date", "date"),
    Corruption("source removed", SOURCES, lambda text: re.sub(r"^G22,.*\n", "", text, flags=re.MULTILINE), "unknown source 'G22'", "source"),
    # indicators.toml
    Corruption("broken TOML", INDICATORS, appended("[[indicator"), "TOML is broken"),
    Corruption("indicator defined twice", INDICATORS, lambda text: text + _block(text, "gdp"), "defined twice", "id"),
    Corruption("unknown kind", INDICATORS, swap('kind = "level"', 'kind = "height"'), "unknown choice 'height'", "kind"),
    Corruption("unknown key", INDICATORS, swap('kind = "level"', 'kind = "level"\ncolour = "red"'), "unknown key", "colour"),
    Corruption("missing name", INDICATORS, swap('name_en = "GDP"\n', ""), "key is missing", "name_en"),
    Corruption("unknown part", INDICATORS, swap('"va_primary", ', '"va_zeroth", '), "unknown indicator 'va_zeroth'", "parts"),
    Corruption("number where text belongs", INDICATORS, swap('name_en = "GDP"', "name_en = 3"), "expected str", "name_en"),
    Corruption("missing lags", INDICATORS, swap("[lags]", "[delays]"), "unknown table", "delays"),
    Corruption("lag that is no day", INDICATORS, swap('annual = "03-31"', 'annual = "13-31"'), "no month-day", "annual"),
    # plan.toml
    Corruption("plan with broken TOML", PLAN, swap("[plan]", "[plan"), "TOML is broken"),
    Corruption("target defined twice", PLAN, swap('id = "t02"', 'id = "t01"'), "defined twice", "id"),
    Corruption("unknown comparator", PLAN, swap('comparator = "more_than"', 'comparator = "nearly"'), "unknown choice 'nearly'", "comparator"),
    Corruption("target of an unknown indicator", PLAN, swap('indicator = "gdp"', 'indicator = "gnp"'), "unknown indicator 'gnp'", "indicator"),
    Corruption("target without value", PLAN, swap("value = 15000\n", ""), "needs the key", "value"),
    Corruption("value as text", PLAN, swap("value = 15000", 'value = "15000"'), "expected int or float", "value"),
    Corruption("value not a number", PLAN, swap("value = 15000", "value = nan"), "not a finite number", "value"),
    Corruption("target without quotation", PLAN, lambda text: re.sub(r'^quote = "2024年实现规上.*\n', "", text, flags=re.MULTILINE), "key is missing", "quote"),
    Corruption("about without widths", PLAN, lambda text: re.sub(r"^tolerance = .*\n", "", text, count=1, flags=re.MULTILINE), "two widths", "tolerance"),
    Corruption("unknown group", PLAN, swap('group = "numeric"', 'group = "wish"'), "unknown choice 'wish'", "group"),
    Corruption("plan of an unknown document", PLAN, swap('document = "G00"', 'document = "X00"'), "unknown source 'X00'", "document"),
    Corruption("reading of an unknown target", PLAN, swap('reading_of = "t06"', 'reading_of = "t99"'), "unknown target 't99'", "reading_of"),
    Corruption("publication that is no date", PLAN, swap('published = "2022-05-05"', 'published = "spring"'), "no date", "published"),
    Corruption("another schema", PLAN, swap("schema = 1", "schema = 9"), "unknown schema", "schema"),
    Corruption("multiple without baseline", PLAN, swap('baseline = "2021"\n', ""), "", None),
)  # fmt: skip


def _block(text: str, name: str) -> str:
    start = text.index(f'[[indicator]]\nid = "{name}"')
    end = text.find("\n[[", start + 1)
    return "\n" + text[start : end if end > 0 else None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "plan"
    shutil.copytree(SOURCE, copy)
    return copy


def test_there_are_at_least_forty_corruptions_of_four_files() -> None:
    assert len({corruption.name for corruption in CORRUPTIONS}) == len(CORRUPTIONS) >= 40
    assert {corruption.file for corruption in CORRUPTIONS} == {OBSERVATIONS, SOURCES, INDICATORS, PLAN}


@pytest.mark.parametrize("corruption", CORRUPTIONS, ids=lambda corruption: corruption.name.replace(" ", "-"))
def test_a_corruption_gives_one_clear_error(corruption: Corruption, folder: Path) -> None:
    path = folder / corruption.file
    before = path.read_text(encoding="utf-8")
    after = corruption.change(before)
    assert after != before
    path.write_text(after, encoding="utf-8")
    with pytest.raises(qd.DataError) as caught:
        qd.load(folder)
    problems = caught.value.problems
    named = [problem for problem in problems if corruption.says in problem.what]
    assert named, [str(problem) for problem in problems]
    first = named[0]
    assert first.remedy
    assert (
        first.file == (OBSERVATIONS if corruption.name == "source removed" else corruption.file)
        or corruption.name == "source removed"
    )
    if corruption.column is not None:
        assert first.column == corruption.column
    if first.row is not None:
        assert 1 <= first.row <= after.count("\n") + 1
    assert problems == qd.check(folder)


def test_wrong_encoding(folder: Path) -> None:
    path = folder / OBSERVATIONS
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    with pytest.raises(qd.DataError, match="not UTF-8") as caught:
        qd.load(folder)
    assert "save the file as UTF-8" in str(caught.value)


@pytest.mark.parametrize("file", [OBSERVATIONS, SOURCES, INDICATORS])
def test_a_missing_file(file: str, folder: Path) -> None:
    (folder / file).unlink()
    with pytest.raises(qd.DataError, match="the file is missing"):
        qd.load(folder)


def test_all_problems_are_reported_at_once(folder: Path) -> None:
    path = folder / OBSERVATIONS
    text = cell("unit", "万元")(path.read_text(encoding="utf-8"))
    path.write_text(cell("source", "G999", "va_primary,2024")(text), encoding="utf-8")
    problems = qd.check(folder)
    assert {problem.column for problem in problems} == {"unit", "source"}
    assert len({problem.row for problem in problems}) == 2


def test_the_row_is_the_line_of_the_file(folder: Path) -> None:
    path = folder / OBSERVATIONS
    text = path.read_text(encoding="utf-8")
    line = next(number for number, row in enumerate(text.split("\n"), start=1) if row.startswith(GDP))
    path.write_text(cell("unit", "万元")(text), encoding="utf-8")
    assert [problem.row for problem in qd.check(folder)] == [line]


def test_the_line_of_a_toml_key_is_found(folder: Path) -> None:
    path = folder / PLAN
    text = path.read_text(encoding="utf-8")
    line = next(number for number, row in enumerate(text.split("\n"), start=1) if row == "value = 15000")
    path.write_text(text.replace("value = 15000", "value = nan", 1), encoding="utf-8")
    assert [problem.row for problem in qd.check(folder)] == [line]


def test_the_command_line_lists_the_problems_and_fails(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / OBSERVATIONS
    path.write_text(cell("unit", "万元")(path.read_text(encoding="utf-8")), encoding="utf-8")
    assert main(["check", "--plan", str(folder)]) == 1
    assert "column unit" in capsys.readouterr().out
    assert main(["scorecard", "--plan", str(folder)]) == 1
    assert "next:" in capsys.readouterr().err


def test_the_committed_data_have_no_problem() -> None:
    assert qd.check("qingdao") == ()
