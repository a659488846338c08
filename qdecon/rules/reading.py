"""What a published rule is given, and what it says: a course towards a target, and the rule's reading of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from qdecon.errors import NotAvailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

Direction = Literal["up", "down"]
Kind = Literal["level", "share", "rate"]
Evidence = Literal["read", "second-hand", "memory", "computed"]


@dataclass(frozen=True)
class Course:
    """An annual series on its way to a target.

    Attributes
    ----------
    years : ndarray of int, shape (n,)
        Rising; years without a figure are simply absent.
    values : ndarray, shape (n,)
        One unit, one statistical basis.
    direction : {"up", "down"}
        Which way is better; never guessed.
    target : float or None
        The value wanted, in the unit of the values; None where only a direction was promised.
    deadline : int or None
        Year by which it is wanted.
    kind : {"level", "share", "rate"}
        A share lies between 0 and ``whole``; a rate of growth is never compounded.
    whole : float
        What stands for all, for shares: 1 or 100.

    Examples
    --------
    >>> course = Course(np.array([2018, 2024]), np.array([100.0, 126.0]), "up", 160.0, 2030)
    >>> course.used
    0.5
    """

    years: NDArray[np.int_]
    values: NDArray[np.float64]
    direction: Direction
    target: float | None = None
    deadline: int | None = None
    kind: Kind = "level"
    whole: float = 100.0

    def __post_init__(self) -> None:
        if self.direction not in ("up", "down"):
            raise NotAvailable(f"no direction {self.direction!r}", "argument direction", 'say "up" or "down"')
        if len(self.years) != len(self.values) or not len(self.years) or (np.diff(self.years) <= 0).any():
            raise NotAvailable(
                "years and values do not match", "arguments years, values", "give one value a rising year"
            )
        if not np.isfinite(self.values).all():
            raise NotAvailable("a value is missing", "argument values", "leave that year out")

    @property
    def sign(self) -> int:
        """+1 if up is better, -1 if down is."""
        return 1 if self.direction == "up" else -1

    @property
    def first(self) -> float:
        """The base: the first value."""
        return float(self.values[0])

    @property
    def last(self) -> float:
        """The latest value."""
        return float(self.values[-1])

    @property
    def reached(self) -> bool:
        """Whether the latest value already is as good as the target."""
        return self.target is not None and self.sign * (self.last - self.target) >= 0

    @property
    def elapsed(self) -> int:
        """Years from the base to the latest value."""
        return int(self.years[-1] - self.years[0])

    @property
    def left(self) -> int:
        """Years from the latest value to the deadline; 0 without one."""
        return 0 if self.deadline is None else int(self.deadline - self.years[-1])

    @property
    def used(self) -> float:
        """Share of the time from base to deadline that has passed."""
        return self.elapsed / (self.elapsed + self.left) if self.elapsed + self.left else 1.0


@dataclass(frozen=True)
class Reading:
    """What one published rule says of a course.

    Attributes
    ----------
    rule : str
        Name in the registry, for instance ``eurostat``.
    body : str
        Who publishes it.
    quantity : float or None
        What the rule decides by; None where it cannot be applied.
    quantity_name : str
        What that is, with its unit.
    label : str
        The class, in the body's own words; empty where the rule cannot be applied.
    on_track : bool or None
        Whether that class is the body's best, "as things stand the target is reached"; None where the rule cannot be
        applied or knows no such class.
    cutoffs : tuple of (float, str)
        Lowest quantity of each class, best first, as the rule prints them.
    formula, source : str
    evidence : {"read", "second-hand", "memory", "computed"}
        How the formula and cut-offs are known.
    reason : str
        Why the rule cannot be applied; empty where it can.
    """

    rule: str
    body: str
    quantity: float | None
    quantity_name: str
    label: str
    on_track: bool | None
    cutoffs: tuple[tuple[float, str], ...]
    formula: str
    source: str
    evidence: Evidence
    reason: str = ""

    def __str__(self) -> str:
        if self.quantity is None:
            return f"{self.body}: not applicable, {self.reason}"
        return f"{self.body}: {self.label} ({self.quantity_name} {self.quantity:.3g})"


Rule: TypeAlias = "Callable[[Course], Reading]"


@dataclass(frozen=True)
class Card:
    """What is fixed about a rule; makes its readings.

    Examples
    --------
    >>> classes = ((1.0, "on track"), (float("-inf"), "behind"))
    >>> card = Card("speed", "A body", "ratio", classes, "a / b", "a page", "read")
    >>> print(card.reading(0.8))
    A body: behind (ratio 0.8)
    >>> print(card.refused("there is no target"))
    A body: not applicable, there is no target
    """

    rule: str
    body: str
    quantity_name: str
    cutoffs: tuple[tuple[float, str], ...]
    formula: str
    source: str
    evidence: Evidence
    best: tuple[str, ...] = field(default=())

    def reading(self, quantity: float, label: str | None = None, on_track: bool | None = None) -> Reading:
        """A reading with the class that the cut-offs give, or with a stated one.

        A class is the first whose cut-off the quantity reaches; it is on track if it is the first of them or listed in
        ``best``.
        """
        found = label or next(name for least, name in self.cutoffs if quantity >= least)
        best = self.best or (self.cutoffs[0][1],)
        return self._made(quantity, found, found in best if on_track is None else on_track, "")

    def refused(self, reason: str) -> Reading:
        """A reading that says why the rule cannot be applied."""
        return self._made(None, "", None, reason)

    def _made(self, quantity: float | None, label: str, on_track: bool | None, reason: str) -> Reading:
        return Reading(
            self.rule,
            self.body,
            quantity,
            self.quantity_name,
            label,
            on_track,
            self.cutoffs,
            self.formula,
            self.source,
            self.evidence,
            reason,
        )
