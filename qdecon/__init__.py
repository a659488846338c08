"""qdecon: will a published economic target be met, how sure is that, and why.

Importing this package loads only the standard library; each name below loads its room when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qdecon.charts import chart_scorecard, chart_trajectory
    from qdecon.data import Dataset, check, load
    from qdecon.data.gathering import peers
    from qdecon.errors import DataError, NotAvailable, QdeconError, UnknownName
    from qdecon.projection import project, project_accounts
    from qdecon.publication import publish
    from qdecon.replay import backtest, history
    from qdecon.scenario import assess_under, compare
    from qdecon.scrutiny import audit_plan, base_rate, dossier
    from qdecon.verdict import Scorecard, Verdict, assess, scorecard

__version__ = "0.1.0"

_ROOMS = {
    "Dataset": "data",
    "DataError": "errors",
    "NotAvailable": "errors",
    "QdeconError": "errors",
    "Scorecard": "verdict",
    "UnknownName": "errors",
    "Verdict": "verdict",
    "assess": "verdict",
    "assess_under": "scenario",
    "audit_plan": "scrutiny",
    "backtest": "replay",
    "base_rate": "scrutiny",
    "chart_scorecard": "charts",
    "chart_trajectory": "charts",
    "check": "data",
    "compare": "scenario",
    "dossier": "scrutiny",
    "history": "replay",
    "load": "data",
    "peers": "data.gathering",
    "project": "projection",
    "project_accounts": "projection",
    "publish": "publication",
    "scorecard": "verdict",
}

__all__ = [
    "DataError",
    "Dataset",
    "NotAvailable",
    "QdeconError",
    "Scorecard",
    "UnknownName",
    "Verdict",
    "assess",
    "assess_under",
    "audit_plan",
    "backtest",
    "base_rate",
    "chart_scorecard",
    "chart_trajectory",
    "check",
    "compare",
    "dossier",
    "history",
    "load",
    "peers",
    "project",
    "project_accounts",
    "publish",
    "scorecard",
]


def __getattr__(name: str) -> Any:
    """Load the room of a public name when it is first used.

    Raises
    ------
    AttributeError
        If the name is not public.
    """
    if name not in _ROOMS:
        raise AttributeError(f"module 'qdecon' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(f"qdecon.{_ROOMS[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
