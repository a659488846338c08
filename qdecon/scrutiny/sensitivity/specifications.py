"""Other models for a probability: windows, scales, members and defaults; single ratios; all provinces.

A projection by another model takes its errors from that model's own record.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from qdecon.errors import NotAvailable
from qdecon.models import LEVEL, LOG, Median, default_model
from qdecon.models.recent import Recent
from qdecon.plan import Bilingual, satisfies
from qdecon.projection import project, run_of_changes
from qdecon.scrutiny.sensitivity.readings import Reading, Side, side_of
from qdecon.verdict.ceiling import Rise, from_ceiling, needed_rise
from qdecon.verdict.frequency import posterior, rise_rate
from qdecon.verdict.outlook import met_in, status_of
from qdecon.verdict.partyear import from_partial_year
from qdecon.verdict.unpublished import weigh

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qdecon.data import Dataset
    from qdecon.models import Model
    from qdecon.plan import Target
    from qdecon.verdict.evidence import Evidence
    from qdecon.verdict.record import Status, Verdict

WINDOWS = (3, 5, 10)  # yearly changes; the default sees all of them
_MEMBERS = {
    "naive": Bilingual("单用“不变”模型", 'only "no change" is used'),
    "local level with drift": Bilingual("单用“增量相近”模型", 'only "like amounts" is used'),
    "robust drift": Bilingual("单用“增量中位数”模型", 'only "median amount" is used'),
    "damped trend": Bilingual("单用“增速渐缓”模型", 'only "fading trend" is used'),
    "returning trend": Bilingual("单用“增速回归”模型", 'only "returning rates" is used'),
}
_DEFAULTS = {
    "level": Bilingual("改用五个模型的中位数", "the median of five models is used"),
    "account": Bilingual("改用核算总量的模型", "the model for accounts is used"),
}


class _Specification(NamedTuple):
    id: str
    name: Bilingual
    model: Model


def model_readings(dataset: Dataset, target: Target, base: Verdict) -> tuple[Reading, ...]:
    """Other models for a probability; nothing where none was given, or where the evidence leaves no other model."""
    if base.probability is None:
        return ()
    ceiling = from_ceiling(dataset, target)
    need = needed_rise(dataset, target)
    if ceiling is not None and need is not None:
        return (_all_provinces(dataset, base, need),)
    part = from_partial_year(dataset, target)
    if part is not None:
        return tuple(_single_ratios(target, base, part))
    return () if weigh(dataset, target) else tuple(_projections(dataset, target))


def _all_provinces(dataset: Dataset, base: Verdict, need: Rise) -> Reading:
    rate = rise_rate(dataset, need.part, need.whole, need.points, need.years)
    count, probability = len(dataset.peers.provinces.places), posterior(rate.all_hits, rate.all_cases)
    name = Bilingual(f"与全部{count}个省份比较", f"all {count} provinces are compared")
    status = _status(base, probability)
    return Reading("all-provinces", "model", name, status, side_of(probability), probability)


def _single_ratios(target: Target, base: Verdict, evidence: Evidence) -> Iterator[Reading]:
    """The year from the ratio of one year: a figure without a spread, so a side of the target and no probability."""
    part, *used = evidence.used
    wholes = {item.year: item.value or 0 for item in used if item.period.part == "year"}
    for item in used:
        if item.period.part == "partial":
            value = (part.value or 0) * wholes[item.year] / (item.value or 1)
            side: Side = "met" if satisfies(value, target) else "missed"
            name = Bilingual(f"只按{item.year}年的比值推算", f"only the ratio of {item.year} is used")
            yield Reading(f"ratio-{item.year}", "model", name, _status(base, float(side == "met")), side, value=value)


def _status(base: Verdict, probability: float) -> Status:
    """A figure that stays unpublished is so under every model."""
    return "not_published" if base.status == "not_published" else status_of(probability)


def _projections(dataset: Dataset, target: Target) -> Iterator[Reading]:
    """The same projection by other models; one of a share times its whole takes no other model."""
    name, year = target.indicator or "", target.deadline or 0
    made = project(dataset, name, year)
    kind = {default_model(each).name: each for each in _DEFAULTS}.get(made.model)
    if kind is None:
        return
    declared = made.regime is not None and made.regime.kind == "declared"
    changes = len(run_of_changes(dataset, name)) - (made.regime.start if made.regime and declared else 0)
    for id_, words, model in _models(kind, default_model(kind), changes):
        yield from _projected(dataset, target, _Specification(id_, words, model))
    if declared:
        everything = {name: replace(dataset.indicator(name), regime_since=None)}
        words = Bilingual("断点以前的年份也算", "years before the declared break count too")
        longer = replace(dataset, indicators={**dataset.indicators, **everything})
        yield from _projected(longer, target, _Specification("window-all", words, default_model(kind)))


def _projected(dataset: Dataset, target: Target, other: _Specification) -> Iterator[Reading]:
    """One projection; a model that refuses the series is no reading."""
    year = target.deadline or 0
    try:
        made = project(dataset, target.indicator or "", year, other.model)
    except NotAvailable:
        return
    probability, median = met_in(made.at(year), target), made.quantiles(year)[0]
    status, side = status_of(probability), side_of(probability)
    yield Reading(other.id, "model", other.name, status, side, probability, median)


def _models(kind: str, default: Model, changes: int) -> Iterator[_Specification]:
    for years in WINDOWS:
        if default.needs - 1 <= years < changes:
            name = Bilingual(f"只看近{years}年的变化", f"only the last {years} years count")
            yield _Specification(f"window-{years}", name, Recent(default, years))
    if isinstance(default, Median):
        for scale, zh, en in ((LEVEL, "增量", "amounts"), (LOG, "增速", "rates")):
            members = tuple(replace(each, scale=scale) for each in default.members)  # type: ignore[type-var]
            name = Bilingual(f"各成员都按{zh}推算", f"all members work on {en}")
            yield _Specification(f"scale-{scale.kind}", name, replace(default, members=members))
        for member in default.members:
            name = _MEMBERS.get(member.name, Bilingual(f"单用{member.name}", f"only {member.name} is used"))
            yield _Specification(f"only-{member.name.replace(' ', '-')}", name, member)
    other = next(each for each in _DEFAULTS if each != kind)
    yield _Specification(f"default-{other}", _DEFAULTS[other], default_model(other))
