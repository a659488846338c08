"""Break-even: the target at which the class of a published rule would just turn, on one scale for all rules.

Rules print ratios, scores, symbols and factors, which cannot be compared. What each of them would still call on track
can be: the highest target by that year (the lowest, where down is better), in the unit of the indicator. The distance
from there to the real target says by how much a rule says yes or no.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from qdecon.plan import Bilingual
from qdecon.rules.panel import NAMES, RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from qdecon.rules.panel import RulePanel
    from qdecon.rules.reading import Course, Reading

NUDGE = 1e-9  # of the values: the nearest target beyond the latest figure that is looked at
HALVINGS, DOUBLINGS = 45, 60

NO_TARGET = Bilingual("不看目标", "no target looked at")
NO_CLASSES = Bilingual("没有公布分级界限", "no cut-offs published")
REACHED_ONLY = Bilingual("只看是否已达到", "only reached or not yet")
NO_TIME = Bilingual("期限已到或没有期限", "no time left, or no deadline")
NONE = Bilingual("任何目标都不判为在轨", "no target called on track")
ALL = Bilingual("任何目标都判为在轨", "every target called on track")
REACHED = Bilingual("目标已达到，不再判断进度", "target reached, pace no longer judged")
FEW = Bilingual("可用的年份不足", "too few years of figures")
SILENT: Mapping[str, Bilingual] = MappingProxyType(
    {
        "istat": NO_TARGET,
        "oecd_trend": NO_TARGET,
        "world_bank": NO_TARGET,
        "oecd_likelihood": NO_CLASSES,
        "china_degree": REACHED_ONLY,
    }
)
_REASONS = (  # words of a refusal, and what they come to
    ("rate of growth", Bilingual("增长率不作复合推算", "rates of growth not compounded")),
    ("target is reached", REACHED),
    ("no target", Bilingual("没有目标值", "no target given")),
    ("deadline", NO_TIME),
    ("no time left", NO_TIME),
    ("fewer than", FEW),
    ("too few", FEW),
    ("no value of", FEW),
    ("figure for each", FEW),
    ("insufficient", FEW),
    ("one value", FEW),
    ("no time has passed", FEW),
    ("above", Bilingual("数值须大于零", "values not above zero")),
    ("side of zero", Bilingual("数值须在零的同一侧", "values on both sides of zero")),
    ("flat", Bilingual("近年没有变化，无从推算", "no change of late to carry on")),
    ("logit", Bilingual("份额为零或全部，无从推算", "a share of none or all")),
    ("already", Bilingual("目标并不优于基年", "target no better than the base")),
    ("no better than the base", Bilingual("目标并不优于基年", "target no better than the base")),
)


@dataclass(frozen=True)
class Breakeven:
    """For each rule the last target it would still call on track.

    Attributes
    ----------
    course : Course
    values : mapping
        Rule -> target in the unit of the course, or None; in the order of ``NAMES``.
    reasons : mapping
        Rule -> why there is none; for rules without a value only.

    Examples
    --------
    >>> import numpy as np
    >>> from qdecon.rules.panel import read_rules
    >>> from qdecon.rules.reading import Course
    >>> values = np.array([100.0, 106, 104, 113, 117, 121, 126])
    >>> found = break_even(read_rules(Course(np.arange(2018, 2025), values, "up", 160.0, 2030)))
    >>> round(found.values["eurostat"], 1), round(found.values["unicef"], 1), found.reasons["istat"].en
    (162.6, 152.0, 'no target looked at')
    """

    course: Course
    values: Mapping[str, float | None]
    reasons: Mapping[str, Bilingual]

    def to_frame(self) -> pd.DataFrame:
        """One row a rule: ``body_zh body_en breakeven margin reason_zh reason_en``; margin as part of the target."""
        aim, none = self.course.target, Bilingual("", "")
        rows = [
            {
                "rule": name, "body_zh": NAMES[name].zh, "body_en": NAMES[name].en, "breakeven": value,
                "margin": None if value is None or not aim else self.course.sign * (value - aim) / abs(aim),
                "reason_zh": self.reasons.get(name, none).zh, "reason_en": self.reasons.get(name, none).en,
            }
            for name, value in self.values.items()
        ]  # fmt: skip
        return pd.DataFrame(rows).set_index("rule").astype({"breakeven": float, "margin": float})


def break_even(panel: RulePanel) -> Breakeven:
    """Find the last target that each rule would still call on track.

    The target of the course is moved and every rule asked again; its own value does not matter. Each rule grows only
    stricter with a target farther off, so the turn is found by bisection. A rule that lets a reached target pass,
    whatever the trend, turns at the latest figure if it calls nothing beyond it on track.

    Parameters
    ----------
    panel : RulePanel
        From :func:`qdecon.rules.read_rules` or :func:`qdecon.rules.panel.read_target`.

    Returns
    -------
    Breakeven
    """
    values: dict[str, float | None] = {}
    reasons: dict[str, Bilingual] = {}
    for name in NAMES:
        found = SILENT.get(name) or (NO_TIME if panel.course.left <= 0 else _turn(name, panel.course))
        values[name], reasons[name] = (found, Bilingual("", "")) if isinstance(found, float) else (None, found)
    told = {name: reason for name, reason in reasons.items() if values[name] is None}
    return Breakeven(panel.course, MappingProxyType(values), MappingProxyType(told))


def silence(name: str, reading: Reading) -> Bilingual:
    """Why a reading says neither on track nor not, in a few words.

    Examples
    --------
    >>> from qdecon.rules.sdsn import WITH_TARGET
    >>> silence("sdsn", WITH_TARGET.refused("there is no value of 2021, 4 years before the latest")).en
    'too few years of figures'
    """
    found = SILENT.get(name) or next((words for part, words in _REASONS if part in reading.reason), None)
    return found or Bilingual("不适用", reading.reason)


def _turn(name: str, course: Course) -> float | Bilingual:
    """Where a rule turns, or why it does not."""
    rule, sign = RULES[name], course.sign
    end = {"up": course.whole, "down": 0.0}[course.direction] if course.kind == "share" else None
    step = NUDGE * max(abs(course.first), abs(course.last), NUDGE)
    beyond = course.last + sign * step
    # Between the latest figure and a better base some rules see no way to be measured by, so both ends are asked.
    ahead = sign * max(sign * course.first, sign * course.last) + sign * step
    if end is not None and sign * (end - ahead) <= 0:
        return ALL

    def on_track(target: float) -> bool:
        return rule(replace(course, target=target)).on_track is True

    if on_track(ahead):
        far = _outside(on_track, ahead, sign * max(abs(ahead), step), end)
        return ALL if far is None else _bisected(on_track, ahead, far)
    if on_track(beyond):
        return _bisected(on_track, beyond, ahead)
    reading = rule(replace(course, target=ahead))
    if reading.on_track is None:
        return silence(name, reading)
    return course.last if on_track(course.last) else NONE


def _outside(on_track: Callable[[float], bool], start: float, step: float, end: float | None) -> float | None:
    """A target no longer on track; None if even the last that is possible still is."""
    for double in range(DOUBLINGS):
        target = start + step * 2.0**double
        if end is not None and (target - end) * step >= 0:
            return None if on_track(end) else end
        if not on_track(target):
            return target
    return None


def _bisected(on_track: Callable[[float], bool], inside: float, outside: float) -> float:
    """The border between a target on track and one that is not, from inside."""
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if on_track(middle) else (inside, middle)
    return inside
