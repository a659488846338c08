"""The pieces of work of a report: one a target, one for the figures of the whole plan, and the pages of the plan."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from qdecon.publication.sheet import figures_of
from qdecon.report.changes import Move, move_since, turns
from qdecon.report.pages import plan_files, target_files
from qdecon.report.picture import Picture, picture
from qdecon.scrutiny import dossier
from qdecon.verdict import scorecard

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qdecon.data import Dataset
    from qdecon.report.pages import Settings

TOLD = "told.json"  # what the pages of the plan need to know of a piece; no file of the report
PLATES, WHOLE = "plates", "whole"  # names of pieces beside the ids of targets


def piece(dataset: Dataset, settings: Settings, name: str) -> dict[str, bytes]:
    """Files of a piece of work by address: that of a target, or the figures of the whole plan."""
    return plates_piece(dataset) if name == PLATES else target_piece(dataset, settings, name)


def target_piece(dataset: Dataset, settings: Settings, target_id: str) -> dict[str, bytes]:
    """Everything of one target: its pages, its figures, and what the pages of the plan need to know of it."""
    gathered = dossier(dataset, target_id)
    pictures, files = dict[str, Picture](), dict[str, bytes]()
    own = [("trajectory", each) for each in figures_of(gathered.verdict)]
    sheets = dict([*own, *((_part(each.slug, target_id), each) for each in figures_of(gathered))])
    for part, sheet in sheets.items():
        narrow = part == "trajectory" and gathered.target.headline
        pictures[part], drawn = picture(sheet, dataset.plan.id, dataset.digests, narrow=narrow)
        files |= drawn
    files |= target_files(dataset, gathered, pictures)
    told = {
        "since": asdict(move_since(dataset, gathered.target, settings.since, gathered.verdict)),
        "turns": [asdict(move) for move in turns(gathered.history)],
        "picture": asdict(pictures["trajectory"]) if "trajectory" in pictures else None,
    }
    return files | {TOLD: json.dumps(told, ensure_ascii=False).encode()}


def _part(slug: str, target_id: str) -> str:
    """Part of a dossier that a figure belongs to."""
    name = slug.removeprefix(f"{target_id}-").replace("-", "_")
    return {"specification": "sensitivity"}.get(name, name)


def plates_piece(dataset: Dataset) -> dict[str, bytes]:
    """The figures of the whole plan."""
    pictures, files = dict[str, Any](), dict[str, bytes]()
    for sheet in (*figures_of(scorecard(dataset)), *figures_of(dataset)):
        made, drawn = picture(sheet, dataset.plan.id, dataset.digests)
        pictures[sheet.slug] = asdict(made)
        files |= drawn
    return files | {TOLD: json.dumps(pictures, ensure_ascii=False).encode()}


def whole_piece(dataset: Dataset, settings: Settings, told: Sequence[Mapping[str, Any]]) -> dict[str, bytes]:
    """The pages of the whole plan, from what was told of the plates and of each target."""
    plates, *targets = told
    moves = {
        "since": [Move.from_record(each["since"]) for each in targets],
        "turns": [Move.from_record(move) for each in targets for move in each["turns"]],
    }
    pictures = {
        target.id: Picture(**each["picture"])
        for target, each in zip(dataset.plan.targets, targets, strict=True)
        if target.headline and each["picture"]
    }
    pictures |= {slug: Picture(**each) for slug, each in plates.items()}
    return plan_files(dataset, scorecard(dataset), settings, moves, pictures)
