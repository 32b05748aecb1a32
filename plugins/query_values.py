"""The data of a named query are refused for a value that is none, as its page is; Datasette would run it anyhow."""

import re
from urllib.parse import parse_qsl

from datasette import Response, hookimpl
from datasette.database import QueryInterrupted

from coalition.asking import named_queries
from coalition.charts.answers import BadRequest, checked_values
from coalition.metadata import DATABASE
from coalition.refusing import refusal_json

DATA = re.compile(rf"/{DATABASE}/(\w+)\.(?:json|csv)$")


class Checked:
    """ASGI application that answers 400 with a sentence before `app` sees a value that a named query does not know."""

    def __init__(self, app, datasette):
        self.app, self.datasette = app, datasette

    async def __call__(self, scope, receive, send):
        if sentence := await self.objection(scope):
            answer = refusal_json(400, "Bad request", sentence)
            headers = {"access-control-allow-origin": "*"}
            await Response.json(answer, status=400, headers=headers).asgi_send(send)
        else:
            await self.app(scope, receive, send)

    async def objection(self, scope) -> str:
        """Return why a request cannot be answered, or ''."""
        found = DATA.search(scope["path"]) if scope["type"] == "http" and scope["query_string"] else None
        query = named_queries(self.datasette).get(found[1]) if found else None
        if not query:
            return ""
        try:
            # Of a parameter given twice Datasette takes the first.
            given = dict(reversed(parse_qsl(scope["query_string"].decode("latin-1"))))
            await checked_values(self.datasette, query, given)
        except BadRequest as error:
            return str(error)
        except QueryInterrupted:  # of the list of values; the query itself says what is wrong
            pass
        return ""


@hookimpl
def asgi_wrapper(datasette):
    return lambda app: Checked(app, datasette)
