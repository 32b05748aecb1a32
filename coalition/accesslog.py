"""One line per answer with its timing; addresses of readers are not written down."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

SECONDS = 0.5  # lines are written together, for a write per answer would cost more than a kept answer does


class AccessLog:
    """ASGI application that writes `time method path status bytes milliseconds cache` of what passes through.

    `cache` is hit, same (304), shared, miss or pass, as the cache left it in the scope.
    """

    def __init__(self, app, write: Callable[[str], object] = lambda text: print(text, end="", flush=True)):
        self.app, self.write = app, write
        self._lines: list[str] = []

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            self.flush()  # a server that ends leaves no line behind
            return
        start = time.perf_counter()
        status, size = 500, 0

        async def counted(message):
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                size += len(message.get("body", b""))
            await send(message)

        def note(seconds: float) -> None:
            self._note(line({**scope, "cache": "same" if status == 304 else "hit"}, status, size, seconds))

        scope["note"] = note  # for a request that is answered again without passing here (see repeating)
        try:
            await self.app(scope, receive, counted)
        finally:
            self._note(line(scope, status, size, time.perf_counter() - start))

    def _note(self, text: str) -> None:
        if not self._lines:
            asyncio.get_running_loop().call_later(SECONDS, self.flush)
        self._lines.append(text)

    def flush(self) -> None:
        """Write what has gathered."""
        text, self._lines = "".join(self._lines), []
        if text:
            self.write(text)


def line(scope: dict, status: int, size: int, seconds: float) -> str:
    """Return one line; what a reader typed cannot break it or pose as another."""
    target = (
        scope["path"] if not scope["query_string"] else f"{scope['path']}?{scope['query_string'].decode('latin-1')}"
    )
    if not target.isprintable() or " " in target:
        target = target.encode("unicode_escape").decode().replace(" ", "\\x20")
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return f"{moment} {scope['method']} {target} {status} {size} {seconds * 1000:.2f}ms {scope.get('cache', 'pass')}\n"
