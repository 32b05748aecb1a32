"""/-/health: whether this process answers, which data it has, and whether its pictures are drawn."""

from datasette import Response, hookimpl

from coalition.asking import release
from coalition.caching.version import site_version
from coalition.warming import is_warm


async def health(datasette):
    """Answer /-/health: 200 with the version of data and site, 503 when the database cannot be read."""
    try:
        about = await release(datasette)
    except Exception as error:
        return Response.json({"ok": False, "error": type(error).__name__}, status=503)
    body = {key: about[key] for key in ("version", "content_hash")}
    return Response.json({"ok": True, **body, "site_version": site_version(datasette), "warm": is_warm(datasette)})


@hookimpl
def register_routes():
    return [(r"^/-/health$", health)]
