"""A plan audited as a document: what its targets imply, whether they fit together, and how likely all are at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from qdecon.data import known
from qdecon.plan import Bilingual
from qdecon.scrutiny.audit.consistency import identities
from qdecon.scrutiny.audit.goals import restatements
from qdecon.scrutiny.audit.joint import together
from qdecon.scrutiny.audit.pace import implied_pace
from qdecon.verdict.wording import day, listed, wrapped

if TYPE_CHECKING:
    import datetime as dt

    from qdecon.data import Dataset
    from qdecon.plan import Language, Plan
    from qdecon.scrutiny.audit.finding import Finding, Kind

_HEADS: dict[Kind, Bilingual] = {
    "growth": Bilingual("目标隐含的速度", "The pace that targets imply"),
    "level": Bilingual("占比折合的金额", "Shares in money"),
    "share": Bilingual("金额折合的占比", "Levels as shares"),
    "sum": Bilingual("各部分能否加总", "Whether the parts add up"),
    "goal": Bilingual("同一指标的其他说法", "The same indicator elsewhere"),
    "joint": Bilingual(
        "能否同时实现（按可加总的核算推算，单项的可能性可与判断差几个百分点）",
        "Met together (in accounts that add up, where a single chance can differ from its verdict by some points)",
    ),
}


@dataclass(frozen=True)
class Audit:
    """Findings about a plan, in the order of ``growth level share sum goal joint``.

    Attributes
    ----------
    plan : Plan
    as_of : datetime.date
        Date of the dataset; each finding has the date of what it uses.
    findings : tuple of Finding
    """

    plan: Plan
    as_of: dt.date
    findings: tuple[Finding, ...]

    def of(self, kind: Kind, *targets: str) -> tuple[Finding, ...]:
        """Findings of one kind, and if targets are named only those about all of them."""
        return tuple(each for each in self.findings if each.kind == kind and {*targets} <= {*each.targets})

    def to_frame(self, language: Language = "zh") -> pd.DataFrame:
        """One row a finding: ``kind outcome targets as_of sentence numbers``."""
        return pd.DataFrame(
            {
                "kind": [each.kind for each in self.findings],
                "outcome": [each.outcome for each in self.findings],
                "targets": [" ".join(each.targets) for each in self.findings],
                "as_of": [each.as_of.isoformat() for each in self.findings],
                "sentence": [each.sentence[language] for each in self.findings],
                "numbers": [
                    "; ".join(f"{n.name} {n.value:.6g} {n.unit}".strip() for n in each.numbers)
                    for each in self.findings
                ],
            }
        )

    def numbers(self) -> pd.DataFrame:
        """One row a number: ``finding`` (row of :meth:`to_frame`) ``targets name value unit origin``."""
        rows = [
            (place, " ".join(each.targets), number.name, number.value, number.unit, number.origin)
            for place, each in enumerate(self.findings)
            for number in each.numbers
        ]
        return pd.DataFrame(rows, columns=["finding", "targets", "name", "value", "unit", "origin"])

    def text(self, language: Language = "zh") -> str:
        """The audit for a terminal; targets without a baseline are listed in one line."""
        when = day(self.as_of)
        title = Bilingual(
            f"{self.plan.title.zh}：自身算术与一致性（截至{when.zh}）",
            f"{self.plan.title.en}: its own arithmetic and consistency (as of {when.en})",
        )
        lines = [title[language]]
        for kind, head in _HEADS.items():
            found = self.of(kind)
            bare = [each.targets[0] for each in found if kind == "growth" and each.outcome == "no_baseline"]
            told = [each.sentence[language] for each in found if kind != "growth" or each.outcome != "no_baseline"]
            if bare:
                note = Bilingual(f"没有基数：{listed(bare, 'zh')}。", f"Without a baseline: {listed(bare, 'en')}.")
                told.append(note[language])
            lines += ["", head[language], *(wrapped(each) for each in told)] if told else []
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text("zh")


def audit_plan(dataset: Dataset) -> Audit:
    """Check the arithmetic of a plan: no outcome is judged, only what its figures say.

    Parameters
    ----------
    dataset : Dataset
        From :func:`qdecon.load`. Implied pace and identities use what was known when the targets were adopted; other
        documents are read up to the dataset's date; joint chances are of the plan's publication and of that date.

    Returns
    -------
    Audit

    Examples
    --------
    >>> import qdecon as qd
    >>> made = audit_plan(qd.load("qingdao"))
    >>> round(made.of("growth", "t06")[0]["needed"], 2)
    7.19
    >>> round(made.of("share", "t04", "t10")[0]["share"], 1)
    59.1
    """
    then = known(dataset, dataset.plan.published)
    paces = [found for each in dataset.plan.targets if (found := implied_pace(dataset, each)) is not None]
    chances = together(then) + (together(dataset) if dataset.as_of > then.as_of else [])
    identical = sorted(identities(then), key=lambda each: list(_HEADS).index(each.kind))
    return Audit(dataset.plan, dataset.as_of, (*paces, *identical, *restatements(dataset), *chances))
