"""What the page shows of a choice: the same numbers and figures that the functions give without any widget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from qdecon.charts import chart_trajectory
from qdecon.errors import NotAvailable
from qdecon.explore.choice import nothing_assumed
from qdecon.plan import Bilingual
from qdecon.projection.branches import DEFLATOR, GDP, MANUFACTURING, REAL, SERVICES
from qdecon.scenario import Comparison, Required, accounts_under, ahead, compare, required
from qdecon.scenario.parts import PRODUCER

if TYPE_CHECKING:
    from qdecon.charts import Chart
    from qdecon.data import Dataset
    from qdecon.explore.choice import Choice
    from qdecon.projection import Accounts
    from qdecon.verdict import Verdict

HEADLINE = (GDP, REAL, DEFLATOR, SERVICES, "share_tertiary", MANUFACTURING, "manufacturing_share", PRODUCER)
NAMES = {REAL: Bilingual("实际增长", "Real growth"), DEFLATOR: Bilingual("平减指数涨幅", "Growth of the deflator")}
QUANTILES = ("median", "lo80", "hi80", "lo95", "hi95")


@dataclass(frozen=True)
class View:
    """A target under a scenario, and as the model says.

    Attributes
    ----------
    choice : Choice
    verdict, model : Verdict
        Under the scenario, and without assumptions.
    accounts : Accounts
        Under the scenario, every part in every outcome.
    dataset : Dataset
    """

    choice: Choice
    verdict: Verdict
    model: Verdict
    accounts: Accounts
    dataset: Dataset

    @property
    def indicators(self) -> tuple[str, ...]:
        """Headline indicators that the accounts hold, the target's own first."""
        own = self.verdict.target.indicator or GDP
        return tuple(dict.fromkeys([own, *(name for name in HEADLINE if name in self.accounts.indicators)]))

    def at_deadline(self) -> pd.DataFrame:
        """Tabulate the headline indicators in the target's year: ``indicator name unit median lo80 hi80 lo95 hi95``."""
        return self._table((self.accounts.years[-1],)).drop(columns="year")

    def to_frame(self) -> pd.DataFrame:
        """Tabulate the headline indicators year by year: ``indicator name unit year median lo80 hi80 lo95 hi95``."""
        return self._table(self.accounts.years)

    def chart(self) -> Chart:
        """The plot alone, for a page that says the rest in text."""
        return chart_trajectory(self.verdict, self.choice.language, size="screen")

    def _table(self, years: tuple[int, ...]) -> pd.DataFrame:
        rows = []
        for name in self.indicators:
            (label, unit), projection = self._about(name), self.accounts.projection(name)
            rows += [(name, label[self.choice.language], unit, year, *projection.quantiles(year)) for year in years]
        return pd.DataFrame(rows, columns=["indicator", "name", "unit", "year", *QUANTILES])

    def _about(self, name: str) -> tuple[Bilingual, str]:
        """Name and unit of an indicator; the accounts hold some that nobody publishes."""
        if name in self.dataset.indicators:
            about = self.dataset.indicator(name)
            return about.name, about.unit
        money = self.dataset.indicator(GDP).unit
        return NAMES.get(name, Bilingual(name, name)), "%" if name in self.accounts.ratios or name in NAMES else money


def view(dataset: Dataset, choice: Choice) -> View:
    """Judge a choice.

    Raises
    ------
    NotAvailable
        If its target does not lie ahead of the accounts, or its scenario cannot be run.
    UnknownName
        If the plan has no such target.

    Examples
    --------
    >>> import qdecon as qd
    >>> from qdecon.explore.choice import first_choice
    >>> city = qd.load("qingdao")
    >>> seen = view(city, first_choice(city, "en"))
    >>> seen.verdict.probability == seen.model.probability == qd.assess(city, "t06-2028").probability
    True
    """
    accounts, verdict = accounts_under(dataset, choice.scenario, choice.target)
    if accounts is None:
        raise NotAvailable(
            f"{choice.target} is not ahead of the accounts", "argument choice", f"choose {', '.join(ahead(dataset))}"
        )
    model = accounts_under(dataset, nothing_assumed(dataset), choice.target)[1]
    return View(choice, verdict, model, accounts, dataset)


def needed(dataset: Dataset, choice: Choice) -> Required:
    """The path of the lever that the choice solves for, with its base rate; all else as in its scenario.

    Raises
    ------
    NotAvailable
        As :func:`view`.
    """
    around = None if choice.scenario.empty else choice.scenario
    return required(dataset, choice.target, choice.lever, choice.by, choice.shape, around)


def others(dataset: Dataset, choice: Choice) -> Comparison:
    """Every target ahead under the scenario of the choice.

    Raises
    ------
    NotAvailable
        As :func:`view`.
    """
    return compare(dataset, [choice.scenario], ahead(dataset))
