"""Every notebook keeps the contract, and the guard that says so can fire."""

from __future__ import annotations

import nbformat
import pytest
from nbformat import v4

from tools import notebooks

STORED = notebooks.found()


def test_there_are_notebooks():
    assert STORED, "no notebook found: the replay would check nothing"


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_notebook_keeps_the_contract(path):
    assert notebooks.problems(path.read_text(encoding="utf-8")) == []


def sound():
    """A small notebook that keeps the contract."""
    table = v4.new_output("execute_result", {"text/plain": "   a\n0  1"}, execution_count=2)
    return v4.new_notebook(
        cells=[
            v4.new_markdown_cell("# Is it met?\n\n```\n# no title\n```"),
            v4.new_code_cell(
                "import qdecon as qd\n\nprint(1)",
                execution_count=1,
                outputs=[v4.new_output("stream", name="stdout", text="missed: 10,495.54 of 11,000\n")],
            ),
            v4.new_code_cell("table", execution_count=2, outputs=[table]),
        ]
    )


def complaints(change):
    notebook = sound()
    change(notebook)
    return "; ".join(notebooks.problems(notebooks.normalised(notebook)))


def source(text):
    def change(notebook):
        notebook.cells[1].source = text

    return change


def strip(notebook):
    for cell in notebook.cells[1:]:
        cell.outputs, cell.execution_count = [], None


def empty_outputs(notebook):
    for cell in notebook.cells[1:]:
        cell.outputs = []


def run_out_of_order(notebook):
    notebook.cells[1].execution_count = 7


def write_to_stderr(notebook):
    notebook.cells[1].outputs.append(v4.new_output("stream", name="stderr", text="careful\n"))


def fail(notebook):
    notebook.cells[2].outputs = [v4.new_output("error", ename="KeyError", evalue="'gdp'", traceback=[])]


def print_an_address(notebook):
    notebook.cells[2].outputs[0].data["text/plain"] = "<Figure at 0x7f12ab34cd56>"


def say_no_verdict(notebook):
    notebook.cells[1].outputs[0].text = "10,495.54\n"


def drop_the_title(notebook):
    notebook.cells[0].source = "## Is it met?"


def add_a_title(notebook):
    notebook.cells.append(v4.new_markdown_cell("# Is it not met?"))


def repeat_a_heading(notebook):
    notebook.cells += [v4.new_markdown_cell("## Evidence\n\nOne."), v4.new_markdown_cell("## Evidence\n\nTwo.")]


def begin_with_code(notebook):
    notebook.cells.append(notebook.cells.pop(0))


def exempt_by_tag(notebook):
    notebook.cells[2].metadata.tags = ["nbval-ignore-output"]


def add_cells(notebook):
    notebook.cells += [v4.new_code_cell("a = 1", execution_count=count) for count in range(3, 16)]


CASES = [
    (strip, "not run top to bottom: execution counts are [None, None]"),
    (strip, "code cell 2 ends in an expression, but stores no output"),
    (empty_outputs, "code cell 1 ends in an expression, but stores no output"),
    (empty_outputs, "no stored output is the text of a verdict"),
    (run_out_of_order, "execution counts are [7, 2]"),
    (write_to_stderr, "code cell 1 stores stderr"),
    (fail, "code cell 2 stores an error"),
    (print_an_address, "memory address"),
    (say_no_verdict, "no stored output is the text of a verdict"),
    (drop_the_title, "0 titles of the first level"),
    (add_a_title, "2 titles of the first level"),
    (repeat_a_heading, "the same heading twice: ## Evidence"),
    (begin_with_code, "the first cell is not the title"),
    (exempt_by_tag, "code cell 2 is exempt from the replay"),
    (add_cells, "15 code cells, more than 14"),
    (source("# NBVAL_SKIP\nprint(1)"), "code cell 1 is exempt from the replay"),
    (source("\n".join(["a = 1"] * 60)), "61 lines of code, more than 60"),
    (source("def f():\n    return 1"), "defines a function or class"),
    (source("key = lambda row: row"), "defines a function or class"),
    (source("%matplotlib inline"), "not plain Python"),
    (source("# only words"), "code cell 1 is empty"),
    (source("read('/home/me/figures')"), "names a path"),
    (source("read('../data')"), "names a path"),
    (source("read('observations.csv')"), "names a path"),
    (source("from pathlib import Path"), "imports pathlib"),
    (source("import urllib.request"), "imports urllib.request"),
    (source("import datetime as dt\nday = dt.date.today()"), "asks the clock"),
]


def test_the_sound_notebook_is_sound():
    assert complaints(lambda notebook: None) == ""


@pytest.mark.parametrize(("change", "expected"), CASES)
def test_the_guard_fires(change, expected):
    assert expected in complaints(change)


@pytest.mark.parametrize("text", ["亿元/年", "zh/en", "2022-12-31", "10,495.54 / 11,000"])
def test_a_slash_alone_is_no_path(text):
    assert complaints(source(f"print({text!r})")) == ""


def test_timing_and_widget_state_are_out_of_normal_form():
    notebook = sound()
    text = notebooks.normalised(notebook)
    notebook.cells[1].metadata["execution"] = {"iopub.execute_input": "2024-01-01T00:00:00Z"}
    notebook.metadata["widgets"] = {"state": {}}
    assert notebooks.normalised(notebook) == text
    assert "not in normal form: run `make notebooks`" in notebooks.problems(nbformat.writes(notebook))


@pytest.mark.slow
def test_the_recipe_runs_a_notebook_and_repeats_itself(tmp_path):
    path = tmp_path / "one.ipynb"
    cells = [
        v4.new_markdown_cell("# One"),
        v4.new_code_cell("print('met')\nprint('missed')"),
        v4.new_code_cell("1 + 1"),
    ]
    nbformat.write(v4.new_notebook(cells=cells), path)
    texts = []
    for _ in range(2):
        texts.append(notebooks.normalised(notebooks.executed(path)))
        path.write_text(texts[-1], encoding="utf-8")
    assert texts[0] == texts[1]
    assert notebooks.problems(texts[0]) == []
    assert '"id": "cell-03"' in texts[0]
