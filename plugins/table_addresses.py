"""The address of a table reaches Datasette as it is meant."""

import re

from datasette import hookimpl

from coalition.addressing import meant
from coalition.asking import named_queries
from coalition.metadata import DATABASE

TABLE = re.compile(rf"/{DATABASE}/(\w+)(\.\w+)?$")


@hookimpl
def asgi_wrapper(datasette):
    def wrap(app):
        async def read(scope, receive, send):
            found = TABLE.search(scope["path"]) if scope["type"] == "http" else None
            if found and found[1] not in named_queries(datasette):
                scope = {**scope, "query_string": meant(scope["query_string"], found[2] == ".csv")}
            await app(scope, receive, send)

        return read

    return wrap
