"""How often comparable places did so much in so short a time: the base rate behind a share that was never published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qdecon.errors import NotAvailable

if TYPE_CHECKING:
    from qdecon.data import Dataset, Panel

ENERGY_YEARS = (2021, 2022)  # when prices of coal, oil and ores jumped
ENERGY_POINTS = 0.03  # a province whose deflator outran the nation's by so much lives on energy and mining
SMALLEST = 0.5  # of the city's own GDP: in a smaller economy one plant moves the share


@dataclass(frozen=True)
class RiseRate:
    """How often a rise was reached.

    Attributes
    ----------
    hits, cases : int
        Windows in which the share rose at least so far, and all windows.
    largest : float
        Largest rise seen, in percentage points.
    places : tuple of str
        Comparable places.
    all_hits, all_cases : int
        The same without excluding any place.
    window : int
        Years.
    """

    hits: int
    cases: int
    largest: float
    places: tuple[str, ...]
    all_hits: int
    all_cases: int
    window: int

    @property
    def probability(self) -> float:
        """Share of cases with half a case added to either side (Jeffreys prior), so that none seen is not called impossible.

        Source: Brown, Cai and DasGupta (2001), Interval estimation for a binomial proportion.
        """
        return posterior(self.hits, self.cases)


def posterior(hits: int, cases: int) -> float:
    """Mean of the Jeffreys posterior of a proportion.

    Examples
    --------
    >>> round(posterior(0, 192), 4)
    0.0026
    """
    return (hits + 0.5) / (cases + 1)


def comparable_provinces(dataset: Dataset, whole: str = "gdp") -> tuple[str, ...]:
    """Provinces of at least half the city's GDP (or other ``whole``) that do not live on energy and mining.

    The rule is written on prices and size, never on the share itself: a province is left out if its implied GDP deflator
    outran the nation's by 3 points or more over 2021-22 (as far as known on the as-of date).

    Raises
    ------
    NotAvailable
        If no year of the price jump is known yet.
    """
    panel, peers = dataset.peers.provinces, dataset.peers
    years = [year for year in ENERGY_YEARS if year <= panel.last]
    latest = dataset.latest(whole)
    if not years or latest is None or latest.value is None:
        raise NotAvailable("comparable provinces are not known yet", f"as of {dataset.as_of}", "choose a later date")
    national = _national_deflator(dataset, years)
    kept = []
    for place in panel.places:
        sizes = panel.pairs(whole, place)
        deflators = [peers.deflator(place, year) for year in years]
        if not sizes or any(each is None for each in deflators):
            continue
        rise = sum(each for each in deflators if each is not None)
        if rise < national + ENERGY_POINTS and sizes[max(sizes)][1] >= SMALLEST * latest.value:
            kept.append(place)
    return tuple(kept)


def _national_deflator(dataset: Dataset, years: list[int]) -> float:
    values = dataset.peers.nation.levels["gdp_deflator_growth"][dataset.peers.nation.places[0]]
    known = {year: value for series in values.values() for year, value in series.items()}
    return sum(known[year] / 100 for year in years)


def share_rises(panel: Panel, part: str, whole: str, window: int) -> dict[str, dict[tuple[str, int], float]]:
    """Rises of part/whole over ``window`` years, in percentage points: place -> (basis, last year) -> rise."""
    rises: dict[str, dict[tuple[str, int], float]] = {}
    for place in panel.places:
        shares = panel.shares(part, whole, place)
        rises[place] = {
            (basis, year): 100 * (share - shares[basis, year - window])
            for (basis, year), share in shares.items()
            if (basis, year - window) in shares
        }
    return rises


def rise_rate(dataset: Dataset, part: str, whole: str, rise: float, window: int) -> RiseRate:
    """How often the share of comparable provinces rose by ``rise`` points or more within ``window`` years.

    Raises
    ------
    NotAvailable
        If no window of that length is known, or the provinces lack a series.
    """
    panel = dataset.peers.provinces
    if not {part, whole} <= panel.levels.keys():
        raise NotAvailable(f"the provinces have no {part} or {whole}", "reference class", "add the series to the peers")
    rises = share_rises(panel, part, whole, window)
    places = comparable_provinces(dataset, whole)
    cases = [each for place in places for each in rises[place].values()]
    everywhere = [each for found in rises.values() for each in found.values()]
    if not cases:
        raise NotAvailable(f"no window of {window} years is known", f"as of {dataset.as_of}", "choose a later date")
    return RiseRate(
        hits=sum(each >= rise for each in cases),
        cases=len(cases),
        largest=max(cases),
        places=places,
        all_hits=sum(each >= rise for each in everywhere),
        all_cases=len(everywhere),
        window=window,
    )
