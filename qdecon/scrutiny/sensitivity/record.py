"""How a verdict stands under every other defensible reading, in three counts that are never put together.

A clause read otherwise, another figure and another model are different kinds of doubt. They are varied one at a time,
so the counts say nothing of combinations, and no reading weighs more than another. Source of the idea: Simonsohn,
Simmons and Nelson (2020), Specification curve analysis; kept in kinds because pooled counts depend on how many variants
of one kind somebody thought of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from qdecon.plan import Bilingual
from qdecon.scrutiny.sensitivity.figures import data_readings, deciding
from qdecon.scrutiny.sensitivity.readings import KINDS, clause_readings, from_verdict
from qdecon.scrutiny.sensitivity.specifications import model_readings
from qdecon.verdict.judge import assess
from qdecon.verdict.wording import chance, joined, wrapped

if TYPE_CHECKING:
    from qdecon.data import Dataset
    from qdecon.plan import Language
    from qdecon.scrutiny.sensitivity.readings import Kind, Reading
    from qdecon.verdict.record import Verdict

TOLD = 3  # readings told by name for each other finding; the rest are counted
BASE = Bilingual("现有读法", "base reading")
_COUNTED = {
    "clause": Bilingual("条款的其他读法", "other readings of the clause"),
    "data": Bilingual("其他数据", "other readings of the data"),
    "model": Bilingual("其他模型", "other models"),
}
_NONE = {
    "clause": Bilingual("条款没有其他读法", "no other reading of the clause"),
    "data": Bilingual("没有其他可用数据", "no other figure to use"),
    "model": Bilingual("没有其他模型可比", "no other model to try"),
}
_NO_MODEL = Bilingual("判断不经模型", "no model in it")


class Count(NamedTuple):
    """In how many of the other readings of one kind a verdict holds; the base reading is not among them.

    ``holds`` counts the same status (and the same leaning where nothing was published), ``same_side`` the same side of
    the target whatever the status.
    """

    holds: int
    of: int
    same_side: int


@dataclass(frozen=True)
class Sensitivity:
    """A verdict and its other readings.

    Attributes
    ----------
    verdict : Verdict
        The base reading.
    readings : tuple of Reading
        Clause, then data, then model; empty if the target is not assessable.
    """

    verdict: Verdict
    readings: tuple[Reading, ...]

    @property
    def base(self) -> Reading:
        """The verdict as a reading."""
        return from_verdict(self.verdict, "base", "clause", BASE)

    def of_kind(self, kind: Kind) -> tuple[Reading, ...]:
        """The other readings of one kind."""
        return tuple(each for each in self.readings if each.kind == kind)

    def count(self, kind: Kind) -> Count:
        """In how many other readings of one kind the verdict holds.

        Examples
        --------
        >>> import qdecon as qd
        >>> vary_readings(qd.load("qingdao"), "t10").count("data")
        Count(holds=2, of=2, same_side=2)
        """
        found = self.of_kind(kind)
        same_side = sum(each.side == self.base.side for each in found)
        return Count(sum(self.holds(each) for each in found), len(found), same_side)

    def holds(self, reading: Reading) -> bool:
        """Whether a reading comes to the same finding."""
        return (reading.status, reading.side) == (self.base.status, self.base.side)

    @property
    def flips(self) -> tuple[Reading, ...]:
        """Readings that come to another finding."""
        return tuple(each for each in self.readings if not self.holds(each))

    @property
    def sentence(self) -> Bilingual:
        """The three counts, and what turns the verdict into what."""
        if not self.readings:
            name, finding = self.verdict.target.label, self.base.finding
            return Bilingual(
                f"{name.zh}：判断为“{finding.zh}”，没有其他读法可比。",
                f'{name.en}: "{finding.en}", with no other reading to compare.',
            )
        counts = {kind: self.count(kind) for kind in KINDS}
        told_zh = "，".join(
            f"{_COUNTED[kind].zh}{each.of}种中{each.holds}种成立" for kind, each in counts.items() if each.of
        )
        told_en = [f"{each.holds} of {each.of} {_COUNTED[kind].en}" for kind, each in counts.items() if each.of]
        finding, turns = self.base.finding, self._turns()
        head = Bilingual(
            f"判断“{finding.zh}”：{told_zh}；{turns.zh}。",
            f'The verdict "{finding.en}" holds under {_and(told_en)}; {turns.en}.',
        )
        missing = [self._none(kind) for kind, each in counts.items() if not each.of]
        if not missing:
            return head
        tail = Bilingual(
            "，".join(each.zh for each in missing) + "。", f"There is {_and([each.en for each in missing])}."
        )
        return joined(head, tail)

    def _none(self, kind: Kind) -> Bilingual:
        return _NO_MODEL if kind == "model" and self.verdict.probability is None else _NONE[kind]

    def _turns(self) -> Bilingual:
        """Findings other than the base's, each with the readings that lead to it."""
        if not self.flips:
            return Bilingual("没有一种会改变判断", "no reading turns it")
        parts_zh, parts_en = [], []
        for finding in dict.fromkeys(each.finding for each in self.flips):
            own = [each for each in self.flips if each.finding == finding]
            more = len(own) - TOLD
            rest_zh, rest_en = (f"，或另外{more}种", f", or in {more} more") if more > 0 else ("", "")
            zh = [each.name.zh + _odds(each, "zh") for each in own[:TOLD]]
            en = [each.name.en + _odds(each, "en") for each in own[:TOLD]]
            parts_zh.append(f"若{'，或'.join(zh)}{rest_zh}，则为“{finding.zh}”")
            parts_en.append(f'"{finding.en}" if {", or ".join(en)}{rest_en}')
        return Bilingual("；".join(parts_zh), f"it turns {'; and '.join(parts_en)}")

    def to_frame(self, language: Language = "zh") -> pd.DataFrame:
        """Tabulate the base reading and the others, one row each.

        Returns
        -------
        DataFrame
            ``id kind name status finding side holds same_side probability value``; the kind of the first row is
            ``base``. ``value`` is in the unit of the target.
        """
        kinds: list[str] = ["base", *(each.kind for each in self.readings)]
        rows = [self.base, *self.readings]
        return pd.DataFrame(
            {
                "id": [each.id for each in rows],
                "kind": kinds,
                "name": [each.name[language] for each in rows],
                "status": [each.status for each in rows],
                "finding": [each.finding[language] for each in rows],
                "side": [each.side for each in rows],
                "holds": [self.holds(each) for each in rows],
                "same_side": [each.side == self.base.side for each in rows],
                "probability": pd.Series([each.probability for each in rows], dtype=float),
                "value": pd.Series([each.value for each in rows], dtype=float),
            }
        )

    def __str__(self) -> str:
        return f"{wrapped(self.sentence.zh)}\n{wrapped(self.sentence.en)}"


def vary_readings(dataset: Dataset, target_id: str) -> Sensitivity:
    """Judge one target under every other defensible reading.

    Parameters
    ----------
    dataset : Dataset
        From :func:`qdecon.load`.
    target_id : str

    Returns
    -------
    Sensitivity
        Without readings if the target is not assessable.

    Raises
    ------
    UnknownName
        If the plan has no such target on that date.

    Examples
    --------
    >>> import qdecon as qd
    >>> found = vary_readings(qd.load("qingdao"), "t06")
    >>> [reading.id for reading in found.flips]
    ['deadline-2027']
    """
    verdict = assess(dataset, target_id)
    target = verdict.target
    if not target.assessable:
        return Sensitivity(verdict, ())
    silent = not deciding(dataset, target, verdict)
    clause = clause_readings(dataset, target, silent=silent)
    data, model = data_readings(dataset, target, verdict), model_readings(dataset, target, verdict)
    return Sensitivity(verdict, (*clause, *data, *model))


def _odds(reading: Reading, language: Language) -> str:
    if reading.probability is None:
        return ""
    words = chance(reading.probability)[language]
    return f"（可能性{words}）" if language == "zh" else f" ({words})"


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
