"""Checking cells and keys against the codebook.

frictionless accepts `2020-1-1`, `" 1990"`, `INF` and `1e3` and names neither key nor file as people know
them; so cells are checked here, and the tests hold the same files against frictionless as a second opinion.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from operator import itemgetter

from coalition.codebook import Column
from coalition.problems import Problem, problem, shown
from coalition.reading import Rows

INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
# Characters that hide, reorder or break text: controls, zero-width, bidirectional overrides, line separators, BOM.
HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb]")

# Spreadsheets run a cell that starts so, also one in a CSV. The published CSVs equal the database cell by cell, so
# that nothing can be escaped on the way out; therefore it does not come in.
FORMULA = re.compile("[=+@]|-(?![0-9])")
BEGINNINGS = " =+@-"  # of texts that may begin with a space or as a formula; the empty text is in it too


def cell_problems(rows: Rows) -> Iterator[Problem]:
    """Yield a Problem for every cell that its column does not allow."""
    table = rows.table
    for index, column in enumerate(table.columns):
        values = {cells[index] for _, cells in rows.rows}
        verdicts = {v: sentence for v in _doubtful(values, column) if (sentence := cell_problem(v, column))}
        if not verdicts:
            continue
        for number, cells in rows.rows:
            if sentence := verdicts.get(cells[index]):
                yield problem(table.file, sentence, number, rows.key(cells), column.name)


def _doubtful(values: set[str], column: Column) -> Iterable[str]:
    """Return the values that need a closer look: most texts are plain from their first letter to their last."""
    if column.type != "string" or column.enum or column.is_date:
        return values
    has_form = _pattern(column.pattern).search if column.pattern else bool
    return [
        v
        for v in values
        if not (v.isascii() and v.isprintable() and v[:1] not in BEGINNINGS and v[-1] != " " and has_form(v))
    ]


def cell_problem(value: str, column: Column) -> str:
    """Return a sentence that says why the value does not fit the column, or '' if it does."""
    if value == "":
        return "is empty, but every row needs it" if column.required else ""
    if sentence := character_problem(value):
        return sentence
    if column.type == "string" and (formula := FORMULA.match(value)):
        sentence = f"'{shown(value)}' starts with '{formula[0]}', which spreadsheets take for a formula"
        return f"{sentence}; put a word before it"
    if column.enum:
        return "" if value in column.enum else f"'{shown(value)}' is not one of {', '.join(column.enum)}"
    if column.is_date:
        return "" if is_date(value) else f"'{shown(value)}' is not a date (YYYY, YYYY-MM or YYYY-MM-DD)"
    if column.type != "string":
        return number_problem(value, column)
    if column.pattern and not _pattern(column.pattern).search(value):
        return f"'{shown(value)}' does not have the form {column.pattern}"
    return ""


def character_problem(value: str) -> str:
    """Return why a text must not hold the characters that it holds, or ''."""
    if hidden := HIDDEN.search(value):
        return f"'{shown(value)}' holds the hidden character U+{ord(hidden[0]):04X}"
    if value != value.strip():
        return f"'{shown(value)}' has a space at its start or end"
    if not unicodedata.is_normalized("NFC", value):
        return f"'{shown(value)}' is not in Unicode normal form C"
    return ""


@lru_cache
def _pattern(pattern: str) -> re.Pattern:
    return re.compile(pattern)


def is_date(value: str) -> bool:
    """Return whether the value is YYYY, YYYY-MM or YYYY-MM-DD and exists in the calendar."""
    if not re.fullmatch(r"[12][0-9]{3}(-[0-9]{2}(-[0-9]{2})?)?", value):
        return False
    try:
        datetime.date.fromisoformat((value + "-01-01")[:10])
    except ValueError:
        return False
    return True


def number_problem(value: str, column: Column) -> str:
    """Return why the value is not a plain number within the column's bounds, or ''."""
    plain, words = (INTEGER, "a whole number") if column.type == "integer" else (NUMBER, "a number")
    if not plain.fullmatch(value) or len(value) > 18:
        return f"'{shown(value)}' is not {words} in plain digits"
    if column.minimum is not None and float(value) < column.minimum:
        return f"{value} is below {column.minimum}"
    if column.maximum is not None and float(value) > column.maximum:
        return f"{value} is above {column.maximum}"
    return ""


def key_problems(everything: dict[str, Rows]) -> Iterator[Problem]:
    """Yield a Problem for every key that stands twice and every reference to a row that is not there."""
    for rows in everything.values():
        yield from _duplicates(rows)
        yield from _dangling(rows, everything)


def _duplicates(rows: Rows) -> Iterator[Problem]:
    table = rows.table
    keys = [key for key in (table.primary_key, *table.unique_keys) if key]
    keys += [(column.name,) for column in table.columns if column.unique]
    for key in keys:
        valued = itemgetter(*[table.names.index(name) for name in key])
        if len({valued(cells) for _, cells in rows.rows}) == len(rows.rows):
            continue
        seen: dict[str | tuple[str, ...], int] = {}
        for number, cells in rows.rows:
            value = valued(cells)
            if value in seen:
                words = value if isinstance(value, str) else " ".join(filter(None, value))
                sentence = f"'{shown(words)}' stands in row {seen[value]} already"
                yield problem(table.file, sentence, number, rows.key(cells), " + ".join(key))
            seen.setdefault(value, number)


def _dangling(rows: Rows, everything: dict[str, Rows]) -> Iterator[Problem]:
    table = rows.table
    for name, (target, target_column) in table.foreign_keys.items():
        if not everything[target].readable:
            continue
        place = everything[target].table.names.index(target_column)
        known = {cells[place] for _, cells in everything[target].rows}
        index = table.names.index(name)
        if {cells[index] for _, cells in rows.rows} <= known:
            continue
        for number, cells in rows.rows:
            if cells[index] and cells[index] not in known:
                sentence = f"'{shown(cells[index])}' is not in sources/{target}.csv"
                yield problem(table.file, sentence, number, rows.key(cells), name)
