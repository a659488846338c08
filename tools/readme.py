"""Fill the generated parts of README.md from a run, so that its finding cannot go stale.

A part stands between `<!-- name -->` and `<!-- /name -->`.

    python -m tools.readme            write
    python -m tools.readme --check    compare only
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import re
import sys
from pathlib import Path

import qdecon as qd
from qdecon.rules import NAMES
from qdecon.verdict import STATUS_WORDS

ROOT = Path(__file__).resolve().parent.parent
README, FIELD = ROOT / "README.md", ROOT / "benchmarks" / "accuracy.csv"
BADGES = {"forward": ROOT / "data" / "record" / "badges.csv", "crossed": ROOT / "benchmarks" / "badges.csv"}
SHOWN = {
    "default model, calibrated on the set": "qdecon",
    "RandomWalkWithDrift": "drift",
    "DynamicOptimizedTheta": "statsforecast DynamicOptimizedTheta",
    "AutoETS": "statsforecast AutoETS",
    "ETSModel, damped": "statsmodels ETS, damped",
}
API = """import qdecon as qd

city = qd.load("qingdao")                 # the plan and every figure, as known on the latest date
verdict = qd.assess(city, "t29")          # one target
print(verdict)                            # one sentence, Chinese and English
file = qd.dossier(city, "t06-2028")       # and what surrounds one: rules, base rate, sensitivity, history, ...
print(file.sensitivity)
print(qd.load("qingdao", as_of="2023-03-31").latest("gdp").value)   # what was known then
"""


def finding() -> str:
    """Summary and the four headline verdicts, in both languages."""
    card = qd.scorecard(qd.load("qingdao"))
    headlines = [verdict for verdict in card.verdicts if verdict.target.headline]
    lines = [f"**{card.summary().zh}**", "", f"**{card.summary().en}**", ""]
    for verdict in headlines:
        word = STATUS_WORDS[verdict.status]
        lines += [f"- **{word.zh} · {word.en}** {verdict.sentence.zh}", f"  {verdict.sentence.en}"]
    return "\n".join(lines)


def api() -> str:
    """The four lines and what they print."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(API, "README.md", "exec"), {})  # the very lines that are shown
    return f"```python\n{API}```\n\n```text\n{printed.getvalue()}```"


def record() -> str:
    """Coverage of past bands, forward in time."""
    lines = [
        "| panel | years ahead | 80 % held | worst origin year | 95 % held | CRPS against drift | origins | n |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in qd.load("qingdao").peers.record:
        if "left out" not in row.panel:
            held, against = f"{row.coverage80:.0%}", f"{row.crps / row.crps_drift - 1:+.0%}"
            cells = (row.panel, row.horizon, held, f"{row.worst80:.0%}", f"{row.coverage95:.0%}", against)
            lines.append("| " + " | ".join(str(cell) for cell in (*cells, row.origins, row.cases)) + " |")
    return "\n".join(lines)


def field() -> str:
    """The default model beside other libraries, from the stored results of `make bench`."""
    lines = [
        "| set | method | MASE | sMAPE | 80 % held | 95 % held | MSIS at 95 % |",
        "|---|---|---|---|---|---|---|",
    ]
    with FIELD.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            if row["method"] in SHOWN:
                held = (f"{float(row[name]):.0%}" for name in ("coverage80", "coverage95"))
                cells = (
                    row["set"],
                    SHOWN[row["method"]],
                    f"{float(row['mase']):.2f}",
                    f"{float(row['smape']):.1f}",
                    *held,
                )
                lines.append("| " + " | ".join((*cells, f"{float(row['msis95']):.1f}")) + " |")
    return "\n".join(lines)


def badges() -> str:
    """Published rules beside qdecon as forecasts of "target met": the record on places, and competition series."""
    heads = ["targets", "n", "met", "Eurostat's badge right", "its Brier score", "recalibrated"]
    heads += ["best recalibrated rule", "qdecon", "best less qdecon"]
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    groups: dict[tuple[str, str], list[dict[str, str]]] = {}
    for knowledge, path in BADGES.items():
        with path.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                if row.get("knowledge", knowledge) == knowledge:
                    groups.setdefault((row.get("panel") or row["set"], row["protocol"]), []).append(row)
    for (name, protocol), rows in groups.items():
        rules = {row["forecaster"]: row for row in rows if row["forecaster"] != "qdecon"}
        known, best = rules["eurostat"], min(rules.values(), key=lambda row: float(row["brier"]))
        own = float(best["brier"]) - float(best["more"])
        apart = f"{float(best['more']):+.3f} ({float(best['low']):+.3f} to {float(best['high']):+.3f})"
        cells = (
            f"{name}, {protocol}",
            f"{int(best.get('compared') or best['n']):,}",
            f"{float(known['rate']):.0%}",
            f"{float(known['hit_rate']):.0%}",
            f"{float(known['brier_badge']):.3f}",
            f"{float(known['brier']):.3f}",
            f"{float(best['brier']):.3f} ({NAMES[best['forecaster']].en})",
            f"{own:.3f}",
        )
        lines.append("| " + " | ".join((*cells, apart)) + " |")
    lines += ["", "Chances qdecon stated, and how many came true (`data/record/reliability.csv`):", ""]
    for each in qd.load("qingdao").peers.reliability:
        if each.low >= 0.8 or each.high <= 0.2:
            came = f"{each.came:.0%} came true ({each.came_low:.0%} to {each.came_high:.0%} over whole years)"
            lines.append(f"- {each.panel}, {each.low:.0%} to {each.high:.0%}: {came}, n={each.n:,}.")
    return "\n".join(lines)


PARTS = {"finding": finding, "api": api, "record": record, "badges": badges, "field": field}


def filled(text: str) -> str:
    """README with every part generated anew."""
    for name, make in PARTS.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        found = pattern.search(text)
        if found is None:
            sys.exit(f"README.md has no part {name!r}: add <!-- {name} --> and <!-- /{name} -->")
        text = text[: found.end(1)] + make() + "\n" + text[found.start(2) :]
    return text


def main() -> int:
    """Write the README, or compare."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--check", action="store_true", help="compare only")
    options = parser.parse_args()
    text = README.read_text(encoding="utf-8")
    fresh = filled(text)
    if options.check:
        if fresh != text:
            print("README.md has drifted from what a run gives: run `make readme`")
        return int(fresh != text)
    README.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
