"""oEmbed: a content system that meets the address of a chart asks here how to show it."""

from urllib.parse import urlencode

from datasette import Response, hookimpl

from coalition.asking import release
from coalition.charts.answers import PICTURE_KEYS, BadRequest, answer, charted_queries
from coalition.charts.render import figure_svg
from coalition.charts.sharing import WIDTHS, bounded, chart_in, frame, frame_height
from coalition.metadata import DATABASE

HEADERS = {"access-control-allow-origin": "*"}


def refused(sentence: str, status: int) -> Response:
    return Response.json({"ok": False, "error": sentence, "status": status}, status=status, headers=HEADERS)


async def oembed(request, datasette):
    """Answer /oembed?url=…&format=json&maxwidth=…: rich, a frame; or photo for the address of a PNG.

    Source: oembed.com, version 1.0.
    """
    if request.args.get("format", "json") != "json":
        return refused("Only format=json is offered", 501)
    site = datasette.absolute_url(request, datasette.urls.instance())
    url = request.args.get("url") or ""
    found = chart_in(url, site)
    if not found or found[0] not in charted_queries(datasette):
        return refused(f"'{url[:200]}' is not the address of a chart of this site; {site}charts lists them all", 404)
    most = {
        key: bounded(request.args.get(key), 720 if key == "maxwidth" else 10_000) for key in ("maxwidth", "maxheight")
    }
    if bad := [key for key, value in most.items() if value is None]:
        return refused(f"{bad[0]} is a number of pixels, not '{request.args[bad[0]][:30]}'", 400)
    name, args = found
    try:
        shown = await answer(datasette, name, args)
    except BadRequest as error:
        return refused(str(error), 400)
    about = await release(datasette)
    width = max(WIDTHS[0], min(WIDTHS[1], most["maxwidth"]))
    height = min(most["maxheight"], frame_height(await figure_svg(datasette, name, shown.params, 720), width))
    asked = "?" + url.partition("?")[2] if "?" in url else ""
    base = f"{site}{DATABASE}/{name}"
    words = {
        "version": "1.0",
        "title": shown.words.full_title,
        "provider_name": about["title"],
        "provider_url": site,
        "cache_age": 3600,
        "thumbnail_url": card_address(base, args),
        "thumbnail_width": 1200,
        "thumbnail_height": 630,
    }
    if url.partition("?")[0].endswith(".png"):
        return Response.json(
            {**words, "type": "photo", "url": card_address(base, args), "width": 1200, "height": 630}, headers=HEADERS
        )
    html = frame(f"{base}.embed{asked}", shown.words.full_title, height)
    return Response.json({**words, "type": "rich", "html": html, "width": width, "height": height}, headers=HEADERS)


def card_address(base: str, args: dict[str, str]) -> str:
    """Return the address of the chart's card of 1200 × 630 with its parameters."""
    kept = {key: value for key, value in args.items() if key not in PICTURE_KEYS or key == "frozen"}
    return f"{base}.png?{urlencode({**kept, 'card': 1})}"


@hookimpl
def register_routes():
    return [(r"^/oembed$", oembed)]
