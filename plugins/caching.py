"""Every cacheable answer is made once per site version and meaning; ETag and Cache-Control come from that version."""

from datasette import hookimpl

from coalition.addressing import Meaning
from coalition.asking import named_queries
from coalition.caching.notes import noticing
from coalition.caching.version import site_version
from coalition.caching.wrapper import Cache


# Datasette puts the last wrapper outermost; the cache stands before everything else but what an address means.
@hookimpl(trylast=True)
def asgi_wrapper(datasette):
    return lambda app: Meaning(Cache(app, lambda: site_version(datasette)), lambda: named_queries(datasette))


@hookimpl
def startup(datasette):
    site_version(datasette)
    for database in datasette.databases.values():
        database.execute = noticing(database.execute)


@hookimpl
def extra_template_vars(datasette):
    return {"site_version": site_version(datasette)}
