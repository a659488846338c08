"""Recalibration: what a quantity has meant in practice, as a frequency among cases that it was not taken from.

A yes or no loses to almost any probability, so a badge is also given its best form: of the cases in which a rule's
quantity was as large as now, with as many years to go and as much of the time used, what share was met? Frequencies
are cross-fitted, so that no case is judged by its own outcome or by one of the same place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from qdecon.errors import NotAvailable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qdecon.models import Array

CLASSES = 10  # of like size, by quantity
PRIOR = 1.0  # the overall frequency counts as so many cases


def recalibrated(
    quantity: Array,
    cell: NDArray[np.int_],
    met: NDArray[np.bool_],
    group: NDArray[np.int_],
    made: NDArray[np.int_] | None = None,
    settled: NDArray[np.int_] | None = None,
) -> Array:
    """Frequency of "met" among like cases of other groups.

    Parameters
    ----------
    quantity : ndarray, shape (n,)
        What the rule decides by; NaN where it cannot be applied, which is a class of its own.
    cell : ndarray of int, shape (n,)
        Cases that may be compared: of one horizon and share of time used.
    met : ndarray of bool, shape (n,)
    group : ndarray of int, shape (n,)
        Place, series or fold; a case is never judged by its own group.
    made, settled : ndarray of int, shape (n,), optional
        When each case is judged and when its outcome is known. If given, only outcomes known by then are used;
        otherwise also later ones, which tells a rule what its time had in store.

    Returns
    -------
    ndarray, shape (n,)
        NaN where no other group has a case yet.

    Raises
    ------
    NotAvailable
        If only one of ``made`` and ``settled`` is given.

    Examples
    --------
    >>> again = np.tile([0.0, 1.0], 4)
    >>> recalibrated(again, np.zeros(8, int), again > 0, np.arange(8) // 2).round(2)[:2]
    array([0.12, 0.88])
    """
    if (made is None) != (settled is None):
        raise NotAvailable("only one of two times is given", "arguments made, settled", "give both, or neither")
    found = np.full(len(quantity), np.nan)
    for each in np.unique(cell):
        here = np.nonzero(cell == each)[0]
        for own in np.unique(group[here]):
            for when in [None] if made is None else np.unique(made[here][group[here] == own]):
                judged, usable = group[here] == own, group[here] != own
                if when is not None and made is not None and settled is not None:
                    judged &= made[here] == when
                    usable &= settled[here] <= when
                if usable.any():
                    past = here[usable]
                    found[here[judged]] = _frequency(quantity[here[judged]], quantity[past], met[past])
    return found


def _frequency(wanted: Array, quantity: Array, met: NDArray[np.bool_]) -> Array:
    """Frequency in the class of each wanted quantity, drawn towards the overall one; a class holds a tenth of cases."""
    known = quantity[np.isfinite(quantity)]
    edges = np.unique(np.quantile(known, np.arange(1, CLASSES) / CLASSES)) if len(known) else np.empty(0)
    place, own = (
        np.where(np.isfinite(each), np.searchsorted(edges, each, side="right"), CLASSES) for each in (quantity, wanted)
    )
    cases = np.bincount(place, minlength=CLASSES + 1)
    hits = np.bincount(place, weights=met, minlength=CLASSES + 1)
    return np.asarray(((hits + PRIOR * met.mean()) / (cases + PRIOR))[own])
