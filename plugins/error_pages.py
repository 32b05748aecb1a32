"""Errors are pages of the site: a sentence, a way on, never a trace."""

import errno
import sqlite3
from pathlib import Path

from datasette import Response, hookimpl
from datasette import handle_exception as default
from datasette.database import QueryInterrupted
from datasette.utils import add_cors_headers
from datasette.utils.asgi import Base400
from datasette.views.base import DatasetteError
from markupsafe import Markup

from coalition import ROOT
from coalition.asking import ask_one
from coalition.limits import TooMuch
from coalition.metadata import DATABASE
from coalition.naming import named_events
from coalition.refusing import refusal_json, wants_data
from coalition.wording import date_in_words

# rich comes with frictionless; where it is installed, Datasette prints every local variable of every 404 (0.45 s each).
default.rich = None
# What Datasette runs into when a parameter is not what it takes for granted: '_nofacet=x' or '_through=['.
TYPED = (ValueError, TypeError, LookupError, OverflowError, MemoryError, sqlite3.Error)
UNREADABLE = "A parameter of this address has a value that cannot be used"
STOPPED = "The query took longer than the time limit and was stopped"
TITLES = {
    400: "That request cannot be answered",
    403: "Not open",
    404: "There is no such page",
    410: "This record was withdrawn",
}


def is_ours(exception: Exception) -> bool:
    """Return whether the failure happened in a line of this project rather than in a library that read the address."""
    place = exception.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    file = Path(place.tb_frame.f_code.co_filename) if place else ROOT
    # Not all below ROOT: a reader's virtual environment may lie in the clone.
    return any(file.is_relative_to(ROOT / part) for part in ("coalition", "plugins", "build_db.py"))


def told(exception: Exception, asked: bool = False) -> tuple[int, str, str]:
    """Return (status, title, message) for a reader; a failure of ours says nothing of its inside.

    `asked` says whether the address has parameters, so that the failure may be the reader's.
    """
    if isinstance(exception, QueryInterrupted):
        return 400, TITLES[400], STOPPED
    if isinstance(exception, TooMuch):
        return 400, TITLES[400], f"{str(exception)[:1].upper()}{str(exception)[1:]}"
    if asked and isinstance(exception, TYPED) and "malformed" not in str(exception) and not is_ours(exception):
        return 400, TITLES[400], UNREADABLE
    if isinstance(exception, DatasetteError):
        message = Markup(exception.message) if exception.message_is_html else exception.message
        # Datasette says 500 of a column to sort by that does not exist.
        status = 400 if asked and exception.status == 500 else exception.status
        if not asked and "no such table" in str(message):
            return 404, TITLES[404], ""
        return status, exception.title or TITLES.get(status, "Error"), message
    if isinstance(exception, OSError) and exception.errno in (errno.ENAMETOOLONG, errno.ENOENT, errno.ENOTDIR):
        return 404, TITLES[404], ""  # an address that cannot be the name of a file
    if isinstance(exception, Base400):
        message = str(exception.args[0]) if exception.args else ""
        return exception.status, TITLES.get(exception.status, "Error"), "" if message == "404" else message
    return 500, "Something went wrong on our side", "The failure was noted. The data themselves are not affected."


async def withdrawal(datasette, request) -> dict | None:
    """Return {date, reason, instead: [events that the reason names]} of a withdrawn record at this address, or None."""
    asked = request.url_vars if request.scope.get("url_route") else {}
    if asked.get("database") != DATABASE or not asked.get("pks"):
        return None
    found = await ask_one(datasette, "record_withdrawal", id=asked["pks"], table_name=asked["table"])
    if found is None:
        return None
    return {**found, "instead": await named_events(datasette, found["reason"])}


@hookimpl
def handle_exception(datasette, request, exception):
    async def answer():
        status, title, message = told(exception, bool(request.query_string))
        gone = await withdrawal(datasette, request) if status == 404 else None
        if gone:
            status, title = 410, TITLES[410]
            message = f"Withdrawn on {date_in_words(gone['date'])}. {gone['reason']}"
        headers = {}
        if datasette.cors:
            add_cors_headers(headers)
        if wants_data(request.path) or request.args.get("_format") == "json":
            # Datasette's own words on a query that was stopped are a form to try again.
            words = STOPPED if isinstance(message, Markup) else message
            content = refusal_json(status, title, str(words) or title)
            return Response.json(content, status=status, headers=headers)
        context = {"status": status, "title": title, "error": message, "gone": gone}
        html = await datasette.render_template("error.html", context, request=request)
        return Response.html(html, status=status, headers=headers)

    return answer
