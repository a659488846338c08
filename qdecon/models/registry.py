"""The models by name, and the default for each kind of indicator."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from qdecon.errors import UnknownName
from qdecon.models.damped import DampedTrend
from qdecon.models.drift import FullDrift, Naive, RecentDrift
from qdecon.models.median import Median
from qdecon.models.smoothing import ExponentialSmoothing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qdecon.models.protocol import Model

_LEVEL = Median((Naive(), FullDrift(), RecentDrift(), DampedTrend()))
_SHARE = Median((Naive(), FullDrift()))

MODELS: Mapping[str, Model] = MappingProxyType(
    {each.name: each for each in (Naive(), FullDrift(), RecentDrift(), DampedTrend(), _LEVEL, ExponentialSmoothing())}
)


def model(name: str) -> Model:
    """Find a model by name.

    Raises
    ------
    UnknownName
        If no model has that name.

    Examples
    --------
    >>> model("full drift").formula
    'y(h) = h * mean(d)'
    """
    if name not in MODELS:
        raise UnknownName(f"unknown model {name!r}", "argument name", f"choose one of {', '.join(MODELS)}")
    return MODELS[name]


def default_model(kind: str) -> Model:
    """Fixed-weight combination for a kind of indicator, chosen before looking at any target.

    Levels: median of naive, full drift, recent drift and damped trend, in logs. Shares: half-way between naive and
    drift, in log-odds, because a share that has moved does not go on moving for long.

    Examples
    --------
    >>> default_model("share").formula
    'median of naive, full drift'
    """
    return _SHARE if kind == "share" else _LEVEL
