"""Every quotation of a plan is verbatim: by committed hashes, and in full where the report itself is at hand.

The report is not part of the repository. Set ``QDECON_MATERIAL`` to the folder that holds ``plan_article.txt`` to
compare the whole text; without it the committed offsets, lengths and hashes are checked against each other.
"""

import csv
import hashlib
import os
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
PLAN_FOLDER = ROOT / "data" / "qingdao"
ARTICLE = "plan_article.txt"
NEIGHBOUR = Path("shared", "facts")

LISTED = [f"T{number:02d}" for number in range(1, 45)] + ["T04b", "T24b"]
NUMERIC = [1, 2, 3, 4, 5, 6, 8, 10, 11, 15, 16, *range(22, 37)]
ENTERPRISE = [17, 18, 19]
FACT = [12]
STRUCTURE = [7, 9, 13, 14, 20, 37, 38, 43]
QUALITATIVE = [21, 39, 40, 41, 42, 44]


class Mark(NamedTuple):
    """Where a quotation stands in the report, white space removed: offset and length in characters."""

    offset: int
    length: int
    sha256: str

    @property
    def end(self) -> int:
        """First character after the quotation."""
        return self.offset + self.length


def normalise(text: str) -> str:
    """Remove all white space."""
    return "".join(text.split())


def digest(text: str) -> str:
    """SHA-256 of the UTF-8 bytes, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def read_plan() -> dict[str, Any]:
    """Read plan.toml without the library."""
    with (PLAN_FOLDER / "plan.toml").open("rb") as file:
        return tomllib.load(file)


def read_marks() -> dict[str, Mark]:
    """Read quotations.csv; a clause may stand there once only."""
    with (PLAN_FOLDER / "quotations.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    marks = {row["clause"]: Mark(int(row["offset"]), int(row["length"]), row["sha256"]) for row in rows}
    assert len(marks) == len(rows), "a clause stands twice in quotations.csv"
    assert rows[0]["clause"] == "article"
    return marks


def find_article() -> Path | None:
    """Find the report: in the folder named by QDECON_MATERIAL, else beside the repository or a folder above it."""
    named = os.environ.get("QDECON_MATERIAL")
    folders = [Path(named)] if named else [parent / NEIGHBOUR for parent in ROOT.parents]
    return next((folder / ARTICLE for folder in folders if (folder / ARTICLE).is_file()), None)


PLAN = read_plan()
TARGETS: list[dict[str, Any]] = PLAN["target"]
MARKS = read_marks()
TOTAL = MARKS["article"]
FIRST = [target for target in TARGETS if not target.get("reading_of") and not target.get("successor_of")]
QUOTED = [
    (clause, quote)
    for target in TARGETS
    if target.get("source", PLAN["plan"]["document"]) == PLAN["plan"]["document"]
    for clause, quote in [
        (target["clauses"][0], target["quote"]),
        *((further["clause"], further["quote"]) for further in target.get("quotes", [])),
    ]
]


@pytest.mark.parametrize(("clause", "quote"), QUOTED)
def test_a_quotation_matches_its_mark(clause: str, quote: str) -> None:
    text = normalise(quote)
    assert (len(text), digest(text)) == (MARKS[clause].length, MARKS[clause].sha256)


def test_every_mark_belongs_to_a_quotation() -> None:
    assert {clause for clause, _ in QUOTED} == set(MARKS) - {"article"}


def test_offsets_lie_inside_the_report() -> None:
    assert TOTAL.offset == 0
    assert all(0 <= mark.offset < mark.end <= TOTAL.length for mark in MARKS.values())


def test_overlapping_quotations_agree_in_every_character() -> None:
    placed: dict[int, str] = {}
    for clause, quote in QUOTED:
        for position, character in enumerate(normalise(quote), start=MARKS[clause].offset):
            assert placed.setdefault(position, character) == character, f"{clause} disagrees at {position}"


def test_the_report_contains_every_quotation_at_its_offset() -> None:
    path = find_article()
    if path is None:
        pytest.skip(f"{ARTICLE} is not at hand; set QDECON_MATERIAL to the folder that holds it")
    text = normalise(path.read_text(encoding="utf-8"))
    assert (len(text), digest(text)) == (TOTAL.length, TOTAL.sha256)
    for clause, quote in QUOTED:
        mark = MARKS[clause]
        assert text[mark.offset : mark.end] == normalise(quote), clause


def test_a_named_folder_without_the_report_is_not_replaced_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QDECON_MATERIAL", str(tmp_path))
    assert find_article() is None


def test_every_listed_clause_is_there_once_and_the_added_ones_follow() -> None:
    clauses = [clause for target in FIRST for clause in target["clauses"]]
    assert len(clauses) == len(set(clauses))
    assert len(LISTED) == 46
    added = sorted(set(clauses) - set(LISTED))
    assert sorted(set(clauses) - set(added)) == sorted(LISTED)
    assert added == [f"T{number}" for number in range(45, 45 + len(added))]


def test_a_target_names_its_clauses_alike() -> None:
    for target in TARGETS:
        further = [item["clause"] for item in target.get("quotes", [])]
        assert target["clauses"][1:] == further, target["id"]
        assert target["id"].split("-")[0] == target["clauses"][0].lower()


def test_groups_of_the_listed_targets() -> None:
    groups = {target["id"]: target["group"] for target in FIRST}
    expected = {
        "numeric": NUMERIC,
        "enterprise": ENTERPRISE,
        "fact": FACT,
        "structure": STRUCTURE,
        "qualitative": QUALITATIVE,
    }
    listed = {f"t{number:02d}": group for group, numbers in expected.items() for number in numbers}
    assert {id_: group for id_, group in groups.items() if id_ in listed} == listed
    assert Counter(listed.values()) == {"numeric": 26, "enterprise": 3, "fact": 1, "structure": 8, "qualitative": 6}


def test_added_clauses_name_no_quantity() -> None:
    added = [target for target in FIRST if target["clauses"][0] not in LISTED]
    assert {target["group"] for target in added} <= {"structure", "qualitative"}
    assert [target["id"] for target in added if {"indicator", "comparator", "value"} & set(target)] == []


def test_readings_and_successors_refer_to_a_target() -> None:
    first = {target["id"]: target for target in FIRST}
    for target in TARGETS:
        if origin := target.get("reading_of"):
            same = ("clauses", "quote", "indicator", "measure", "comparator", "value", "unit")
            assert [target[key] for key in same] == [first[origin][key] for key in same]
            assert target["deadline"] != first[origin]["deadline"]
        if origin := target.get("successor_of"):
            assert target["indicator"] == first[origin]["indicator"]
            assert target["source"] != PLAN["plan"]["document"]
            assert target["adopted"] > PLAN["plan"]["published"]


def test_every_target_speaks_two_languages() -> None:
    for target in TARGETS:
        pairs = ["label", "ambiguity"]
        timeless = not (target.get("deadline") or target.get("years"))
        if timeless or target["group"] in {"structure", "fact", "qualitative"}:
            pairs.append("reason")
        if target.get("comparator") == "about":
            pairs.append("tolerance_reason")
        for pair in pairs:
            assert target[f"{pair}_zh"] and target[f"{pair}_en"], (target["id"], pair)
            assert target[f"{pair}_en"].isascii(), (target["id"], pair)
        assert target["translation"].isascii(), target["id"]
        assert len(target["label_zh"]) <= 16 and len(target["label_en"]) <= 45, target["id"]
