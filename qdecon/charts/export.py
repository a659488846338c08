"""A figure as bytes: PNG, PDF and SVG, the same on every run, with the glyphs it uses inside.

SVG keeps text as text and embeds a WOFF2 subset of exactly its characters. PDF embeds TrueType: the font file has
PostScript outlines, which matplotlib would label as TrueType, and some readers then draw nothing; so the subset is
converted first (quadratic curves within a thousandth of the em).
"""

from __future__ import annotations

import base64
import io
import re
from functools import cache, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont, newTable
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from PIL import Image

from qdecon.charts.fonts import FALLBACKS, FAMILY, font_file
from qdecon.charts.style import drawing

if TYPE_CHECKING:
    from qdecon.charts.page import Chart

_UNUSED_LIMITS = (
    "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs", "maxStackElements",
    "maxSizeOfInstructions", "maxComponentElements", "maxComponentDepth",
)  # fmt: skip
COLOURS = 256
MAX_ERROR = 1.0  # font units of a thousand to the em, when cubic curves become quadratic


def to_png(chart: Chart, scale: float = 1.0) -> bytes:
    """The figure as PNG with a palette: the nearest of 256 colours is never far.

    ``scale`` times the resolution of its size; below 1 for a screen.
    """
    raw, buffer, dots = io.BytesIO(), io.BytesIO(), scale * chart.dpi
    width, height = (int(inches * dots + 1e-8) for inches in chart.get_size_inches())  # as matplotlib counts pixels
    with drawing():
        chart.savefig(raw, format="rgba", dpi=dots)  # packed once, below
    image = Image.frombytes("RGBA", (width, height), raw.getvalue()).convert("RGB")
    palette = image.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    palette.save(
        buffer, format="png", compress_level=6, dpi=(dots, dots)
    )  # the highest takes nine times as long for 5 %
    return buffer.getvalue()


def to_pdf(chart: Chart, title: str) -> bytes:
    """The figure as PDF with an embedded TrueType subset; text can be searched and copied."""
    buffer = io.BytesIO()
    with drawing(), TemporaryDirectory() as folder:
        chart.canvas.draw()
        texts = [text for text in chart.findobj(Text) if text.get_text()]
        before = [text.get_fontproperties() for text in texts]
        file = Path(folder) / "subset.ttf"
        file.write_bytes(truetype_subset(_written(chart)))
        try:
            for text in texts:
                text.set_fontproperties(FontProperties(fname=file, size=text.get_fontsize()))
            chart.savefig(buffer, format="pdf", metadata={"CreationDate": None, "Title": title})
        finally:
            for text, font in zip(texts, before, strict=True):
                text.set_fontproperties(font)
    return buffer.getvalue()


def to_svg(chart: Chart, title: str, language: str) -> bytes:
    """The figure as SVG: text as text, its glyphs embedded, a title and a description for readers that speak."""
    buffer = io.StringIO()
    with drawing():
        chart.savefig(buffer, format="svg", metadata={"Date": None, "Title": title})
    font = base64.b64encode(woff2_subset(_written(chart))).decode()
    face = f"@font-face{{font-family:'{FAMILY}';src:url(data:font/woff2;base64,{font}) format('woff2')}}"
    head = (
        f'\n <title id="title">{escape(title)}</title>\n <desc id="desc">{escape(chart.alt)}</desc>'
        f'\n <style type="text/css">{face}</style>'
    )
    families = ", ".join(f"'{name}'" if " " in name else name for name in (FAMILY, *FALLBACKS))
    text = buffer.getvalue().replace(f"'{FAMILY}'", families)
    opening = re.compile(r"<svg\b[^>]*>")
    tag = opening.search(text)
    assert tag is not None  # matplotlib writes one
    start = tag.group().replace("<svg", f'<svg role="img" lang="{language}" aria-labelledby="title desc"', 1)
    return (text[: tag.start()] + start + head + text[tag.end() :]).encode()


def characters(chart: Chart) -> str:
    """Every character of the figure's text, once, in order of code points."""
    with drawing():
        chart.canvas.draw()
    return _written(chart)


def _written(chart: Chart) -> str:
    """Every character of a figure that was drawn."""
    return "".join(
        sorted({char for text in chart.findobj(Text) if text.get_visible() for char in text.get_text()} - {"\n"})
    )


def woff2_subset(text: str) -> bytes:
    """Font file for browsers with the glyphs of a text only.

    Examples
    --------
    >>> woff2_subset("青岛2024")[:4]
    b'wOF2'
    """
    return _saved(_opened(text), "woff2")


def truetype_subset(text: str) -> bytes:
    """TrueType font file with the glyphs of a text only, its outlines converted from PostScript curves.

    Examples
    --------
    >>> truetype_subset("青岛2024")[:4].hex()
    '00010000'
    """
    font = _opened(text)
    font.recalcBBoxes = True  # quadratic outlines have bounds of their own
    glyphs, order = font.getGlyphSet(), font.getGlyphOrder()
    table = newTable("glyf")
    table.glyphOrder, table.glyphs = order, {}
    for name in order:
        pen = TTGlyphPen(glyphs)
        glyphs[name].draw(Cu2QuPen(pen, MAX_ERROR, reverse_direction=True))
        table.glyphs[name] = pen.glyph()
    font["glyf"], font["loca"] = table, newTable("loca")
    for name in order:
        outline = table.glyphs[name]
        outline.recalcBounds(table)
        font["hmtx"][name] = (font["hmtx"][name][0], getattr(outline, "xMin", 0))
    limits = font["maxp"]
    limits.tableVersion = 0x00010000
    for field in _UNUSED_LIMITS:
        setattr(limits, field, 0)
    limits.maxZones = 1
    names = font["post"]
    names.formatType, names.extraNames, names.mapping, names.glyphOrder = 2.0, [], {}, order
    for tag in ("CFF ", "VORG"):
        if tag in font:
            del font[tag]
    font.sfntVersion = "\0\1\0\0"
    return _saved(font, None)


@lru_cache(maxsize=2)
def _subset(text: str) -> bytes:
    """The font with the glyphs of a text only; its dates stay those of the file.

    The first figure of a process is cut from the whole font. Whoever draws a second one will draw more: then the glyphs
    of all words of this package are cut out once, and further figures from those, several times as fast and the same to
    the last byte.
    """
    _SEEN.add(text)
    if len(_SEEN) > 1 and _own_words().issuperset(text):
        return _cut(io.BytesIO(_house_font()), text)
    return _cut(font_file(), text)


_SEEN: set[str] = set()
_PACKAGE = Path(__file__).resolve().parents[1]


@cache
def _own_words() -> frozenset[str]:
    """Every character that this package and the data that come with it write."""
    files = [
        *_PACKAGE.rglob("*.py"),
        *(_PACKAGE / "datasets").glob("*/*.csv"),
        *(_PACKAGE / "datasets").glob("*/*.toml"),
    ]
    return frozenset("".join(file.read_text(encoding="utf-8") for file in files)) - {"\n"}


@cache
def _house_font() -> bytes:
    """The font with the glyphs of those words."""
    return _cut(font_file(), "".join(sorted(_own_words())))


def _cut(source: str | Path | io.BytesIO, text: str) -> bytes:
    options = Options()
    options.layout_features = ["kern", "liga", "ccmp", "locl", "mark"]
    options.notdef_outline = True
    options.hinting = False
    options.desubroutinize = True
    options.name_IDs = [0, 1, 2, 4, 6]
    options.drop_tables += ["BASE", "VORG", "vhea", "vmtx"]
    font = TTFont(source, recalcTimestamp=False, recalcBBoxes=False, lazy=True)
    subsetter = Subsetter(options)
    subsetter.populate(text=text)
    subsetter.subset(font)
    return _saved(font, None)


def _opened(text: str) -> TTFont:
    return TTFont(io.BytesIO(_subset(text)), recalcTimestamp=False, recalcBBoxes=False)


def _saved(font: TTFont, flavor: str | None) -> bytes:
    buffer = io.BytesIO()
    font.flavor = flavor
    font.save(buffer, reorderTables=True)
    font.close()
    return buffer.getvalue()
