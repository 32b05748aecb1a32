"""How far the rows that a filter leaves are looked through for one page: few are looked up, many are met on the way.

A page of a table shows fifty rows, their number, and counts by some columns. Over a million events Datasette's own SQL
for each of these collects all rows that a word or a state leaves, which takes longer the more common the word is.
Here the number is counted up to a bound, the counts are those of the newest rows, and both are said to be so.
"""

from __future__ import annotations

import json
import re
from contextvars import ContextVar

from coalition.paging import COLUMN

MOST_COUNTED = 100_000  # rows; 10 to 100 ms, whatever the filter
MOST_FACETED = 10_000  # rows, counted by each facet; some 20 ms each
MOST_READ = 2000  # events of a state, the newest, of all kinds; its CSV gives them all
MANY = 20_000  # members of a list; as many take 60 ms to look up and sort

# Set where the last count of a page stopped at the bound.
beyond: ContextVar[bool] = ContextVar("beyond", default=False)

COUNT = re.compile(rf"select count\(\*\) (?P<rows>from {COLUMN} where (?P<filters>.+))", re.S)
PAGE = re.compile(rf"select .*? from (?P<table>{COLUMN}) where .* order by .* limit \d+", re.S)
ROWS = re.compile(rf"select .*? (?P<rows>from {COLUMN}(?: where (?P<filters>.+))?)", re.S)
# A list that rows are looked up in: those that hold the words of a search, and the events of one actor.
SEARCHED = re.compile(
    r"rowid in \(select rowid (?P<list>from (?P<index>\S+) where (?P=index) match (?:escape_fts\()?:\w+\)?)\)"
)
TAKES_PART = re.compile(
    r"(?P<key>\[events\]\.\[id\]) in \(select event_id (?P<list>from event_actors where actor_id = :\w+)\)"
)


def bounded_count(sql: str, most: int) -> str | None:
    """Return SQL that counts a filtered table up to `most` + 1 rows, for Datasette's that counts all; else None.

    A list is as long as the rows found in it, if there is no other filter; then the rows are not looked up.

    >>> bounded_count("select count(*) from t where a = :p0", 7)
    'select count(*) from (select 1 from t where a = :p0 limit 8)'
    """
    found = COUNT.fullmatch(sql.strip())
    if not found:
        return None
    counted = f"select 1 {found['rows']}"
    if searched := SEARCHED.fullmatch(found["filters"].strip()):
        counted = f"select 1 {searched['list']}"
    elif takes_part := TAKES_PART.fullmatch(found["filters"].strip()):
        counted = f"select distinct event_id {takes_part['list']}"
    return f"select count(*) from ({counted} limit {most + 1})"


def newest(sql: str, most: int) -> str | None:
    """Return SQL for the numbers of the last `most` + 1 rows of a selection without order; None if there is no filter.

    Events are in the order of their dates, other tables in that of the file.
    """
    found = ROWS.fullmatch(sql.strip())
    if not found or not found["filters"]:
        return None
    rows = found["rows"]
    if searched := SEARCHED.fullmatch(found["filters"].strip()):
        rows = searched["list"]
    return f"select rowid {rows} order by rowid desc limit {most + 1}"


def among(sql: str, rows: list[int]) -> tuple[str, dict[str, str]]:
    """Return a facet's selection, of rows with these numbers, and the parameter that holds them."""
    return re.sub(r" where .*", " where rowid in (select value from json_each(:_rows))", sql, count=1, flags=re.S), {
        "_rows": json.dumps(rows)
    }


def lists(sql: str, many: int) -> list[tuple[re.Match, str]]:
    """Return (list, SQL that counts it as far as `many`) for each list in the SQL of a table's page."""
    found = [*SEARCHED.finditer(sql), *TAKES_PART.finditer(sql)] if PAGE.fullmatch(sql.strip()) else []
    if len(re.findall(r"\bselect\b", sql, re.I)) != 1 + len(found):  # a question of a reader's own, with more inside
        return []
    return [(one, f"select count(*) from (select 1 {one['list']} limit {many + 1})") for one in found]


def on_the_way(sql: str, long: re.Match) -> str:
    """Return a page's SQL that goes through its rows in their order, and asks of each whether it is in a long list."""
    table = PAGE.fullmatch(sql.strip())["table"]
    member = f"{long['index']}.rowid = {table}.rowid" if long.re is SEARCHED else f"event_id = {long['key']}"
    return sql.replace(long[0], f"exists (select 1 {long['list']} and {member})")
