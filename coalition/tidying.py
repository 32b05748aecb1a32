"""The canonical form of a source CSV: UTF-8, LF, quotes only where needed, columns in order, rows sorted by key."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from coalition.codebook import Codebook, Table
from coalition.problems import Problem
from coalition.reading import Rows, read_table
from coalition.used_ids import FILE, ids_in_use, listed, read_ids
from coalition.writing import put_whole


def canonical(rows: Rows) -> bytes:
    """Return the CSV file of the rows in canonical form."""
    places = [rows.table.names.index(name) for name in rows.table.sort_key]
    ordered = sorted((cells for _, cells in rows.rows), key=lambda cells: ([cells[p] for p in places], cells))
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([rows.table.names, *ordered])
    return out.getvalue().encode("utf-8")


def tidy(sources: Path, codebook: Codebook) -> tuple[list[str], list[Problem]]:
    """Rewrite every CSV that is not in canonical form and note new ids; return (names of files changed, problems).

    A file that cannot be read as its table is left as it is and its problems are returned.
    """
    changed, problems, everything = [], [], {}
    for table in codebook.sources:
        path = sources / f"{table.name}.csv"
        rows, found = read_table(path, table)
        lasting = [p for p in found if "run: python build_db.py tidy" not in p.sentence]
        problems += lasting
        if not lasting and path.read_bytes() != (content := canonical(rows)):
            put_whole(path, content)
            changed.append(table.file)
        everything[table.name] = rows
    # A table that cannot be read has lost no id.
    if not problems:
        path, text = sources / FILE, listed(*read_ids(sources), ids_in_use(everything)).encode("utf-8")
        if not path.exists() or path.read_bytes() != text:
            put_whole(path, text)
            changed.append(f"sources/{FILE}")
    return changed, problems


def is_tidy(path: Path, table: Table) -> bool:
    """Return whether the file is in canonical form."""
    rows, problems = read_table(path, table)
    return not problems and path.read_bytes() == canonical(rows)
