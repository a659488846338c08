"""Why a level lies off the plan's path: volume, price and re-basing, structure."""

from qdecon.scrutiny.shortfall.planpath import PlanPath, plan_path
from qdecon.scrutiny.shortfall.rebasing import Deflator, peer_deflators
from qdecon.scrutiny.shortfall.record import Shortfall, split_shortfall

__all__ = ["Deflator", "PlanPath", "Shortfall", "peer_deflators", "plan_path", "split_shortfall"]
