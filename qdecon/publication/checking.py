"""The check that the figures in a folder still say what the verdicts say now."""

from __future__ import annotations

import io
import json
from math import floor, isclose, isnan, log10
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from qdecon.publication.sheet import Sheet, rim, sheets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qdecon.scrutiny import Dossier
    from qdecon.verdict import Scorecard

NEXT = "run `qdecon figures` and look at what changed"
_KINDS = {".svg", ".pdf", ".png", ".csv", ".json"}


def check_figures(scorecard: Scorecard, folder: str | Path, dossiers: Sequence[Dossier] = ()) -> tuple[str, ...]:
    """Compare the figures in a folder with what the verdicts give now.

    All files must be there and not empty; the drawn data and the stamps must agree. Published figures agree exactly;
    computed ones may differ by one unit in the sixth digit, as they do between processors. No image is compared.

    Parameters
    ----------
    scorecard : Scorecard
    folder : path
    dossiers : sequence of Dossier
        Those whose figures are published too.

    Returns
    -------
    tuple of str
        Problems: what, where, what next; empty if all is well.
    """
    home = Path(folder)
    expected = sheets(scorecard, dossiers)
    problems = [problem for sheet in expected for problem in _check_sheet(sheet, home)]
    names = {name for sheet in expected for name in sheet.files}
    strays = sorted(file.name for file in home.glob("*") if file.suffix in _KINDS and file.name not in names)
    problems += [f"{home / name}: belongs to no figure (next: delete it)" for name in strays]
    return tuple(problems)


def _check_sheet(sheet: Sheet, home: Path) -> Iterator[str]:
    for name in sheet.files:
        file = home / name
        if not file.is_file():
            yield f"{file}: missing (next: {NEXT})"
        elif not file.stat().st_size:
            yield f"{file}: empty (next: {NEXT})"
    for suffix, compare in ((".csv", _table_problems), (".json", _stamp_problems)):
        file = home / f"{sheet.slug}{suffix}"
        if file.is_file():
            for what in compare(sheet, file):
                yield f"{file}: {what} (next: {NEXT})"


def _table_problems(sheet: Sheet, file: Path) -> Iterator[str]:
    """Differences between the CSV and what would be drawn now."""
    now = rim(sheet.frame)
    try:
        stored = pd.read_csv(io.StringIO(file.read_text(encoding="utf-8")), keep_default_na=False, dtype=str)
    except (ValueError, UnicodeDecodeError) as error:
        yield f"cannot be read as a table: {error}"
        return
    if list(stored.columns) != list(now.columns) or len(stored) != len(now):
        yield f"has {len(stored)} rows and columns {', '.join(stored.columns)}; now there would be {len(now)} rows"
        return
    for name in now.columns:
        for row, (old, new) in enumerate(zip(stored[name], now[name], strict=True)):
            if not _same(old, new, exact=_as_printed(now, row, name)):
                yield f"row {row + 2}, column {name}: {old!r} in the file, {new!r} now"


def _as_printed(frame: pd.DataFrame, row: int, column: str) -> bool:
    """Whether a cell holds a figure as its source printed it, which must agree to the last digit."""
    if "series" in frame.columns:
        return column == "value" and frame["series"].iloc[row] in ("observed", "target")
    return column in ("value", "target")


def _stamp_problems(sheet: Sheet, file: Path) -> Iterator[str]:
    """Differences between the stamp and the verdict now; versions and inputs may differ."""
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        yield f"cannot be read as JSON: {error}"
        return
    now: dict[str, Any] = {
        "title": {"zh": sheet.title.zh, "en": sheet.title.en},
        "alt": {"zh": sheet.alt.zh, "en": sheet.alt.en},
        **sheet.facts,
    }
    for key, new in now.items():
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
