"""What would have to happen: named assumptions, run through the accounts so that everything adds up, and inverted."""

from qdecon.scenario.comparison import Sweep, compare, sweep
from qdecon.scenario.inversion import Required, required
from qdecon.scenario.judged import assess_under
from qdecon.scenario.outcome import run
from qdecon.scenario.record import LEVERS, Assumption, Scenario, Shock

__all__ = [
    "LEVERS",
    "Assumption",
    "Required",
    "Scenario",
    "Shock",
    "Sweep",
    "assess_under",
    "compare",
    "required",
    "run",
    "sweep",
]
