"""The locks and `environment.yml` follow from `pyproject.toml`."""

from __future__ import annotations

import re

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools import environment

LOCKS = {
    lock: (environment.ROOT / "requirements" / f"{lock}.txt").read_text("utf-8") for lock in ("runtime", "develop")
}


def entries(lock):
    """The requirements of a lock, each with its number of hashes."""
    for entry in re.split(r"\n(?! )", LOCKS[lock].strip()):
        first, *hashes = entry.replace("\\\n", "\n").splitlines()
        assert all(re.fullmatch(r"\s+--hash=sha256:[0-9a-f]{64}\s*", line) for line in hashes), entry
        yield Requirement(first), len(hashes)


def pins(lock):
    return {canonicalize_name(requirement.name): requirement for requirement, _ in entries(lock)}


def test_environment_yml_follows_from_pyproject():
    stored = (environment.ROOT / "environment.yml").read_text(encoding="utf-8")
    assert stored == environment.environment(), "run `make lock`"


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_holds_no_address(lock):
    assert "://" not in LOCKS[lock]
    assert "index-url" not in LOCKS[lock]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_entry_is_pinned_and_hashed(lock):
    for requirement, hashes in entries(lock):
        assert re.fullmatch(r"==[^,*]+", str(requirement.specifier)), requirement
        assert hashes, requirement


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_holds_every_requirement(lock):
    project = environment.pyproject()["project"]
    wanted = list(map(Requirement, [*project["dependencies"], *environment.backend()]))
    wanted += environment.declared() if lock == "develop" else []
    pinned = pins(lock)
    for requirement in wanted:
        pin = pinned.get(canonicalize_name(requirement.name))
        assert pin, f"{requirement} is not in requirements/{lock}.txt: run `make lock`"
        version = str(pin.specifier).removeprefix("==")
        assert requirement.specifier.contains(version), f"{pin} does not satisfy {requirement}: run `make lock`"


def test_runtime_is_a_part_of_develop():
    assert {str(pin) for pin, _ in entries("runtime")} <= {str(pin) for pin, _ in entries("develop")}


def test_runtime_brings_no_notebook_and_no_test_tool():
    assert not pins("runtime").keys() & {"ipykernel", "jupyterlab", "mypy", "nbval", "pytest", "ruff"}


@pytest.mark.xdist_group("environment")
def test_tests_of_one_group_stay_on_one_worker(request):
    """A release of pytest once made the groups void: every worker then started a server and a browser."""
    if getattr(request.config.option, "loadgroup", False):
        assert request.node.nodeid.endswith("@environment")
