"""Commands that publish: ``figures``, ``report`` and ``explore``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from qdecon.commands.shell import FAILED

if TYPE_CHECKING:
    import argparse

    from qdecon.commands.shell import Shell


def add_publishing(shell: Shell) -> None:
    """Declare them."""
    figures = shell.command("figures", _figures, "write the figures, or check the ones on disk", as_of=True)
    figures.add_argument("--folder", help="where they are (default: figures, or a folder in it named like the size)")
    figures.add_argument("--size", metavar="NAME", help="web, slide, column or square, instead of slide and column")
    figures.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="a figure, or the id or name of a target"
    )
    figures.add_argument("--check", action="store_true", help="compare with a fresh run, say why, write nothing")
    pages = shell.command("report", _report, "write the report: a folder of pages that opens from disk", as_of=True)
    pages.add_argument("--folder", default="report", help="where to (default: report)")
    pages.add_argument("--since", metavar="DATE", help="tell what moved since this day (default: a year before)")
    pages.add_argument("--site", default="", metavar="ADDRESS", help="where it will stand on the web, for the feed")
    pages.add_argument("--jobs", type=int, default=0, metavar="N", help="processes (default: one a processor)")
    pages.add_argument(
        "--cache", metavar="FOLDER", help="for finished pages, safe to delete (default: the user's cache)"
    )
    pages.add_argument("--no-cache", action="store_true", help="make every page anew and keep none")
    text = "open the page on which the assumptions can be moved, until Ctrl-C"
    page = shell.command("explore", _explore, text, as_of=True, lang=True)
    page.add_argument("--port", type=int, default=0, metavar="N", help="default: any free one")
    page.add_argument("--no-browser", action="store_true", help="print the address only")


def _figures(options: argparse.Namespace) -> int:
    from pathlib import Path

    from qdecon.data import load
    from qdecon.publication import check_figures, gather, publish, shipped_digests
    from qdecon.publication.edition import edition
    from qdecon.sources import presets, read_scenario
    from qdecon.verdict import scorecard

    edition(options.size)  # a wrong size is told before anything is computed
    dataset = load(options.plan, as_of=options.as_of)
    card, folder = scorecard(dataset), Path(options.folder or Path("figures", options.size or ""))
    around = gather(dataset, card, [read_scenario(name) for name in presets()])
    digests = {**dataset.digests, **shipped_digests()}
    if not options.check:
        written = publish(card, folder, around, digests=digests, size=options.size, only=options.only)
        print(f"{len(written)} files written to {folder}/" if written else f"{folder}/ is up to date")
        return 0
    problems = check_figures(card, folder, around, digests=digests, size=options.size, only=options.only)
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems" if problems else "figures agree with a fresh run")
    return FAILED if problems else 0


def _report(options: argparse.Namespace) -> int:
    from qdecon.data import load
    from qdecon.report import Settings, Work, build_report, default_cache

    dataset = load(options.plan, as_of=options.as_of)
    settings = Settings.of(dataset, options.since, options.site)
    cache = None if options.no_cache else options.cache or default_cache()
    written = build_report(
        dataset, options.folder, settings, Work.of(cache, options.jobs, progress=sys.stderr.isatty())
    )
    told = f"{len(written)} files written to {options.folder}/" if written else f"{options.folder}/ is up to date"
    print(f"{told}; open {options.folder}/index.html")
    return 0


def _explore(options: argparse.Namespace) -> int:
    from qdecon.explore.server import serve

    serve(
        options.plan,
        options.as_of,
        options.port,
        not options.no_browser,
        options.lang,
        tell=lambda address: print(address, flush=True),
    )
    return 0
