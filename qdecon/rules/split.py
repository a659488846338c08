"""Why published rules part on one course: the feature of their arithmetic that best tells yes from no.

Rules differ in the shape that they carry on, in the years they look at, in the slack they leave and, one of them, in
drawing the pace towards zero. None of that decides alone, so the words count: how many on either side of a feature say
yes. The count is true of the rules that were asked; a feature is named only where it tells much.

What a shortfall is measured by, the way from the base or the gap still open, is no such feature: without slack both
turn at the same target, so that the linear pace of China's review and UNICEF's straight line never part.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qdecon.plan import Bilingual

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qdecon.rules.reading import Course

LEAST = 0.5  # difference between the two shares of yes below which a feature tells too little to be named
WINDOWS = {"sdsn": 4, "destatis": 5, "climate_action": 4}  # yearly changes looked back on
UNEXPLAINED = Bilingual("没有哪一个特征能把两边分开", "no single feature of the rules tells the two sides apart")


@dataclass(frozen=True)
class Feature:
    """One way in which rules differ: the words for either side, and which rules stand on each."""

    one: Bilingual
    other: Bilingual
    ones: frozenset[str]
    others: frozenset[str]


_COMPOUND = frozenset({"eurostat", "statistics_canada", "unsd", "escap", "china_log_pace"})
_STRAIGHT = frozenset({"escap_linear", "sdsn", "destatis", "climate_action", "unicef", "china_pace"})
_ALL = _COMPOUND | _STRAIGHT
_SLACK = frozenset({"eurostat", "statistics_canada", "unsd", "escap", "escap_linear", "destatis"})

SHAPE = Feature(
    Bilingual("按复合增长推算的", "with compound growth"),
    Bilingual("按直线推算的", "with a straight line"),
    _COMPOUND,
    _STRAIGHT,
)
SLACK = Feature(
    Bilingual("容许差5%至10%的", "leaving slack of 5 or 10%"),
    Bilingual("不留余地的", "leaving no slack"),
    _SLACK,
    _ALL - _SLACK,
)
PACE = Feature(
    Bilingual("按原速推算的", "with the pace as it was"),
    Bilingual("把增速向零收缩的", "with the pace drawn towards zero"),
    _ALL - {"escap"},
    frozenset({"escap"}),
)


def features(course: Course) -> tuple[Feature, ...]:
    """What tells rules apart on a course, in the order of preference.

    A rule has a short memory only where the course is longer than its window; shares are carried on by ESCAP on the
    logit, which neither compounds nor draws the pace towards zero.
    """
    short = frozenset(name for name, changes in WINDOWS.items() if course.elapsed > changes)
    memory = Feature(
        Bilingual("看基年以来全部年份的", "looking at all years since the base"),
        Bilingual("只看最近几年的", "looking at the last years alone"),
        _ALL - short,
        short,
    )
    if course.kind == "share":
        return replace(SHAPE, ones=SHAPE.ones - {"escap"}), memory, SLACK
    return SHAPE, memory, SLACK, PACE


def explain(said: Mapping[str, bool], course: Course) -> Bilingual:
    """The feature that best tells yes from no, as a count on either side.

    Best is the largest difference between the two shares of yes. It must reach one half, and be complete where one side
    is a single rule.

    Parameters
    ----------
    said : mapping
        Rule -> whether it says on track.
    course : Course

    Examples
    --------
    >>> import numpy as np
    >>> from qdecon.rules.reading import Course
    >>> course = Course(np.array([2018, 2024]), np.array([100.0, 126.0]), "up", 160.0, 2030)
    >>> print(explain({"eurostat": True, "unsd": True, "china_pace": False}, course).en)
    all 2 with compound growth say yes, the one with a straight line says no
    """
    best, words = 0.0, UNEXPLAINED
    for feature in features(course):
        one, other = ([said[name] for name in side if name in said] for side in (feature.ones, feature.others))
        if not one or not other:
            continue
        apart = abs(sum(one) / len(one) - sum(other) / len(other))
        if apart > best and apart >= LEAST and (apart == 1 or min(len(one), len(other)) > 1):
            counts = [(sum(side), len(side)) for side in (one, other)]
            best, words = apart, _words(feature, counts)
    return words


def _words(feature: Feature, counts: list[tuple[int, int]]) -> Bilingual:
    sides = list(zip((feature.one, feature.other), counts, strict=True))
    return Bilingual(
        "，".join(_zh(words.zh, *count) for words, count in sides),
        ", ".join(_en(words.en, *count) for words, count in sides),
    )


def _zh(words: str, yes: int, asked: int) -> str:
    if yes in (0, asked):
        return f"{words}{asked}种{'都' if asked > 1 else ''}说{'' if yes else '不'}在轨"
    return f"{words}{asked}种中{yes}种说在轨"


def _en(words: str, yes: int, asked: int) -> str:
    if asked == 1:
        return f"the one {words} says {'yes' if yes else 'no'}"
    many = f"all {asked}" if yes == asked else f"{yes or 'none'} of the {asked}"
    return f"{many} {words} {'says' if yes == 1 else 'say'} yes"
