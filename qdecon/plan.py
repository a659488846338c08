"""What was promised: a plan and its targets, each with the clause quoted.

A target is data, not code: indicator, measure, comparator, value, unit, deadline, strength, the original wording and
what is unclear about it. Everything here is frozen; reading a plan from disk is the work of :mod:`qdecon.data`.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from qdecon.errors import NotAvailable, UnknownName

if TYPE_CHECKING:
    import pandas as pd

Language = Literal["zh", "en"]
Group = Literal["numeric", "enterprise", "structure", "fact", "qualitative"]
Measure = Literal[
    "level", "share", "points_per_year", "flow_per_year", "cumulative", "multiple_of_baseline", "count", "qualitative"
]
Comparator = Literal["at_least", "more_than", "at_most", "about"]
Strength = Literal["binding", "strive", "pledge", "own"]

LANGUAGES: tuple[Language, ...] = get_args(Language)
GROUPS: tuple[Group, ...] = get_args(Group)
MEASURES: tuple[Measure, ...] = get_args(Measure)
COMPARATORS: tuple[Comparator, ...] = get_args(Comparator)
STRENGTHS: tuple[Strength, ...] = ("binding", "strive", "pledge")  # of a plan; "own" is what an analyst asks of all
ASSESSABLE_GROUPS: tuple[Group, ...] = ("numeric", "enterprise")


@dataclass(frozen=True)
class Bilingual:
    """One text in Chinese and in English.

    Examples
    --------
    >>> Bilingual("地区生产总值", "GDP")["en"]
    'GDP'
    """

    zh: str
    en: str

    def __getitem__(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Quotation:
    """Original wording of one clause.

    Attributes
    ----------
    clause : str
        Number in the list of clauses, for instance ``T04b``.
    text : str
        The words of the document, unchanged.
    """

    clause: str
    text: str


@dataclass(frozen=True)
class Target:
    """One promise, read so that a figure can keep or break it.

    Attributes
    ----------
    id : str
        Lower-case clause number; a further reading or a successor carries its deadline as a suffix (``t06-2028``).
    group : str
        ``numeric`` (a city target with a figure), ``enterprise`` (a company's pledge quoted by the plan),
        ``structure``, ``fact`` or ``qualitative``; only the first two can be judged.
    measure : str
        What kind of figure is promised.
    comparator : str or None
        ``at_least`` is satisfied by equality, ``more_than`` is not.
    value : float or None
        The promised figure in ``unit``.
    baseline : int or None
        Year that a multiple refers to.
    deadline : int or None
        Year of the figure that settles the target.
    years : tuple of int
        For a target of every year: those years; ``deadline`` is then the last of them.
    context : bool
        The deadline is not in the sentence and was read from its context.
    tolerance : tuple of float
        Two widths, in ``unit``, for ``about``.
    reading_of, successor_of : str or None
        The target of which this is a further reading, or which a later document moved.
    """

    id: str
    label: Bilingual
    group: Group
    measure: Measure
    strength: Strength
    adopted: dt.date
    source: str
    quotations: tuple[Quotation, ...]
    translation: str
    ambiguity: Bilingual
    reason: Bilingual
    indicator: str | None = None
    comparator: Comparator | None = None
    value: float | None = None
    unit: str | None = None
    price_basis: str = "none"
    baseline: int | None = None
    deadline: int | None = None
    years: tuple[int, ...] = ()
    context: bool = False
    tolerance: tuple[float, ...] = ()
    tolerance_reason: Bilingual = field(default_factory=lambda: Bilingual("", ""))
    reading_of: str | None = None
    successor_of: str | None = None
    headline: bool = False

    @property
    def quote(self) -> str:
        """Wording of the first clause."""
        return self.quotations[0].text

    @property
    def assessable(self) -> bool:
        """Whether a figure could settle this target at all."""
        return self.group in ASSESSABLE_GROUPS and self.deadline is not None and self.value is not None

    @property
    def counted(self) -> bool:
        """Whether this is one of the plan's own targets: further readings and successors are judged but not counted."""
        return self.reading_of is None and self.successor_of is None


OWN = Bilingual("分析者自拟的共同目标", "the analyst's own common target")


def common_target(
    indicator: str,
    measure: Measure,
    comparator: Comparator,
    value: float,
    unit: str,
    deadline: int,
    baseline: int | None = None,
    label: Bilingual | None = None,
    tolerance: tuple[float, ...] = (),
) -> Target:
    """State a target of the analyst's own, to be asked of many places alike; no place promised it.

    Parameters
    ----------
    indicator : str
        As the datasets name it.
    measure : str
        For instance ``level``, ``share`` or ``multiple_of_baseline``.
    comparator : {"at_least", "more_than", "at_most", "about"}
    value : float
        In ``unit``.
    unit : str
        That of the indicator; of a multiple ``倍``.
    deadline : int
        Year of the figure that settles it.
    baseline : int, optional
        Year that a multiple refers to.
    label : Bilingual, optional
        Default is the name of the indicator.
    tolerance : tuple of float, optional
        Two widths for ``about``.

    Returns
    -------
    Target
        Its strength is ``own``, and so say its quotation and its source.

    Raises
    ------
    UnknownName
        If there is no such measure or comparator, or the value, baseline or tolerance does not fit.

    Examples
    --------
    >>> doubled = common_target("gdp", "multiple_of_baseline", "at_least", 2, "倍", 2018, baseline=2008)
    >>> doubled.strength, doubled.quote
    ('own', "the analyst's own common target")
    """
    allowed = tuple(each for each in MEASURES if each != "qualitative")
    for what, given, choices in (("measure", measure, allowed), ("comparator", comparator, COMPARATORS)):
        if given not in choices:
            raise UnknownName(f"unknown {what} {given!r}", f"argument {what}", f"choose one of {', '.join(choices)}")
    if not math.isfinite(value):
        raise UnknownName(f"no figure: {value!r}", "argument value", "state a finite number")
    if (measure == "multiple_of_baseline") != (baseline is not None) or (baseline or deadline - 1) >= deadline:
        remedy = "state a year before the deadline for multiple_of_baseline, and none for other measures"
        raise UnknownName(f"baseline {baseline} does not fit {measure} of {deadline}", "argument baseline", remedy)
    if (comparator == "about") != (len(tolerance) == 2):
        raise UnknownName(
            f"tolerance {tolerance} does not fit {comparator}", "argument tolerance", "state two widths for about only"
        )
    return Target(
        id="common", label=label or Bilingual("", ""), group="numeric", measure=measure, strength="own",
        adopted=dt.date.min, source="analyst", quotations=(Quotation("common", OWN.en),), translation=OWN.en,
        ambiguity=OWN, reason=Bilingual("", ""), indicator=indicator, comparator=comparator, value=float(value),
        unit=unit, baseline=baseline, deadline=deadline, tolerance=tuple(tolerance),
    )  # fmt: skip


def satisfies(value: float, target: Target, *, width: int = 0) -> bool:
    """Tell whether a published value keeps a target.

    Parameters
    ----------
    value : float
        In the unit of the target.
    target : Target
        Needs a comparator and a value.
    width : int
        Which of the two widths of ``about`` to use.

    Returns
    -------
    bool
        Equality satisfies ``at_least`` and ``at_most`` and breaks ``more_than``.

    Raises
    ------
    NotAvailable
        If the target has no comparator or value.
    """
    if target.value is None or target.comparator is None:
        raise NotAvailable(
            f"target {target.id} has no figure", "target.value", "judge only targets whose `assessable` is true"
        )
    match target.comparator:
        case "at_least":
            return value >= target.value
        case "more_than":
            return value > target.value
        case "at_most":
            return value <= target.value
        case "about":
            return abs(value - target.value) <= target.tolerance[width]


@dataclass(frozen=True)
class Goal:
    """A goal stated in another document: context for a target, never judged.

    ``value`` is None where the other document names no figure.
    """

    indicator: str
    period: str
    comparator: str
    value: float | None
    unit: str
    stated: str
    source: str
    quote: str
    note: str


@dataclass(frozen=True)
class Event:
    """Something that happened to the plan, with its source."""

    date: str
    source: str
    quote: str
    text: Bilingual


@dataclass(frozen=True)
class Plan:
    """A published plan.

    Attributes
    ----------
    id : str
        Name by which :func:`qdecon.load` finds it.
    place, title : Bilingual
        Place and document.
    document : str
        Source of the wording.
    published : datetime.date
        Earliest dated report; before it the plan is unknown.
    period : tuple of int
        First and last year.
    driver : str or None
        Larger economy whose deflator splices years in which the statistical basis changed.
    """

    id: str
    place: Bilingual
    title: Bilingual
    document: str
    published: dt.date
    period: tuple[int, int]
    driver: str | None
    targets: tuple[Target, ...]
    goals: tuple[Goal, ...] = ()
    events: tuple[Event, ...] = ()

    def target(self, target_id: str) -> Target:
        """Find a target by id, in either case.

        Raises
        ------
        UnknownName
            If the plan has no such target on the as-of date.
        """
        for target in self.targets:
            if target.id == target_id.lower():
                return target
        known = ", ".join(target.id for target in self.targets)
        raise UnknownName(f"unknown target {target_id!r}", "argument target_id", f"choose one of {known}")

    def to_frame(self, language: Language = "zh") -> pd.DataFrame:
        """Tabulate the targets, one row each, with wording and reading."""
        import pandas as pd  # the plan itself needs no pandas

        return pd.DataFrame(
            {
                "id": [target.id for target in self.targets],
                "label": [target.label[language] for target in self.targets],
                "group": [target.group for target in self.targets],
                "comparator": [target.comparator or "" for target in self.targets],
                "value": [target.value for target in self.targets],
                "unit": [target.unit or "" for target in self.targets],
                "deadline": pd.array([target.deadline for target in self.targets], dtype="Int64"),
                "quote": [target.quote for target in self.targets],
                "ambiguity": [target.ambiguity[language] for target in self.targets],
            }
        )
