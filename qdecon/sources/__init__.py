"""Reading what others hold: the rim of the package, where files are opened."""

from qdecon.sources.panelfile import PanelFile, PanelSeries, read_panel
from qdecon.sources.scenarios import presets, read_scenario

__all__ = ["PanelFile", "PanelSeries", "presets", "read_panel", "read_scenario"]
