"""Writing into a folder of published files: each file whole or not at all, and one writer at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from qdecon.errors import NotAvailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

UNFINISHED = ".unfinished"


@contextmanager
def alone(folder: str | Path) -> Iterator[Path]:
    """Be the only writer of a folder until the ``with`` block ends.

    The folder itself is locked, so no lock file can be left behind, and the lock of a process that was killed is gone
    with it. What such a process left unfinished is removed. A second writer is refused at once, not made to wait: it
    would only write the same again.

    Parameters
    ----------
    folder : path
        Made if it does not exist.

    Yields
    ------
    Path
        The folder.

    Raises
    ------
    NotAvailable
        If another process is writing there, or the folder cannot be written or locked.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, alone(folder) as home:
    ...     [path.name for path in write_whole(home, {"a.csv": b"year,value", "en/a.csv": b"year,value"})]
    ['a.csv', 'a.csv']
    """
    home = Path(folder)
    with _told(home):
        home.mkdir(parents=True, exist_ok=True)
        handle = os.open(home, os.O_RDONLY)
    try:
        _lock(handle, home)
        with _told(home):
            _clear(home)
        yield home
    finally:
        os.close(handle)  # and with it the lock


def write_whole(folder: str | Path, files: Mapping[str, bytes], *, gone: Iterable[str] = ()) -> tuple[Path, ...]:
    """Write files so that a reader, or a process killed half-way, never leaves or sees a half-written one.

    All bodies are first written to the folder ``.unfinished`` inside, then moved into place one by one. A file that
    holds these bytes already is not touched. Call it inside :func:`alone`.

    Parameters
    ----------
    folder : path
        Made if it does not exist; other files in it stay.
    files : mapping
        Path inside the folder, with ``/`` between names, to the bytes of the file.
    gone : iterable of str
        Paths inside the folder to remove once the new files stand; missing ones are passed over.

    Returns
    -------
    tuple of Path
        Files whose bytes are new, in the order given.

    Raises
    ------
    NotAvailable
        If the folder cannot be written, or a path leads out of it.
    """
    home = Path(folder)
    for name in (*files, *(gone := tuple(gone))):
        _refuse_outside(name, home)
    changed = [name for name, body in files.items() if not _holds(home / name, body)]
    scratch = home / UNFINISHED
    with _told(home):
        try:
            for name in changed:
                _put(scratch / name, files[name])
            for name in changed:
                (home / name).parent.mkdir(parents=True, exist_ok=True)
                (scratch / name).replace(home / name)
            for name in gone:
                (home / name).unlink(missing_ok=True)
        finally:
            _clear(home)
    return tuple(home / name for name in changed)


def replace_whole(path: Path, body: bytes) -> None:
    """Write one file so that nobody ever sees half of it, without a lock: of several writers the last one wins.

    Raises
    ------
    OSError
        If the file system refuses.
    """
    scratch = path.with_name(f".{path.name}.{os.getpid()}{UNFINISHED}")
    try:
        scratch.write_bytes(body)
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def _refuse_outside(name: str, home: Path) -> None:
    parts = Path(name).parts
    if not parts or Path(name).is_absolute() or {"..", UNFINISHED} & set(parts):
        raise NotAvailable(f"no path inside the folder: {name!r}", str(home), "name a file below the folder")


def _holds(path: Path, body: bytes) -> bool:
    """Whether a file has exactly these bytes."""
    try:
        return path.stat().st_size == len(body) and path.read_bytes() == body
    except OSError:
        return False


def _put(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)


def _clear(home: Path) -> None:
    """Remove what was left unfinished."""
    if (home / UNFINISHED).is_dir():
        shutil.rmtree(home / UNFINISHED)


def _lock(handle: int, home: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise NotAvailable(
            "another process is writing here", str(home), "wait until it has ended and run again"
        ) from error
    except OSError as error:  # some network file systems lock no folder
        raise NotAvailable(
            f"cannot lock the folder: {error.strerror}", str(home), "write to a folder on a local disk and copy it"
        ) from error


@contextmanager
def _told(home: Path) -> Iterator[None]:
    """Say in the project's words that the file system refused.

    Raises
    ------
    NotAvailable
        If it did.
    """
    try:
        yield
    except OSError as error:
        raise NotAvailable(
            f"cannot write files: {error.strerror}", str(home), "choose a folder you may write to"
        ) from error
