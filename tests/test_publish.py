"""Published files: the same bytes each time, the glyphs inside, and a check that notices what changed."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import subprocess
import sys
import zlib
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from qdecon.charts.style import drawing
from qdecon.data import load
from qdecon.errors import NotAvailable
from qdecon.plan import Bilingual
from qdecon.publication import check_figures, publish, writing
from qdecon.publication.sheet import rim, sheets
from qdecon.verdict import Scorecard, scorecard

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def city():
    return load("qingdao")


@pytest.fixture(scope="module")
def card(city) -> Scorecard:
    """A scorecard of two targets: small, so quickly drawn."""
    whole = scorecard(city)
    return replace(whole, verdicts=(whole["t10"], whole["t29"]))


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
        for slug in ("t10-va-tertiary", "scorecard")
        for ending in ("csv", "json", *(f"{language}.{kind}" for language in ("zh", "en") for kind in KINDS))
    }
    assert {file.name for file in made.iterdir()} == names
    assert check_figures(card, made) == ()


KINDS = ("svg", "pdf", "png", "column.png")


def test_headline_targets_are_published(city):
    slugs = [sheet.slug for sheet in sheets(scorecard(city))]
    assert slugs == ["t02-manufacturing-share", "t04-va-producer-services", "t06-gdp", "t10-va-tertiary", "scorecard"]


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
    stored = pd.read_csv(made / "t10-va-tertiary.csv", keep_default_na=False, na_values={"value": [""]})
    sheet = sheets(card)[0]
    assert stored["value"].tolist() == pytest.approx(rim(sheet.frame)["value"].tolist(), nan_ok=True, rel=0, abs=0)
    assert 10495.54 in stored["value"].to_numpy()


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


def test_nothing_is_half_written(card, folder, monkeypatch):
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    real, count = Path.replace, iter(range(100))

    def fails(source, target):
        if next(count) == 2:
            raise OSError(28, "No space left on device")
        return real(source, target)

    monkeypatch.setattr(Path, "replace", fails)
    changed = replace(card["t10"], target=replace(card["t10"].target, label=Bilingual("改", "changed")))
    with pytest.raises(NotAvailable, match="No space left"):
        publish(replace(card, verdicts=(changed, card["t29"])), folder)
    after = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert set(after) == set(before)
    assert all(after[name] for name in after)


def test_unwritable_folder(card, tmp_path, monkeypatch):
    monkeypatch.setattr(writing, "_files", lambda sheet, digests: {"a.csv": b"a"})
    file = tmp_path / "file"
    file.write_text("not a folder", encoding="utf-8")
    with pytest.raises(NotAvailable, match="choose a folder"):
        publish(card, file / "figures")
