"""Commands for a plan of one's own: ``new``, ``check``, ``import``, ``export``, ``refresh`` and ``notebook``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qdecon.commands.shell import FAILED

if TYPE_CHECKING:
    import argparse

    from qdecon.commands.shell import Shell

_FACTS = {
    "place_zh": "the place, in Chinese", "place_en": "the place, in English",
    "title_zh": "the document, in Chinese", "title_en": "the document, in English",
    "publisher": "who published it", "published": "when, YYYY-MM-DD",
    "first": "first year of the plan", "last": "last year of the plan",
}  # fmt: skip


def add_plans(shell: Shell) -> None:
    """Declare them."""
    text = "make a folder for a plan of one's own, with commented examples"
    new = shell.command("new", _new, text, plan=None, lang=True)
    new.add_argument("folder", help="its name becomes the plan's id")
    new.add_argument("--like", metavar="PLAN", help="copy an embedded plan with its figures, to go on from there")
    for name, told in _FACTS.items():
        new.add_argument(f"--{name.replace('_', '-')}", metavar=name.rpartition("_")[2].upper(), default="", help=told)
    shell.command("check", _check, "list every problem of the data at once, and say what to do next", lang=True)
    text = "show what a table says in the terms of a plan, and write it if asked"
    table = shell.command("import", _import, text, plan="", lang=True)
    table.add_argument("file", help="CSV or XLSX")
    table.add_argument("--mapping", metavar="FILE", help="what the headers mean (default: mapping.toml of the plan)")
    table.add_argument("--write", action="store_true", help="append the rows; without it nothing is written")
    out = shell.command("export", _export, "write every figure with its source, as CSV or XLSX", as_of=True)
    out.add_argument("file", help="name ending in .csv or .xlsx")
    text = "retrieve the figures that the plan's feed.toml names, append what is new, tell which verdicts moved"
    fresh = shell.command("refresh", _refresh, text, plan="", lang=True)
    fresh.add_argument("--dry-run", action="store_true", help="tell what would be appended, write nothing")
    fresh.add_argument("--base-url", metavar="URL", help="another address of the database")
    text = "run the first notebook of a plan and store it with its outputs"
    notebook = shell.command("notebook", _notebook, text)
    notebook.add_argument("--folder", help="where the notebook of an embedded plan goes")


def _new(options: argparse.Namespace) -> int:
    from qdecon.data import check
    from qdecon.sources import next_steps, start_plan

    facts = {name: getattr(options, name) for name in _FACTS if getattr(options, name)}
    for path in start_plan(options.folder, facts, like=options.like):
        print(path)
    print(next_steps(options.folder, check(options.folder))[options.lang])
    return 0


def _import(options: argparse.Namespace) -> int:
    from pathlib import Path

    from qdecon.data import check
    from qdecon.sources import next_steps, read_import, write_import

    beside = Path(options.plan, "mapping.toml")
    understood = read_import(options.file, options.plan, options.mapping or (beside if beside.is_file() else None))
    print(understood.text(options.lang))
    if understood.problems:
        return FAILED
    if options.write:
        print(f"{len(write_import(understood, options.plan))} rows written to {options.plan}/observations.csv")
        print(next_steps(options.plan, check(options.plan))[options.lang])
    return 0


def _export(options: argparse.Namespace) -> int:
    from qdecon.data import load
    from qdecon.sources import export_table

    print(export_table(load(options.plan, as_of=options.as_of), options.file))
    return 0


def _refresh(options: argparse.Namespace) -> int:
    import datetime as dt

    from qdecon.sources.nbs import BASE_URL, Client
    from qdecon.sources.refresh import refresh

    beijing = dt.timezone(dt.timedelta(hours=8))  # the vintage is the day that it is where the database stands
    retrieved = dt.datetime.now(beijing).date()  # noqa: TID251  the one place that asks for the day
    with Client(options.base_url or BASE_URL) as client:
        told = refresh(options.plan, retrieved, client=client, dry_run=options.dry_run)
    print(told.text(options.lang))
    return 0


def _notebook(options: argparse.Namespace) -> int:
    from qdecon.sources import run_notebook

    print(run_notebook(options.plan, options.folder))
    return 0


def _check(options: argparse.Namespace) -> int:
    from qdecon.data import check
    from qdecon.sources import next_steps

    problems = check(options.plan)
    for problem in problems:
        print(problem)
    count = f"{len(problems)} problem{'' if len(problems) == 1 else 's'}" if problems else "no problems"
    print(count, next_steps(options.plan, problems)[options.lang], sep="\n")
    return FAILED if problems else 0
