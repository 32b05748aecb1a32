"""Errors are pages of the site: a sentence, a way on, never a trace."""

from datasette import Response, hookimpl
from datasette import handle_exception as default
from datasette.utils import add_cors_headers
from datasette.utils.asgi import Base400
from datasette.views.base import DatasetteError
from markupsafe import Markup

# rich comes with frictionless; where it is installed, Datasette prints every local variable of every 404 (0.45 s each).
default.rich = None
TITLES = {400: "That request cannot be answered", 403: "Not open", 404: "There is no such page"}


def told(exception: Exception) -> tuple[int, str, str]:
    """Return (status, title, message) for a reader; a failure of ours says nothing of its inside."""
    if isinstance(exception, DatasetteError):
        message = Markup(exception.message) if exception.message_is_html else exception.message
        return exception.status, exception.title or TITLES.get(exception.status, "Error"), message
    if isinstance(exception, Base400):
        message = str(exception.args[0]) if exception.args else ""
        return exception.status, TITLES.get(exception.status, "Error"), "" if message == "404" else message
    return 500, "Something went wrong on our side", "The failure was noted. The data themselves are not affected."


@hookimpl
def handle_exception(datasette, request, exception):
    async def answer():
        status, title, message = told(exception)
        headers = {}
        if datasette.cors:
            add_cors_headers(headers)
        if request.path.endswith(".json") or request.args.get("_format") == "json":
            content = {"ok": False, "error": str(message) or title, "status": status, "title": title}
            return Response.json(content, status=status, headers=headers)
        context = {"status": status, "title": title, "error": message, "ok": False}
        html = await datasette.render_template("error.html", context, request=request)
        return Response.html(html, status=status, headers=headers)

    return answer
