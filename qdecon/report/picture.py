"""A figure of a page with the files that a reader can take away."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from qdecon.charts.export import to_png
from qdecon.plan import LANGUAGES, Bilingual
from qdecon.publication.edition import Edition
from qdecon.publication.stamp import digest, stamp, written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qdecon.charts import Chart
    from qdecon.charts.style import SizeName
    from qdecon.plan import Language
    from qdecon.publication.sheet import Sheet

FOLDER = "figures"
EDITION = Edition((("web", ("svg",)),))
WITH_COLUMN = Edition((("web", ("svg",)), ("column", ("svg",))))  # for cards and narrow screens too
PIXELS = 96  # of a page to the inch
PNG = 0.8  # of the resolution for print: the page itself shows the SVG


@dataclass(frozen=True)
class Picture:
    """A figure as a page shows it, in plain values that can be stored.

    Attributes
    ----------
    slug : str
        Name of its files.
    title, alt : dict
        By language.
    shape : dict
        Language to width and height in pixels of the page, so that nothing moves while it loads.
    narrow : dict
        The same of the image for narrow places; empty if there is none.
    """

    slug: str
    title: dict[str, str]
    alt: dict[str, str]
    shape: dict[str, tuple[int, int]]
    narrow: dict[str, tuple[int, int]]

    def image(self, language: Language, end: str) -> str:
        """Address of an image from a page: ``svg`` or ``png``."""
        return f"../{FOLDER}/{self.slug}.{language}.web.{end}"

    def column(self, language: Language) -> str:
        """Address from a page of the image for narrow places."""
        return f"../{FOLDER}/{self.slug}.{language}.column.svg"

    def data(self, end: str) -> str:
        """Address from a page of the data drawn, ``csv``, or of the stamp, ``json``."""
        return f"../{FOLDER}/{self.slug}.{end}"


def picture(
    sheet: Sheet, plan: str, digests: Mapping[str, str], *, narrow: bool = False
) -> tuple[Picture, dict[str, bytes]]:
    """Draw a figure in both languages.

    Parameters
    ----------
    sheet : Sheet
    plan : str
        Name of the plan, for the stamp.
    digests : mapping
        File name to SHA-256 of the data.
    narrow : bool
        Whether to draw it for narrow places too.

    Returns
    -------
    tuple
        The picture, and its files by address from the root of the report: images, the data drawn, the stamp.
    """
    on_page, edition = _for_the_page(sheet), WITH_COLUMN if narrow else EDITION
    files = edition.images(on_page) | {f"{sheet.slug}.csv": on_page.table().encode()}
    for language in LANGUAGES:
        files[f"{sheet.slug}.{language}.web.png"] = to_png(on_page.draw(language, "web"), PNG)
    record = stamp(on_page, plan, edition, digests) | {"files": {name: digest(body) for name, body in files.items()}}
    files[f"{sheet.slug}.json"] = written(record)
    shapes = [_shapes(on_page, size) for size, _ in edition.formats]
    made = Picture(sheet.slug, _both(on_page.title), _both(on_page.alt), shapes[0], shapes[1] if narrow else {})
    return made, {f"{FOLDER}/{name}": body for name, body in files.items()}


def _for_the_page(sheet: Sheet) -> Sheet:
    """The same sheet whose words are those of the page's size, each size drawn once a language."""

    @cache
    def drawn(language: Language, size: SizeName) -> Chart:
        return sheet.draw(language, size)

    def draw(language: Language, size: SizeName) -> Chart:
        return drawn(language, "web" if size == "slide" else size)

    return replace(sheet, draw=draw)


def _shapes(sheet: Sheet, size: SizeName) -> dict[str, tuple[int, int]]:
    return {language: _pixels(sheet.draw(language, size)) for language in LANGUAGES}


def _pixels(chart: Chart) -> tuple[int, int]:
    width, height = chart.get_size_inches()
    return round(PIXELS * width), round(PIXELS * height)


def _both(words: Bilingual) -> dict[str, Any]:
    return {language: words[language] for language in LANGUAGES}
