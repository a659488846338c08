"""Write what follows from `pyproject.toml`: the conda environment, and the requirement of the build backend.

`pyproject.toml` is the one source of what qdecon needs. `environment.yml` is generated from it under the names of
conda-forge; `--check` fails when it has drifted.

    python -m tools.environment            write environment.yml
    python -m tools.environment --check    compare only
    python -m tools.environment --backend  print what builds the package, one requirement a line
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
CONDA_NAMES = {"brotli": "brotli-python", "matplotlib": "matplotlib-base"}
ONLY_PIP = {"axe-playwright-python", "playwright", "pylopdf-fonts-zh-cn", "scoringrules"}


def pyproject() -> dict[str, Any]:
    """Everything in `pyproject.toml`."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def backend() -> list[str]:
    """Requirements of the build backend; the locks hold them, so that installing the project fetches nothing more."""
    return list(pyproject()["build-system"]["requires"])


def declared() -> list[Requirement]:
    """All requirements of the project and of its extras, sorted by name."""
    project = pyproject()["project"]
    lines = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    return sorted(map(Requirement, lines), key=lambda requirement: requirement.name)


def environment() -> str:
    """Text of `environment.yml`."""
    project = pyproject()["project"]
    conda = [
        f"{CONDA_NAMES.get(requirement.name, requirement.name)} {requirement.specifier}".rstrip()
        for requirement in declared()
        if requirement.name not in ONLY_PIP
    ]
    pip = [str(requirement) for requirement in declared() if requirement.name in ONLY_PIP]
    return "\n".join(
        [
            "# Generated from pyproject.toml by `python -m tools.environment`; do not edit.",
            f"name: {project['name']}",
            "channels:",
            "  - conda-forge",
            "dependencies:",
            f"  - python {project['requires-python']}",
            "  - pip",
            *(f"  - {line}" for line in conda),
            "  - pip:",
            *(f"      - {line}" for line in pip),
            "      - -e .",
            "",
        ]
    )


def main() -> int:
    """Write or check; 0 when the file is right."""
    parser = argparse.ArgumentParser(prog="python -m tools.environment", description="environment.yml")
    parser.add_argument("--check", action="store_true", help="fail when environment.yml has drifted")
    parser.add_argument("--backend", action="store_true", help="print the requirements of the build backend")
    options = parser.parse_args()
    target = ROOT / "environment.yml"
    if options.backend:
        print("\n".join(backend()))
    elif not options.check:
        target.write_text(environment(), encoding="utf-8")
    elif not target.is_file() or target.read_text(encoding="utf-8") != environment():
        print("environment.yml does not follow from pyproject.toml: run `make lock`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
