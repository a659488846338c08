"""The stamp of a figure: what it says and rests on, by what code and in which style it was drawn, and its files."""

from __future__ import annotations

import hashlib
import json
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qdecon.plan import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from qdecon.publication.edition import Edition
    from qdecon.publication.sheet import Sheet

PACKAGES = ("brotli", "fonttools", "matplotlib", "numpy", "pandas", "pillow", "seaborn")
CODE = {
    "judging": (
        "errors.py", "plan.py", "data", "models", "projection", "rules", "verdict", "replay", "scrutiny", "scenario",
        "sources/scenarios.py",
    ),
    "drawing": ("charts",),
    "style": ("charts/style.py", "charts/fonts.py", "charts/house.mplstyle"),
    "publishing": ("publication",),
}  # fmt: skip
_PACKAGE = Path(__file__).resolve().parent.parent
_SHIPPED = {"scenarios": "*.toml", "record": "coverage_by_origin.csv"}


def stamp(sheet: Sheet, plan: str, edition: Edition, digests: Mapping[str, str]) -> dict[str, Any]:
    """What a figure rests on and says, for machines and for readers who cannot see it.

    Parameters
    ----------
    sheet : Sheet
    plan : str
        Name of the plan.
    edition : Edition
    digests : mapping
        File name to SHA-256 of all data files read.

    Returns
    -------
    dict
        All but ``files``: they are known once they are made.
    """
    return {
        "slug": sheet.slug,
        "plan": plan,
        "sizes": edition.sizes,
        "title": {language: sheet.title[language] for language in LANGUAGES},
        **sheet.words(),
        "alt": {language: sheet.alt[language] for language in LANGUAGES},
        **sheet.facts,
        "inputs": sheet.inputs(digests),
        "code": dict(code_digests()),
        "versions": {"qdecon": sys.modules["qdecon"].__version__, **{name: version(name) for name in PACKAGES}},
    }


def read_stamp(file: Path) -> dict[str, Any] | None:
    """The stamp in a file; None for whatever else it may be.

    A stamp names itself: a stranger's JSON file is never taken for one.
    """
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    named = isinstance(record, dict) and record.get("slug") == file.stem and isinstance(record.get("files"), dict)
    return record if named else None


def read_stamps(folder: Path) -> dict[str, dict[str, Any]]:
    """All stamps of a folder by slug."""
    found = ((file.stem, read_stamp(file)) for file in sorted(folder.glob("*.json")))
    return {slug: record for slug, record in found if record is not None}


def written(record: Mapping[str, Any]) -> bytes:
    """A stamp as the bytes of its file."""
    return (json.dumps(record, ensure_ascii=False, indent=2) + "\n").encode()


def digest(body: bytes) -> str:
    """SHA-256 of a file.

    Examples
    --------
    >>> digest(b"")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(body).hexdigest()


@cache
def code_digests() -> Mapping[str, str]:
    """SHA-256 of the package's own source: of what judges, what draws, the style, and what publishes.

    Examples
    --------
    >>> list(code_digests())
    ['judging', 'drawing', 'style', 'publishing']
    """
    style = set(_sources(CODE["style"]))
    return {part: _joint(file for file in _sources(places) if part == "style" or file not in style)
            for part, places in CODE.items()}  # fmt: skip


def shipped_digests() -> dict[str, str]:
    """File name to SHA-256 of the data that come with the package and belong to no plan: scenarios, track record."""
    home = _PACKAGE / "datasets"
    return {
        f"{folder}/{file.name}": digest(file.read_bytes())
        for folder, pattern in _SHIPPED.items()
        for file in sorted((home / folder).glob(pattern))
    }


def _sources(places: Iterable[str]) -> Iterator[Path]:
    """Source files of modules and rooms, in order."""
    for place in places:
        path = _PACKAGE / place
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.suffix in (".py", ".mplstyle"))
        elif path.is_file():
            yield path


def _joint(files: Iterable[Path]) -> str:
    """One digest of many files, their names included."""
    lines = (f"{file.relative_to(_PACKAGE).as_posix()} {digest(file.read_bytes())}" for file in files)
    return digest("\n".join(lines).encode())
