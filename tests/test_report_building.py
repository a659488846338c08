"""Building a report: the same bytes whatever happens, kept work that heals, hostile words, kills at any moment."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from qdecon.data import load
from qdecon.errors import NotAvailable, QdeconError
from qdecon.report import Settings, Work, build_report, pieces
from qdecon.scrutiny import dossier
from tests.reports import LANGUAGES, outside, pages, small

if TYPE_CHECKING:
    from pathlib import Path

    from qdecon.data import Dataset
    from qdecon.scrutiny import Dossier

pytestmark = pytest.mark.xdist_group("report")


@dataclass(frozen=True)
class Town:
    """A small plan with its report and the cache that the report was built with."""

    data: Path
    folder: Path
    cache: Path

    def again(self, folder: Path | None = None, cache: Path | None = None, **settings: str) -> tuple[Path, ...]:
        city = load(self.data)
        return build_report(city, folder or self.folder, Settings.of(city, **settings), Work(cache or self.cache))


def whole(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Town:
    """A town that no test changes."""
    home = tmp_path_factory.mktemp("town")
    made = Town(small(home / "data"), home / "report", home / "cache")
    made.again()
    return made


@pytest.fixture(scope="module")
def revised(made, tmp_path_factory) -> Town:
    """The same town after one figure was revised, built with a copy of its cache."""
    home = tmp_path_factory.mktemp("revised")
    town = Town(small(home / "data", last=96.25), home / "report", home / "cache")
    shutil.copytree(made.cache, town.cache)
    shutil.copytree(made.folder, town.folder)
    assert town.again()
    return town


@pytest.fixture
def town(made, tmp_path) -> Town:
    """A copy that a test may spoil."""
    for name in ("data", "report", "cache"):
        shutil.copytree(made.data.parent / name, tmp_path / name)
    return Town(tmp_path / "data", tmp_path / "report", tmp_path / "cache")


def command(town: Town, *options: str, folder: Path | None = None) -> list[str]:
    """The command line that builds a town's report."""
    words = ["-m", "qdecon", "report", "--plan", str(town.data), "--folder", str(folder or town.folder)]
    return [sys.executable, *words, *options]


def test_the_bytes_depend_on_the_data_alone(made, tmp_path):
    """Another process, folder, time zone, number of processes and state of the cache."""
    around = os.environ | {"TZ": "Asia/Shanghai", "PYTHONHASHSEED": "7"}
    (tmp_path / "elsewhere").mkdir()
    subprocess.run(
        command(made, "--no-cache", "--jobs", "2", folder=tmp_path / "report"), check=True, capture_output=True,
        env=around, cwd=tmp_path / "elsewhere",
    )  # fmt: skip
    assert whole(tmp_path / "report") == whole(made.folder)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_second_build_computes_and_writes_nothing(town, monkeypatch):
    times = {path: path.stat().st_mtime_ns for path in town.folder.rglob("*")}
    _forbid(monkeypatch)
    assert town.again() == ()
    assert {path: path.stat().st_mtime_ns for path in town.folder.rglob("*")} == times


def _forbid(monkeypatch: pytest.MonkeyPatch, but: str = "") -> list[str]:
    """Let no dossier be made but one; returns the ids that are asked for."""
    asked = []

    def refused(dataset: Dataset, target_id: str) -> Dossier:
        assert target_id == but, f"{target_id} is computed again"
        asked.append(target_id)
        return dossier(dataset, target_id)

    monkeypatch.setattr(pieces, "dossier", refused)
    return asked


@pytest.mark.parametrize(
    "harm",
    [
        "truncated list", "changed page",
        *(pytest.param(name, marks=pytest.mark.soak) for name in ("empty list", "lost page", "a page elsewhere")),
    ],
)  # fmt: skip
def test_a_damaged_cache_is_healed(town, made, monkeypatch, harm):
    """Only what was damaged is computed again, and the report is the same."""
    (listing,) = town.cache.glob("*-c1.json")
    listed = json.loads(listing.read_bytes())
    page = town.cache / listed["files"]["en/c1.html"]
    if harm == "truncated list":
        listing.write_bytes(listing.read_bytes()[:100])
    elif harm == "empty list":
        listing.write_bytes(b"")
    elif harm == "changed page":
        page.write_bytes(page.read_bytes().replace(b"c1", b"c2", 1))
    elif harm == "lost page":
        page.unlink()
    else:
        listed["files"]["en/c1.html"] = "../" + listed["files"]["en/c1.html"]
        listing.write_text(json.dumps(listed), encoding="utf-8")
    before, asked = whole(made.cache), _forbid(monkeypatch, but="c1")
    assert town.again() == ()
    assert asked == ["c1"]
    assert whole(town.folder) == whole(made.folder)
    assert whole(town.cache) == before


@pytest.mark.soak
def test_a_deleted_cache_is_made_again(town, made, tmp_path):
    shutil.rmtree(town.cache)
    shutil.rmtree(town.folder)
    town.again()
    assert whole(town.folder) == whole(made.folder)
    assert whole(town.cache) == whole(made.cache)


def test_a_changed_figure_changes_the_report_and_the_cache_forgets_the_old_one(made, revised):
    page = (revised.folder / "en" / "a1.html").read_text(encoding="utf-8")
    assert "96.25" in page
    assert 'class="status met"' in page
    old, kept = whole(made.cache), whole(revised.cache)
    lists = {name: json.loads(body) for name, body in kept.items() if name.endswith(".json")}
    assert set(lists) == {name for name in old if name.endswith(".json")}
    assert all(lists[name]["key"] != json.loads(old[name])["key"] for name in lists)
    named = {digest for each in lists.values() for digest in each["files"].values()}
    assert set(kept) == named | set(lists)


def test_another_date_to_compare_with_changes_the_key(town, monkeypatch):
    _forbid(monkeypatch)
    with pytest.raises(AssertionError, match="computed again"):
        town.again(site="https://example.org/")


def _list(town: Town, *names: str) -> None:
    path = town.folder / "report.json"
    listing = json.loads(path.read_bytes())
    listing["files"] |= dict.fromkeys(names, "0" * 64)
    path.write_text(json.dumps(listing), encoding="utf-8")


def test_pages_that_are_no_more_are_removed_and_nothing_else(town, made):
    """What an earlier report wrote goes; what a reader put there stays; what the list names outside is not touched."""
    outside = town.folder.parent / "outside.txt"
    for path in (outside, town.folder / "en" / "gone.html", town.folder / "en" / "mine.html", town.folder / "CNAME"):
        path.write_text("mine", encoding="utf-8")
    _list(town, "en/gone.html", "../outside.txt", str(outside), "en/../../outside.txt", "", ".", "en", "en/no.html")
    town.again()
    assert outside.read_text(encoding="utf-8") == "mine"
    assert whole(town.folder) == whole(made.folder) | {"en/mine.html": b"mine", "CNAME": b"mine"}


@pytest.mark.parametrize("listing", [None, b"", b"[]", b'{"files": 3}', b'{"files": ["../x"]'])
def test_a_folder_of_something_else_is_refused(town, tmp_path, listing):
    strange = tmp_path / "strange"
    strange.mkdir()
    (strange / "thesis.txt").write_text("mine", encoding="utf-8")
    if listing is not None:
        (strange / "report.json").write_bytes(listing)
    before = whole(strange)
    with pytest.raises(NotAvailable, match=r"thesis\.txt"):
        town.again(folder=strange)
    assert whole(strange) == before


@pytest.mark.soak
def test_a_target_that_is_dropped_takes_its_pages_along(town):
    text = (town.data / "plan.toml").read_text(encoding="utf-8")
    (town.data / "plan.toml").write_text(text[: text.index('[[target]]\nid = "c1"')], encoding="utf-8")
    town.again()
    assert not list(town.folder.rglob("c1*"))
    assert not list(town.cache.glob("*-c1.json"))
    assert list(town.folder.rglob("b1*"))


# ----------------------------------------------------------------------------------------------------------------------
# Hostile words
# ----------------------------------------------------------------------------------------------------------------------

HOSTILE = "<script>alert('1')</script> \"a\" & b &amp; <b> </title> --> ]]>"
HOSTILE += " {{ 7*7 }} {% raw %} $x_1^2$ \\frac{ %s 50% \\u0041"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> Path:
    """A report of a plan whose every word is written to break out of its place."""
    home = tmp_path_factory.mktemp("hostile")
    escaped = json.dumps(HOSTILE, ensure_ascii=False)[1:-1]
    data = small(home / "data", label=escaped, quote=escaped)
    header = "id,title,publisher,date,kind,address,licence\n"
    field = '"' + HOSTILE.replace('"', '""') + '"'
    (data / "sources.csv").write_text(
        f"{header}doc,{field},{field},2021,official,javascript:alert(1),own\n", encoding="utf-8"
    )
    Town(data, home / "report", home / "cache").again()
    return home / "report"


def test_hostile_words_stay_words_on_every_page(hostile):
    for address, page in pages(hostile).items():
        scripts = [node.attributes.get("src") for node in page.all("script")]
        assert scripts == ([] if address == "index.html" else ["../report.js"])
        assert not [node for node in page if any(name.startswith("on") for name in node.attributes)]
        for node in page:
            for link in (node.attributes.get("href", ""), node.attributes.get("src", "")):
                assert not outside(link) or link.startswith(("http://", "https://")), link
        assert page.all("b") == []
    for language in LANGUAGES:
        page = pages(hostile)[f"{language}/c1.html"]
        assert [each.text for each in page.all("blockquote", lang="zh-Hans")] == [HOSTILE]
        assert HOSTILE in page.all("title")[0].text
        assert any(HOSTILE in each.text for each in page.all("dd"))
        row = pages(hostile)[f"{language}/a1.html"].all("q")[0]
        assert row.text.startswith(HOSTILE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_words_stay_words_in_the_feed(hostile, language):
    items = ET.fromstring((hostile / language / "feed.xml").read_bytes()).findall("channel/item")
    assert items
    assert all(item.findtext("title").startswith(HOSTILE) for item in items)
    assert all(len(item) == 5 for item in items)


@pytest.mark.parametrize(
    "name", ["../x", "a/b", "/etc/x", "index", "changes", "A1", "a b", "", ".", "a1.html", "a" * 99, "ä"]
)
def test_ids_that_cannot_name_a_page_are_refused(made, tmp_path, name):
    city = load(made.data)
    first, *others = city.plan.targets
    renamed = replace(city, plan=replace(city.plan, targets=(replace(first, id=name), *others)))
    with pytest.raises(NotAvailable, match="cannot name a page") as caught:
        build_report(renamed, tmp_path / "report", Settings(dt.date(2023, 1, 1)))
    assert repr(name) in str(caught.value)
    assert not (tmp_path / "report").exists()


@pytest.mark.parametrize(
    ("since", "site"), [("2024-09-01", ""), ("2025-01-01", ""), ("last year", ""), (None, "javascript:alert(1)")]
)
def test_settings_that_make_no_sense_are_refused(made, since, site):
    with pytest.raises(QdeconError, match=r"is not before|no date|no address"):
        Settings.of(load(made.data), since, site)


# ----------------------------------------------------------------------------------------------------------------------
# Killed at any moment
# ----------------------------------------------------------------------------------------------------------------------


# The command, killed by itself while it writes or moves its nth file.
DYING = """
import os, signal, sys
from pathlib import Path
from qdecon.__main__ import main

verb, number, folder, *words = sys.argv[1:]
done, left = getattr(Path, verb), int(number)

def dying(path, what):
    global left
    left -= folder in str(path)
    if left < 0:
        if verb == "write_bytes":
            done(path, what[: len(what) // 2])
        os.kill(os.getpid(), signal.SIGKILL)
    return done(path, what)

setattr(Path, verb, dying)
sys.exit(main(words))
"""


@pytest.mark.parametrize("kills", [3, pytest.param(100, marks=pytest.mark.soak)])
def test_killed_at_any_moment_every_file_is_whole(town, made, revised, kills):
    """In turn: anywhere in a run, with a file half-written, and between two files that are moved into place."""
    old, finished = whole(made.folder), whole(revised.folder)
    for name in ("data", "cache"):
        shutil.rmtree(town.data.parent / name)
        shutil.copytree(revised.data.parent / name, town.data.parent / name)
    words = command(town, "--cache", str(town.cache))
    changed = sum(old.get(name) != body for name, body in finished.items())
    moments = random.Random(kills)
    for number in range(kills):
        shutil.rmtree(town.folder)
        shutil.copytree(made.folder, town.folder)
        if number % 3 == 0:
            _run(words, seconds=6 * moments.random())
        else:
            verb = ("write_bytes", "replace")[number % 3 - 1]
            dying = [sys.executable, "-c", DYING, verb, str(moments.randrange(changed)), str(town.folder)]
            assert _run([*dying, *words[3:]]) == -signal.SIGKILL
        left = {name: body for name, body in whole(town.folder).items() if not name.startswith(".unfinished/")}
        for name, body in left.items():
            assert body in (old.get(name), finished.get(name)), f"{name} is half-written after kill {number}"
        assert old.keys() & finished.keys() <= left.keys()
    assert _run(words) == 0
    assert whole(town.folder) == finished


def _run(words: list[str], seconds: float | None = None) -> int:
    """Run a command, for so long at most; returns how it ended."""
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()
