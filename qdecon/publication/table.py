"""The table that is published with a figure: rounded at the rim, units in its header, safe to open in a spreadsheet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from qdecon.verdict.record import rounded

if TYPE_CHECKING:
    from collections.abc import Mapping

_FORMULA = re.compile(r"'*[=+\-@\t\r]")  # with these a spreadsheet begins to compute


def rim(frame: pd.DataFrame) -> pd.DataFrame:
    """Round computed numbers: probabilities to 3 decimals, values to 6 digits; published figures stay as printed.

    Examples
    --------
    >>> import pandas as pd
    >>> rim(pd.DataFrame({"value": [10495.54, 18646.7295], "probability": [0.08149, None]})).values.tolist()
    [[10495.54, 0.081], [18646.7, nan]]
    """
    out = frame.copy()
    for name in out.select_dtypes("float").columns:
        if name == "probability":
            out[name] = out[name].round(3)
        else:
            out[name] = [value if pd.isna(value) else rounded(value) for value in out[name]]
    return out


def printed(frame: pd.DataFrame, units: Mapping[str, str], status: str | None = None) -> pd.DataFrame:
    """The table as published.

    Parameters
    ----------
    frame : pandas.DataFrame
        What is drawn.
    units : mapping
        Column to the one unit of all its numbers; where a column has several they stand in a column ``unit``.
    status : str, optional
        Of the verdict that the figure is about, for a table that does not state one itself.

    Returns
    -------
    pandas.DataFrame
        Rounded, its header like ``value [亿元]``. A text with which a spreadsheet would begin to compute is preceded
        by an apostrophe.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"label": ["-3%"], "value": [2.5], "unit": ["%"]})
    >>> printed(frame, {"value": "%"}, "met").to_dict("records")
    [{'label': "'-3%", 'value [%]': 2.5, 'status': 'met'}]
    """
    out = rim(frame)
    if "value" in units:
        out = out.drop(columns="unit", errors="ignore")
    if status is not None and "status" not in out.columns:
        out["status"] = status
    return harmless(out).rename(columns={name: f"{name} [{unit}]" for name, unit in units.items() if unit})


def harmless(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with no text that a spreadsheet would take for a formula.

    Examples
    --------
    >>> import pandas as pd
    >>> harmless(pd.DataFrame({"name": ["=1+1", "GDP"], "value": [-1.0, 2.0]})).to_dict("list")
    {'name': ["'=1+1", 'GDP'], 'value': [-1.0, 2.0]}
    """
    out = frame.copy()
    for name in out.columns[out.dtypes.map(lambda kind: not pd.api.types.is_numeric_dtype(kind))]:
        out[name] = out[name].map(lambda cell: neutral(cell) if isinstance(cell, str) else cell)
    return out


def plain_name(column: str) -> str:
    """Name of a published column without its unit.

    Examples
    --------
    >>> plain_name("value [亿元]")
    'value'
    """
    return column.partition(" [")[0]


def neutral(text: str) -> str:
    """A text that no spreadsheet takes for a formula: one apostrophe more before what could begin one.

    Examples
    --------
    >>> neutral("=1+1"), neutral("'=1+1"), neutral("'t is")
    ("'=1+1", "''=1+1", "'t is")
    """
    return f"'{text}" if _FORMULA.match(text) else text


def restored(text: str) -> str:
    """The text that :func:`neutral` was given.

    Examples
    --------
    >>> restored("'=1+1"), restored("-3"), restored("'t is")
    ('=1+1', '-3', "'t is")
    """
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
