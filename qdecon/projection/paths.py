"""Projected paths of one indicator: a level by itself, or a share times its whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qdecon.errors import NotAvailable
from qdecon.models import LOG, PER_CENT, WithinRegime, default_model
from qdecon.models.batch import batch, forecast
from qdecon.models.regime import Regime, current_regime
from qdecon.projection.bands import calibrate
from qdecon.projection.origins import FEWEST, WINDOW, History, moved, own_spread
from qdecon.projection.reference import ReferenceClass, combine, reference_class

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qdecon.data import Dataset, Panel
    from qdecon.models import Model

FEWEST_ALONE = 3  # yearly changes of a level that no peer publishes
AMOUNTS = ("level", "flow", "stock")  # kinds that can be projected alone
OUTCOMES = 1000  # that stand for its distribution
CITY_FIRST, NATION_FIRST, ABROAD_FIRST = 2000, 1979, 1951  # first years of yearly changes


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
        Number of own and of common error paths combined; both 0 where no peer publishes the indicator.
    spread, common_spread : float
        One-step spreads that scale them, as fractions.
    regime : Regime or None
        The window that a level is projected from, and why.
    abroad : bool
        Whether common errors take their shapes from other countries; the nation's own otherwise.
    """

    indicator: str
    years: tuple[int, ...]
    paths: NDArray[np.float64]
    model: str
    own: int
    common: int
    spread: float
    common_spread: float
    regime: Regime | None = None
    abroad: bool = False

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
    if len(changes) >= FEWEST_ALONE and indicator not in dataset.peers.cities.levels:
        return _project_alone(dataset, indicator, changes, year, model or default_model("level"))
    if len(changes) >= FEWEST:
        return _project_level(dataset, indicator, changes, year, model or default_model("account"))
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


def growth_of(panel: Panel, indicator: str, first: int, whole: str | None = None) -> History:
    """Yearly changes of a panel up to the last year known: of a level in logs, of its share of a whole in log-odds."""
    years = range(first, panel.last + 1)
    if whole is None:
        return History(panel.log_growth(indicator, years), first)
    return History(panel.log_odds_change(indicator, whole, years), first, PER_CENT)


def level_class(dataset: Dataset, indicator: str, model: Model, horizon: int) -> ReferenceClass:
    """The reference class of a level: own parts from the other cities, common ones from other countries."""
    abroad = growth_of(dataset.peers.countries, "gdp_real", ABROAD_FIRST)
    return _peer_class(dataset, indicator, None, model, horizon, abroad)


def _peer_class(
    dataset: Dataset, indicator: str, whole: str | None, model: Model, horizon: int, abroad: History | None = None
) -> ReferenceClass:
    cities, nation = dataset.peers.cities.without([dataset.plan.place.zh]), dataset.peers.nation
    if not {indicator, whole or indicator} <= cities.levels.keys() & nation.levels.keys():
        raise NotAvailable(
            f"no peers publish {indicator}", "reference class", "add the series to the peers, or read the figures only"
        )
    own, common = growth_of(cities, indicator, CITY_FIRST, whole), growth_of(nation, indicator, NATION_FIRST, whole)
    return reference_class(own, common, model, horizon, abroad)


def _project_level(
    dataset: Dataset, indicator: str, changes: NDArray[np.float64], year: int, model: Model
) -> Projection:
    latest = dataset.latest(indicator)
    if latest is None or latest.value is None or year <= latest.year:
        raise NotAvailable(f"{indicator} is published up to {year}", "argument year", "choose a later year")
    horizon = year - latest.year
    regime = window(dataset, indicator, changes, act=isinstance(model, WithinRegime))
    kept = changes[regime.start :] if regime.kind == "declared" else changes
    reference = level_class(dataset, indicator, model, horizon)
    spread = own_spread(kept, model, reference.spread)
    paths = combine(reference.own * spread, reference.common * reference.common_spread)
    paths += moved(model, kept[None, :], horizon)[0]  # in place: there are a million of them
    np.exp(paths, out=paths)
    paths *= latest.value
    return Projection(
        indicator,
        tuple(range(latest.year + 1, year + 1)),
        paths,
        model.name,
        len(reference.own),
        len(reference.common),
        spread,
        reference.common_spread,
        regime,
        abroad=True,
    )


def _project_alone(
    dataset: Dataset, indicator: str, changes: NDArray[np.float64], year: int, model: Model
) -> Projection:
    """Project a level that no peer publishes, with quantiles of errors measured on public annual series.

    Nothing is stated beyond the outermost quantiles. Outcomes keep their rank over the years.

    Raises
    ------
    NotAvailable
        If it is published up to that year, is no amount, or the year lies further off than errors were measured.
    """
    latest, kind = dataset.latest(indicator), dataset.indicator(indicator).kind
    if latest is None or latest.value is None or year <= latest.year:
        raise NotAvailable(f"{indicator} is published up to {year}", "argument year", "choose a later year")
    if kind not in AMOUNTS:
        raise NotAvailable(
            f"no peers publish {indicator}, a {kind}",
            "reference class",
            "add the series to the peers, or read the figures",
        )
    regime, horizon = window(dataset, indicator, changes), year - latest.year
    kept = np.concatenate([[0.0], np.cumsum(changes[regime.start if regime.kind == "declared" else 0 :])])
    series = batch([latest.value * np.exp(kept - kept[-1])])
    made, bands = forecast(model, series, horizon), calibrate(series, model, horizon, dataset.peers.shipped)
    ranks = (np.arange(OUTCOMES) + 0.5) / OUTCOMES
    errors = np.stack([np.interp(ranks, bands.levels, each) for each in bands.multipliers], axis=1)
    years = tuple(range(latest.year + 1, year + 1))
    spread = float(made.spread[0, 0] / latest.value)
    return Projection(indicator, years, made.path + made.spread * errors, model.name, 0, 0, spread, 0.0, regime)


def window(dataset: Dataset, indicator: str, changes: NDArray[np.float64], *, act: bool = False) -> Regime:
    """The regime of a level's yearly changes: declared in ``indicators.toml``, or detected.

    A declared break shortens the window that is projected from. A detected one is told, and acted on only under a model
    that asks for that (:class:`qdecon.models.WithinRegime`).
    """
    latest, since = dataset.latest(indicator), dataset.indicator(indicator).regime_since
    last = latest.year if latest is not None else None
    first = (since or 0) - ((last or 0) - len(changes) + 1)
    declared = (first,) if since is not None and 0 < first < len(changes) else ()
    return current_regime(changes, declared, last_year=last, scale=LOG, act=act)


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
    share_model, whole_model = default_model("share"), default_model("account")
    ahead_share, ahead_whole = year - last_share.year, max(year - last_whole.year, 0)
    years = tuple(range(last_share.year + 1, year + 1))
    known = [dataset.value(whole, each) for each in years[: ahead_share - ahead_whole]]
    if not years or any(item is None for item in known):
        raise NotAvailable(f"{whole} has a gap before {year}", f"as of {dataset.as_of}", "wait for more figures")
    shares = _peer_class(dataset, indicator, whole, share_model, ahead_share)
    share_spread = own_spread(np.diff(odds), share_model, shares.spread, PER_CENT)
    own, common = shares.own * share_spread, shares.common * shares.common_spread
    spreads, middle = (share_spread, shares.common_spread), np.empty(0)
    if ahead_whole:
        wholes = _peer_class(dataset, whole, None, whole_model, ahead_whole)
        spreads = own_spread(growth, whole_model, wholes.spread), wholes.common_spread
        own = _matched(own, shares.own_key, wholes.own * spreads[0], wholes.own_key)
        common = _matched(common, shares.common_key, wholes.common * spreads[1], wholes.common_key)
        middle = moved(whole_model, growth[None, :], ahead_whole)[0][0]
    errors = combine(own, common)
    odds_paths = (
        odds[-1] + moved(share_model, np.diff(odds)[None, :], ahead_share, PER_CENT)[0] + errors[:, :ahead_share]
    )
    whole_paths = last_whole.value * np.exp(middle + errors[:, ahead_share:])
    fixed = np.array([item.value for item in known if item is not None], dtype=float)
    levels = np.concatenate([np.broadcast_to(fixed, (len(errors), len(fixed))), whole_paths], axis=1)
    name = f"{whole_model.name} x {share_model.name}"
    return Projection(indicator, years, levels / (1 + np.exp(-odds_paths)), name, len(own), len(common), *spreads)


def _run_of_log_odds(dataset: Dataset, share: str) -> NDArray[np.float64]:
    """Log-odds of a share on the basis of its latest figure, without a gap up to it."""
    latest = dataset.latest(share)
    cells = dataset.annual(share)
    run: list[float] = []
    year = latest.year if latest else 0
    while latest is not None and (item := cells.get((year, latest.basis))) is not None:
        if item.value is None or not 0 < item.value < 100:  # a share of nothing or of all has no log-odds
            break
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
