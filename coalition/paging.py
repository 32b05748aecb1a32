"""Pages of a table that follow on without a gap.

Datasette 0.65 orders the first page of a sorted table by that column alone and every later page by the column and
the primary key. Where rows of equal value meet at the end of the first page, SQLite may give them in another order
than the second page assumes, and a row is on neither. One of 191 statements was missing from the streamed CSV.
"""

from __future__ import annotations

import re

COLUMN = r'(?:\[[^\]]+\]|"[^"]+"|[A-Za-z_][A-Za-z0-9_]*)'
FIRST_PAGE = re.compile(
    rf"(?P<head>select .*? from (?P<table>{COLUMN}) (?:where .*?)?order by (?P<column>{COLUMN})(?: desc)?)"
    r"(?P<limit> limit \d+)",
    re.S,
)


def tie_broken(sql: str, keys: dict[str, list[str]]) -> str:
    """Return the SQL of a table's first page, ordered by its key as well; any other SQL as it is.

    `keys` is {table: its primary key, escaped}.

    >>> tie_broken("select id, year from t order by year desc limit 3", {"t": ["id"]})
    'select id, year from t order by year desc, id limit 3'
    """
    found = FIRST_PAGE.fullmatch(sql.strip())
    if not found or re.search(r"\b(group by|union|join)\b", sql, re.I):
        return sql
    more = [key for key in keys.get(found["table"].strip('[]"'), []) if key != found["column"].strip('[]"')]
    return f"{found['head']}{''.join(f', {key}' for key in more)}{found['limit']}" if more else sql
