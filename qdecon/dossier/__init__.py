"""Everything that surrounds one verdict, gathered, and the audit of the plan itself."""

from qdecon.dossier.audit import Audit, audit_plan
from qdecon.dossier.baserate import GrowthBaseRate, ShareBaseRate, base_rate, share_base_rate
from qdecon.dossier.record import Dossier, dossier
from qdecon.dossier.sensitivity import Sensitivity, vary_readings
from qdecon.dossier.shortfall import PlanPath, Shortfall, split_shortfall

__all__ = [
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
    "share_base_rate",
    "split_shortfall",
    "vary_readings",
]
