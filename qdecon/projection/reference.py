"""The reference class: errors the model really made elsewhere, split into a common part and each city's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qdecon.errors import NotAvailable
from qdecon.projection.origins import replay_origins

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qdecon.models import Model

FEWEST_NATION = 10  # yearly changes before an origin of the nation
FEWEST_PLACES = 10  # cities at an origin year, to tell common from own
LIMIT = 100_000  # combinations up to which paths are enumerated


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
