"""The catalogue of the national statistics database: which tables and figures qdecon asks for, and of which places.

The identifiers are those of the public interface in 2026. A figure is known by its identifier and by its meaning: its
name in the answer must hold the words declared here and none that makes it another measure.
"""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qdecon.errors import UnknownName

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PLACES = Path(__file__).resolve().parent.parent / "datasets" / "peers" / "places.csv"
_NATION_CODE = "000000000000"
_NATION_NAMES = ("全国", "中国")
_CITIES = "2d06bab01494417e9052ef0f8d93e23e"
_PROVINCES = "c4d82af16c3d4f0cb4f09d4af7d5888e"
_NATION = "884c062607104a91967b22742537f44f"
# A name with one of these is another measure, unless the declared words have it too.
TELLING = ("人均", "指数", "增长", "增速", "比重", "构成", "贡献", "累计")


@dataclass(frozen=True)
class Item:
    """One figure of a table.

    Attributes
    ----------
    id : str
        The name by which a feed asks for it; where final revisions were measured, the indicator of that measurement.
    keys : tuple of str
        Identifiers in the database: one for all pieces of the table, or one a piece.
    words : tuple of str
        What its name must hold.
    units : tuple of str
        What the answer may state as unit; the first is the unit that the plan's indicator must have.
    lowest, highest : float
        A value must lie between them; zero is never a published figure.
    """

    id: str
    keys: tuple[str, ...]
    words: tuple[str, ...]
    units: tuple[str, ...] = ("亿元",)
    lowest: float = 0.0
    highest: float = 1e9

    @property
    def unit(self) -> str:
        """Unit of the figure."""
        return self.units[0]

    def named(self, name: str) -> bool:
        """Whether a name in an answer means this figure.

        Examples
        --------
        >>> gdp = table("provinces").item("gdp")
        >>> gdp.named("地区生产总值 (亿元)"), gdp.named("人均地区生产总值 (元/人)")
        (True, False)
        """
        others = [word for word in TELLING if not any(word in own for own in self.words)]
        return all(word in name for word in self.words) and not any(word in name for word in others)


@dataclass(frozen=True)
class Piece:
    """A part of a table that has its own identifier; ``first`` and ``last`` year are None where it is open."""

    cid: str
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True)
class Place:
    """A place as the database knows it; ``names`` are those by which its own name in an answer may begin."""

    name: str
    code: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """One table of annual figures.

    Attributes
    ----------
    kind : str
        Of the places that it has: ``city``, ``province`` or ``nation``.
    pieces : tuple of Piece
        A series may be cut by period; where pieces overlap they must agree.
    """

    id: str
    title: str
    kind: str
    root: str
    pieces: tuple[Piece, ...]
    items: tuple[Item, ...]

    def item(self, name: str) -> Item:
        """Find a figure.

        Raises
        ------
        UnknownName
            If the table has none of that name.
        """
        found = next((item for item in self.items if item.id == name), None)
        if found is None:
            known = ", ".join(item.id for item in self.items)
            raise UnknownName(f"the table {self.id} has no {name!r}", "key item", f"choose one of {known}")
        return found

    def place(self, name: str) -> Place:
        """Find a place.

        Raises
        ------
        UnknownName
            If the table has none of that name.

        Examples
        --------
        >>> table("cities").place("青岛").code
        '370200000000'
        """
        places = _places(self.kind)
        if name not in places:
            raise UnknownName(f"the table {self.id} has no {name!r}", "key place", f"choose one of {'、'.join(places)}")
        return places[name]

    def requests(self, item: Item, place: Place, first: int, last: int) -> Iterator[Request]:
        """What to ask for one series, piece by piece."""
        for number, piece in enumerate(self.pieces):
            begin, end = max(first, piece.first or first), min(last, piece.last or last)
            if begin <= end:
                yield Request(self, piece.cid, item, item.keys[number % len(item.keys)], place, begin, end)


@dataclass(frozen=True)
class Request:
    """One question to the database: a figure of a place in a closed range of years."""

    table: Table
    cid: str
    item: Item
    key: str
    place: Place
    first: int
    last: int

    @property
    def payload(self) -> Mapping[str, Any]:
        """The question in the words of the interface.

        The region group stays empty, else the places named are ignored; ``showType`` is mandatory, and only "1" (one
        place by period) is documented alike everywhere.
        """
        return {
            "cid": self.cid, "indicatorIds": [self.key], "daCatalogId": "",
            "das": [{"text": self.place.names[0], "value": self.place.code}], "showType": "1",
            "dts": [f"{self.first}YY-{self.last}YY"], "rootId": self.table.root,
        }  # fmt: skip

    @property
    def digest(self) -> str:
        """Names the question: the same one has the same digest on every machine."""
        return hashlib.sha256(json.dumps(self.payload, sort_keys=True).encode()).hexdigest()[:32]

    @property
    def where(self) -> str:
        """The question in words, for a message."""
        return f"table {self.table.id} ({self.cid}), {self.item.id} of {self.place.name}, {self.first}-{self.last}"


def table(name: str) -> Table:
    """Find a table.

    Raises
    ------
    UnknownName
        If there is none of that name.

    Examples
    --------
    >>> table("cities").item("gdp").unit
    '亿元'
    """
    if name not in TABLES:
        raise UnknownName(f"the catalogue has no table {name!r}", "key table", f"choose one of {', '.join(TABLES)}")
    return TABLES[name]


@cache
def _places(kind: str) -> dict[str, Place]:
    """Places of a kind by name; their codes are filled up to twelve digits."""
    if kind == "nation":
        return {_NATION_NAMES[1]: Place(_NATION_NAMES[1], _NATION_CODE, _NATION_NAMES)}
    with _PLACES.open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["kind"] == kind]
    return {row["place"]: Place(row["place"], row["code"].ljust(12, "0"), (row["place"],)) for row in rows}


_GDP_KEY = "aff57de5ee994283974705914fbed246"
TABLES: dict[str, Table] = {
    each.id: each
    for each in (
        Table(
            "cities", "Annual data of main cities", "city", _CITIES, (Piece("75a85abe58c749e0ad1d85be343e9056"),),
            (
                Item("gdp", ("35613910b9ad47e19cf79ae041ccb7ed",), ("地区生产总值",)),
                Item("va_secondary", ("368fe576d65c455a8013770b9bf757b8",), ("第二产业增加值",)),
                Item("va_tertiary", ("e7a0226e5029477bbe9044fb071b16ea",), ("第三产业增加值",)),
            ),
        ),
        Table(
            "provinces", "Annual data of provinces: GDP and value added by sector", "province", _PROVINCES,
            (Piece("6f8fbd415cbc40ffa7ecb7fd917f2598"),),
            (
                Item("gdp", (_GDP_KEY,), ("地区生产总值",)),
                Item("va_primary", ("615ce248396a4a5fa52bca05f0633e95",), ("第一产业增加值",)),
                Item("va_secondary", ("b8e109ec8d3f465fa39a0de909f730b3",), ("第二产业增加值",)),
                Item("va_tertiary", ("b6ede904e72c41bba796c98d185e62c5",), ("第三产业增加值",)),
                Item("va_agriculture", ("41ab8cbd03c84989af62ca70151d1f9e",), ("农林牧渔业增加值",)),
                Item("va_industry", ("a3ba91c8d6b84bbb8731128853eaa675",), ("工业增加值",)),
                Item("va_construction", ("404510585076430db340d6603e90b345",), ("建筑业增加值",)),
                Item("va_wholesale_retail", ("2eb4007ec3ea4ff88acf5525c6615400",), ("批发和零售业增加值",)),
                Item("va_transport", ("6653b413a36044b0b7669a20a247ccbf",), ("交通运输", "邮政业增加值")),
                Item("va_hotels_catering", ("91486f21c4b6424eb7562367002a7f94",), ("住宿和餐饮业增加值",)),
                Item("va_finance", ("60e33b6cc92b4903aec6cf123db307e9",), ("金融业增加值",)),
                Item("va_real_estate", ("8dd9e57d562d404abcf111666ad8dffd",), ("房地产业增加值",)),
                Item("va_other_services", ("307cc1a606a8468a9d221d2b8745c41b",), ("其他行业增加值",)),
                Item("gdp_per_capita", ("779b419f7be14d8f823e5e61810a4909",), ("人均地区生产总值",), ("元", "元/人")),
            ),
        ),
        Table(
            "provinces-index", "Annual data of provinces: index of GDP", "province", _PROVINCES,
            (Piece("05cf8a895d3e41658f4dbc56fdfabf9b"),),
            (  # the unit of an index stands in its name, and the field may be empty
                Item(
                    "gdp_index", ("8fc8b9f0d07944688b199884db43cb68",), ("地区生产总值指数", "上年=100"),
                    ("上年=100", "", "%"), 50.0, 200.0,
                ),
            ),
        ),
        Table(
            "nation", "Annual data of the nation", "nation", _NATION, (Piece("f7fd25aaad184414875632cf2327da60"),),
            (Item("gdp", ("7dc6a2ee6c614960b7059991e0cc4d96",), ("国内生产总值",)),),
        ),
    )
}  # fmt: skip
