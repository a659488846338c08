"""The refresh of a plan's figures from the national statistics database: appended, never altered, and told."""

from qdecon.sources.refresh.run import refresh

__all__ = ["refresh"]
