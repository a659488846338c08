"""The page on which assumptions can be moved: a choice gives a view; widgets and server are a thin skin over it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qdecon.explore.choice import Choice, first_choice, from_query, nothing_assumed, to_query
from qdecon.explore.screen import View, needed, others, view

if TYPE_CHECKING:
    from qdecon.explore.controls import page

__all__ = [
    "Choice",
    "View",
    "first_choice",
    "from_query",
    "needed",
    "nothing_assumed",
    "others",
    "page",
    "to_query",
    "view",
]


def __getattr__(name: str) -> Any:
    """Load the widgets when they are first used.

    Raises
    ------
    AttributeError
        If the name is not public.
    """
    if name == "page":
        from qdecon.explore.controls import page

        return page
    raise AttributeError(f"module 'qdecon.explore' has no attribute {name!r}")
