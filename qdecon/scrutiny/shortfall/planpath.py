"""The path that a target asks for: a stated input, or derived from what was known when the target was adopted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from qdecon.data import known
from qdecon.data.periods import interval_end, parse_period
from qdecon.errors import NotAvailable, QdeconError
from qdecon.plan import Bilingual
from qdecon.projection.branches import GDP
from qdecon.verdict.wording import amount, goal, joined, percent

if TYPE_CHECKING:
    from qdecon.data import Dataset
    from qdecon.plan import Comparator, Target


@dataclass(frozen=True)
class PlanPath:
    """The path that a target asks for: a stated input.

    Attributes
    ----------
    year : int
    level : float
        Base year and its level.
    nominal : float
        Growth a year at current prices, as a fraction.
    real : float or None
        Real growth a year, as a fraction; of a part of GDP it is not used.
    whole : PlanPath or None
        Of a part of GDP: the path of GDP.
    reason : Bilingual
        Where the figures come from, in words.
    sources : tuple of str
        Ids of sources.

    Raises
    ------
    QdeconError
        If the level or its growth leave nothing.

    Examples
    --------
    >>> path = PlanPath(2021, 14136.46, 0.0719, real=0.06)
    >>> round(path.at(2026)), round(path.price, 4)
    (20004, 0.0112)
    """

    year: int
    level: float
    nominal: float
    real: float | None = None
    whole: PlanPath | None = None
    reason: Bilingual = field(default_factory=lambda: Bilingual("规划路径由使用者给定。", "The path is the user's."))
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not (self.level > 0 and self.nominal > -1 and (self.real is None or self.real > -1)):
            raise QdeconError("a path needs a level above 0 and growth above -100 %", "argument path", "correct it")

    @property
    def price(self) -> float | None:
        """Growth of prices a year, as a fraction: what real growth leaves of nominal growth."""
        return None if self.real is None else (1 + self.nominal) / (1 + self.real) - 1

    def at(self, year: int) -> float:
        """Level of the path in one year."""
        return float(self.level * (1 + self.nominal) ** (year - self.year))


def plan_path(dataset: Dataset, target_id: str) -> PlanPath:
    """Derive the path that a target asks for from what was known when it was adopted.

    Nominal growth is constant from the last level known then to the target. Real growth of GDP is the newest official
    goal stated by then for a year after the base. A part of GDP is set beside the plan's own target for GDP.

    Parameters
    ----------
    dataset : Dataset
    target_id : str

    Raises
    ------
    NotAvailable
        If the target is no level of GDP or a part of it, or no level or no path of GDP was known then.
    UnknownName
        If there is no such target.

    Examples
    --------
    >>> import qdecon as qd
    >>> path = plan_path(qd.load("qingdao"), "t06")
    >>> path.year, path.level, round(path.nominal, 4), path.real, round(path.price, 4)
    (2021, 14136.46, 0.0719, 0.06, 0.0112)
    """
    target = dataset.plan.target(target_id)
    name, value, deadline = promised(dataset, target)
    base = known(dataset, max(target.adopted, dataset.plan.published)).latest(name)
    if base is None or not base.value or base.year >= deadline:
        raise NotAvailable(
            f"no level of {name} before {deadline} was known on {target.adopted}", "argument path", "state a PlanPath"
        )
    nominal = (value / base.value) ** (1 / (deadline - base.year)) - 1
    called = dataset.indicator(name).name
    start, end = ((amount(level, base.unit, "zh"), amount(level, base.unit, "en")) for level in (base.value, value))
    reason = Bilingual(
        f"{called.zh}的规划路径：从目标提出时已知的{base.year}年{start[0]}匀速升到{deadline}年的{end[0]}，"
        f"年均名义增长{percent(nominal, 2)}。",
        f"Plan's path of {called.en}: evenly from {start[1]} in {base.year}, the last figure when the target was set, "
        f"to {end[1]} in {deadline}, {percent(nominal, 2)} a year, nominal.",
    )
    path = PlanPath(base.year, base.value, nominal, None, None, reason, (base.source,))
    return _with_goal(dataset, target, path) if name == GDP else _beside_gdp(dataset, target, path)


def promised(dataset: Dataset, target: Target) -> tuple[str, float, int]:
    """Indicator, value and deadline of a target for the level of GDP or of a part of it at current prices.

    Raises
    ------
    NotAvailable
        If it is something else.
    """
    name, value, deadline = target.indicator, target.value, target.deadline
    fits = target.measure == "level" and target.price_basis != "constant"
    if not (name and value and deadline and fits and GDP in dataset.indicators and _within_gdp(dataset, name)):
        raise NotAvailable(
            f"target {target.id} is no level of GDP or of a part of it at current prices",
            "argument target_id",
            "choose a target for such a level",
        )
    return name, value, deadline


def _within_gdp(dataset: Dataset, name: str) -> bool:
    """Whether an indicator is GDP, one of its parts, or a part of one."""
    shares = {each.numerator for each in dataset.indicators.values() if each.denominator == GDP}
    if name == GDP or name in shares or name in dataset.indicator(GDP).parts:
        return True
    parent = dataset.indicator(name).parent
    return parent is not None and _within_gdp(dataset, parent)


def _with_goal(dataset: Dataset, target: Target, path: PlanPath) -> PlanPath:
    """Give GDP's path the newest official goal of real growth stated by then; without one it has no real growth."""
    goals = [
        (stated, -period.year, each)
        for each in dataset.plan.goals
        if each.indicator == dataset.indicator(GDP).real_growth and each.value is not None
        and (stated := interval_end(each.stated)) is not None and stated <= target.adopted
        and (period := parse_period(each.period)) is not None and period.year > path.year
    ]  # fmt: skip
    if not goals:
        return path
    _, _, found = max(goals, key=lambda each: each[:2])
    made = replace(path, real=(found.value or 0.0) / 100, sources=(*path.sources, found.source))
    words = goal(found.value or 0.0, found.unit, cast("Comparator", found.comparator))
    rest = percent(made.price or 0.0, 2).replace("-", "−")
    reason = Bilingual(
        f"其中实际增长取当时的官方预期目标（{found.period}年{words.zh}），其余{rest}为价格。",
        f"Of this, real growth is the official goal of that time ({words.en} in {found.period}), prices are the rest, "
        f"{rest} a year.",
    )
    return replace(made, reason=joined(path.reason, reason))


def _beside_gdp(dataset: Dataset, target: Target, path: PlanPath) -> PlanPath:
    """Set a part of GDP beside the path of the plan's own target for GDP.

    Raises
    ------
    NotAvailable
        If the plan had none.
    """
    for each in dataset.plan.targets:
        if each.indicator == GDP and each.measure == "level" and each.counted and each.adopted <= target.adopted:
            whole = plan_path(dataset, each.id)
            return replace(path, whole=whole, reason=joined(path.reason, whole.reason))
    raise NotAvailable(
        "the plan has no target for GDP to set the part beside", "argument path", "state a PlanPath with `whole`"
    )
