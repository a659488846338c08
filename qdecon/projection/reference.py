"""The reference classes: errors the model really made elsewhere, split into each place's own and a common part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qdecon.errors import NotAvailable
from qdecon.projection.origins import FEWEST, replay_origins

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qdecon.models import Model
    from qdecon.projection.origins import History, Origins

FEWEST_LONG = 8  # yearly changes before an origin of a nation
FEWEST_PLACES = 10  # cities at an origin year, to tell common from own
FEWEST_YEARS = 3  # years that peers and nation must share before their errors are compared
RECENT = 10  # years over which the size of common errors is measured
LIMIT = 200_000  # pairs of paths up to which every one is enumerated


@dataclass(frozen=True)
class ReferenceClass:
    """Error paths in one-step spreads, realised before a date.

    Attributes
    ----------
    own : ndarray, shape (n, horizon)
        Errors of peer places after the common part is taken off.
    common : ndarray, shape (m, horizon)
        Errors of whole nations.
    own_key, common_key : tuple
        (place, origin year) of each path.
    spread : float
        Typical one-step spread of the peers at their last origin.
    common_spread : float
        Size of common errors one year ahead.
    """

    own: NDArray[np.float64]
    common: NDArray[np.float64]
    own_key: tuple[tuple[int, int], ...]
    common_key: tuple[tuple[int, int], ...]
    spread: float
    common_spread: float


def reference_class(
    peers: History, nation: History, model: Model, horizon: int, abroad: History | None = None
) -> ReferenceClass:
    """Build a reference class from yearly changes.

    Parameters
    ----------
    peers : History
        Comparable places; their errors less the median of each origin year are the own part.
    nation : History
        One row; its recent errors say how large common errors are.
    horizon : int
    abroad : History, optional
        Other countries, whose error paths are the shapes that a common error can take, each with either sign: which way
        a whole nation will err next is not known from the past. The nation's own errors, with their signs, if None.

    Raises
    ------
    NotAvailable
        If no complete error path of that length has been realised.
    """
    made = replay_origins(peers, model, horizon)
    complete = made.complete()
    scaled = made.errors / made.spread[:, None]
    own = np.full_like(scaled, np.nan)
    for year in np.unique(made.year):
        here = (made.year == year) & complete
        if here.sum() >= FEWEST_PLACES:
            own[here] = scaled[here] - np.median(scaled[here], axis=0)
    own_kept = ~np.isnan(own[:, 0])
    shapes = replay_origins(abroad or nation, model, horizon, FEWEST_LONG)
    common_kept = shapes.complete()
    common, keys = shapes.errors[common_kept] / shapes.spread[common_kept, None], _keys(shapes, common_kept)
    if abroad is not None:
        common, keys = np.concatenate([common, -common]), keys * 2
    if not own_kept.any() or not common_kept.any():
        raise NotAvailable(
            f"no peer has an error path of {horizon} years yet",
            "reference class",
            "choose a nearer deadline or a later date",
        )
    return ReferenceClass(
        own=own[own_kept],
        common=common,
        own_key=_keys(made, own_kept),
        common_key=keys,
        spread=float(np.median(made.spread[made.year == made.year.max()])),
        common_spread=common_spread(peers, nation, model),
    )


def common_spread(peers: History, nation: History, model: Model) -> float:
    """Size of common errors one year ahead: the nation's of the last ten years, times what passes through to the peers.

    What passes through is the ratio of two root mean squares over the years that both have: of the peers' median errors
    and of the nation's errors. Before there are ``FEWEST_YEARS`` such years it is 1.

    Raises
    ------
    NotAvailable
        If the nation has no past errors.
    """
    here, there = _common_errors(nation, model, 1), _common_errors(peers, model, FEWEST_PLACES)
    last = nation.first + nation.changes.shape[1] - 1
    recent = [error for year, error in here.items() if year > last - RECENT]
    if not recent:
        raise NotAvailable("the nation has no past errors yet", "reference class", "choose a later date")
    both = sorted(here.keys() & there.keys())
    passes = 1.0
    if len(both) >= FEWEST_YEARS:
        passes = _size([there[year] for year in both]) / _size([here[year] for year in both])
    return passes * _size(recent)


def _common_errors(history: History, model: Model, places: int) -> dict[int, float]:
    """Median one-step error of the places by the year it was made in, where there are enough of them."""
    made = replay_origins(history, model, 1, FEWEST_LONG if places == 1 else FEWEST)
    known = made.complete()
    years = np.unique(made.year[known])
    errors = {int(year): made.errors[known & (made.year == year), 0] for year in years}
    return {year + 1: float(np.median(found)) for year, found in errors.items() if len(found) >= places}


def _size(errors: list[float]) -> float:
    return float(np.sqrt(np.mean(np.square(errors))))


def _keys(made: Origins, kept: NDArray[np.bool_]) -> tuple[tuple[int, int], ...]:
    return tuple(zip(made.place[kept].tolist(), made.year[kept].tolist(), strict=True))


def combine(own: NDArray[np.float64], common: NDArray[np.float64]) -> NDArray[np.float64]:
    """Add every own path to every common path.

    Beyond ``LIMIT`` pairs every second, third, ... common path stands for its neighbours of the same place; nothing is
    drawn, so that the same question always has the same answer.

    Parameters
    ----------
    own : ndarray, shape (n, ...)
    common : ndarray, shape (m, ...)

    Returns
    -------
    ndarray, shape (n * m, ...), or the nearest below ``LIMIT``

    Examples
    --------
    >>> combine(np.array([[0.0], [1.0]]), np.array([[10.0], [20.0]]))[:, 0]
    array([10., 20., 11., 21.])
    """
    kept = common[:: max(-(-len(own) * len(common) // LIMIT), 1)]
    return (own[:, None] + kept[None, :]).reshape(-1, *own.shape[1:])
