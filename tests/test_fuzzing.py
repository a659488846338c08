"""Whatever is done to the input files, loading ends in a dataset or in one clear error, never in another traceback."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qdecon as qd
from tools.fuzz import READERS, Reader

TRICKS = [
    b"\x00",
    b'"',
    b"\n",
    b",",
    b"[" * 2000,
    b"9" * 500,
    b"=1+1",
    "１２".encode(),
    b"\xff\xfe",
    b"a." * 200,
    b"<!DOCTYPE",
    b"_x000D_",
]

# Every reader, by the samples from which the fuzzer starts too -------------------------------------------------------


@cache
def reader_of(name: str) -> tuple[Reader, list[bytes]]:
    return READERS[name]()


CUTS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=8) | st.sampled_from(TRICKS)),
    min_size=1,
    max_size=4,
)


def read_damaged(name: str, which: int, cuts: list[tuple[float, int, bytes]]) -> None:
    """Cut bytes out of a sample and put others there: the reader gives a value, or says what, where and what next."""
    reader, samples = reader_of(name)
    body = samples[which % len(samples)]
    for where, length, junk in cuts:
        at = int(where * len(body))
        body = body[:at] + junk + body[at + length :]
    try:
        reader(body)
    except qd.QdeconError as error:
        told = (error.what, error.where, error.remedy)
    else:
        told = ("read",)
    assert all(told)


@pytest.mark.parametrize("name", READERS)
def test_every_reader_reads_its_samples(name: str) -> None:
    reader, samples = reader_of(name)
    read = 0
    for sample in samples:
        with contextlib.suppress(qd.QdeconError):  # answers about other places are refused
            reader(sample)
            read += 1
    assert read >= 1


@settings(max_examples=15)
@given(which=st.integers(0, 7), cuts=CUTS)
@pytest.mark.parametrize("name", READERS)
def test_a_damaged_input_is_read_or_refused_in_words(
    name: str, which: int, cuts: list[tuple[float, int, bytes]]
) -> None:
    read_damaged(name, which, cuts)


@pytest.mark.soak
@settings(max_examples=1200, deadline=2000)
@given(which=st.integers(0, 7), cuts=CUTS)
@pytest.mark.parametrize("name", READERS)
def test_a_damaged_input_is_read_or_refused_in_words_at_length(
    name: str, which: int, cuts: list[tuple[float, int, bytes]]
) -> None:
    read_damaged(name, which, cuts)


# A plan and all that is judged from it ------------------------------------------------------------------------------

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
