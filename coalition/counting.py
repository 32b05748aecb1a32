"""The records behind a number: which events a count in the answer of a named query is of.

Such a query says under `counted` by which of its columns it counts, and which columns hold numbers, each with a
condition on what is counted; its SQL first lists what is counted, one row each with an `event_id`, and then counts
these rows. So the records of a number are read from the same rows as the number itself.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

from coalition.metadata import FILE, defaults, queries, sql_of
from coalition.problems import Problem, problem

MOST = 1000  # records on a page
AT = "at_"  # before the columns counted by, which may be called like a parameter
NUMBER = "number"
LISTED = re.compile(r"(?s)(?P<rows>with .*\bcounted as \(.*\n\)\n)select ")


def is_counting(query: dict) -> bool:
    """Return whether the numbers of a named query lead to records."""
    return "counted" in query


def records_sql(query: dict, number: str, at: Mapping[str, str], most: int | None = None) -> str:
    """Return SQL that gives the events that `number` counts, the newest first, and at most so many.

    `at` is {column counted by: value}, an empty value where the column holds none; of a column that is not in it all
    values count. The parameters of the SQL are the query's and `at_` with the columns. Raises ValueError where the
    query's SQL does not list what it counts.
    """
    found = LISTED.match(sql_of(query))
    if not found:
        raise ValueError("a query that counts begins with 'with counted as (…)', on lines of its own, then 'select'")
    here = "".join(f" and coalesce(cast({column} as text), '') = :{AT}{column}" for column in at)
    return (
        f"{found['rows']}select id, type, date, title, confidence, source_count from events\n"
        f"where id in (select event_id from counted where ({query['counted']['numbers'][number]}){here})\n"
        f"order by date desc, id" + (f" limit {most}" if most else "")
    )


def records_query_string(query: dict, number: str, row: Mapping, params: dict[str, str]) -> str:
    """Return the query string of the page that lists what `number` counts in this row of the query's answer."""
    at = {AT + column: "" if row[column] is None else row[column] for column in query["counted"]["by"]}
    return urlencode({**params, NUMBER: number, **at})


def counting_problems(metadata: dict, db: sqlite3.Connection) -> Iterator[Problem]:
    """Yield a Problem for every number of a named query of which the records cannot be listed."""
    for name, query in queries(metadata).items():
        for number in query["counted"]["numbers"] if is_counting(query) else ():
            by = query["counted"]["by"]
            at = dict.fromkeys(by, "")
            values = {**defaults(query), **{AT + column: "" for column in by}}
            try:
                db.execute(f"select {', '.join([number, *by])} from ({sql_of(query)}) limit 0", defaults(query))
                db.execute(f"select * from ({records_sql(query, number, at)}) limit 0", values)
            except (sqlite3.Error, ValueError) as error:
                yield problem(FILE, f"what its '{number}' counts cannot be listed: {error}", key=f"query {name}")
