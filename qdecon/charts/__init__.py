"""Figures: ``chart_*`` return a matplotlib Figure, ``frame_*`` the table of exactly what it draws."""

from qdecon.charts.page import Chart
from qdecon.charts.record import chart_record, frame_record
from qdecon.charts.scorecard import chart_scorecard
from qdecon.charts.series import frame_trajectory
from qdecon.charts.table import frame_scorecard
from qdecon.charts.titles import headline
from qdecon.charts.trajectory import chart_trajectory

__all__ = [
    "Chart",
    "chart_record",
    "chart_scorecard",
    "chart_trajectory",
    "frame_record",
    "frame_scorecard",
    "frame_trajectory",
    "headline",
]
