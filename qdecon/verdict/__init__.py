"""Met, on track, uncertain, off track, missed, not published, not assessable: judged honestly, one sentence each."""

from qdecon.verdict.card import Scorecard, probability_words, row, scorecard
from qdecon.verdict.frequency import comparable_provinces
from qdecon.verdict.judge import assess
from qdecon.verdict.outlook import required_growth
from qdecon.verdict.partyear import nowcast_sentence
from qdecon.verdict.record import STATUS_WORDS, STATUSES, Interval, Trajectory, Verdict, YearReading
from qdecon.verdict.standing import Standing

__all__ = [
    "STATUSES",
    "STATUS_WORDS",
    "Interval",
    "Scorecard",
    "Standing",
    "Trajectory",
    "Verdict",
    "YearReading",
    "assess",
    "comparable_provinces",
    "nowcast_sentence",
    "probability_words",
    "required_growth",
    "row",
    "scorecard",
]
