"""Making what most readers ask for first, before they ask: home, gallery, charts, tables with their facets.

The charts may be drawn long before, where the site is built, and lie beside its downloads.
"""

from __future__ import annotations

import asyncio
from itertools import cycle
from weakref import WeakSet

from coalition.asking import named_queries
from coalition.charts.answers import charted_queries
from coalition.charts.drawing import load_drawn, save_drawn
from coalition.charts.render import practised
from coalition.known import patient
from coalition.metadata import DATABASE

PAGES = ("/", "/charts", "/countries", "/claims", "/codebook", "/downloads")
DRAWN = "drawn"  # folder within the downloads
TOGETHER = 2  # as many as there are processes that draw
ROUNDS = 2  # of practice; a picture takes a process half as long after some eighty as after the first ten
PRACTICE = 15  # seconds between two pictures that nobody asked for
_warm: WeakSet = WeakSet()


def is_warm(datasette) -> bool:
    """Return whether every usual picture of this site has been drawn and every usual facet counted."""
    return datasette in _warm


async def warm_up(datasette) -> None:
    """Ask the site for its usual pages; drawings are kept by content, facets and named queries by their SQL, so that
    every reader has them after."""
    patient.set(True)
    if datasette.downloads:
        await asyncio.to_thread(load_drawn, datasette.downloads / DRAWN)
    tables = [f"/{DATABASE}/{name}" for name in await datasette.get_database(DATABASE).table_names()]
    queries = [f"/{DATABASE}/{name}" for name in named_queries(datasette)]
    charts = [f"/{DATABASE}/{name}{form}" for name in charted_queries(datasette) for form in (".svg", ".embed")]
    turn = asyncio.Semaphore(TOGETHER)

    async def ask(path: str) -> None:
        async with turn:
            await datasette.client.get(datasette.urls.path(path))

    await asyncio.gather(*(ask(path) for path in (*PAGES, *tables, *queries, *charts)))
    await datasette.get_database(DATABASE).known.learn()
    _warm.add(datasette)


async def practise_usual(datasette) -> None:
    """Have every usual chart drawn by every process that draws; of use only where readers will ask for others."""
    for _ in range(ROUNDS):
        for name in charted_queries(datasette):  # one at a time, for readers' pictures wait in the same queue
            await practised(datasette, name)


async def keep_in_practice(datasette) -> None:
    """Have one usual chart after the other drawn by every process that draws, now and then and without end.

    V8 throws away the compiled form of what has not run for half a minute; the next pictures would take twice as long.
    """
    for name in cycle(charted_queries(datasette)):
        await asyncio.sleep(PRACTICE)
        await practised(datasette, name)


async def draw_usual(datasette) -> int:
    """Draw every usual chart and leave it in the folder of downloads; return how many there are."""
    await datasette.invoke_startup()
    await warm_up(datasette)
    return save_drawn(datasette.downloads / DRAWN)
