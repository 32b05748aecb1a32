"""The data of a named query are refused for a name or value that is none, as its pictures are.

Datasette would run it anyhow, and answer with numbers that look chosen. Its page is also reached by shared links with
names of others, such as fbclid; they are taken off before the page hands its address on to pictures and data.
"""

import re
from urllib.parse import parse_qsl, urlencode

from datasette import hookimpl
from datasette.database import QueryInterrupted

from coalition.asking import named_queries
from coalition.charts.answers import BadRequest, checked_params, is_known
from coalition.metadata import DATABASE
from coalition.refusing import refused

QUERY = re.compile(rf"/{DATABASE}/(?P<name>\w+)(?P<data>\.json|\.csv)?$")


class Checked:
    """ASGI application that refuses data for a name or value that is none, and keeps such names from the page."""

    def __init__(self, app, datasette):
        self.app, self.datasette = app, datasette

    async def __call__(self, scope, receive, send):
        found = QUERY.search(scope["path"]) if scope["type"] == "http" and scope["query_string"] else None
        query = named_queries(self.datasette).get(found["name"]) if found else None
        if not query:
            return await self.app(scope, receive, send)
        given = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if found["data"] or "_format" in dict(given):
            if sentence := await self.objection(query, given):
                return await refused(sentence).asgi_send(send)
        else:
            known = [(key, value) for key, value in given if is_known(query, key)]
            scope = {**scope, "query_string": urlencode(known).encode()}
        await self.app(scope, receive, send)

    async def objection(self, query: dict, given: list[tuple[str, str]]) -> str:
        """Return why a request cannot be answered, or ''."""
        try:
            # Of a parameter given twice Datasette takes the first.
            await checked_params(self.datasette, query, dict(reversed(given)))
        except BadRequest as error:
            return str(error)
        except QueryInterrupted:  # of the list of values; the query itself says what is wrong
            pass
        return ""


# Inside, so that its refusal carries the headers of every answer.
@hookimpl(tryfirst=True)
def asgi_wrapper(datasette):
    return lambda app: Checked(app, datasette)
