"""Connections that cost nothing: a request's head is short and comes soon, or the connection ends.

uvicorn bounds neither with httptools: a header without an end filled the memory, and a reader who sends a byte a
minute held a connection for as long as he liked.
"""

from __future__ import annotations

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from coalition.ending import is_ending

MOST_BYTES = 64 * 1024  # of a request line with its headers; a longer query belongs on one's own machine
SECONDS = 20  # from the first byte, or the connection, to the end of the head
REFUSAL = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: 62\r\n\r\nAn address and its headers have room for 64 kB, not for more.\n"
)


class Guarded(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """uvicorn's HTTP protocol with a bound on what comes before an answer begins."""

    seconds: float = SECONDS

    def connection_made(self, transport) -> None:
        super().connection_made(transport)
        self._unanswered, self._clock = 0, None
        self._start_clock()

    def connection_lost(self, exc) -> None:
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._unanswered += len(data)
        if self._unanswered > MOST_BYTES:
            self._refuse()
            return
        before = self.cycle
        if self._clock is None and not self._answering():
            self._start_clock()
        super().data_received(data)
        if self.cycle is not before:
            self._unanswered = 0
            self._stop_clock()
            if is_ending(self.server_state):
                self.cycle.keep_alive = False

    def _answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _refuse(self) -> None:
        self._stop_clock()
        if self._answering():  # a body, which nobody here reads
            self.transport.abort()
            return
        self.transport.write(REFUSAL)
        self.transport.close()

    def _start_clock(self) -> None:
        self._clock = self.loop.call_later(self.seconds, self.transport.abort)

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
