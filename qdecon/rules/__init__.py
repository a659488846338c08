"""The published on-track methods as plain functions, one body a file, and all of them beside each other."""

from qdecon.rules.panel import RULES, RulePanel, course_to, read_rules
from qdecon.rules.reading import Card, Course, Reading

__all__ = ["RULES", "Card", "Course", "Reading", "RulePanel", "course_to", "read_rules"]
