"""Every collected figure has its place: the ledger accounts for each one, and nothing changed on the way.

The collected figures themselves are not part of the repository. Set ``QDECON_MATERIAL`` to the folder that holds
``observations.csv`` as collected to compare digests and values; without it the ledger is checked against the data.
"""

import csv
import hashlib
import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
PLAN_FOLDER = ROOT / "data" / "qingdao"
COLLECTED = "observations.csv"
NEIGHBOUR = Path("shared", "facts")

COUNT = 521
DIGITS = 16
COLUMNS = ["number", "digest", "placed", "indicator", "period", "vintage", "source", "reason"]
PLACES = {"observations", "goals", "events", "omitted"}
DIGESTED = ("indicator", "period", "value", "unit", "source", "quote")

Row = dict[str, str]
Key = tuple[str, ...]


def read_table(path: Path) -> list[Row]:
    """Read a CSV without the library."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def key_of(row: Row) -> Key:
    """Key of an observation: indicator, period, vintage, source."""
    return row["indicator"], row["period"], row["vintage"], row["source"]


def find_collected() -> Path | None:
    """Find the collected figures: in the folder named by QDECON_MATERIAL, else beside the repository or above it."""
    named = os.environ.get("QDECON_MATERIAL")
    folders = [Path(named)] if named else [parent / NEIGHBOUR for parent in ROOT.parents]
    return next((folder / COLLECTED for folder in folders if (folder / COLLECTED).is_file()), None)


def read_collected() -> list[Row]:
    """Read the collected figures, or skip the test with the reason."""
    path = find_collected()
    if path is None:
        pytest.skip("the collected figures are not at hand; set QDECON_MATERIAL to the folder that holds them")
    return read_table(path)


def read_plan() -> dict[str, Any]:
    """Read plan.toml without the library."""
    with (PLAN_FOLDER / "plan.toml").open("rb") as file:
        return tomllib.load(file)


LEDGER = read_table(PLAN_FOLDER / "ledger.csv")
OBSERVATIONS = {key_of(row): row for row in read_table(PLAN_FOLDER / "observations.csv")}
PLAN = read_plan()


def placed(place: str) -> list[Row]:
    """Entries of the ledger that went to one place."""
    return [entry for entry in LEDGER if entry["placed"] == place]


def test_every_collected_figure_is_numbered_once() -> None:
    assert list(LEDGER[0]) == COLUMNS
    assert [int(entry["number"]) for entry in LEDGER] == list(range(1, COUNT + 1))
    assert {entry["placed"] for entry in LEDGER} <= PLACES
    assert all(len(entry["digest"]) == DIGITS for entry in LEDGER)


def test_every_figure_placed_among_the_observations_stands_there_once() -> None:
    entries = placed("observations")
    assert entries
    assert [entry for entry in entries if key_of(entry) not in OBSERVATIONS] == []
    assert len({key_of(entry) for entry in entries}) == len(entries)


def test_every_figure_placed_among_the_goals_stands_there() -> None:
    goals = {(goal["indicator"], goal["period"], goal["source"]) for goal in PLAN["goal"]}
    entries = placed("goals")
    assert entries
    assert [entry for entry in entries if (entry["indicator"], entry["period"], entry["source"]) not in goals] == []


def test_every_happening_stands_among_the_events() -> None:
    events = {(event["date"], event["source"]) for event in PLAN["event"]}
    entries = placed("events")
    assert entries
    assert [entry for entry in entries if (entry["period"], entry["source"]) not in events] == []


def test_what_was_left_out_has_a_reason() -> None:
    assert [entry["number"] for entry in placed("omitted") if not entry["reason"].strip()] == []


def test_every_source_is_listed() -> None:
    sources = {row["id"] for row in read_table(PLAN_FOLDER / "sources.csv")}
    assert {entry["source"] for entry in LEDGER} <= sources


def test_digests_agree_with_the_collected_figures() -> None:
    collected = read_collected()
    assert len(collected) == COUNT
    for entry, row in zip(LEDGER, collected, strict=True):
        text = "|".join(row[column] for column in DIGESTED)
        assert hashlib.sha256(text.encode("utf-8")).hexdigest()[:DIGITS] == entry["digest"], entry["number"]


def test_values_agree_with_the_collected_figures() -> None:
    for entry, row in zip(LEDGER, read_collected(), strict=True):
        if entry["placed"] == "observations":
            kept = OBSERVATIONS[key_of(entry)]
            assert float(kept["value"]) == float(row["value"]), entry["number"]
            assert kept["source"] == row["source"], entry["number"]


def test_a_named_folder_without_the_figures_is_not_replaced_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QDECON_MATERIAL", str(tmp_path))
    assert find_collected() is None
