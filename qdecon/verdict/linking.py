"""Two years of one indicator linked inside statistical bases; a ratio across two bases is never formed."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qdecon.plan import Bilingual
from qdecon.verdict.wording import amount, listed

if TYPE_CHECKING:
    from qdecon.data import Dataset, Observation


@dataclass(frozen=True)
class Link:
    """How many times the figure of a later year is that of an earlier one.

    Attributes
    ----------
    ratio : float
    now, base : Observation or None
        Both figures on their one basis; None where yearly growth was chained, each rate inside one basis.
    used : tuple of Observation
    """

    ratio: float
    used: tuple[Observation, ...]
    now: Observation | None = None
    base: Observation | None = None


def linked(dataset: Dataset, indicator: str, first: int, last: int) -> Link | None:
    """Link two years: on the newest basis that holds both, else by yearly growth, each rate inside one basis.

    Parameters
    ----------
    dataset : Dataset
    indicator : str
    first, last : int
        Years, the earlier one first.

    Returns
    -------
    Link or None
        None if a figure is missing, or if growth of a year between cannot be formed.

    Examples
    --------
    >>> import qdecon as qd
    >>> city = qd.load("qingdao")
    >>> linked(city, "gdp", 2018, 2023).base.basis  # both on the basis of the fourth census
    'census4'
    >>> round(linked(city, "gdp", 2018, 2025).ratio, 2)  # through 2024, by real growth and a deflator
    1.5
    """
    cells = dataset.annual(indicator)
    order = [basis.id for basis in dataset.bases]
    begun = {basis for year, basis in cells if year == first and cells[year, basis].value}
    shared = [basis for year, basis in cells if year == last and basis in begun]
    if shared:
        basis = max(shared, key=lambda name: order.index(name) if name in order else -1)
        now, base = cells[last, basis], cells[first, basis]
        return Link((now.value or 0.0) / (base.value or 1.0), (now, base), now, base)
    steps = {step.year: step for step in dataset.growth_steps(indicator)}
    years = range(first + 1, last + 1)
    if not years or any(year not in steps for year in years):
        return None
    used: dict[tuple[int, str], Observation] = {}
    for year in reversed(years):
        step = steps[year]
        item = cells[year, step.basis]
        if step.derived:  # the level of a splice year enters by its derived growth alone
            used[year, step.basis] = replace(item, evidence="derived", note=step.steps)
        else:
            used |= {(year, step.basis): item, (year - 1, step.basis): cells[year - 1, step.basis]} | used
    return Link(math.prod(1 + steps[year].value for year in years), tuple(used.values()))


def apart(dataset: Dataset, indicator: str, first: int, last: int) -> Bilingual | None:
    """Why two published years cannot be linked; None if one of them is missing, or if they can."""
    base, now = dataset.value(indicator, first), dataset.value(indicator, last)
    if base is None or now is None or not base.value or not now.value or linked(dataset, indicator, first, last):
        return None
    steps = {step.year for step in dataset.growth_steps(indicator)}
    lost = [str(year) for year in range(first + 1, last + 1) if year not in steps]
    labels = {basis.id: basis.label for basis in dataset.bases}
    one, two = (labels.get(item.basis, Bilingual(item.basis, item.basis)) for item in (base, now))
    return Bilingual(
        f"{first}年的{amount(base.value, base.unit, 'zh')}和{last}年的{amount(now.value, now.unit, 'zh')}不在同一统计口径上"
        f"（{one.zh}；{two.zh}），{listed(lost, 'zh')}年的增速也无法在同一口径内计算：不跨口径相比，无法判断。",
        f"{amount(base.value, base.unit, 'en')} in {first} and {amount(now.value, now.unit, 'en')} in {last} stand on different "
        f"statistical bases ({one.en}; {two.en}), and growth in {listed(lost, 'en')} cannot be formed inside one basis. "
        "No ratio is formed across bases: not assessable.",
    )
