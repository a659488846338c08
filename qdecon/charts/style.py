"""How figures look: colours and sizes; the settings under which everything is drawn and saved are in ``HOUSE``.

The colours are those of the British Government Analysis Function's palette, which colour-blind readers can tell apart;
their contrast on white is given beside them. Below 4.5 a colour is used for marks only, never for text.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import matplotlib as mpl
from matplotlib import rc_params_from_file
from matplotlib.path import Path as Outline

from qdecon.charts.fonts import FAMILY, register
from qdecon.errors import UnknownName

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

SizeName = Literal["slide", "column", "web", "square", "screen"]
HOUSE = Path(__file__).with_name("house.mplstyle")

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
        Inches. A chart whose rows need more room grows in height, a square one to all sides.
    dpi : float
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
    dpi: float
    margin: float
    title: float
    subtitle: float
    label: float
    tick: float
    foot: float
    line: float
    marker: float

    @property
    def square(self) -> bool:
        """Whether it is as wide as tall, whatever it holds."""
        return self.width == self.height

    def grown(self, height: float) -> Size:
        """The size with another height in inches; a square one keeps its shape and its pixels.

        Examples
        --------
        >>> tall = find_size("square").grown(6.75)
        >>> tall.width, tall.width * tall.dpi
        (6.75, 1080.0)
        """
        if not self.square:
            return replace(self, height=height)
        side = max(height, self.width)
        return replace(self, width=side, height=side, dpi=self.dpi * self.width / side)


SIZES: dict[SizeName, Size] = {
    "slide": Size(10.0, 5.625, 192, 26, 20, 12, 11.5, 11, 8.5, 2.2, 7.0),
    "column": Size(85 / 25.4, 110 / 25.4, 300, 7, 11, 7.2, 7.0, 6.8, 6.0, 1.2, 4.0),
    "web": Size(7.5, 5.0, 192, 14, 17, 11.5, 11, 10.5, 9.0, 2.0, 6.5),
    "square": Size(5.4, 5.4, 200, 16, 17, 11, 10.5, 10, 8.5, 2.0, 6.0),
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


@lru_cache(maxsize=1)
def _house() -> mpl.RcParams:
    return rc_params_from_file(HOUSE, use_default_template=False)


def drawing() -> AbstractContextManager[None]:
    """Settings for drawing and saving; they end with the ``with`` block, so the caller's settings stay untouched."""
    register()
    return mpl.rc_context({**_house(), "font.family": [FAMILY]})
