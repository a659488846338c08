"""Reading what others hold: the rim of the package, where files are opened."""

from qdecon.sources.notebook import run_notebook
from qdecon.sources.panelfile import PanelFile, PanelSeries, read_panel
from qdecon.sources.scenarios import presets, read_scenario
from qdecon.sources.scaffold import next_steps, start_plan

__all__ = [
    "PanelFile",
    "PanelSeries",
    "next_steps",
    "presets",
    "read_panel",
    "read_scenario",
    "run_notebook",
    "start_plan",
]
