"""A plan of one's own: a folder with commented examples, a guide to what is missing, and every command on it."""

from __future__ import annotations

import csv
import io
import json
from html import escape
from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qdecon as qd
from qdecon.__main__ import main
from qdecon.charts import frame_trajectory
from qdecon.explore.controls import page
from qdecon.explore.screen import needed
from qdecon.publication import save_chart
from qdecon.scenario import required
from qdecon.sources import next_steps, run_notebook, start_plan

FACTS = {
    "place_zh": "某市", "place_en": "Sometown", "title_zh": "某市规划", "title_en": "Plan of Sometown",
    "publisher": "某市人民政府", "published": "2023-03-01", "first": "2023", "last": "2027",
}  # fmt: skip
FILLED = {
    'label_zh = ""': 'label_zh = "地区生产总值1300亿元"',
    'label_en = ""': 'label_en = "GDP of 130 billion yuan"',
    "value = nan": "value = 1300",
    'quote = ""': 'quote = "2027年地区生产总值达到1300亿元"',
    'translation = ""': 'translation = "GDP is to reach 130 billion yuan in 2027"',
    'ambiguity_zh = ""': 'ambiguity_zh = "无"',
    'ambiguity_en = ""': 'ambiguity_en = "none"',
}
LEVELS = (500.1, 540.2, 590.5, 640.0, 700.2, 750.3, 780.0, 860.5, 900.1, 950.7)
ONE_LINE = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs", "Co", "Cn", "Cf")), max_size=40)
SPECIALS = ONE_LINE | st.sampled_from(
    [
        '"; DROP TABLE plan; --',
        "<script>alert(1)</script>",
        r"$\frac{1}{0}$ \input{x}",
        "=1+1",
        "@title_zh@",
        "'''",
        "\\n",
    ]
)


def fill_in(folder: Path) -> Path:
    """Do what the guide asks for in plan.toml."""
    text = (folder / "plan.toml").read_text(encoding="utf-8")
    for blank, filled in FILLED.items():
        assert blank in text
        text = text.replace(blank, filled, 1)
    (folder / "plan.toml").write_text(text, encoding="utf-8")
    return folder


def town(folder: Path) -> Path:
    """A plan with one target and ten figures."""
    start_plan(folder, FACTS)
    with (folder / "observations.csv").open("a", encoding="utf-8") as table:
        for year, value in enumerate(LEVELS, start=2014):
            table.write(f"gdp,{year},{value},亿元,current,unknown,,official,,yes,plan,{year}年{value}亿元,\n")
    return fill_in(folder)


def test_what_is_still_empty_is_named_all_at_once_and_nothing_else_is_wrong(tmp_path: Path) -> None:
    start_plan(tmp_path / "my-city", FACTS)
    problems = qd.check(tmp_path / "my-city")
    assert [problem.column for problem in problems] == [
        "label_zh", "label_en", "value", "quote", "translation", "ambiguity_zh", "ambiguity_en",
    ]  # fmt: skip
    lines = (tmp_path / "my-city" / "plan.toml").read_text(encoding="utf-8").splitlines()
    for problem in problems:
        assert problem.file == "plan.toml" and lines[(problem.row or 0) - 1].startswith(str(problem.column))


def test_what_is_not_told_stays_empty_and_is_asked_for(tmp_path: Path) -> None:
    start_plan(tmp_path / "my-city", {})
    asked = {problem.column for problem in qd.check(tmp_path / "my-city") if problem.file == "plan.toml"}
    assert asked >= {"place_zh", "place_en", "title_zh", "title_en", "published", "quote"}


def test_the_guide_leads_from_blanks_to_figures_to_a_verdict(tmp_path: Path) -> None:
    folder = tmp_path / "my-city"
    start_plan(folder, FACTS)
    assert "plan.toml" in next_steps(folder, qd.check(folder)).en
    fill_in(folder)
    assert qd.check(folder) == ()
    step = next_steps(folder, ())
    assert "qdecon import" in step.en and "gdp" in step.en and "qdecon import" in step.zh
    assert qd.assess(qd.load(folder), "t01").status in ("not_assessable", "not_published")
    judged = town(tmp_path / "your-city")
    assert next_steps(judged, ()).en.startswith("next: qdecon scorecard")
    assert qd.assess(qd.load(judged), "t01").probability is not None


@pytest.mark.parametrize("file", ["plan.toml", "observations.csv", "first-look.ipynb"])
def test_nothing_that_stands_in_the_folder_is_written_over(tmp_path: Path, file: str) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / file).write_text("mine", encoding="utf-8")
    with pytest.raises(qd.NotAvailable, match="stand there already"):
        start_plan(tmp_path / "a", FACTS)
    assert {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "a").iterdir()} == {file: "mine"}


@pytest.mark.parametrize("name", ["a b", "-x", "甲", "a" * 65, "x;y"])
def test_a_name_that_a_shell_or_a_link_would_trip_over_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(qd.NotAvailable, match="no name for a plan"):
        start_plan(tmp_path / name, FACTS)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "facts",
    [{"published": "2023"}, {"published": "x"}, {"last": "27"}, {"title_en": "two\nlines"}, {"title_zh": "x" * 501}],
)
def test_a_fact_that_is_none_is_refused(tmp_path: Path, facts: dict[str, str]) -> None:
    with pytest.raises(qd.NotAvailable):
        start_plan(tmp_path / "a", facts)
    with pytest.raises(qd.UnknownName, match="give first"):
        start_plan(tmp_path / "a", {"colour": "red"})


@settings(max_examples=25)
@given(title=SPECIALS, place=SPECIALS, publisher=SPECIALS)
def test_whatever_a_name_holds_it_comes_back_unchanged(
    tmp_path_factory: pytest.TempPathFactory, title: str, place: str, publisher: str
) -> None:
    folder = tmp_path_factory.mktemp("plans") / "my-city"
    start_plan(folder, {**FACTS, "title_zh": title or "x", "place_en": place or "x", "publisher": publisher})
    plan = qd.load(fill_in(folder)).plan
    assert (plan.title.zh, plan.place.en) == ((title or "x"), (place or "x"))
    (source,) = csv.DictReader(io.StringIO((folder / "sources.csv").read_text(encoding="utf-8"), newline=""))
    assert (source["title"], source["publisher"]) == ((title or "x"), publisher)


def test_an_embedded_plan_can_be_carried_on(tmp_path: Path) -> None:
    start_plan(tmp_path / "copy", {}, like="qingdao")
    copy, own = qd.load(tmp_path / "copy"), qd.load("qingdao")
    assert (copy.plan, copy.observations) == (own.plan, own.observations)
    with pytest.raises(qd.UnknownName, match="china, qingdao"):
        start_plan(tmp_path / "other", {}, like="nowhere")


def test_every_command_judges_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(town(tmp_path / "my-city"))
    for command in (["check"], ["scorecard", "--json"], ["dossier", "t01"], ["audit"], ["scenario"]):
        assert main([*command, "--plan", folder]) == 0, command
    assert '"status": "off_track"' in capsys.readouterr().out
    where = str(tmp_path / "figures")
    assert main(["figures", "--plan", folder, "--only", "t01-gdp", "--size", "web", "--folder", where]) == 0
    assert main(["figures", "--plan", folder, "--only", "t01-gdp", "--size", "web", "--folder", where, "--check"]) == 0


def test_six_steps_lead_from_nothing_to_a_verdict_on_a_table_of_ten_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = [f"{year}年,{value}" for year, value in enumerate(LEVELS, start=2014)]
    Path("table.csv").write_text("\n".join(["年份,地区生产总值（亿元）", *lines]) + "\n", encoding="gb18030")
    facts = [word for name, text in FACTS.items() for word in (f"--{name.replace('_', '-')}", text)]

    def run(*words: str) -> None:
        assert main([*words]) == 0, capsys.readouterr().err

    def edit_mapping() -> None:
        text = Path("my-city/mapping.toml").read_text(encoding="utf-8")
        text = text.replace('title = ""', 'title = "统计年鉴"', 1).replace('publisher = ""', 'publisher = "统计局"', 1)
        Path("my-city/mapping.toml").write_text(text, encoding="utf-8")

    steps = [
        lambda: run("new", "my-city", *facts),
        lambda: fill_in(Path("my-city")),
        edit_mapping,
        lambda: run("import", "table.csv", "--plan", "my-city"),
        lambda: run("import", "table.csv", "--plan", "my-city", "--write"),
        lambda: run("scorecard", "--plan", "my-city", "--json"),
    ]
    assert len(steps) == 6
    for step in steps:
        before = Path("my-city/observations.csv").read_bytes() if Path("my-city").exists() else b""
        step()
        after = Path("my-city/observations.csv").read_bytes()
        assert (after != before) == (step in (steps[0], steps[4])), "the preview writes nothing"
    assert '"status": "off_track"' in capsys.readouterr().out
    assert [each.value for each in qd.load("my-city").observations] == list(LEVELS)


@pytest.mark.parametrize(
    "name", [r"$\frac{1}{0}$ \input{x} _a^", "<script>alert(1)</script>&", "'; DROP TABLE plan; --", "=HYPERLINK(1)"]
)
def test_a_name_that_is_code_elsewhere_is_only_a_name_here(tmp_path: Path, name: str) -> None:
    folder, where = town(tmp_path / "my-city"), tmp_path / "figures"
    quoted = json.dumps(name)
    places = [("plan.toml", FACTS["place_en"]), ("plan.toml", "GDP of 130 billion yuan"), ("indicators.toml", "GDP")]
    for file, old in ((file, json.dumps(words)) for file, words in places):
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, quoted, 1), encoding="utf-8")
    city = qd.load(folder)
    assert name in qd.scorecard(city).text("en") and name in qd.assess(city, "t01").sentence.en
    verdict = qd.assess(city, "t01")
    chart = qd.chart_trajectory(verdict, "en", size="web")
    save_chart(chart, where / "chart", frame_trajectory(verdict), language="en")
    drawn = (where / "chart.svg").read_text(encoding="utf-8")
    assert "<script" not in drawn and escape(name, quote=False).split()[0] in drawn
    cells = [cell for row in csv.reader(io.StringIO((where / "chart.csv").read_text("utf-8-sig"))) for cell in row]
    assert cells and not any(cell.startswith("=") for cell in cells)


@pytest.mark.parametrize("name", ["../../x", "a/b", "", ".x", "a b", "x" * 65, "<b>", "a\\b"])
def test_an_id_that_would_lead_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    folder = town(tmp_path / "my-city")
    for file, old in (("plan.toml", 'id = "t01"'), ("indicators.toml", 'id = "va_tertiary"')):
        text = (folder / file).read_text(encoding="utf-8")
        (folder / file).write_text(text.replace(old, f"id = {json.dumps(name)}", 1), encoding="utf-8")
        assert any(problem.column == "id" for problem in qd.check(folder) if problem.file == file)
        (folder / file).write_text(text, encoding="utf-8")


def test_the_page_opens_on_a_plan_that_knows_no_real_growth(tmp_path: Path) -> None:
    city = qd.load(town(tmp_path / "my-city"))
    shown = page(city, language="en")
    assert shown.choice.lever == "nominal_growth" and "16 in 100" in shown.answer.value
    assert needed(city, shown.choice).sentence.en
    with pytest.raises(qd.NotAvailable, match="state nominal growth"):
        required(city, "t01", "real_growth")
    (growth,) = {round(each, 9) for each in needed(city, shown.choice).values}
    assert LEVELS[-1] * (1 + growth / 100) ** 4 == pytest.approx(1300, rel=1e-4)


def test_its_report_and_its_notebook_are_made(tmp_path: Path) -> None:
    assert main(["report", "--plan", "china", "--folder", str(tmp_path / "pages"), "--no-cache", "--jobs", "1"]) == 0
    assert "m1" in (tmp_path / "pages" / "en" / "index.html").read_text(encoding="utf-8")
    notebook = nbformat.read(run_notebook(town(tmp_path / "my-city")), as_version=4)
    told = json.dumps(notebook.cells, ensure_ascii=False)
    assert "off track: chance 16 in 100" in told or "16 in 100: off track" in told
    assert not any(output.output_type == "error" for cell in notebook.cells for output in cell.get("outputs", ()))


def test_a_notebook_that_fails_says_so_and_stays_as_it_was(tmp_path: Path) -> None:
    folder = town(tmp_path / "my-city")
    broken = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")])
    nbformat.write(broken, folder / "first-look.ipynb")
    before = (folder / "first-look.ipynb").read_bytes()
    with pytest.raises(qd.NotAvailable, match="ZeroDivisionError"):
        run_notebook(folder)
    assert (folder / "first-look.ipynb").read_bytes() == before
    with pytest.raises(qd.NotAvailable, match="--folder"):
        run_notebook("china")


def test_a_plan_without_targets_ahead_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scenario", "--plan", "china"]) == 1
    assert main(["explore", "--plan", "china", "--no-browser"]) == 1
    assert capsys.readouterr().err.count("no target of china lies ahead") == 2


def test_the_nation_is_judged_inside_one_basis_and_at_two_widths() -> None:
    nation = qd.load("china")
    new, old = (nation.series("manufacturing_share", basis=basis) for basis in ("census5", "census4"))
    verdict = qd.assess(nation, "m1")
    assert verdict.status == "missed" and verdict.value == new.loc["2025"] and "wider width" in verdict.sentence.en
    assert new.loc["2021"] == verdict.target.value and old.loc["2020"] == nation.plan.target("m1-2020").value
    assert qd.assess(nation, "m1-2020").status == "not_assessable"
    narrow, wide = verdict.target.tolerance
    assert narrow < abs(new.loc["2025"] - new.loc["2021"]) < wide
    assert narrow > old.loc["2021"] - new.loc["2021"] and wide > old.loc["2022"] - new.loc["2022"]
