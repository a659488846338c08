"""The models by name, and the default for each kind of indicator."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from qdecon.errors import UnknownName
from qdecon.models.combination import Median
from qdecon.models.drift import Drift, Naive
from qdecon.models.innovations import Innovations
from qdecon.models.outside import DriftArima, ExponentialSmoothing, LocalLinearTrend, ThetaMethod
from qdecon.models.scale import LOG, PER_CENT
from qdecon.models.scurve import SCurve
from qdecon.models.theta import Theta

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qdecon.models.protocol import Model

LOCAL_LEVEL = Innovations("local level with drift", alpha=(0.5, 0.8, 1.0, 1.2, 1.4), drift=0.0)
DAMPED_TREND = Innovations(
    "damped trend", alpha=(0.5, 0.9, 1.2), beta=(0.05, 0.2), phi=(0.8, 0.9, 0.98), trend=3.0, scale=LOG
)
RETURNING_TREND = Innovations(
    "returning trend",
    alpha=(0.6, 1.0, 1.2),
    beta=(0.05, 0.2, 0.5),
    phi=(0.5, 0.7, 0.9),
    trend=3.0,
    drift=1.0,
    scale=LOG,
)
_LEVEL = Median(
    (Naive(), LOCAL_LEVEL, Drift(robust=True), DAMPED_TREND, RETURNING_TREND),
    measures=(LOCAL_LEVEL.name, DAMPED_TREND.name),  # one on the level, one on logs
)
_ACCOUNT = Median((LOCAL_LEVEL, RETURNING_TREND), "amounts and rates", measures=(RETURNING_TREND.name,))
_SHARE = Median((Naive(PER_CENT), Drift(PER_CENT)), "median of share")

_BY_KIND = {"level": _LEVEL, "account": _ACCOUNT, "share": _SHARE}

MODELS: Mapping[str, Model] = MappingProxyType(
    {
        each.name: each
        for each in (
            Naive(),
            Drift(),
            Drift(LOG),
            Drift(robust=True),
            LOCAL_LEVEL,
            Theta(),
            DAMPED_TREND,
            RETURNING_TREND,
            SCurve(),
            SCurve("gompertz"),
            ExponentialSmoothing(),
            LocalLinearTrend(),
            DriftArima(),
            ThetaMethod(),
            _LEVEL,
            _ACCOUNT,
            _SHARE,
        )
    }
)


def model(name: str) -> Model:
    """Find a model by name.

    Raises
    ------
    UnknownName
        If no model has that name.

    Examples
    --------
    >>> model("drift").formula
    'y(h) = y + h * mean(d) on the level'
    """
    if name not in MODELS:
        raise UnknownName(f"unknown model {name!r}", "argument name", f"choose one of {', '.join(MODELS)}")
    return MODELS[name]


def default_model(kind: str) -> Model:
    """The one configuration for a kind of indicator, fixed before looking at any target.

    ``level`` serves any annual series. ``account`` serves aggregates of the national accounts at current prices: they
    grow neither by like amounts nor at like rates for long, so it is half-way between the two (Pritchett and Summers
    2014). ``share`` is half-way between no change and drift in log-odds, because a share that has moved does not go on
    moving for long.

    Raises
    ------
    UnknownName
        If there is no default for that kind.

    Examples
    --------
    >>> default_model("share").formula
    'median of naive, drift on log-odds'
    """
    if kind not in _BY_KIND:
        raise UnknownName(f"no default model for {kind!r}", "argument kind", f"choose one of {', '.join(_BY_KIND)}")
    return _BY_KIND[kind]
