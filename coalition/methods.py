"""The site is only read: what comes by another method than GET and HEAD is refused before anything looks at it."""

from __future__ import annotations

import re

ALLOWED = "GET, HEAD, OPTIONS"
SENTENCE = b"This site is read-only; ask with GET or HEAD.\n"
UNREADABLE = b"This is not an address: it starts with two slashes, names no host, or holds bytes not written as %XX.\n"
HOST = re.compile(rb"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]*)?")
# A browser asks for this before it sends a header of its own to another site.
PREFLIGHT = [
    (b"allow", ALLOWED.encode()),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", ALLOWED.encode()),
    (b"access-control-allow-headers", b"If-None-Match, Range"),
    (b"access-control-max-age", b"86400"),
]


def refusal(method: str) -> tuple[int, list[tuple[bytes, bytes]], bytes] | None:
    """Return (status, headers, body) for a method that is not a question, None for GET and HEAD."""
    if method in ("GET", "HEAD"):
        return None
    if method == "OPTIONS":
        return 204, PREFLIGHT, b""
    # The connection ends, for a body that nobody reads may still be on its way.
    headers = [(b"allow", ALLOWED.encode()), (b"connection", b"close"), (b"content-type", b"text/plain; charset=utf-8")]
    return 405, headers, SENTENCE


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
        refused = refusal(scope["method"]) if scope["type"] == "http" else None
        if scope["type"] == "http" and unreadable(scope):
            refused = refused or (400, [(b"content-type", b"text/plain; charset=utf-8")], UNREADABLE)
        if refused is None:
            if scope["type"] == "http":
                scope = {**scope, "headers": readable(scope["headers"])}
            await self.app(scope, receive, send)
            return
        status, headers, body = refused
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
