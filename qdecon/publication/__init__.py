"""What is published: figures in every format with their data, and the check that they still agree with the verdicts."""

from qdecon.publication.checking import check_figures
from qdecon.publication.figures import publish
from qdecon.publication.material import gather
from qdecon.publication.single import save_chart
from qdecon.publication.stamp import shipped_digests
from qdecon.publication.trackrecord import stored_record

__all__ = ["check_figures", "gather", "publish", "save_chart", "shipped_digests", "stored_record"]
