"""Reading what others hold, and starting a plan of one's own: the rim of the package, where files are opened.

Each name below loads its module when first used: who reads a panel needs nothing that judges.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qdecon.sources.notebook import run_notebook
    from qdecon.sources.panelfile import PanelFile, PanelSeries, read_panel
    from qdecon.sources.scaffold import next_steps, start_plan
    from qdecon.sources.scenarios import presets, read_scenario
    from qdecon.sources.tables import Understood, export_table, import_table, read_import, write_import
    from qdecon.sources.tables.mapping import read_mapping

_MODULES = {
    "PanelFile": "panelfile",
    "PanelSeries": "panelfile",
    "Understood": "tables",
    "export_table": "tables",
    "import_table": "tables",
    "next_steps": "scaffold",
    "presets": "scenarios",
    "read_import": "tables",
    "read_mapping": "tables.mapping",
    "read_panel": "panelfile",
    "read_scenario": "scenarios",
    "run_notebook": "notebook",
    "start_plan": "scaffold",
    "write_import": "tables",
}

__all__ = [
    "PanelFile",
    "PanelSeries",
    "Understood",
    "export_table",
    "import_table",
    "next_steps",
    "presets",
    "read_import",
    "read_mapping",
    "read_panel",
    "read_scenario",
    "run_notebook",
    "start_plan",
    "write_import",
]


def __getattr__(name: str) -> Any:
    """Load the module of a name when it is first used.

    Raises
    ------
    AttributeError
        If there is no such name.
    """
    if name not in _MODULES:
        raise AttributeError(f"module 'qdecon.sources' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(f"qdecon.sources.{_MODULES[name]}"), name)
