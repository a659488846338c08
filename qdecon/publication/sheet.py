"""One published figure: its name, what it says, what it draws, and how to draw it; and the list of all of them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache, partial, singledispatch
from typing import TYPE_CHECKING, Any

from qdecon.charts import (
    chart_base_rate,
    chart_cities,
    chart_composition,
    chart_distance,
    chart_history,
    chart_pace,
    chart_peers,
    chart_record,
    chart_rules,
    chart_scenarios,
    chart_scorecard,
    chart_shortfall,
    chart_specification,
    chart_trajectory,
    chart_vintages,
    frame_base_rate,
    frame_cities,
    frame_composition,
    frame_distance,
    frame_history,
    frame_pace,
    frame_peers,
    frame_record,
    frame_rules,
    frame_scenarios,
    frame_scorecard,
    frame_shortfall,
    frame_specification,
    frame_trajectory,
    frame_vintages,
)
from qdecon.data import Dataset
from qdecon.errors import NotAvailable, UnknownName
from qdecon.plan import LANGUAGES, Bilingual
from qdecon.publication.table import printed
from qdecon.replay import Record
from qdecon.scenario import Comparison
from qdecon.scrutiny import Dossier
from qdecon.scrutiny.baserate import GrowthBaseRate
from qdecon.verdict import Scorecard, Verdict
from qdecon.verdict.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pandas as pd

    from qdecon.charts import Chart
    from qdecon.charts.style import SizeName
    from qdecon.plan import Language, Plan

DATA = Bilingual("图中数据见同名CSV文件。", "The data drawn are in the CSV file of the same name.")
OWN_INPUTS = ("scenarios", "record")  # folders of data that only the figures about them rest on
VALUES = ("value", "lo80", "hi80", "lo95", "hi95", "lo", "hi", "start", "end")
FRACTION, PACE, PERCENT = "fraction", "fraction a year", "%"


@dataclass(frozen=True)
class Sheet:
    """One figure and everything that is published with it.

    Attributes
    ----------
    slug : str
        Name of its files.
    facts : dict
        What the stamp says of the verdict, rounded at the rim; ``id`` is that of the target, or a word.
    frame : pandas.DataFrame
        Exactly what is drawn.
    draw : callable
        From language and size to a chart.
    units : mapping
        Column of the frame to the unit of its numbers.
    rests_on : str
        Folder of data that this figure rests on and others do not.
    """

    slug: str
    facts: dict[str, Any]
    frame: pd.DataFrame
    draw: Callable[[Language, SizeName], Chart]
    units: Mapping[str, str] = field(default_factory=dict)
    rests_on: str = ""

    @property
    def title(self) -> Bilingual:
        """The finding."""
        return Bilingual(*(self.draw(language, "slide").title for language in LANGUAGES))

    @property
    def alt(self) -> Bilingual:
        """The figure in words, for readers who cannot see it."""
        zh, en = (self.draw(language, "slide").alt for language in LANGUAGES)
        return Bilingual(f"{zh}{DATA.zh}", f"{en} {DATA.en}")

    def words(self) -> dict[str, dict[str, list[str]]]:
        """What else is written around the plot, in both languages: the lines below the title, and the notes."""
        both = {language: self.draw(language, "slide") for language in LANGUAGES}
        return {
            "subtitles": {language: list(chart.subtitles) for language, chart in both.items()},
            "notes": {language: list(chart.notes) for language, chart in both.items()},
        }

    def printed(self) -> pd.DataFrame:
        """The drawn data as published."""
        return printed(self.frame, self.units, self.facts.get("status"))

    def table(self) -> str:
        """The drawn data as CSV."""
        return str(self.printed().to_csv(index=False, lineterminator="\n"))

    def inputs(self, digests: Mapping[str, str]) -> dict[str, str]:
        """Those of the data files that this figure rests on."""
        folders = {name: name.partition("/")[0] for name in digests}
        others = set(OWN_INPUTS) - {self.rests_on}
        return {name: digests[name] for name in sorted(digests) if folders[name] not in others}


def sheets(scorecard: Scorecard, around: Sequence[object] = ()) -> tuple[Sheet, ...]:
    """List all figures: of the scorecard, of the headline targets that have a trajectory, and of records around them.

    Parameters
    ----------
    scorecard : Scorecard
    around : sequence of Dataset, Dossier, Comparison, Record or Standing

    Raises
    ------
    UnknownName
        If no figures are made of such a record.
    """
    headlines = [verdict for verdict in scorecard.verdicts if verdict.target.headline]
    return tuple(sheet for record in (*headlines, scorecard, *around) for sheet in figures_of(record))


def chosen(every: Sequence[Sheet], plan: Plan, names: Sequence[str]) -> tuple[Sheet, ...]:
    """Keep to figures by their own name, or else by the id or name of their target; all if nothing is named.

    Raises
    ------
    UnknownName
        If there is no such figure.
    """
    labels = {target.id: (target.label.zh, target.label.en.lower()) for target in plan.targets}
    kept: set[str] = set()
    for name in map(str.lower, names):
        own = {sheet.slug for sheet in every if sheet.slug == name}
        about = {sheet.slug for sheet in every if name in (sheet.facts["id"], *labels.get(sheet.facts["id"], ()))}
        if not own | about:
            ids = ", ".join(dict.fromkeys(sheet.facts["id"] for sheet in every))
            raise UnknownName(
                f"no figure {name!r}", "option --only", f"choose one of {ids}, or the name of a figure on its files"
            )
        kept |= own or about
    return tuple(sheet for sheet in every if not names or sheet.slug in kept)


@singledispatch
def figures_of(record: object) -> Iterator[Sheet]:
    """List the figures of a record; a new kind of record is one function more.

    Raises
    ------
    UnknownName
        If no figures are made of such a record.
    """
    kinds = ", ".join(kind.__name__ for kind in figures_of.registry if kind is not object)
    raise UnknownName(f"no figures are made of {type(record).__name__!r}", "argument around", f"pass one of {kinds}")


@figures_of.register(Dossier)
def _dossier(dossier: Dossier) -> Iterator[Sheet]:
    """What surrounds a verdict that is or was a forecast; readings and precedents only while it is open."""
    history, shortfall, rules, rate = dossier.history, dossier.shortfall, dossier.rules, dossier.base_rate
    verdict, readings, unit = dossier.verdict, dossier.sensitivity, dossier.target.unit or ""
    is_open, about = verdict.probability_kind == "forecast", partial(_about, verdict)
    if "chance" in set(frame_history(history)["series"]):
        units = {"probability": FRACTION, "change": FRACTION}
        yield about("history", frame_history(history), partial(chart_history, history), units)
    if shortfall is not None and shortfall.latest.kind == "published":
        units = dict.fromkeys(VALUES, shortfall.unit)
        yield about("shortfall", frame_shortfall(shortfall), partial(chart_shortfall, shortfall), units)
    if rules is not None and is_open:
        own, chance = verdict.projected, verdict.probability
        frame = frame_rules(rules, interval=own, chance=chance)
        draw = partial(chart_rules, rules, interval=own, chance=chance)
        yield about("rules", frame, draw, dict.fromkeys(VALUES, unit))
    if readings.readings and is_open:
        units = {"position": FRACTION}
        yield about("specification", frame_specification(readings), partial(chart_specification, readings), units)
    if isinstance(rate, GrowthBaseRate) and is_open:
        units = dict.fromkeys(("growth", "nation", "excess"), PACE)
        yield about("base-rate", frame_base_rate(rate), partial(chart_base_rate, rate), units)
        yield about("cities", frame_cities(rate), partial(chart_cities, rate), units)
    if is_open:
        units = dict.fromkeys(("growth", "lo80", "hi80"), f"{PERCENT} a year")
        with suppress(NotAvailable):  # nothing more is needed, or no growth of the past is known
            yield about("pace", frame_pace(verdict), partial(chart_pace, verdict), units)


@figures_of.register(Dataset)
def _dataset(dataset: Dataset) -> Iterator[Sheet]:
    """What was published: as each statistical basis saw it, and the parts of the whole."""
    facts = {"id": "data", "as_of": dataset.as_of.isoformat()}
    if "gdp" in dataset.indicators:
        units = {"value": dataset.indicator("gdp").unit, "change": PERCENT}
        with suppress(NotAvailable):  # no year was published twice
            yield _sheet("vintages", facts, frame_vintages(dataset), partial(chart_vintages, dataset, "gdp"), units)
        units = dict.fromkeys(("share", "lo80", "hi80"), PERCENT)
        with suppress(NotAvailable):  # it has no parts
            yield _sheet("composition", facts, frame_composition(dataset), partial(chart_composition, dataset), units)


@figures_of.register(Comparison)
def _comparison(comparison: Comparison) -> Iterator[Sheet]:
    """Every target ahead under every scenario."""
    for target in comparison.targets:
        frame, draw = frame_scenarios(comparison, target.id), partial(chart_scenarios, comparison, target.id)
        units = dict.fromkeys(VALUES, target.unit or "") | {"probability": FRACTION}
        facts = {"id": target.id, "as_of": comparison.as_of.isoformat()}
        yield replace(_sheet(f"{target.id}-scenarios", facts, frame, draw, units), rests_on="scenarios")


@figures_of.register(Record)
def _track_record(record: Record) -> Iterator[Sheet]:
    """How often past bands held."""
    frame = frame_record(record).stack().rename("coverage80").reset_index()
    made = _sheet("record", {"id": "record"}, frame, partial(chart_record, record), {"coverage80": FRACTION})
    yield replace(made, rests_on="record")


@figures_of.register(Standing)
def _standing(standing: Standing) -> Iterator[Sheet]:
    """Where every place stands on a common target, if any of them has a figure."""
    frame, target = frame_peers(standing), standing.target
    if set(frame["series"]) - {"silent"}:
        facts = {"id": target.id, "counts": dict(standing.counts()), "as_of": standing.as_of.isoformat()}
        units = dict.fromkeys(VALUES, target.unit or "") | {"probability": FRACTION, "needed": PACE}
        name = f"{target.id}-{(target.indicator or '').replace('_', '-')}-{target.deadline}"
        yield _sheet(name, facts, frame, partial(chart_peers, standing), units)


@figures_of.register(Verdict)
def _trajectory(verdict: Verdict) -> Iterator[Sheet]:
    """Its trajectory, if it has one."""
    if verdict.trajectory is None:
        return
    written = verdict.to_record()
    wanted = ("id", "status", "probability", "probability_kind", "value", "projected", "evidence", "as_of", "sources")
    facts = {each: written[each] for each in wanted}
    name = f"{verdict.target.id}-{(verdict.target.indicator or '').replace('_', '-')}"
    units = dict.fromkeys(VALUES, verdict.trajectory.unit)
    yield _sheet(name, facts, frame_trajectory(verdict), partial(chart_trajectory, verdict), units)


@figures_of.register(Scorecard)
def _scorecard(scorecard: Scorecard) -> Iterator[Sheet]:
    """The whole plan on one sheet, and how far every target was or is from its mark."""
    facts = {"id": "scorecard", "counts": dict(scorecard.counts()), "as_of": scorecard.as_of.isoformat()}
    units = dict.fromkeys(("ratio", "median", "lo80", "hi80"), f"{FRACTION} of target") | {"probability": FRACTION}
    yield _sheet("scorecard", facts, frame_scorecard(scorecard), partial(chart_scorecard, scorecard), units)
    frame = frame_distance(scorecard)
    if set(frame["series"]) & {"settled", "ahead"}:
        units = dict.fromkeys(("distance", "lo80", "hi80"), f"{PERCENT} of target") | {"probability": FRACTION}
        yield _sheet("distance", facts, frame, partial(chart_distance, scorecard), units)


def _about(
    verdict: Verdict, kind: str, frame: pd.DataFrame, draw: Callable[..., Chart], units: Mapping[str, str]
) -> Sheet:
    facts = {"id": verdict.target.id, "status": verdict.status, "as_of": verdict.as_of.isoformat()}
    return _sheet(f"{verdict.target.id}-{kind}", facts, frame, draw, units)


def _sheet(
    slug: str, facts: dict[str, Any], frame: pd.DataFrame, draw: Callable[..., Chart], units: Mapping[str, str]
) -> Sheet:
    """A sheet whose slides are drawn once: their words are asked for more than once."""
    slide = cache(draw)
    return Sheet(
        slug=slug,
        facts=facts,
        frame=frame,
        draw=lambda language, size: slide(language) if size == "slide" else draw(language, size=size),
        units={name: unit for name, unit in units.items() if name in frame.columns},
    )
