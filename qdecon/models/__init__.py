"""Trajectory models: frozen configurations that map a batch of annual series to paths from their last values."""

from qdecon.models.combination import Median
from qdecon.models.drift import Drift, Naive
from qdecon.models.driver import Conditional, condition
from qdecon.models.innovations import Innovations
from qdecon.models.protocol import Array, Forecast, Model
from qdecon.models.recent import Recent
from qdecon.models.regime import Regime, current_regime
from qdecon.models.registry import MODELS, default_model, model
from qdecon.models.scale import LEVEL, LOG, PER_CENT, Scale
from qdecon.models.scurve import SCurve
from qdecon.models.theta import Theta
from qdecon.models.within import WithinRegime

__all__ = [
    "LEVEL",
    "LOG",
    "MODELS",
    "PER_CENT",
    "Array",
    "Conditional",
    "Drift",
    "Forecast",
    "Innovations",
    "Median",
    "Model",
    "Naive",
    "Recent",
    "Regime",
    "SCurve",
    "Scale",
    "Theta",
    "WithinRegime",
    "condition",
    "current_regime",
    "default_model",
    "model",
]
