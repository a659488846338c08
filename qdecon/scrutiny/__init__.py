"""Verdict and plan under scrutiny: base rate, sensitivity, shortfall, the dossier that holds them, the audit."""

from qdecon.scrutiny.audit import Audit, audit_plan
from qdecon.scrutiny.baserate import GrowthBaseRate, ShareBaseRate, base_rate, share_base_rate
from qdecon.scrutiny.record import Dossier, dossier, dossiers
from qdecon.scrutiny.sensitivity import KINDS, Sensitivity, vary_readings
from qdecon.scrutiny.shortfall import PlanPath, Shortfall, split_shortfall

__all__ = [
    "KINDS",
    "Audit",
    "Dossier",
    "GrowthBaseRate",
    "PlanPath",
    "Sensitivity",
    "ShareBaseRate",
    "Shortfall",
    "audit_plan",
    "base_rate",
    "dossier",
    "dossiers",
    "share_base_rate",
    "split_shortfall",
    "vary_readings",
]
