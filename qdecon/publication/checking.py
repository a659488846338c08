"""The check that the figures in a folder still say what the verdicts say now; and if not, why."""

from __future__ import annotations

import io
import json
from itertools import islice
from math import floor, isclose, isnan, log10
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from qdecon.publication.edition import edition
from qdecon.publication.gallery import GALLERY, gallery, is_ours
from qdecon.publication.sheet import chosen, sheets
from qdecon.publication.stamp import digest, read_stamps, stamp
from qdecon.publication.table import plain_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from qdecon.publication.edition import Edition
    from qdecon.publication.sheet import Sheet
    from qdecon.verdict import Scorecard

NEXT = "run `qdecon figures` and look at what changed"
SHOWN = 5  # differences of one file that are listed
_KINDS = {".svg", ".pdf", ".png", ".csv", ".json"}


def check_figures(
    scorecard: Scorecard,
    folder: str | Path,
    around: Sequence[object] = (),
    *,
    digests: Mapping[str, str] | None = None,
    size: str | None = None,
    only: Sequence[str] = (),
) -> tuple[str, ...]:
    """Compare the figures in a folder with what the verdicts give now.

    All files must be there; the drawn data, the words and the gallery must agree; images must be those that the stamp
    names, drawn by the charts' present code in their present style. Published figures agree exactly; computed ones may
    differ by one unit in the sixth digit, as they do between processors. A change of the data or of the code that
    judges is no problem in itself: it is named as the reason where something differs.

    Parameters
    ----------
    scorecard : Scorecard
    folder : path
    around : sequence of Dataset, Dossier, Comparison or Record
        Those whose figures are published too.
    digests : mapping, optional
        File name to SHA-256 of the data that the verdicts rest on.
    size : str, optional
    only : sequence of str
        As for :func:`publish`; with names given, only these figures are looked at.

    Returns
    -------
    tuple of str
        Problems: what, where, why, what next; empty if all is well.

    Raises
    ------
    UnknownName
        If there is no such size or figure.
    """
    home, images, every = Path(folder), edition(size), sheets(scorecard, around)
    stamps = read_stamps(home)
    problems: list[str] = []
    for sheet in chosen(every, scorecard.plan, only):
        now = stamp(sheet, scorecard.plan.id, images, digests or {})
        problems += _missing(sheet, images, home)
        problems += _differing(sheet, now, stamps.get(sheet.slug), home)
        problems += _images(sheet, now, stamps.get(sheet.slug), home)
    if only:
        return tuple(problems)
    names = {name for sheet in every for name in images.files(sheet.slug)}
    strays = sorted(file.name for file in home.glob("*") if file.suffix in _KINDS and file.name not in names)
    problems += [f"{home / name}: belongs to no figure (next: delete it)" for name in strays]
    return (*problems, *_gallery_problems(gallery(scorecard, every, images), home / GALLERY))


def _missing(sheet: Sheet, images: Edition, home: Path) -> Iterator[str]:
    for name in images.files(sheet.slug):
        file = home / name
        if not file.is_file():
            yield f"{file}: missing (next: {NEXT})"
        elif not file.stat().st_size:
            yield f"{file}: empty (next: {NEXT})"


def _differing(sheet: Sheet, now: dict[str, Any], stored: dict[str, Any] | None, home: Path) -> Iterator[str]:
    """What the table and the stamp say otherwise than the verdict now, and why."""
    for suffix, compare in ((".csv", _table_problems), (".json", _stamp_problems)):
        file = home / f"{sheet.slug}{suffix}"
        if file.is_file():
            found = compare(sheet, now, file)
            for what in islice(found, SHOWN):
                yield f"{file}: {what}; {_reason(now, stored, file)} (next: {NEXT})"
            if more := sum(1 for _ in found):
                yield f"{file}: {more} more differences (next: {NEXT})"


def _images(sheet: Sheet, now: Mapping[str, Any], stored: dict[str, Any] | None, home: Path) -> Iterator[str]:
    """Images that are not those of the stamp, or not as they would be drawn now."""
    if stored is None:
        if (home / f"{sheet.slug}.json").is_file():
            yield f"{home / sheet.slug}.json: does not tell by what code the figure was drawn (next: {NEXT})"
        return
    for name, known in stored["files"].items():
        file = home / name
        if file.suffix != ".csv" and file.is_file() and file.stat().st_size and digest(file.read_bytes()) != known:
            yield f"{file}: not the image that was published (next: {NEXT})"
    code = stored.get("code", {})
    ways = {"drawing": "drawn by other code", "style": "drawn in another style"}
    told = [words for part, words in ways.items() if code.get(part) != now["code"][part]]
    if told:
        yield f"{home / sheet.slug}.json: {' and '.join(told)} (next: {NEXT})"


def _reason(now: Mapping[str, Any], stored: Mapping[str, Any] | None, file: Path) -> str:
    """Why a file may differ from what would be written now."""
    if stored is None:
        return "it has no stamp to tell why"
    if file.name in stored["files"] and digest(file.read_bytes()) != stored["files"][file.name]:
        return "the file was changed after it was published"
    told = []
    for what, key in (("data", "inputs"), ("versions", "versions")):
        old, new = stored.get(key, {}), now[key]
        names = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
        told += [f"{what} changed: {', '.join(names)}"] if names else []
    code = stored.get("code", {})
    told += [
        f"{part} code changed" for part in ("judging", "drawing", "publishing") if code.get(part) != now["code"][part]
    ]
    return "; ".join(told) or "neither data nor code changed"


def _gallery_problems(text: str, file: Path) -> Iterator[str]:
    """A gallery of ours that shows something else; a README of someone else's is left alone."""
    if not file.exists():
        yield f"{file}: missing (next: {NEXT})"
    elif is_ours(file) and file.read_bytes() != text.encode():
        yield f"{file}: not the gallery of these figures (next: {NEXT})"


def _table_problems(sheet: Sheet, _: Mapping[str, Any], file: Path) -> Iterator[str]:
    """Differences between the CSV and what would be drawn now."""
    now = sheet.printed()
    try:
        stored = pd.read_csv(io.StringIO(file.read_text(encoding="utf-8")), keep_default_na=False, dtype=str)
    except (ValueError, UnicodeDecodeError) as error:
        yield f"cannot be read as a table: {error}"
        return
    if list(stored.columns) != list(now.columns) or len(stored) != len(now):
        yield (
            f"has {len(stored)} rows and columns {', '.join(stored.columns)}; "
            f"now there would be {len(now)} rows and columns {', '.join(now.columns)}"
        )
        return
    for name in now.columns:
        for row, (old, new) in enumerate(zip(stored[name], now[name], strict=True)):
            if not _same(old, new, exact=_as_printed(now, row, plain_name(name))):
                yield f"row {row + 2}, column {name}: {old!r} in the file, {new!r} now"


def _as_printed(frame: pd.DataFrame, row: int, column: str) -> bool:
    """Whether a cell holds a figure as its source printed it, which must agree to the last digit."""
    if "series" in frame.columns:
        return column == "value" and frame["series"].iloc[row] in ("observed", "target")
    return column in ("value", "target")


def _stamp_problems(_: Sheet, now: Mapping[str, Any], file: Path) -> Iterator[str]:
    """Differences between the stamp and the verdict now; inputs, code and versions only explain them."""
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        yield f"cannot be read as JSON: {error}"
        return
    for key, new in now.items():
        if key not in ("inputs", "code", "versions"):
            for path, old, value in _leaves(key, stored.get(key), new):
                if not _same(old, value, exact=path == "value"):
                    yield f"{path}: {old!r} in the file, {value!r} now"


def _leaves(path: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    """Pairs of plain values at the same place of two records."""
    if isinstance(new, dict):
        for key, value in new.items():
            yield from _leaves(f"{path}.{key}", old.get(key) if isinstance(old, dict) else None, value)
    else:
        yield path, old, new


def _same(old: Any, new: Any, *, exact: bool) -> bool:
    """Whether two values agree; computed numbers up to one unit in the sixth digit or the third decimal."""
    if new is None or new is pd.NA:
        return old in ("", None)
    if isinstance(new, float) and not isinstance(old, list):
        try:
            stored = float("nan") if old in ("", None) else float(old)
        except ValueError:
            return False
        if isnan(new) or isnan(stored):
            return isnan(new) and isnan(stored)
        unit = 10.0 ** (floor(log10(abs(new))) - 5) if new else 0.0
        return stored == new if exact else isclose(stored, new, rel_tol=0, abs_tol=max(1.01 * unit, 1e-12))
    if isinstance(old, str) and not isinstance(new, str):
        return old == str(new)
    return bool(old == new)
