"""The wheel carries the data, and an installed qdecon works anywhere: from a wheel and from an editable install."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PIP = [sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check", "--no-input"]
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | {"PYTHONUTF8": "1"}

pytestmark = pytest.mark.slow


def run(*command, **options):
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, check=False, env=ENVIRONMENT, **options
    )
    assert done.returncode == 0, done.stderr or done.stdout
    return done.stdout


def tracked():
    """Files under data/ as the wheel must name them."""
    return {
        f"qdecon/datasets/{path.relative_to(ROOT / 'data').as_posix()}"
        for path in (ROOT / "data").rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    run(*PIP, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT)
    (built,) = folder.glob("qdecon-*.whl")
    return built


@pytest.fixture(scope="module")
def expected():
    """What the repository itself says."""
    return run(sys.executable, "-m", "qdecon", "scorecard", "--json", cwd=ROOT)


def empty_environment(folder):
    """A new environment without qdecon, which borrows every other package from this one."""
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python


def install(python, *what):
    run(
        *PIP[:3],
        "--python",
        python,
        *PIP[3:],
        "install",
        "--no-deps",
        "--no-build-isolation",
        "--force-reinstall",
        *what,
    )


def test_symlink_stands_and_points_to_the_data():
    link = ROOT / "qdecon" / "datasets"
    assert link.is_symlink()
    assert link.readlink() == Path("../data")


def test_wheel_holds_data_types_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
        for name in tracked() & names:
            assert archive.read(name) == (ROOT / "data" / name.removeprefix("qdecon/datasets/")).read_bytes()
    assert tracked() <= names
    assert "qdecon/py.typed" in names
    assert {name.partition("/")[0] for name in names} == {
        "qdecon",
        wheel.name.removesuffix("-py3-none-any.whl") + ".dist-info",
    }


@pytest.mark.parametrize("how", ["wheel", "editable"])
def test_installed_qdecon_judges_in_an_empty_directory(how, wheel, expected, tmp_path):
    python = empty_environment(tmp_path / "env")
    install(python, *([wheel] if how == "wheel" else ["--editable", ROOT]))
    nowhere = tmp_path / "nowhere"
    nowhere.mkdir()
    home = Path(run(python, "-c", "import qdecon; print(qdecon.__file__)", cwd=nowhere).strip())
    assert home.is_relative_to(tmp_path if how == "wheel" else ROOT)
    assert run(python, "-m", "qdecon", "scorecard", "--json", cwd=nowhere) == expected
    assert len(json.loads(expected)) > 40
    assert run(tmp_path / "env" / "bin" / "qdecon", "scorecard", cwd=nowhere).strip()
    assert list(nowhere.iterdir()) == []
