"""The images of a figure: in which sizes and formats, under which names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qdecon.charts.export import to_pdf, to_png, to_svg
from qdecon.charts.style import SIZES
from qdecon.errors import UnknownName
from qdecon.plan import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qdecon.charts import Chart
    from qdecon.charts.style import SizeName
    from qdecon.plan import Language
    from qdecon.publication.sheet import Sheet

FORMATS = ("svg", "pdf", "png")
ON_PAGE = "screen"  # a plot alone, inside the page on which assumptions are moved


@dataclass(frozen=True)
class Edition:
    """Sizes that are published together, each in its formats.

    Attributes
    ----------
    formats : tuple of (str, tuple of str)
        Size, and endings of its images.

    Examples
    --------
    >>> edition().names("t06-gdp", "en")
    ('t06-gdp.en.svg', 't06-gdp.en.pdf', 't06-gdp.en.png', 't06-gdp.en.column.png')
    >>> edition("column").names("t06-gdp", "en")
    ('t06-gdp.en.column.svg', 't06-gdp.en.column.pdf', 't06-gdp.en.column.png')
    """

    formats: tuple[tuple[SizeName, tuple[str, ...]], ...]

    @property
    def sizes(self) -> list[str]:
        """Names of the sizes."""
        return [size for size, _ in self.formats]

    def names(self, slug: str, language: Language) -> tuple[str, ...]:
        """Names of the images of one figure in one language; a slide is the rule and not named."""
        return tuple(_name(slug, language, size, end) for size, ends in self.formats for end in ends)

    def files(self, slug: str) -> tuple[str, ...]:
        """Names of all files of one figure."""
        images = (name for language in LANGUAGES for name in self.names(slug, language))
        return (*images, f"{slug}.csv", f"{slug}.json")

    def images(self, sheet: Sheet) -> dict[str, bytes]:
        """Draw one figure: name to bytes."""
        return dict(self._drawn(sheet))

    def _drawn(self, sheet: Sheet) -> Iterator[tuple[str, bytes]]:
        for language in LANGUAGES:
            for size, ends in self.formats:
                chart = sheet.draw(language, size)
                for end in ends:
                    yield _name(sheet.slug, language, size, end), _saved(chart, end, language)


def edition(size: str | None = None) -> Edition:
    """The edition of one size, or the usual one: a slide in every format and a newspaper column as PNG.

    Raises
    ------
    UnknownName
        If figures are not published in that size.
    """
    if size is None:
        return Edition((("slide", FORMATS), ("column", ("png",))))
    known = [name for name in SIZES if name != ON_PAGE]
    for name in known:
        if name == size:
            return Edition(((name, FORMATS),))
    raise UnknownName(f"no figures of size {size!r}", "option --size", f"choose one of {', '.join(known)}")


def _name(slug: str, language: Language, size: SizeName, end: str) -> str:
    return f"{slug}.{language}.{end}" if size == "slide" else f"{slug}.{language}.{size}.{end}"


def _saved(chart: Chart, end: str, language: Language) -> bytes:
    if end == "svg":
        return to_svg(chart, chart.title, language)
    return to_pdf(chart, chart.title) if end == "pdf" else to_png(chart)
