"""The order of the rooms, and what importing costs."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import qdecon

PACKAGE = Path(qdecon.__file__).parent
ROOMS = [
    "errors",
    "plan",
    "data",
    "models",
    "projection",
    "rules",
    "verdict",
    "replay",
    "scrutiny",
    "scenario",
    "charts",
    "publication",
    "report",
    "sources",
    "explore",
    "commands",
    "__main__",
]
PURE = ROOMS[ROOMS.index("models") : ROOMS.index("scenario") + 1]
IMPURE = set(
    "http io matplotlib os pathlib random requests seaborn shutil socket subprocess tempfile time urllib".split()
)
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "datasets" not in path.relative_to(PACKAGE).parts)


def room_of(path):
    """Name of the room that a module stands in; the front door has none."""
    relative = path.relative_to(PACKAGE)
    return None if relative == Path("__init__.py") else relative.parts[0].removesuffix(".py")


def imported(tree):
    """Dotted names that a module imports, wherever in its text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide the room"
            if node.module == "qdecon":
                yield from (f"qdecon.{alias.name}" for alias in node.names)
            else:
                yield node.module


def faults(room, source):
    """What in a module's imports breaks the order."""
    for name in imported(ast.parse(source)):
        first, _, rest = name.partition(".")
        used = rest.partition(".")[0]
        if first == "qdecon" and used not in ROOMS:
            if not (room == "__main__" and used in [*qdecon.__all__, "__version__"]):
                yield f"{room} goes through the front door: {name}"
        elif first == "qdecon" and ROOMS.index(used) > ROOMS.index(room):
            yield f"{room} uses the later room {used}"
        elif room in PURE and first in IMPURE:
            yield f"{room} is pure, but imports {name}"


def test_every_module_stands_in_a_room():
    assert {room_of(path) for path in MODULES} - {None} <= set(ROOMS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_rooms_use_only_earlier_rooms(path):
    if room_of(path) is not None:
        assert list(faults(room_of(path), path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("plan", "from qdecon.data import load"),
        ("models", "def f():\n    import qdecon.charts.style"),
        ("data", "from qdecon import publication"),
        ("data", "import qdecon"),
        ("charts", "from qdecon import Verdict"),
        ("verdict", "from pathlib import Path"),
        ("projection", "import matplotlib.pyplot as plt"),
    ],
)
def test_the_guard_fires(room, source):
    assert list(faults(room, source))


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("data", "from qdecon import errors, plan"),
        ("charts", "from pathlib import Path"),
        ("__main__", "from qdecon import load"),
    ],
)
def test_the_guard_lets_pass(room, source):
    assert not list(faults(room, source))


def loaded(code):
    """Top-level modules outside the standard library that a fresh interpreter holds after some code."""
    script = f"{code}\nimport json, sys\nprint(json.dumps(sorted({{name.partition('.')[0] for name in sys.modules}})))"
    run = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=True)
    assert run.stderr == ""
    names, *more = run.stdout.splitlines()
    assert not more, "importing prints"
    return set(json.loads(names)) - sys.stdlib_module_names


def test_importing_is_silent_and_loads_only_numpy_and_pandas():
    assert loaded("import qdecon") - loaded("import numpy, pandas") <= {"qdecon"}


def test_importing_configures_nothing():
    loaded(
        "import locale, logging, os, warnings, numpy, pandas\n"
        "def state():\n"
        "    return (dict(os.environ), os.getcwd(), locale.setlocale(locale.LC_ALL), list(warnings.filters),\n"
        "            logging.root.handlers[:], logging.root.level, numpy.geterr(), numpy.get_printoptions(),\n"
        "            pandas.get_option('display.width'))\n"
        "before = state()\n"
        "import qdecon\n"
        "assert state() == before"
    )


def test_every_public_name_is_there():
    for name in qdecon.__all__:
        assert getattr(qdecon, name) is not None
        assert not isinstance(getattr(qdecon, name), type(sys)), f"a module stands in the place of {name}"
    assert len(qdecon.__all__) <= 24


@pytest.mark.slow
def test_the_scorecard_needs_neither_statsmodels_nor_a_plotting_library():
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "qdecon", "scorecard", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    names = {line.rpartition("|")[2].strip() for line in run.stderr.splitlines()}
    assert "qdecon.projection.paths" in names
    assert "scipy.stats" not in names
    assert not {name.partition(".")[0] for name in names} & {"matplotlib", "seaborn", "statsmodels", "fontTools"}
