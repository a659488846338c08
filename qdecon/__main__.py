"""The command line: ``qdecon scorecard | dossier | audit | scenario | explore | check | figures | report | ...``."""

from __future__ import annotations

import argparse
import json
import sys
from time import perf_counter
from typing import TYPE_CHECKING

from qdecon import __version__
from qdecon.errors import NotAvailable, QdeconError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from qdecon.data import Dataset
    from qdecon.scenario import Scenario

FAILED, MISUSED = 1, 2
_FACTS = {
    "place_zh": "the place, in Chinese", "place_en": "the place, in English",
    "title_zh": "the document, in Chinese", "title_en": "the document, in English",
    "publisher": "who published it", "published": "when, YYYY-MM-DD",
    "first": "first year of the plan", "last": "last year of the plan",
}  # fmt: skip


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
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, run: object, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.add_argument("--plan", default="qingdao", help="embedded plan or folder (default: qingdao)")
        sub.set_defaults(run=run)
        return sub

    card = command("scorecard", _scorecard, "judge every target and print the table")
    card.add_argument("--json", action="store_true", help="one JSON array, an object a reading")
    card.add_argument("--full", action="store_true", help="everything that surrounds each verdict: its dossier")
    file = command("dossier", _dossier, "print everything about one target: rules, base rate, sensitivity, history")
    file.add_argument("target", help="id of a target, for instance t06")
    file.add_argument("--json", action="store_true", help="one JSON object")
    audit = command("audit", _audit, "check the plan's own arithmetic and consistency")
    audit.add_argument("--json", action="store_true", help="one JSON array, an object a finding")
    assumed = command("scenario", _scenario, "judge targets still to come under named assumptions")
    assumed.add_argument("name", nargs="*", help="presets or TOML files (default: all presets)")
    assumed.add_argument(
        "--target", action="append", metavar="ID", help="default: every target that the accounts reach"
    )
    assumed.add_argument("--json", action="store_true", help="one JSON array, an object a target and scenario")
    page = command("explore", _explore, "open the page on which the assumptions can be moved, until Ctrl-C")
    page.add_argument("--port", type=int, default=0, metavar="N", help="default: any free one")
    page.add_argument("--no-browser", action="store_true", help="print the address only")
    check = command("check", _check, "list every problem of the data at once")
    figures = command("figures", _figures, "write the figures, or check the ones on disk")
    figures.add_argument("--folder", help="where they are (default: figures, or a folder in it named like the size)")
    figures.add_argument("--size", metavar="NAME", help="web, slide, column or square, instead of slide and column")
    figures.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="a figure, or the id or name of a target"
    )
    figures.add_argument("--check", action="store_true", help="compare with a fresh run, say why, write nothing")
    pages = command("report", _report, "write the report: a folder of pages that opens from disk")
    pages.add_argument("--folder", default="report", help="where to (default: report)")
    pages.add_argument("--since", metavar="DATE", help="tell what moved since this day (default: a year before)")
    pages.add_argument("--site", default="", metavar="ADDRESS", help="where it will stand on the web, for the feed")
    pages.add_argument("--jobs", type=int, default=0, metavar="N", help="processes (default: one a processor)")
    pages.add_argument(
        "--cache", metavar="FOLDER", help="for finished pages, safe to delete (default: the user's cache)"
    )
    pages.add_argument("--no-cache", action="store_true", help="make every page anew and keep none")
    backtest = command("backtest", _backtest, "replay the projections on the peers, or score models on a panel file")
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
    new = commands.add_parser("new", help="make a folder for a plan of one's own, with commented examples")
    new.add_argument("folder", help="its name becomes the plan's id")
    new.add_argument("--like", metavar="PLAN", help="copy an embedded plan with its figures, to go on from there")
    for name, text in _FACTS.items():
        new.add_argument(f"--{name.replace('_', '-')}", metavar=name.rpartition("_")[2].upper(), default="", help=text)
    new.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of what is shown (default: zh)")
    new.set_defaults(run=_new)
    notebook = command("notebook", _notebook, "run the first notebook of a plan and store it with its outputs")
    notebook.add_argument("--folder", help="where the notebook of an embedded plan goes")
    for sub in (card, file, audit, assumed, page, pages, figures):
        sub.add_argument("--as-of", metavar="DATE", help="judge on what was known on this day, YYYY-MM-DD")
    for sub in (card, file, audit, assumed, page, check, backtest):
        sub.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of what is shown (default: zh)")
    return parser


def _scorecard(options: argparse.Namespace) -> int:
    from qdecon.data import load
    from qdecon.verdict import scorecard

    dataset = load(options.plan, as_of=options.as_of)
    if options.full:
        return _full(dataset, options)
    card = scorecard(dataset)
    print(_json(card.to_records()) if options.json else card.text(options.lang))
    return 0


def _full(dataset: Dataset, options: argparse.Namespace) -> int:
    from qdecon.scrutiny import dossiers

    files = dossiers(dataset)
    if options.json:
        print(_json([each.to_record() for each in files]))
    else:
        print(
            "\n\n\n".join(each.text(options.lang) for each in files if each.target.group in ("numeric", "enterprise"))
        )
    return 0


def _dossier(options: argparse.Namespace) -> int:
    from qdecon.data import load
    from qdecon.scrutiny import dossier

    found = dossier(load(options.plan, as_of=options.as_of), options.target)
    print(_json(found.to_record()) if options.json else found.text(options.lang))
    return 0


def _audit(options: argparse.Namespace) -> int:
    from qdecon.data import load
    from qdecon.scrutiny import audit_plan

    found = audit_plan(load(options.plan, as_of=options.as_of))
    print(_rows(found.to_frame(options.lang)) if options.json else found.text(options.lang))
    return 0


def _scenario(options: argparse.Namespace) -> int:
    from qdecon.data import load
    from qdecon.scenario import ahead, compare, fitting
    from qdecon.sources import presets, read_scenario

    dataset = load(options.plan, as_of=options.as_of)
    scenarios: Sequence[Scenario] = [read_scenario(name) for name in options.name or presets()]
    if not options.name:
        scenarios = fitting(dataset, scenarios)
    targets = options.target or ahead(dataset)
    if not targets:
        what = f"no target of {dataset.plan.id} lies ahead of the accounts, so nothing can be assumed for it"
        raise NotAvailable(what, "the plan", "choose a plan with a later deadline, and give figures of its gdp")
    made = compare(dataset, scenarios, targets)
    if options.json:
        print(_rows(made.to_frame(options.lang).round({"probability": 3, "median": 2, "lo80": 2, "hi80": 2})))
    else:
        print(made.text(options.lang))
    return 0


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


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


def _backtest(options: argparse.Namespace) -> int:
    if options.badges:
        return _badges(options)
    if options.file:
        return _score(options)
    from qdecon.data import load
    from qdecon.replay import backtest

    record = backtest(load(options.plan))
    print(_rows(record.coverage()) if options.json else record.text(options.lang))
    _store(record.tables(), options.folder)
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
    print(_rows(tables["badges.csv"]) if options.json else record.text(options.lang))
    _store(tables, options.folder)
    return 0


def _rows(table: pd.DataFrame) -> str:
    """A table as a JSON array, an object a row."""
    rows = table.astype(object)
    return _json(rows.where(rows.notna(), None).to_dict("records"))


def _store(tables: Mapping[str, pd.DataFrame], folder: str | None) -> None:
    from qdecon.publication.writing import alone, write_whole

    if folder:
        files = {name: table.to_csv(index=False, lineterminator="\n").encode() for name, table in tables.items()}
        with alone(folder) as home:
            write_whole(home, files)


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
        print(_json({"file": options.file, "left_out": left_out, "rows": rows}))
        return 0
    print(comparison_text(rows))
    for name, reason in panel.left_out:
        print(f"left out: {name}: {reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
