"""Widgets as the page uses them: made, labelled and set."""

from __future__ import annotations

import os
from typing import Any

import ipywidgets as widgets

from qdecon.explore.topic import STEP


def slider(low: float, high: float, step: float = STEP, form: str = ".1f") -> widgets.FloatSlider:
    """A slider with a number beside it that can be typed over."""
    return widgets.FloatSlider(min=low, max=high, step=step, readout_format=form)


def put(control: Any, description: str, value: Any, options: Any = None) -> None:
    """Label and value of a control; a value beyond a slider's ends moves the end."""
    if options is not None and tuple(control.options) != tuple(options):
        control.options = tuple(options)
    if control.description != description:
        control.description = description
    if isinstance(control, widgets.FloatSlider):
        control.min, control.max = min(control.min, value), max(control.max, value)
    if control.value != value:
        control.value = value


def same(old: Any, new: Any) -> bool:
    """Whether a browser only wrote the same number with another last digit."""
    return isinstance(old, float) and isinstance(new, float) and abs(new - old) < STEP / 2


def show(control: Any, *, shown: bool) -> None:
    """Put a control on the page, or take it off."""
    control.layout.display = None if shown else "none"


def kind(lever: str) -> str:
    """How a lever moves its part of GDP, whichever part it is."""
    return "growth_of_part" if lever.endswith("_growth") else "outgrowth"


def headed(name: str, unit: str) -> str:
    """Name of a lever at the head of a control."""
    return f"{name[0].upper()}{name[1:]} ({unit.strip().removeprefix('个')})"


def address() -> str:
    """Where the page is served; empty in a notebook."""
    server, port = os.environ.get("SERVER_NAME", ""), os.environ.get("SERVER_PORT", "")
    return f"http://{server}:{port}/" if server and port else ""
