"""What others counted, held against ours: each published total names the query that gives our number."""

from __future__ import annotations

import sqlite3
from urllib.parse import parse_qsl

from coalition.metadata import defaults, queries, sql_of
from coalition.problems import Problem, problem

FILE = "sources/published_totals.csv"
CONFIDENCE = ("any", "medium", "high")


def query_and_parameters(address: str) -> tuple[str, dict[str, str]]:
    """Return (query, parameters) of an address such as partners_on_date?as_of=2014-12-31."""
    name, _, words = address.partition("?")
    return name, dict(parse_qsl(words, keep_blank_values=True))


def our_number(db: sqlite3.Connection, metadata: dict, address: str, confidence: str) -> int | float:
    """Return the first number of the first row, of rows of at least this confidence where the query can tell.

    Raises LookupError with a sentence where there is no such number.
    """
    name, given = query_and_parameters(address)
    query = queries(metadata).get(name)
    if query is None:
        raise LookupError(f"there is no query '{name}' in metadata.yml")
    values = defaults(query)
    if unknown := sorted(set(given) - set(values)):
        raise LookupError(f"query '{name}' has no parameter '{unknown[0]}'")
    if "confidence" in values:
        given = {"confidence": confidence, **given}
    try:
        row = db.execute(sql_of(query), values | given).fetchone()
    except sqlite3.Error as error:
        raise LookupError(f"query '{name}' does not run: {error}") from None
    if row is None or not isinstance(row[0], (int, float)):
        raise LookupError(f"query '{name}' does not begin with a number")
    return row[0]


def compared(db: sqlite3.Connection, metadata: dict) -> tuple[list[tuple], list[Problem]]:
    """Return [(published_total_id, asked, ours)] for every total that names a query, and what is wrong with others."""
    rows, problems = [], []
    for key, address in db.execute("select id, query from published_totals where query is not null order by id"):
        try:
            rows += [(key, asked, our_number(db, metadata, address, asked)) for asked in CONFIDENCE]
        except (LookupError, sqlite3.Error) as error:
            problems.append(problem(FILE, str(error), key=key, column="query"))
    return rows, problems
