"""Charts: pictures, specs and embeds of every charted query, and the gallery."""

import json
import re

from datasette import Response, hookimpl

from coalition.charts.answers import BadRequest, answer, charted_queries
from coalition.charts.drawing import GivenUp, bundle
from coalition.charts.render import WIDTHS, figure_svg, framed_svg, full_spec, png, said
from coalition.charts.spec import Undrawable, table_columns
from coalition.charts.theme import variables
from coalition.metadata import DATABASE, by_topic
from coalition.refusing import refused

GALLERY = 400  # pixels: the width of a column of the gallery, and readable on a phone
FORMS = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "vl.json": "application/json",
    "embed": "text/html",
    "figure": "text/html",
}


def size(args, key: str, default: float, low: float, high: float) -> float:
    """Return a number of the query string within its bounds; raise BadRequest with a sentence."""
    text = args.get(key) or str(default)
    value = float(text) if re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,9})?", text) else -1
    if not low <= value <= high:
        raise BadRequest(f"{key} is a number from {low:g} to {high:g}, not '{text[:30]}'")
    return value


async def chart_form(request, datasette):
    """Answer /coalition/<query>.<form>."""
    name, form = request.url_vars["name"], request.url_vars["form"]
    if name not in charted_queries(datasette):
        return refused_as(form, f"There is no chart of the name '{name}'; /charts lists them all", 404)
    args = {key: request.args[key] for key in request.args}
    try:
        width = int(size(args, "width", 640, 240, 1600))
        card = args.get("card") == "1"
        scale = size(args, "scale", 1 if card else 2, 0.1, 4)
        if args.get("theme", "light") not in ("light", "dark", ""):
            raise BadRequest(f"theme is light or dark, not '{args['theme'][:30]}'")
        found = await answer(datasette, name, args)
    except BadRequest as error:
        return refused_as(form, str(error), 400)
    dark = args.get("theme") == "dark"
    if form == "svg":
        return reply(form, await framed_svg(found, width, dark, card))
    try:
        if form == "png":
            return reply(form, await png(found, width, scale, dark, card))
        if form == "vl.json":
            return reply(form, json.dumps(full_spec(found, width, dark), ensure_ascii=False))
    except GivenUp as error:  # by a machine that has too much to draw
        return refused_as(form, str(error), 429)
    except Undrawable as error:  # of rows that do not fit
        return refused_as(form, str(error), 400)
    return reply(form, await embed_page(request, datasette, found, f"{form}.html"))


async def embed_page(request, datasette, found, template: str) -> str:
    """Return the frameable page, or the <figure> to paste: a narrow and a wide drawing to choose from."""
    query_string = f"?{request.query_string}" if request.query_string else ""
    base = datasette.absolute_url(request, datasette.urls.path(f"/{DATABASE}/{found.name}"))
    context = {
        "found": found,
        **{kind: await figure_svg(datasette, found.name, found.params, w) for kind, w in WIDTHS.items()},
        "page": base + query_string,
        "spec": f"{base}.vl.json{query_string}",
        "columns": table_columns(found.query["chart"], found.columns),
        "light": variables(False),
        "dark": variables(True),
    }
    return await datasette.render_template(template, context, request=request)


def reply(form: str, body: str | bytes, status: int = 200) -> Response:
    headers = {"access-control-allow-origin": "*"}
    kind = FORMS[form] if isinstance(body, bytes) else f"{FORMS[form]}; charset=utf-8"
    return Response(body, status=status, headers=headers, content_type=kind)


def refused_as(form: str, sentence: str, status: int) -> Response:
    """Say why in the form that was asked for: a picture for .svg, JSON for the rest."""
    if form == "svg":
        return reply(form, said(sentence), status)
    return refused(sentence, status)


async def gallery(request, datasette):
    """Answer /charts: every chart with its question, by topic."""
    topics = {
        topic: [
            {"name": name, "query": q, "svg": await figure_svg(datasette, name, {}, GALLERY)}
            for name, q in found.items()
        ]
        for topic, found in by_topic(charted_queries(datasette)).items()
    }
    context = {"topics": topics, "light": variables(False), "dark": variables(True)}
    return Response.html(await datasette.render_template("charts.html", context, request=request))


async def chart_bundle(request, datasette):
    """Answer /-/vega.js: Vega, Vega-Lite and Vega-Embed, for readers who ask for the interactive chart."""
    return Response(await bundle(), content_type="text/javascript; charset=utf-8")


@hookimpl
def register_routes():
    return [
        (r"^/coalition/(?P<name>[A-Za-z0-9_]+)\.(?P<form>svg|png|vl\.json|embed|figure)$", chart_form),
        (r"^/charts$", gallery),
        (r"^/-/vega\.js$", chart_bundle),
    ]
