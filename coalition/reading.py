"""Reading one source CSV into rows, with a sentence for whatever keeps it from being one."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path

from coalition.codebook import Codebook, Table
from coalition.problems import Problem, problem

# A cell longer than this is a forgotten quote, not a fact.
csv.field_size_limit(100_000)


@dataclass
class Rows:
    """The rows of one table: (row number in the file, cells in the codebook's column order)."""

    table: Table
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    readable: bool = True

    def key(self, cells: list[str]) -> str:
        """Return the row's key as a person would name it."""
        names = self.table.names
        return " ".join(cells[names.index(name)] for name in self.table.sort_key if cells[names.index(name)])


def read_sources(sources: Path, codebook: Codebook) -> tuple[dict[str, Rows], list[Problem]]:
    """Return ({table name: rows}, problems) for every CSV that the codebook describes."""
    everything, problems = {}, []
    for table in codebook.sources:
        rows, found = read_table(sources / f"{table.name}.csv", table)
        everything[table.name] = rows
        problems += found
    known = {f"{table.name}.csv" for table in codebook.sources}
    for path in sorted(sources.glob("*.csv")):
        if path.name not in known:
            problems.append(problem(f"sources/{path.name}", "no table of this name in sources/datapackage.yml"))
    return everything, problems


def read_table(path: Path, table: Table) -> tuple[Rows, list[Problem]]:
    """Return (rows, problems) of one CSV; rows with the wrong number of cells are left out."""
    rows = Rows(table)
    text, problems = _text(path, table.file)
    if text is None:
        rows.readable = False
        return rows, problems
    records, found = _records(text, table.file)
    problems += found
    if not records:
        rows.readable = False
        return rows, problems or [problem(table.file, "the file is empty; it needs at least its header")]
    header = records[0]
    found = list(_header_problems(header, table))
    problems += found
    if found:
        rows.readable = False
        return rows, problems
    width = len(header)
    for number, cells in enumerate(records[1:], start=2):
        if len(cells) == width:
            rows.rows.append((number, cells))
        else:
            key = cells[0] if cells else ""
            problems.append(problem(table.file, f"has {len(cells)} cells, needs {width}", number, key))
    return rows, problems


def _text(path: Path, file: str) -> tuple[str | None, list[Problem]]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None, [problem(file, "the file is missing")]
    except OSError as error:
        return None, [problem(file, f"cannot be read: {error.strerror}")]
    problems = []
    if content.startswith(b"\xef\xbb\xbf"):
        problems.append(problem(file, "starts with a byte order mark; run: python build_db.py tidy"))
        content = content[3:]
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return None, [*problems, problem(file, f"is not UTF-8 (byte {content[error.start]:#04x})", line)]
    if "\r" in text:
        problems.append(problem(file, "has CRLF line ends; run: python build_db.py tidy"))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        return None, [*problems, problem(file, "holds a NUL character", text[: text.index("\0")].count("\n") + 1)]
    return text, problems


def _records(text: str, file: str) -> tuple[list[list[str]], list[Problem]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[list[str]] = []
    problems = []
    try:
        records.extend(reader)
    except csv.Error as error:
        problems.append(problem(file, f"not valid CSV near line {reader.line_num}: {error}", len(records) + 1))
    return records, problems


def _header_problems(header: list[str], table: Table):
    for name in table.names:
        if name not in header:
            yield problem(table.file, f"column '{name}' is missing", 1)
    for name in header:
        if name not in table.names:
            yield problem(table.file, f"column '{name}' is not in sources/datapackage.yml", 1)
    for name in {n for n in header if header.count(n) > 1}:
        yield problem(table.file, f"column '{name}' stands twice", 1)
    if sorted(header) == sorted(table.names) and header != table.names:
        yield problem(table.file, f"columns must stand in this order: {', '.join(table.names)}", 1)
