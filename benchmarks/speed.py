"""Speed and memory on one core, in turns with the peers.

Seconds of the peers are those of the library's call; those of qdecon include grouping the arrays. qdecon's operators
depend on the length of a series alone and stay in memory, so that a first call pays for them once: it has a line of its
own.
"""

from __future__ import annotations

import functools
import json
import os
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.service import SCRATCH
from benchmarks.sets import HORIZON, LENGTH, Panel, random_walks
from benchmarks.timing import Contestant, Line, Memory, held, memory, seconds, take_turns
from qdecon.data import shipped_quantiles
from qdecon.models import default_model
from qdecon.models.batch import batch, forecast
from qdecon.models.innovations import BLOCK, Innovations, operators, pairs
from qdecon.projection.bands import calibrate, scaled_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.service import Peers
    from benchmarks.sets import Array
    from qdecon.models.protocol import Forecast

MODEL = default_model("level")
SHIPPED = shipped_quantiles()  # read once, as anybody would
CALIBRATED, KNOWN = "qdecon, 21 quantiles, calibrated on the panel", "qdecon, 21 quantiles, errors known beforehand"
BANDS = [80, 95]
PEERS = ("Naive", "RandomWalkWithDrift", "Theta", "OptimizedTheta", "DynamicOptimizedTheta", "AutoETS")
UNBANDED = ("DynamicOptimizedTheta", "AutoETS")
ORIGINS, AHEAD, DRAWS = 10, 10, 10_000
SHORT = 10  # repeats of what takes milliseconds
PEERS_DRAWN = (50, 200)  # series and paths: theirs are all kept, one row a value


@dataclass(frozen=True)
class Sizes:
    """How much is done; ``--quick`` does less."""

    few: int = 1_500
    many: int = 150_000
    turns: int = 5
    long_turns: int = 3


QUICK = Sizes(300, 6_000, 2, 1)


def calibrated(past: Any) -> Array:
    """Everything from scratch: replay at past origins, calibrate, forecast, quantiles."""
    grouped = batch(past)
    made = forecast(MODEL, grouped, HORIZON)
    return calibrate(grouped, MODEL, HORIZON, SHIPPED).quantiles(made)


def known(past: Any) -> Array:
    """Forecast and quantiles, once a panel has been calibrated."""
    made = forecast(MODEL, batch(past), HORIZON)
    return made.path[:, :, None] + made.spread[:, :, None] * SHIPPED[:HORIZON]


def path(past: Any) -> Array:
    """Forecast alone: path and spread."""
    return forecast(MODEL, batch(past), HORIZON).path


def against_peers(panel: Panel, peers: Peers, sizes: Sizes) -> list[Line]:
    """Forecasts with 80 and 95 % bands, and without."""
    source = SCRATCH / "speed.npz"
    panel.save(source)
    size, past = len(panel.past), list(panel.past)
    contestants = {
        CALIBRATED: Contestant(seconds(lambda: calibrated(past)), size),
        KNOWN: Contestant(seconds(lambda: known(past)), size),
        "qdecon, path and spread": Contestant(seconds(lambda: path(past)), size),
    }
    for name in PEERS:
        work = asked(peers, "forecast", panel=str(source), method=name, horizon=HORIZON, central=BANDS)
        contestants[f"statsforecast {name}, 80 and 95 % bands"] = Contestant(work, size, (CALIBRATED, KNOWN))
    for name in UNBANDED:
        work = asked(peers, "forecast", panel=str(source), method=name, horizon=HORIZON, central=[])
        against = ("qdecon, path and spread",)
        contestants[f"statsforecast {name}, no bands"] = Contestant(work, size, against)
    return take_turns(f"forecasts: {panel.name}", contestants, sizes.turns)


def asked(peers: Peers, do: str, **arguments: Any) -> Callable[[], float]:
    """A request whose seconds the peers' process counts itself."""
    return lambda: float(peers.ask(do, **arguments)["seconds"])


def slow_peers(panel: Panel, peers: Peers, sizes: Sizes) -> list[Line]:
    """The statsmodels models, on as many series as take about a second."""
    few = panel.take(np.arange(50), panel.name)
    source = SCRATCH / "speed_slow.npz"
    few.save(source)
    past = list(panel.past)
    contestants = {CALIBRATED: Contestant(seconds(lambda: calibrated(past)), len(past))}
    for name in peers.ask("methods")["statsmodels"]:
        work = asked(peers, "forecast", panel=str(source), method=name, horizon=HORIZON, central=BANDS)
        contestants[f"statsmodels {name}"] = Contestant(work, len(few.past), (CALIBRATED,))
    return take_turns("statsmodels, 50 series a turn", contestants, sizes.long_turns)


def scaling(sizes: Sizes) -> list[Line]:
    """What a series costs in a panel of 150,000, relative to one of 1,500."""
    few, many = (list(random_walks(size).past) for size in (sizes.few, sizes.many))
    contestants = {
        f"{word}, {size:,} series": Contestant(
            seconds(functools.partial(work, past)),
            size,
            () if past is few else (f"{word}, {sizes.few:,} series",),
        )
        for word, work in (("errors known beforehand", known), ("calibrated on the panel", calibrated))
        for size, past in ((sizes.few, few), (sizes.many, many))
    }
    return take_turns("large panels", contestants, sizes.turns)


def boundary(sizes: Sizes) -> list[Line]:
    """Ragged lists against a matrix: as many values, as many series."""
    rectangular = np.array(random_walks(sizes.few).past)
    longest = random_walks(sizes.few, LENGTH + 6).past
    ragged = [values[row % 13 :] for row, values in enumerate(longest)]  # 14 to 26 years, 20 on average
    contestants = {
        "one matrix": Contestant(seconds(lambda: known(rectangular), SHORT), sizes.few),
        "list of equal lengths": Contestant(
            seconds(lambda: known(list(rectangular)), SHORT), sizes.few, ("one matrix",)
        ),
        "list of 13 different lengths": Contestant(seconds(lambda: known(ragged), SHORT), sizes.few, ("one matrix",)),
    }
    return take_turns("ragged against rectangular", contestants, sizes.turns)


def members(model: Any) -> Iterator[Innovations]:
    """Exponential smoothing inside a combination."""
    if isinstance(model, Innovations):
        yield model
    for member in getattr(model, "members", ()):
        yield from members(member)


def bound(sizes: Sizes) -> list[Line]:
    """The matrix products alone, in the engine's blocks, against the whole forecast and its parts."""
    values = np.array(random_walks(sizes.few).past)
    changes = np.diff(values, axis=1)
    blocks = [changes[start : start + BLOCK] for start in range(0, len(changes), BLOCK)]
    squared = [pairs(block) for block in blocks]
    engines = list(members(MODEL))
    made = [operators(each.grid, each.trend, each.drift, changes.shape[1], HORIZON) for each in engines]

    def products() -> None:
        for each in made:
            for block, squares in zip(blocks, squared, strict=True):
                squares @ each.precision
                block @ each.weights

    def smoothing() -> None:
        for engine in engines:
            engine.forecast(values, HORIZON)

    contestants: dict[str, Contestant] = {
        "matrix products alone": Contestant(seconds(products, SHORT), sizes.few),
        f"the {len(engines)} smoothing members": Contestant(
            seconds(smoothing, SHORT), sizes.few, ("matrix products alone",)
        ),
        "path and spread": Contestant(seconds(lambda: path(values), SHORT), sizes.few, ("matrix products alone",)),
        "path and 21 quantiles": Contestant(
            seconds(lambda: known(values), SHORT), sizes.few, ("matrix products alone",)
        ),
    }
    return take_turns("above the BLAS bound", contestants, 2 * sizes.turns)


def first_call(sizes: Sizes) -> list[Line]:
    """The first call of a process, which makes the operators, against later ones."""
    past = list(random_walks(sizes.few).past)

    def cold() -> float:
        operators.cache_clear()
        return seconds(lambda: calibrated(past))()

    contestants = {
        "later calls": Contestant(seconds(lambda: calibrated(past)), sizes.few),
        "first call": Contestant(cold, sizes.few, ("later calls",)),
    }
    return take_turns("first call, calibrated on the panel", contestants, sizes.turns)


def replayed(series: list[Array], jobs: int) -> None:
    """Refit at each of the last ten origins; path, 21 quantiles and all scores at each."""
    from qdecon.replay import backtest_panel

    backtest_panel(series, HORIZON, MODEL, SHIPPED, origins=ORIGINS, jobs=jobs)


def backtests(peers: Peers, sizes: Sizes) -> list[Line]:
    """Rolling origins, refitted at each: 20 to 29 years of past, as long as a panel of 35 years gives."""
    years = LENGTH + ORIGINS - 1
    panel = random_walks(sizes.few, years)
    whole = [np.concatenate(each) for each in zip(panel.past, panel.future, strict=True)]
    source = SCRATCH / "backtest.npz"
    Panel("backtest", panel.ids, tuple(whole), panel.future).save(source)
    fits, own = sizes.few * ORIGINS, "qdecon, one core: paths and spreads only"
    grouped = batch(whole)
    contestants = {
        own: Contestant(
            seconds(lambda: forecast(MODEL, grouped.origins(HORIZON, ORIGINS), HORIZON)), fits, unit="fits"
        ),
        "qdecon, one core: paths, calibrated 21 quantiles, scores": Contestant(
            seconds(lambda: replayed(whole, 1)), fits, (own,), "fits"
        ),
    }
    for name in ("Naive", "DynamicOptimizedTheta"):
        work = asked(peers, "backtest", panel=str(source), method=name, horizon=HORIZON, origins=ORIGINS)
        contestants[f"statsforecast {name}, one core (n_jobs=1): paths only"] = Contestant(work, fits, (own,), "fits")
    return take_turns(f"backtest, {sizes.few:,} series x {ORIGINS} origins", contestants, sizes.long_turns)


def large_backtest(sizes: Sizes) -> list[Line]:
    """The same on many series, one worker against two."""
    panel = random_walks(sizes.many, LENGTH + ORIGINS - 1)
    whole = [np.concatenate(each) for each in zip(panel.past, panel.future, strict=True)]
    fits = sizes.many * ORIGINS
    contestants = {
        "two cores": Contestant(seconds(lambda: replayed(whole, 2)), fits, unit="fits"),
        "one core": Contestant(seconds(lambda: replayed(whole, 1)), fits, ("two cores",), "fits"),
    }
    return take_turns(f"backtest, {sizes.many:,} series x {ORIGINS} origins", contestants, sizes.long_turns)


def prepared(size: int) -> tuple[Forecast, Array, Array, list[str]]:
    """What a simulation takes: forecasts, error paths of one to ten years, thresholds, names."""
    grouped = batch(np.array(random_walks(size).past))
    made = forecast(MODEL, grouped, AHEAD)
    errors = scaled_errors(grouped.every(-(-size // 250)), MODEL, AHEAD, AHEAD + 3)[:, AHEAD - 1 :].reshape(-1, AHEAD)
    shapes = errors[np.isfinite(errors).all(axis=1)]
    return made, shapes, made.path[:, -1], [str(row) for row in range(size)]


def simulations(peers: Peers, sizes: Sizes) -> list[Line]:
    """Chance of a target and seven quantiles from joint paths, a value at a time."""
    from qdecon.projection.simulation import simulate

    given = prepared(sizes.few)
    values = sizes.few * DRAWS * AHEAD
    series, paths = PEERS_DRAWN
    source = SCRATCH / "simulation.npz"
    random_walks(series).save(source)
    draw = np.random.default_rng(1)

    def normals() -> None:
        for _ in range(sizes.few // 10):
            draw.standard_normal(DRAWS * AHEAD)

    own = f"qdecon, {sizes.few:,} series x {DRAWS:,} paths x {AHEAD} years"
    work = asked(peers, "simulation", panel=str(source), method="RandomWalkWithDrift", horizon=AHEAD, paths=paths)
    contestants = {
        own: Contestant(seconds(lambda: simulate(*given, DRAWS)), values, unit="values"),
        "drawing as many normals, and nothing else": Contestant(
            seconds(normals),
            sizes.few // 10 * DRAWS * AHEAD,
            (own,),
            "values",
        ),
        f"statsforecast simulate, RandomWalkWithDrift, {series} x {paths} x {AHEAD}, paths only": Contestant(
            work, series * paths * AHEAD, (own,), "values"
        ),
    }
    return take_turns("joint paths: chance of a target and 7 quantiles", contestants, sizes.long_turns)


def measure(competitions: list[Panel], peers: Peers, sizes: Sizes, say: Callable[[str], None]) -> list[Line]:
    """Every part about time.

    Raises
    ------
    SystemExit
        If more than one thread would be at work.
    """
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        raise SystemExit("more than one thread would be at work; next: bash benchmarks/run.sh, which sees to it")
    real = Panel(
        f"{sizes.few:,} series of {', '.join(panel.name for panel in competitions)}",
        tuple(name for panel in competitions for name in panel.ids),
        tuple(values for panel in competitions for values in panel.past),
        np.concatenate([panel.future[:, :1] for panel in competitions]),
    )
    real = real.take(np.resize(np.arange(len(real.past)), sizes.few), real.name)  # the first ones again, up to the size
    made = random_walks(sizes.few)
    walks = Panel(f"{sizes.few:,} random walks of {LENGTH} years", made.ids, made.past, made.future)
    parts: list[Callable[[], list[Line]]] = [
        functools.partial(against_peers, walks, peers, sizes),
        functools.partial(against_peers, real, peers, sizes),
        functools.partial(slow_peers, walks, peers, sizes),
        functools.partial(scaling, sizes),
        functools.partial(boundary, sizes),
        functools.partial(bound, sizes),
        functools.partial(first_call, sizes),
        functools.partial(backtests, peers, sizes),
        functools.partial(large_backtest, sizes),
        functools.partial(simulations, peers, sizes),
    ]
    lines: list[Line] = []
    for part in parts:
        begun = time.perf_counter()
        made_lines = part()
        lines += made_lines
        say(f"{made_lines[0].part}: {time.perf_counter() - begun:.0f} s")
    return lines


def measure_memory(sizes: Sizes) -> list[Memory]:
    """Every part about memory, each in a process of its own."""
    works = (
        ("forecast", "21 quantiles, calibrated on the panel", sizes.few),
        ("forecast", "21 quantiles, calibrated on the panel", sizes.many),
        ("backtest", f"{ORIGINS} origins, one core", sizes.many),
        ("simulation", f"{DRAWS:,} paths x {AHEAD} years", sizes.few),
    )
    return [memory(part, f"{size:,} series: {what}", part, str(size)) for part, what, size in works]


def main() -> None:
    """One piece of work in a process of its own; prints the memory held with the input ready, and the peak."""
    part, size = sys.argv[1], int(sys.argv[2])
    work: Callable[[], Any]
    if part == "forecast":
        past = np.array(random_walks(size).past)
        work = functools.partial(calibrated, past)
    elif part == "backtest":
        panel = random_walks(size, LENGTH + ORIGINS - 1)
        whole = [np.concatenate(each) for each in zip(panel.past, panel.future, strict=True)]
        work = functools.partial(replayed, whole, 1)
    else:
        from qdecon.projection.simulation import simulate

        work = functools.partial(simulate, *prepared(size), DRAWS)
    before, _ = held()
    work()
    print(json.dumps((before, held()[1])))


if __name__ == "__main__":
    main()
