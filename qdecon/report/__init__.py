"""The report: a folder of static pages in two languages in which every number leads to where it comes from."""

from qdecon.report.building import Work, build_report, default_cache
from qdecon.report.pages import Settings

__all__ = ["Settings", "Work", "build_report", "default_cache"]
