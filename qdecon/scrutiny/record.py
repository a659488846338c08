"""The dossier of one target: the verdict, and everything that lets a reader defend or doubt it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from qdecon.errors import NotAvailable
from qdecon.plan import Bilingual
from qdecon.replay.vintages import VerdictHistory, history
from qdecon.rules import RulePanel, read_target
from qdecon.scrutiny.baserate import base_rate, share_base_rate
from qdecon.scrutiny.sensitivity import KINDS, Sensitivity, vary_readings
from qdecon.scrutiny.shortfall import Shortfall, split_shortfall
from qdecon.verdict import assess, scorecard
from qdecon.verdict.ceiling import needed_rise
from qdecon.verdict.wording import amount, joined, percent, wrapped

if TYPE_CHECKING:
    from qdecon.data import Dataset
    from qdecon.data.record import Coverage, Reliability
    from qdecon.plan import Language, Target
    from qdecon.scrutiny.windows import WindowCount
    from qdecon.verdict import Verdict

PARTS = {
    "verdict": Bilingual("判断", "verdict"),
    "rules": Bilingual("各种方法", "rules"),
    "base_rate": Bilingual("先例", "base rate"),
    "sensitivity": Bilingual("敏感性", "sensitivity"),
    "shortfall": Bilingual("差距", "shortfall"),
    "history": Bilingual("历史", "history"),
    "record": Bilingual("成绩", "record"),
}


@dataclass(frozen=True)
class Dossier:
    """Everything that surrounds one verdict; what does not apply to a target is None.

    Attributes
    ----------
    verdict : Verdict
    rules : RulePanel or None
        Every published on-track method beside each other; None without a course of two figures towards a target.
    base_rate : WindowCount or None
        How often comparable places did what the target needs from here; None where nothing is needed any more or no
        place publishes the like.
    sensitivity : Sensitivity
        Whether the verdict holds under other readings of the clause, other figures and other models.
    shortfall : Shortfall or None
        Volume, price and structure of the gap to the plan's path; None for what is no level of the national accounts.
    history : VerdictHistory
        The verdict as known on earlier dates.
    coverage : Coverage or None
        How often past bands of that horizon held, for a forecast from the reference class of cities.
    reliability : Reliability or None
        What past probabilities of that size came to.

    Examples
    --------
    >>> import qdecon as qd
    >>> found = dossier(qd.load("qingdao"), "t06-2028")
    >>> found.rules.agreement, found.sensitivity.count("model").of, found.base_rate.cases
    ((7, 8), 8, 302)
    """

    verdict: Verdict
    rules: RulePanel | None
    base_rate: WindowCount | None
    sensitivity: Sensitivity
    shortfall: Shortfall | None
    history: VerdictHistory
    coverage: Coverage | None
    reliability: Reliability | None

    @property
    def target(self) -> Target:
        """The target judged."""
        return self.verdict.target

    @property
    def sentences(self) -> dict[str, Bilingual]:
        """What each part says, in the order of ``PARTS``; parts that do not apply are left out."""
        told = {
            "verdict": self.verdict.sentence,
            "rules": None if self.rules is None else joined(_closed(self.rules.split), task(self.rules)),
            "base_rate": None if self.base_rate is None else self.base_rate.sentence,
            "sensitivity": self.sensitivity.sentence if self.sensitivity.readings else None,
            "shortfall": None if self.shortfall is None else self.shortfall.sentence,
            "history": self.history.sentence if len(self.history.steps) > 1 else None,
            "record": self._record(),
        }
        return {name: sentence for name, sentence in told.items() if sentence is not None}

    def _record(self) -> Bilingual | None:
        if self.coverage is None or self.reliability is None:
            return None
        held, said = self.coverage, self.reliability
        stated, came = f"{said.low:.0%}", percent(said.came, 0)
        band, worst = percent(held.coverage80, 0), percent(held.worst80, 0)
        return Bilingual(
            f"过去给出{stated}—{said.high:.0%}的可能性，在主要城市的{said.n:,}次判断中有{came}成真；"
            f"提前{held.horizon}年的80%区间罩住{band}（{held.cases}次），最差的起点年份{worst}。",
            f"Chances stated between {stated} and {said.high:.0%} came true in {came} of {said.n:,} past judgements on "
            f"the main cities; 80% bands {held.horizon} year{'s' * (held.horizon > 1)} ahead held {band} of "
            f"{held.cases} outcomes, {worst} in the worst year of origin.",
        )

    def to_frame(self, language: Language = "zh") -> pd.DataFrame:
        """One row a part: ``part`` in words and ``sentence``."""
        rows = [(PARTS[name][language], each[language]) for name, each in self.sentences.items()]
        return pd.DataFrame(rows, columns=["part", "sentence"])

    def to_record(self) -> dict[str, Any]:
        """Plain values for JSON: those of the verdict, and of each part its counts and its sentence."""
        record = self.verdict.to_record()
        if self.rules is not None:
            yes, asked = self.rules.agreement
            needed, multiple = self.rules.needed, self.rules.multiple
            record["rules"] = {
                "on_track": yes, "asked": asked,
                "needed": None if needed is None else round(needed, 4),
                "multiple": None if multiple is None else round(multiple, 3),
                "labels": {name: each.label for name, each in self.rules.by_name.items() if each.label},
            }  # fmt: skip
        if self.base_rate is not None:
            record["base_rate"] = {"hits": self.base_rate.hits, "cases": self.base_rate.cases}
        if self.sensitivity.readings:
            counts = {kind: self.sensitivity.count(kind) for kind in KINDS}
            record["sensitivity"] = {kind: {"holds": each.holds, "of": each.of} for kind, each in counts.items()}
        if self.shortfall is not None:
            latest = self.shortfall.latest
            parts = {name: round(latest.estimate(name).value, 2) for name in ("gap", *latest.parts)}
            record["shortfall"] = {"year": latest.year, "percent_of_plan": parts}
        record["history"] = [
            {"date": step.date.isoformat(), "status": step.verdict.status, "probability": _rounded(step.verdict)}
            for step in self.history.steps
        ]
        record["sentences"] = {
            name: {"zh": each.zh, "en": each.en} for name, each in self.sentences.items() if name != "verdict"
        }
        return record

    def text(self, language: Language = "zh") -> str:
        """The dossier for a terminal."""
        label = self.target.label[language]
        lines = [f"[{self.target.id}] {label}"]
        for name, each in self.sentences.items():
            lines += ["", PARTS[name][language] + ("：" if language == "zh" else ":"), wrapped(each[language])]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text("zh") + "\n\n" + self.text("en")


def dossier(dataset: Dataset, target_id: str) -> Dossier:
    """Gather everything about one target.

    Parameters
    ----------
    dataset : Dataset
        From :func:`qdecon.load`.
    target_id : str

    Returns
    -------
    Dossier

    Raises
    ------
    UnknownName
        If the plan has no such target on that date.
    """
    verdict = assess(dataset, target_id)
    target = verdict.target
    rules = shortfall = None
    with suppress(NotAvailable):
        rules = read_target(dataset, target)
    with suppress(NotAvailable):
        shortfall = split_shortfall(dataset, target.id)
    coverage = reliability = None
    latest = dataset.latest(target.indicator) if target.indicator else None
    among_cities = target.indicator in dataset.peers.cities.levels
    if verdict.probability is not None and verdict.probability_kind == "forecast" and latest and among_cities:
        coverage = dataset.peers.held("cities", (target.deadline or 0) - latest.year)
        reliability = dataset.peers.came_true("cities", verdict.probability)
    return Dossier(
        verdict, rules, _precedents(dataset, verdict), vary_readings(dataset, target.id), shortfall,
        history(dataset, target.id), coverage, reliability,
    )  # fmt: skip


def dossiers(dataset: Dataset) -> tuple[Dossier, ...]:
    """Gather everything about every target, in the order of the scorecard."""
    return tuple(dossier(dataset, verdict.target.id) for verdict in scorecard(dataset).verdicts)


def task(panel: RulePanel) -> Bilingual | None:
    """What a course needs from here, and how many times its past pace that is; None where that makes no sense."""
    needed, past, multiple, course = panel.needed, panel.past, panel.multiple, panel.course
    if needed is None:
        return None
    share, base = course.kind == "share", int(course.years[0])
    pace = [f"{100 * each:.1f}%" if not share else "" for each in (needed, past or 0.0)]
    if share:
        each_zh, each_en = (amount(needed, "百分点", "zh"), amount(needed, "百分点", "en"))
        head = Bilingual(f"今后每年需变动{each_zh}", f"From here it needs {each_en} a year")
    else:
        head = Bilingual(f"今后年均需增长{pace[0]}", f"From here it needs {pace[0]} a year")
    if multiple is None or past is None or past <= 0:
        return Bilingual(head.zh + "。", head.en + ".")
    then = "" if share else f"（{pace[1]}）"
    return Bilingual(
        f"{head.zh}，是{base}年以来速度{then}的{multiple:.1f}倍。",
        f"{head.en}, {multiple:.1f} times the pace since {base}" + ("." if share else f" ({pace[1]})."),
    )


def _precedents(dataset: Dataset, verdict: Verdict) -> WindowCount | None:
    """How often comparable places did what the target needs from its latest figure or ceiling."""
    target, rise = verdict.target, needed_rise(dataset, verdict.target)
    latest = dataset.latest(target.indicator) if target.indicator else None
    settled = verdict.status in ("met", "missed", "not_assessable")
    with suppress(NotAvailable):
        if rise is not None and not settled:
            return share_base_rate(dataset, rise.part, rise.whole, rise.points, rise.years)
        among_cities = target.indicator in dataset.peers.cities.levels
        if among_cities and verdict.required_growth is not None and latest is not None and not settled:
            years = (target.deadline or 0) - latest.year
            return base_rate(dataset, verdict.required_growth, years, indicator=latest.indicator)
    return None


def _closed(sentence: Bilingual) -> Bilingual:
    return Bilingual(sentence.zh + "。", sentence.en[0].upper() + sentence.en[1:] + ".")


def _rounded(verdict: Verdict) -> float | None:
    return None if verdict.probability is None else round(verdict.probability, 3)
