"""What a request asks for, as far as a cache is concerned; pure functions of the ASGI scope."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote_plus

# Paths that send files with their own ETags, or that tell the state of the process.
OWN = re.compile(r"/downloads/|/coalition\.db$|/-/(?!static/|static-plugins/|vega\.js)")
# Whoever sends these may see another page than the public.
PERSONAL = (b"ds_actor=", b"ds_messages=")
# SQL whose answer differs although the data do not.
CHANGING = re.compile(
    r"\b(random|randomblob|now|strftime|current_(?:date|time|timestamp))\b|\b(date|time|datetime|julianday|unixepoch)\s*\(\s*\)",
    re.I,
)
LONGEST_KEY = 8192


@dataclass(frozen=True)
class Asked:
    """One cacheable question: its key, the ETags the reader holds, and whether only headers are wanted."""

    key: tuple
    encoding: str
    tags: bytes
    head: bool


def asked(scope: dict) -> Asked | None:
    """Return what a request asks for, or None where the answer may not be shared."""
    method, path, query = scope["method"], scope["path"], scope["query_string"]
    if method not in ("GET", "HEAD") or OWN.match(path) or len(path) + len(query) > LONGEST_KEY:
        return None
    host = accepts = tags = b""
    for name, value in scope["headers"]:
        if name == b"host":
            host = value
        elif name == b"accept-encoding":
            accepts = value
        elif name == b"if-none-match":
            tags = value
        elif name == b"authorization" or (name == b"cookie" and any(word in value for word in PERSONAL)):
            return None
    if query and CHANGING.search(unquote_plus(query.decode("latin-1"))):
        return None
    encoding = preferred_encoding(accepts)
    return Asked((scope.get("scheme"), host, path, query, encoding), encoding, tags, method == "HEAD")


@lru_cache(512)
def preferred_encoding(accepts: bytes) -> str:
    """Return br, gzip or '' for an Accept-Encoding header.

    >>> preferred_encoding(b"gzip;q=1.0, br;q=0, *;q=0.1")
    'gzip'
    """
    weights = {}
    for part in accepts.decode("latin-1").lower().split(","):
        name, _, parameters = part.strip().partition(";")
        found = re.search(r"q\s*=\s*([0-9.]+)", parameters)
        try:
            weights[name.strip()] = float(found[1]) if found else 1.0
        except ValueError:
            weights[name.strip()] = 0.0
    return next((name for name in ("br", "gzip") if weights.get(name, weights.get("*", 0)) > 0), "")


def holds(tags: bytes, etag: bytes) -> bool:
    """Return whether a reader's If-None-Match names this ETag, weak or strong alike.

    >>> holds(b'"other", W/"abc"', b'W/"abc"')
    True
    """
    opaque = etag.removeprefix(b"W/")
    return opaque in (tag.strip().removeprefix(b"W/") for tag in tags.split(b",")) if tags else False
