"""Taking turns, so that ratios hold on a shared machine; and peak memory in a process of its own."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.service import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MEBIBYTE = 2**20


@dataclass(frozen=True)
class Line:
    """One measured cost.

    Attributes
    ----------
    part, what : str
        Section of the report, and what was done.
    count : int
        How many of ``unit`` were worked on in one turn.
    seconds, low, high : float
        Median and range over the turns.
    against : str
        What it is compared with; empty for nothing.
    ratio, ratio_low, ratio_high : float
        Its cost for one of ``unit`` in multiples of the other's, formed within each turn: median and range.
    """

    part: str
    what: str
    count: int
    unit: str
    turns: int
    seconds: float
    low: float
    high: float
    per_second: float
    against: str
    ratio: float
    ratio_low: float
    ratio_high: float


@dataclass(frozen=True)
class Memory:
    """Peak memory of one piece of work, in MiB; ``before`` is what the process held with its input ready."""

    part: str
    what: str
    before: float
    peak: float


@dataclass(frozen=True)
class Contestant:
    """A piece of work that returns its own seconds.

    Attributes
    ----------
    against : tuple of str
        Names of the contestants that its cost is divided by.
    """

    work: Callable[[], float]
    count: int
    against: tuple[str, ...] = ()
    unit: str = "series"


def seconds(work: Callable[[], Any], repeats: int = 1) -> Callable[[], float]:
    """The work, timed; what takes a millisecond is repeated, so that another process does not drown it."""

    def timed() -> float:
        start = time.perf_counter()
        for _ in range(repeats):
            work()
        return (time.perf_counter() - start) / repeats

    return timed


def take_turns(part: str, contestants: Mapping[str, Contestant], turns: int) -> list[Line]:
    """Let every contestant work once unmeasured and then ``turns`` times, one after the other."""
    measured: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(turns + 1):
        for name, contestant in contestants.items():
            taken = contestant.work()
            if turn:
                measured[name].append(taken)
    lines = []
    for name, contestant in contestants.items():
        own = measured[name]
        median = statistics.median(own)
        for other in contestant.against or ("",):
            ratios = [float("nan")]
            if other:
                share = contestants[other].count / contestant.count
                ratios = [share * mine / theirs for mine, theirs in zip(own, measured[other], strict=True)]
            lines.append(
                Line(
                    part,
                    name,
                    contestant.count,
                    contestant.unit,
                    turns,
                    median,
                    min(own),
                    max(own),
                    contestant.count / median,
                    other,
                    statistics.median(ratios),
                    min(ratios),
                    max(ratios),
                )
            )
    return lines


def held() -> tuple[float, float]:
    """Memory held by this process now, and at most so far, in MiB.

    ``getrusage`` would also count what the parent held when it started this process, so that Linux's own file is read
    where there is one.
    """
    status = Path("/proc/self/status")
    if status.exists():
        fields = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines())
        return tuple(int(fields[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))  # type: ignore[return-value]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / MEBIBYTE
    return peak, peak


def memory(part: str, what: str, *arguments: str) -> Memory:
    """Run ``python -m benchmarks.speed`` with these arguments in a fresh process and read what it held."""
    command = [sys.executable, "-m", "benchmarks.speed", *arguments]
    made = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    before, peak = json.loads(made.stdout)
    return Memory(part, what, before, peak)
