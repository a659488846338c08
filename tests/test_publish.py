"""Published files: the same bytes each time, the glyphs inside, and a check that notices what changed."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import subprocess
import sys
import time
import zlib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from qdecon.__main__ import main
from qdecon.charts import chart_trajectory, frame_trajectory
from qdecon.charts.style import drawing
from qdecon.data import load
from qdecon.errors import NotAvailable, UnknownName
from qdecon.plan import Bilingual
from qdecon.publication import (
    check_figures,
    checking,
    figures,
    publish,
    save_chart,
    shipped_digests,
    stamp,
    stored_record,
)
from qdecon.publication.edition import Edition, edition
from qdecon.publication.gallery import MARK
from qdecon.publication.sheet import chosen, figures_of, sheets
from qdecon.publication.table import printed, rim
from qdecon.publication.writing import UNFINISHED, alone, write_whole
from qdecon.scenario import ahead, compare
from qdecon.scrutiny import dossier
from qdecon.sources import presets, read_scenario
from qdecon.verdict import Scorecard, scorecard
from tests.test_another_plan import INDICATOR, TARGET, town

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def city():
    return load("qingdao")


@pytest.fixture(scope="module")
def card(city) -> Scorecard:
    """A scorecard of two targets: small, so quickly drawn."""
    whole = scorecard(city)
    return replace(whole, verdicts=(whole["t10"], whole["t29"]))


@pytest.fixture(scope="module", autouse=True)
def _drawn_once(card):
    """The sheets of this scorecard are asked for by every test and need not be drawn by each."""
    kept = sheets(card)
    with pytest.MonkeyPatch.context() as patch:
        for module in (checking, figures):
            patch.setattr(module, "sheets", lambda own, around=(): kept if own is card else sheets(own, around))
        yield


@pytest.fixture(scope="module")
def made(card, city, tmp_path_factory):
    folder = tmp_path_factory.mktemp("figures")
    publish(card, folder, digests=city.digests)
    return folder


@pytest.fixture
def folder(made, tmp_path):
    """A copy that a test may spoil."""
    for file in made.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


def test_all_files_are_there(card, made):
    names = {
        f"{slug}.{ending}"
        for slug in ("t10-va-tertiary", "scorecard", "distance")
        for ending in ("csv", "json", *(f"{language}.{kind}" for language in ("zh", "en") for kind in KINDS))
    }
    assert {file.name for file in made.iterdir()} == names | {"README.md"}
    assert check_figures(card, made) == ()


KINDS = ("svg", "pdf", "png", "column.png")


def test_headline_targets_are_published(city):
    slugs = [sheet.slug for sheet in sheets(scorecard(city))]
    assert slugs == [
        "t02-manufacturing-share",
        "t04-va-producer-services",
        "t06-gdp",
        "t10-va-tertiary",
        "scorecard",
        "distance",
    ]


def test_same_bytes_in_another_process(made, tmp_path):
    code = (
        "import sys, qdecon as qd; from dataclasses import replace;"
        "city = qd.load('qingdao'); card = qd.scorecard(city);"
        "card = replace(card, verdicts=(card['t10'], card['t29']));"
        "qd.publish(card, sys.argv[1], digests=city.digests)"
    )
    environment = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Shanghai"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, env=environment)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {
        file.name: file.read_bytes() for file in made.iterdir()
    }


@pytest.mark.parametrize("language", ["zh", "en"])
def test_svg_keeps_text_and_carries_its_glyphs(made, language):
    text = (made / f"t10-va-tertiary.{language}.svg").read_text(encoding="utf-8")
    root = ET.fromstring(text)  # our own file
    written = ["".join(node.itertext()) for node in root.iter(f"{SVG}text")]
    stamp = json.loads((made / "t10-va-tertiary.json").read_text(encoding="utf-8"))
    assert "".join(stamp["title"][language].split()) in "".join("".join(written).split())
    assert root.find(f"{SVG}title").text == stamp["title"][language]
    assert stamp["alt"][language].startswith(root.find(f"{SVG}desc").text)
    (packed,) = re.findall(r"url\(data:font/woff2;base64,([^)]+)\)", text)
    with TTFont(io.BytesIO(base64.b64decode(packed))) as font:
        glyphs = {chr(code) for code in font.getBestCmap()}
    assert glyphs == set("".join(written)) - {"\n"}
    assert all("'qdecon Sans'" in node.get("style") for node in root.iter(f"{SVG}text"))
    assert len(text) < 60_000


def test_pdf_embeds_truetype_and_can_be_searched(made):
    body = (made / "t10-va-tertiary.zh.pdf").read_bytes()
    streams = []
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", body, re.DOTALL):
        try:
            streams.append(zlib.decompress(packed))
        except zlib.error:
            streams.append(packed)
    outlines = [stream[:4] for stream in streams if stream[:4] in (b"\0\1\0\0", b"OTTO", b"true")]
    assert outlines
    assert set(outlines) == {b"\0\1\0\0"}  # PostScript outlines would be unreadable to some
    assert b"/ToUnicode" in body
    assert b"/CreationDate" not in body


def test_png_sizes(made):
    with (
        Image.open(made / "t10-va-tertiary.zh.png") as slide,
        Image.open(made / "t10-va-tertiary.zh.column.png") as column,
    ):
        assert slide.size == (1920, 1080)
        assert 25.4 * column.width / column.info["dpi"][0] == pytest.approx(85, abs=0.2)
        assert "Software" not in slide.info


def test_png_palette_is_true(card, city, made):
    """Every pixel within 3 % of the colour drawn: a palette must not turn an orange star brown."""
    chart = sheets(card)[0].draw("zh", "slide")
    buffer = io.BytesIO()
    with drawing():
        chart.savefig(buffer, format="png", dpi=chart.dpi)
    with Image.open(buffer) as drawn, Image.open(made / "t10-va-tertiary.zh.png") as stored:
        both = [np.asarray(image.convert("RGB")).astype(int) for image in (drawn, stored)]
    assert np.abs(both[0] - both[1]).max() <= 8


def test_stamp(card, city, made):
    stamp = json.loads((made / "t10-va-tertiary.json").read_text(encoding="utf-8"))
    assert stamp["inputs"] == dict(city.digests)
    assert set(stamp["versions"]) >= {"qdecon", "matplotlib", "numpy", "pandas"}
    assert (stamp["status"], stamp["value"], stamp["probability"]) == ("missed", 10495.54, None)
    assert stamp["as_of"] == city.as_of.isoformat()
    for language in ("zh", "en"):
        assert stamp["title"][language]
        assert "2024" in stamp["alt"][language]


def test_csv_is_the_table_rounded_at_the_rim(card, made):
    stored = pd.read_csv(made / "t10-va-tertiary.csv")
    sheet = sheets(card)[0]
    shown = stored["value [亿元]"]
    assert shown.tolist() == pytest.approx(rim(sheet.frame)["value"].tolist(), nan_ok=True, rel=0, abs=0)
    assert 10495.54 in shown.to_numpy()


def spoil(folder, name, old, new):
    file = folder / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("t10-va-tertiary.csv", "10495.54", "10495.55", "column value"),
        ("t10-va-tertiary.csv", "census5", "census4", "column basis"),
        ("t10-va-tertiary.csv", "series,", "sorts,", "columns"),
        ("scorecard.csv", "0.954", "0.955", "column ratio"),
        ("scorecard.csv", "missed", "met", "column status"),
        ("t10-va-tertiary.json", '"missed"', '"met"', "status"),
        ("t10-va-tertiary.json", "10495.54", "10495.55", "value"),
        ("t10-va-tertiary.json", "4.6%", "4.7%", "title"),
        ("t10-va-tertiary.json", "{", "", "JSON"),
        ("scorecard.json", '"missed": 1', '"missed": 2', "counts.missed"),
    ],
)
def test_check_notices_a_change(card, folder, name, old, new, told):
    spoil(folder, name, old, new)
    problems = check_figures(card, folder)
    assert problems
    for problem in problems:
        assert name in problem
        assert "(next: " in problem
    assert any(told in problem for problem in problems)


def test_check_notices_files(card, folder):
    (folder / "t10-va-tertiary.zh.svg").unlink()
    (folder / "t10-va-tertiary.en.png").write_bytes(b"")
    (folder / "t99-old.zh.svg").write_text("stray", encoding="utf-8")
    (folder / "README.md").write_text("may stay", encoding="utf-8")
    told = "\n".join(check_figures(card, folder))
    assert "t10-va-tertiary.zh.svg: missing" in told
    assert "t10-va-tertiary.en.png: empty" in told
    assert "t99-old.zh.svg: belongs to no figure" in told
    assert "README" not in told


def test_check_notices_a_changed_observation(card, made):
    verdict = card["t10"]
    observed = verdict.trajectory.observed.copy()
    observed.loc[observed["year"] == 2024, "value"] = 10496.0
    changed = replace(verdict, trajectory=replace(verdict.trajectory, observed=observed))
    problems = check_figures(replace(card, verdicts=(changed, card["t29"])), made)
    assert any("10495.54" in problem and "10496.0" in problem for problem in problems)


def test_check_allows_what_processors_differ_by(card, folder):
    spoil(folder, "scorecard.csv", "1.57684", "1.57685")
    assert check_figures(card, folder) == ()
    spoil(folder, "scorecard.csv", "1.57685", "1.57688")
    assert len(check_figures(card, folder)) == 1


def test_nothing_is_half_written(card, quick, monkeypatch):
    before = {file.name: file.read_bytes() for file in quick.iterdir()}
    real, count = Path.replace, iter(range(100))

    def fails(source, target):
        if next(count) == 2:
            raise OSError(28, "No space left on device")
        return real(source, target)

    monkeypatch.setattr(Path, "replace", fails)
    changed = replace(card["t10"], target=replace(card["t10"].target, label=Bilingual("改", "changed")))
    with pytest.raises(NotAvailable, match="No space left"):
        publish(replace(card, verdicts=(changed, card["t29"])), quick)
    after = {file.name: file.read_bytes() for file in quick.iterdir()}
    assert set(after) == set(before)
    assert all(after[name] for name in after)


def test_unwritable_folder(card, tmp_path):
    file = tmp_path / "file"
    file.write_text("not a folder", encoding="utf-8")
    with pytest.raises(NotAvailable, match="choose a folder"):
        publish(card, file / "figures")


# Why a figure is stale


@pytest.fixture
def quiet(monkeypatch):
    """Images are not drawn but named: what else is published is quickly made."""
    monkeypatch.setattr(
        Edition, "images", lambda self, sheet: {name: name.encode() for name in self.files(sheet.slug)[:-2]}
    )


@pytest.fixture
def quick(quiet, card, city, tmp_path):
    """A folder published without drawing."""
    publish(card, tmp_path, digests=city.digests)
    return tmp_path


def other_code(monkeypatch, part):
    """As if a part of the code had been another when the figures were published."""
    digests = {**stamp.code_digests(), part: "other"}
    monkeypatch.setattr(stamp, "code_digests", lambda: digests)


def observed(card, value, year=2024):
    """The scorecard with another figure of one year."""
    verdict = card["t10"]
    table = verdict.trajectory.observed.copy()
    table.loc[table["year"] == year, "value"] = value
    changed = replace(verdict, trajectory=replace(verdict.trajectory, observed=table))
    return replace(card, verdicts=(changed, card["t29"]))


def test_changed_data_are_named_where_a_number_differs(card, city, made):
    digests = {**city.digests, "observations.csv": "other"}
    problems = check_figures(observed(card, 10496.0), made, digests=digests)
    assert any("10495.54" in problem and "data changed: observations.csv (next" in problem for problem in problems)
    assert not any("scorecard" in problem for problem in problems)


@pytest.mark.parametrize("part", ["judging", "publishing"])
def test_changed_code_is_named_where_a_number_differs(card, city, made, monkeypatch, part):
    other_code(monkeypatch, part)
    problems = check_figures(observed(card, 10496.0), made, digests=city.digests)
    assert any("10495.54" in problem and f"; {part} code changed (next" in problem for problem in problems)


def test_changes_that_change_no_figure_are_no_problem(card, city, made, monkeypatch):
    other_code(monkeypatch, "judging")
    assert check_figures(card, made, digests={**city.digests, "observations.csv": "other"}) == ()


@pytest.mark.parametrize(("part", "told"), [("drawing", "drawn by other code"), ("style", "drawn in another style")])
def test_figures_drawn_otherwise_are_stale_until_they_are_drawn_again(card, city, quick, monkeypatch, part, told):
    other_code(monkeypatch, part)
    problems = check_figures(card, quick, digests=city.digests)
    assert len(problems) == len(sheets(card))
    assert all(told in problem for problem in problems)
    publish(card, quick, digests=city.digests)
    assert check_figures(card, quick, digests=city.digests) == ()


def test_an_image_that_was_not_published_is_noticed(card, folder):
    spoil(folder, "t10-va-tertiary.zh.svg", "</svg>", "<!-- edited --></svg>")
    (folder / "scorecard.en.png").write_bytes((folder / "scorecard.zh.png").read_bytes())
    told = check_figures(card, folder)
    assert [Path(problem.partition(": ")[0]).name for problem in told] == ["t10-va-tertiary.zh.svg", "scorecard.en.png"]
    assert all("not the image that was published" in problem for problem in told)


def test_other_reasons(card, city, folder):
    spoil(folder, "t10-va-tertiary.csv", "10495.54", "10495.55")
    spoil(folder, "scorecard.json", '"numpy": "', '"numpy": "0.')
    spoil(folder, "scorecard.json", '"missed": 1', '"missed": 2')
    first, second = check_figures(card, folder, digests=city.digests)
    assert "the file was changed after it was published" in first
    assert "versions changed: numpy" in second
    spoil(folder, "scorecard.json", '"numpy": "0.', '"numpy": "')
    assert "neither data nor code changed" in check_figures(card, folder, digests=city.digests)[-1]


def test_many_differences_are_counted_not_listed(card, folder):
    file = folder / "t10-va-tertiary.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(",missed\n", ",met\n"), encoding="utf-8")
    problems = check_figures(card, folder)
    assert len(problems) == 6
    assert "more differences" in problems[-1]


def test_a_stamp_of_another_kind_is_no_stamp(card, folder):
    spoil(folder, "scorecard.json", '"files"', '"other"')
    assert any("does not tell by what code" in problem for problem in check_figures(card, folder))


@pytest.mark.parametrize(
    ("place", "part"),
    [
        ("verdict/judge.py", "judging"),
        ("plan.py", "judging"),
        ("sources/scenarios.py", "judging"),
        ("charts/trajectory.py", "drawing"),
        ("charts/style.py", "style"),
        ("charts/fonts.py", "style"),
        ("publication/table.py", "publishing"),
        ("explore/server.py", None),
        ("__main__.py", None),
    ],
)
def test_each_part_of_the_code_has_its_own_digest(tmp_path, monkeypatch, place, part):
    whole = stamp.code_digests.__wrapped__
    before = whole()
    source, copy = stamp._PACKAGE, tmp_path / "qdecon"
    for file in [*source.glob("*.py"), *source.glob("*/**/*.py"), *source.glob("*/*.mplstyle")]:
        if "datasets" not in file.relative_to(source).parts:
            (copy / file.relative_to(source)).parent.mkdir(parents=True, exist_ok=True)
            (copy / file.relative_to(source)).write_bytes(file.read_bytes())
    monkeypatch.setattr(stamp, "_PACKAGE", copy)
    with (copy / place).open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    after = whole()
    assert {name for name in before if after[name] != before[name]} == ({part} if part else set())


# What publishing leaves alone


def test_what_is_as_it_would_be_is_not_drawn_again(card, city, folder, monkeypatch):
    before = {file.name: (file.stat().st_mtime_ns, file.stat().st_ino) for file in folder.iterdir()}
    monkeypatch.setattr(Edition, "images", lambda self, sheet: pytest.fail("drawn again"))
    assert publish(card, folder, digests=city.digests) == ()
    assert {file.name: (file.stat().st_mtime_ns, file.stat().st_ino) for file in folder.iterdir()} == before


def test_a_changed_table_is_drawn_again_though_no_word_tells_of_it(card, city, quick):
    made = publish(observed(card, 7000.0, 2019), quick, digests=city.digests)
    assert [path.name for path in made] == ["t10-va-tertiary.csv", "t10-va-tertiary.json"]
    assert "7000.0" in made[0].read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["t10-va-tertiary.en.png", "t10-va-tertiary.csv", "t10-va-tertiary.json"])
def test_what_is_missing_or_changed_is_made_again(card, city, quick, name):
    known = (quick / name).read_bytes()
    for spoilt in (lambda file: file.unlink(), lambda file: file.write_bytes(b"{}")):
        spoilt(quick / name)
        assert quick / name in publish(card, quick, digests=city.digests, only=["t10"])
        assert (quick / name).read_bytes() == known


def test_figures_that_no_longer_exist_are_removed_and_a_stranger_s_files_stay(card, city, quick):
    strangers = {
        "notes.csv": b"mine", "notes.json": b"[1]", "t10-va-tertiary.zh.svg.orig": b"mine",
        "other.json": b'{"slug": "other"}', "t99-old.zh.png": b"stray",
        "mine.json": b'{"slug": "theirs", "files": {"notes.csv": ""}}',
    }  # fmt: skip
    for name, body in strangers.items():
        (quick / name).write_bytes(body)
    publish(replace(card, verdicts=(card["t29"],)), quick, digests=city.digests)
    left = {file.name for file in quick.iterdir()}
    kept = {name for slug in ("scorecard", "distance") for name in edition().files(slug)}
    assert left == {*kept, "README.md", *strangers}
    assert all((quick / name).read_bytes() == body for name, body in strangers.items())


def test_another_s_readme_is_never_overwritten(card, city, quick):
    (quick / "README.md").write_text("# Mine\n", encoding="utf-8")
    publish(card, quick, digests=city.digests)
    assert (quick / "README.md").read_text(encoding="utf-8") == "# Mine\n"
    assert check_figures(card, quick) == ()


def test_another_plan_or_size_needs_another_folder(card, quick):
    with pytest.raises(NotAvailable, match="holds figures of plan qingdao"):
        publish(replace(card, plan=replace(card.plan, id="town")), quick)
    with pytest.raises(NotAvailable, match="holds figures of size slide, column"):
        publish(card, quick, size="column")


def test_one_size(card, city, tmp_path):
    publish(card, tmp_path, digests=city.digests, size="column", only=["scorecard"])
    images = {f"scorecard.{language}.column.{end}" for language in ("zh", "en") for end in ("svg", "pdf", "png")}
    assert {file.name for file in tmp_path.iterdir()} == images | {"scorecard.csv", "scorecard.json", "README.md"}
    assert check_figures(card, tmp_path, size="column", only=["scorecard"]) == ()
    assert any("missing" in problem for problem in check_figures(card, tmp_path, size="column"))


@pytest.mark.parametrize("size", ["screen", "poster"])
def test_a_size_that_is_not_published_is_told_the_known_ones(size):
    with pytest.raises(UnknownName, match="choose one of slide, column"):
        edition(size)


def test_a_wrong_size_is_told_on_the_command_line(capsys):
    assert main(["figures", "--size", "poster"]) == 1
    assert "no figures of size 'poster'" in capsys.readouterr().err


def test_only(card):
    every = sheets(card)
    for name in ("t10", "T10", "t10-va-tertiary", card["t10"].target.label.zh, card["t10"].target.label.en):
        assert [sheet.slug for sheet in chosen(every, card.plan, [name])] == ["t10-va-tertiary"]
    assert [sheet.slug for sheet in chosen(every, card.plan, ["scorecard"])] == ["scorecard"]
    assert chosen(every, card.plan, ()) == every
    with pytest.raises(UnknownName, match="choose one of t10, scorecard"):
        chosen(every, card.plan, ["t10", "t99"])


# The gallery


def test_the_gallery_shows_and_links_every_file_and_nothing_else(card, made):
    text = (made / "README.md").read_text(encoding="utf-8")
    assert text.startswith(MARK)
    linked = set(re.findall(r"(?<!\\)\]\(([^)]+)\)", text))
    assert linked == {file.name for file in made.iterdir()} - {"README.md"}
    for sheet in sheets(card):
        for words in (sheet.title.zh, sheet.title.en, sheet.alt.zh[:20], sheet.alt.en[:20]):
            assert words in text
    assert text.index("# 全部目标 · All targets") < text.index("# t10 ")


def test_check_notices_a_changed_gallery(card, folder):
    spoil(folder, "README.md", "scorecard.en.png", "scorecard.zh.png")
    (told,) = check_figures(card, folder)
    assert "README.md: not the gallery of these figures" in told
    (folder / "README.md").unlink()
    (told,) = check_figures(card, folder)
    assert "README.md: missing" in told


# The tables


def test_a_table_states_units_and_status_and_computes_nothing():
    frame = pd.DataFrame({"label": ["=1+1", "-5%", "@x", "+3", "plain", "至-3"], "value": -1.5, "unit": "吨"})
    made = printed(frame, {"value": "吨"}, "missed")
    assert list(made.columns) == ["label", "value [吨]", "status"]
    assert made["label"].tolist() == ["'=1+1", "'-5%", "'@x", "'+3", "plain", "至-3"]
    assert made["value [吨]"].tolist() == [-1.5] * 6
    assert printed(frame.drop(columns="label"), {"other": "%"}).columns.tolist() == ["value", "unit"]


def test_every_table_has_units_intervals_and_a_status(city):
    card = scorecard(city)
    every = sheets(card, [city, dossier(city, "t06"), compare(city, [read_scenario("baseline")], ["t06-2028"])])
    assert len(every) > 15
    for sheet in every:
        table = sheet.printed()
        assert {"status", "state"} & set(table.columns), sheet.slug
        numbers = {name for name in table.select_dtypes("float").columns if "[" not in name}
        assert not numbers or "unit" in table.columns, (sheet.slug, numbers)
        assert (sheet.frame.get("lo80") is None) == (not [name for name in table if name.startswith("lo80 [")])


def test_every_shipped_scenario_is_drawn_for_every_target_ahead(city):
    made = compare(city, [read_scenario("baseline"), read_scenario("reflation")], ahead(city))
    drawn = list(figures_of(made))
    assert [sheet.facts["id"] for sheet in drawn] == list(ahead(city))
    digests = {**city.digests, **shipped_digests()}
    assert {f"scenarios/{name}.toml" for name in presets()} <= drawn[0].inputs(digests).keys()
    assert not any(name.startswith("record/") for name in drawn[0].inputs(digests))
    assert drawn[0].inputs(digests).keys() > city.digests.keys()


def test_the_stored_record_is_the_record():
    made = stored_record()
    (known,) = Path(stamp._PACKAGE / "datasets").glob("record/coverage.csv")
    both = made.coverage().merge(pd.read_csv(known), on=["panel", "horizon"], suffixes=("", "_known"))
    assert len(both) == len(pd.read_csv(known))
    assert (both["cases"] == both["cases_known"]).all()
    for level in (80, 95):
        assert (both[f"coverage{level}"] - both[f"coverage{level}_known"]).abs().max() < 0.0006
    stored = pd.read_csv(known.with_name("coverage_by_origin.csv"))
    assert np.array_equal(made.by_origin()["coverage80"].round(3), stored["coverage80"])


def test_no_figures_are_made_of_what_is_no_record():
    with pytest.raises(UnknownName, match="Dossier, Dataset, Comparison, Record, Standing, Verdict, Scorecard"):
        figures_of("t10")


# Writing


def test_one_chart_is_saved_by_itself(card, tmp_path):
    verdict = card["t10"]
    chart = chart_trajectory(verdict, "en", size="square")
    named = save_chart(chart, tmp_path / "services", frame_trajectory(verdict), language="en")
    assert (
        {path.name for path in tmp_path.iterdir()}
        == set(named)
        == {f"services.{end}" for end in "svg pdf png txt csv".split()}
    )
    assert (tmp_path / "services.txt").read_text(encoding="utf-8") == f"{chart.alt}\n"
    assert b'lang="en"' in (tmp_path / "services.svg").read_bytes()
    assert len(pd.read_csv(tmp_path / "services.csv")) == len(frame_trajectory(verdict))
    with pytest.raises(UnknownName, match="ends like a file"):
        save_chart(chart, tmp_path / "services.svg")


def test_files_are_written_whole_into_folders_and_only_where_they_differ(tmp_path):
    files = {"a.csv": b"1", "en/a.csv": b"2"}
    with alone(tmp_path / "new" / "figures") as home:
        assert write_whole(home, files) == (home / "a.csv", home / "en/a.csv")
        before = (home / "a.csv").stat().st_ino
        assert write_whole(home, files | {"en/a.csv": b"3"}) == (home / "en/a.csv",)
        assert (home / "a.csv").stat().st_ino == before
        assert write_whole(home, {}, gone=["a.csv", "never.csv"]) == ()
    assert [path.name for path in sorted(home.rglob("*"))] == ["en", "a.csv"]
    assert (home / "en/a.csv").read_bytes() == b"3"


@pytest.mark.parametrize("name", ["../a.csv", "/a.csv", "en/../../a.csv", "", f"{UNFINISHED}/a.csv"])
def test_nothing_is_written_or_removed_outside(tmp_path, name):
    for told in ({"files": {name: b"1"}}, {"files": {}, "gone": [name]}):
        with pytest.raises(NotAvailable, match="name a file below"):
            write_whole(tmp_path / "home", **told)
    assert not list(tmp_path.iterdir())


def test_what_was_left_unfinished_is_removed(tmp_path):
    (tmp_path / UNFINISHED / "en").mkdir(parents=True)
    (tmp_path / UNFINISHED / "en" / "a.csv").write_bytes(b"half")
    with alone(tmp_path):
        assert not list(tmp_path.iterdir())


def test_a_second_writer_is_refused_at_once_and_the_next_is_not(tmp_path):
    with (
        alone(tmp_path),
        pytest.raises(NotAvailable, match="another process is writing here"),
        alone(tmp_path),
    ):
        pass
    with alone(tmp_path):
        pass


WRITER = """
import sys
from itertools import cycle
from pathlib import Path
from qdecon.publication.writing import alone, write_whole
with alone(sys.argv[1]) as home:
    for body in cycle((b"a", b"b")):
        write_whole(home, {f"{number % 3}/{number}": 50_000 * body for number in range(60)})
        print("written", flush=True)
"""


def test_a_writer_killed_at_any_moment_leaves_whole_files(tmp_path):
    draw = np.random.default_rng(20220505)
    for _ in range(3):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE) as writer:
            writer.stdout.readline()
            time.sleep(draw.uniform(0.02, 0.3))
            writer.kill()
        files = [file for file in tmp_path.rglob("*") if file.is_file() and UNFINISHED not in file.parts]
        assert len(files) == 60
        assert {file.read_bytes() for file in files} <= {50_000 * b"a", 50_000 * b"b"}
    with alone(tmp_path) as home:
        write_whole(home, {"3": b"c"})
    assert not (tmp_path / UNFINISHED).exists()


def drawn_by_command(plan, folder, killed_after=None):
    """Run ``qdecon figures``, or kill it; the seconds it took."""
    command = [sys.executable, "-m", "qdecon", "figures", "--plan", plan, "--folder", folder]
    began = time.perf_counter()
    with suppress(subprocess.TimeoutExpired):
        subprocess.run(list(map(str, command)), check=True, capture_output=True, timeout=killed_after)
    return time.perf_counter() - began


@pytest.mark.soak
def test_a_killed_run_leaves_no_half_written_file_and_the_next_completes(tmp_path):
    use = INDICATOR.format(id="use", unit="吨", kind="flow", more="")
    target = TARGET.format(
        id="a1", indicator="use", measure="level", comparator="at_most", value=300, unit="吨", more=""
    )
    rows = [
        f"use,{year},{500 - 15 * (year - 2012)},吨,,first,{year + 1}-02-01,official,,yes,doc,原话,"
        for year in range(2012, 2022)
    ]
    plan, whole, folder = town(tmp_path / "plan", use, target, rows), tmp_path / "whole", tmp_path / "figures"
    seconds = drawn_by_command(plan, whole)
    known = {file.name: file.read_bytes() for file in whole.iterdir()}
    draw = np.random.default_rng(20220505)
    for _ in range(100):
        drawn_by_command(plan, folder, killed_after=draw.uniform(0.2, 1) * seconds)
        files = {file.name: file.read_bytes() for file in folder.glob("*") if file.is_file()}
        assert files.items() <= known.items()
        if files == known:  # begin anew
            for name in files:
                (folder / name).unlink()
    drawn_by_command(plan, folder)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == known
