"""Growth of a place as that of its driver, the nation or the province, would have it.

    log real growth of the place = a + elasticity * log real growth of the driver + error

by ordinary least squares over the years that both publish (statsmodels). Both coefficients and the error of every
year to come are uncertain: a scenario's outcomes draw the variance from its scaled inverse chi-squared distribution,
then the coefficients around their estimates and a fresh error for each year (Gelman et al. 2013, Bayesian data
analysis, section 14.2).
It says how the place would go if the driver went so, and nothing about whether it will.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from qdecon.errors import NotAvailable, UnknownName
from qdecon.plan import Bilingual
from qdecon.projection.branches import GDP, REAL
from qdecon.scenario.record import DRIVERS

if TYPE_CHECKING:
    from qdecon.data import Dataset
    from qdecon.models import Array

NEEDS = 6  # years: two coefficients and four degrees of freedom


@dataclass(frozen=True)
class Elasticity:
    """How the growth of a place went with that of its driver.

    Attributes
    ----------
    place, driver : Bilingual
        Names.
    constant, elasticity : float
        Coefficients, on log real growth.
    error : float
        Standard error of the elasticity.
    covariance : ndarray, shape (2, 2)
        Of both coefficients.
    variance : float
        Of the yearly error.
    r_squared : float
    years : tuple of int
        Years used.
    """

    place: Bilingual
    driver: Bilingual
    constant: float
    elasticity: float
    error: float
    covariance: Array
    variance: float
    r_squared: float
    years: tuple[int, ...]

    @property
    def sentence(self) -> Bilingual:
        """The estimate with its error, in words."""
        rate, error, count = f"{self.elasticity:.2f}", f"{self.error:.2f}", len(self.years)
        span = f"{self.years[0]}–{self.years[-1]}"
        off = f"{100 * self.variance**0.5:.1f}"
        return Bilingual(
            f"{self.driver.zh}实际增长每变动1%，{self.place.zh}变动{rate}%（标准误{error}；{span}年中{count}年都有数字，"
            f"决定系数{self.r_squared:.2f}，每年另有{off}个百分点的误差）。",
            f"With each per cent of real growth of {self.driver.en}, {self.place.en} moved by {rate}% (standard error "
            f"{error}; {count} years of {span} that both publish, R squared {self.r_squared:.2f}, and an error of "
            f"{off} points each year).",
        )

    def follow(self, growth: Array, draw: np.random.Generator) -> Array:
        """Log real growth of the place for log real growth of the driver, shape (outcomes, years).

        Every outcome has coefficients of its own, and every year of it an error of its own.
        """
        outcomes, free = len(growth), len(self.years) - 2
        scale = np.sqrt(free / draw.chisquare(free, size=(outcomes, 1)))
        moved = draw.standard_normal((outcomes, 2)) @ np.linalg.cholesky(self.covariance).T * scale
        errors = draw.standard_normal(growth.shape) * self.variance**0.5 * scale
        constant, elasticity = self.constant + moved[:, :1], self.elasticity + moved[:, 1:]
        return np.asarray(constant + elasticity * growth + errors)


def elasticity(dataset: Dataset, driver: str) -> Elasticity:
    """Estimate how the plan's place moves with its driver.

    Parameters
    ----------
    dataset : Dataset
    driver : {"nation_growth", "province_growth"}

    Raises
    ------
    UnknownName
        If there is no such driver.
    NotAvailable
        If place and driver have real growth of fewer than six years in common, or the plan names no province.

    Examples
    --------
    >>> import qdecon as qd
    >>> made = elasticity(qd.load("qingdao"), "nation_growth")
    >>> len(made.years), 0 < made.error < made.elasticity
    (14, True)
    """
    if driver not in DRIVERS:
        raise UnknownName(f"unknown driver {driver!r}", "argument driver", f"choose one of {', '.join(DRIVERS)}")
    own, other = _own(dataset), _rates(dataset, driver)
    years = tuple(sorted(own.keys() & other.keys()))
    name = _name(dataset, driver)
    if len(years) < NEEDS:
        raise NotAvailable(
            f"{dataset.plan.place.en} and {name.en} have real growth of {len(years)} common years, {NEEDS} are needed",
            f"as of {dataset.as_of}",
            "choose another driver, or state real growth itself",
        )
    return _fitted(dataset.plan.place, name, years, tuple(own[year] for year in years), tuple(other[y] for y in years))


@lru_cache(maxsize=32)
def _fitted(
    place: Bilingual, driver: Bilingual, years: tuple[int, ...], own: tuple[float, ...], other: tuple[float, ...]
) -> Elasticity:
    from statsmodels.regression.linear_model import OLS  # loaded only where a driver is named

    x = np.log1p(np.array(other) / 100)
    fit = OLS(np.log1p(np.array(own) / 100), np.column_stack([np.ones(len(x)), x])).fit()
    constant, slope = fit.params
    return Elasticity(
        place, driver, float(constant), float(slope), float(fit.bse[1]), np.asarray(fit.cov_params()),
        float(fit.scale), float(fit.rsquared), years,
    )  # fmt: skip


def _name(dataset: Dataset, driver: str) -> Bilingual:
    """Name of a driver.

    Raises
    ------
    NotAvailable
        If the plan names no province.
    """
    if driver == "nation_growth":
        return Bilingual("全国", "the nation")
    if dataset.plan.driver is None:
        raise NotAvailable("the plan names no province", "plan.toml, key driver", "name it, or use nation_growth")
    return Bilingual(dataset.plan.driver, dataset.peers.names_en.get(dataset.plan.driver, dataset.plan.driver))


def latest_growth(dataset: Dataset, driver: str) -> float:
    """The latest known real growth of a driver, per cent.

    Raises
    ------
    NotAvailable
        If none is known, or the plan names no province.

    Examples
    --------
    >>> import qdecon as qd
    >>> latest_growth(qd.load("qingdao"), "nation_growth")
    5.0
    """
    rates = _rates(dataset, driver)
    if not rates:
        raise NotAvailable(f"no real growth of {_name(dataset, driver).en} is known", "the peers", "state real growth")
    return rates[max(rates)]


def _own(dataset: Dataset) -> dict[int, float]:
    """Published real growth of the place, per cent."""
    name = dataset.indicator(GDP).real_growth
    found = dataset.annual(name) if name else {}
    return {year: item.value for (year, _), item in found.items() if item.value is not None}


def _rates(dataset: Dataset, driver: str) -> dict[int, float]:
    """Real growth of the driver, per cent."""
    _name(dataset, driver)
    if driver == "nation_growth":
        panel, place, shift = dataset.peers.nation, dataset.peers.nation.places[0], 0.0
        by_basis = panel.levels.get(REAL, {}).get(place, {})
    else:
        panel, place, shift = dataset.peers.provinces, dataset.plan.driver or "", 100.0
        by_basis = panel.levels.get("gdp_index", {}).get(place, {})
    return {
        year: value - shift
        for _, rates in sorted(by_basis.items())
        for year, value in rates.items()
        if year <= panel.last
    }
