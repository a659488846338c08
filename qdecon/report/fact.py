"""A number with where it comes from: published and quoted, promised by the plan, or computed from such numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qdecon.plan import Bilingual
from qdecon.replay.vintages.inputs import inputs
from qdecon.report.words import VINTAGES
from qdecon.verdict.wording import when

if TYPE_CHECKING:
    from collections.abc import Collection

    from qdecon.data import Dataset, Observation
    from qdecon.data.observations import Source
    from qdecon.plan import Target

DIGITS = 3  # a number of fewer significant digits is too common to be known again by its value


@dataclass(frozen=True)
class Written:
    """A number as a sentence writes it.

    Attributes
    ----------
    value : float
        In ``scale`` times ``unit``.
    decimals : int
        How many are printed.
    unit : str
        A unit of the data; empty if the sentence names none.
    scale : int
        10 for billions of what the data give in hundreds of millions.
    """

    value: float
    decimals: int
    unit: str = ""
    scale: int = 1

    @property
    def telling(self) -> bool:
        """Whether it has digits enough to be known again."""
        return len(f"{abs(self.value):.{self.decimals}f}".replace(".", "").lstrip("0")) >= DIGITS

    def quotes(self, value: float, unit: str) -> bool:
        """Whether this is how a figure of the data is written."""
        return unit == self.unit and abs(value / self.scale - self.value) <= 0.5001 * 10.0**-self.decimals


@dataclass(frozen=True)
class Fact:
    """One published figure as a page quotes it.

    Attributes
    ----------
    observation : Observation
        The row of ``observations.csv``.
    name : Bilingual
        Of its indicator.
    source : Source
    basis : Bilingual
        Its statistical basis and vintage in words; empty where it has none.
    """

    observation: Observation
    name: Bilingual
    source: Source
    basis: Bilingual

    @property
    def anchor(self) -> str:
        """Where the pages that use it say where it comes from; its row in the table."""
        return f"o{self.observation.row}"

    @property
    def value(self) -> float:
        """In the unit of the observation."""
        assert self.observation.value is not None  # only such are made into facts
        return self.observation.value

    @property
    def unit(self) -> str:
        """Its unit."""
        return self.observation.unit

    @property
    def period(self) -> Bilingual:
        """Its period in words."""
        return when(self.observation.period)

    @property
    def address(self) -> str:
        """Where the source can be read; empty unless it is a page of the web."""
        address = self.source.address
        return address if address.startswith(("http://", "https://")) else ""


@dataclass(frozen=True)
class Ledger:
    """What a page knows of where its numbers come from.

    Attributes
    ----------
    target : Target or None
        Whose promise it holds.
    facts : tuple of Fact
        The published figures it may quote, the target's own indicator first.
    ids : frozenset of str
        Targets that have a page.
    """

    target: Target | None = None
    facts: tuple[Fact, ...] = ()
    ids: frozenset[str] = frozenset()

    def published(self, written: Written, years: Collection[int]) -> Fact | None:
        """The figure that a number in a sentence quotes.

        None unless value and unit agree, the sentence names its year, and the number is no common one.
        """
        if not written.telling:
            return None
        return next(
            (each for each in self.facts if each.observation.year in years and written.quotes(each.value, each.unit)),
            None,
        )

    def promises(self, written: Written) -> bool:
        """Whether a number in a sentence is the promise itself."""
        target = self.target
        return target is not None and target.value is not None and written.quotes(target.value, target.unit or "")


def ledger(dataset: Dataset, target: Target) -> Ledger:
    """Gather what the page of a target may quote: every usable figure of the indicators that its verdict reads.

    Examples
    --------
    >>> import qdecon as qd
    >>> city = qd.load("qingdao")
    >>> held = ledger(city, city.plan.target("t10"))
    >>> held.published(Written(1049.55, 2, "亿元", 10), {2024}).observation.quote
    '第三產業增加值10495.54億元,增長5.0%'
    """
    read = {name for name, _ in inputs(dataset, target).cells}
    items = [item for item in dataset.observations if item.indicator in read and item.usable]
    items.sort(key=lambda item: (item.indicator != target.indicator, item.indicator, -item.year, *_backwards(item)))
    ids = frozenset(each.id for each in dataset.plan.targets if each is not target)
    return Ledger(target, tuple(fact(dataset, item) for item in items), ids)


def _backwards(item: Observation) -> tuple[float, ...]:
    """Sort key that puts the best figure of a period first."""
    return tuple(-float(each) for each in item.rank)


def fact(dataset: Dataset, item: Observation) -> Fact:
    """An observation with the words that a page needs for it."""
    labels = {basis.id: basis.label for basis in dataset.bases}
    stands = [each for each in (labels.get(item.basis), VINTAGES.get(item.vintage)) if each is not None]
    words = Bilingual("，".join(each.zh for each in stands), ", ".join(each.en for each in stands))
    return Fact(item, dataset.indicator(item.indicator).name, dataset.sources[item.source], words)
