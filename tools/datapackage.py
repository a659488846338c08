"""Describe the tables of data/ as Frictionless data packages, so that other tools can open them.

python -m tools.datapackage
"""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "data"
PACKAGES = {
    "qingdao": "Targets of Qingdao's plan for the real economy, and every figure published about them",
    "china": "An aim of the nation's 14th five-year plan, and the figures published about it",
    "peers": "Main cities, provinces, the nation and other countries: the reference classes",
    "record": "How often past bands held and badges were right, replayed forward in time",
}
KEYS = {
    "observations.csv": ["indicator", "period", "vintage", "source"],
    "sources.csv": ["id"],
    "ledger.csv": ["number"],
    "quotations.csv": ["clause"],
    "cities.csv": ["place", "indicator", "basis", "period"],
    "provinces.csv": ["place", "indicator", "basis", "period"],
    "countries.csv": ["place", "indicator", "basis", "period"],
    "nation.csv": ["place", "indicator", "basis", "period"],
    "revisions.csv": ["place", "indicator", "period"],
    "breaks.csv": ["place", "indicator", "period"],
    "places.csv": ["place", "kind"],
    "coverage.csv": ["panel", "horizon"],
    "quantiles.csv": ["horizon"],
    "coverage_by_origin.csv": ["panel", "horizon", "origin"],
    "badges.csv": ["panel", "protocol", "knowledge", "forecaster"],
    "badges_by_time.csv": ["panel", "protocol", "horizon", "used", "forecaster"],
    "reliability.csv": ["panel", "low"],
}
TEXT = {"period", "published", "date", "code", "id", "sha256", "digest"}  # digits that are no numbers


def described(folder: str) -> dict[str, Any]:
    """The data package of one folder.

    Fields are named and typed from the tables themselves: a column is a number if every filled cell is one.
    """
    resources = []
    for path in sorted((DATA / folder).glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            reader = csv.DictReader(handle)
            names, rows = list(reader.fieldnames or []), list(reader)
        fields = [{"name": name, "type": _type(name, [row[name] for row in rows])} for name in names]
        schema = {"fields": fields, "primaryKey": KEYS[path.name], "missingValues": [""]}
        resources.append(
            {
                "name": path.stem.replace("_", "-"),
                "path": path.name,
                "profile": "tabular-data-resource",
                "schema": schema,
            }
        )
    return {
        "name": f"qdecon-{folder}",
        "title": PACKAGES[folder],
        "profile": "tabular-data-package",
        "resources": resources,
    }


def _type(name: str, cells: list[str]) -> str:
    filled = [cell for cell in cells if cell]
    if name in TEXT or not filled:
        return "string"
    if all(re.fullmatch(r"-?\d+", cell) for cell in filled):
        return "integer"
    return "number" if all(re.fullmatch(r"-?\d+(\.\d+)?", cell) for cell in filled) else "string"


if __name__ == "__main__":
    for each in PACKAGES:
        text = json.dumps(described(each), ensure_ascii=False, indent=2) + "\n"
        (DATA / each / "datapackage.json").write_text(text, encoding="utf-8")
