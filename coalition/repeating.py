"""A request that is, byte for byte, one answered before is answered with the same bytes, without being parsed again.

Reading a head, making a scope and a task, and checking headers cost several times what a kept answer costs itself.
What was learned is forgotten with the answer: only the cache says whether there is one.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from coalition.ending import is_ending
from coalition.guarding import Guarded

MOST_HEADS = 4096
LONGEST_HEAD = 2048  # bytes; with MOST_HEADS, eight megabytes at most
Pieces = tuple[bytes, bytes]  # status line with headers, without those of the server; body


class Heads:
    """What to ask for the answer to a head, for as many heads as MOST_HEADS; the oldest goes first."""

    def __init__(self, most: int = MOST_HEADS):
        self.most = most
        self._known: dict[bytes, tuple[Callable[[], Pieces | None], Callable[[float], None] | None]] = {}
        self.get = self._known.get

    def learn(self, head: bytes, again: Callable[[], Pieces | None], note: Callable[[float], None] | None) -> None:
        self._known[head] = again, note
        if len(self._known) > self.most:
            del self._known[next(iter(self._known))]


ELSEWHERE = (b"content-length", b"transfer-encoding", b"upgrade", b"expect", b"forwarded")
ENDING = re.compile(rb"\r\nconnection:(?![ \t]*keep-alive[ \t]*\r\n)")  # whoever wants the connection closed, or else


def is_simple(data: bytes) -> bool:
    """Return whether the bytes are one whole GET, with nothing to follow it and an answer that its bytes decide.

    uvicorn believes what a proxy says of a reader (X-Forwarded-Proto) from some addresses only, so such heads are not.
    """
    whole = data.startswith(b"GET ") and len(data) <= LONGEST_HEAD and data.find(b"\r\n\r\n") == len(data) - 4
    small = data.lower()
    return whole and b" http/1.1\r\n" in small and not ENDING.search(small) and not any(w in small for w in ELSEWHERE)


class Repeating(Guarded):
    """Guarded, with a short way for heads that the server has learned.

    A connection that ever sent anything but simple requests, each in one piece, goes the long way from then on: what
    looks like a head may be the rest of another, or a body.
    """

    def connection_made(self, transport) -> None:
        super().connection_made(transport)
        self._heads: Heads = vars(self.server_state).setdefault("heads", Heads())
        self._head: bytes | None = None
        self._simple = True

    def data_received(self, data: bytes) -> None:
        busy = self._answering()
        if self._simple and not busy and (known := self._heads.get(data)) and self._repeated(*known):
            return
        self._simple = self._simple and is_simple(data)
        self._head = data if self._simple and not busy else None
        super().data_received(data)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        head, self._head = self._head, None
        again = self.cycle.scope.get("again") if head and self.cycle.keep_alive else None
        if again:
            self._heads.learn(head, again, self.cycle.scope.get("note"))

    def _repeated(self, again, note) -> bool:
        start = time.perf_counter()
        long_way = self.flow.write_paused or self.transport.is_closing() or is_ending(self.server_state)
        pieces = None if long_way else again()
        if pieces:
            self._write(*pieces)
            if note:
                note(time.perf_counter() - start)
        return bool(pieces)

    def _write(self, head: bytes, body: bytes) -> None:
        self._stop_clock()
        self._unset_keepalive_if_required()
        own = b"".join([b"%s: %s\r\n" % header for header in self.server_state.default_headers])
        self.transport.writelines((head, own, b"\r\n", body))
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)
