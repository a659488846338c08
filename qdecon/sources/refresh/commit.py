"""The rows of a refresh in a plan's tables, each with its source."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from qdecon.data.observations import FILE, SOURCE_COLUMNS, SOURCES_FILE
from qdecon.sources.appending import verify_appended
from qdecon.sources.appending import with_rows as appended
from qdecon.sources.nbs import BASE_URL
from qdecon.sources.nbstables import table

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from qdecon.sources.refresh.comparison import Appended

PUBLISHER = "National Bureau of Statistics of China"
LICENCE = 'free reuse with the credit "Source: National Bureau of Statistics"'


def with_rows(
    old: Mapping[str, bytes], rows: Sequence[Appended], retrieved: dt.date, base_url: str
) -> dict[str, bytes]:
    """The bytes of both tables with rows appended, and with the source of each where it is not listed yet.

    Raises
    ------
    NotAvailable
        If this would be more than appending.
    """
    known = {
        row["id"].strip() for row in csv.DictReader(io.StringIO(old[SOURCES_FILE].decode("utf-8-sig"), newline=""))
    }
    sources = [
        _source(name, [row for row in rows if row.source == name], retrieved, base_url)
        for name in dict.fromkeys(row.source for row in rows)
        if name not in known
    ]
    new = {
        SOURCES_FILE: appended(old[SOURCES_FILE], sources),
        FILE: appended(old[FILE], [row.row for row in rows]),
    }
    verify_appended(SOURCES_FILE, old[SOURCES_FILE], new[SOURCES_FILE], len(sources))
    verify_appended(FILE, old[FILE], new[FILE], len(rows))
    return new


def _source(name: str, rows: Sequence[Appended], retrieved: dt.date, base_url: str) -> dict[str, str]:
    """The row of a source."""
    day, places = retrieved.isoformat(), "、".join(dict.fromkeys(row.place for row in rows))
    through = "" if base_url == BASE_URL else f" through {base_url}"
    title = f"{table(rows[0].table).title}, {places}, as retrieved on {day}{through}"
    return dict(zip(SOURCE_COLUMNS, (name, title, PUBLISHER, day, "official", BASE_URL, LICENCE), strict=True))
