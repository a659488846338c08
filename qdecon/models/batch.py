"""Many series of unequal length as one value: grouped by length once, so that every model stays in matrices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qdecon.errors import NotAvailable
from qdecon.models.protocol import Array, Forecast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from qdecon.models.protocol import Model


@dataclass(frozen=True)
class Batch:
    """Series grouped by length.

    Attributes
    ----------
    size : int
        Number of series.
    groups : tuple of (rows, values)
        ``rows``: positions of the series, shape (k,); ``values``: their annual values, oldest first, shape (k, years).
    """

    size: int
    groups: tuple[tuple[NDArray[np.intp], Array], ...]

    def origins(self, first: int, count: int) -> Batch:
        """The batch as it stood ``first``, ``first + 1``, ... years earlier: one batch of ``size * count`` series.

        Row ``k * count + j`` is series k at origin ``first + j``. Series of one length by then share a group, whichever
        origin they belong to, so that a model is fitted once a length. A series that had not begun is left out.
        """
        gathered: dict[int, list[tuple[NDArray[np.intp], Array]]] = {}
        for rows, values in self.groups:
            for place in range(count):
                left = values.shape[1] - first - place
                if left > 0:
                    gathered.setdefault(left, []).append((rows * count + place, values[:, :left]))
        groups = (
            (np.concatenate([rows for rows, _ in found]), np.concatenate([values for _, values in found]))
            for _, found in sorted(gathered.items())
        )
        return Batch(self.size * count, tuple(groups))

    def latest(self, years: int) -> Array:
        """The last values of every series, shape (size, years); NaN before a series begins."""
        out = np.full((self.size, years), np.nan)
        for rows, values in self.groups:
            known = min(years, values.shape[1])
            if known:
                out[rows, years - known :] = values[:, values.shape[1] - known :]
        return out

    def every(self, step: int) -> Batch:
        """Each ``step``-th series, in the order given, renumbered."""
        kept = [(rows[rows % step == 0] // step, values[rows % step == 0]) for rows, values in self.groups]
        return Batch(-(-self.size // step), tuple(each for each in kept if len(each[0])))


def batch(series: Sequence[Array] | Array) -> Batch:
    """Group series by length.

    Parameters
    ----------
    series : sequence of ndarray of shape (years,), or ndarray of shape (series, years)
        Annual values, oldest first. In a matrix, years before a series begins may be NaN.

    Raises
    ------
    NotAvailable
        If a series has a gap.

    Examples
    --------
    >>> made = batch([np.array([1.0, 2.0]), np.array([3.0, 4.0, 5.0]), np.array([6.0, 7.0])])
    >>> [(rows.tolist(), values.shape) for rows, values in made.groups]
    [([0, 2], (2, 2)), ([1], (1, 3))]
    """
    if isinstance(series, np.ndarray) and series.ndim == 2 and not np.isnan(series[:, :1]).any():
        lengths = np.full(len(series), series.shape[1])
        flat = np.ascontiguousarray(series, dtype=float).ravel()
    else:
        kept = [row[np.argmax(~np.isnan(row)) :] for row in series] if isinstance(series, np.ndarray) else list(series)
        lengths = np.fromiter(map(len, kept), dtype=np.intp, count=len(kept))
        flat = np.concatenate([np.empty(0), *kept]).astype(float, copy=False)
    starts = np.cumsum(lengths) - lengths
    if not np.isfinite(flat).all():
        row = int(np.searchsorted(starts, np.argmin(np.isfinite(flat)), side="right")) - 1
        raise NotAvailable("a series has a gap", f"argument series, series {row}", "use the years after the gap")
    groups = []
    for length in np.unique(lengths):
        rows = np.nonzero(lengths == length)[0]
        groups.append((rows, flat[starts[rows][:, None] + np.arange(length)]))
    return Batch(len(lengths), tuple(groups))


def forecast(model: Model, series: Batch, horizon: int) -> Forecast:
    """Forecast every series of a batch; NaN for one that is too short for the model.

    Returns
    -------
    Forecast
        Path and spread of shape (size, horizon).
    """
    path, spread = np.full((2, series.size, horizon), np.nan)
    for rows, values in series.groups:
        if values.shape[1] >= model.needs:
            made = model.forecast(values, horizon)
            path[rows], spread[rows] = made.path, made.spread
    return Forecast(path, spread)
