"""What machines that read the site ask for: /feed.atom, /sitemap.xml and /robots.txt."""

from datasette import Response, hookimpl

from coalition.asking import ask, named_queries, release
from coalition.feeds import atom, robots, sitemap

PAGES = ("", "countries", "charts", "claims", "coalition", "codebook", "developers", "embedding", "downloads",
         "releases")  # fmt: skip


def site_url(datasette, request) -> str:
    return datasette.absolute_url(request, datasette.urls.instance())


async def feed(request, datasette):
    """Answer /feed.atom: the fifty newest events."""
    body = atom(await release(datasette), site_url(datasette, request), await ask(datasette, "feed_events"))
    headers = {"access-control-allow-origin": "*"}
    return Response(body, headers=headers, content_type="application/atom+xml; charset=utf-8")


async def site_map(request, datasette):
    """Answer /sitemap.xml: pages, named queries, countries and records."""
    root = site_url(datasette, request)
    codebook = [f"coalition/{name}" for name in (datasette.metadata("tables", database="coalition") or {})]
    paths = [*PAGES, *codebook, *(f"coalition/{name}" for name in named_queries(datasette))]
    paths += [row["path"] for row in await ask(datasette, "sitemap_records")]
    body = sitemap([root + path for path in paths], (await release(datasette))["released"])
    return Response(body, content_type="application/xml; charset=utf-8")


async def robots_txt(request, datasette):
    """Answer /robots.txt."""
    return Response.text(robots(site_url(datasette, request), datasette.urls.instance()))


@hookimpl
def register_routes():
    return [(r"^/feed\.atom$", feed), (r"^/sitemap\.xml$", site_map), (r"^/robots\.txt$", robots_txt)]
