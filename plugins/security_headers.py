"""Every answer tells the browser what it may do; scripts run from our own files only."""

import re

from datasette import hookimpl

from coalition.asking import named_queries
from coalition.caching.answers import header
from coalition.policy import content_policy, known, script_hashes, with_policy

EMBED = re.compile(r"/coalition/[A-Za-z0-9_]+\.embed$")
EXPLORER = re.compile(r"/coalition(?:/([A-Za-z0-9_]+))?$")
# Datasette's own inline scripts: closing menus, the SQL editor.
DATASETTE = ("_close_open_menus.html", "_codemirror_foot.html")
FACET = [f"DATASETTE_ALLOW_FACET = {value};" for value in ("true", "false")]


def inline_scripts(datasette) -> list[str]:
    """Return the CSP sources of the inline scripts that Datasette's pages need."""
    loader = datasette.jinja_env.loader
    templates = [loader.get_source(datasette.jinja_env, name)[0] for name in DATASETTE]
    return sorted({*script_hashes(templates), *known(*FACET)})


def has_explorer(path: str, queries) -> bool:
    """Return whether a path is a table or SQL page, where datasette-vega draws; named queries have charts of ours."""
    found = EXPLORER.match(path)
    return bool(found) and found[1] not in queries


@hookimpl
def asgi_wrapper(datasette):
    def wrap(app):
        scripts = []

        async def secured(scope, receive, send):
            async def send_with_policy(message):
                if message["type"] == "http.response.start":
                    headers = message.get("headers", [])
                    path = scope["path"]
                    policy = content_policy(
                        header(headers, b"content-type"),
                        scripts,
                        bool(EMBED.match(path)),
                        has_explorer(path, named_queries(datasette)),
                    )
                    message = {**message, "headers": with_policy(headers, policy)}
                await send(message)

            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            if not scripts:
                scripts.extend(inline_scripts(datasette))
            await app(scope, receive, send_with_policy)

        return secured

    return wrap
