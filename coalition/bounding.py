"""How far the rows that a filter leaves are looked through for one page: few are looked up, many are met on the way.

A page of a table shows fifty rows, their number, and counts by some columns. Over a million events Datasette's own SQL
for each of these collects all rows that a word or a state leaves, which takes longer the more common the word is.
Here the number is counted up to a bound, the counts are those of the newest rows, and both are said to be so.
"""

from __future__ import annotations

import re
from contextvars import ContextVar

from coalition.paging import COLUMN

MOST_COUNTED = 100_000  # rows; 10 to 100 ms, whatever the filter
MOST_FACETED = 10_000  # rows, counted by each facet; some 20 ms each
MOST_READ = 7500  # events of a state, the newest, of all kinds (some 7 MB); its CSV gives them all
SHORT = 201  # rows of a page; to meet more on the way, a list must be longer
MANY, MANY_FOR_LONG = 20_000, 100_000  # members of a list; 20,000 take 60 ms to look up and sort

# Set where the last count of a page stopped at the bound.
beyond: ContextVar[bool] = ContextVar("beyond", default=False)

COUNT = re.compile(rf"select count\(\*\) (?P<rows>from (?P<table>{COLUMN}) where (?P<filters>.+))", re.S)
ROWS = re.compile(rf"select .*? (?P<rows>from (?P<table>{COLUMN}) where (?P<filters>.+))", re.S)
PAGE = re.compile(rf"select .*? from (?P<table>{COLUMN}) where .* order by .* limit (?P<limit>\d+)", re.S)
# A list that rows are looked up in: those that hold the words of a search, and the events of one actor.
SEARCHED = re.compile(
    r"rowid in \(select rowid (?P<list>from (?P<index>\S+) where (?P=index) match (?:escape_fts\()?:\w+\)?)\)"
)
TAKES_PART = re.compile(
    r"(?P<key>\[events\]\.\[id\]) in \(select event_id (?P<list>from event_actors where actor_id = :\w+)\)"
)


def searched(found: re.Match) -> str | None:
    """Return the list that a search is, if it is the only filter: it is the rows found, in their order."""
    only = SEARCHED.fullmatch(found["filters"].strip())
    return only["list"] if only and only["index"] == f"{found['table']}_fts" else None


def bounded_count(sql: str, most: int) -> str | None:
    """Return SQL that counts a filtered table up to `most` + 1 rows, for Datasette's that counts all; else None.

    >>> bounded_count("select count(*) from t where a = :p0", 7)
    'select count(*) from (select 1 from t where a = :p0\\nlimit 8)'
    """
    found = COUNT.fullmatch(sql.strip())
    if not found:
        return None
    counted = f"select 1 {searched(found) or found['rows']}"
    if takes_part := TAKES_PART.fullmatch(found["filters"].strip()):
        counted = f"select distinct event_id {takes_part['list']}"
    return f"select count(*) from ({counted}\nlimit {most + 1})"


def newest(sql: str, most: int) -> str | None:
    """Return SQL for the numbers of the last `most` + 1 rows of a selection without order; None if there is no filter.

    Events are in the order of their dates, other tables in that of the file.
    """
    found = ROWS.fullmatch(sql.strip())
    return f"select rowid {searched(found) or found['rows']}\norder by rowid desc limit {most + 1}" if found else None


def among(sql: str) -> str:
    """Return a facet's selection, of the rows whose numbers are in the parameter _rows, as JSON."""
    return re.sub(r" where .*", " where rowid in (select value from json_each(:_rows))", sql, count=1, flags=re.S)


def long_lists(sql: str) -> list[tuple[re.Match, str, int]]:
    """Return (list, SQL that counts it, how many are too many to look up) for each list in a table's page."""
    page = PAGE.fullmatch(sql.strip())
    if not page:
        return []
    found = [*SEARCHED.finditer(sql), *TAKES_PART.finditer(sql)]
    if len(re.findall(r"\bselect\b", sql, re.I)) != 1 + len(found):  # a question of a reader's own, with more inside
        return []
    many = MANY if int(page["limit"]) <= SHORT else MANY_FOR_LONG
    return [(one, f"select count(*) from (select 1 {one['list']} limit {many + 1})", many) for one in found]


def on_the_way(sql: str, long: re.Match) -> str:
    """Return a page's SQL that goes through its rows in their order, and asks of each whether it is in a long list.

    The index of words has no quick answer for one row (a millisecond over a million), so that its list is made; the
    plus sign says that rows are not to be found by it.
    """
    if long.re is SEARCHED:
        return sql.replace(long[0], f"+{long[0]}")
    return sql.replace(long[0], f"exists (select 1 {long['list']} and event_id = {long['key']})")
