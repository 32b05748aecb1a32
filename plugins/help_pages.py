"""The pages for those who build on the data: /developers and /embedding."""

from datasette import Response, hookimpl

from coalition.bounding import MOST_COUNTED, MOST_FACETED, MOST_READ


async def developers(request, datasette):
    """Answer /developers; its examples are run by tests/test_developers.py."""
    limits = {key: datasette.setting(key) for key in ("max_returned_rows", "sql_time_limit_ms")}
    context = {"limits": {**limits, "most_counted": MOST_COUNTED, "most_faceted": MOST_FACETED, "most_read": MOST_READ}}
    return Response.html(await datasette.render_template("developers.html", context, request=request))


async def embedding(request, datasette):
    """Answer /embedding."""
    return Response.html(await datasette.render_template("embedding.html", {}, request=request))


@hookimpl
def register_routes():
    return [(r"^/developers$", developers), (r"^/embedding$", embedding)]
