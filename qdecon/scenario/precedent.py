"""As in another city at another time: the path of a lever taken from the peers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from qdecon.errors import NotAvailable, UnknownName
from qdecon.projection.branches import GDP, SERVICES
from qdecon.scenario.record import Assumption

if TYPE_CHECKING:
    from qdecon.data import Dataset, Panel
    from qdecon.models import Array

Taken: TypeAlias = Literal["growth", "outgrowth", "services"]
TAKEN: tuple[Taken, ...] = get_args(Taken)


def as_in(dataset: Dataset, place: str, first: int, last: int, take: Taken = "growth") -> tuple[Assumption, ...]:
    """What a city or province did from one year to another, as assumptions.

    Parameters
    ----------
    dataset : Dataset
    place : str
        Chinese or English name of one of the peers' cities or provinces.
    first, last : int
        Years whose growth is taken, both included; each is formed inside one statistical basis.
    take : {"growth", "outgrowth", "services"}
        ``growth`` is nominal growth of GDP as it was; ``outgrowth`` how far it outgrew the nation in the same years, on
        top of the nation's latest growth; ``services`` the change of the log-odds of services' share of GDP, of which
        nobody can tell volume and price apart (all of it is put down as outgrowth).

    Returns
    -------
    tuple of Assumption

    Raises
    ------
    UnknownName
        If there is no such place, or nothing such to take.
    NotAvailable
        If the growth of a year cannot be formed.

    Examples
    --------
    >>> import qdecon as qd
    >>> (found,) = as_in(qd.load("qingdao"), "Ningbo", 2015, 2017)
    >>> found.lever, len(found.values)
    ('nominal_growth', 3)
    """
    if take not in TAKEN:
        raise UnknownName(f"nothing called {take!r} to take", "argument take", f"choose one of {', '.join(TAKEN)}")
    if first > last:
        raise NotAvailable(f"{first} comes after {last}", "arguments first, last", "give the earlier year first")
    panel, name, years = *_found(dataset, place), range(first, last + 1)
    if take == "services":
        values = 100 * _whole(panel.log_odds_change(SERVICES, GDP, years)[panel.places.index(name)], name, years)
        return Assumption("services_outgrowth", tuple(values.tolist())), Assumption("services_price", (0.0,))
    grown = _whole(panel.log_growth(GDP, years)[panel.places.index(name)], name, years)
    if take == "outgrowth":
        nation, now = dataset.peers.nation, range(dataset.peers.nation.last, dataset.peers.nation.last + 1)
        then, latest = (_whole(nation.log_growth(GDP, each)[0], nation.places[0], each) for each in (years, now))
        grown = grown - then + latest
    return (Assumption("nominal_growth", tuple((100 * np.expm1(grown)).tolist())),)


def _found(dataset: Dataset, place: str) -> tuple[Panel, str]:
    """The panel that holds a place, and its name there.

    Raises
    ------
    UnknownName
        If none does.
    """
    english = dataset.peers.names_en
    for panel in (dataset.peers.cities, dataset.peers.provinces):
        for name in panel.places:
            if place in (name, english.get(name)):
                return panel, name
    known = ", ".join(english.get(name, name) for name in dataset.peers.cities.places)
    raise UnknownName(f"no peer called {place[:64]!r}", "argument place", f"choose a province or one of {known}")


def _whole(changes: Array, name: str, years: range) -> Array:
    """Changes of every year.

    Raises
    ------
    NotAvailable
        If one is missing.
    """
    lacking = [str(year) for year, change in zip(years, changes, strict=True) if np.isnan(change)]
    if lacking:
        raise NotAvailable(
            f"{name}: no growth inside one statistical basis is known for {', '.join(lacking)}",
            "the peers' figures",
            "choose other years, or another place",
        )
    return changes
