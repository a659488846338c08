"""Answers of the day, kept as soon as each is whole, so that an interrupted refresh goes on where it stopped."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qdecon.errors import NotAvailable
from qdecon.publication.writing import write_whole
from qdecon.sources.nbsanswer import cells, merged, periods

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import Path

    from qdecon.sources.nbs import Client
    from qdecon.sources.nbsanswer import Cell
    from qdecon.sources.nbstables import Request
    from qdecon.sources.refresh.feed import Series

FOLDER = ".refresh"


@dataclass(frozen=True)
class Answers:
    """What the database answered on one day, in ``.refresh/<day>/<digest of the request>.json`` of a plan's folder.

    Attributes
    ----------
    home : Path
        The folder of the plan.
    day : datetime.date
    keep : bool
        Whether new answers are written; answers that stand there are read either way.
    """

    home: Path
    day: dt.date
    keep: bool

    def series(self, series: Series, client: Client) -> Mapping[int, Cell]:
        """The cells of a series by year, from kept answers where they are whole, else from the database.

        Raises
        ------
        NotAvailable
            If an answer cannot be had, read or kept.
        """
        return merged((request, self._cells(request, client)) for request in series.requests())

    def forget_other_days(self) -> None:
        """Remove what was kept on other days: the database may have changed since.

        Raises
        ------
        NotAvailable
            If it cannot be removed.
        """
        root = self.home / FOLDER
        for path in sorted(root.iterdir()) if root.is_dir() else ():
            if path.name != self.day.isoformat():
                _remove(path)

    def forget(self) -> None:
        """Remove all that was kept.

        Raises
        ------
        NotAvailable
            If it cannot be removed.
        """
        if (self.home / FOLDER).is_dir():
            _remove(self.home / FOLDER)

    def _cells(self, request: Request, client: Client) -> Mapping[int, Cell]:
        name = f"{FOLDER}/{self.day.isoformat()}/{request.digest}.json"
        try:
            kept = (self.home / name).read_bytes()
            if periods(kept, request.where):
                return cells(request, kept)
        except (OSError, NotAvailable):  # there is none, or it is not whole: ask
            pass
        body = client.answer(request)
        found = cells(request, body)
        if self.keep:
            write_whole(self.home, {name: body})
        return found


def _remove(path: Path) -> None:
    try:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    except OSError as error:
        raise NotAvailable(f"cannot remove kept answers: {error.strerror}", str(path), "remove them by hand") from error
