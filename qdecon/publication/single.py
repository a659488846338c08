"""One figure saved by itself, for whoever needs no more."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qdecon.charts.export import to_pdf, to_png, to_svg
from qdecon.errors import UnknownName
from qdecon.publication.table import printed
from qdecon.publication.writing import write_whole

if TYPE_CHECKING:
    import pandas as pd

    from qdecon.charts import Chart
    from qdecon.plan import Language


def save_chart(
    chart: Chart, name: str | Path, frame: pd.DataFrame | None = None, *, language: Language = "zh"
) -> tuple[str, ...]:
    """Save a figure as SVG, PDF and PNG, with its text alternative, and the data drawn as CSV.

    Parameters
    ----------
    chart : Chart
        From any ``chart_`` function, in the size wanted.
    name : path
        Without an ending: each file gets its own.
    frame : pandas.DataFrame, optional
        From the ``frame_`` function of the same name.
    language : {"zh", "en"}
        Of the chart, for readers that speak.

    Returns
    -------
    tuple of str
        Names of the files.

    Raises
    ------
    UnknownName
        If the name ends like a file.
    NotAvailable
        If the folder cannot be written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import qdecon as qd
    >>> verdict = qd.assess(qd.load("qingdao"), "t10")
    >>> with TemporaryDirectory() as folder:
    ...     save_chart(qd.chart_trajectory(verdict, "en", size="column"), f"{folder}/services", language="en")
    ('services.svg', 'services.pdf', 'services.png', 'services.txt')
    """
    path = Path(name)
    if path.suffix.lower() in (".svg", ".pdf", ".png", ".csv", ".txt"):
        raise UnknownName(f"the name ends like a file: {path.name}", "argument name", f"write {path.stem!r}")
    files = {
        f"{path.name}.svg": to_svg(chart, chart.title, language),
        f"{path.name}.pdf": to_pdf(chart, chart.title),
        f"{path.name}.png": to_png(chart),
        f"{path.name}.txt": f"{chart.alt}\n".encode(),
    }
    if frame is not None:
        files[f"{path.name}.csv"] = str(printed(frame, {}, None).to_csv(index=False, lineterminator="\n")).encode()
    write_whole(path.parent, files)
    return tuple(files)
