"""What is published: figures in every format with their data, and the check that they still agree with the verdicts."""

from qdecon.publication.checking import check_figures
from qdecon.publication.writing import publish

__all__ = ["check_figures", "publish"]
