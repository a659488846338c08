"""Trajectory models: each a frozen configuration that maps past yearly changes to a path of future change.

A model works on one scale, chosen by the kind of indicator: logarithms for levels, log-odds for shares. It takes an
array of yearly changes ``(series, years)`` and returns the change since the last value ``(series, horizon)``, so every
path is anchored at the last observation and one series is a batch of one.
"""

from qdecon.models.damped import DampedTrend
from qdecon.models.drift import FullDrift, Naive, RecentDrift
from qdecon.models.median import Median
from qdecon.models.protocol import Changes, Model
from qdecon.models.registry import MODELS, default_model, model
from qdecon.models.smoothing import ExponentialSmoothing

__all__ = [
    "MODELS",
    "Changes",
    "DampedTrend",
    "ExponentialSmoothing",
    "FullDrift",
    "Median",
    "Model",
    "Naive",
    "RecentDrift",
    "default_model",
    "model",
]
