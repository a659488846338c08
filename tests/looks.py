"""The looks in which charts are tested: each language and each of two sizes once, all four of them in `make soak`."""

from __future__ import annotations

import pytest

LOOKS = [("zh", "slide"), ("en", "column")]
CROSSED = [("zh", "column"), ("en", "slide")]

EVERY_LOOK = [
    *(pytest.param(look, id="-".join(look)) for look in LOOKS),
    *(pytest.param(look, id="-".join(look), marks=pytest.mark.soak) for look in CROSSED),
]
