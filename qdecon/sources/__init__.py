"""Reading what others hold: the rim of the package, where files are opened."""

from qdecon.sources.notebook import run_notebook
from qdecon.sources.panelfile import PanelFile, PanelSeries, read_panel
from qdecon.sources.scaffold import next_steps, start_plan
from qdecon.sources.scenarios import presets, read_scenario
from qdecon.sources.tables import Understood, export_table, import_table, read_import, write_import
from qdecon.sources.tables.mapping import read_mapping

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
