"""What machines that read the site ask for: /feed.atom, /sitemap.xml and /robots.txt."""

from datasette import Response, hookimpl
from datasette.utils.asgi import NotFound

from coalition.asking import ask, ask_one, named_queries, release
from coalition.feeds import atom, robots, sitemap, sitemap_index

PAGES = ("", "countries", "charts", "claims", "coalition", "codebook", "developers", "embedding", "audit", "downloads",
         "releases")  # fmt: skip
MOST = 20_000  # records in one sitemap; 50,000 addresses are allowed (sitemaps.org), but take half a second


def site_url(datasette, request) -> str:
    return datasette.absolute_url(request, datasette.urls.instance())


async def feed(request, datasette):
    """Answer /feed.atom: the fifty newest events."""
    body = atom(await release(datasette), site_url(datasette, request), await ask(datasette, "feed_events"))
    headers = {"access-control-allow-origin": "*"}
    return Response(body, headers=headers, content_type="application/atom+xml; charset=utf-8")


async def site_map(request, datasette):
    """Answer /sitemap.xml: pages, named queries, countries and records; with many records, the list of sitemaps."""
    root = site_url(datasette, request)
    released = (await release(datasette))["released"]
    events = (await ask_one(datasette, "sitemap_size"))["events"]
    if events <= MOST:
        return xml(sitemap([root + path for path in [*await pages(datasette), *await records(datasette, 0)]], released))
    parts = ["pages", *range(1, -(-events // MOST) + 1)]
    return xml(sitemap_index([f"{root}sitemap-{part}.xml" for part in parts], released))


async def part_of_site_map(request, datasette):
    """Answer /sitemap-pages.xml, and /sitemap-1.xml and so on: MOST records each, the oldest first."""
    part = request.url_vars["part"]
    paths = await pages(datasette) if part == "pages" else await records(datasette, (int(part) - 1) * MOST)
    if not paths:
        raise NotFound(f"There is no sitemap {part}; /sitemap.xml lists them all")
    root = site_url(datasette, request)
    return xml(sitemap([root + path for path in paths], (await release(datasette))["released"]))


async def pages(datasette) -> list[str]:
    """Return the paths of what is not a record: pages, tables, named queries and countries."""
    tables = [f"coalition/{name}" for name in (datasette.metadata("tables", database="coalition") or {})]
    queries = [f"coalition/{name}" for name in named_queries(datasette)]
    return [*PAGES, *tables, *queries, *(row["path"] for row in await ask(datasette, "sitemap_actors"))]


async def records(datasette, after: int) -> list[str]:
    """Return the paths of MOST records after so many."""
    return [row["path"] for row in await ask(datasette, "sitemap_records", after=after, most=MOST)]


def xml(body: str) -> Response:
    return Response(body, content_type="application/xml; charset=utf-8")


async def robots_txt(request, datasette):
    """Answer /robots.txt."""
    return Response.text(robots(site_url(datasette, request), datasette.urls.instance()))


@hookimpl
def register_routes():
    return [
        (r"^/feed\.atom$", feed),
        (r"^/sitemap\.xml$", site_map),
        (r"^/sitemap-(?P<part>pages|[1-9][0-9]{0,5})\.xml$", part_of_site_map),
        (r"^/robots\.txt$", robots_txt),
    ]
