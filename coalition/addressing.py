"""What an address means: names that others append to a link say nothing, and the CSV of a table is all its rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from coalition.metadata import DATABASE

# Of campaigns, advertisers, newsletters and networks; they stand in links that are passed on. `_trace` asks Datasette
# for what is closed here, and made a page out of a CSV.
TRACKING = re.compile(
    rb"_trace|utm_\w+|\w+clid|[gw]braid|srsltid|mc_[ce]id|mkt_tok|vero_id|igsh(id)?|si|ref(_\w+)?|spm|isappinstalled",
    re.I,
)
TABLE_CSV = re.compile(rf"/{DATABASE}/(\w+)\.csv$")
UNSAID = {b"_size=", b"_next=", b"_stream="}
PART = {b"_size", b"_next"}
WHOLE = [b"_size=max", b"_stream=on"]  # without the size Datasette reads fifty rows at a time


def name_of(pair: bytes) -> bytes:
    return unquote_to_bytes(pair.partition(b"=")[0])


def meant(query: bytes, csv: bool) -> bytes:
    """Return a query string as the site is to read it; `csv` says whether the CSV of a table is asked for.

    >>> meant(b"year=2024&utm_source=x", csv=False), meant(b"_size=", csv=True), meant(b"_size=5", csv=True)
    (b'year=2024', b'_size=max&_stream=on', b'_size=5')
    """
    pairs = [pair for pair in query.split(b"&") if pair]
    if not any(name_of(pair) == b"sql" for pair in pairs):  # whose parameters have names of the reader's own
        pairs = [pair for pair in pairs if not TRACKING.fullmatch(name_of(pair))]
    if not csv:
        return b"&".join(pairs)
    pairs = [pair for pair in pairs if pair not in UNSAID]
    if PART.isdisjoint(map(name_of, pairs)):
        pairs = [*(pair for pair in pairs if name_of(pair) != b"_stream"), *WHOLE]
    return b"&".join(pairs)


class Meaning:
    """ASGI application that hands `app` each address as it is meant; `queries` returns the names that are no tables."""

    def __init__(self, app, queries: Callable[[], dict]):
        self.app, self.queries = app, queries

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http":
            found = TABLE_CSV.search(scope["path"])
            csv = bool(found) and found[1] not in self.queries()
            scope = {**scope, "query_string": meant(scope["query_string"], csv)}
        await self.app(scope, receive, send)
