"""What is counted once about a file that never changes: the facets of whole tables.

Datasette counts the facets again for every page of a table, every order and every format, although only a filter
changes them; they were two thirds of the time of a page.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections import OrderedDict
from contextvars import ContextVar

from datasette.database import QueryInterrupted, Results

from coalition.caching.asking import CHANGING

# Set by whoever may count without a limit: the site itself before it is open, never a reader.
patient: ContextVar[bool] = ContextVar("patient", default=False)
MOST = 256  # statements; a reader's own may look like a facet, and must not fill the memory
COLUMN_FACET = re.compile(r"\s*select .{1,200} as value, count\(\*\) as count from \(", re.S)
ARRAY_FACET = re.compile(
    r"\s*with inner as \(select (?P<columns>.*?) from (?P<table>\S+)\s.*?json_each\(\[inner\]\.", re.S
)
WHOLE_ROWS = re.compile(r"distinct\s+j\.value,\s+inner\.\*")


def is_facet(sql: str) -> bool:
    """Return whether the SQL is one that Datasette writes to count a facet, and gives the same result each time."""
    return bool(COLUMN_FACET.match(sql) or ARRAY_FACET.match(sql)) and not CHANGING.search(sql)


def by_key(sql: str, keys: dict[str, list[str]]) -> str:
    """Return an array facet's SQL that tells rows apart by their key; Datasette's compares all columns of all rows.

    Over the events it takes a fifth of the time. `keys` is {table: its primary key, escaped}.
    """
    found = ARRAY_FACET.match(sql)
    if not found:
        return sql
    key = keys.get(found["table"].strip('[]"'), [])
    selected = {column.strip() for column in found["columns"].split(",")}
    if not key or not selected.issuperset(key):
        return sql
    return WHOLE_ROWS.sub("distinct j.value, " + ", ".join(f"inner.{column}" for column in key), sql)


class Known:
    """Database.execute that holds the results of facets without a filter.

    A facet that the limit stops while the site draws its usual pages (see `patient`) is counted whole instead.
    """

    def __init__(self, database):
        self.path, self.execute = database.path, database.execute
        self._results: OrderedDict[str, Results] = OrderedDict()

    async def __call__(self, sql, params=None, *args, **kwargs):
        if params or not is_facet(sql):
            return await self.execute(sql, params, *args, **kwargs)
        if (found := self._results.get(sql)) is not None:
            self._results.move_to_end(sql)
            return found
        try:
            results = await self.execute(sql, params, *args, **kwargs)
        except QueryInterrupted:
            if not patient.get():
                raise
            results = await asyncio.to_thread(self._counted, sql)
        self._keep(sql, results)
        return results

    def _counted(self, sql: str) -> Results:
        db = sqlite3.connect(f"file:{self.path}?immutable=1", uri=True)
        try:
            db.row_factory = sqlite3.Row
            cursor = db.execute(sql)
            return Results(cursor.fetchall(), False, cursor.description)
        finally:
            db.close()

    def _keep(self, sql: str, results: Results) -> None:
        self._results[sql] = results
        while len(self._results) > MOST:
            self._results.popitem(last=False)
