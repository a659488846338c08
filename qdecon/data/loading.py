"""Loading a data folder as known on a date; the one place of the library that opens the data."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from qdecon.data.dataset import Dataset
from qdecon.data.identities import check_identities
from qdecon.data.indicators import read_indicators
from qdecon.data.inspection import LARGEST, Inspector
from qdecon.data.observations import read_observations, read_sources
from qdecon.data.peers import read_peers
from qdecon.data.periods import interval_end
from qdecon.data.planfile import read_plan
from qdecon.errors import DataError, NotAvailable, Problem, UnknownName

if TYPE_CHECKING:
    from qdecon.data.observations import Source
    from qdecon.data.peers import Peers

FILES = ("plan.toml", "indicators.toml", "observations.csv", "sources.csv")
PEER_FILES = (
    "sources.csv", "places.csv", "cities.csv", "provinces.csv", "nation.csv", "countries.csv", "breaks.csv",
    "revisions.csv",
)  # fmt: skip
_EMBEDDED = Path(__file__).resolve().parent.parent / "datasets"


def load(name: str | Path = "qingdao", as_of: str | dt.date | None = None) -> Dataset:
    """Load a plan and its figures as known on a date.

    Parameters
    ----------
    name : str or Path
        An embedded plan (``"qingdao"``) or a folder that follows the data contract.
    as_of : str or date, optional
        ``YYYY-MM-DD``; default is the newest publication date in the folder that is stated at least to the month.

    Returns
    -------
    Dataset
        Holds nothing published later than ``as_of``.

    Raises
    ------
    UnknownName
        If there is no such plan, or ``as_of`` is no date.
    NotAvailable
        If the plan did not exist on that date.
    DataError
        If the folder breaks its contract; it lists every problem.

    Examples
    --------
    >>> import qdecon as qd
    >>> qd.load("qingdao", as_of="2023-03-31").latest("gdp").year
    2022
    """
    folder = find_plan(name)
    dataset, problems = _read(folder)
    if problems or dataset is None:
        raise DataError(problems)
    return known(dataset, _date(as_of) if as_of is not None else _newest(dataset))


def known(dataset: Dataset, as_of: dt.date) -> Dataset:
    """The dataset as it was known on an earlier date.

    Raises
    ------
    NotAvailable
        If the plan did not exist on that date.
    """
    if as_of < dataset.plan.published:
        raise NotAvailable(
            f"the plan {dataset.plan.id} did not exist on {as_of}",
            "argument as_of",
            f"choose a date from {dataset.plan.published} on",
        )
    targets = tuple(target for target in dataset.plan.targets if target.adopted <= as_of)
    goals = tuple(goal for goal in dataset.plan.goals if (interval_end(goal.stated) or as_of) <= as_of)
    events = tuple(event for event in dataset.plan.events if (interval_end(event.date) or as_of) <= as_of)
    return replace(
        dataset,
        plan=replace(dataset.plan, targets=targets, goals=goals, events=events),
        observations=tuple(item for item in dataset.observations if item.known <= as_of),
        as_of=as_of,
        peers=dataset.peers.known(as_of),
    )


def check(name: str | Path = "qingdao") -> tuple[Problem, ...]:
    """List every problem of a data folder; empty if it keeps the contract.

    Raises
    ------
    UnknownName
        If there is no such folder.

    Examples
    --------
    >>> check("qingdao")
    ()
    """
    return _read(find_plan(name))[1]


def _read(folder: Path) -> tuple[Dataset | None, tuple[Problem, ...]]:
    inspector = Inspector(folder)
    indicators, bases, lags = read_indicators(inspector)
    sources = read_sources(inspector)
    observations = read_observations(inspector, indicators, bases, sources, lags)
    plan = read_plan(inspector, indicators, sources)
    if not inspector.problems:
        check_identities(inspector, indicators, observations)
    peers_folder = folder / "peers" if (folder / "peers").is_dir() else _EMBEDDED / "peers"
    peers_digests = tuple(_digest(peers_folder / file) for file in PEER_FILES)
    peers, peers_sources, peers_problems = _peers(peers_folder, peers_digests)
    problems = (*inspector.problems, *peers_problems)
    if plan is None or peers is None or problems:
        return None, problems
    sources = {**peers_sources, **sources}
    digests = {file: _digest(folder / file) for file in FILES}
    digests |= {f"peers/{file}": digest for file, digest in zip(PEER_FILES, peers_digests, strict=True)}
    newest = dt.date.max
    return Dataset(plan, indicators, bases, observations, sources, newest, peers, digests), ()


@lru_cache(maxsize=4)
def _peers(folder: Path, digests: tuple[str, ...]) -> tuple[Peers | None, dict[str, Source], tuple[Problem, ...]]:
    """The peers' tables, kept as long as their bytes are the same: most plans share them."""
    inspector = Inspector(folder)
    sources, peers = read_sources(inspector), read_peers(inspector)
    return peers, sources, tuple(replace(each, file=f"peers/{each.file}") for each in inspector.problems)


def find_plan(name: str | Path) -> Path:
    """The folder of a plan: one of one's own, or that of an embedded plan by its name.

    Raises
    ------
    UnknownName
        If there is neither.
    """
    path = Path(name)
    if path.is_dir() and (path / "plan.toml").exists():
        return path
    if isinstance(name, str) and (_EMBEDDED / name / "plan.toml").exists():
        return _EMBEDDED / name
    plans = ", ".join(sorted(found.parent.name for found in _EMBEDDED.glob("*/plan.toml")))
    raise UnknownName(f"no plan {str(name)!r}", "argument name", f"choose {plans}, or a folder that holds a plan.toml")


def _date(as_of: str | dt.date) -> dt.date:
    if isinstance(as_of, dt.date):
        return as_of
    try:
        return dt.date.fromisoformat(as_of)
    except ValueError as error:
        raise UnknownName(
            f"no date: {as_of!r}", "argument as_of", "write YYYY-MM-DD, for instance 2023-03-31"
        ) from error


def _newest(dataset: Dataset) -> dt.date:
    """Newest publication date stated at least to the month: a bare year would point to its last day.

    If no figure states one: the newest date assumed for a figure, and the plan's own if there is no figure at all.
    """
    stated = [item.known for item in dataset.observations if len(item.published) > len("2026")]
    assumed = [item.known for item in dataset.observations]
    return max(dataset.plan.published, max(stated or assumed, default=dt.date.min))


def _digest(path: Path) -> str:
    """SHA-256 of a file; empty if there is none that could be read."""
    readable = path.is_file() and path.stat().st_size <= LARGEST[path.suffix]
    return hashlib.sha256(path.read_bytes()).hexdigest() if readable else ""
