"""A lane of its own for readers' SQL, so that slow queries wait for each other and not the pages for them.

Datasette has one queue for all SQL. Two hundred queries that run into the time limit filled it for minutes, and
every page that was not kept yet stood behind them.
"""

from __future__ import annotations

import asyncio
import re
from urllib.parse import unquote_to_bytes

from coalition.refusing import told

# SQL of the reader's own, whole or as a condition; facets and orders of any column are as free.
FREE = re.compile(rb"(?:^|&)(?:sql|_where|_facet(?:_\w+)?)=")
AT_ONCE = 1  # of the two threads for SQL (settings.json), so that one is always there for pages
WAITING = 20  # at a second and a half each, the last waits for half a minute
SENTENCE = (
    "Too many queries of readers' own are waiting just now; try again in a few seconds. The downloads answer any"
    " question on your own machine: /downloads"
)


def is_free(scope: dict) -> bool:
    """Return whether a request runs SQL that a reader wrote."""
    query = scope["query_string"]
    return bool(query) and bool(FREE.search(unquote_to_bytes(query)))


class Lane:
    """ASGI application that lets AT_ONCE free queries through to `app`, WAITING wait, and asks others to come again."""

    def __init__(self, app):
        self.app, self.waiting = app, 0
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http" or not is_free(scope):
            await self.app(scope, receive, send)
            return
        if self.waiting >= WAITING + AT_ONCE:
            await come_again(scope, send)
            return
        self.waiting += 1
        try:
            async with self._turn:
                await self.app(scope, receive, send)
        finally:
            self.waiting -= 1


async def come_again(scope: dict, send, status: int = 429, sentence: str = SENTENCE, seconds: int = 5) -> None:
    """Answer with a sentence and the seconds after which to ask again."""
    await told(scope["path"], status, "Come again", sentence, {"retry-after": str(seconds)}).asgi_send(send)
