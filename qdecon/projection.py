"""Joint paths from the reference class: the default model's path plus errors that the same model really made elsewhere.

How a band is made
------------------
1. The model is replayed at every past origin of every peer city and of the nation; the whole error path (1 to H years)
   is kept, measured in one-step spreads: the root mean square of that series' own one-step errors up to the origin,
   shrunk towards the panel's median spread, since a handful of errors says little about a spread.
2. Peers err together. A city's error path is split at each origin year into the median of all cities (common) and the
   rest (its own). The common part gets its own reference class: the error paths of the nation, whose history is longer.
   They are not centred; past bias is carried on, not wished away.
3. A projection adds every own path to every common path. Where there are at most 10^5 pairs they are enumerated,
   exactly and without a seed.

The city itself is left out of its reference class. Source: pooled, conformal-like error paths; see DECISIONS.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qdecon.errors import NotAvailable
from qdecon.models import default_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qdecon.data import Dataset, Panel
    from qdecon.models import Model

WINDOW = 20  # longest memory of model and spread, in yearly changes
PRIOR = 5  # the panel's median spread counts as so many one-step errors
FEWEST = 5  # yearly changes before an origin
FEWEST_NATION = 10
FEWEST_PLACES = 10  # cities at an origin year, to tell common from own
LIMIT = 100_000  # combinations up to which paths are enumerated
LEVELS = (0.80, 0.95)  # central intervals, everywhere


@dataclass(frozen=True)
class Origins:
    """The same model replayed at every origin of a panel.

    Attributes
    ----------
    place, year : ndarray of int, shape (n,)
        Row of the panel and origin year.
    errors : ndarray, shape (n, horizon)
        Actual minus projected change since the origin; NaN where the future is unknown or crosses a splice.
    paths : ndarray, shape (n, horizon)
        Projected change.
    spread : ndarray, shape (n,)
        One-step spread at the origin, shrunk to the panel.
    """

    place: NDArray[np.int_]
    year: NDArray[np.int_]
    errors: NDArray[np.float64]
    paths: NDArray[np.float64]
    spread: NDArray[np.float64]


def replay_origins(
    changes: NDArray[np.float64], first: int, model: Model, horizon: int, fewest: int = FEWEST
) -> Origins:
    """Run a model at every origin of a panel that has enough yearly changes without a gap.

    Parameters
    ----------
    changes : ndarray, shape (places, years)
        Yearly changes on the model's scale; NaN where none can be formed.
    first : int
        Year of the first column.
    horizon : int
        Years ahead.
    fewest : int
        Yearly changes needed before an origin.

    Returns
    -------
    Origins
    """
    places, years = changes.shape
    runs = np.zeros((places, years), dtype=int)
    for column in range(years):
        before = runs[:, column - 1] if column else 0
        runs[:, column] = np.where(np.isnan(changes[:, column]), 0, before + 1)
    paths = np.full((places, years, horizon), np.nan)
    enough = min(fewest, model.needs + 1)
    capped = np.minimum(runs, WINDOW)
    for length in np.unique(capped[capped >= enough]):
        rows, columns = np.nonzero(capped == length)
        past = changes[rows[:, None], columns[:, None] + np.arange(1 - length, 1)]
        paths[rows, columns] = model.path(past, horizon)
    future = np.full((places, years, horizon), np.nan)
    for ahead in range(1, horizon + 1):
        future[:, : years - ahead, ahead - 1] = changes[:, ahead:]
    errors = np.cumsum(future, axis=2) - paths
    spread = _shrunk_spread(_one_step_squares(errors[:, :, 0], runs), runs >= fewest)
    rows, columns = np.nonzero((runs >= fewest) & ~np.isnan(spread))
    return Origins(rows, columns + first, errors[rows, columns], paths[rows, columns], spread[rows, columns])


def _one_step_squares(
    one_step: NDArray[np.float64], runs: NDArray[np.int_]
) -> tuple[NDArray[np.float64], NDArray[np.int_]]:
    """Sum and count of squared one-step errors known at each origin, inside its run and window."""
    places, years = one_step.shape
    totals, counts = np.zeros((places, years)), np.zeros((places, years), dtype=int)
    for column in range(years):
        for back in range(1, min(WINDOW, column) + 1):
            made = one_step[:, column - back]
            inside = (runs[:, column] > back) & ~np.isnan(made)
            totals[:, column] += np.where(inside, np.nan_to_num(made) ** 2, 0.0)
            counts[:, column] += inside
    return totals, counts


def _shrunk_spread(
    squares: tuple[NDArray[np.float64], NDArray[np.int_]], eligible: NDArray[np.bool_]
) -> NDArray[np.float64]:
    totals, counts = squares
    out = np.full(totals.shape, np.nan)
    for column in range(totals.shape[1]):
        usable = eligible[:, column] & (counts[:, column] > 0)
        if usable.any():
            typical = float(np.median(totals[usable, column] / counts[usable, column]))
            out[:, column] = np.sqrt((totals[:, column] + PRIOR * typical) / (counts[:, column] + PRIOR))
    return out


@dataclass(frozen=True)
class ReferenceClass:
    """Error paths in one-step spreads, realised before a date.

    Attributes
    ----------
    own : ndarray, shape (n, horizon)
        City errors after the common part is taken off.
    common : ndarray, shape (m, horizon)
        The nation's errors.
    own_key, common_key : tuple
        (place, origin year) of each path.
    spread : float
        Typical one-step spread of the panel at its last origin.
    nation_spread : float
        The nation's one-step spread at its last origin.
    """

    own: NDArray[np.float64]
    common: NDArray[np.float64]
    own_key: tuple[tuple[int, int], ...]
    common_key: tuple[tuple[int, int], ...]
    spread: float
    nation_spread: float


def reference_class(
    cities: NDArray[np.float64],
    city_first: int,
    nation: NDArray[np.float64],
    nation_first: int,
    model: Model,
    horizon: int,
) -> ReferenceClass:
    """Build a reference class from yearly changes of cities and of the nation.

    Parameters
    ----------
    cities : ndarray, shape (places, years)
    nation : ndarray, shape (1, years)
    city_first, nation_first : int
        Years of the first columns.

    Raises
    ------
    NotAvailable
        If no complete error path of that length has been realised.
    """
    peers = replay_origins(cities, city_first, model, horizon)
    scaled = peers.errors / peers.spread[:, None]
    own = np.full_like(scaled, np.nan)
    for year in np.unique(peers.year):
        here = peers.year == year
        complete = here & ~np.isnan(scaled).any(axis=1)
        if complete.sum() >= FEWEST_PLACES:
            own[complete] = scaled[complete] - np.median(scaled[complete], axis=0)
    country = replay_origins(nation, nation_first, model, horizon, FEWEST_NATION)
    common = country.errors / country.spread[:, None]
    own_kept, common_kept = ~np.isnan(own).any(axis=1), ~np.isnan(common).any(axis=1)
    if not own_kept.any() or not common_kept.any():
        raise NotAvailable(
            f"no peer has an error path of {horizon} years yet",
            "reference class",
            "choose a nearer deadline or a later date",
        )
    return ReferenceClass(
        own=own[own_kept],
        common=common[common_kept],
        own_key=tuple(zip(peers.place[own_kept].tolist(), peers.year[own_kept].tolist(), strict=True)),
        common_key=tuple(zip(country.place[common_kept].tolist(), country.year[common_kept].tolist(), strict=True)),
        spread=float(np.median(peers.spread[peers.year == peers.year.max()])),
        nation_spread=float(country.spread[-1]),
    )


def own_spread(changes: NDArray[np.float64], model: Model, typical: float) -> float:
    """One-step spread of one series, shrunk towards the typical spread of its peers.

    Parameters
    ----------
    changes : ndarray, shape (years,)
    typical : float
        The panel's median spread.
    """
    row = np.atleast_2d(changes)
    squares = [
        float((row[0, end] - model.path(row[:, max(0, end - WINDOW) : end], 1)[0, 0]) ** 2)
        for end in range(max(model.needs + 1, row.shape[1] - WINDOW), row.shape[1])
    ]
    return float(np.sqrt((sum(squares) + PRIOR * typical**2) / (len(squares) + PRIOR)))


def combine(own: NDArray[np.float64], common: NDArray[np.float64], seed: int | None = None) -> NDArray[np.float64]:
    """Add every own path to every common path.

    Parameters
    ----------
    own : ndarray, shape (n, ...)
    common : ndarray, shape (m, ...)
    seed : int, optional
        Only beyond 10^5 combinations, where pairs are drawn instead of enumerated.

    Returns
    -------
    ndarray, shape (n * m, ...) or (10^5, ...)

    Raises
    ------
    NotAvailable
        If there are too many combinations and no seed.

    Examples
    --------
    >>> combine(np.array([[0.0], [1.0]]), np.array([[10.0], [20.0]]))[:, 0]
    array([10., 20., 11., 21.])
    """
    if len(own) * len(common) <= LIMIT:
        return (own[:, None] + common[None, :]).reshape(-1, *own.shape[1:])
    if seed is None:
        raise NotAvailable(
            f"{len(own)} x {len(common)} paths are too many to enumerate", "argument seed", "give a seed"
        )
    draw = np.random.default_rng(seed)
    return np.asarray(own[draw.integers(len(own), size=LIMIT)] + common[draw.integers(len(common), size=LIMIT)])


@dataclass(frozen=True)
class Projection:
    """Equally likely paths of one indicator.

    Attributes
    ----------
    indicator : str
    years : tuple of int
        Years of the columns.
    paths : ndarray, shape (outcomes, years)
        In the unit of the indicator, read-only.
    model : str
        Name of the model.
    own, common : int
        Number of own and of common error paths combined.
    spread, nation_spread : float
        One-step spreads that scale them.
    """

    indicator: str
    years: tuple[int, ...]
    paths: NDArray[np.float64]
    model: str
    own: int
    common: int
    spread: float
    nation_spread: float

    def __post_init__(self) -> None:
        self.paths.setflags(write=False)

    def at(self, year: int) -> NDArray[np.float64]:
        """Outcomes of one year."""
        return np.asarray(self.paths[:, self.years.index(year)])

    def quantiles(self, year: int) -> tuple[float, float, float, float, float]:
        """Median, 80 % interval and 95 % interval of one year: (median, lo80, hi80, lo95, hi95)."""
        points = np.quantile(self.at(year), [0.5, 0.1, 0.9, 0.025, 0.975])
        return float(points[0]), float(points[1]), float(points[2]), float(points[3]), float(points[4])


def project(dataset: Dataset, indicator: str, year: int, model: Model | None = None) -> Projection:
    """Project an indicator to a year, directly or as a share of a whole.

    A level with enough growth rates is projected by itself. One without is projected as share times whole, if its share
    is published; errors of share and whole stay those of the same city and end year, so their joint movement is real.

    Parameters
    ----------
    dataset : Dataset
        As known on the as-of date; the plan's place is left out of its reference class.
    indicator : str
    year : int
        Last year of the paths.
    model : Model, optional
        Default by kind of indicator.

    Raises
    ------
    NotAvailable
        If there are too few points, or no peers with that indicator.

    Examples
    --------
    >>> import qdecon as qd
    >>> projection = project(qd.load("qingdao"), "gdp", 2027)
    >>> projection.years
    (2026, 2027)
    """
    changes = run_of_changes(dataset, indicator)
    if len(changes) >= FEWEST:
        return _project_level(dataset, indicator, changes, year, model or default_model("level"))
    return _project_share(dataset, indicator, year)


def run_of_changes(dataset: Dataset, indicator: str) -> NDArray[np.float64]:
    """Yearly log changes without a gap up to the latest figure, each inside one basis (or derived for a splice)."""
    steps = {step.year: step.value for step in dataset.growth_steps(indicator)}
    latest = dataset.latest(indicator)
    run: list[float] = []
    year = latest.year if latest else 0
    while year in steps and len(run) < WINDOW:
        run.append(float(np.log1p(steps[year])))
        year -= 1
    return np.array(run[::-1])


def _reference(dataset: Dataset, indicator: str, whole: str | None, model: Model, horizon: int) -> ReferenceClass:
    cities = dataset.peers.cities.without([dataset.plan.place.zh])
    nation = dataset.peers.nation
    if indicator not in cities.levels or indicator not in nation.levels:
        raise NotAvailable(
            f"no peers publish {indicator}", "reference class", "add the series to the peers, or read the figures only"
        )

    def changes(panel: Panel, first: int) -> NDArray[np.float64]:
        years = range(first, panel.last + 1)
        return panel.log_growth(indicator, years) if whole is None else panel.log_odds_change(indicator, whole, years)

    return reference_class(changes(cities, 2000), 2000, changes(nation, 1979), 1979, model, horizon)


def _project_level(
    dataset: Dataset, indicator: str, changes: NDArray[np.float64], year: int, model: Model
) -> Projection:
    latest = dataset.latest(indicator)
    if latest is None or latest.value is None or year <= latest.year:
        raise NotAvailable(f"{indicator} is published up to {year}", "argument year", "choose a later year")
    horizon = year - latest.year
    reference = _reference(dataset, indicator, None, model, horizon)
    spread = own_spread(changes, model, reference.spread)
    errors = combine(reference.own * spread, reference.common * reference.nation_spread)
    paths = latest.value * np.exp(model.path(changes[None, :], horizon) + errors)
    years = tuple(range(latest.year + 1, year + 1))
    return Projection(
        indicator, years, paths, model.name, len(reference.own), len(reference.common), spread, reference.nation_spread
    )


def _project_share(dataset: Dataset, indicator: str, year: int) -> Projection:
    """Share times whole, with error paths of both from the same city (or nation) ending in the same year.

    Raises
    ------
    NotAvailable
        If share or whole have too few yearly changes.
    """
    found = [each for each in dataset.indicators.values() if each.numerator == indicator and each.kind == "share"]
    if not found or found[0].denominator is None:
        raise NotAvailable(f"{indicator} has too few yearly changes", f"as of {dataset.as_of}", "wait for more figures")
    share, whole = found[0], found[0].denominator
    last_share, last_whole = dataset.latest(share.id), dataset.latest(whole)
    odds = _run_of_log_odds(dataset, share.id)
    growth = run_of_changes(dataset, whole)
    if last_share is None or last_whole is None or last_whole.value is None or len(odds) < 2 or len(growth) < FEWEST:
        raise NotAvailable(f"{indicator} has too few yearly changes", f"as of {dataset.as_of}", "wait for more figures")
    share_model, whole_model = default_model("share"), default_model("level")
    ahead_share, ahead_whole = year - last_share.year, max(year - last_whole.year, 0)
    shares = _reference(dataset, indicator, whole, share_model, ahead_share)
    wholes = _reference(dataset, whole, None, whole_model, ahead_whole)
    share_spread = own_spread(np.diff(odds), share_model, shares.spread)
    whole_spread = own_spread(growth, whole_model, wholes.spread)
    own = _matched(shares.own * share_spread, shares.own_key, wholes.own * whole_spread, wholes.own_key)
    common = _matched(
        shares.common * shares.nation_spread, shares.common_key, wholes.common * wholes.nation_spread, wholes.common_key
    )
    errors = combine(own, common)
    odds_paths = odds[-1] + share_model.path(np.diff(odds)[None, :], ahead_share) + errors[:, :ahead_share]
    whole_paths = last_whole.value * np.exp(whole_model.path(growth[None, :], ahead_whole) + errors[:, ahead_share:])
    years = tuple(range(last_share.year + 1, year + 1))
    known = [dataset.value(whole, each) for each in years[: ahead_share - ahead_whole]]
    fixed = np.array([item.value if item and item.value else np.nan for item in known])
    wholes_all = np.concatenate([np.broadcast_to(fixed, (len(errors), len(fixed))), whole_paths], axis=1)
    return Projection(
        indicator, years, wholes_all / (1 + np.exp(-odds_paths)), f"{whole_model.name} x {share_model.name}",
        len(own), len(common), whole_spread, wholes.nation_spread,
    )  # fmt: skip


def _run_of_log_odds(dataset: Dataset, share: str) -> NDArray[np.float64]:
    """Log-odds of a share on the basis of its latest figure, without a gap up to it."""
    latest = dataset.latest(share)
    cells = dataset.annual(share)
    run: list[float] = []
    year = latest.year if latest else 0
    while latest is not None and (item := cells.get((year, latest.basis))) is not None and item.value is not None:
        run.append(float(np.log(item.value / (100 - item.value))))
        year -= 1
    return np.array(run[::-1])


def _matched(
    shares: NDArray[np.float64],
    share_keys: tuple[tuple[int, int], ...],
    wholes: NDArray[np.float64],
    whole_keys: tuple[tuple[int, int], ...],
) -> NDArray[np.float64]:
    """Join error paths of the same place that end in the same year, side by side.

    Raises
    ------
    NotAvailable
        If no place has both.
    """
    ends = {(place, origin + wholes.shape[1]): row for row, (place, origin) in enumerate(whole_keys)}
    pairs = [
        (row, ends[place, origin + shares.shape[1]])
        for row, (place, origin) in enumerate(share_keys)
        if (place, origin + shares.shape[1]) in ends
    ]
    if not pairs:
        raise NotAvailable(
            "no peer has joint error paths of that length", "reference class", "choose a nearer deadline"
        )
    left, right = np.array(pairs).T
    return np.concatenate([shares[left], wholes[right]], axis=1)
