"""The commands, a module a kind; each says what it takes and calls the library."""

from __future__ import annotations

from typing import Any

from qdecon.commands.judging import add_judging
from qdecon.commands.plans import add_plans
from qdecon.commands.publishing import add_publishing
from qdecon.commands.replaying import add_replaying
from qdecon.commands.shell import FAILED, MISUSED, Shell

__all__ = ["FAILED", "MISUSED", "declare"]


def declare(commands: Any) -> None:
    """Declare every command.

    Parameters
    ----------
    commands : the subparsers of an ``argparse.ArgumentParser``
    """
    shell = Shell(commands)
    for add in (add_judging, add_publishing, add_plans, add_replaying):
        add(shell)
