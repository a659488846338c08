"""Reading ``plan.toml``: the plan, its targets, goals stated elsewhere and events."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from qdecon.data.inspection import Block, Inspector, Key, blocks
from qdecon.data.periods import EARLIEST, LATEST, interval_end
from qdecon.plan import (
    COMPARATORS,
    GROUPS,
    MEASURES,
    STRENGTHS,
    Bilingual,
    Event,
    Goal,
    Plan,
    Quotation,
    Target,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qdecon.data.indicators import Indicator
    from qdecon.data.observations import Source

FILE = "plan.toml"
_TEXT = Key(str, required=True)
_NAME = Key(str, required=True, is_name=True)
_OPTION = Key(str)
_NUMBER = Key((int, float))
_YEAR = Key(int, least=EARLIEST, most=LATEST)
_PLAN = {
    "id": _NAME, "place_zh": _TEXT, "place_en": _TEXT, "title_zh": _TEXT, "title_en": _TEXT, "document": _TEXT,
    "published": _TEXT, "period": Key(list, required=True, items=int), "driver": _OPTION,
}  # fmt: skip
_TARGET = {
    "id": _NAME, "clauses": Key(list, required=True, items=str), "group": Key(str, required=True, choices=GROUPS),
    "headline": Key(bool), "label_zh": _TEXT, "label_en": _TEXT, "indicator": _OPTION,
    "measure": Key(str, required=True, choices=MEASURES), "comparator": Key(str, choices=COMPARATORS),
    "value": _NUMBER, "unit": _OPTION, "price_basis": Key(str, choices=("current", "constant", "none")),
    "baseline": _OPTION, "deadline": _YEAR, "years": Key(list, items=int), "context": Key(bool),
    "strength": Key(str, required=True, choices=STRENGTHS), "tolerance": Key(list, items=(int, float)),
    "adopted": _OPTION, "source": _OPTION, "quote": _TEXT, "quotes": Key(list, items=dict), "translation": _TEXT,
    "ambiguity_zh": _TEXT, "ambiguity_en": _TEXT, "reason_zh": _OPTION, "reason_en": _OPTION,
    "tolerance_reason_zh": _OPTION, "tolerance_reason_en": _OPTION, "reading_of": _OPTION, "successor_of": _OPTION,
}  # fmt: skip
_GOAL = {
    "indicator": _TEXT, "period": _TEXT, "comparator": _OPTION, "value": _NUMBER, "unit": _OPTION, "stated": _OPTION,
    "source": _TEXT, "quote": _TEXT, "note": _OPTION,
}  # fmt: skip
_EVENT = {"date": _TEXT, "source": _TEXT, "quote": _TEXT, "text_zh": _TEXT, "text_en": _TEXT}


def read_plan(inspector: Inspector, indicators: Mapping[str, Indicator], sources: Mapping[str, Source]) -> Plan | None:
    """Read ``plan.toml``; faults go to the inspector, and None is returned if the plan itself is broken."""
    parsed, text = inspector.toml(FILE)
    if not parsed:
        return None
    for name in parsed:
        if name not in ("schema", "plan", "target", "goal", "event"):
            inspector.report(f"unknown table [{name}]", FILE, None, name, "use [plan], [[target]], [[goal]], [[event]]")
    if parsed.get("schema") != 1:
        inspector.report(f"unknown schema {parsed.get('schema')!r}", FILE, None, "schema", "write schema = 1")
    heads = blocks(inspector, FILE, "plan", parsed, text)
    if not heads:
        inspector.report("the table [plan] is missing", FILE, None, "plan", "describe the plan")
        return None
    head = heads[0]
    sound = head.conforms(_PLAN)
    published = interval_end(str(head.values.get("published", "")))
    if sound and published is None:
        head.report(f"no date: {head.values['published'][:80]!r}", "published", "write YYYY-MM-DD")
    if sound and not all(EARLIEST <= year <= LATEST for year in head.values["period"]):
        head.report("the period is no span of years", "period", "write [2022, 2024]")
    _known(head, "document", sources)
    document = str(head.values.get("document", ""))
    found = blocks(inspector, FILE, "target", parsed, text)
    targets: dict[str, Target] = {}
    for block in found:
        if not block.conforms(_TARGET):
            continue
        target = _target(block, document, published or dt.date.min)
        _check_target(block, target, indicators, sources)
        if target.id in targets:
            block.report(f"target {target.id} is defined twice", "id", "give a second reading a suffix: t06-2028")
        targets[target.id] = target
    for block in found:
        for key in ("reading_of", "successor_of"):
            if isinstance(named := block.values.get(key), str) and named not in targets:
                block.report(f"unknown target {named[:80]!r}", key, "name the id of the original target")
    goals = [block for block in blocks(inspector, FILE, "goal", parsed, text) if block.conforms(_GOAL)]
    events = [block for block in blocks(inspector, FILE, "event", parsed, text) if block.conforms(_EVENT)]
    for block in (*goals, *events):
        _known(block, "source", sources)
    if not sound or published is None:
        return None
    values = head.values
    return Plan(
        id=values["id"],
        place=Bilingual(values["place_zh"], values["place_en"]),
        title=Bilingual(values["title_zh"], values["title_en"]),
        document=values["document"],
        published=published,
        period=(values["period"][0], values["period"][-1]),
        driver=values.get("driver"),
        targets=tuple(targets.values()),
        goals=tuple(_goal(block.values) for block in goals),
        events=tuple(
            Event(
                block.values["date"],
                block.values["source"],
                block.values["quote"],
                Bilingual(block.values["text_zh"], block.values["text_en"]),
            )
            for block in events
        ),
    )


def _known(block: Block, key: str, sources: Mapping[str, Source]) -> None:
    if isinstance(name := block.values.get(key), str) and name.strip() and name not in sources:
        block.report(f"unknown source {name[:80]!r}", key, "add it to sources.csv")


def _goal(values: Mapping[str, Any]) -> Goal:
    return Goal(
        indicator=values["indicator"], period=values["period"], comparator=values.get("comparator", ""),
        value=None if values.get("value") is None else float(values["value"]), unit=values.get("unit", ""),
        stated=values.get("stated", ""), source=values["source"], quote=values["quote"], note=values.get("note", ""),
    )  # fmt: skip


def _target(block: Block, document: str, published: dt.date) -> Target:
    values = block.values
    adopted = published
    if "adopted" in values:
        stated = interval_end(values["adopted"])
        if stated is None:
            block.report(f"no date: {values['adopted']!r}", "adopted", "write YYYY-MM-DD")
        adopted = stated or published
    baseline = values.get("baseline")
    if baseline is not None and not (re.fullmatch("[0-9]{4}", baseline) and EARLIEST <= int(baseline) <= LATEST):
        block.report(f"no year: {baseline[:80]!r}", "baseline", 'write "2021"')
        baseline = None
    years = tuple(values.get("years", ()))
    return Target(
        id=values["id"],
        label=Bilingual(values["label_zh"], values["label_en"]),
        group=values["group"],
        measure=values["measure"],
        strength=values["strength"],
        adopted=adopted,
        source=values.get("source", document),
        quotations=(
            Quotation(values["clauses"][0], values["quote"]),
            *(Quotation(str(item.get("clause", "")), str(item.get("quote", ""))) for item in values.get("quotes", ())),
        ),
        translation=values["translation"],
        ambiguity=Bilingual(values["ambiguity_zh"], values["ambiguity_en"]),
        reason=Bilingual(values.get("reason_zh", ""), values.get("reason_en", "")),
        indicator=values.get("indicator"),
        comparator=values.get("comparator"),
        value=None if values.get("value") is None else float(values["value"]),
        unit=values.get("unit"),
        price_basis=values.get("price_basis", "none"),
        baseline=None if baseline is None else int(baseline),
        deadline=values.get("deadline", years[-1] if years else None),
        years=years,
        context=values.get("context", False),
        tolerance=tuple(float(width) for width in values.get("tolerance", ())),
        tolerance_reason=Bilingual(values.get("tolerance_reason_zh", ""), values.get("tolerance_reason_en", "")),
        reading_of=values.get("reading_of"),
        successor_of=values.get("successor_of"),
        headline=values.get("headline", False),
    )


def _check_target(
    block: Block, target: Target, indicators: Mapping[str, Indicator], sources: Mapping[str, Source]
) -> None:
    _known(block, "source", sources)
    if target.indicator is not None and target.indicator not in indicators:
        block.report(f"unknown indicator {target.indicator!r}", "indicator", "define it in indicators.toml")
    if target.group in ("numeric", "enterprise"):
        for key in ("indicator", "comparator", "value", "unit"):
            if getattr(target, key) is None:
                block.report(f"a {target.group} target needs the key", key, f"add `{key} = ...`")
        if target.deadline is None and not target.reason.en:
            block.report("neither deadline nor reason", "deadline", "add the deadline, or say why none can be read")
    elif not (target.reason.zh and target.reason.en):
        block.report(
            f"a {target.group} target needs a reason", "reason_zh", "say in both languages why it is not judged"
        )
    if target.comparator == "about" and target.assessable:
        if len(target.tolerance) != 2 or target.tolerance[0] >= target.tolerance[-1]:
            block.report("`about` needs two widths, the narrower first", "tolerance", "add `tolerance = [a, b]`")
        elif not (target.tolerance_reason.zh and target.tolerance_reason.en):
            block.report("`about` needs a reason for its widths", "tolerance_reason_zh", "say why, in both languages")
    if target.measure == "multiple_of_baseline" and target.baseline is None:
        block.report("a multiple needs its baseline year", "baseline", 'add `baseline = "2021"`')
    if not all(EARLIEST <= year <= LATEST for year in target.years):
        block.report("the years are no years", "years", "write [2022, 2023, 2024]")
