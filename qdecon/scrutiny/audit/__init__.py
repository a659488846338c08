"""A plan audited as a document: what its targets imply, whether they fit together, how likely all are at once."""

from qdecon.scrutiny.audit.finding import Finding, Number
from qdecon.scrutiny.audit.record import Audit, audit_plan

__all__ = ["Audit", "Finding", "Number", "audit_plan"]
