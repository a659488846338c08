"""Whether a verdict holds under other readings of the clause, other figures and other models."""

from qdecon.dossier.sensitivity.readings import KINDS, Reading
from qdecon.dossier.sensitivity.record import Sensitivity, vary_readings

__all__ = ["KINDS", "Reading", "Sensitivity", "vary_readings"]
