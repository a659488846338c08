"""Records that take long to form and that several modules of tests look at: each is formed once a worker."""

from __future__ import annotations

from functools import cache

import qdecon as qd
from qdecon.replay import Record, backtest, score_badges
from qdecon.replay.badges import BadgeRecord

BADGES = "badges"  # the group of tests that share the record of badges


@cache
def badges() -> BadgeRecord:
    """The badges of all rules beside qdecon's chances, on the embedded peers."""
    return score_badges(qd.load("qingdao"))


@cache
def bands() -> Record:
    """The track record of the bands, on the embedded peers."""
    return backtest(qd.load("qingdao"))
