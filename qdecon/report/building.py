"""Building the report: one piece of work a target, kept from run to run, then the pages of the whole plan."""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from joblib import Parallel, delayed, parallel_config

from qdecon.errors import NotAvailable
from qdecon.publication.stamp import digest
from qdecon.publication.writing import UNFINISHED, alone, write_whole
from qdecon.report.cache import Cache, key_of
from qdecon.report.pages import PLAN_PAGES, Settings
from qdecon.report.pieces import PLATES, TOLD, WHOLE, piece, whole_piece

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qdecon.data import Dataset

LISTING = "report.json"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")


@dataclass(frozen=True)
class Work:
    """How the work is done; nothing in the report depends on it.

    Attributes
    ----------
    cache : path or None
        Folder in which finished pages are kept for the next run; None keeps nothing.
    jobs : int
        Processes at work.
    tell : callable or None
        Told the number of pieces finished and of all.
    """

    cache: Path | None = None
    jobs: int = 1
    tell: Callable[[int, int], None] | None = None

    @classmethod
    def of(cls, cache: str | Path | None, jobs: int = 0, *, progress: bool = False) -> Work:
        """Work as the command line states it: no number of jobs means one a processor."""
        count = jobs if jobs > 0 else len(os.sched_getaffinity(0))
        return cls(None if cache is None else Path(cache), count, _bar() if progress else None)


def default_cache() -> Path:
    """Folder for finished pages among the user's caches."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "qdecon" / "report"


def _bar() -> Callable[[int, int], None]:
    """A progress bar."""
    from tqdm import tqdm

    bar = tqdm(unit="target", leave=False)

    def tell(done: int, of: int) -> None:
        bar.total = of
        bar.update(done - bar.n)
        if done == of:
            bar.close()

    return tell


def build_report(
    dataset: Dataset, folder: str | Path, settings: Settings | None = None, work: Work | None = None
) -> tuple[Path, ...]:
    """Write the report of a plan: a folder of pages that opens from disk, without a server or a network.

    ``index.html`` leads to ``zh/`` and ``en/``; in each the front page, a page a target, what moved, the method and the
    sources; ``figures/`` holds the images with their data. The same data give the same bytes, whatever the folder, the
    time zone, the number of processes and what an earlier run left.

    Parameters
    ----------
    dataset : Dataset
    folder : path
        Made if it does not exist. Pages of an earlier report that no longer exist are removed.
    settings : Settings, optional
        By default what moved is told for the last year.
    work : Work, optional
        By default one process that keeps nothing.

    Returns
    -------
    tuple of Path
        Files whose bytes are new.

    Raises
    ------
    NotAvailable
        If the folder holds something else or cannot be written, or the id of a target cannot name a page.
    """
    work, settings = work or Work(), settings or Settings.of(dataset)
    _refuse(dataset)
    with alone(folder) as home:
        before = _listed(home)
        pieces = _pieces(dataset, settings, work)
        files = {name: body for piece in pieces.values() for name, body in piece.items() if name != TOLD}
        listing = {
            "plan": dataset.plan.id, "as_of": dataset.as_of.isoformat(), "since": settings.since.isoformat(),
            "inputs": dict(sorted(dataset.digests.items())),
            "files": {name: digest(files[name]) for name in sorted(files)},
        }  # fmt: skip
        files[LISTING] = (json.dumps(listing, ensure_ascii=False, indent=1) + "\n").encode()
        return write_whole(home, files, gone=sorted(before - files.keys()))


def _refuse(dataset: Dataset) -> None:
    """Refuse a plan whose ids cannot name pages.

    Raises
    ------
    NotAvailable
        If a target's id is no plain word, or names another page.
    """
    for target in dataset.plan.targets:
        if not _NAME.fullmatch(target.id) or target.id in (*PLAN_PAGES, PLATES, WHOLE):
            raise NotAvailable(
                f"the id {target.id!r} cannot name a page",
                "plan.toml, target.id",
                "use small letters, digits and hyphens",
            )


def _listed(home: Path) -> set[str]:
    """Files of the report that stands in a folder.

    Raises
    ------
    NotAvailable
        If something else stands there.
    """
    if (home / LISTING).is_file():
        try:
            return set(json.loads((home / LISTING).read_bytes())["files"]) & _within(home)
        except (ValueError, KeyError, TypeError):
            pass
    strangers = [path.name for path in home.iterdir() if path.name not in (LISTING, UNFINISHED)]
    if strangers:
        raise NotAvailable(
            f"the folder holds no report but {strangers[0]}",
            str(home),
            "choose a new or an empty folder",
        )
    return set()


def _within(home: Path) -> set[str]:
    """Addresses of all files in a folder: nothing outside can be named."""
    return {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()}


def _pieces(dataset: Dataset, settings: Settings, work: Work) -> dict[str, dict[str, bytes]]:
    """All pieces of work by name: kept ones from the cache, the others made side by side."""
    cache, parts = Cache(work.cache), [PLATES, *(target.id for target in dataset.plan.targets)]
    about = (dict(dataset.digests), dataset.as_of.isoformat(), asdict(settings))
    keys = {name: key_of(name, *about) for name in (*parts, WHOLE)}
    label = digest(f"{dataset.plan.id} {dataset.as_of}".encode())[:16]
    kept = {name: cache.find(f"{label}-{name}", key) for name, key in keys.items()}
    found = {name: files for name, files in kept.items() if files is not None}
    missing = [name for name in parts if name not in found]
    for name, files in zip(missing, _made(dataset, settings, missing, work), strict=True):
        found[name] = files
        cache.keep(f"{label}-{name}", keys[name], files)
    if WHOLE not in found or missing:
        found[WHOLE] = whole_piece(dataset, settings, [json.loads(found[name][TOLD]) for name in parts])
        cache.keep(f"{label}-{WHOLE}", keys[WHOLE], found[WHOLE])
    if missing:
        cache.tidy(label, keys)
    return found


def _made(dataset: Dataset, settings: Settings, names: list[str], work: Work) -> Iterator[dict[str, bytes]]:
    """Pieces in order, each as soon as it is there."""
    with parallel_config(backend="loky", inner_max_num_threads=1):
        parallel = Parallel(n_jobs=min(work.jobs, len(names)) or 1, return_as="generator")
        for done, files in enumerate(parallel(delayed(piece)(dataset, settings, name) for name in names), start=1):
            if work.tell is not None:
                work.tell(done, len(names))
            yield files
