"""What would have to happen: named assumptions, run through the accounts so that everything adds up, and inverted."""

from qdecon.scenario.comparison import Case, Comparison, compare
from qdecon.scenario.driver import Elasticity, elasticity, latest_growth
from qdecon.scenario.grid import Sweep, sweep
from qdecon.scenario.inversion import SHAPES, Required, required
from qdecon.scenario.judged import accounts_to, accounts_under, ahead, assess_under, fitting
from qdecon.scenario.outcome import applied, run
from qdecon.scenario.precedent import as_in
from qdecon.scenario.ranking import Ranking, Swing, paces, rank_levers
from qdecon.scenario.record import DRIVERS, LARGEST, LEVERS, PAIRS, Assumption, Scenario, Shock, phased_in
from qdecon.scenario.text import from_link, from_toml, to_link, to_toml

__all__ = [
    "DRIVERS",
    "LARGEST",
    "LEVERS",
    "PAIRS",
    "SHAPES",
    "Assumption",
    "Case",
    "Comparison",
    "Elasticity",
    "Ranking",
    "Required",
    "Scenario",
    "Shock",
    "Sweep",
    "Swing",
    "accounts_to",
    "accounts_under",
    "ahead",
    "applied",
    "as_in",
    "assess_under",
    "compare",
    "elasticity",
    "fitting",
    "from_link",
    "from_toml",
    "latest_growth",
    "paces",
    "phased_in",
    "rank_levers",
    "required",
    "run",
    "sweep",
    "to_link",
    "to_toml",
]
