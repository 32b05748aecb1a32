"""The table of tables in README.md, which `tidy` keeps current, so that adding a row touches its CSV alone."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from coalition.codebook import Codebook

SHOWN = ("partnerships", "exercises", "statements", "sanctions_defiance", "sources", "claims", "claim_evidence",
         "actors", "memberships", "readings")  # fmt: skip
PLACE = re.compile(r"(<!-- tables[^>]*-->\n).*?(<!-- end of tables -->)", re.S)


def with_counts(text: str, table: str) -> str:
    """Return README.md with the table between its two marks."""
    return PLACE.sub(lambda found: f"{found[1]}{table}\n{found[2]}", text)


def table_of_tables(codebook: Codebook, sources: Path) -> str:
    """Return a Markdown table: name, what one row is, rows."""
    lines = ["| Table | One row is | Rows |", "|---|---|---|"]
    for name in SHOWN:
        # The first sentence; an initial such as "T. R." does not end one.
        sentence = re.split(r"(?<![A-Z])\. ", codebook.table(name).description)[0]
        meaning = sentence.removeprefix("One row per ").rstrip(".")
        lines.append(f"| `{name}` | {meaning} | {_rows(sources / f'{name}.csv'):,} |")
    return "\n".join(lines)


def _rows(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1
