"""The published on-track methods as plain functions, one body a file, and all of them beside each other."""

from qdecon.rules.breakeven import Breakeven, break_even
from qdecon.rules.course import course_to
from qdecon.rules.panel import NAMES, RULES, RulePanel, read_rules, read_target
from qdecon.rules.reading import Card, Course, Reading

__all__ = [
    "NAMES",
    "RULES",
    "Breakeven",
    "Card",
    "Course",
    "Reading",
    "RulePanel",
    "break_even",
    "course_to",
    "read_rules",
    "read_target",
]
