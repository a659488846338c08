"""Every official place as a dataset of its own, made from the peers' tables: one city among all.

A place without a plan still has published figures. Each dataset holds one place's rows of the peers' tables, cell for
cell and each on its basis, and no targets: it is judged by a common target, which is the analyst's own.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from qdecon.data.dataset import Dataset
from qdecon.data.indicators import Basis, Indicator, read_indicators
from qdecon.data.inspection import Inspector
from qdecon.data.loading import PEER_FILES, known
from qdecon.data.observations import Observation, half_step, read_sources
from qdecon.data.peers import COLUMNS, read_peers
from qdecon.data.periods import Lags, Period, known_from
from qdecon.errors import DataError, UnknownName
from qdecon.plan import Bilingual, Plan

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from qdecon.data.inspection import Row
    from qdecon.data.observations import Source
    from qdecon.data.peers import Peers

Kind = Literal["cities", "provinces", "nation"]
KINDS: tuple[Kind, ...] = get_args(Kind)
GROWTH, INDEX = "gdp_growth_real", "gdp_index"
BEFORE = 100  # the index of the year before
LAGS = Lags((3, 31), 0, {}, {})  # the peers carry no dates: year t counts as known from 31 March of t + 1
_DATASETS = Path(__file__).resolve().parent.parent / "datasets"
_ONE = {"cities": "city", "provinces": "province", "nation": "nation"}
_TITLES = {
    "cities": Bilingual("主要城市年度数据", "Annual data of main cities"),
    "provinces": Bilingual("各省份年度数据", "Annual data of provinces"),
    "nation": Bilingual("全国年度数据", "Annual data of the nation"),
}
_WORDS = {  # the embedded plan's indicators are those of a city; elsewhere these words of them differ
    "cities": {},
    "provinces": {"本市": "本地区", "of the city": "of the province"},
    "nation": {"本市": "全国", "of the city": "of the nation", "地区生产总值": "国内生产总值"},
}
_SAME_AS = {"secondary_share": "share_secondary"}  # the tables' name of an indicator of the embedded plan
_MORE = (
    Indicator(
        INDEX, Bilingual("地区生产总值指数", "GDP index"), "上年=100", "rate", "constant",
        Bilingual("地区生产总值按可比价格计算，以上年为100。", "GDP at comparable prices, the year before being 100."),
    ),
    Indicator(
        "gdp_deflator_growth", Bilingual("国内生产总值平减指数涨幅", "GDP deflator growth"), "%", "rate", "none",
        Bilingual("国内生产总值平减指数比上年的涨幅。", "Growth of the GDP deflator on the year before."),
    ),
)  # fmt: skip
_BASES = {  # oldest first
    "annual2019": Bilingual("年度数据，2019年取得", "annual data as held in 2019"),
    "annual2020": Bilingual("年度数据，2020年取得", "annual data as held in 2020"),
    "wdi2024": Bilingual("世界发展指标，2024年7月", "World Development Indicators, July 2024"),
    "annual2026": Bilingual("年度数据，2026年取得", "annual data as held in 2026"),
    "annual2026a": Bilingual("年度数据，2026年取得，2018年及以前", "annual data as held in 2026, up to 2018"),
    "annual2026b": Bilingual("年度数据，2026年取得，2019年至2023年", "annual data as held in 2026, 2019 to 2023"),
    "annual2026c": Bilingual("年度数据，2026年取得，2024年", "annual data as held in 2026, 2024"),
    "census5": Bilingual("第五次经济普查口径", "fifth economic census"),
}


@dataclass(frozen=True)
class _Break:
    """A year whose level stands apart from the one before, in spite of the same basis."""

    year: int
    reason: Bilingual


@dataclass(frozen=True)
class _Tables:
    """What the datasets of one kind are made of."""

    kind: Kind
    rows: Mapping[str, list[tuple[int, Row]]]
    places: Mapping[str, Row]
    breaks: Mapping[tuple[str, str], list[_Break]]
    indicators: Mapping[str, Indicator]
    sources: Mapping[str, Source]
    peers: Peers
    digests: Mapping[str, str]


def peers(kind: Kind = "cities", as_of: str | dt.date | None = None) -> dict[str, Dataset]:
    """Every place of a kind as a dataset, as known on a date.

    A basis is split where the tables of breaks say that the level shifted or the boundaries changed: growth is never
    formed across such a year. The place itself is left out of its reference class, as for a plan.

    Parameters
    ----------
    kind : {"cities", "provinces", "nation"}
        36 cities, 31 provinces, or the nation.
    as_of : str or date, optional
        ``YYYY-MM-DD``; default is the day from which the newest figure of these places counts as known. Figures of year
        t count as known from 31 March of t + 1, an assumption: the tables carry no dates.

    Returns
    -------
    dict
        Place, as the tables name it, to its :class:`Dataset`, in the order of administrative codes. There are no
        targets. Real growth of provinces is derived from their index (previous year = 100); of cities there is none.

    Raises
    ------
    UnknownName
        If there is no such kind, or ``as_of`` is no date.
    NotAvailable
        If nothing was known on that date.
    DataError
        If a table cannot be read; it lists every problem.

    Examples
    --------
    >>> cities = peers()
    >>> len(cities), cities["青岛"].latest("gdp").value
    (36, 16719.46)
    """
    if kind not in KINDS:
        raise UnknownName(f"unknown kind of places {kind!r}", "argument kind", f"choose one of {', '.join(KINDS)}")
    date, tables = _date(as_of), _read(kind)
    made = {place: _dataset(tables, place) for place in tables.rows}
    newest = max(item.known for each in made.values() for item in each.observations)
    return {place: known(each, date or newest) for place, each in made.items()}


def _date(as_of: str | dt.date | None) -> dt.date | None:
    if as_of is None or isinstance(as_of, dt.date):
        return as_of
    try:
        return dt.date.fromisoformat(as_of)
    except ValueError as error:
        remedy = "write YYYY-MM-DD, for instance 2023-03-31"
        raise UnknownName(f"no date: {as_of!r}", "argument as_of", remedy) from error


def _read(kind: Kind) -> _Tables:
    folder = _DATASETS / "peers"
    inspector, own = Inspector(folder), Inspector(_DATASETS / "qingdao")
    around, sources, defined = read_peers(inspector), read_sources(inspector), read_indicators(own)[0]
    if around is None or inspector.problems or own.problems:
        raise DataError([*inspector.problems, *own.problems])

    def table(file: str) -> list[tuple[int, Row]]:
        return inspector.table(file, COLUMNS[file])

    rows: dict[str, list[tuple[int, Row]]] = {}
    for line, row in table(f"{kind}.csv"):
        rows.setdefault(row["place"], []).append((line, row))
    breaks: dict[tuple[str, str], list[_Break]] = {}
    for _, row in table("breaks.csv"):
        found = breaks.setdefault((row["place"], row["indicator"]), [])
        found.append(_Break(int(row["period"]), Bilingual(row["reason_zh"], row["reason_en"])))
    places = {row["place"]: row for _, row in table("places.csv") if row["kind"] == _ONE[kind]}
    units = {row["indicator"]: row["unit"] for own_rows in rows.values() for _, row in own_rows}
    digests = {f"peers/{file}": hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in PEER_FILES}
    return _Tables(kind, rows, places, breaks, _indicators(kind, units, defined), sources, around, digests)


def _indicators(kind: Kind, used: Mapping[str, str], defined: Mapping[str, Indicator]) -> dict[str, Indicator]:
    """Those that the tables hold, in the words of the embedded plan, and real growth, even where no figure of it is."""
    own = dict(defined) | {each.id: each for each in _MORE}
    names = (*used, GROWTH)

    def within(other: str | None) -> str | None:
        return other if other in names else None

    def said(text: Bilingual) -> Bilingual:
        zh, en = text.zh, text.en
        for old, new in _WORDS[kind].items():
            zh, en = zh.replace(old, new), en.replace(old, new)
        return Bilingual(zh, en)

    made: dict[str, Indicator] = {}
    for name in dict.fromkeys(names):
        each = own[_SAME_AS.get(name, name)]
        made[name] = replace(
            each, id=name, name=said(each.name), definition=said(each.definition), unit=used.get(name, each.unit),
            based=name in used or INDEX in used, parent=within(each.parent), stock=within(each.stock),
            real_growth=within(each.real_growth), numerator=within(each.numerator),
            denominator=within(each.denominator), ceiling=within(each.ceiling),
            parts=each.parts if set(each.parts) <= set(names) else (),
            related=tuple(other for other in each.related if other in names), regime_since=None,
        )  # fmt: skip
    return made


def _dataset(tables: _Tables, place: str) -> Dataset:
    rows, row = tables.rows[place], tables.places[place]
    starts: dict[tuple[str, str], int] = {}
    for _, each in rows:
        cell = each["indicator"], each["basis"]
        starts[cell] = min(int(each["period"]), starts.get(cell, int(each["period"])))
    levels = [_observation(tables, line, each, starts[each["indicator"], each["basis"]]) for line, each in rows]
    growth = [_growth(item, each) for item, (_, each) in zip(levels, rows, strict=True) if each["indicator"] == INDEX]
    observations, name = (*levels, *growth), Bilingual(place, row["name_en"])
    years, first = [item.year for item in observations], min(item.known for item in observations)
    newest = max(levels, key=lambda item: item.year)
    plan = Plan(
        id=f"{tables.kind}-{row['code'] or 'china'}", place=name, title=_TITLES[tables.kind], document=newest.source,
        published=first, period=(min(years), max(years)), driver=row["province"] or None, targets=(),
    )  # fmt: skip
    bases = _bases(tables, place, {item.basis for item in observations})
    return Dataset(
        plan, tables.indicators, bases, observations, tables.sources, dt.date.max, tables.peers, tables.digests
    )


def _observation(tables: _Tables, line: int, row: Row, first: int) -> Observation:
    """A row of the tables; on a basis that begins in ``first``, a year of a break and those after it stand apart."""
    year = int(row["period"])
    period, census = Period(row["period"], year, "year", 12), row["basis"] == "census5"
    known_breaks = tables.breaks.get((row["place"], row["indicator"]), ())
    starts = [each.year for each in known_breaks if first < each.year <= year]
    day, assumed = known_from(period, "", "unknown", LAGS)
    return Observation(
        indicator=row["indicator"], period=period, value=float(row["value"]), unit=row["unit"],
        basis=f"{row['basis']}-{max(starts)}" if starts else row["basis"],
        vintage="census5" if census else "unknown", published="", known=day, assumed=assumed, evidence="official",
        qualifier="", use="yes", source=row["source"],
        quote=f"{row['place']} {row['indicator']} {row['period']}: {row['value']}",
        note=f"row {line} of peers/{tables.kind}.csv, not the words of a publication",
        half_step=half_step(row["value"]), row=line,
    )  # fmt: skip


def _growth(index: Observation, row: Row) -> Observation:
    """Real growth in per cent by an index whose previous year is 100."""
    value = Decimal(row["value"]) - BEFORE
    return replace(
        index, indicator=GROWTH, value=float(value), unit="%", evidence="derived", quote="",
        note=f"{row['value']} - {BEFORE} = {value}: {INDEX} of row {index.row}, previous year = {BEFORE}",
    )  # fmt: skip


def _bases(tables: _Tables, place: str, used: Iterable[str]) -> tuple[Basis, ...]:
    """The bases of a place, oldest first, each followed by those split from it."""
    order = list(_BASES)
    made: list[tuple[int, str, Basis]] = []
    for name in used:
        base, _, year = name.partition("-")
        label = _BASES.get(base, Bilingual(base, base))
        rank = order.index(base) if base in order else len(order)
        if year:
            label = Bilingual(f"{label.zh}，{year}年的断层以后", f"{label.en}, from the break of {year}")
        reasons = [
            f"{indicator}: {each.reason.en}"
            for (where, indicator), found in tables.breaks.items()
            for each in found
            if where == place and str(each.year) == year
        ]
        made.append((rank, name, Basis(name, label, "; ".join(reasons))))
    return tuple(basis for _, _, basis in sorted(made, key=lambda each: each[:2]))
