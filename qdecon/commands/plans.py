"""Commands for a plan of one's own: ``new``, ``check`` and ``notebook``."""

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
