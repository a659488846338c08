"""Sentences for a page: every number in them is marked as data and leads to where it comes from.

A number is recognised by its form. Years, dates and ids of targets are no data. The rest is linked to the published
figure it quotes, to the promise, or to the note that says how the sentence's numbers were computed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from qdecon.report.fact import Written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qdecon.plan import Target
    from qdecon.report.fact import Fact, Ledger

YEARS = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?!\d|,\d|\.\d)")
_UNIT = "万亿元|亿元|个百分点|%|倍| trillion yuan| billion yuan| percentage points?| points?| times"
# What looks like a number and is none, then what is one: alternatives are tried in this order.
TOKEN = re.compile(
    r"(?P<no>[a-z]\d+[a-z]?(?:-\d{4})?(?![\w])"  # an id of a target
    r"|\d{4}年\d{1,2}月(?:\d{1,2}日)?|\d{1,2}月\d{1,2}日|\d{1,2}[—-]\d{1,2}月"
    r"|\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December)(?: \d{4})?"
    r"|(?:19|20)\d\d[-—](?:19|20)\d\d(?!\d)|\d{4}-\d\d(?:-\d\d)?(?!\d)"
    r"|(?<![\d.,])(?:19|20)\d\d(?!\d|,\d|\.\d|亿|万|家|个|项|条| billion| trillion| percentage|%))"
    r"|(?P<odds>\d+ in (?:20|100)(?!\d))"
    r"|(?P<number>(?:[−+]|(?<![0-9A-Za-z)])-)?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)"
    rf"(?P<unit>{_UNIT})?"
    rf"(?:(?=(?:—|-|至| to )[−+]?\d[\d,.]*(?P<later>{_UNIT})))?"  # the unit of a range stands after its second end
)
UNITS = {
    "万亿元": ("亿元", 10_000), "亿元": ("亿元", 1), " trillion yuan": ("亿元", 10_000), " billion yuan": ("亿元", 10),
    "%": ("%", 1), "个百分点": ("百分点", 1), " percentage point": ("百分点", 1), " percentage points": ("百分点", 1),
    " point": ("百分点", 1), " points": ("百分点", 1), "倍": ("倍", 1), " times": ("倍", 1),
}  # fmt: skip


@dataclass(frozen=True)
class Note:
    """How the computed numbers of a part came about: where a page says it.

    Attributes
    ----------
    anchor : str
        Of the note, with the page's address before ``#`` if it stands on another page.
    part : str
        Name of the part of a dossier, or of the table that was counted.
    """

    anchor: str
    part: str


def verdict_note(target: Target, home: str = "") -> Note:
    """Where the numbers of a verdict's sentence come from: computed, or words of the promise as it is read."""
    return Note(f"{home}#promised", "reading") if target.reason.zh else Note(f"{home}#c-verdict", "verdict")


@dataclass(frozen=True)
class Marker:
    """Marks the numbers of one page.

    Attributes
    ----------
    ledger : Ledger
    home : str
        Address of the page that holds the ledger's notes; empty on that page itself.
    """

    ledger: Ledger
    home: str = ""

    def sentence(self, text: str, note: Note) -> Markup:
        """A sentence with every number marked.

        Examples
        --------
        >>> from qdecon.report.fact import Ledger
        >>> str(Marker(Ledger()).sentence("In 2026: <80% of 331 cases", Note("c-verdict", "verdict")))[:65]
        'In 2026: &lt;<a class="number" href="#c-verdict"><data value="80"'
        """
        named = {int(year) for year in YEARS.findall(text)}
        return Markup("").join(self._pieces(text, note, named))

    def _pieces(self, text: str, note: Note, named: set[int]) -> Iterator[str | Markup]:
        end = 0
        for found in TOKEN.finditer(text):
            yield text[end : found.start()]
            end = found.end()
            yield self._word(found.group()) if found["no"] else self._number(found, note, named)
        yield text[end:]

    def _word(self, text: str) -> str | Markup:
        """A year or a date as it stands; the id of a target leads to its page."""
        return Markup('<a href="{0}.html">{0}</a>').format(text) if text in self.ledger.ids else text

    def _number(self, found: re.Match[str], note: Note, named: set[int]) -> Markup:
        if found["odds"]:
            part, whole = found["odds"].split(" in ")
            return computed(found.group(), part, f"in {whole}", note)
        digits = found["number"].replace(",", "").replace("−", "-")
        name = found["unit"] or found["later"] or ""
        unit, scale = UNITS.get(name, ("", 1))
        written = Written(float(digits), len(digits.partition(".")[2]), unit, scale)
        if self.ledger.promises(written):
            return promised(found.group(), self.ledger, self.home)
        quoted = self.ledger.published(written, named)
        if quoted is not None:
            return published(found.group(), quoted, self.home)
        return computed(found.group(), f"{written.value:.10g}", name.strip(), note)


def published(text: str, fact: Fact, home: str = "") -> Markup:
    """A published figure: leads to its quotation."""
    return Markup('<a class="number" href="{}#{}"><data value="{:.10g}" data-row="{}">{}</data></a>').format(
        home, fact.anchor, fact.value, fact.observation.row, text
    )


def promised(text: str, ledger: Ledger, home: str = "") -> Markup:
    """The figure promised: leads to the quotation of the plan."""
    target = ledger.target
    assert target is not None  # only what a target promised is marked as promised
    return Markup('<a class="number" href="{}#promised"><data value="{:.10g}" data-target="{}">{}</data></a>').format(
        home, target.value, target.id, text
    )


def computed(text: str, value: str, unit: str, note: Note) -> Markup:
    """A computed number: leads to the note that says how."""
    address = note.anchor if "#" in note.anchor else f"#{note.anchor}"
    measured = Markup(' data-unit="{}"').format(unit) if unit else ""
    return Markup('<a class="number" href="{}"><data value="{}"{} data-part="{}">{}</data></a>').format(
        address, value, measured, note.part, text
    )
