"""Pages of a table that follow on without a gap.

Datasette 0.65 orders the first page of a sorted table by that column alone and every later page by the column and
the primary key. Where rows of equal value meet at the end of the first page, SQLite may give them in another order
than the second page assumes, and a row is on neither. One of 191 statements was missing from the streamed CSV.

A later page also took longer than the first, and longer with every event: its condition, "before this date, or without
a date, or of this date and a later key", made SQLite collect all that follows and sort it to show fifty rows.
"""

from __future__ import annotations

import re

COLUMN = r'(?:\[[^\]]+\]|"[^"]+"|[A-Za-z_][A-Za-z0-9_]*)'
FIRST_PAGE = re.compile(
    rf"(?P<head>select .*? from (?P<table>{COLUMN}) (?:where .*?)?order by (?P<column>{COLUMN})(?: desc)?)"
    r"(?P<limit> limit \d+)",
    re.S,
)

# What Datasette asks for a later page: rows beyond a value, or without one, or with this very value and a later key.
LATER_PAGE = re.compile(
    rf"select (?P<columns>.*?) from (?P<table>{COLUMN}) where (?P<filters>(?:.* and )?)"
    rf"\((?P<beyond>(?P<column>{COLUMN}) (?P<sign>[<>]) (?P<value>:p\d+))(?P<none> or (?P=column) is null)?"
    r" or (?P<tie>\((?P=column) = (?P=value) and .*\))\)"
    r" order by (?P=column)(?: desc)?, (?P<keys>.+) limit (?P<limit>\d+)",
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


def stepwise(sql: str) -> str:
    """Return the SQL of a table's later page so that it begins where the last one ended; any other SQL as it is.

    The rows are the same. Those without a value, which come last, are asked for apart: they are no range of an index.

    >>> stepwise("select id from t where (a > :p1 or (a = :p1 and ((id > :p0)))) order by a, id limit 3")
    'select id from t where a >= :p1 and (a > :p1 or (a = :p1 and ((id > :p0)))) order by a, id limit 3'
    """
    found = LATER_PAGE.fullmatch(sql.strip())
    if not found:
        return sql
    columns, table, filters, column, keys, limit = found.group("columns", "table", "filters", "column", "keys", "limit")
    beyond = f"{column} {found['sign']}= {found['value']} and ({found['beyond']} or {found['tie']})"
    if not found["none"]:
        return f"select {columns} from {table} where {filters}{beyond} order by {column}, {keys} limit {limit}"
    order = f"order by {column} desc, {keys} limit {limit}"
    with_value = f"select rowid, * from {table} where {filters}{beyond} {order}"
    without = f"select rowid, * from {table} where {filters}{column} is null order by {keys} limit {limit}"
    return f"select {columns} from (select * from ({with_value}) union all select * from ({without})) {order}"
