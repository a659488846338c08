"""The one recipe for notebooks: run top to bottom, store the outputs in normal form, check the contract.

Outputs are kept, because readers see them and the replay compares them; a notebook without outputs would pass any
replay and check nothing, so `problems` reports it.

    python -m tools.notebooks                run and rewrite every notebook
    python -m tools.notebooks NOTEBOOK ...   only these
    python -m tools.notebooks --check        run nothing, report what breaks the contract
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
MOST_CELLS, MOST_LINES = 14, 60
VERDICT = re.compile(
    r"\b(met|missed|on track|uncertain|off track|not published|not assessable)\b|完成|在轨|不确定|偏离|未公布|无法判断"
)
FORBIDDEN = frozenset("glob http io os pathlib random requests shutil socket subprocess time urllib".split())
PATH = re.compile(r"^(~|\.{0,2})/\w|^\.\.?$|^\.\.?/|^[A-Za-z]:\\|\.(csv|ipynb|json|png|svg|toml|xlsx)$")
MARKER = re.compile(r"nbval[-_]|raises[-_]exception", re.IGNORECASE)
ADDRESS = re.compile(r"\bat 0x[0-9a-f]{6,}")


def found() -> list[Path]:
    """All notebooks, in reading order."""
    return sorted(FOLDER.glob("*.ipynb"))


def executed(path: Path) -> NotebookNode:
    """Run one notebook in a fresh kernel of this interpreter; an exception in a cell is raised here."""
    notebook: NotebookNode = nbformat.read(path, as_version=4)
    notebook.metadata = NotebookNode()
    NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=300,
        coalesce_streams=True,
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    return notebook


def normalised(notebook: NotebookNode) -> str:
    """Text of the notebook without anything that differs from run to run."""
    notebook = nbformat.from_dict(notebook)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = NotebookNode(
        kernelspec=NotebookNode(display_name="Python 3", language="python", name="python3"),
        language_info=NotebookNode(name="python"),
    )
    for number, cell in enumerate(notebook.cells, start=1):
        cell.id = f"cell-{number:02d}"
        cell.metadata = NotebookNode({"tags": cell.metadata.tags} if cell.metadata.get("tags") else {})
        cell.source = cell.source.rstrip()
        cell.pop("attachments", None)
        for output in cell.get("outputs", ()):
            if "metadata" in output:
                output.metadata = NotebookNode()
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
    nbformat.validate(notebook)
    text: str = nbformat.writes(notebook)
    return text.rstrip("\n") + "\n"


def problems(text: str) -> list[str]:
    """What breaks the contract in the text of one stored notebook; empty when it is sound."""
    notebook = nbformat.reads(text, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [
        *_of_order(notebook, code),
        *(problem for number, cell in enumerate(code, start=1) for problem in _of_outputs(number, cell)),
        *(problem for number, cell in enumerate(code, start=1) for problem in _of_source(number, cell)),
        *_of_size(code),
        *([] if text == normalised(notebook) else ["not in normal form: run `make notebooks`"]),
    ]


def _of_order(notebook: NotebookNode, code: list[NotebookNode]) -> Iterator[str]:
    counts = [cell.execution_count for cell in code]
    if not code:
        yield "no code cell"
    if counts != list(range(1, len(code) + 1)):
        yield f"not run top to bottom: execution counts are {counts}"
    titles = [
        line
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for line in re.sub(r"(?ms)^```.*?^```", "", cell.source).splitlines()
        if line.startswith("# ")
    ]
    if len(titles) != 1:
        yield f"{len(titles)} titles of the first level, not one"
    headings = [line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines()]
    twice = sorted({line for line in headings if line.startswith("## ") and headings.count(line) > 1})
    if twice:
        yield f"the same heading twice: {'; '.join(twice)}"
    if notebook.cells and not notebook.cells[0].source.startswith("# "):
        yield "the first cell is not the title"
    if not any(VERDICT.search(text) for cell in code for text in _texts(cell)):
        yield "no stored output is the text of a verdict"


def _texts(cell: NotebookNode) -> Iterator[str]:
    for output in cell.outputs:
        yield output.get("text", "")
        yield output.get("data", {}).get("text/plain", "")


def _of_outputs(number: int, cell: NotebookNode) -> Iterator[str]:
    if not cell.outputs and _speaks(cell.source):
        yield f"code cell {number} ends in an expression, but stores no output"
    for output in cell.outputs:
        if output.output_type == "error" or output.get("name") == "stderr":
            yield f"code cell {number} stores {output.get('name', 'an error')}"
    if any(ADDRESS.search(text) for text in _texts(cell)):
        yield f"code cell {number} stores a memory address"


def _speaks(source: str) -> bool:
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return False
    return bool(body) and isinstance(body[-1], ast.Expr)


def _of_source(number: int, cell: NotebookNode) -> Iterator[str]:
    if any(MARKER.search(text) for text in (cell.source, *cell.metadata.get("tags", ()))):
        yield f"code cell {number} is exempt from the replay"
    try:
        tree = ast.parse(cell.source)
    except SyntaxError:
        yield f"code cell {number} is not plain Python"
        return
    if not tree.body:
        yield f"code cell {number} is empty"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield f"code cell {number} defines a function or class"
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and PATH.search(node.value):
            yield f"code cell {number} names a path: {node.value!r}"
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            if name.partition(".")[0] in FORBIDDEN:
                yield f"code cell {number} imports {name}: no file, clock, network or chance in a notebook"
        if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow"}:
            yield f"code cell {number} asks the clock: {node.attr}"


def _of_size(code: list[NotebookNode]) -> Iterator[str]:
    lines = [line.strip() for cell in code for line in cell.source.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    if len(code) > MOST_CELLS:
        yield f"{len(code)} code cells, more than {MOST_CELLS}"
    if len(lines) > MOST_LINES:
        yield f"{len(lines)} lines of code, more than {MOST_LINES}"


def main() -> int:
    """Run or check; 0 when every notebook is sound."""
    parser = argparse.ArgumentParser(prog="python -m tools.notebooks", description="run, normalise and check notebooks")
    parser.add_argument("notebook", nargs="*", type=Path, help="default: all")
    parser.add_argument("--check", action="store_true", help="run nothing, report what breaks the contract")
    options = parser.parse_args()
    paths = options.notebook or found()
    if not paths:
        print(f"no notebook in {FOLDER.name}/", file=sys.stderr)
    sound = bool(paths)
    for path in paths:
        if not options.check:
            path.write_text(normalised(executed(path)), encoding="utf-8")
        broken = problems(path.read_text(encoding="utf-8"))
        sound = sound and not broken
        print(f"{path.name}: {'; '.join(broken) or 'sound'}")
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
