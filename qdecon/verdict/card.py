"""The scorecard: every target of a plan judged on one date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import pandas as pd

from qdecon.errors import UnknownName
from qdecon.plan import Bilingual
from qdecon.verdict.judge import assess
from qdecon.verdict.record import STATUS_WORDS, STATUSES, Status, Verdict
from qdecon.verdict.standing import Standing, stand
from qdecon.verdict.wording import amount, columns, day, goal

if TYPE_CHECKING:
    import datetime as dt

    from qdecon.data import Dataset
    from qdecon.plan import Language, Plan, Target


@dataclass(frozen=True)
class Scorecard:
    """Verdicts of all targets, in the order of the plan; further readings follow the target they read.

    Examples
    --------
    >>> import qdecon as qd
    >>> card = qd.scorecard(qd.load("qingdao"))
    >>> card["t10"].status
    'missed'
    """

    plan: Plan
    as_of: dt.date
    verdicts: tuple[Verdict, ...]

    def __getitem__(self, target_id: str) -> Verdict:
        self.plan.target(target_id)
        return next(verdict for verdict in self.verdicts if verdict.target.id == target_id.lower())

    def counts(self) -> dict[Status, int]:
        """Counted targets by status: further readings and successors are judged but not counted."""
        tally = Counter(verdict.status for verdict in self.verdicts if verdict.target.counted)
        return {status: tally[status] for status in STATUSES}

    def summary(self) -> Bilingual:
        """The scorecard in one sentence: targets with a figure, by status; the rest by number."""
        judged = [verdict for verdict in self.verdicts if verdict.target.counted and verdict.target.group == "numeric"]
        tally = Counter(verdict.status for verdict in judged)
        rest = sum(verdict.target.counted for verdict in self.verdicts) - len(judged)
        shown = [status for status in STATUSES if tally[status]]
        when = day(self.as_of)
        more = (
            Bilingual(
                f"；另有{rest}项是企业承诺、结构安排、事实或定性目标",
                f"; {rest} more are enterprise pledges, structure, facts or qualitative aims",
            )
            if rest
            else Bilingual("", "")
        )
        return Bilingual(
            f"截至{when.zh}，{self.plan.place.zh}方案自身有数字的目标{len(judged)}项："
            + "、".join(f"{tally[status]}项{STATUS_WORDS[status].zh}" for status in shown)
            + f"{more.zh}。",
            f"As of {when.en}, {self.plan.place.en}'s plan has {len(judged)} "
            f"target{'' if len(judged) == 1 else 's'} of its own with a figure: "
            + ", ".join(f"{tally[status]} {STATUS_WORDS[status].en}" for status in shown)
            + f"{more.en}.",
        )

    def to_records(self) -> list[dict[str, Any]]:
        """One plain record a reading, rounded at the rim."""
        return [verdict.to_record() for verdict in self.verdicts]

    def to_frame(self, language: Language = "zh") -> pd.DataFrame:
        """The table that can be quoted: one row a reading."""
        return pd.DataFrame([row(verdict, language) for verdict in self.verdicts])

    def text(self, language: Language = "zh") -> str:
        """The scorecard for a terminal: numeric and enterprise targets in full, the rest counted."""
        table = [
            row(verdict, language) for verdict in self.verdicts if verdict.target.group in ("numeric", "enterprise")
        ]
        names = [name for name in (table[0] if table else ()) if name != ("一句话" if language == "zh" else "sentence")]
        widths = {name: max(columns(name), *(columns(each[name]) for each in table)) for name in names}
        lines = ["  ".join(_padded(name, widths[name]) for name in names)]
        lines += ["  ".join(_padded(each[name], widths[name]) for name in names).rstrip() for each in table]
        others = [verdict for verdict in self.verdicts if verdict.target.group not in ("numeric", "enterprise")]
        note = Bilingual(
            f"另有{len(others)}条结构、事实和定性条款没有可核对的数字，见 --json。",
            f"{len(others)} further clauses (structure, facts, qualitative aims) have no figure to check: see --json.",
        )
        return "\n".join([self.summary()[language], "", *lines, *(["", note[language]] if others else [])])

    def __str__(self) -> str:
        return self.text("zh")


@overload
def scorecard(dataset: Dataset) -> Scorecard: ...
@overload
def scorecard(dataset: Mapping[str, Dataset], target: Target) -> Standing: ...
def scorecard(dataset: Dataset | Mapping[str, Dataset], target: Target | None = None) -> Scorecard | Standing:
    """Judge every target of a plan, or many places by one target.

    Parameters
    ----------
    dataset : Dataset or mapping of them
        From :func:`qdecon.load`; or many, as :func:`qdecon.data.gathering.peers` gives them.
    target : Target, optional
        What many places are asked alike, for instance from :func:`qdecon.plan.common_target`.

    Returns
    -------
    Scorecard or Standing

    Raises
    ------
    UnknownName
        If many places come without a target, or one plan with another; or if the target's unit or indicator is unknown.
    NotAvailable
        If there are no places, or no figure of one year could settle the target.

    Examples
    --------
    >>> import qdecon as qd
    >>> len(qd.scorecard(qd.load("qingdao")).verdicts) >= 44
    True
    """
    if isinstance(dataset, Mapping):
        if target is None:
            remedy = "state what all are asked, by qdecon.plan.common_target"
            raise UnknownName("many places need one target", "argument target", remedy)
        return stand(dataset, target)
    if target is not None:
        remedy = "leave it out, or pass a mapping such as {'青岛': dataset}"
        raise UnknownName("a plan is judged by its own targets", "argument target", remedy)
    ordered: list[str] = []
    for target in dataset.plan.targets:
        if target.counted:
            ordered.append(target.id)
            ordered += [
                other.id for other in dataset.plan.targets if target.id in (other.reading_of, other.successor_of)
            ]
    return Scorecard(dataset.plan, dataset.as_of, tuple(assess(dataset, name) for name in ordered))


def row(verdict: Verdict, language: Language) -> dict[str, str]:
    """One reading as words: id, label, deadline, target, value, status, probability, sentence."""
    target = verdict.target
    names = (
        ("编号", "目标", "期限", "要求", "公布值", "判断", "概率", "一句话")
        if language == "zh"
        else ("id", "target", "deadline", "asked", "published", "verdict", "probability", "sentence")
    )
    when = f"{target.years[0]}-{target.years[-1]}" if target.years else str(target.deadline or "")
    asked = (
        goal(target.value, target.unit or "", target.comparator)[language]
        if target.comparator and target.value is not None
        else ""
    )
    value = "" if verdict.value is None else amount(verdict.value, target.unit or "", language)
    probability = "" if verdict.probability is None else probability_words(verdict, language)
    cells = (
        target.id, target.label[language], when, asked, value, STATUS_WORDS[verdict.status][language], probability,
        verdict.sentence[language],
    )  # fmt: skip
    return dict(zip(names, cells, strict=True))


def probability_words(verdict: Verdict, language: Language) -> str:
    """A probability for a table cell, marked where it is about a figure never published."""
    probability = verdict.probability or 0.0
    text = "<5%" if probability < 0.05 else ">95%" if probability > 0.95 else f"{100 * probability:.0f}%"
    if verdict.probability_kind == "unpublished_outcome":
        return text + ("（未公布）" if language == "zh" else " (unpublished)")
    return text


def _padded(text: str, width: int) -> str:
    return text + " " * (width - columns(text))
