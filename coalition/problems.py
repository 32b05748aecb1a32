"""A problem in the sources: a sentence with the address where a person can mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong: file, then row number (header is 1), key, column and sentence."""

    file: str
    row: int
    key: str
    column: str
    sentence: str

    def __str__(self) -> str:
        return f"{address(self.file, self.row, self.key, self.column)}: {shown(self.sentence, 2000)}"


def problem(file: str, sentence: str, row: int = 0, key: str = "", column: str = "") -> Problem:
    """Return a Problem; row 0 means the file as a whole."""
    return Problem(file, row, key, column, sentence)


def address(file: str, row: int = 0, key: str = "", column: str = "") -> str:
    """Return the address a person can find: file, row and key, then column."""
    place = file
    if row:
        place += f", row {row}"
    if key:
        place += f" ({shown(key)})" if row else f", {shown(key)}"
    if column:
        place += f", {shown(column)}"
    return place


def shown(value: str, limit: int = 80) -> str:
    """Return a value fit for a one-line message: control characters escaped, long text cut."""
    # Called for every cell, and a cell may be a long text: only what is shown is looked at.
    head = value[: limit + 1]
    text = head if head.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in head)
    return text if len(text) <= limit else text[: limit - 1] + "…"


class BadInput(Exception):
    """Raised when the sources cannot be built; carries every problem found."""

    def __init__(self, problems: list[Problem]):
        super().__init__(f"{len(problems)} problems")
        self.problems = problems
