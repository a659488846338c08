"""Verdicts as they stood on earlier dates, and what real-time figures would have changed."""

from qdecon.replay.vintages.realtime import RealTime, realtime_test
from qdecon.replay.vintages.record import VerdictHistory, history
from qdecon.replay.vintages.step import CAUSE_WORDS, CAUSES, Step

__all__ = ["CAUSES", "CAUSE_WORDS", "RealTime", "Step", "VerdictHistory", "history", "realtime_test"]
