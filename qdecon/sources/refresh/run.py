"""The refresh of a plan's figures from the national statistics database, from the question to the last byte."""

from __future__ import annotations

import datetime as dt
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from qdecon.data import known, load
from qdecon.data.loading import find_plan
from qdecon.errors import DataError, NotAvailable, UnknownName
from qdecon.publication.stamp import digest
from qdecon.publication.writing import alone
from qdecon.sources.appending import commit
from qdecon.sources.refresh.answers import Answers
from qdecon.sources.refresh.commit import with_rows
from qdecon.sources.refresh.comparison import VINTAGE, compare, largest_revisions
from qdecon.sources.refresh.feed import read_feed
from qdecon.sources.refresh.outcome import Refreshed, moves
from qdecon.sources.tables.landing import staged, tables_of
from qdecon.verdict import scorecard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qdecon.data import Dataset
    from qdecon.sources.nbs import Client

_ALL = dt.date.max


def refresh(folder: str | Path, retrieved: dt.date, *, client: Client, dry_run: bool = False) -> Refreshed:
    """Retrieve the figures that a plan's ``feed.toml`` names, append what is new, and tell which verdicts moved.

    Nothing that stands in the folder is altered: rows are only appended. A run that was interrupted goes on where it
    stopped if it is started again on the same day; a run that is repeated appends nothing twice.

    Parameters
    ----------
    folder : path
        Of the plan; it holds a ``feed.toml``.
    retrieved : datetime.date
        The day of the retrieval, which is the vintage of the figures.
    client : Client
        A session with the database.
    dry_run : bool
        Tell what would be done, and write nothing in the folder.

    Returns
    -------
    Refreshed

    Raises
    ------
    UnknownName
        If there is no such folder.
    NotAvailable
        If the plan is an embedded one, another process writes in the folder, the database cannot be read, or its
        figures would break the contract of the folder.
    DataError
        If the folder or its feed break their contract.
    """
    home = _plan(folder)
    writer: AbstractContextManager[Path] = nullcontext(home) if dry_run else alone(home)
    with writer:
        everything = load(home, as_of=_ALL)
        before = known(everything, retrieved)
        _refuse_later(everything, retrieved)
        old = tables_of(home)
        _refuse_other(everything, old, home)
        series = read_feed(home, everything, last=retrieved.year - 1)
        answers = Answers(home, retrieved, keep=not dry_run)
        if not dry_run:
            answers.forget_other_days()
        cells = [(each, answers.series(each, client)) for each in series]
        found = compare(before, cells, retrieved, largest_revisions(everything.peers.revisions))
        new = old | with_rows(old, found.appended, retrieved, client.base_url)
        after = known(_checked(home, new), retrieved) if found.appended else before
        moved = moves(scorecard(before), scorecard(after), before, after, found.appended) if found.appended else ()
        if not dry_run:
            commit(home, old, new)
            answers.forget()
    return Refreshed(
        everything.plan.place, retrieved, dry_run, found.appended, found.unchanged, found.coarser, found.blank, moved
    )


def _plan(folder: str | Path) -> Path:
    """The folder of a plan.

    Raises
    ------
    UnknownName
        If there is none.
    NotAvailable
        If only an embedded plan has that name.
    """
    home = Path(folder)
    if (home / "plan.toml").is_file():
        return home
    try:
        find_plan(str(folder))
    except UnknownName as error:
        raise UnknownName(
            f"no plan in the folder {str(folder)!r}", "argument folder", "name a folder that holds a plan.toml"
        ) from error
    raise NotAvailable(
        f"the embedded plan {str(folder)!r} is not refreshed",
        "argument folder",
        f"copy it to a folder of your own: qdecon new FOLDER --like {folder}, and name that folder",
    )


def _refuse_later(dataset: Dataset, retrieved: dt.date) -> None:
    """Refuse a day before an earlier retrieval.

    Raises
    ------
    NotAvailable
        If the folder holds figures retrieved later.
    """
    latest = max((item.known for item in dataset.observations if item.vintage == VINTAGE), default=retrieved)
    if latest > retrieved:
        raise NotAvailable(
            f"the folder holds figures retrieved on {latest}, after {retrieved}",
            "argument retrieved",
            "check the clock of the machine",
        )


def _refuse_other(dataset: Dataset, tables: Mapping[str, bytes], home: Path) -> None:
    """Refuse tables that are no longer those that the dataset was read from.

    Raises
    ------
    NotAvailable
        If they are not.
    """
    for name, body in tables.items():
        if digest(body) != dataset.digests[name]:
            raise NotAvailable(
                "the table was changed while it was being read",
                str(home / name),
                "close other programs that edit it and run again",
            )


def _checked(home: Path, new: Mapping[str, bytes]) -> Dataset:
    """The dataset with the new tables, from a copy outside the folder that has to keep the whole contract.

    Raises
    ------
    NotAvailable
        If it does not, or cannot be made.
    """
    try:
        with staged(home, new) as copy:
            return load(copy, as_of=_ALL)
    except DataError as error:
        told = "; ".join(each.what for each in error.problems[:3])
        raise NotAvailable(
            f"the figures retrieved do not agree with the plan's: {told}",
            str(home),
            "nothing was written; look the figures up on the web page of the database, and correct feed.toml or the"
            " figures held",
        ) from error
    except OSError as error:
        raise NotAvailable(f"cannot check the new tables: {error.strerror}", str(home), "free some space") from error
