"""The command that replays: ``backtest``."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from qdecon.commands.shell import as_json, rows, store

if TYPE_CHECKING:
    import argparse

    from qdecon.commands.shell import Shell


def add_replaying(shell: Shell) -> None:
    """Declare it."""
    text = "replay the projections on the peers, or score models on a panel file"
    backtest = shell.command("backtest", _backtest, text, lang=True)
    backtest.add_argument("file", nargs="?", help="panel of annual series, CSV or CSV.gz: id,year,value or id,h,values")
    backtest.add_argument("--folder", help="write the tables of the peers here (default: print only)")
    backtest.add_argument(
        "--badges", action="store_true", help="score every published rule's badge beside qdecon's chance"
    )
    panel = backtest.add_argument_group("with a file")
    panel.add_argument("--horizon", type=int, metavar="H", help="years ahead, where the file does not say (default: 6)")
    panel.add_argument("--model", action="append", metavar="NAME", help="naive, drift and median if none is named")
    panel.add_argument("--origins", type=int, default=1, metavar="N", help="rolling origins, a year apart (default: 1)")
    panel.add_argument("--jobs", type=int, default=1, metavar="N", help="workers (default: 1)")
    backtest.add_argument("--json", action="store_true", help="JSON instead of a table")


def _backtest(options: argparse.Namespace) -> int:
    if options.badges:
        return _badges(options)
    if options.file:
        return _score(options)
    from qdecon.data import load
    from qdecon.replay import backtest

    record = backtest(load(options.plan))
    print(rows(record.coverage()) if options.json else record.text(options.lang))
    store(record.tables(), options.folder)
    return 0


def _badges(options: argparse.Namespace) -> int:
    from pathlib import Path

    from qdecon.data import load
    from qdecon.replay import score_badges, score_badges_across
    from qdecon.sources import read_panel

    if options.file:
        panel = read_panel(options.file, options.horizon)
        record = score_badges_across(Path(options.file).name.split(".")[0], [each.values for each in panel.series])
    else:
        record = score_badges(load(options.plan))
    tables = record.tables()
    print(rows(tables["badges.csv"]) if options.json else record.text(options.lang))
    store(tables, options.folder)
    return 0


def _score(options: argparse.Namespace) -> int:
    from qdecon.data import shipped_quantiles
    from qdecon.models import model
    from qdecon.replay import compare_models, comparison_text
    from qdecon.sources import read_panel

    panel = read_panel(options.file, options.horizon)
    models = [model(name) for name in options.model or ("naive", "drift", "median")]
    series = [(each.values, each.horizon) for each in panel.series]
    rows = compare_models(
        series, models, shipped_quantiles(), origins=options.origins, jobs=options.jobs, clock=perf_counter
    )
    if options.json:
        left_out = [{"id": name, "reason": reason} for name, reason in panel.left_out]
        print(as_json({"file": options.file, "left_out": left_out, "rows": rows}))
        return 0
    print(comparison_text(rows))
    for name, reason in panel.left_out:
        print(f"left out: {name}: {reason}")
    return 0
