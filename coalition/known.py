"""What is counted once about a file that never changes: the facets of whole tables, and the site's own questions.

Datasette counts the facets again for every page of a table, every order and every format, although only a filter
changes them; they were two thirds of the time of a page. A named query without a choice of its reader's has one answer
as well, and some take seconds over a million events.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections import OrderedDict
from contextlib import suppress
from contextvars import ContextVar

from datasette.database import QueryInterrupted, Results

from coalition.caching.asking import CHANGING
from coalition.opening import open_finished

# Set by whoever may count without a limit: the site itself before it is open, never a reader.
patient: ContextVar[bool] = ContextVar("patient", default=False)
MOST_CHOSEN = 32  # results with a reader's choice: a page asks for the same one for its rows and for each drawing
MOST = 256  # statements; a reader's own may look like a facet, and must not fill the memory
COLUMN_FACET = re.compile(r"\s*select .{1,200} as value, count\(\*\) as count from \(", re.S)
ARRAY_FACET = re.compile(
    r"\s*with inner as \(select (?P<columns>.*?) from (?P<table>\S+)\s.*?json_each\(\[inner\]\.(?P<array>\w+)", re.S
)
ACTOR_FILTER = re.compile(r'(:\w+) (not )?in \(select value from json_each\(["[]?events["\]]?\.["[]?actors["\]]?\)\)')
ONCE = {("events", "actors")}  # arrays that hold each value once
PARAMETER = re.compile(r":(\w+)")
WHOLE_ROWS = re.compile(r"distinct\s+j\.value,\s+inner\.\*")


def is_facet(sql: str) -> bool:
    """Return whether the SQL is one that Datasette writes to count a facet, and gives the same result each time."""
    return bool(COLUMN_FACET.match(sql) or ARRAY_FACET.match(sql)) and not CHANGING.search(sql)


def statement(sql: str, params=None) -> tuple:
    """Return SQL and its parameters, {name: value} or a sequence, as one key, whatever stands at the end.

    Datasette hands over the whole query string of a page, and the place of its next page; what the SQL does not name
    makes no other answer.
    """
    values = params or ()
    if isinstance(params, dict):
        named = set(PARAMETER.findall(sql))
        values = sorted((name, value) for name, value in params.items() if name in named)
    return sql.strip().rstrip(";").rstrip(), tuple(values)


def by_link(sql: str) -> str:
    """Return a table's SQL that finds the events of an actor by the table of links; Datasette's opens every array."""
    return ACTOR_FILTER.sub(r"[events].[id] \2in (select event_id from event_actors where actor_id = \1)", sql)


def by_key(sql: str, keys: dict[str, list[str]]) -> str:
    """Return an array facet's SQL that tells rows apart by their key; Datasette's compares all columns of all rows.

    Over the events it takes a fifth of the time, and a third of that where the build puts each value into an array
    once. `keys` is {table: its primary key, escaped}.
    """
    found = ARRAY_FACET.match(sql)
    if not found:
        return sql
    table = found["table"].strip('[]"')
    if (table, found["array"]) in ONCE:
        return WHOLE_ROWS.sub("j.value", sql)
    key = keys.get(table, [])
    selected = {column.strip() for column in found["columns"].split(",")}
    if not key or not selected.issuperset(key):
        return sql
    return WHOLE_ROWS.sub("distinct j.value, " + ", ".join(f"inner.{column}" for column in key), sql)


class Known:
    """Database.execute that holds the results of facets without a filter, and of the statements in `ours`.

    Of these with a reader's choice it holds the last MOST_CHOSEN: a page asks for the same one several times.
    One that the limit stops while the site draws its usual pages (see `patient`) is counted whole instead.
    """

    def __init__(self, database, ours: frozenset[tuple] = frozenset()):
        self.path, self.execute, self.ours = database.path, database.execute, ours
        self.most_rows = database.ds.max_returned_rows
        self._facets: OrderedDict[tuple, Results] = OrderedDict()
        self._ours: dict[tuple, Results] = {}
        self._named = {sql for sql, _ in ours}
        self._chosen: OrderedDict[tuple, Results] = OrderedDict()

    async def __call__(self, sql, params=None, truncate=False, **kwargs):
        asked = statement(sql, params)
        plain = not kwargs.get("page_size") and not kwargs.get("custom_time_limit")
        if asked in self.ours and plain:
            held = self._ours
        elif asked[0] in self._named and plain:
            held = self._chosen
        elif not asked[1] and is_facet(sql):
            held = self._facets
        else:
            return await self.execute(sql, params, truncate=truncate, **kwargs)
        key = (*asked, truncate)
        if (found := held.get(key)) is None:
            found = held[key] = await self._results(sql, params, truncate, kwargs)
        if isinstance(held, OrderedDict):
            held.move_to_end(key)
            while len(held) > (MOST if held is self._facets else MOST_CHOSEN):
                held.popitem(last=False)
        return found

    async def learn(self) -> None:
        """Ask each of `ours` as a page of a named query does; one that fails tells so to whoever asks it."""
        for sql, values in sorted(self.ours):
            with suppress(sqlite3.Error):
                await self(sql, dict(values), truncate=True)

    async def _results(self, sql, params, truncate, kwargs) -> Results:
        try:
            return await self.execute(sql, params, truncate=truncate, **kwargs)
        except QueryInterrupted:
            if not patient.get():
                raise
            return await asyncio.to_thread(self._counted, sql, params or {}, truncate)

    def _counted(self, sql: str, params: dict, truncate: bool) -> Results:
        db = open_finished(self.path)
        try:
            db.row_factory = sqlite3.Row
            cursor = db.execute(sql, params)
            rows = cursor.fetchmany(self.most_rows + 1) if truncate else cursor.fetchall()
            return Results(rows[: self.most_rows] if truncate else rows, truncate and len(rows) > self.most_rows,
                           cursor.description)  # fmt: skip
        finally:
            db.close()
