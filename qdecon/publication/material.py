"""The material of figures: everything that is drawn beside the scorecard."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from qdecon.errors import NotAvailable
from qdecon.publication.trackrecord import stored_record
from qdecon.scenario import ahead, compare, fitting
from qdecon.scrutiny import dossier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qdecon.data import Dataset
    from qdecon.scenario import Scenario
    from qdecon.verdict import Scorecard


def gather(dataset: Dataset, scorecard: Scorecard, scenarios: Sequence[Scenario] = ()) -> list[object]:
    """Gather the records around a scorecard of which figures are made.

    Parameters
    ----------
    dataset : Dataset
    scorecard : Scorecard
    scenarios : sequence of Scenario
        Those that begin later than the plan's projection are left out.

    Returns
    -------
    list
        The data, the dossiers of the headline targets, the targets ahead under the scenarios, and the track record if
        the peers have one.
    """
    files = [dossier(dataset, verdict.target.id) for verdict in scorecard.verdicts if verdict.target.headline]
    made: list[object] = [dataset, *files]
    fit = fitting(dataset, scenarios)
    if any(not each.empty for each in fit):
        with suppress(NotAvailable):
            made.append(compare(dataset, fit, ahead(dataset)))
    return [*made, stored_record()] if dataset.peers.record else made
