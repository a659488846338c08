"""The README begins with the finding of a run, and its commands exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.readme import PARTS, README, filled

ROOT = Path(__file__).parent.parent


def test_the_generated_parts_are_what_a_run_gives() -> None:
    text = README.read_text(encoding="utf-8")
    assert filled(text) == text, "run `make readme`"


def test_the_guard_notices_drift() -> None:
    text = README.read_text(encoding="utf-8")
    assert filled(text.replace("10,495.54", "10,495.55")) != text.replace("10,495.54", "10,495.55")


def test_a_missing_part_is_an_error() -> None:
    with pytest.raises(SystemExit, match="has no part"):
        filled("# qdecon\n")
    assert set(PARTS) == {"finding", "api", "record", "badges", "field"}


def test_the_finding_stands_before_the_commands() -> None:
    text = README.read_text(encoding="utf-8")
    assert text.index("<!-- finding -->") < text.index("make report") < text.index("```python")


def test_every_make_target_named_exists() -> None:
    recipes = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    called = re.findall(r"(?:^|`)make ([a-z -]+)", README.read_text(encoding="utf-8"), flags=re.MULTILINE)
    named = {name for call in called for name in call.split()}
    assert {"report", "test"} <= named <= recipes


def test_every_notebook_is_listed() -> None:
    listed = set(re.findall(r"^\| `(\d\d-[a-z-]+)` \|", README.read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert listed == {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
