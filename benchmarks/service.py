"""The peers' process, asked one thing at a time."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SCRATCH = ROOT / ".bench" / "work"  # ignored by git: evaluation data never enter the repository
PYTHON = ROOT / ".bench" / "bin" / "python"


class Peers:
    """A running process of `benchmarks.peers` in its own environment.

    Examples
    --------
    >>> with Peers() as peers:  # doctest: +SKIP
    ...     peers.ask("methods")
    """

    def __init__(self) -> None:
        if not PYTHON.exists():
            raise SystemExit("the peers' environment is missing; next: bash benchmarks/run.sh, which makes it")
        SCRATCH.mkdir(parents=True, exist_ok=True)
        self.log = (SCRATCH / "peers.log").open("w", encoding="utf-8")
        self.process = subprocess.Popen(
            [str(PYTHON), "-m", "benchmarks.peers"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            encoding="utf-8",
        )

    def __enter__(self) -> Peers:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.wait()
        self.log.close()

    def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Send a request and wait for its answer.

        Raises
        ------
        SystemExit
            If the process has ended.
        """
        if self.process.stdin is None or self.process.stdout is None:
            raise SystemExit("the peers' process has no pipes")
        self.process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit(f"the peers' process ended; next: read {self.log.name}")
        made: dict[str, Any] = json.loads(answer)
        return made
