"""The shape of the code: short modules, a front door that lists what is there, tables described for other tools."""

from __future__ import annotations

import ast
import json
from importlib import import_module
from pathlib import Path

import pytest

import qdecon as qd
from tools.datapackage import PACKAGES, described

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "qdecon").rglob("*.py"))


def code_lines(path: Path) -> int:
    """Lines of code: docstrings, comments and blanks not counted."""
    text = path.read_text(encoding="utf-8")
    skipped: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        holds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        if isinstance(node, holds) and ast.get_docstring(node, clean=False) is not None:
            skipped.update(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    return sum(
        number not in skipped and bool(line.strip()) and not line.strip().startswith("#")
        for number, line in enumerate(text.splitlines(), start=1)
    )


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_is_one_screenful_of_functions(path: Path) -> None:
    assert code_lines(path) <= 250


def test_the_front_door_lists_at_most_24_names_and_all_of_them_open() -> None:
    assert len(qd.__all__) <= 24
    assert list(qd.__all__) == sorted(qd.__all__)
    for name in qd.__all__:
        assert getattr(qd, name).__doc__, name
    assert set(dir(qd)) >= set(qd.__all__)


@pytest.mark.parametrize("door", sorted((ROOT / "qdecon").rglob("__init__.py")), ids=lambda path: path.parent.name)
def test_no_name_at_a_door_hides_a_module_behind_it(door: Path) -> None:
    inside = {path.stem for path in door.parent.glob("*.py")} | {
        path.parent.name for path in door.parent.glob("*/__init__.py")
    }
    room = import_module(".".join(door.parent.relative_to(ROOT).parts))
    assert not inside & set(room.__all__)


def test_an_unknown_name_at_the_front_door_is_told_the_known_ones() -> None:
    with pytest.raises(AttributeError, match="scorecard"):
        qd.score_card  # noqa: B018


def test_values_are_frozen() -> None:
    city = qd.load("qingdao")
    for value in (city, city.plan, city.plan.targets[0], city.observations[0], city.indicators["gdp"]):
        with pytest.raises(AttributeError):
            value.id = "other"


@pytest.mark.parametrize("folder", PACKAGES)
def test_the_data_package_describes_the_tables(folder: str) -> None:
    committed = json.loads((ROOT / "data" / folder / "datapackage.json").read_text(encoding="utf-8"))
    assert committed == described(folder), "run `python -m tools.datapackage`"
