"""What all commands share: how one is declared, and how results are printed and stored."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping

    import pandas as pd

FAILED, MISUSED = 1, 2


@dataclass(frozen=True)
class Shell:
    """Where commands are declared."""

    commands: Any  # argparse keeps the type to itself

    def command(
        self,
        name: str,
        run: Callable[[argparse.Namespace], int],
        text: str,
        *,
        plan: str | None = "qingdao",
        as_of: bool = False,
        lang: bool = False,
    ) -> argparse.ArgumentParser:
        """Declare a command; ``plan`` is the default of its option of that name, None if it has none."""
        parser: argparse.ArgumentParser = self.commands.add_parser(name, help=text, description=text)
        parser.set_defaults(run=run)
        if plan is not None:
            shown = f" (default: {plan})" if plan else ""
            parser.add_argument(
                "--plan", default=plan, required=not plan, help=f"{'embedded plan or ' if plan else ''}folder{shown}"
            )
        if as_of:
            parser.add_argument("--as-of", metavar="DATE", help="judge on what was known on this day, YYYY-MM-DD")
        if lang:
            parser.add_argument(
                "--lang", choices=("zh", "en"), default="zh", help="language of what is shown (default: zh)"
            )
        return parser


def as_json(value: object) -> str:
    """A record as JSON."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def rows(table: pd.DataFrame) -> str:
    """A table as a JSON array, an object a row."""
    cells = table.astype(object)
    return as_json(cells.where(cells.notna(), None).to_dict("records"))


def store(tables: Mapping[str, pd.DataFrame], folder: str | None) -> None:
    """Write tables into a folder, each whole; nothing without one."""
    from qdecon.publication.table import harmless
    from qdecon.publication.writing import alone, write_whole

    if folder:
        files = {
            name: harmless(table).to_csv(index=False, lineterminator="\n").encode() for name, table in tables.items()
        }
        with alone(folder) as home:
            write_whole(home, files)
