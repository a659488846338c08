"""A walk over the pages of a report that compares every number with the data, the plan or the record it comes from."""

from __future__ import annotations

import csv
import re
import tomllib
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from qdecon.charts import frame_cities, frame_composition, frame_distance, frame_pace, frame_trajectory, frame_vintages
from qdecon.report.fact import ledger
from qdecon.rules.breakeven import break_even
from qdecon.scrutiny.shortfall.gap import GAP
from qdecon.verdict import scorecard
from tests.reports import LANGUAGES, Built, Node, anchors, leads, outside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qdecon.data import Dataset
    from qdecon.scrutiny import Dossier
    from qdecon.verdict import Scorecard, Verdict

DATA = Path(__file__).parent.parent / "data" / "qingdao"
PEOPLE = {"million people": 100}  # in 万人
STATED = (80, 95, 5, 19, 20, 1)  # levels of intervals, and the bounds beyond which no chance is worded
DIGITS = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
NUMBER = re.compile(r"[−+-]?\d[\d,]*(?:\.\d+)?")
MONEY = {"万亿元": 10_000, "亿元": 1, "trillion yuan": 10_000, "billion yuan": 10}  # in 亿元; the longer names first
MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
# Years, dates and names of targets: all that may stand on a page as digits without being marked as data.
IDLE = re.compile(
    r"\d{1,2}—\d{1,2}月|"
    rf"\d{{4}}-\d\d-\d\d|(?<!\d)\d{{4}}-\d\d(?!\d)|\d{{1,2}} {MONTH}(?: \d{{4}})?|\d{{1,2}}月(?:\d{{1,2}}日)?"
    r"|(?<![A-Za-z0-9])[tT]\d\d[a-z]?(?:-\d{4})?(?!\d)|(?<![\d.,])(?:19|20)\d\d(?!\d|[.,]\d)"
)


# ----------------------------------------------------------------------------------------------------------------------
# What the numbers are compared with
# ----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Evidence:
    """The files of the plan, read without the package, and the numbers that stand in the record of each part."""

    report: Built

    @cached_property
    def rows(self) -> dict[int, dict[str, str]]:
        """Line of the table to the figure that stands there."""
        with (DATA / "observations.csv").open(encoding="utf-8", newline="") as handle:
            return dict(enumerate(csv.DictReader(handle), start=2))

    @cached_property
    def sources(self) -> dict[str, dict[str, str]]:
        with (DATA / "sources.csv").open(encoding="utf-8", newline="") as handle:
            return {row["id"]: row for row in csv.DictReader(handle)}

    @cached_property
    def plan(self) -> dict[str, Any]:
        return tomllib.loads((DATA / "plan.toml").read_text(encoding="utf-8"))

    @cached_property
    def targets(self) -> dict[str, dict[str, Any]]:
        return {each["id"]: each for each in self.plan["target"]}

    @cached_property
    def words(self) -> list[str]:
        """Texts of the data folder that hold digits, the longest first: a page may print them as they are."""
        indicators = tomllib.loads((DATA / "indicators.toml").read_text(encoding="utf-8"))
        found = {*strings(self.plan), *strings(indicators), *strings(list(self.sources.values()))}
        found |= {row["vintage"] for row in self.rows.values()}
        kept = (text for text in found if re.search(r"\d", text) and not re.fullmatch(r"[\d-]+", text))
        return sorted(kept, key=len, reverse=True)

    @cached_property
    def _pools(self) -> dict[tuple[str, str], np.ndarray]:
        return {}

    def pool(self, target_id: str, part: str) -> np.ndarray:
        """Every number in the record of one part of one dossier, and the levels that are stated."""
        if (target_id, part) not in self._pools:
            found: list[object] = []
            if part == "counts":
                found = [self._counted()]
            elif part in PLAN_RECORDS:
                found = [PLAN_RECORDS[part](self.report.city, self.card)]
            elif part in RECORDS and target_id in self.targets:
                found = [RECORDS[part](self.report.city, self.report.dossiers[target_id])]
            if part in ("verdict", "reading"):
                found += [[float(each.replace(",", "")) for each in DIGITS.findall(" ".join(self.reading(target_id)))]]
            self._pools[target_id, part] = np.unique(np.abs([*numbers(found), *STATED]))
        return self._pools[target_id, part]

    @cached_property
    def card(self) -> Scorecard:
        return scorecard(self.report.city)

    def reading(self, target_id: str) -> tuple[str, ...]:
        """What the plan's file says of a target beside its figure."""
        return tuple(text for name, text in self.targets[target_id].items() if name.startswith(("label", "reason")))

    def sentences(self, target_id: str) -> set[str]:
        """Everything that the record of a target says in words."""
        file = self.report.dossiers[target_id]
        told = [file.verdict.sentence, *file.sentences.values(), *(step.sentence for step in file.history.steps)]
        told += [reading.name for reading in file.sensitivity.readings]
        return {each[language] for each in told for language in LANGUAGES}

    def _counted(self) -> list[int]:
        """How many targets of the plan came out how, counted from the verdicts."""
        verdicts = [self.report.dossiers[name].verdict for name in self.targets]
        own = [each for each in verdicts if each.target.reading_of is None and each.target.successor_of is None]
        numeric = [each.status for each in own if each.target.group == "numeric"]
        return [len(numeric), len(own) - len(numeric), *(numeric.count(status) for status in set(numeric))]


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from strings(each)


def numbers(value: object) -> Iterator[float]:
    """Every number in plain values, tables, short arrays and records; outcomes of simulations are too many to tell."""
    if isinstance(value, bool | str | bytes) or value is None:
        return
    if isinstance(value, int | float | np.number):
        yield float(value)
    elif isinstance(value, pd.DataFrame):
        yield from value.select_dtypes("number").to_numpy(float, na_value=np.nan).ravel().tolist()
    elif isinstance(value, np.ndarray):
        yield from value.ravel().tolist() if value.size <= 64 else ()
    elif is_dataclass(value):
        yield from numbers([getattr(value, field.name) for field in fields(value)])
    elif hasattr(value, "values"):
        yield from numbers(list(value.values()))
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from numbers(each)


def _of_verdict(city: Dataset, file: Dossier) -> list[object]:
    """The verdict; published figures, their distance from each other and the target; sizes of reference classes."""
    verdict, target = file.verdict, file.target
    read = [each.observation for each in ledger(city, target).facts]
    values = [each.value for each in read]
    named = [each.value for each in city.observations if str(each.year) in verdict.sentence.en]
    pairs = [(one, other) for one in read for other in read if one.indicator == other.indicator and other.value]
    found = [
        verdict, file.base_rate and file.base_rate.to_frame(), file.to_record().get("base_rate"), file.coverage, values,
        named, [one.value - other.value for one, other in pairs],
        [one.value / other.value for one, other in pairs if one.year == other.year],
        [len(city.peers.cities.places) - 1, len(city.peers.countries.places), len(city.peers.provinces.places)],
        [each.relative for each in city.peers.revisions],
    ]  # fmt: skip
    if target.value:
        drawn = [] if verdict.trajectory is None else [frame_trajectory(verdict)]
        reached = [*values, *numbers([verdict.value, verdict.projected, *drawn])]
        found += [drawn, [each - target.value for each in reached], [each / target.value - 1 for each in reached]]
        if target.unit == "%":  # the level that the share would be, and what the ceiling falls short of it
            found += [[target.value / 100 * each for each in values]]
    return found


def _of_rate(_: Dataset, file: Dossier) -> list[object]:
    rate = file.base_rate
    assert rate is not None
    own = getattr(rate, "raw_hits", 0)
    return [rate, [each.excess for each in rate.windows], rate.hits, rate.cases, rate.all_hits, rate.all_cases, own]


def _of_cities(_: Dataset, file: Dossier) -> list[object]:
    """What is drawn, how many other cities there are, and how many of them lately did what is needed."""
    drawn = frame_cities(file.base_rate)
    lately = drawn[(drawn["series"] == "other") & drawn["latest"]]
    return [drawn, file.base_rate, len(lately), int((lately["state"] == "reached").sum())]


def _of_gap(_: Dataset, file: Dossier) -> list[object]:
    gap = file.shortfall
    assert gap is not None
    return [
        gap.deflators, [gap.lift(split.year) for split in gap.splits],
        [
            tuple(split.estimate(part, measure))
            for split in gap.splits
            for part in (GAP, *split.parts)
            for measure in ("percent", "level")
        ],
    ]  # fmt: skip


def _of_pace(_: Dataset, file: Dossier) -> list[object]:
    """What is drawn, and how many times the past pace is needed."""
    drawn = frame_pace(file.verdict)
    growth = drawn.set_index("series")["growth"].to_dict()
    return [drawn, file.verdict, growth["needed"] / growth["pace"] if {"needed", "pace"} <= growth.keys() else None]


def _of_shares(city: Dataset, _: Scorecard) -> list[object]:
    """What is drawn, and how much each share moved from year to year."""
    drawn = frame_composition(city)
    return [drawn, *(each.sort_values("year")["share"].diff().dropna().to_list() for _, each in drawn.groupby("part"))]


def _gap(verdict: Verdict) -> float | None:
    """By what part of it the published figure missed or passed the target."""
    return verdict.value / verdict.target.value - 1 if verdict.value and verdict.target.value else None


RECORDS: dict[str, Callable[[Dataset, Dossier], object]] = {
    "verdict": _of_verdict,
    "trajectory": lambda _, file: [frame_trajectory(file.verdict), file.verdict, _gap(file.verdict)],
    "pace": _of_pace,
    "reading": lambda *_: [],  # where nothing can be judged the verdict says why in the words of the plan's file
    "rules": lambda _, file: [file.rules, file.to_record()["rules"], break_even(file.rules).values],
    "base_rate": _of_rate,
    "cities": _of_cities,
    "sensitivity": lambda city, file: [
        file.sensitivity, file.to_record()["sensitivity"], len(city.peers.provinces.places),
        [each.relative for each in city.peers.revisions],
    ],
    "shortfall": _of_gap,
    "history": lambda _, file: [file.history, [len(step.released) for step in file.history.steps]],
    "record": lambda _, file: [file.coverage, file.reliability],
}  # fmt: skip

PLAN_RECORDS: dict[str, Callable[[Dataset, Scorecard], object]] = {  # of the figures of the whole plan
    "distance": lambda _, card: frame_distance(card),
    "vintages": lambda city, _: frame_vintages(city),
    "composition": _of_shares,
}


# ----------------------------------------------------------------------------------------------------------------------
# The walk
# ----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Printed:
    """A number as a reader sees it, parsed without the package: in ``scale`` times the unit of the data."""

    value: float
    step: float
    scale: float

    @classmethod
    def of(cls, text: str) -> Printed:
        digits = NUMBER.search(text).group().replace(",", "").replace("−", "-")
        scale = next((size for unit, size in (MONEY | PEOPLE).items() if unit in text), 1)
        return cls(float(digits), 10.0 ** -len(digits.partition(".")[2]), scale)

    def says(self, value: float) -> bool:
        return abs(value / self.scale - self.value) <= 0.500001 * self.step

    def among(self, pool: np.ndarray) -> bool:
        """Whether a number of a record is printed so: as itself, in per cent, or in billions named further on."""
        sizes = (1, 0.01, 10) if self.scale == 1 else (self.scale,)
        return any((np.abs(pool / size - abs(self.value)) <= 0.500001 * self.step).any() for size in sizes)


@dataclass(frozen=True)
class Crawl:
    """One walk over the pages; every problem as one line."""

    pages: dict[str, Node]
    evidence: Evidence

    def __iter__(self) -> Iterator[str]:
        for address in self.pages:
            yield from (f"{address}: {each}" for each in self.of(address))

    def of(self, address: str) -> Iterator[str]:
        """The problems of one page."""
        for check in (self.dead, self.unmarked, self.wrong, self.misled):
            yield from check(address)

    @cached_property
    def anchors(self) -> dict[str, dict[str, Node]]:
        return {address: anchors(page) for address, page in self.pages.items()}

    def dead(self, address: str) -> Iterator[str]:
        """Links and images that lead nowhere."""
        folder = self.evidence.report.folder
        for node in self.pages[address]:
            for link in (node.attributes.get(name) for name in ("href", "src", "srcset")):
                if not link or outside(link):
                    continue
                page, anchor = leads(address, link)
                if not (folder / page).is_file():
                    yield f"dead link {link}"
                elif anchor and anchor not in self.anchors.get(page, {}):
                    yield f"dead anchor {link}"

    def unmarked(self, address: str) -> Iterator[str]:
        """Digits in the text that are not marked as data, and are no years, dates, ids or words of the data folder."""
        for main in self.pages[address].all("main"):
            for node, text in main.texts():
                if re.search(r"\d", text) and not any(_exempt(each, address) for each in node.up):
                    left = text
                    for words in self.evidence.words:
                        left = left.replace(words, " ")
                    if found := re.findall(r"\d[\d.,]*", IDLE.sub("", left)):
                        yield f"unmarked {found} in <{node.tag}> {text.strip()[:80]!r}"

    def wrong(self, address: str) -> Iterator[str]:
        """Numbers that are not what their row, the plan or the record of their part says."""
        for node in self.pages[address].all("data"):
            shown, marks = Printed.of(node.text), node.attributes
            if _cut(node):
                yield f"cut out of a longer number: {_around(node)}"
            if "data-row" in marks:
                row = self.evidence.rows[int(marks["data-row"])]
                if not (shown.says(float(row["value"])) and float(marks["value"]) == float(row["value"])):
                    yield f"{node.text} is not row {marks['data-row']}: {row['value']}"
                if not _same_unit(node.text, row["unit"]):
                    yield f"{node.text} is not in {row['unit']}"
            elif "data-target" in marks:
                value = self.evidence.targets[marks["data-target"]]["value"]
                if not (shown.says(value) and float(marks["value"]) == value):
                    yield f"{node.text} is not promised: {value}"
            elif not self.confirmed(address, node) and not self.said(address, node):
                yield f"{node.text} is in no record of {self.part(address, node)}: {_around(node)}"

    def confirmed(self, address: str, node: Node) -> bool:
        """Whether a computed number is in the record of its part, and its value is what is printed."""
        unit = node.attributes.get("data-unit", "")
        stated = Printed.of(f"{node.attributes['value']} {unit}")
        bare = not any(name in node.text for name in MONEY | PEOPLE)
        shown = Printed.of(f"{node.text} {unit}" if bare else node.text)  # of a range, the unit stands after its end
        same = abs(stated.value * stated.scale - shown.value * shown.scale) <= 0.51 * shown.step * shown.scale
        return same and shown.among(self.evidence.pool(*self.part(address, node)))

    def said(self, address: str, node: Node) -> bool:
        """Whether a number stands in a sentence that its record says word by word."""
        around, (target_id, _) = node.around("td") or node.around("p"), self.part(address, node)
        return bool(around and target_id) and around.text.strip() in self.evidence.sentences(target_id)

    def part(self, address: str, node: Node) -> tuple[str, str]:
        """Target and part of a dossier that a computed number says it belongs to."""
        part = node.attributes["data-part"]
        page, _ = leads(address, _link(node))
        return ("" if part == "counts" or part in PLAN_RECORDS else page.split("/")[-1].removesuffix(".html"), part)

    def misled(self, address: str) -> Iterator[str]:
        """Numbers that lead to no quotation, promise or note, or to that of another."""
        for node in self.pages[address].all("data"):
            page, anchor = leads(address, _link(node))
            place = self.anchors.get(page, {}).get(anchor)
            if node.around("a") is None and "data-row" in node.attributes:  # it stands where it comes from
                place = node.around("tr") or node.around("li")
            if place is None or not self._holds(place, address, node):
                yield f"{node.text} leads to a place that does not say where it comes from"

    def _holds(self, place: Node, address: str, node: Node) -> bool:
        marks = node.attributes
        if "data-row" in marks:
            row = self.evidence.rows[int(marks["data-row"])]
            source = self.evidence.sources[row["source"]]
            around = place.around("section") if place.tag == "li" else place
            quoted = [each.text for each in place.all("q")] == [row["quote"]]
            return quoted and source["id"] in around.text and (source["title"] or source["publisher"]) in around.text
        if "data-target" in marks:
            target, around = self.evidence.targets[marks["data-target"]], place.around("section")
            source = target.get("source", self.evidence.plan["plan"]["document"])
            quotes = [each.text.strip() for each in around.all("blockquote")]
            return target["quote"] in quotes and any(each.text == source for each in around.all("a"))
        if marks["data-part"] == "reading":
            target = self.evidence.targets[self.part(address, node)[0]]
            return any(target[f"reason_{language}"] in place.around("section").text for language in LANGUAGES)
        beside = [each for each in place.above.inside if isinstance(each, Node)]
        note = place.all("a") + [link for each in beside[beside.index(place) + 1 :][:1] for link in each.all("a")]
        return any("method.html#" in each.attributes["href"] for each in note)


def _exempt(node: Node, address: str) -> bool:
    """Containers whose digits are no numbers of the report: marked already, quoted, identifying, or documentation."""
    quoted = node.tag == "blockquote" and node.attributes.get("lang") == "zh-Hans"  # the clause, word by word
    documented = address.endswith("method.html") and node.tag == "div" and node.attributes.get("lang") == "en"
    heading = node.tag == "th" and node.attributes.get("scope") == "col"  # "80% interval" is the name of a column
    named = bool({"id", "citation"} & set(node.classes))  # ids of sources; version and digest of the citation
    return node.tag in ("data", "time", "code", "q", "cite") or quoted or documented or heading or named


def _link(node: Node) -> str:
    """Where a number leads; empty if nowhere."""
    around = node.around("a")
    return "" if around is None else around.attributes.get("href", "")


def _cut(node: Node) -> bool:
    """Whether the text runs on with digits before or after a marked number."""
    outer = node.around("a") or node
    beside, here = outer.above.inside, outer.above.inside.index(outer)
    before = beside[here - 1] if here else ""
    after = beside[here + 1] if here + 1 < len(beside) else ""
    return (isinstance(before, str) and re.search(r"\d[.,]?$", before) is not None) or (
        isinstance(after, str) and re.match(r"[.,]?\d", after) is not None
    )


def _around(node: Node) -> str:
    text = (node.around("td") or node.around("p") or node.above).text
    here = text.find(node.text)
    return repr(text[max(0, here - 40) : here + 30])


def _same_unit(text: str, unit: str) -> bool:
    signs = {"亿元": tuple(MONEY), "%": ("%",), "百分点": ("百分点", "point")}
    wanted = signs.get(unit)
    return any(each in text for each in wanted) if wanted else not any(each in text for each in (*MONEY, "%"))
