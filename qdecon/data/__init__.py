"""What was published, and when: indicators, observations with every vintage, and the peers to compare with.

``load`` reads a folder that follows the data contract and returns a frozen :class:`Dataset` as it was known on a date;
``check`` lists every fault of a folder at once.
"""

from qdecon.data.dataset import Dataset
from qdecon.data.indicators import Basis, Indicator
from qdecon.data.loading import check, known, load
from qdecon.data.observations import Observation
from qdecon.data.peers import Panel, Peers
from qdecon.data.record import QUANTILES_FILE, RECORD_FILE, shipped_quantiles

__all__ = [
    "QUANTILES_FILE",
    "RECORD_FILE",
    "Basis",
    "Dataset",
    "Indicator",
    "Observation",
    "Panel",
    "Peers",
    "check",
    "known",
    "load",
    "shipped_quantiles",
]
