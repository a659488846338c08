"""Joint paths from the reference class: the default model's path plus errors that the same model really made elsewhere.

How a band is made
------------------
1. The model is replayed at every past origin of every peer city and of the nation; the whole error path (1 to H years)
   is kept, measured in one-step spreads: the root mean square of that series' own one-step errors up to the origin,
   shrunk towards the panel's median spread, since a handful of errors says little about a spread.
2. Peers err together. A city's error path is split at each origin year into the median of all cities (common) and the
   rest (its own). The common part gets its own reference class: the error paths of the nation, whose history is longer.
   They are not centred; past bias is carried on, not wished away.
3. A projection adds every own path to every common path. Where there are at most 10^5 pairs they are enumerated,
   exactly and without a seed.

The city itself is left out of its reference class. Source: pooled, conformal-like error paths; see DECISIONS.md.
"""

from qdecon.projection.origins import FEWEST, PRIOR, WINDOW, Origins, own_spread, replay_origins
from qdecon.projection.paths import CITY_FIRST, NATION_FIRST, Projection, project, run_of_changes
from qdecon.projection.reference import LIMIT, ReferenceClass, combine, reference_class

__all__ = [
    "CITY_FIRST",
    "FEWEST",
    "LIMIT",
    "NATION_FIRST",
    "PRIOR",
    "WINDOW",
    "Origins",
    "Projection",
    "ReferenceClass",
    "combine",
    "own_spread",
    "project",
    "reference_class",
    "replay_origins",
    "run_of_changes",
]
