"""Joint paths from the reference class: the default model's path plus errors that the same model really made elsewhere.

How a band of a level is made
-----------------------------
1. The model is replayed at every past origin of every peer city; the whole error path (1 to H years) is kept, in units
   of one-step spreads: the error that the model itself expected one year ahead, shrunk towards the panel's median.
2. Peers err together. A city's error path is split at each origin year into the median of all cities (common) and the
   rest (its own). The common part gets a reference class of its own: its shapes are the error paths of the same model
   on the long series of other countries, which hold other slowdowns and shocks, with either sign; its size is that of
   the nation's own one-step errors of the last ten years, times the part of them that has shown up in the cities.
3. A projection adds every own path to every common path. Up to 200,000 pairs are enumerated; beyond, common paths are
   thinned evenly. Nothing is drawn, so no seed is needed.

The city itself is left out of its reference class. A panel of any series, without places or a nation, is calibrated on
itself instead: see :mod:`qdecon.projection.bands`. Reasons and forward-in-time tests: DECISIONS.md.
"""

from qdecon.projection.accounts import Accounts, project_accounts
from qdecon.projection.bands import LEVELS, Calibration, calibrate, scaled_errors
from qdecon.projection.events import chance, every_year, first_year, reaches, sum_reaches
from qdecon.projection.origins import FEWEST, WINDOW, History, Origins, moved, own_spread, replay_origins
from qdecon.projection.partyear import Nowcast, NowcastRecord, nowcast, nowcast_record
from qdecon.projection.paths import (
    ABROAD_FIRST,
    CITY_FIRST,
    NATION_FIRST,
    Projection,
    growth_of,
    level_class,
    project,
    run_of_changes,
)
from qdecon.projection.reference import LIMIT, ReferenceClass, combine, common_spread, reference_class
from qdecon.projection.simulation import Simulation, simulate

__all__ = [
    "ABROAD_FIRST",
    "CITY_FIRST",
    "FEWEST",
    "LEVELS",
    "LIMIT",
    "NATION_FIRST",
    "WINDOW",
    "Accounts",
    "Calibration",
    "History",
    "Nowcast",
    "NowcastRecord",
    "Origins",
    "Projection",
    "ReferenceClass",
    "Simulation",
    "calibrate",
    "chance",
    "combine",
    "common_spread",
    "every_year",
    "first_year",
    "growth_of",
    "level_class",
    "moved",
    "nowcast",
    "nowcast_record",
    "own_spread",
    "project",
    "project_accounts",
    "reaches",
    "reference_class",
    "replay_origins",
    "run_of_changes",
    "scaled_errors",
    "simulate",
    "sum_reaches",
]
