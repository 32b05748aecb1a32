"""A CSV that cannot be had is an error, not an empty file; one that can be had is called a CSV.

Datasette answers 200 with nothing in it when the SQL of a CSV fails, and 500 when it is stopped by a limit; and it says
nowhere in a CSV that rows were cut off.
"""

from __future__ import annotations

import sqlite3
from contextvars import ContextVar
from urllib.parse import parse_qs

from datasette.views.base import DatasetteError

from coalition.metadata import DATABASE
from coalition.refusing import refused

TEXT, CSV = b"text/plain; charset=utf-8", b"text/csv; charset=utf-8"
CUT = "There are more than {} rows, and a CSV cannot say that some are left out; ask for fewer, or see /downloads"
EMPTY = "A CSV of the database needs SQL: /coalition.csv?sql=select+..."
wanted: ContextVar[bool] = ContextVar("csv wanted", default=False)


def wants_csv(scope: dict) -> bool:
    """Return whether a request asks for CSV."""
    return scope["type"] == "http" and (scope["path"].endswith(".csv") or b"_format=csv" in scope["query_string"])


def is_empty(scope: dict) -> bool:
    """Return whether a CSV of the database is asked for without any SQL."""
    if not wants_csv(scope) or scope["path"] not in (f"/{DATABASE}", f"/{DATABASE}.csv"):
        return False
    return not any(parse_qs(scope["query_string"].decode("latin-1")).get("sql", ()))


def telling(execute):
    """Return Database.execute that ends the making of a CSV whose SQL fails or finds more rows than are returned."""

    async def told(*args, **kwargs):
        try:
            results = await execute(*args, **kwargs)
        except sqlite3.DatabaseError as error:
            if wanted.get():
                raise DatasetteError(str(error), title="Invalid SQL", status=400) from error
            raise
        if wanted.get() and results.truncated:
            raise DatasetteError(CUT.format(f"{len(results.rows):,}"), title="Too many rows", status=400)
        return results

    return told


def calling(send):
    """Return the ASGI send of a CSV that says so; Datasette says text/plain."""

    async def called(message):
        if message["type"] == "http.response.start" and message["status"] == 200:
            headers = [(key, CSV if value == TEXT else value) for key, value in message["headers"]]
            message = {**message, "headers": headers}
        await send(message)

    return called


class Noting:
    """ASGI application that notes for `app` whether a CSV is asked for."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if is_empty(scope):
            await refused(EMPTY).asgi_send(send)
            return
        token = wanted.set(wants_csv(scope))
        try:
            await self.app(scope, receive, calling(send) if wanted.get() else send)
        finally:
            wanted.reset(token)
