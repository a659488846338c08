"""Forecasts replayed on data whose outcome is known: the track record on peers, and scores on any panel."""

from qdecon.replay.comparison import compare_models, comparison_text
from qdecon.replay.panel import PanelRecord, backtest_panel
from qdecon.replay.peers import Record, backtest

__all__ = ["PanelRecord", "Record", "backtest", "backtest_panel", "compare_models", "comparison_text"]
