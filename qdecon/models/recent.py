"""A model that looks only at the last years of every series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qdecon.errors import NotAvailable
from qdecon.models.protocol import Array, Forecast, Model, checked


@dataclass(frozen=True)
class Recent:
    """Shorten every series to its last yearly changes, then let another model continue it.

    It shows whether a verdict hangs on how far back one looks. A series that is shorter already is left as it is.

    Attributes
    ----------
    model : Model
    changes : int
        Yearly changes kept, so one value more.

    Examples
    --------
    >>> from qdecon.models.drift import Drift
    >>> Recent(Drift(), 3).forecast(np.array([[1.0, 9.0, 10.0, 11.0, 12.0]]), 1).path
    array([[13.]])
    """

    model: Model
    changes: int

    def __post_init__(self) -> None:
        """Refuse a window in which the model cannot work.

        Raises
        ------
        NotAvailable
            If the window holds fewer values than the model needs.
        """
        if self.changes < self.model.needs - 1:
            raise NotAvailable(
                f"{self.model.name} needs {self.model.needs - 1} yearly changes, got a window of {self.changes}",
                "argument changes",
                "choose a longer window",
            )

    @property
    def name(self) -> str:
        """Name of the model, with the window."""
        return f"{self.model.name}, last {self.changes} changes"

    @property
    def formula(self) -> str:
        """That of the model."""
        return f"{self.model.formula}; only the last {self.changes} yearly changes"

    @property
    def source(self) -> str:
        """That of the model."""
        return self.model.source

    @property
    def needs(self) -> int:
        """As many values as the model."""
        return self.model.needs

    def forecast(self, values: Array, horizon: int) -> Forecast:
        """Forecast each series from its last values."""
        array = checked(values, horizon, self.needs, self.name)
        return self.model.forecast(np.ascontiguousarray(array[:, -self.changes - 1 :]), horizon)
