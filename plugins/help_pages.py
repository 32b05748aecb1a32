"""The pages for those who build on the data or weigh them: /developers, /embedding and /audit."""

from datasette import Response, hookimpl

from coalition import ROOT
from coalition.bounding import MOST_COUNTED, MOST_FACETED, MOST_READ
from coalition.prose import as_html, title_of
from coalition.searching import MOST_SHOWN

_text = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")
AUDIT = {"title": title_of(_text), "content": as_html(_text)}


async def developers(request, datasette):
    """Answer /developers; its examples are run by tests/test_developers.py."""
    limits = {key: datasette.setting(key) for key in ("max_returned_rows", "sql_time_limit_ms")}
    limits |= {"most_counted": MOST_COUNTED, "most_faceted": MOST_FACETED, "most_read": MOST_READ,
               "most_shown": MOST_SHOWN}  # fmt: skip
    return Response.html(await datasette.render_template("developers.html", {"limits": limits}, request=request))


async def embedding(request, datasette):
    """Answer /embedding."""
    return Response.html(await datasette.render_template("embedding.html", {}, request=request))


async def audit(request, datasette):
    """Answer /audit: what random rows looked up afresh were found to be, and how much lists of others find here."""
    return Response.html(await datasette.render_template("audit.html", AUDIT, request=request))


@hookimpl
def register_routes():
    return [(r"^/developers$", developers), (r"^/embedding$", embedding), (r"^/audit$", audit)]
