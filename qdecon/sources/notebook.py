"""The first notebook of a plan, run on its folder."""

from __future__ import annotations

from pathlib import Path

from qdecon.data import load
from qdecon.errors import NotAvailable
from qdecon.publication.writing import alone, write_whole
from qdecon.sources.scaffold import NOTEBOOK, first_look

PATIENCE = 600  # seconds that a cell may take


def run_notebook(plan: str | Path, folder: str | Path | None = None) -> Path:
    """Run the first notebook of a plan top to bottom, and store it with its outputs.

    Parameters
    ----------
    plan : str or path
        A folder, whose own ``first-look.ipynb`` is run if there is one; or an embedded plan.
    folder : path, optional
        Where the notebook of an embedded plan goes; that of a folder stays in it.

    Returns
    -------
    Path
        The notebook.

    Raises
    ------
    NotAvailable
        If Jupyter is missing, there is no folder to write to, the notebook cannot be read, or a cell fails.
    UnknownName
        If there is no such plan.
    DataError
        If the plan breaks its contract.
    """
    try:
        import nbformat
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError
    except ModuleNotFoundError as error:
        raise NotAvailable(
            f"notebooks need {error.name}", "this environment", "pip install 'qdecon[notebook]'"
        ) from error
    load(plan)  # what is wrong with it is said here, not in a cell
    own = (Path(plan) / "plan.toml").is_file()
    home = Path(plan) if own else Path(folder or "")
    if not own and folder is None:
        raise NotAvailable(f"the plan {plan!s} has no folder of its own", "argument folder", "name one: --folder NAME")
    path = home / NOTEBOOK
    text = path.read_text(encoding="utf-8") if own and path.is_file() else first_look("." if own else str(plan))
    try:
        notebook = nbformat.reads(text, as_version=4)
    except (ValueError, nbformat.ValidationError) as error:
        raise NotAvailable("this is no notebook", str(path), "mend it or move it away: it is made anew") from error
    with alone(home):
        client = NotebookClient(
            notebook,
            kernel_name="python3",
            timeout=PATIENCE,
            record_timing=False,
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": str(home.resolve())}},
        )
        try:
            client.execute()
        except CellExecutionError as error:
            raise NotAvailable(
                f"a cell fails: {error.ename}: {error.evalue[:300]}",
                str(path),
                "open it in JupyterLab and run it there",
            ) from error
        write_whole(home, {NOTEBOOK: (nbformat.writes(notebook).rstrip("\n") + "\n").encode()})
    return path
