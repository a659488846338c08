"""Met, on track, uncertain, off track, missed, not published, not assessable: judged honestly, one sentence each."""

from qdecon.verdict.frequency import BaseRate, base_rate, comparable_provinces
from qdecon.verdict.judge import assess
from qdecon.verdict.outlook import required_growth
from qdecon.verdict.record import STATUS_WORDS, STATUSES, Interval, Trajectory, Verdict, YearReading
from qdecon.verdict.scorecard import Scorecard, probability_words, row, scorecard

__all__ = [
    "STATUSES",
    "STATUS_WORDS",
    "BaseRate",
    "Interval",
    "Scorecard",
    "Trajectory",
    "Verdict",
    "YearReading",
    "assess",
    "base_rate",
    "comparable_provinces",
    "probability_words",
    "required_growth",
    "row",
    "scorecard",
]
