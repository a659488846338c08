"""Whether a verdict holds under other readings of the clause, other figures and other models."""

from qdecon.scrutiny.sensitivity.readings import KINDS, Reading
from qdecon.scrutiny.sensitivity.record import Sensitivity, vary_readings

__all__ = ["KINDS", "Reading", "Sensitivity", "vary_readings"]
