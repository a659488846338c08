"""The measurements as CSV, and the page made from them."""

from __future__ import annotations

import csv
import math
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

from benchmarks.accuracy import Row
from benchmarks.badges import Badge, Stated
from benchmarks.timing import Line, Memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

Record = TypeVar("Record", Row, Line, Memory, Badge, Stated)

ACCURACY, SPEED, MEMORY, VERSIONS, PAGE = "accuracy.csv", "speed.csv", "memory.csv", "versions.csv", "RESULTS.md"
BADGES, RELIABILITY = "badges.csv", "reliability.csv"

HEAD = """# qdecon and its peers, side by side

Written by `make bench`; [README.md](README.md) says what is measured, how, and what is not.
"""

ACCURACY_TEXT = """## Accuracy and bands

Lower is better, but coverage should be 0.80 and 0.95. *MASE less qdecon's* is the mean difference on the same series,
with a 95 % interval from drawing series anew: an interval above 0 says that qdecon is better, one below 0 that it is
worse, one around 0 that these series cannot tell. *Worst* is the coverage of that year ahead which lies farthest off.
*Failed* counts series that a method could not fit; they got no change and its normal band. MSIS95 and CRPS are in
units of the mean absolute yearly change of the past; the PIT error is the mean distance between stated and realised
probabilities at 21 levels.

The quantiles that qdecon ships for series without a panel were measured on those parts of M1 and M3 that precede the
test years. No test year went into them, and none of the tourism series.
"""

BADGES_TEXT = """## Badges as forecasts

Targets were set at past origins of every series whose values are above nought, and the published rules and qdecon say
whether they will be met. *Ratio*: five years gone and five to go, the target such that the observed pace is 0.6, 0.8,
0.95, 1.05, 1.2 or 1.5 times the needed one. *Stretch*: plans of five years that ask for the pace of the last five times
0.8, 1, 1.1 or 1.25, judged after each of their first four years. *Badge*: yes or no. *Brier score*: of the best
probability that a rule's quantity can give, a frequency cross-fitted by tenths of the series, for as many years to go
and as much time used; qdecon's errors are cross-fitted by the same tenths. *Above qdecon* has a 95 % interval from
resampling whole series. Rules without a class for "on track" have no badge.
"""

SPEED_TEXT = """## Speed

One core, one thread, unless said; all of a table in one run, taking turns. Medians with the range over the turns.
*Times: X* says how many times as much a series (fit, value) costs as with X, formed within each turn. Peers make 80 and
95 % bands, qdecon 21 quantiles, which hold these.
"""

MEMORY_TEXT = """## Peak memory

Each in a process of its own. *Before* is held with the input ready: Python, numpy, pandas, qdecon and the series.
"""


def store(path: Path, records: Sequence[Row | Line | Memory | Badge | Stated]) -> None:
    """Write records, one a line."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, [field.name for field in fields(records[0])], lineterminator="\n")
        writer.writeheader()
        for record in records:
            writer.writerow({key: _short(value) for key, value in asdict(record).items()})


def stored(path: Path, kind: type[Record]) -> list[Record]:
    """Read what ``store`` wrote; empty if there is none."""
    if not path.exists():
        return []
    types = get_type_hints(kind)
    with path.open(encoding="utf-8", newline="") as handle:
        return [kind(**{key: _read(types[key], text) for key, text in row.items()}) for row in csv.DictReader(handle)]


def page(
    accuracy: list[Row],
    badges: list[Badge],
    stated: list[Stated],
    speed: list[Line],
    memory: list[Memory],
    versions: dict[str, str],
) -> str:
    """The whole of RESULTS.md."""
    parts = [HEAD, "Versions: " + ", ".join(f"{name} {number}" for name, number in versions.items()) + ".\n"]
    if accuracy:
        parts.append(ACCURACY_TEXT)
    for name, rows in _grouped(accuracy, lambda row: row.set):
        parts.append(f"### {name}\n\n{_accuracy(rows)}\n\n{_bands(rows)}\n")
    if badges:
        parts.append(BADGES_TEXT)
    for name, judged in _grouped(badges, lambda row: row.set):
        parts.append(f"### {name}\n\n{_badges(judged)}\n\n{_stated([each for each in stated if each.set == name])}\n")
    if speed:
        parts.append(SPEED_TEXT)
    for name, lines in _grouped(speed, lambda line: line.part):
        parts.append(f"### {name[0].upper()}{name[1:]}\n\n{_speed(lines)}\n")
    if memory:
        cells = [[line.what, f"{line.before:.0f}", f"{line.peak:.0f}"] for line in memory]
        parts.append(f"{MEMORY_TEXT}\n{_table(['work', 'before, MiB', 'peak, MiB'], cells)}\n")
    return "\n".join(parts)


def _accuracy(rows: list[Row]) -> str:
    cells = [
        [
            row.library,
            row.method,
            f"{row.n}",
            f"{row.failed}",
            f"{row.mase:.3f}",
            f"{row.smape:.2f}",
            f"{row.owa:.3f}",
            "" if row is rows[0] else f"{row.less:+.3f} ({row.less_low:+.3f} to {row.less_high:+.3f})",
        ]
        for row in rows
        if not row.method.endswith("on its own")  # the same path as the line before
    ]
    return _table(["library", "method", "n", "failed", "MASE", "sMAPE", "OWA", "MASE less qdecon's"], cells)


def _bands(rows: list[Row]) -> str:
    cells = [
        [
            row.library,
            row.method,
            f"{row.coverage80:.3f}",
            f"{row.worst80:.3f}",
            f"{row.coverage95:.3f}",
            f"{row.worst95:.3f}",
            f"{row.msis95:.2f}",
            f"{row.crps:.3f}",
            f"{row.pit_error:.3f}",
        ]
        for row in rows
    ]
    heads = ["library", "method", "80 % held", "worst", "95 % held", "worst", "MSIS95", "CRPS", "PIT error"]
    return _table(heads, cells, words=2)


def _badges(rows: list[Badge]) -> str:
    """Best first; the badge of a rule that rarely judges says so."""
    cells = [
        [
            row.forecaster,
            row.protocol,
            f"{row.n:,}",
            f"{row.rate:.0%}",
            "" if math.isnan(row.hit_rate) else f"{row.hit_rate:.0%} of {row.judged:.0%}",
            "" if math.isnan(row.brier_badge) else f"{row.brier_badge:.3f}",
            f"{row.brier:.3f}",
            "" if row.forecaster == "qdecon" else f"{row.more:+.3f} ({row.low:+.3f} to {row.high:+.3f})",
        ]
        for row in sorted(rows, key=lambda row: (row.protocol, row.brier))
    ]
    heads = ["forecaster", "targets", "n", "met", "badge right", "Brier, badge", "Brier score", "above qdecon"]
    return _table(heads, cells, words=2)


def _stated(rows: list[Stated]) -> str:
    cells = [
        [
            f"{row.low:.0%} to {row.high:.0%}",
            f"{row.n:,}",
            f"{row.stated:.1%}",
            f"{row.came:.1%} ({row.came_low:.1%} to {row.came_high:.1%})",
        ]
        for row in rows
    ]
    return _table(["qdecon stated", "n", "mean", "came true"], cells)


def _speed(lines: list[Line]) -> str:
    """One row a piece of work, one column for each thing that others are compared with."""
    others = list(dict.fromkeys(line.against for line in lines if line.against))
    cells = []
    for what, own in _grouped(lines, lambda line: line.what):
        ratios = {line.against: line for line in own}
        cells.append(
            [
                what,
                _range(own[0].seconds, own[0].low, own[0].high),
                _figures(own[0].per_second),
                *(
                    _range(ratios[other].ratio, ratios[other].ratio_low, ratios[other].ratio_high)
                    if other in ratios
                    else "1"
                    if other == what
                    else ""
                    for other in others
                ),
            ]
        )
    return _table(["what", "seconds", f"{lines[0].unit}/s", *(f"times: {other}" for other in others)], cells)


def _range(median: float, low: float, high: float) -> str:
    return f"{_figures(median)} ({_figures(low)}-{_figures(high)})"


def _table(heads: list[str], cells: Iterable[list[str]], words: int = 1) -> str:
    """A Markdown table; all columns but the first ones are flushed right."""
    rule = ["---"] * words + ["---:"] * (len(heads) - words)
    return "\n".join("| " + " | ".join(line) + " |" for line in (heads, rule, *cells))


def _grouped(records: list[Record], key: Callable[[Record], str]) -> list[tuple[str, list[Record]]]:
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(key(record), []).append(record)
    return list(groups.items())


def _figures(value: float) -> str:
    """Three significant figures."""
    if value >= 100:
        return f"{float(f'{value:.3g}'):,.0f}"
    digits = 2 - math.floor(math.log10(value)) if value > 0 else 0
    return f"{value:.{min(max(digits, 0), 5)}f}"


def _short(value: Any) -> Any:
    """Six significant figures: what lies beyond depends on the processor."""
    return f"{value:.6g}" if isinstance(value, float) else value


def _read(kind: Any, text: str) -> Any:
    return kind(text)
