"""Random single changes to the sources, as slips of a hand, an editor or a disk would make them."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from pathlib import Path

Change = Callable[[random.Random, bytes], bytes]

ODD_CELLS = ["", " ", "0", "-1", "1e3", "NaN", "2016-13-01", "2016-2-1", "9999-12-31", "TRUE", "null", "é" * 300, "=1+1", "a,b", 'a"b',
             "\t", "中文", "\u202eabc", "\x00", "https://example.org/", "javascript:alert(1)", "CHN", "RUS", "high", "x" * 10_000]  # fmt: skip
ODD_BYTES = [
    b"\x00",
    b"\xff",
    b"\r",
    b"\n",
    b'"',
    b",",
    b";",
    b"\t",
    b" ",
    b"'",
    b":",
    b"-",
    b"#",
    b"{",
    b"&",
    b"\xef\xbb\xbf",
]


def bytes_inserted(chance: random.Random, content: bytes) -> bytes:
    place = chance.randrange(len(content) + 1)
    return content[:place] + chance.choice(ODD_BYTES) + content[place:]


def byte_lost(chance: random.Random, content: bytes) -> bytes:
    place = chance.randrange(len(content))
    return content[:place] + content[place + 1 :]


def byte_changed(chance: random.Random, content: bytes) -> bytes:
    place = chance.randrange(len(content))
    return content[:place] + bytes([chance.randrange(256)]) + content[place + 1 :]


def file_cut_short(chance: random.Random, content: bytes) -> bytes:
    return content[: chance.randrange(len(content))]


def file_emptied(chance: random.Random, content: bytes) -> bytes:
    return b""


def line_lost(chance: random.Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    del lines[chance.randrange(len(lines))]
    return b"".join(lines)


def line_doubled(chance: random.Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    place = chance.randrange(len(lines))
    return b"".join([*lines[: place + 1], *lines[place:]])


def lines_swapped(chance: random.Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def _table(change: Callable[[random.Random, list[list[str]]], None]) -> Change:
    """Return a change of bytes from a change of the rows that a CSV holds."""

    def apply(chance: random.Random, content: bytes) -> bytes:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8"))))
        change(chance, rows)
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        return text.getvalue().encode("utf-8")

    apply.__name__ = change.__name__
    return apply


def cell_odd(chance, rows):
    row = chance.choice(rows)
    row[chance.randrange(len(row))] = chance.choice(ODD_CELLS)


def cell_from_elsewhere(chance, rows):
    row = chance.choice(rows)
    row[chance.randrange(len(row))] = chance.choice(chance.choice(rows))


def cell_from_same_column(chance, rows):
    column = chance.randrange(len(rows[0]))
    chance.choice(rows)[column] = chance.choice(rows)[column]


def cell_lost(chance, rows):
    row = chance.choice(rows)
    del row[chance.randrange(len(row))]


def column_lost(chance, rows):
    column = chance.randrange(len(rows[0]))
    for row in rows:
        del row[column]


def column_added(chance, rows):
    for number, row in enumerate(rows):
        row.append("extra" if number == 0 else "")


def columns_swapped(chance, rows):
    one, other = chance.randrange(len(rows[0])), chance.randrange(len(rows[0]))
    for row in rows:
        row[one], row[other] = row[other], row[one]


ANY_FILE: list[Change] = [
    bytes_inserted,
    byte_lost,
    byte_changed,
    file_cut_short,
    file_emptied,
    line_lost,
    line_doubled,
    lines_swapped,
]
CSV_FILE: list[Change] = [
    *map(
        _table,
        (cell_odd, cell_from_elsewhere, cell_from_same_column, cell_lost, column_lost, column_added, columns_swapped),
    )
]


def mutate(seed: int, project: Path) -> str:
    """Make one random change in `project`; return what it was. The same seed and files give the same change."""
    chance = random.Random(seed)
    files = [project / "metadata.yml", *sorted((project / "sources").iterdir())]
    # YAML governs everything else, so a third of the changes falls on it.
    yaml_files = [file for file in files if file.suffix == ".yml"]
    file = chance.choice(yaml_files if chance.random() < 1 / 3 else files)
    if chance.random() < 0.01:
        file.unlink()
        return f"{seed}: {file.name} removed"
    # Cells first: they are the slips that look most like facts.
    changes = CSV_FILE * 2 + ANY_FILE if file.suffix == ".csv" else ANY_FILE
    change = chance.choice(changes)
    file.write_bytes(change(chance, file.read_bytes()))
    return f"{seed}: {change.__name__} in {file.name}"
