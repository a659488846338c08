"""Forecasts replayed on data whose outcome is known: the track record on peers, scores on any panel, scored badges."""

from qdecon.replay.badges import BadgeRecord, score_badges, score_badges_across
from qdecon.replay.comparison import compare_models, comparison_text
from qdecon.replay.panel import PanelRecord, backtest_panel
from qdecon.replay.peers import Record, backtest

__all__ = [
    "BadgeRecord",
    "PanelRecord",
    "Record",
    "backtest",
    "backtest_panel",
    "compare_models",
    "comparison_text",
    "score_badges",
    "score_badges_across",
]
