"""The command line: ``qdecon scorecard | dossier | audit | peers | figures | report | explore | new | check | ...``."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from qdecon import __version__
from qdecon.commands import FAILED, declare
from qdecon.errors import QdeconError

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns
    -------
    int
        0 if all went well, 1 if the data or the figures have problems, 2 if the command was misused.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except QdeconError as error:
        print(error, file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        sys.stderr.close()  # the reader of the pipe went away: nothing more to say
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="qdecon", description="Judge honestly whether a published target will be met."
    )
    parser.add_argument("--version", action="version", version=f"qdecon {__version__}")
    declare(parser.add_subparsers(required=True, metavar="command"))
    return parser


if __name__ == "__main__":
    sys.exit(main())
