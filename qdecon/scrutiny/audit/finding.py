"""A finding about a plan: one sentence, and every number in it with where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from qdecon.errors import UnknownName
from qdecon.plan import Bilingual
from qdecon.verdict.wording import wrapped

if TYPE_CHECKING:
    import datetime as dt

    from qdecon.data import Indicator, Observation

Kind = Literal["growth", "level", "share", "sum", "goal", "joint"]


@dataclass(frozen=True)
class Number:
    """A number used by a finding.

    Attributes
    ----------
    origin : str
        The target, observation or goal that states it, or how it was formed from the others.
    """

    name: str
    value: float
    unit: str
    origin: str


@dataclass(frozen=True)
class Finding:
    """One thing that the figures of a plan show.

    Attributes
    ----------
    kind : str
        ``growth`` (implied by a target), ``level`` (a share in money), ``share`` (a level as a share), ``sum`` (parts
        of a whole), ``goal`` (the same indicator stated elsewhere) or ``joint`` (targets met together).
    outcome : str
        Of growth ``faster slower no_past no_baseline``; of level and share ``computed``, or ``no_baseline`` where a
        promised rise has no published share to start from; of a sum ``fits squeezed impossible``; of a goal ``restated
        stricter looser different impossible not_comparable``; of joint ``projected alone settled unpublished
        not_projected``.
    targets : tuple of str
        Ids of the plan's targets, the one that the sentence is about first.
    numbers : tuple of Number
    as_of : datetime.date
        Nothing published later was used, unless the sentence says so.
    """

    kind: Kind
    outcome: str
    targets: tuple[str, ...]
    sentence: Bilingual
    numbers: tuple[Number, ...]
    as_of: dt.date

    def __getitem__(self, name: str) -> float:
        for number in self.numbers:
            if number.name == name:
                return number.value
        known = ", ".join(number.name for number in self.numbers) or "nothing: it has no numbers"
        raise UnknownName(f"no number {name!r} in this finding", "argument name", f"choose from {known}")

    def __str__(self) -> str:
        return f"{wrapped(self.sentence.zh)}\n{wrapped(self.sentence.en)}"


def cite(item: Observation) -> str:
    """Indicator, period, basis and source of an observation: ``gdp 2021 (census4, G01)``."""
    return f"{item.indicator} {item.period.label} ({', '.join(filter(None, (item.basis, item.source)))})"


def growing(indicator: Indicator) -> Bilingual:
    """What its growth is called: at current prices it is nominal."""
    nominal = indicator.price_basis == "current"
    return Bilingual("名义增长", "nominal growth") if nominal else Bilingual("增长", "growth")
