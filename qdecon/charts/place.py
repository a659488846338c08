"""Where labels go: beside what they name, never on top of one another, of marks or of lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil, hypot
from typing import TYPE_CHECKING

from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from qdecon.charts.page import ASCENT, DESCENT, PITCH
from qdecon.charts.style import INK, QUIET

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.axes import Axes

    from qdecon.charts.page import Page

SIDES = {  # direction across and up, and how many half heights the label slides up along its mark
    "above": (0.0, 1.0, 0.0),
    "below": (0.0, -1.0, 0.0),
    "right": (1.0, 0.0, 0.0),
    "left": (-1.0, 0.0, 0.0),
    "above left": (-0.8, 0.8, 0.0),
    "above right": (0.8, 0.8, 0.0),
    "below left": (-0.8, -0.8, 0.0),
    "below right": (0.8, -0.8, 0.0),
    "right, high": (1.0, 0.0, 1.0),
    "right, low": (1.0, 0.0, -1.0),
    "right, higher": (1.0, 0.0, 2.0),
    "right, lower": (1.0, 0.0, -2.0),
}

DISTANCES = (1.0, 1.6, 2.4, 3.4, 4.6, 6.0, 8.0, 11.0)
LEADER_FROM = 2.0  # labels farther off than this get a line to their mark


@dataclass(frozen=True)
class Box:
    """A rectangle on the page, in points.

    Examples
    --------
    >>> Box(0, 0, 2, 2).overlap(Box(1, 1, 3, 3))
    1.0
    """

    left: float
    bottom: float
    right: float
    top: float

    def overlap(self, other: Box) -> float:
        """Area shared with another box."""
        across = min(self.right, other.right) - max(self.left, other.left)
        up = min(self.top, other.top) - max(self.bottom, other.bottom)
        return float(across * up) if across > 0 and up > 0 else 0.0

    def inside(self, other: Box) -> bool:
        """Whether the whole box lies in another."""
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.bottom >= other.bottom
            and self.top <= other.top
        )


@dataclass
class Labels:
    """Labels of one plot area, placed one after the other, the most important first.

    Attributes
    ----------
    room : Box
        Labels stay inside.
    """

    page: Page
    axes: Axes
    room: Box
    taken: list[Box] = field(default_factory=list)
    texts: list[Box] = field(default_factory=list)
    marks: list[tuple[float, float]] = field(default_factory=list)

    def avoid_mark(self, x: float, y: float, radius: float, *, named: bool = False) -> None:
        """Keep a square around a position in the data free; beside a named one no other mark's label should stand."""
        across, up = self.page.locate(self.axes, x, y)
        self.marks += [(across, up)] if named else []
        self.taken.append(Box(across - radius, up - radius, across + radius, up + radius))

    def avoid_line(self, path: Iterable[tuple[float, float]], radius: float = 1.5) -> None:
        """Keep a line through positions in the data free."""
        corners = [self.page.locate(self.axes, x, y) for x, y in path]
        for start, end in pairwise(corners):
            self.taken += _steps(start, end, 2 * radius, radius)

    def add(
        self,
        lines: Sequence[str],
        at: tuple[float, float],
        sides: Sequence[str],
        points: float,
        colour: str = INK,
        nearest: float = 1.0,
    ) -> Box:
        """Write a label near a position in the data, on the first side that is free, else a little farther off.

        A label that had to move away gets a thin line to what it names.

        Parameters
        ----------
        lines : sequence of str
        at : tuple of float
            Data.
        sides : sequence of str
            Names in ``SIDES``, best first; the others follow.
        points : float
            Font size.
        nearest : float
            Smallest distance, 1 being next to the mark.
        """
        anchor = self.page.locate(self.axes, *at)
        extent = (
            max(self.page.length(line, points) for line in lines),
            points * (ASCENT + DESCENT + PITCH * (len(lines) - 1)),
        )
        gap = 0.45 * points + self.page.size.marker / 2
        order = [*sides, *(side for side in SIDES if side not in sides)]
        trials = [
            (self._pushed(_beside(anchor, extent, SIDES[side], nearest * distance * gap), side), side, distance)
            for distance in DISTANCES
            for side in order
        ]
        usable = [trial for trial in trials if trial[0].inside(self.room)] or trials
        costs = ((self._cost(box, anchor, distance), place) for place, (box, _, distance) in enumerate(usable))
        box, side, distance = usable[_first_free(costs)]
        if distance > LEADER_FROM:
            self._lead(anchor, box)
        self._write(lines, box, side, points, colour)
        self.taken.append(box)
        self.texts.append(box)
        return box

    def _pushed(self, box: Box, side: str) -> Box:
        """Shift a box along its side of the mark, so far as needed to stay in the room."""
        across = up = 0.0
        if side in ("above", "below"):
            across = max(0.0, self.room.left - box.left) - max(0.0, box.right - self.room.right)
        if up == 0 and SIDES[side][1] == 0:
            up = max(0.0, self.room.bottom - box.bottom) - max(0.0, box.top - self.room.top)
        return Box(box.left + across, box.bottom + up, box.right + across, box.top + up)

    def _cost(self, box: Box, anchor: tuple[float, float], distance: float) -> float:
        """Area covered that is taken, also by the line to the mark; of free places the first in order wins."""
        lead = _steps(*_ends(anchor, box), 2.0, 1.0) if distance > LEADER_FROM else []
        crossed = sum(part.overlap(text) for part in lead for text in self.texts)
        crossed += sum(part.overlap(mark) for part in lead[len(lead) // 3 :] for mark in self.taken) / 10
        crossed += sum(_near(box, mark, self.page.size.label) for mark in self.marks if mark != anchor)
        return sum(box.overlap(other) for other in self.taken) + 5 * crossed

    def _lead(self, anchor: tuple[float, float], box: Box) -> None:
        (x0, y0), (x1, y1) = _ends(anchor, box)
        length = hypot(x1 - x0, y1 - y0)
        start = min(1.0, 0.75 * self.page.size.marker / length) if length else 0.0
        across, up = (x0 + start * (x1 - x0), x1), (y0 + start * (y1 - y0), y1)
        self.page.chart.add_artist(Line2D(across, up, color=QUIET, linewidth=0.5, transform=self.page.points))
        self.taken += _steps(*_ends(anchor, box), 2.0, 1.0)

    def _write(self, lines: Sequence[str], box: Box, side: str, points: float, colour: str) -> None:
        align, x = ("left", box.left) if "right" in side else ("right", box.right)
        if side in ("above", "below"):
            align, x = "center", (box.left + box.right) / 2
        ground = Rectangle(
            (box.left - 1, box.bottom), box.right - box.left + 2, box.top - box.bottom, facecolor="white",
            edgecolor="none", transform=self.page.points, zorder=0.9,
        )  # fmt: skip
        self.axes.add_artist(ground)
        for place, line in enumerate(lines):
            self.page.text(x, box.top - points * (ASCENT + PITCH * place), line, points, colour, align)


def _near(box: Box, mark: tuple[float, float], distance: float) -> bool:
    """Whether a mark lies closer to a box than a distance."""
    (x, y), (nearest_x, nearest_y) = _ends(mark, box)
    return hypot(nearest_x - x, nearest_y - y) < distance


def _first_free(costs: Iterable[tuple[float, int]]) -> int:
    """Place of the first cost of zero, else of the lowest."""
    best = (float("inf"), 0)
    for cost, place in costs:
        if cost == 0:
            return place
        best = min(best, (cost, place))
    return best[1]


def _ends(anchor: tuple[float, float], box: Box) -> tuple[tuple[float, float], tuple[float, float]]:
    """Ends of the line from a mark to the nearest edge of a label."""
    return anchor, (min(max(anchor[0], box.left), box.right), min(max(anchor[1], box.bottom), box.top))


def _steps(start: tuple[float, float], end: tuple[float, float], step: float, radius: float) -> list[Box]:
    """Small boxes along a line."""
    (x0, y0), (x1, y1) = start, end
    count = max(1, ceil(hypot(x1 - x0, y1 - y0) / step))
    middles = ((x0 + (x1 - x0) * place / count, y0 + (y1 - y0) * place / count) for place in range(count + 1))
    return [Box(x - radius, y - radius, x + radius, y + radius) for x, y in middles]


def _beside(
    anchor: tuple[float, float], extent: tuple[float, float], side: tuple[float, float, float], distance: float
) -> Box:
    """Box of an extent whose nearest edge lies a distance from the anchor on a side."""
    (x, y), (width, height), (across, up, slide) = anchor, extent, side
    x += across * distance
    y += up * distance + slide * height / 2
    left = x - (width / 2 if across == 0 else width if across < 0 else 0.0)
    bottom = y - (height / 2 if up == 0 else height if up < 0 else 0.0)
    return Box(left, bottom, left + width, bottom + height)
