"""What would have to happen: named assumptions, run through the accounts so that everything adds up, and inverted."""

from qdecon.scenario.comparison import Sweep, compare, sweep
from qdecon.scenario.inversion import Required, required
from qdecon.scenario.judged import ahead, assess_under
from qdecon.scenario.outcome import run
from qdecon.scenario.record import LEVERS, Assumption, Scenario, Shock
from qdecon.scenario.text import from_link, from_toml, to_link, to_toml

__all__ = [
    "LEVERS",
    "Assumption",
    "Required",
    "Scenario",
    "Shock",
    "Sweep",
    "ahead",
    "assess_under",
    "compare",
    "from_link",
    "from_toml",
    "required",
    "run",
    "sweep",
    "to_link",
    "to_toml",
]
