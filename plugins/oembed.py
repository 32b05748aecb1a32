"""oEmbed: a content system that meets the address of a chart asks here how to show it."""

from urllib.parse import urlencode

from datasette import Response, hookimpl

from coalition.asking import release
from coalition.charts.answers import PICTURE_KEYS, BadRequest, answer, charted_queries, is_known
from coalition.charts.render import CARD, figure_svg
from coalition.charts.sharing import WIDTHS, bounded, chart_in, frame, frame_height
from coalition.metadata import DATABASE
from coalition.refusing import refused

LEAST = 120  # pixels: narrower, nothing of a chart is left
HEADERS = {"access-control-allow-origin": "*"}


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
    most = {key: bounded(request.args.get(key), 10_000) for key in ("maxwidth", "maxheight")}
    if bad := [key for key, value in most.items() if value is None]:
        return refused(f"{bad[0]} is a number of pixels, not '{request.args[bad[0]][:30]}'", 400)
    name = found[0]
    args = {key: value for key, value in found[1].items() if is_known(charted_queries(datasette)[name], key)}
    try:
        shown = await answer(datasette, name, args)
    except BadRequest as error:
        return refused(str(error), 400)
    about = await release(datasette)
    width = max(WIDTHS[0], min(WIDTHS[1], most["maxwidth"] if request.args.get("maxwidth") else 720))
    height = min(most["maxheight"], frame_height(await figure_svg(datasette, name, shown.params, 720), width))
    asked = f"?{urlencode(args)}" if args else ""
    base = f"{site}{DATABASE}/{name}"
    picture = card(base, args, **most)
    words = {
        "version": "1.0",
        "title": shown.words.full_title,
        "provider_name": about["title"],
        "provider_url": site,
        "cache_age": 3600,
        **{f"thumbnail_{key}": value for key, value in picture.items()},
    }
    if url.partition("?")[0].endswith(".png"):
        if not picture:
            return refused(f"A picture is {LEAST} pixels wide at the least", 404)
        return Response.json({**words, "type": "photo", **picture}, headers=HEADERS)
    html = frame(f"{base}.embed{asked}", shown.words.full_title, height)
    return Response.json({**words, "type": "rich", "html": html, "width": width, "height": height}, headers=HEADERS)


def card(base: str, args: dict[str, str], maxwidth: int, maxheight: int) -> dict[str, str | int]:
    """Return {url, width, height} of the chart's card of at most 1200 × 630 pixels with its parameters.

    It is no larger than asked for; {} if nothing so small can be had.
    """
    width = min(CARD[0], maxwidth, maxheight * CARD[0] // CARD[1])
    if width < LEAST:
        return {}
    kept = {key: value for key, value in args.items() if key not in PICTURE_KEYS or key in ("frozen", "theme")}
    # A picture's size is rounded down, so that the scale must not fall short of the width by a fraction.
    scale = {} if width == CARD[0] else {"scale": f"{(width + 0.01) / CARD[0]:.6f}"}
    address = f"{base}.png?{urlencode({**kept, 'card': 1, **scale})}"
    return {"url": address, "width": width, "height": CARD[1] * width // CARD[0]}


@hookimpl
def register_routes():
    return [(r"^/oembed$", oembed)]
