"""Rows of the contract from the cells of a table: number, unit, period, basis and source, each stated or refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from qdecon.data.indicators import Indicator
from qdecon.data.inspection import Row
from qdecon.data.observations import COLUMNS, SOURCE_COLUMNS
from qdecon.errors import QdeconError
from qdecon.sources.tables.layout import Fault, Figure, Layout
from qdecon.sources.tables.mapping import BasisSpan, ImportMapping
from qdecon.sources.tables.naming import Named, Naming
from qdecon.sources.tables.numerals import Numeral, is_blank, printed_number, read_numeral
from qdecon.sources.tables.timewords import read_period
from qdecon.sources.tables.units import Unit, Units, convert, factor, known_unit, scaled, split_unit

_WITHOUT_VALUE = ("context", "rejected")  # uses for which the contract wants no value
_STATE_UNIT = 'state the unit: behind the name as （亿元）, in a column 单位/unit, or in [[series]] unit = "..."'
_PLAIN = "write the printed digits; marks of footnotes that may be dropped go into [table] footnote_marks"


@dataclass(frozen=True)
class Entry:
    """One row for ``observations.csv``, and the cell it was read from.

    Attributes
    ----------
    row : dict
        The columns of the contract.
    figure : Figure
    given, times : str
        Unit in the table, and the factor to the unit of the indicator.
    """

    row: Row
    figure: Figure
    given: str
    times: str


@dataclass
class Entries:
    """Everything read from a table.

    Attributes
    ----------
    made : list of Entry
    sources : dict
        Row for ``sources.csv`` by id.
    blank : Counter
        Cells without a figure by label.
    left_out : Counter
        Cells by words of their label and the reason.
    unknown : dict
        Label that names no indicator, to its reason.
    unstated : dict
        Label without a unit, to its indicator.
    lacking : set of str
        Columns of the contract that neither table nor mapping file states.
    faults : list of Fault
    """

    made: list[Entry] = field(default_factory=list)
    sources: dict[str, Row] = field(default_factory=dict)
    blank: Counter[str] = field(default_factory=Counter)
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    unknown: dict[str, str] = field(default_factory=dict)
    unstated: dict[str, str] = field(default_factory=dict)
    lacking: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True)
class Terms:
    """The terms of a plan in which a table is read."""

    indicators: Mapping[str, Indicator]
    units: Units
    mapping: ImportMapping
    naming: Naming


def entries_of(layout: Layout, terms: Terms) -> Entries:
    """Read every figure of a table."""
    out = Entries(faults=list(layout.faults))
    if terms.mapping.source is not None:
        out.sources[terms.mapping.source["id"]] = dict(terms.mapping.source)
    for row, given in layout.sources:
        _note_source(out, row, given["source"], given)
    for figure in layout.figures:
        named = terms.naming.of(figure.label)
        indicator = terms.indicators.get(named.indicator)
        if indicator is None:
            _note_unknown(out, figure, named, terms)
        elif is_blank(figure.value) and figure.given.get("use") not in _WITHOUT_VALUE:
            out.blank[figure.label] += 1
        else:
            entry = _entry(out, figure, named, indicator, layout, terms)
            if entry is not None:
                out.made.append(entry)
    return out


def _note_unknown(out: Entries, figure: Figure, named: Named, terms: Terms) -> None:
    """A label that names no indicator: left out where the mapping file lists the series that are wanted."""
    if named.rule is not None and named.rule.indicator:
        return  # told of the mapping file
    if named.rule is not None or (terms.mapping.series and named.reason == "not understood"):
        out.left_out[figure.label, named.reason if named.rule else "no series of the mapping file"] += 1
    elif not figure.label:
        remedy = "name the indicator; [table] merged_header fills in names that stand once for several columns"
        out.faults.append(Fault("a figure that has no name", figure.row, figure.column, remedy))
    elif figure.label not in out.unknown:
        out.unknown[figure.label] = named.reason
        what = f"{figure.label!r} {named.reason if named.reason.startswith('names') else 'is no indicator of the plan'}"
        remedy = "say in mapping.toml what it is, as shown below, or define the indicator in indicators.toml"
        out.faults.append(Fault(what, figure.row, figure.column, remedy))


def _entry(
    out: Entries, figure: Figure, named: Named, indicator: Indicator, layout: Layout, terms: Terms
) -> Entry | None:
    def fault(what: str, remedy: str) -> None:
        out.faults.append(Fault(what, figure.row, figure.column, remedy))

    before = len(out.faults)
    period = read_period(figure.period)
    if period is None:
        fault(f"no period: {figure.period[:60]!r}", "write 2024, 2024年上半年, 2024年前三季度 or 2024Q2ytd")
    text, unit = "", None
    try:
        numeral = None if is_blank(figure.value) else read_numeral(figure.value)
        if numeral is None and not is_blank(figure.value):
            fault(f"no number: {figure.value[:60]!r}", _PLAIN)
        else:
            unit = _unit(figure, named, numeral, layout, terms)
            text = "" if numeral is None else _converted(numeral, unit, indicator, terms)
    except QdeconError as error:
        fault(error.what, error.remedy)
        if error.remedy == _STATE_UNIT:
            out.unstated[figure.label] = indicator.id
    row = _row(figure, indicator, terms) | {"value": text, "period": period.label if period else ""}
    if indicator.based and not row["basis"] and period:
        row["basis"] = _basis(named, terms.mapping, period.year)
    if indicator.based and not row["basis"]:
        fault("no statistical basis is stated", 'state it: [defaults] basis = "...", or in [[series]]')
        out.lacking.add("basis")
    for column in ("evidence", "source"):
        if not row[column]:
            fault(f"no {column} is stated", f'state it: [defaults] {column} = "..." in mapping.toml, or a column')
            out.lacking.add(column)
    _note_source(out, figure.row, row["source"], figure.given)
    if len(out.faults) > before or unit is None:
        return None
    return Entry(row, figure, unit.name, factor(unit, known_unit(indicator.unit, terms.units)))


def _unit(figure: Figure, named: Named, numeral: Numeral | None, layout: Layout, terms: Terms) -> Unit:
    # raises UnknownName or _refusal, which become faults of the cell
    headed = split_unit(layout.header[figure.column], terms.units)[1] if layout.kind == "tidy" else ""
    ruled = named.rule.unit if named.rule else ""
    texts = [text for text in (figure.given.get("unit", ""), headed, named.unit, ruled) if text]
    stated = [known_unit(text, terms.units) for text in texts]
    if numeral is not None and numeral.unit:
        behind = terms.units.find(numeral.unit)
        if behind is None:
            raise _refusal(f"no number: {figure.value[:60]!r}", _PLAIN)
        stated.append(behind)
    if not stated and layout.unit:
        stated.append(known_unit(layout.unit, terms.units))
    if not stated and numeral is None:
        stated.append(known_unit(terms.indicators[named.indicator].unit, terms.units))
    if not stated:
        raise _refusal("no unit is stated", _STATE_UNIT)
    if len({(unit.dimension, unit.times) for unit in stated}) > 1:
        raise _refusal(f"two units: {' and '.join(dict.fromkeys(unit.name for unit in stated))}", "keep the right one")
    return stated[0]


def _converted(numeral: Numeral, unit: Unit, indicator: Indicator, terms: Terms) -> str:
    if numeral.scale and (unit.times != 1 or unit.dimension in ("%", "百分点")):
        raise _refusal(f"a number of ten thousands or more beside the unit {unit.name}", "write it in that unit alone")
    value = scaled(numeral.value, numeral.scale)
    return printed_number(convert(value, unit, known_unit(indicator.unit, terms.units)))


def _refusal(what: str, remedy: str) -> QdeconError:
    return QdeconError(what, "the cell", remedy)


def _row(figure: Figure, indicator: Indicator, terms: Terms) -> Row:
    """What the table or the mapping file says about a figure, apart from the figure."""
    given, defaults = figure.given, terms.mapping.defaults
    row = {column: given.get(column) or defaults.get(column, "") for column in COLUMNS}
    source = terms.mapping.source or {}
    stated = {
        "indicator": indicator.id,
        "unit": indicator.unit,
        "vintage": row["vintage"] or "unknown",
        "use": row["use"] or "yes",
        "source": row["source"] or source.get("id", ""),
        "basis": given.get("basis", ""),
    }
    if not row["quote"] and not ("quote" in given and row["evidence"] == "derived"):
        words = (figure.label, figure.period, figure.value, given.get("unit", ""))
        stated["quote"] = " ".join(word for word in words if word)
    return row | stated


def _basis(named: Named, mapping: ImportMapping, year: int) -> str:
    spans = (named.rule.basis if named.rule else ()) or mapping.basis
    return next((span.id for span in spans if _covers(span, year)), "")


def _covers(span: BasisSpan, year: int) -> bool:
    return (span.first is None or span.first <= year) and (span.last is None or year <= span.last)


def _note_source(out: Entries, row: int, name: str, given: Mapping[str, str]) -> None:
    """The source of a row, if the table describes it."""
    told: Row = {"id": name} | {column: given.get(f"source_{column}", "") for column in SOURCE_COLUMNS[1:]}
    if not name or not any(told[column] for column in SOURCE_COLUMNS[1:]):
        return
    if out.sources.setdefault(name, told) != told:
        out.faults.append(Fault(f"source {name} is described twice, differently", row, None, "keep one description"))
