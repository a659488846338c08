"""A built report for the tests: the whole one, built once; a small made-up plan; and pages read without a browser.

All modules that use it carry ``pytestmark = pytest.mark.xdist_group("browser")``, so that one worker builds it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import qdecon as qd
from qdecon.charts import export
from qdecon.report import build_report, picture
from qdecon.scrutiny import dossiers
from tests.test_another_plan import HEADLINE, INDICATOR, TARGET, town

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qdecon.scrutiny import Dossier

LANGUAGES = ("zh", "en")
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


@dataclass(frozen=True)
class Built:
    """The report of Qingdao, and what it was made from; the dossiers are computed anew."""

    folder: Path
    city: qd.Dataset

    @cached_property
    def pages(self) -> dict[str, Node]:
        return pages(self.folder)

    @cached_property
    def dossiers(self) -> dict[str, Dossier]:
        return {each.target.id: each for each in dossiers(self.city)}


@cache
def built(home: Path) -> Built:
    """The report of Qingdao, built once into the folder that a session has for what it makes.

    Its figures carry one small font and one small picture each: what they hold is tested where figures are, and these
    take half of the time.
    """
    made = Built(home / "report", qd.load("qingdao"))
    font, dot = export.woff2_subset("0"), b"\x89PNG\r\n\x1a\n"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(export, "woff2_subset", lambda text: font)
        patch.setattr(picture, "to_png", lambda chart, scale: dot)
        build_report(made.city, made.folder)
    return made


# ----------------------------------------------------------------------------------------------------------------------
# Pages
# ----------------------------------------------------------------------------------------------------------------------


@dataclass(eq=False)
class Node:
    """An element of a page; ``inside`` holds elements and texts in order."""

    tag: str
    attributes: dict[str, str]
    above: Node | None = None
    inside: list[Node | str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Node]:
        """The element and all below it."""
        yield self
        for each in self.inside:
            if isinstance(each, Node):
                yield from each

    def texts(self) -> Iterator[tuple[Node, str]]:
        """Every text with the element it stands in."""
        for each in self.inside:
            if isinstance(each, Node):
                yield from each.texts()
            else:
                yield self, each

    @property
    def text(self) -> str:
        return "".join(text for _, text in self.texts())

    @property
    def up(self) -> Iterator[Node]:
        """The element and those around it, innermost first."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.above

    def all(self, tag: str, **wanted: str) -> list[Node]:
        """Elements of a kind; attributes are given with ``_`` for ``-``, and ``class_`` for a class among others."""
        kind = wanted.pop("class_", "")
        pairs = {name.replace("_", "-"): value for name, value in wanted.items()}
        return [
            node
            for node in self
            if node.tag == tag and pairs.items() <= node.attributes.items() and (not kind or kind in node.classes)
        ]

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    def around(self, tag: str) -> Node | None:
        """The innermost element of a kind around this one."""
        return next((node for node in self.up if node.tag == tag), None)

    @property
    def language(self) -> str:
        return next((node.attributes["lang"] for node in self.up if "lang" in node.attributes), "")


class _Reader(HTMLParser):
    """Reads strictly: every element that is opened is closed by its own end."""

    def __init__(self) -> None:
        super().__init__()
        self.root = self.open = Node("", {})

    def handle_starttag(self, tag, attrs) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs}, self.open)
        assert len(node.attributes) == len(attrs), f"an attribute is given twice: {self.get_starttag_text()}"
        self.open.inside.append(node)
        if tag not in VOID:
            self.open = node

    def handle_endtag(self, tag) -> None:
        assert self.open.tag == tag, f"</{tag}> in <{self.open.tag}> at {self.getpos()}"
        self.open = self.open.above

    def handle_data(self, data) -> None:
        self.open.inside.append(data)


def parsed(text: str) -> Node:
    """A page as a tree."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert reader.open is reader.root, f"<{reader.open.tag}> is never closed"
    return reader.root


def pages(folder: Path) -> dict[str, Node]:
    """Every page of a report, by address from its root."""
    found = sorted(folder.rglob("*.html"))
    return {path.relative_to(folder).as_posix(): parsed(path.read_text(encoding="utf-8")) for path in found}


def anchors(page: Node) -> dict[str, Node]:
    return {node.attributes["id"]: node for node in page if "id" in node.attributes}


def leads(address: str, link: str) -> tuple[str, str]:
    """Where a link of a page leads: address of a file from the root, and anchor."""
    path, _, anchor = link.partition("#")
    parts = address.split("/")[:-1] if path else address.split("/")
    for part in path.split("/") if path else ():
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts), anchor


def outside(link: str) -> bool:
    return re.match(r"[a-z]+:", link) is not None


# ----------------------------------------------------------------------------------------------------------------------
# A small plan
# ----------------------------------------------------------------------------------------------------------------------

AIM = '\n[[target]]\nid = "c1"\nclauses = ["C1"]\ngroup = "qualitative"\nlabel_zh = "{label}"\nlabel_en = "{label}"'
AIM += '\nmeasure = "qualitative"\nstrength = "strive"\nquote = "{quote}"\ntranslation = "{quote}"'
AIM += '\nambiguity_zh = "无"\nambiguity_en = "none"\nreason_zh = "没有数字"\nreason_en = "It names no figure."\n'


def small(folder: Path, *, label: str = "宜居", quote: str = "建设宜居城市", last: float = 94.5) -> Path:
    """A made-up town: a target that was met until its figure was revised, one that was met, one that nobody can judge.

    Label and quotation are written into TOML as they are.
    """
    indicators = "".join(INDICATOR.format(id=each, unit="吨", kind="level", more="") for each in ("use", "waste"))
    targets = TARGET.format(
        id="a1", indicator="use", measure="level", comparator="at_least", value=95.5, unit="吨", more=HEADLINE
    )
    targets += TARGET.format(
        id="b1", indicator="waste", measure="level", comparator="at_most", value=1234.5, unit="吨", more=""
    )
    targets += AIM.format(label=label, quote=quote)
    cited = json.loads(f'"{quote}"').replace('"', '""')
    published = [
        ("use", 2021, 90.25, "first", "2022-02-01"), ("use", 2022, 93.75, "first", "2023-02-01"),
        ("use", 2023, 97.25, "first", "2024-02-01"), ("use", 2023, last, "final", "2024-09-01"),
        ("waste", 2022, 1300.75, "first", "2023-03-01"), ("waste", 2023, 1210.5, "first", "2024-03-01"),
    ]  # fmt: skip
    rows = [
        f'{name},{year},{value},吨,,{vintage},{date},official,,yes,doc,"{cited}：{year}年{value}吨",'
        for name, year, value, vintage, date in published
    ]
    return town(folder, indicators, targets.replace('"目标"', f'"{label}"').replace('"Target"', f'"{label}"'), rows)
