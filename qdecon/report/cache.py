"""Pages kept from earlier runs, by everything they follow from; safe to delete at any time.

What a piece of work gave is stored file by file under the SHA-256 of its bytes. A list for each piece says which files
those are, and under which key: a digest of the data, the program and the settings. A file that is missing or does not
have the digest it is stored under counts as not there, and the piece is made again.
"""

from __future__ import annotations

import json
import platform
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from qdecon.publication.writing import replace_whole

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

PACKAGES = ("brotli", "fonttools", "jinja2", "matplotlib", "numpy", "pandas", "pillow", "scipy", "statsmodels")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Cache:
    """A folder of kept work.

    Attributes
    ----------
    home : Path or None
        None keeps nothing.
    """

    home: Path | None

    def find(self, name: str, key: str) -> dict[str, bytes] | None:
        """Files of a piece of work, if they are here whole and unchanged under this key."""
        if self.home is None:
            return None
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            listed = json.loads((self.home / f"{name}.json").read_bytes())
            if listed["key"] == key:
                return {file: self._read(digest) for file, digest in listed["files"].items()}
        return None

    def keep(self, name: str, key: str, files: Mapping[str, bytes]) -> None:
        """Keep the files of a piece of work; what an older key gave is forgotten. A full disk only costs time."""
        if self.home is None:
            return
        digests = {file: sha256(body).hexdigest() for file, body in files.items()}
        with suppress(OSError):
            self.home.mkdir(parents=True, exist_ok=True)
            for file, digest in digests.items():  # named by what they hold, so that several writers cannot disagree
                replace_whole(self.home / digest, files[file])
            replace_whole(self.home / f"{name}.json", json.dumps({"key": key, "files": digests}).encode())

    def tidy(self, label: str, names: Collection[str]) -> None:
        """Remove lists of one label that are none of the names any more, then the files that no list names."""
        if self.home is None or not self.home.is_dir():
            return
        for path in self.home.glob(f"{label}-*.json"):
            if path.stem.removeprefix(f"{label}-") not in names:
                path.unlink(missing_ok=True)
        used: set[str] = set()
        for path in self.home.glob("*.json"):
            with suppress(OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
                used |= set(json.loads(path.read_bytes())["files"].values())
        for path in self.home.iterdir():
            if _DIGEST.fullmatch(path.name) and path.name not in used:
                path.unlink(missing_ok=True)

    def _read(self, digest: str) -> bytes:
        """A file by its digest.

        Raises
        ------
        ValueError
            If it holds something else.
        """
        assert self.home is not None  # asked only after a list was found there
        if not _DIGEST.fullmatch(digest):
            raise ValueError(f"no digest: {digest}")
        body = (self.home / digest).read_bytes()
        if sha256(body).hexdigest() != digest:
            raise ValueError(f"changed on disk: {digest}")
        return body


def key_of(*parts: object) -> str:
    """Digest of what a piece of work follows from, the program and its libraries included.

    Examples
    --------
    >>> key_of("t06") == key_of("t06"), key_of("t06") == key_of("t10"), len(key_of("t06"))
    (True, False, 64)
    """
    text = json.dumps([*parts, program()], ensure_ascii=False, sort_keys=True, default=str)
    return sha256(text.encode()).hexdigest()


@lru_cache(maxsize=1)
def program() -> dict[str, str]:
    """Versions of what computes and draws, and a digest of every file of this package."""
    home, digest = Path(__file__).resolve().parents[1], sha256()
    for path in sorted(home.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(home).as_posix()}\0".encode() + sha256(path.read_bytes()).digest())
    for path in sorted((home / "datasets" / "record").glob("*")):  # a link, which the search above does not follow
        digest.update(path.name.encode() + sha256(path.read_bytes()).digest())
    found = {"python": platform.python_version(), "machine": platform.machine(), "qdecon": digest.hexdigest()}
    for name in PACKAGES:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found
