"""Scenario files: the presets that come with qdecon, and files of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qdecon.errors import NotAvailable, UnknownName
from qdecon.scenario.text import LARGEST_TEXT, from_toml

if TYPE_CHECKING:
    from qdecon.scenario import Scenario

_PRESETS = Path(__file__).resolve().parent.parent / "datasets" / "scenarios"


def presets() -> tuple[str, ...]:
    """Names of the scenarios that come with qdecon.

    Examples
    --------
    >>> "official-goal" in presets()
    True
    """
    return tuple(sorted(path.stem for path in _PRESETS.glob("*.toml")))


def read_scenario(name: str | Path) -> Scenario:
    """Read a preset by name, or a TOML file.

    Raises
    ------
    UnknownName
        If there is neither.
    NotAvailable
        If the file is no scenario.

    Examples
    --------
    >>> read_scenario("official-goal").of("real_growth").values
    (5.0,)
    """
    path = _PRESETS / f"{name}.toml" if str(name) in presets() else Path(name)
    try:
        with path.open("rb") as handle:
            body = handle.read(LARGEST_TEXT + 1)
    except (OSError, ValueError) as error:
        known = ", ".join(presets())
        raise UnknownName(f"no scenario {str(name)!r}", "argument name", f"choose {known}, or a TOML file") from error
    try:
        return from_toml(body.decode("utf-8-sig"), str(name))
    except UnicodeDecodeError as error:
        raise NotAvailable("the text is not UTF-8", f"{name}, byte {error.start}", "save the file as UTF-8") from error
