"""Publishing the figures: every format, with the data drawn, a stamp and a gallery, each file whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qdecon.errors import NotAvailable
from qdecon.publication.edition import edition
from qdecon.publication.gallery import GALLERY, gallery, is_ours
from qdecon.publication.sheet import chosen, sheets
from qdecon.publication.stamp import digest, read_stamps, stamp, written
from qdecon.publication.writing import alone, write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from qdecon.publication.edition import Edition
    from qdecon.verdict import Scorecard


def publish(
    scorecard: Scorecard,
    folder: str | Path,
    around: Sequence[object] = (),
    *,
    digests: Mapping[str, str] | None = None,
    size: str | None = None,
    only: Sequence[str] = (),
) -> tuple[Path, ...]:
    """Write the figures of the headline targets, of the scorecard and of what surrounds them, in both languages.

    For each figure: ``<slug>.<language>.svg``, ``.pdf`` and ``.png`` for a slide, ``<slug>.<language>.column.png`` for
    a newspaper column, ``<slug>.csv`` with exactly what is drawn, and ``<slug>.json``, the stamp: title, text
    alternative, verdict, SHA-256 of the inputs, of the code and of the images, versions. ``README.md`` shows them all.
    The same verdicts give the same bytes, so a figure whose stamp and images are as they would be is not drawn again.

    Parameters
    ----------
    scorecard : Scorecard
    folder : path
        Made if it does not exist. Figures published there earlier that no longer exist are removed; whatever is not
        named by a stamp stays, as does a README of someone else's.
    around : sequence of Dataset, Dossier, Comparison or Record
        Their figures are published too.
    digests : mapping, optional
        File name to SHA-256 of the data that the verdicts rest on.
    size : str, optional
        Publish this size instead of the slide and the column.
    only : sequence of str
        Names of figures, or ids or names of targets, to which to keep; all if none is given.

    Returns
    -------
    tuple of Path
        Files whose bytes are new.

    Raises
    ------
    NotAvailable
        If the folder cannot be written, another process is writing there, or it holds another plan's figures or those
        of another size.
    UnknownName
        If there is no such size or figure.
    """
    images = edition(size)
    with alone(folder) as home:
        before = read_stamps(home)
        _refuse_mixture(before, scorecard.plan.id, images, home)
        every = sheets(scorecard, around)
        changed: list[Path] = []
        for sheet in chosen(every, scorecard.plan, only):
            now = stamp(sheet, scorecard.plan.id, images, digests or {})
            data = {f"{sheet.slug}.csv": sheet.table().encode()}
            if not _stands(before.get(sheet.slug), now, data, images.files(sheet.slug), home):
                files = images.images(sheet) | data
                changed += write_whole(home, files | {f"{sheet.slug}.json": _sealed(now, files)})
        gone = before.keys() - {sheet.slug for sheet in every}
        current = {name for sheet in every for name in images.files(sheet.slug)}
        stale = [name for slug in sorted(gone) for name in (*before[slug]["files"], f"{slug}.json")]
        shown = [sheet for sheet in every if (home / f"{sheet.slug}.json").exists()]
        page = {GALLERY: gallery(scorecard, shown, images).encode()} if is_ours(home / GALLERY) else {}
        changed += write_whole(home, page, gone=[name for name in stale if name not in current])
    return tuple(changed)


def _sealed(now: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes:
    """The stamp with the files that it names; it is written last."""
    return written({**now, "files": {name: digest(body) for name, body in files.items()}})


def _stands(
    before: Mapping[str, Any] | None,
    now: Mapping[str, Any],
    data: Mapping[str, bytes],
    names: Sequence[str],
    home: Path,
) -> bool:
    """Whether a figure is as it would be drawn: the same stamp and table, and the files that it names."""
    if before is None or before != {**now, "files": before["files"]}:
        return False
    files: Mapping[str, str] = before["files"]
    return (
        {*files, f"{now['slug']}.json"} == set(names)
        and all(files[name] == digest(body) for name, body in data.items())
        and all((home / name).is_file() and digest((home / name).read_bytes()) == files[name] for name in files)
    )


def _refuse_mixture(before: Mapping[str, Mapping[str, Any]], plan: str, images: Edition, home: Path) -> None:
    """Refuse to write over the figures of another plan, or of other sizes.

    Raises
    ------
    NotAvailable
        If that is what the folder holds.
    """
    for record in before.values():
        there, sizes = record.get("plan"), record.get("sizes", [])
        if there != plan:
            raise NotAvailable(f"the folder holds figures of plan {there}", str(home), "choose another folder")
        if sizes != images.sizes:
            raise NotAvailable(
                f"the folder holds figures of size {', '.join(sizes)}", str(home), "choose another folder"
            )
