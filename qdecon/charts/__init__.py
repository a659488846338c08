"""Figures: ``chart_*`` return a matplotlib Figure, ``frame_*`` the table of exactly what it draws."""

from qdecon.charts.badges import chart_badges, frame_badges
from qdecon.charts.baserate import chart_base_rate, frame_base_rate
from qdecon.charts.cities import chart_cities, frame_cities
from qdecon.charts.composition import chart_composition, frame_composition
from qdecon.charts.distance import chart_distance, frame_distance
from qdecon.charts.history import chart_history, frame_history
from qdecon.charts.pace import chart_pace, frame_pace
from qdecon.charts.page import Chart
from qdecon.charts.peers import chart_peers, frame_peers
from qdecon.charts.record import chart_record, frame_record
from qdecon.charts.reliability import chart_reliability, frame_reliability
from qdecon.charts.rules import chart_rules
from qdecon.charts.ruletable import frame_rules
from qdecon.charts.scenarios import chart_scenarios, frame_scenarios
from qdecon.charts.scorecard import chart_scorecard
from qdecon.charts.series import frame_trajectory
from qdecon.charts.shortfall import chart_shortfall, frame_shortfall
from qdecon.charts.specification import chart_specification, frame_specification
from qdecon.charts.sweepmap import chart_sweep, frame_sweep
from qdecon.charts.swings import chart_swings, frame_swings
from qdecon.charts.table import frame_scorecard
from qdecon.charts.titles import headline
from qdecon.charts.trajectory import chart_trajectory
from qdecon.charts.vintages import chart_vintages, frame_vintages

__all__ = [
    "Chart",
    "chart_badges",
    "chart_base_rate",
    "chart_cities",
    "chart_composition",
    "chart_distance",
    "chart_history",
    "chart_pace",
    "chart_peers",
    "chart_record",
    "chart_reliability",
    "chart_rules",
    "chart_scenarios",
    "chart_scorecard",
    "chart_shortfall",
    "chart_specification",
    "chart_sweep",
    "chart_swings",
    "chart_trajectory",
    "chart_vintages",
    "frame_badges",
    "frame_base_rate",
    "frame_cities",
    "frame_composition",
    "frame_distance",
    "frame_history",
    "frame_pace",
    "frame_peers",
    "frame_record",
    "frame_reliability",
    "frame_rules",
    "frame_scenarios",
    "frame_scorecard",
    "frame_shortfall",
    "frame_specification",
    "frame_sweep",
    "frame_swings",
    "frame_trajectory",
    "frame_vintages",
    "headline",
]
