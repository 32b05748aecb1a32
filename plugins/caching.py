"""Every cacheable answer is made once per site version; ETag and Cache-Control come from that version."""

from pathlib import Path
from weakref import WeakKeyDictionary

from datasette import hookimpl

import coalition
from coalition.caching.notes import noticing
from coalition.caching.version import version_of
from coalition.caching.wrapper import Cache

CODE = Path(coalition.__file__).parent
_versions = WeakKeyDictionary()


def site_version(datasette) -> str:
    """Return the version that the site started with; Datasette writes into its metadata as it goes along."""
    if datasette not in _versions:
        _versions[datasette] = version_of(datasette, CODE)
    return _versions[datasette]


# Datasette puts the last wrapper outermost; the cache stands before everything else.
@hookimpl(trylast=True)
def asgi_wrapper(datasette):
    return lambda app: Cache(app, lambda: site_version(datasette))


@hookimpl
def startup(datasette):
    site_version(datasette)
    for database in datasette.databases.values():
        database.execute = noticing(database.execute)


@hookimpl
def extra_template_vars(datasette):
    return {"site_version": site_version(datasette)}
