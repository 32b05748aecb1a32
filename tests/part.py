"""A fifth of the dataset that still holds together, for tests that check or build it over and over."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

from coalition.codebook import read_codebook
from coalition.tidying import tidy
from coalition.used_ids import FILE

EVENTS = ("partnerships", "exercises", "statements", "sanctions_defiance")
REFERENCES = ("partnership_id", "exercise_id", "statement_id", "sanctions_defiance_id", "record_id")
EVERY = 5


def write_part(sources: Path, folder: Path) -> None:
    """Copy `sources` to `folder` with every fifth event, all that claims cite and all partnerships.

    Of tables that refer to events only the rows of these are kept, and of documents only those that are used.
    """
    shutil.copytree(sources, folder)
    cited = {row[column] for row in _rows(sources / "claim_evidence.csv") for column in REFERENCES if column in row}
    kept: set[str] = set()
    for name in EVENTS:
        whole = name == "partnerships"  # a ladder without its lower rungs breaks a rule
        rows = [r for i, r in enumerate(_rows(sources / f"{name}.csv")) if whole or i % EVERY == 0 or r["id"] in cited]
        kept |= {row["id"] for row in rows}
        _write(folder / f"{name}.csv", rows)
    used: set[str] = set()
    for path in sorted(folder.glob("*.csv")):
        if path.stem in (*EVENTS, "sources"):
            continue
        rows = [row for row in _rows(path) if _of_kept(row, kept)]
        used |= {row["source_id"] for row in rows if "source_id" in row}
        _write(path, rows)
    _write(folder / "sources.csv", [row for row in _rows(sources / "sources.csv") if row["id"] in used])
    (folder / FILE).write_text("")  # to this part the ids left out never were
    tidy(folder, read_codebook(folder)[0])


def _of_kept(row: dict[str, str], kept: set[str]) -> bool:
    """Return whether all events that a row refers to are kept."""
    return all(row[column] in kept for column in REFERENCES if row.get(column))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    header = path.read_text(encoding="utf-8").split("\n", 1)[0].split(",")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
