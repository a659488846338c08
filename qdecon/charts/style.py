"""How figures look: colours, sizes and the settings under which everything is drawn and saved.

The colours are those of the British Government Analysis Function's palette, which colour-blind readers can tell apart;
their contrast on white is given beside them. Below 4.5 a colour is used for marks only, never for text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import matplotlib as mpl
from matplotlib.path import Path as Outline

from qdecon.charts.fonts import FAMILY, register
from qdecon.errors import UnknownName

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

SizeName = Literal["slide", "column", "screen"]

INK = "#3D3D3D"  # 10.9 : 1, text and axes
QUIET = "#595959"  # 7.0 : 1, subtitles and notes
RULE = "#D9D9D9"  # grid lines, no meaning of their own
BLUE = "#12436D"  # 10.3 : 1, what was published
PINK = "#801650"  # 9.8 : 1, what would be needed
ORANGE = "#F46A25"  # 3.0 : 1, the target's mark
TURQUOISE = "#28A197"  # 3.2 : 1, estimates
PURPLE = "#A285D1"  # 3.1 : 1, marks
GREY = "#707070"  # 4.9 : 1, figures on an older statistical basis
BAND95 = "#DDE7F0"  # fills under darker lines
BAND80 = "#B4CADF"

CHECK = Outline([(-1, 0.05), (-0.3, -0.7), (1, 0.85)], [Outline.MOVETO, Outline.LINETO, Outline.LINETO])
CAP = Outline(
    [(-1, 0), (1, 0), (0, 0), (0, -1.3), (-0.4, -0.8), (0, -1.3), (0.4, -0.8)],
    [Outline.MOVETO, Outline.LINETO, Outline.MOVETO, Outline.LINETO, Outline.MOVETO, Outline.LINETO, Outline.LINETO],
)


@dataclass(frozen=True)
class StatusLook:
    """Symbol of a status: no two share a shape, so that the colour may be lost."""

    shape: str | Outline
    colour: str
    filled: bool = True


STATUS_LOOK = {
    "met": StatusLook(CHECK, BLUE, filled=False),
    "missed": StatusLook("x", PINK),
    "on_track": StatusLook("^", TURQUOISE),
    "uncertain": StatusLook("D", PURPLE),
    "off_track": StatusLook("v", ORANGE),
    "not_published": StatusLook("o", INK, filled=False),
    "not_assessable": StatusLook("_", GREY),
}


@dataclass(frozen=True)
class Size:
    """A canvas and the sizes of its text and marks.

    Attributes
    ----------
    width, height : float
        Inches. A chart whose rows need more room grows in height.
    dpi : int
        Pixels to the inch of the PNG.
    margin : float
        Points around everything.
    title, subtitle, label, tick, foot : float
        Points.
    line, marker : float
        Points.
    """

    width: float
    height: float
    dpi: int
    margin: float
    title: float
    subtitle: float
    label: float
    tick: float
    foot: float
    line: float
    marker: float


SIZES: dict[SizeName, Size] = {
    "slide": Size(10.0, 5.625, 192, 26, 20, 12, 11.5, 11, 8.5, 2.2, 7.0),
    "column": Size(85 / 25.4, 110 / 25.4, 300, 7, 11, 7.2, 7.0, 6.8, 6.0, 1.2, 4.0),
    "screen": Size(6.0, 3.9, 160, 8, 14, 11, 11, 10.5, 9, 2.0, 6.0),
}


def find_size(name: str) -> Size:
    """Look a size up by name.

    Raises
    ------
    UnknownName
        If there is no such size.

    Examples
    --------
    >>> round(25.4 * find_size("column").width)  # millimetres: one newspaper column
    85
    """
    for known, size in SIZES.items():
        if known == name:
            return size
    raise UnknownName(f"unknown size {name!r}", "argument size", f"choose one of {', '.join(SIZES)}")


def drawing() -> AbstractContextManager[None]:
    """Settings for drawing and saving; they end with the ``with`` block, so the caller's settings stay untouched."""
    register()
    return mpl.rc_context(
        {
            "font.family": [FAMILY],
            "font.size": 10,
            "text.color": INK,
            "text.usetex": False,
            "text.parse_math": False,
            "axes.edgecolor": INK,
            "axes.labelcolor": INK,
            "axes.linewidth": 0.8,
            "axes.unicode_minus": True,
            "xtick.color": INK,
            "ytick.color": INK,
            "figure.facecolor": "white",
            "axes.facecolor": "white",
            "savefig.facecolor": "white",
            "savefig.bbox": None,
            "path.simplify": False,
            "svg.fonttype": "none",
            "svg.hashsalt": "qdecon",
            "pdf.fonttype": 42,
            "pdf.compression": 6,
        }
    )
