"""The past judged again: the track record on peers, scores on any panel, scored badges, verdicts of earlier dates."""

from qdecon.replay.badges import BadgeRecord, score_badges, score_badges_across
from qdecon.replay.comparison import compare_models, comparison_text
from qdecon.replay.panel import PanelRecord, backtest_panel
from qdecon.replay.peers import Record, backtest
from qdecon.replay.vintages import RealTime, Step, VerdictHistory, history, realtime_test

__all__ = [
    "BadgeRecord",
    "PanelRecord",
    "RealTime",
    "Record",
    "Step",
    "VerdictHistory",
    "backtest",
    "backtest_panel",
    "compare_models",
    "comparison_text",
    "history",
    "realtime_test",
    "score_badges",
    "score_badges_across",
]
