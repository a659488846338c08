"""All rules beside each other on one course: how many say on track, what the task is from here, and why they part."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from qdecon.errors import NotAvailable
from qdecon.plan import Bilingual
from qdecon.rules import (
    china,
    climate_action,
    destatis,
    escap,
    eurostat,
    istat,
    oecd,
    sdsn,
    statistics_canada,
    unicef,
    unsd,
    world_bank,
)
from qdecon.rules.course import course_to
from qdecon.rules.split import explain

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from qdecon.data import Dataset
    from qdecon.data.indicators import Indicator
    from qdecon.data.observations import Source
    from qdecon.plan import Target
    from qdecon.rules.reading import Course, Reading, Rule
    from qdecon.rules.world_bank import TypicalPath

PEER_UNIT = "亿元"  # of every level of the peers

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "eurostat": eurostat.with_target,
        "statistics_canada": statistics_canada.with_target,
        "unsd": unsd.with_target,
        "escap": escap.anticipated_progress,
        "escap_linear": escap.anticipated_progress_linear,
        "sdsn": sdsn.with_target,
        "destatis": destatis.destatis,
        "climate_action": climate_action.climate_action,
        "unicef": unicef.unicef,
        "china_pace": china.pace,
        "china_log_pace": china.log_pace,
        "china_degree": china.realised,
        "oecd_trend": oecd.oecd_trend,
        "oecd_likelihood": oecd.oecd_likelihood,
        "istat": istat.istat,
    }
)


NAMES: Mapping[str, Bilingual] = MappingProxyType(
    {
        "eurostat": Bilingual("欧盟统计局", "Eurostat"),
        "statistics_canada": Bilingual("加拿大统计局", "Statistics Canada"),
        "unsd": Bilingual("联合国统计司", "UN Statistics Division"),
        "escap": Bilingual("联合国亚太经社会（增速）", "UN ESCAP (growth)"),
        "escap_linear": Bilingual("联合国亚太经社会（直线）", "UN ESCAP (line)"),
        "sdsn": Bilingual("可持续发展解决方案网络", "SDSN"),
        "destatis": Bilingual("德国联邦统计局", "Destatis"),
        "climate_action": Bilingual("气候行动现状报告", "State of Climate Action"),
        "unicef": Bilingual("联合国儿童基金会", "UNICEF"),
        "china_pace": Bilingual("中国中期评估（线性）", "China's plan review (linear)"),
        "china_log_pace": Bilingual("中国中期评估（对数）", "China's plan review (logarithms)"),
        "china_degree": Bilingual("中国小康指数", "China's Xiaokang index"),
        "oecd_trend": Bilingual("经合组织（趋势）", "OECD (trend)"),
        "oecd_likelihood": Bilingual("经合组织（可能性）", "OECD (likelihood)"),
        "istat": Bilingual("意大利国家统计局", "ISTAT"),
        "world_bank": Bilingual("世界银行", "World Bank"),
    }
)


@dataclass(frozen=True)
class Subject:
    """What a course is about, for whoever names or draws it.

    Attributes
    ----------
    name, place : Bilingual
    unit : str
        Of the values.
    price_basis : str
        ``current``, ``constant`` or ``none``.
    as_of : datetime.date or None
        When this was known.
    credits : tuple of Source
        Where the figures come from, the latest first.
    """

    name: Bilingual = field(default_factory=lambda: Bilingual("", ""))
    place: Bilingual = field(default_factory=lambda: Bilingual("", ""))
    unit: str = ""
    price_basis: str = "none"
    as_of: dt.date | None = None
    credits: tuple[Source, ...] = ()


@dataclass(frozen=True)
class RulePanel:
    """The readings of all rules for one course.

    Attributes
    ----------
    course : Course
    readings : tuple of Reading
        In the order of ``NAMES``: those of ``RULES``, and the World Bank's, which needs peers beside the course.
    subject : Subject
    """

    course: Course
    readings: tuple[Reading, ...]
    subject: Subject = field(default_factory=Subject)

    @property
    def by_name(self) -> dict[str, Reading]:
        """The readings by the name of their rule."""
        return dict(zip(NAMES, self.readings, strict=True))

    @property
    def judging(self) -> dict[str, Reading]:
        """Those that can be applied and know a class "as things stand the target is reached", by name."""
        return {name: each for name, each in self.by_name.items() if each.on_track is not None}

    @property
    def agreement(self) -> tuple[int, int]:
        """How many say on track, of how many that say anything."""
        return sum(bool(each.on_track) for each in self.judging.values()), len(self.judging)

    @property
    def needed(self) -> float | None:
        """Yearly growth from now to the target, as a fraction; of a share the yearly change, in its unit.

        None where that makes no sense.
        """
        course = self.course
        return None if course.target is None else _pace(course.last, course.target, course.left, course)

    @property
    def past(self) -> float | None:
        """Yearly growth, or change of a share, since the base."""
        return _pace(self.course.first, self.course.last, self.course.elapsed, self.course)

    @property
    def multiple(self) -> float | None:
        """What is needed from now over what there was since the base; None if that was nothing to speak of."""
        needed, past = self.needed, self.past
        return None if needed is None or past is None or abs(past) < 1e-9 else needed / past

    @property
    def split(self) -> Bilingual:
        """One line: who says what, and which feature of the rules tells the two sides apart."""
        yes, asked = self.agreement
        if not asked:
            return Bilingual("没有一种方法可用", "no rule can be applied")
        if yes in (0, asked):
            word = Bilingual("在轨", "on track") if yes else Bilingual("不在轨", "not on track")
            return Bilingual(f"{asked}种方法一致：{word.zh}", f"all {asked} rules agree: {word.en}")
        said = {name: bool(each.on_track) for name, each in self.judging.items()}
        for_it, against = ([NAMES[name] for name in said if said[name] is wanted] for wanted in (True, False))
        why = explain(said, self.course)
        return Bilingual(
            f"{asked}种方法中{yes}种说在轨：{'、'.join(each.zh for each in for_it)}；"
            f"其余说不在轨：{'、'.join(each.zh for each in against)}。{why.zh}",
            f"{yes} of {asked} rules say on track: {', '.join(each.en for each in for_it)}; "
            f"the others do not: {', '.join(each.en for each in against)}. {why.en[0].upper()}{why.en[1:]}",
        )

    def to_frame(self) -> pd.DataFrame:
        """One row a rule: ``body_zh body_en quantity what label on_track reason source evidence``."""
        rows = [
            {
                "rule": name, "body_zh": NAMES[name].zh, "body_en": NAMES[name].en, "quantity": each.quantity,
                "what": each.quantity_name, "label": each.label, "on_track": each.on_track, "reason": each.reason,
                "source": each.source, "evidence": each.evidence,
            }
            for name, each in self.by_name.items()
        ]  # fmt: skip
        return pd.DataFrame(rows).set_index("rule")

    def __str__(self) -> str:
        return f"{self.split.zh}\n{self.split.en}"


def read_rules(course: Course, path: TypicalPath | None = None) -> RulePanel:
    """Ask every rule.

    Parameters
    ----------
    course : Course
    path : TypicalPath, optional
        Of peers, for the World Bank's rule; refused without one.

    Examples
    --------
    >>> import numpy as np
    >>> from qdecon.rules.reading import Course
    >>> values = np.array([100.0, 106, 104, 113, 117, 121, 126])
    >>> panel = read_rules(Course(np.arange(2018, 2025), values, "up", 160.0, 2030))
    >>> panel.agreement, round(panel.needed, 4), round(panel.multiple, 3)
    ((5, 11), 0.0406, 1.034)
    """
    return RulePanel(course, (*(rule(course) for rule in RULES.values()), world_bank.speed(course, path)))


def read_target(dataset: Dataset, target: Target, base: int | None = None) -> RulePanel:
    """Ask every rule about a plan's target: the course of the figures, and the path typical of other cities.

    Parameters
    ----------
    dataset : Dataset
        As known on the as-of date.
    target : Target
    base : int, optional
        First year; see :func:`course_to`.

    Raises
    ------
    NotAvailable
        As :func:`course_to`.

    Examples
    --------
    >>> import qdecon as qd
    >>> city = qd.load("qingdao")
    >>> print(read_target(city, city.plan.target("t06-2028")).split.en)
    7 of 8 rules say on track: Eurostat, Statistics Canada, UN Statistics Division, UN ESCAP (line), UNICEF, \
China's plan review (linear), China's plan review (logarithms); the others do not: UN ESCAP (growth). \
All 7 with the pace as it was say yes, the one with the pace drawn towards zero says no
    """
    course = course_to(dataset, target, base)
    indicator = dataset.indicator(target.indicator or "")
    subject = Subject(
        indicator.name, dataset.plan.place, indicator.unit, indicator.price_basis, dataset.as_of,
        _credits(dataset, indicator.id, course),
    )  # fmt: skip
    return replace(read_rules(course, _typical(dataset, indicator, course)), subject=subject)


def _pace(start: float, end: float, years: int, course: Course) -> float | None:
    """Yearly growth between two values, as a fraction; the yearly change of a share."""
    if years <= 0 or course.kind == "rate" or (course.kind == "level" and min(start, end) <= 0):
        return None
    return float((end - start) / years if course.kind == "share" else (end / start) ** (1 / years) - 1)


def _typical(dataset: Dataset, indicator: Indicator, course: Course) -> TypicalPath | None:
    """The path typical of cities, of provinces for a province; None where too few publish it."""
    peers, place = dataset.peers, dataset.plan.place.zh
    panel = peers.provinces if place in peers.provinces.places else peers.cities
    known = course.elapsed > 0 and indicator.unit == PEER_UNIT and indicator.id in panel.levels
    if course.kind != "level" or not known:
        return None
    try:
        return world_bank.peer_path(panel, indicator.id, place, range(int(course.years[1]), int(course.years[-1]) + 1))
    except NotAvailable:
        return None


def _credits(dataset: Dataset, name: str, course: Course) -> tuple[Source, ...]:
    """Sources of the figures of a course, the latest first."""
    if course.kind == "share":
        found = list(dataset.series(name).attrs["sources"])
    else:
        found = [source for step in dataset.growth_steps(name) if step.year in course.years for source in step.sources]
    return tuple(dataset.sources[each] for each in dict.fromkeys(found[::-1]) if each in dataset.sources)
