"""Reading what others hold: the rim of the package, where files are opened."""

from qdecon.sources.panelfile import PanelFile, PanelSeries, read_panel

__all__ = ["PanelFile", "PanelSeries", "read_panel"]
