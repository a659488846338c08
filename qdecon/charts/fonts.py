"""The font of the figures: one file with Chinese and Latin glyphs, found inside an installed package.

The package is never imported, since font packages like to change matplotlib's settings; only its folder is looked up.
The file is entered in matplotlib's list under a name of our own, so that no system font can stand in for it.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from qdecon.errors import NotAvailable

PACKAGE = "pylopdf_fonts_zh_cn"
PATTERN = "NotoSansSC-Regular.otf"
FAMILY = "qdecon Sans"
FALLBACKS = ("Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "sans-serif")


@lru_cache(maxsize=1)
def font_file() -> Path:
    """Path of the font file.

    Raises
    ------
    NotAvailable
        If the package or the file in it is missing.

    Examples
    --------
    >>> font_file().suffix
    '.otf'
    """
    spec = find_spec(PACKAGE)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    for folder in folders:
        found = sorted(Path(folder).glob(PATTERN))
        if found:
            return found[0]
    raise NotAvailable(
        "the font with Chinese glyphs is not installed",
        f"package {PACKAGE}, file {PATTERN}",
        f"install it: python -m pip install {PACKAGE.replace('_', '-')}",
    )


def register() -> None:
    """Make the font known to matplotlib as ``FAMILY``; a second call changes nothing."""
    from matplotlib.font_manager import FontEntry, fontManager  # matplotlib only when a figure is drawn

    if all(entry.name != FAMILY for entry in fontManager.ttflist):
        fontManager.ttflist.append(
            FontEntry(
                fname=str(font_file()), name=FAMILY, style="normal", variant="normal", weight=400, size="scalable"
            )
        )


@lru_cache(maxsize=1)
def _characters() -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with TTFont(font_file(), lazy=True) as font:
        return frozenset(font.getBestCmap())


def missing_glyphs(text: str) -> str:
    r"""Characters of a text that the font cannot show, each once, in order.

    Line breaks are no glyphs and never missing.

    Examples
    --------
    >>> missing_glyphs("服务业 2024: 10,495.54 ✓")
    ''
    >>> missing_glyphs("A\U0001f600B\U0001f600")
    '😀'
    """
    known = _characters()
    return "".join(dict.fromkeys(char for char in text if char != "\n" and ord(char) not in known))
