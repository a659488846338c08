"""Whatever is done to the input files, loading ends in a dataset or in one clear error, never in another traceback."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qdecon as qd

SOURCE = Path(__file__).parent.parent / "data" / "qingdao"
FILES = ("plan.toml", "indicators.toml", "observations.csv", "sources.csv")
JUNK = st.text(st.sampled_from("0123456789.,-\"'[]=#\n\t\r; gdpT亿元%\x00\ufeff"), max_size=6)
EDITS = st.lists(st.tuples(st.sampled_from(FILES), st.floats(0, 1), st.integers(0, 12), JUNK), min_size=1, max_size=3)


def survives(edits: list[tuple[str, float, int, str]]) -> None:
    """Cut some characters at a place of a file and put others there; then load and judge."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "plan"
        shutil.copytree(SOURCE, folder)
        for name, where, cut, junk in edits:
            text = (folder / name).read_text(encoding="utf-8")
            at = int(where * len(text))
            (folder / name).write_text(text[:at] + junk + text[at + cut :], encoding="utf-8")
        problems = qd.check(folder)
        if problems:
            assert all(problem.what and problem.file and problem.remedy for problem in problems)
            with pytest.raises(qd.DataError):
                qd.load(folder)
            return
        with contextlib.suppress(qd.QdeconError):  # a sound folder may still be unable to answer, and says so
            qd.scorecard(qd.load(folder))


@settings(max_examples=20)
@given(edits=EDITS)
def test_damaged_files_give_a_clear_error(edits: list[tuple[str, float, int, str]]) -> None:
    survives(edits)


@pytest.mark.soak
@settings(max_examples=1500, deadline=None)
@given(edits=EDITS)
def test_damaged_files_give_a_clear_error_at_length(edits: list[tuple[str, float, int, str]]) -> None:
    survives(edits)
