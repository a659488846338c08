"""Errors that say what is wrong, where it is, and what to do next.

Every error of qdecon is a :class:`QdeconError`; an error about data carries all problems found, not only the first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class QdeconError(Exception):
    """Base of all errors of qdecon.

    Parameters
    ----------
    what : str
        What is wrong, in one sentence.
    where : str
        The file, row and column, or the argument.
    remedy : str
        What to do next.

    Examples
    --------
    >>> print(QdeconError("unknown target 't99'", "argument target_id", "choose one of t01, t02"))
    unknown target 't99'
      where: argument target_id
      next: choose one of t01, t02
    """

    def __init__(self, what: str, where: str, remedy: str) -> None:
        super().__init__(what, where, remedy)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.what}\n  where: {self.where}\n  next: {self.remedy}"


class UnknownName(QdeconError):
    """A plan, target, indicator, place or model of that name does not exist."""


class NotAvailable(QdeconError):
    """The question is well formed, but the data known on the as-of date cannot answer it."""


@dataclass(frozen=True)
class Problem:
    """One fault in a data folder.

    Attributes
    ----------
    what : str
        What is wrong.
    file : str
        File name inside the folder.
    row : int or None
        Line of the file, counted from 1 (the header of a table is line 1).
    column : str or None
        Column of a table or key of a TOML table.
    remedy : str
        What to do next.
    """

    what: str
    file: str
    row: int | None
    column: str | None
    remedy: str

    @property
    def where(self) -> str:
        """Place of the fault in words."""
        parts = [self.file]
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column is not None:
            parts.append(f"column {self.column}")
        return ", ".join(parts)

    def __str__(self) -> str:
        return f"{self.where}: {self.what} (next: {self.remedy})"


class DataError(QdeconError):
    """A data folder breaks its contract; ``problems`` lists every fault found.

    Examples
    --------
    >>> fault = Problem("unit differs: expected 亿元, got 万元", "observations.csv", 17, "unit", "convert the value")
    >>> print(DataError([fault]))
    1 problem in the data
      where: observations.csv, row 17, column unit: unit differs: expected 亿元, got 万元 (next: convert the value)
      next: mend the rows above and run `qdecon check` again
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        super().__init__(
            f"{count} problem{'' if count == 1 else 's'} in the data",
            "\n         ".join(str(problem) for problem in self.problems),
            "mend the rows above and run `qdecon check` again",
        )

    def __reduce__(self) -> tuple[type[DataError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)
