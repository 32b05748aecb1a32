"""Every id that ever stood in a table, sources/ids_ever_used.txt, so that none is given to something else later.

A line is `<table> <id>`, or `<table> <id> retired` once the row is gone. `tidy` adds and retires; nothing takes a
line away, and the build refuses a row that takes up a retired id. An event that is gone has a row in
sources/corrections.csv that says why; the page at its address shows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from coalition.problems import Problem, problem
from coalition.reading import Rows
from coalition.wording import TABLES

FILE = "ids_ever_used.txt"
RETIRED = "retired"
WITHDRAWN = "withdrawn"  # what a correction of a whole record says of it now
Ids = set[tuple[str, str]]


def ids_in_use(everything: dict[str, Rows]) -> Ids:
    """Return {(table, id)} of all rows of the tables whose key is `id`."""
    keyed = [rows for rows in everything.values() if rows.table.primary_key == ("id",)]
    return {(r.table.name, cells[r.table.names.index("id")]) for r in keyed for _, cells in r.rows}


def read_ids(sources: Path) -> tuple[Ids, Ids]:
    """Return (all ids ever used, those that are retired); empty where there is no such file."""
    try:
        lines = (sources / FILE).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return set(), set()
    parts = [line.split(" ") for line in lines]
    ever = {(p[0], p[1]) for p in parts if len(p) in (2, 3)}
    return ever, {(p[0], p[1]) for p in parts if len(p) == 3 and p[2] == RETIRED}


def listed(ever: Ids, retired: Ids, used: Ids) -> str:
    """Return the file's text after these ids are in use: new ones added, missing ones retired, none taken away."""
    gone = retired | (ever - used)
    return "".join(f"{table} {name}{f' {RETIRED}' * ((table, name) in gone)}\n" for table, name in sorted(ever | used))


def reused(retired: Ids, everything: dict[str, Rows]) -> Iterator[Problem]:
    """Yield a Problem for every row that takes up a retired id."""
    if retired.isdisjoint(ids_in_use(everything)):
        return
    for rows in everything.values():
        if rows.table.primary_key != ("id",):
            continue
        place = rows.table.names.index("id")
        for number, cells in rows.rows:
            if (rows.table.name, cells[place]) in retired:
                sentence = f"'{cells[place]}' was the id of a row that is gone; ids are never reused"
                yield problem(rows.table.file, sentence, number, rows.key(cells), "id")


def unexplained(retired: Ids, everything: dict[str, Rows]) -> Iterator[Problem]:
    """Yield a Problem for every retired id of an event of which no correction says that it was withdrawn."""
    corrections = everything["corrections"]
    place = corrections.table.names.index
    told = {
        (cells[place("table_name")], cells[place("record_id")])
        for _, cells in corrections.rows
        if cells[place("now")] == WITHDRAWN
    }
    for table, name in sorted(retired - told):
        if table in TABLES.values():
            sentence = f"'{name}' of {table} is gone; add a row with now = {WITHDRAWN} and the reason"
            yield problem(corrections.table.file, sentence)
