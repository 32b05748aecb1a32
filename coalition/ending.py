"""The end of a server: nobody is told 500 because it is restarted.

uvicorn asks the connections it has to end after their answer. One that was accepted a moment before but not made yet is
not among them; it went on as long as a proxy used it, and what it asked when the time was up was answered 500.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

import uvicorn

from coalition.lanes import come_again

SENTENCE = "The site is restarted just now; try again in a moment."


class Server(uvicorn.Server):
    """uvicorn's server, whose `server_state.ending` tells later connections that it ends."""

    async def shutdown(self, sockets=None) -> None:
        self.server_state.ending = True  # type: ignore[attr-defined]
        await super().shutdown(sockets)


def run(config: uvicorn.Config) -> None:
    """Serve until a signal ends it; raise SystemExit if it could not start. What `uvicorn.run` does, with Server."""
    server = Server(config)
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        raise SystemExit(1)


def is_ending(server_state) -> bool:
    """Return whether the server ends, so that a connection may be asked no more."""
    return getattr(server_state, "ending", False)


class Unfinished:
    """ASGI application that answers 503 for a request which is given up, so that a proxy asks another replica."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        begun = False

        async def noted(message):
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except asyncio.CancelledError:
            if begun:
                raise
            await come_again(scope, send, 503, SENTENCE, seconds=1)
