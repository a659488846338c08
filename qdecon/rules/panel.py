"""All rules beside each other on one course: how many say on track, what the task is from here, and why they part."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from qdecon.errors import NotAvailable
from qdecon.plan import LANGUAGES, Bilingual
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
)
from qdecon.rules.reading import Course

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qdecon.data import Dataset
    from qdecon.plan import Language, Target
    from qdecon.rules.reading import Direction, Reading, Rule

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
    }
)


@dataclass(frozen=True)
class RulePanel:
    """The readings of all rules for one course.

    Attributes
    ----------
    course : Course
    readings : tuple of Reading
        In the order of ``RULES``.
    """

    course: Course
    readings: tuple[Reading, ...]

    @property
    def judging(self) -> dict[str, Reading]:
        """Those that can be applied and know a class "as things stand the target is reached", by name."""
        both = zip(RULES, self.readings, strict=True)
        return {name: each for name, each in both if each.on_track is not None}

    @property
    def agreement(self) -> tuple[int, int]:
        """How many say on track, of how many that say anything."""
        return sum(bool(each.on_track) for each in self.judging.values()), len(self.judging)

    @property
    def needed(self) -> float | None:
        """Yearly growth from now to the target, as a fraction; None where that makes no sense."""
        course = self.course
        if course.target is None or course.left <= 0 or min(course.last, course.target) <= 0 or course.kind == "rate":
            return None
        return float((course.target / course.last) ** (1 / course.left) - 1)

    @property
    def multiple(self) -> float | None:
        """The growth needed from now over the growth since the base; None if there was none to speak of."""
        course = self.course
        if self.needed is None or course.elapsed <= 0 or course.first <= 0:
            return None
        past = (course.last / course.first) ** (1 / course.elapsed) - 1
        return None if abs(past) < 1e-9 else self.needed / past

    @property
    def split(self) -> Bilingual:
        """One line: who says what, and how the questions differ."""
        yes, asked = self.agreement
        if not asked:
            return Bilingual("没有一种方法可用", "no rule can be applied")
        if yes in (0, asked):
            word = Bilingual("在轨", "on track") if yes else Bilingual("不在轨", "not on track")
            return Bilingual(f"{asked}种方法一致：{word.zh}", f"all {asked} rules agree: {word.en}")
        zh, en = ([self._saying(wanted, language) for wanted in (True, False)] for language in LANGUAGES)
        return Bilingual(
            f"{asked}种方法中{yes}种说在轨：{'、'.join(zh[0])}；其余说不在轨：{'、'.join(zh[1])}。"
            "各方法外推的年份、起点和形状不同",
            f"{yes} of {asked} rules say on track: {', '.join(en[0])}; the others do not: {', '.join(en[1])}. "
            "They carry on different years, from different starting points, in different shapes",
        )

    def _saying(self, wanted: bool, language: Language) -> list[str]:
        return [NAMES[name][language] for name, each in self.judging.items() if each.on_track is wanted]

    def to_frame(self) -> pd.DataFrame:
        """One row a rule: ``body_zh body_en quantity what label on_track reason source evidence``."""
        rows = [
            {
                "rule": name, "body_zh": NAMES[name].zh, "body_en": NAMES[name].en, "quantity": each.quantity,
                "what": each.quantity_name, "label": each.label, "on_track": each.on_track, "reason": each.reason,
                "source": each.source, "evidence": each.evidence,
            }
            for name, each in zip(RULES, self.readings, strict=True)
        ]  # fmt: skip
        return pd.DataFrame(rows).set_index("rule")

    def __str__(self) -> str:
        return f"{self.split.zh}\n{self.split.en}"


def read_rules(course: Course) -> RulePanel:
    """Ask every rule.

    Examples
    --------
    >>> values = np.array([100.0, 106, 104, 113, 117, 121, 126])
    >>> panel = read_rules(Course(np.arange(2018, 2025), values, "up", 160.0, 2030))
    >>> panel.agreement, round(panel.needed, 4), round(panel.multiple, 3)
    ((5, 11), 0.0406, 1.034)
    """
    return RulePanel(course, tuple(rule(course) for rule in RULES.values()))


def course_to(dataset: Dataset, target: Target, base: int | None = None) -> Course:
    """The course of a plan's level towards its target.

    Levels of two statistical bases never stand in one series: past levels are rebuilt backwards from the latest one by
    growth rates that were each formed inside one basis.

    Parameters
    ----------
    dataset : Dataset
        As known on the as-of date.
    target : Target
    base : int, optional
        First year; by default the year before the target was adopted.

    Raises
    ------
    NotAvailable
        If the target is no level with a deadline, or growth is not known back to the base.

    Examples
    --------
    >>> import qdecon as qd
    >>> city = qd.load("qingdao")
    >>> course_to(city, city.plan.target("t06")).values.round(0)
    array([14343., 15139., 15991., 16719., 17561.])
    """
    latest = dataset.latest(target.indicator) if target.indicator else None
    if target.measure != "level" or target.deadline is None or target.value is None or target.comparator == "about":
        raise NotAvailable(
            f"{target.id} is no level to be reached by a year", "argument target", "choose a level target"
        )
    if latest is None or latest.value is None:
        raise NotAvailable(f"{target.id} has no published figure", "argument target", "wait for figures")
    first = target.adopted.year - 1 if base is None else base
    steps = {step.year: step.value for step in dataset.growth_steps(target.indicator or "")}
    missing = [year for year in range(first + 1, latest.year + 1) if year not in steps]
    if missing or first > latest.year:
        raise NotAvailable(f"growth is not known back to {first}", "argument base", "choose a later base")
    years = np.arange(first, latest.year + 1)
    backwards = np.cumsum([0.0, *(np.log1p(steps[year]) for year in years[:0:-1])])[::-1]
    direction: Direction = "down" if target.comparator == "at_most" else "up"
    return Course(years, latest.value * np.exp(-backwards), direction, target.value, target.deadline)
