"""The method page: what each step does, from the documentation of the functions that do it."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from importlib import import_module

from qdecon.plan import Bilingual

STEPS: dict[str, tuple[str, Bilingual]] = {
    "load": ("qdecon.data", Bilingual("读取计划与某一天已知的数字", "Read the plan and what was known on a date")),
    "assess": ("qdecon.verdict", Bilingual("对一项目标作出判断", "Judge one target")),
    "scorecard": ("qdecon.verdict", Bilingual("逐项判断整个计划", "Judge the whole plan")),
    "project": ("qdecon.projection", Bilingual("用别处真实犯过的误差推算", "Project with errors made elsewhere")),
    "project_accounts": ("qdecon.projection", Bilingual("总量与各部分一起推算", "Project whole and parts together")),
    "read_target": ("qdecon.rules", Bilingual("各机构公布的达标判定法", "The published on-track rules")),
    "base_rate": ("qdecon.scrutiny", Bilingual("可比城市的先例", "Precedents among comparable cities")),
    "share_base_rate": ("qdecon.scrutiny", Bilingual("可比省份占比变化的先例", "Precedents for a share")),
    "vary_readings": ("qdecon.scrutiny", Bilingual("换一种读法、数据或模型", "Other readings, data and models")),
    "split_shortfall": ("qdecon.scrutiny", Bilingual("差额由什么构成", "What a shortfall is made of")),
    "history": ("qdecon.replay", Bilingual("当时会怎样判断", "As it would have been judged then")),
    "backtest": ("qdecon.replay", Bilingual("这种方法过去对了多少", "How often the method held")),
}  # fmt: skip
_HEADING = re.compile(r"^(\w[\w ]*)\n-{3,}$", re.MULTILINE)
KEPT = ("", "Parameters", "Returns", "Notes", "References")  # of a docstring; errors and examples are for programmers


@dataclass(frozen=True)
class Described:
    """One step of the method.

    Attributes
    ----------
    name : str
        Of the function; also its anchor.
    title : Bilingual
    sections : tuple of (str, tuple of str)
        Heading and paragraphs; the first heading is empty.
    module : tuple of (str, tuple of str)
        The same of the whole module: the idea and its source.
    """

    name: str
    title: Bilingual
    sections: tuple[tuple[str, tuple[str, ...]], ...]
    module: tuple[tuple[str, tuple[str, ...]], ...]


def described() -> tuple[Described, ...]:
    """Every step, in the order in which a verdict comes about.

    Examples
    --------
    >>> described()[1].name, described()[1].sections[0][1][0]
    ('assess', "Judge one target on what was known on the dataset's as-of date.")
    """
    return tuple(_described(name, room, title) for name, (room, title) in STEPS.items())


def _described(name: str, room: str, title: Bilingual) -> Described:
    function = getattr(import_module(room), name)
    home = inspect.getmodule(function)
    return Described(
        name, title, _sections(inspect.getdoc(function) or ""), _sections(inspect.getdoc(home) or "", None)
    )


def _sections(text: str, kept: tuple[str, ...] | None = KEPT) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """A NumPy-style docstring by heading; all headings if none are named."""
    pieces = ["", *_HEADING.split(text)]
    pairs = zip(pieces[0::2], pieces[1::2], strict=True)
    return tuple((name, _paragraphs(body)) for name, body in pairs if body.strip() and (kept is None or name in kept))


def _paragraphs(text: str) -> tuple[str, ...]:
    """Paragraphs with their line breaks taken out, unless the lines are a list of parameters."""
    blocks = [block.strip("\n") for block in re.split(r"\n\s*\n", text) if block.strip()]
    return tuple(_plain(block if _is_list(block) else " ".join(block.split())) for block in blocks)


def _is_list(block: str) -> bool:
    """Whether the lines of a paragraph must stay apart: parameters with their texts, or a list."""
    return "\n    " in block or re.match(r"[*\d]", block) is not None


def _plain(text: str) -> str:
    """Without the marks of the documentation's markup."""
    return re.sub(r":(?:func|mod|class):`~?([^`]*)`", r"\1", text).replace("``", "")
