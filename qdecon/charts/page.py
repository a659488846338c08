"""The page of a figure: text set line by line in points, title and notes wrapped so that nothing runs off the canvas.

All positions are points from the lower left corner; every line of text is one object at a known baseline, so the layout
is the same in every output format and can be measured.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.transforms import Affine2D

from qdecon.charts.fonts import FAMILY
from qdecon.charts.style import INK, STATUS_LOOK
from qdecon.verdict.wording import TOKEN, filled, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from matplotlib.axes import Axes
    from matplotlib.text import Text

    from qdecon.charts.style import Size

ASCENT, DESCENT = 0.88, 0.20  # of the font size: what a line of text covers
PITCH = 1.36  # of the font size: from one baseline to the next
DRAFT = 3000.0  # points: the height of a draft

_PAUSES = (("；", ";"), ("，", "：", ",", ":"))  # the stronger first


class Chart(Figure):
    """A matplotlib figure that shows itself in a notebook and carries its text alternative.

    Attributes
    ----------
    title : str
        The finding: the first heading.
    subtitles, notes : tuple of str
        The other headings, and the paragraphs at the foot.
    alt : str
        What the figure shows, in words; also its ``repr``.
    """

    title: str = ""
    subtitles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    alt: str = ""

    def __repr__(self) -> str:
        return self.alt or super().__repr__()

    def __str__(self) -> str:
        return wrapped(self.alt) or super().__str__()

    def _repr_png_(self) -> bytes:
        from qdecon.charts.export import to_png  # the export knows the page; the page needs it only to show itself

        return to_png(self, scale=0.6)


def wrap(text: str, width: float, measure: Callable[[str], float], *, even: bool = True) -> tuple[str, ...]:
    """Break a text into the fewest lines that fit, as even as possible unless every line but the last is to be full.

    Words, numbers with their unit and Latin runs stay whole; Chinese breaks between characters, but no line begins with
    closing or ends with opening punctuation. Where two lines are needed, a pause in the sentence is the best break.

    Parameters
    ----------
    text : str
    width : float
        Room for a line, in the unit of ``measure``.
    measure : callable
        Length of a string.

    Examples
    --------
    >>> wrap("Value added fell short of its target", 20, len)
    ('Value added fell', 'short of its target')
    >>> wrap("服务业增加值2024年差4.6%，目标未完成", 17, len)
    ('服务业增加值2024年差4.6%，', '目标未完成')
    """
    tokens = TOKEN.findall(text.strip())
    lengths = [measure(token) for token in tokens]
    halves = _at_pause(tokens, lengths, width) if even else None
    if halves:
        return halves

    best = filled(tokens, lengths, width)
    low, high = max(lengths, default=0.0), width
    for _ in range(12 if even and len(best) > 1 else 0):
        middle = (low + high) / 2
        trial = filled(tokens, lengths, middle)
        low, high, best = (low, middle, trial) if len(trial) == len(best) else (middle, high, best)
    return tuple(best)


def _at_pause(tokens: list[str], lengths: list[float], width: float) -> tuple[str, str] | None:
    """Two lines broken at a pause, the strongest and most even one; None if one line or more than two are needed."""
    total = sum(lengths)
    if not width < total <= 2 * width:
        return None
    for marks in _PAUSES:
        heads = {place: sum(lengths[:place]) for place in range(1, len(tokens)) if tokens[place - 1].endswith(marks)}
        fitting = {
            place: max(head, total - head)
            for place, head in heads.items()
            if 0.2 * total <= head <= 0.8 * total and max(head, total - head) <= width
        }
        if fitting:
            place = min(fitting, key=fitting.__getitem__)
            return "".join(tokens[:place]).rstrip(), "".join(tokens[place:]).lstrip()
    return None


@lru_cache(maxsize=8192)  # the same words and numbers come again on every figure
def _length(text: str, points: float, dpi: float) -> float:
    font = FontProperties(family=[FAMILY], size=points)
    return float(_renderer(dpi).get_text_width_height_descent(text, font, False)[0]) * 72 / dpi


@lru_cache(maxsize=8)
def _renderer(dpi: float) -> RendererAgg:
    renderer: RendererAgg = FigureCanvasAgg(Figure(figsize=(1, 1), dpi=dpi)).get_renderer()
    return renderer


@dataclass
class Page:
    """A canvas with a cursor from the top for the heading and one from the bottom for the notes.

    Attributes
    ----------
    size : Size
    height : float
        Points.
    top, bottom : float
        Points: what lies between them is still free.
    """

    size: Size
    height: float
    chart: Chart
    top: float = field(init=False)
    bottom: float = field(init=False)

    def __post_init__(self) -> None:
        self.top = self.height - self.size.margin
        self.bottom = self.size.margin
        self.points = Affine2D().scale(1 / 72) + self.chart.dpi_scale_trans

    @property
    def width(self) -> float:
        """Points."""
        return 72 * self.size.width

    @property
    def left(self) -> float:
        """Left edge of the text."""
        return self.size.margin

    @property
    def right(self) -> float:
        """Right edge of the text."""
        return self.width - self.size.margin

    def length(self, text: str, points: float) -> float:
        """Length of a line of text, in points."""
        return _length(text, points, self.chart.dpi)

    def wrap(self, text: str, points: float, width: float | None = None, *, even: bool = True) -> tuple[str, ...]:
        """Break a text into lines of a font size; without a width, lines of the page."""
        room = 0.985 * (self.right - self.left if width is None else width)
        return wrap(text, room, lambda part: self.length(part, points), even=even)

    def text(self, x: float, y: float, text: str, points: float, colour: str = INK, align: str = "left") -> Text:
        """Write one line on a baseline."""
        return self.chart.text(
            x, y, text, fontsize=points, color=colour, ha=align, va="baseline", transform=self.points
        )

    def rule(self, x: tuple[float, float], y: float, colour: str, width: float) -> None:
        """Draw a horizontal line."""
        line = Line2D(x, (y, y), color=colour, linewidth=width, transform=self.points, solid_capstyle="butt")
        self.chart.add_artist(line)

    def symbol(self, x: float, y: float, status: str, points: float) -> None:
        """Draw the symbol of a status around a position."""
        look = STATUS_LOOK[status]
        line = Line2D(
            (x,), (y,), linestyle="none", marker=look.shape, markersize=points, markeredgewidth=0.16 * points,
            markeredgecolor=look.colour, markerfacecolor=look.colour if look.filled else "none", transform=self.points,
            gid=f"symbol {status}",
        )  # fmt: skip
        self.chart.add_artist(line)

    def heading(self, text: str, points: float, colour: str, space: float = 0.0, status: str | None = None) -> None:
        """Write a wrapped paragraph below what is already there, ``space`` points lower.

        ``status`` names a status whose symbol is set before the text. The first paragraph is the title of the chart.
        """
        if self.chart.title:
            self.chart.subtitles += (text,)
        else:
            self.chart.title = text
        self.top -= space
        indent = 0.0
        if status is not None:
            self.symbol(self.left + 0.45 * points, self.top - 0.5 * points, status, 0.8 * points)
            indent = 1.35 * points
        for line in self.wrap(text, points, self.right - self.left - indent):
            self.text(self.left + indent, self.top - ASCENT * points, line, points, colour)
            self.top -= PITCH * points

    def notes(self, paragraphs: Iterable[str], points: float, colour: str, space: float) -> None:
        """Write wrapped paragraphs at the foot and leave ``space`` points above them."""
        told = tuple(paragraphs)
        self.chart.notes += told
        lines = [line for paragraph in told for line in self.wrap(paragraph, points, even=False)]
        for line in reversed(lines):
            self.text(self.left, self.bottom + DESCENT * points, line, points, colour)
            self.bottom += PITCH * points
        self.bottom += space

    def axes(self, left: float, bottom: float, right: float, top: float) -> Axes:
        """Open a plot area, its edges in points."""
        place = (left / self.width, bottom / self.height, (right - left) / self.width, (top - bottom) / self.height)
        return self.chart.add_axes(place)

    def locate(self, axes: Axes, x: float, y: float) -> tuple[float, float]:
        """Points on the page of a position in the data of a plot area."""
        across, up = axes.transData.transform((x, y)) * 72 / self.chart.dpi
        return float(across), float(up)


def open_page(size: Size, alt: str, height: float | None = None) -> Page:
    """Take a blank page; ``height``, in points, replaces that of the size, and widens a square one."""
    return _opened(size if height is None else size.grown(height / 72), alt)


def open_draft(size: Size, alt: str) -> Page:
    """Take a page so tall that anything fits, to learn the height that is needed."""
    return _opened(replace(size, height=DRAFT / 72), alt)


def _opened(size: Size, alt: str) -> Page:
    chart = Chart(figsize=(size.width, size.height), dpi=size.dpi)
    chart.alt = alt
    return Page(size, 72 * size.height, chart)
