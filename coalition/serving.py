"""The site: Datasette over the compiled database, read-only, with this project's settings, plugins and templates."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import lru_cache
from pathlib import Path

from datasette.app import Datasette
from datasette.inspect import inspect_hash
from datasette.utils import parse_metadata

from coalition.accesslog import AccessLog
from coalition.ending import Unfinished
from coalition.exporting import export, is_current
from coalition.opening import open_finished
from coalition.schema import quoted
from coalition.warming import keep_in_practice, practise_usual, warm_up

MOST_TOLD = 4096  # answers about metadata; a page asks some ten different ones


class Site(Datasette):
    """Datasette that does not work out again what stays the same while it serves."""

    def __init__(self, *args, **kwargs):
        # Bounded, for it is asked of tables that are not there as well.
        self._told = lru_cache(MOST_TOLD)(super().metadata)
        super().__init__(*args, **kwargs)

    def metadata(self, key=None, database=None, table=None, fallback=True):
        """Return metadata as Datasette does, which merges all of it anew some forty times per page."""
        told = self._told(key, database, table, fallback)
        return dict(told) if key is None else told  # whoever asks for all of it may write into it

    def absolute_url(self, request, path):
        """Return the address with scheme and host; asked for every value of every facet, where urljoin takes long."""
        if path[:1] != "/" or path[:2] == "//" or "/." in path:
            return super().absolute_url(request, path)
        scheme = "https" if self.setting("force_https_urls") else request.scheme
        return f"{scheme}://{request.host}{path}"


def site(root: Path, database: Path, downloads: Path | None = None, **overrides) -> Datasette:
    """Return a Datasette that serves `database` immutably, configured by the files in `root`.

    Datasette's own configuration directory mode mounts every database in the folder as mutable unless a
    file of inspect data names it, and trusts that file when it is stale; so the parts are given one by one.
    `downloads` is a folder of files as `export` writes them.
    """
    options = {
        "immutables": [str(database)],
        "metadata": parse_metadata((root / "metadata.yml").read_text(encoding="utf-8")),
        "settings": json.loads((root / "settings.json").read_text(encoding="utf-8")),
        "plugins_dir": str(root / "plugins"),
        "template_dir": str(root / "templates"),
        "static_mounts": [("static", str(root / "static"))],
        "cors": True,
        "inspect_data": inspected(database),
    }
    datasette = Site([], **{**options, **overrides})
    datasette.downloads = downloads
    return datasette


def inspected(database: Path) -> dict:
    """Return what Datasette need not find out again about a file that does not change: hash, size, row counts."""
    with closing(open_finished(database)) as db:
        shadow = "select name from pragma_table_list where type = 'shadow'"
        names = db.execute(f"select name from sqlite_master where type = 'table' and name not in ({shadow})")
        counts = {name: {"count": _count(db, name)} for (name,) in names.fetchall()}
    return {database.stem: {"hash": inspect_hash(database), "size": database.stat().st_size, "tables": counts}}


def _count(db: sqlite3.Connection, table: str) -> int:
    # An index of the full text has as many rows as its table, but takes a second to say so.
    table = table.removesuffix("_fts")
    return db.execute(f"select count(*) from {quoted(table)}").fetchone()[0]


def prepared_downloads(root: Path, database: Path, folder: Path) -> Path | None:
    """Return `folder` with the files of this database in it, written now if need be; None if they cannot be."""
    if is_current(folder, inspect_hash(database)):
        return folder
    try:
        export(root, database, folder, compressed=True)
    except OSError:  # a read-only folder: the site makes its own in a temporary one
        return None
    return folder


def application(datasette: Datasette, log: bool = True, once_warm: Callable[[], None] = lambda: None):
    """Return the site as an ASGI application that starts whole, draws its usual pictures, and logs what it answers.

    `once_warm` is called when what most readers ask for is made.
    """
    app = datasette.app()

    async def warm():
        await warm_up(datasette)
        await practise_usual(datasette)
        once_warm()
        await keep_in_practice(datasette)

    async def started(scope, receive, send):
        if scope["type"] != "lifespan":
            await app(scope, receive, send)
            return
        assert (await receive())["type"] == "lifespan.startup"
        # Before the first request: Datasette would let a second one pass while the first still starts it.
        await datasette.invoke_startup()
        warming = asyncio.create_task(warm())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        warming.cancel()
        await send({"type": "lifespan.shutdown.complete"})

    whole = Unfinished(started)
    return AccessLog(whole) if log else whole
