"""The guards guard: one changed observation breaks a notebook cell, a figure check and a test."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.soak

# consistent changes: the sectors still sum to GDP, so only the verdicts can notice
MUTATIONS = {
    "services 2024": [
        ("va_tertiary,2024,10495.54,", "va_tertiary,2024,10395.54,"),
        ("va_secondary,2024,5723.10,", "va_secondary,2024,5823.10,"),
    ],
    "technology contracts 2024": [
        ("technology_contract_turnover,2024,709.58,", "technology_contract_turnover,2024,809.58,"),
    ],
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of everything that git knows, with the symlink kept."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    for name in listed:
        source, target = ROOT / name, tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target, follow_symlinks=False)
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(folder)}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def nbval(folder: Path, notebook: str) -> subprocess.CompletedProcess[str]:
    flags = ["-c", "/dev/null", "--rootdir", ".", "-p", "no:cacheprovider", "-q", "--nbval", "--nbval-current-env"]
    return run(folder, "-m", "pytest", *flags, f"notebooks/{notebook}")


def test_the_unchanged_copy_passes(copy: Path) -> None:
    assert nbval(copy, "90-scorecard.ipynb").returncode == 0
    assert run(copy, "-m", "qdecon", "figures", "--check").returncode == 0


@pytest.mark.parametrize("name", MUTATIONS)
def test_one_changed_observation_is_noticed_everywhere(name: str, copy: Path) -> None:
    path = copy / "data" / "qingdao" / "observations.csv"
    text = path.read_text(encoding="utf-8")
    for old, new in MUTATIONS[name]:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    replayed = nbval(copy, "90-scorecard.ipynb")
    assert replayed.returncode == 1
    assert "FAILED" in replayed.stdout
    figures = run(copy, "-m", "qdecon", "figures", "--check")
    assert figures.returncode == 1
    assert "csv" in figures.stdout
    tests = run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_verdicts.py")
    assert tests.returncode == 1
    assert run(copy, "-m", "tools.readme", "--check").returncode == 1


def test_a_stripped_notebook_is_noticed(copy: Path) -> None:
    path = copy / "notebooks" / "10-gdp.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.write(notebook, path)
    assert run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_notebooks.py").returncode == 1
