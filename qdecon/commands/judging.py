"""Commands that judge: ``scorecard``, ``dossier``, ``audit``, ``scenario`` and ``peers``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qdecon.commands.shell import as_json, rows
from qdecon.errors import NotAvailable

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from qdecon.commands.shell import Shell
    from qdecon.data import Dataset
    from qdecon.scenario import Scenario


def add_judging(shell: Shell) -> None:
    """Declare them."""
    card = shell.command("scorecard", _scorecard, "judge every target and print the table", as_of=True, lang=True)
    card.add_argument("--json", action="store_true", help="one JSON array, an object a reading")
    card.add_argument("--full", action="store_true", help="everything that surrounds each verdict: its dossier")
    text = "print everything about one target: rules, base rate, sensitivity, history"
    file = shell.command("dossier", _dossier, text, as_of=True, lang=True)
    file.add_argument("target", help="id of a target, for instance t06")
    file.add_argument("--json", action="store_true", help="one JSON object")
    audit = shell.command("audit", _audit, "check the plan's own arithmetic and consistency", as_of=True, lang=True)
    audit.add_argument("--json", action="store_true", help="one JSON array, an object a finding")
    text = "judge targets still to come under named assumptions"
    assumed = shell.command("scenario", _scenario, text, as_of=True, lang=True)
    assumed.add_argument("name", nargs="*", help="presets or TOML files (default: all presets that fit the plan)")
    assumed.add_argument(
        "--target", action="append", metavar="ID", help="default: every target that the accounts reach"
    )
    assumed.add_argument("--json", action="store_true", help="one JSON array, an object a target and scenario")
    text = "judge every official city, or province, by one target of your own"
    many = shell.command("peers", _peers, text, plan=None, as_of=True, lang=True)
    many.add_argument("indicator", help="as the peers' tables name it: gdp, gdp_growth_real, va_tertiary, ...")
    many.add_argument("value", type=float, help="the figure asked for, in the indicator's unit; of a multiple, times")
    many.add_argument("deadline", type=int, help="year of the figure that settles it")
    many.add_argument("--kind", choices=("cities", "provinces", "nation"), default="cities", help="default: cities")
    many.add_argument("--times-of", type=int, metavar="YEAR", help="the value is a multiple of this year's figure")
    many.add_argument("--at-most", action="store_true", help="the value is a ceiling")
    many.add_argument("--json", action="store_true", help="one JSON array, an object a place")


def _scorecard(options: argparse.Namespace) -> int:
    from qdecon.data import load
    from qdecon.verdict import scorecard

    dataset = load(options.plan, as_of=options.as_of)
    if options.full:
        return _full(dataset, options)
    card = scorecard(dataset)
    print(as_json(card.to_records()) if options.json else card.text(options.lang))
    return 0


def _full(dataset: Dataset, options: argparse.Namespace) -> int:
    from qdecon.scrutiny import dossiers

    files = dossiers(dataset)
    if options.json:
        print(as_json([each.to_record() for each in files]))
    else:
        print(
            "\n\n\n".join(each.text(options.lang) for each in files if each.target.group in ("numeric", "enterprise"))
        )
    return 0


def _dossier(options: argparse.Namespace) -> int:
    from qdecon.data import load
    from qdecon.scrutiny import dossier

    found = dossier(load(options.plan, as_of=options.as_of), options.target)
    print(as_json(found.to_record()) if options.json else found.text(options.lang))
    return 0


def _audit(options: argparse.Namespace) -> int:
    from qdecon.data import load
    from qdecon.scrutiny import audit_plan

    found = audit_plan(load(options.plan, as_of=options.as_of))
    print(rows(found.to_frame(options.lang)) if options.json else found.text(options.lang))
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
        print(rows(made.to_frame(options.lang).round({"probability": 3, "median": 2, "lo80": 2, "hi80": 2})))
    else:
        print(made.text(options.lang))
    return 0


def _peers(options: argparse.Namespace) -> int:
    from qdecon.data.gathering import peers
    from qdecon.plan import common_target
    from qdecon.verdict import scorecard

    places = peers(options.kind, as_of=options.as_of)
    indicator = next(iter(places.values())).indicator(options.indicator)
    multiple = options.times_of is not None
    target = common_target(
        indicator.id,
        "multiple_of_baseline" if multiple else "share" if indicator.kind == "share" else "level",
        "at_most" if options.at_most else "at_least",
        options.value,
        "倍" if multiple else indicator.unit,
        options.deadline,
        baseline=options.times_of,
    )
    standing = scorecard(places, target)
    print(as_json(standing.to_records()) if options.json else standing.text(options.lang))
    return 0
