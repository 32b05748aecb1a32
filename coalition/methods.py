"""The site is only read: what comes by another method than GET and HEAD is refused before anything looks at it."""

from __future__ import annotations

import re

from datasette import Response

from coalition.refusing import told

ALLOWED = "GET, HEAD, OPTIONS"
SENTENCE = "This site is read-only; ask with GET or HEAD."
UNREADABLE = "This is not an address: it starts with two slashes, names no host, or holds bytes not written as %XX."
HOST = re.compile(rb"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]*)?")
# A browser asks for this before it sends a header of its own to another site.
PREFLIGHT = {
    "allow": ALLOWED,
    "access-control-allow-origin": "*",
    "access-control-allow-methods": ALLOWED,
    "access-control-allow-headers": "If-None-Match, Range",
    "access-control-max-age": "86400",
}


def refusal(scope: dict) -> Response | None:
    """Return the answer to a method that is not a question or an address that is none, else None."""
    if scope["method"] == "OPTIONS":
        return Response("", status=204, headers=PREFLIGHT)
    if scope["method"] not in ("GET", "HEAD"):
        # The connection ends, for a body that nobody reads may still be on its way.
        headers = {"allow": ALLOWED, "connection": "close"}
        return told(scope["path"], 405, "Method not allowed", SENTENCE, headers)
    if unreadable(scope):
        return told(scope["path"], 400, "Bad request", UNREADABLE)
    return None


def unreadable(scope: dict) -> bool:
    """Return whether the address is none: bytes that are not ASCII, two slashes at its start, a host that is none.

    Datasette decodes it as ASCII; and where it takes a slash off the end, `/\\\\example.org/` led to another site.
    """
    if any(name == b"host" and not HOST.fullmatch(value) for name, value in scope["headers"]):
        return True
    return not (scope.get("raw_path") or b"").isascii() or scope["path"][1:2] in ("/", "\\")


def readable(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the headers without cookies that are not text, which are none of ours."""
    return [(name, value) for name, value in headers if name != b"cookie" or value.isascii()]


class ReadOnly:
    """ASGI application that lets readable GET and HEAD through to `app`."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        refused = refusal(scope) if scope["type"] == "http" else None
        if refused is None:
            if scope["type"] == "http":
                scope = {**scope, "headers": readable(scope["headers"])}
            await self.app(scope, receive, send)
            return
        await refused.asgi_send(send)
