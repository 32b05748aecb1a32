"""An address of the data reaches the site as it is meant."""

import re

from datasette import hookimpl

from coalition.addressing import meant
from coalition.asking import named_queries
from coalition.metadata import DATABASE

ADDRESS = re.compile(rf"/{DATABASE}/(?P<name>\w+)(?P<form>\.[\w.]+)?$")


# Outside all others, so that none of them sees what is left out here.
@hookimpl(trylast=True)
def asgi_wrapper(datasette):
    def wrap(app):
        async def read(scope, receive, send):
            found = ADDRESS.search(scope["path"]) if scope["type"] == "http" else None
            if found:
                whole = found["form"] == ".csv" and found["name"] not in named_queries(datasette)
                scope = {**scope, "query_string": meant(scope["query_string"], whole)}
            await app(scope, receive, send)

        return read

    return wrap
