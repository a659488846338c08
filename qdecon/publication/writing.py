"""Writing the figures: every format, with the data drawn and a stamp, each file whole or not at all."""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from qdecon.charts.export import to_pdf, to_png, to_svg
from qdecon.errors import NotAvailable
from qdecon.plan import LANGUAGES
from qdecon.publication.sheet import Sheet, sheets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qdecon.scrutiny import Dossier
    from qdecon.verdict import Scorecard

_PACKAGES = ("fonttools", "matplotlib", "numpy", "pandas")


def publish(
    scorecard: Scorecard,
    folder: str | Path,
    dossiers: Sequence[Dossier] = (),
    *,
    digests: Mapping[str, str] | None = None,
) -> tuple[Path, ...]:
    """Write the figures of the headline targets and of the scorecard, in both languages.

    For each figure: ``<slug>.<language>.svg``, ``.pdf`` and ``.png`` for a slide, ``<slug>.<language>.column.png`` for
    a newspaper column, ``<slug>.csv`` with exactly what is drawn, and ``<slug>.json``, the stamp: title, text
    alternative, verdict, SHA-256 of the inputs, versions. The same verdicts give the same bytes.

    Parameters
    ----------
    scorecard : Scorecard
    folder : path
        Made if it does not exist; other files in it stay.
    dossiers : sequence of Dossier
        Their figures are published too: history, shortfall, rules, readings and base rate.
    digests : mapping, optional
        File name to SHA-256 of the data that the verdicts rest on.

    Returns
    -------
    tuple of Path
        Files written.

    Raises
    ------
    NotAvailable
        If the folder cannot be written.
    """
    home = Path(folder)
    drawn = [
        (name, body) for sheet in sheets(scorecard, dossiers) for name, body in _files(sheet, digests or {}).items()
    ]
    try:
        home.mkdir(parents=True, exist_ok=True)
        for name, body in drawn:
            _replace(home / name, body)
    except OSError as error:
        raise NotAvailable(
            f"cannot write figures: {error.strerror}", str(home), "choose a folder you may write to"
        ) from error
    return tuple(home / name for name, _ in drawn)


def _files(sheet: Sheet, digests: Mapping[str, str]) -> dict[str, bytes]:
    """All files of one figure, by name."""
    files: dict[str, bytes] = {}
    for language in LANGUAGES:
        stem, title = f"{sheet.slug}.{language}", sheet.title[language]
        slide = sheet.draw(language, "slide")
        files[f"{stem}.svg"] = to_svg(slide, title, language)
        files[f"{stem}.pdf"] = to_pdf(slide, title)
        files[f"{stem}.png"] = to_png(slide)
        files[f"{stem}.column.png"] = to_png(sheet.draw(language, "column"))
    files[f"{sheet.slug}.csv"] = sheet.table().encode()
    files[f"{sheet.slug}.json"] = (json.dumps(stamp(sheet, digests), ensure_ascii=False, indent=2) + "\n").encode()
    return files


def stamp(sheet: Sheet, digests: Mapping[str, str]) -> dict[str, object]:
    """What a figure rests on and says, for machines and for readers who cannot see it."""
    return {
        "slug": sheet.slug,
        "title": {language: sheet.title[language] for language in LANGUAGES},
        "alt": {language: sheet.alt[language] for language in LANGUAGES},
        **sheet.facts,
        "inputs": dict(sorted(digests.items())),
        "versions": {"qdecon": sys.modules["qdecon"].__version__, **{name: version(name) for name in _PACKAGES}},
    }


def _replace(path: Path, body: bytes) -> None:
    """Put a file in place whole: readers see the old one or the new one."""
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        temporary = Path(file.name)
        try:
            file.write(body)
            file.flush()
            temporary.chmod(0o644)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
