"""The track record as it was stored, so that its figure needs no replay."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from qdecon.replay import Record

_STORED = Path(__file__).resolve().parent.parent / "datasets" / "record" / "coverage_by_origin.csv"


def stored_record(file: Path = _STORED) -> Record:
    """The record behind a table of coverage by year of origin.

    A group of n forecasts of which a share held is n forecasts of which that many held: coverage is told in full, while
    places and scores are not known.

    Parameters
    ----------
    file : Path
        ``panel horizon origin cases coverage80 coverage95``, as ``qdecon backtest --folder`` writes it.

    Returns
    -------
    Record
        Its ``rank``, ``crps`` and ``crps_drift`` are NaN.

    Examples
    --------
    >>> near = stored_record().coverage().query("panel == 'cities' and horizon == 1")
    >>> round(float(near["coverage80"].iloc[0]), 2)
    0.84
    """
    table = pd.read_csv(file)
    cases = table.loc[table.index.repeat(table["cases"])]
    number = cases.groupby(level=0).cumcount()
    # three decimals tell the number that held, as long as there are fewer than a thousand
    held = {f"covered{level}": number < (cases[f"coverage{level}"] * cases["cases"]).round() for level in (80, 95)}
    unknown = dict.fromkeys(("rank", "crps", "crps_drift"), float("nan"))
    return Record(cases[["panel", "origin", "horizon"]].assign(place=number, **held, **unknown).reset_index(drop=True))
