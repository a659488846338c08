"""The verdict: one record that prints as one quotable sentence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

import pandas as pd

from qdecon.plan import Bilingual
from qdecon.verdict.wording import wrapped

if TYPE_CHECKING:
    import datetime as dt

    from qdecon.data.observations import Source
    from qdecon.plan import Target

Status = Literal["met", "missed", "on_track", "uncertain", "off_track", "not_published", "not_assessable"]
ProbabilityKind = Literal["forecast", "unpublished_outcome"]
STATUSES: tuple[Status, ...] = get_args(Status)
STATUS_WORDS: dict[Status, Bilingual] = {
    "met": Bilingual("完成", "met"),
    "missed": Bilingual("未完成", "missed"),
    "on_track": Bilingual("在轨", "on track"),
    "uncertain": Bilingual("不确定", "uncertain"),
    "off_track": Bilingual("偏离", "off track"),
    "not_published": Bilingual("未公布", "not published"),
    "not_assessable": Bilingual("无法判断", "not assessable"),
}
ON_TRACK, OFF_TRACK = 0.8, 0.2  # a forecast at or beyond these is called on or off track


@dataclass(frozen=True)
class Interval:
    """Median, 80 % and 95 % interval of a figure, in its unit."""

    median: float
    lo80: float
    hi80: float
    lo95: float
    hi95: float


@dataclass(frozen=True)
class YearReading:
    """One year of a target that holds every year."""

    year: int
    status: Status
    value: float | None
    sentence: Bilingual


_PARTIAL_WORDS = ("label_zh", "label_en", "part_zh", "part_en")


def _empty(*columns: str) -> pd.DataFrame:
    return pd.DataFrame(columns=list(columns))


SIMILAR = Bilingual("同类城市", "similar cities")


@dataclass(frozen=True)
class Trajectory:
    """Everything that a figure of one target draws.

    Attributes
    ----------
    observed : DataFrame
        ``year value basis state source``; state is ``published``, ``preliminary`` or ``derived``.
    fan : DataFrame
        ``year median lo80 hi80 lo95 hi95``.
    needed : DataFrame
        ``year value``: constant growth from the latest figure to the target.
    bounds : DataFrame
        ``year value label_zh label_en``: ceilings, each for its year.
    partial : DataFrame
        ``year lo hi part label_zh label_en part_zh part_en``: range estimated from a part of the year, and that part as
        published.
    errors : Bilingual
        Whose past errors the fan rests on.
    """

    indicator: str
    unit: str
    name: Bilingual
    observed: pd.DataFrame
    target_year: int
    target_value: float
    fan: pd.DataFrame = field(default_factory=lambda: _empty("year", "median", "lo80", "hi80", "lo95", "hi95"))
    needed: pd.DataFrame = field(default_factory=lambda: _empty("year", "value"))
    bounds: pd.DataFrame = field(default_factory=lambda: _empty("year", "value", "label_zh", "label_en"))
    partial: pd.DataFrame = field(default_factory=lambda: _empty("year", "lo", "hi", "part", *_PARTIAL_WORDS))
    errors: Bilingual = SIMILAR


@dataclass(frozen=True)
class Verdict:
    """What was judged, how it came out, and on what evidence.

    Attributes
    ----------
    probability : float or None
        0 to 1; None when settled or not assessable.
    probability_kind : str or None
        ``forecast`` (of a figure still to come, scored when it comes) or ``unpublished_outcome`` (belief about a figure that
        was never published; never scored). The two are never mixed.
    value : float or None
        Published at the deadline, in the unit of the target.
    required_growth : float or None
        Yearly growth from the latest figure to the target, as a fraction.
    evidence : str
        Grade of the weakest figure used: official, press, aggregator, derived or none.
    sources : tuple of str
        Ids of the sources of the figures used.
    credits : tuple of Source
        Sources of the figures used or drawn, for the foot of a figure.
    assumed : Bilingual or None
        Name of the scenario under which this follows; None for what the model says unasked.
    """

    target: Target
    status: Status
    as_of: dt.date
    sentence: Bilingual
    probability: float | None = None
    probability_kind: ProbabilityKind | None = None
    value: float | None = None
    projected: Interval | None = None
    required_growth: float | None = None
    evidence: str = "none"
    sources: tuple[str, ...] = ()
    years: tuple[YearReading, ...] = ()
    trajectory: Trajectory | None = None
    place: Bilingual = field(default_factory=lambda: Bilingual("", ""))
    credits: tuple[Source, ...] = ()
    assumed: Bilingual | None = None

    def __str__(self) -> str:
        return f"{wrapped(self.sentence.zh)}\n{wrapped(self.sentence.en)}"

    def to_record(self) -> dict[str, Any]:
        """The verdict as plain values for JSON, rounded at the rim: probabilities to 3 decimals, values to 6 digits."""
        record: dict[str, Any] = {
            "id": self.target.id,
            "indicator": self.target.indicator,
            "deadline": self.target.deadline,
            "comparator": self.target.comparator,
            "target": self.target.value,
            "unit": self.target.unit,
            "status": self.status,
            "probability": None if self.probability is None else round(self.probability, 3),
            "probability_kind": self.probability_kind,
            "value": rounded(self.value),
            "projected": None
            if self.projected is None
            else {name: rounded(getattr(self.projected, name)) for name in ("median", "lo80", "hi80", "lo95", "hi95")},
            "required_growth": None if self.required_growth is None else round(self.required_growth, 4),
            "evidence": self.evidence,
            "as_of": self.as_of.isoformat(),
            "group": self.target.group,
            "reading_of": self.target.reading_of,
            "successor_of": self.target.successor_of,
            "sources": list(self.sources),
            "sentence_zh": self.sentence.zh,
            "sentence_en": self.sentence.en,
        }
        if self.target.years:
            record["years"] = [
                {
                    "year": each.year,
                    "status": each.status,
                    "value": rounded(each.value),
                    "sentence_zh": each.sentence.zh,
                    "sentence_en": each.sentence.en,
                }
                for each in self.years
            ]
        return record

    def to_frame(self) -> pd.DataFrame:
        """The record as a table of one row."""
        return pd.DataFrame([self.to_record()])


def rounded(value: float | None, digits: int = 6) -> float | None:
    """Round to significant digits, None stays None.

    Published figures carry at most seven digits; they pass unchanged because only more digits than printed are cut.

    Examples
    --------
    >>> rounded(10495.54), rounded(18666.1234)
    (10495.54, 18666.1)
    """
    if value is None:
        return None
    if value == round(value, 2) and abs(value) < 1e6:  # as printed in the source
        return float(value)
    return float(f"{value:.{digits}g}")
