"""/releases, /releases.json and /releases.atom: what each version brought, and what it changed in the data."""

from datasette import Response, hookimpl

from coalition import ROOT
from coalition.asking import release
from coalition.prose import line_as_html
from coalition.releases import read_releases, releases_atom

OPEN = {"access-control-allow-origin": "*"}
RELEASES = read_releases(ROOT)
WHOLE = 5  # releases that the page tells in full, so that it does not grow with their number


async def releases(request, datasette):
    """Answer /releases in the form that its suffix names."""
    form = request.url_vars["form"]
    if form == ".json":
        return Response.json(RELEASES, headers=OPEN)
    if form == ".atom":
        site_url = datasette.absolute_url(request, datasette.urls.instance())
        body = releases_atom((await release(datasette))["title"], site_url, RELEASES)
        return Response(body, headers=OPEN, content_type="application/atom+xml; charset=utf-8")
    context = {"releases": RELEASES, "as_html": line_as_html, "whole": WHOLE}
    return Response.html(await datasette.render_template("releases.html", context, request=request))


@hookimpl
def register_routes():
    return [(r"^/releases(?P<form>\.json|\.atom)?$", releases)]
