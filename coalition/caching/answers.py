"""An answer as it is kept: headers complete, body compressed once."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus

import brotli

# Browsers ask each time, which costs a 304; shared caches may hold an answer for a minute and refresh it behind.
PAGE = b"public, max-age=0, s-maxage=60, stale-while-revalidate=600"
ASSET = b"public, max-age=31536000, immutable"
NEVER = b"no-store"
COMPRESSIBLE = re.compile(rb"text/|application/(json|javascript|xml|atom\+xml)|image/svg|\+json")
LEAST_BYTES = 400  # below this, compressing makes it longer
REPLACED = {b"cache-control", b"etag", b"content-length", b"content-encoding", b"vary"}

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Answer:
    """A whole answer. `kept` says whether it may be given to others than those who waited for it."""

    status: int
    headers: Headers
    body: bytes
    kept: bool
    unchanged: Headers  # of a 304

    @cached_property
    def head(self) -> bytes:
        """Status line and headers as they go over the wire, without the empty line that ends them."""
        return wired(self.status, self.headers)


def wired(status: int, headers: Headers) -> bytes:
    """Return a status line and headers as bytes of HTTP/1.1.

    >>> wired(304, [(b"etag", b'"a"')])
    b'HTTP/1.1 304 Not Modified\\r\\netag: "a"\\r\\n'
    """
    line = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode()
    return line + b"".join([b"%s: %s\r\n" % header for header in headers])


def header(headers: Headers, name: bytes) -> bytes:
    """Return the value of a header in small letters, or b''."""
    return next((value for key, value in headers if key.lower() == name), b"")


def may_be_kept(status: int, headers: Headers) -> bool:
    """Return whether an answer is the same for all: complete, without cookies, and not forbidden by its maker."""
    control = header(headers, b"cache-control")
    shared = not any(word in control for word in (b"no-store", b"private"))
    return status == 200 and shared and not header(headers, b"set-cookie")


def finished(
    status: int, headers: Headers, body: bytes, encoding: str, etag: bytes, control: bytes, kept: bool
) -> Answer:
    """Return the answer with its body in the encoding asked for, and every header a cache needs."""
    own = [(key.lower(), value) for key, value in headers]
    rest = [(key, value) for key, value in own if key not in REPLACED]
    kept = kept and may_be_kept(status, own)
    # Datasette varies by cookie and key; whoever sends these does not get a kept answer (see asking).
    vary = b"" if kept else header(own, b"vary")
    if body and COMPRESSIBLE.search(header(own, b"content-type")):
        vary = b"accept-encoding" if not vary else vary + b", accept-encoding"
        if encoding and len(body) >= LEAST_BYTES and not header(own, b"content-encoding"):
            body = compressed(body, encoding)
            rest.append((b"content-encoding", encoding.encode()))
    caching = [(b"cache-control", control if kept else _control(status, own))]
    if kept:
        caching.append((b"etag", etag))
    if vary:
        caching.append((b"vary", vary))
    length = [(b"content-length", str(len(body)).encode())]
    return Answer(status, rest + caching + length, body, kept, caching)


def _control(status: int, headers: Headers) -> bytes:
    redirect = 300 <= status < 400 and not header(headers, b"set-cookie")
    return b"no-cache" if redirect else NEVER


def compressed(body: bytes, encoding: str) -> bytes:
    """Return the body as br or gzip, the same bytes each time."""
    if encoding == "br":
        return brotli.compress(body, quality=5)
    return gzip.compress(body, 6, mtime=0)
