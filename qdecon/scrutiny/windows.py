"""Windows: what one place did in one span of years, and how many of a reference class did as much."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from statistics import median_low
from typing import TYPE_CHECKING

import pandas as pd

from qdecon.plan import Bilingual
from qdecon.verdict.frequency import posterior
from qdecon.verdict.wording import joined, listed, wrapped

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

NAMED = 4  # up to so many hits are named in a sentence
TIE = 1e-12  # equal but for the rounding of floating point counts as reached


@dataclass(frozen=True)
class Window:
    """What one place did in one span of years.

    Attributes
    ----------
    first, last : int
        Year whose level it starts from, and year whose level it ends at.
    change : float
        Growth a year as a fraction; for a share its rise over the whole window in percentage points.
    nation : float
        Growth a year of the nation in the same years, as a fraction; 0 for a share.
    comparable : bool
        Whether the place belonged to the reference class.
    """

    place: str
    place_en: str
    first: int
    last: int
    change: float
    nation: float
    comparable: bool

    @property
    def excess(self) -> float:
        """Change less the nation's."""
        return self.change - self.nation

    @property
    def when(self) -> Bilingual:
        """The years it covers; growth from 2004 to 2005 is that of 2005.

        Examples
        --------
        >>> Window("南京", "Nanjing", 2004, 2005, 0.26, 0.16, True).when.en
        '2005'
        """
        years = (self.last,) if self.last - self.first == 1 else (self.first, self.last)
        return Bilingual("—".join(map(str, years)) + "年", "-".join(map(str, years)))


@dataclass(frozen=True)
class WindowCount(ABC):
    """Windows of a reference class beside what is asked.

    Attributes
    ----------
    place, name : Bilingual
        The place that is asked, and the indicator.
    years : int
        Length of the windows.
    needed : float
        What a window must reach: growth a year beyond the nation's as a fraction, or points of a share.
    windows : tuple of Window
        Comparable or not, in order of time.
    """

    place: Bilingual
    name: Bilingual
    as_of: dt.date
    years: int
    needed: float
    windows: tuple[Window, ...]

    def reached(self, window: Window) -> bool:
        """Whether a window did what is asked."""
        return window.excess >= self.needed - TIE

    @cached_property
    def comparable(self) -> tuple[Window, ...]:
        """Windows of the reference class."""
        return tuple(window for window in self.windows if window.comparable)

    @cached_property
    def examples(self) -> tuple[Window, ...]:
        """Windows of the reference class that did what is asked, in order of time."""
        return tuple(window for window in self.comparable if self.reached(window))

    @property
    def cases(self) -> int:
        """Number of windows of the reference class."""
        return len(self.comparable)

    @property
    def hits(self) -> int:
        """How many of them did what is asked."""
        return len(self.examples)

    @property
    def all_cases(self) -> int:
        """Number of windows, comparable or not."""
        return len(self.windows)

    @property
    def all_hits(self) -> int:
        """How many of them did what is asked."""
        return sum(map(self.reached, self.windows))

    @property
    def percentile(self) -> float:
        """Per cent of the windows of the reference class that stayed below what is asked."""
        return 100 * (1 - self.hits / self.cases)

    @property
    def probability(self) -> float:
        """Mean of the Jeffreys posterior; windows that overlap or share years carry less evidence than their number."""
        return posterior(self.hits, self.cases)

    @property
    @abstractmethod
    def sentence(self) -> Bilingual:
        """The finding in counts."""

    @property
    def caution(self) -> Bilingual:
        """How many places and starting years stand behind the counts."""
        zh, en = ("互有重叠，并", "overlap and ") if self.years > 1 else ("", "")
        kinds = [(self.cases, self.comparable), (self.hits, self.examples)]
        parts = [(number, *distinct(windows)) for number, windows in kinds if number]
        return Bilingual(
            f"各窗口{zh}共处同样的年份：" + "，".join(f"{n}个来自{p}地、{s}个起始年" for n, p, s in parts) + "。",
            f"Windows {en}share the same years: "
            + "; ".join(f"{n} from {_many(p, 'place')} and {_many(s, 'starting year')}" for n, p, s in parts)
            + ".",
        )

    @property
    def span(self) -> Bilingual:
        """Length of a window, in words."""
        years = self.years
        return Bilingual(
            {1: "一年", 2: "两年"}.get(years, f"{years}年"), "one year" if years == 1 else f"{years} years"
        )

    @property
    def found(self) -> Bilingual:
        """Number of hits, in words."""
        return Bilingual(f"有{self.hits}个" if self.hits else "没有一个", f"{self.hits or 'none'}")

    @property
    def which(self) -> Bilingual:
        """The hits in brackets: by name if they are few, else their years, and by when half of them had ended."""
        hits = self.examples
        if not hits:
            return Bilingual("", "")
        if len(hits) <= NAMED:
            return Bilingual(
                f"（{listed([each.place + each.when.zh for each in hits], 'zh')}）",
                f" ({listed([f'{each.place_en} {each.when.en}' for each in hits], 'en')})",
            )
        ends = [each.last for each in hits]
        first, half, last = min(each.first for each in hits), median_low(ends), max(ends)
        return Bilingual(
            f"（都在{first}—{last}年之间，一半在{half}年或以前结束）",
            f" (all between {first} and {last}, half of them by {half})",
        )

    def to_frame(self) -> pd.DataFrame:
        """Tabulate the windows, one row each: ``place place_en first last growth nation excess comparable hit``."""
        kept = self.windows
        return pd.DataFrame(
            {
                "place": [each.place for each in kept],
                "place_en": [each.place_en for each in kept],
                "first": [each.first for each in kept],
                "last": [each.last for each in kept],
                "growth": [each.change for each in kept],
                "nation": [each.nation for each in kept],
                "excess": [each.excess for each in kept],
                "comparable": [each.comparable for each in kept],
                "hit": [self.reached(each) for each in kept],
            }
        )

    def __str__(self) -> str:
        told = joined(self.sentence, self.caution)
        return f"{wrapped(told.zh)}\n{wrapped(told.en)}"


def distinct(windows: Iterable[Window]) -> tuple[int, int]:
    """Count different places and different starting years."""
    kept = tuple(windows)
    return len({window.place for window in kept}), len({window.first for window in kept})


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
