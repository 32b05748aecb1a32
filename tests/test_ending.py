"""Claims about the end of a server: who is answered is answered well, and nobody holds it up or is told 500."""

import asyncio
import contextlib
import socket

import uvicorn

from coalition.ending import Server, Unfinished
from coalition.repeating import Repeating
from tests.conftest import free_port

REQUEST = b"GET /%s HTTP/1.1\r\nHost: h\r\n\r\n"


async def page(scope, receive, send):
    """A page; /slow takes a moment and /endless for ever."""
    await asyncio.sleep({"/slow": 0.5, "/endless": 60}.get(scope["path"], 0))
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@contextlib.asynccontextmanager
async def started(seconds: int):
    """A server that at its end gives up after so many seconds."""
    config = uvicorn.Config(Unfinished(page), port=free_port(), http=Repeating, ws="none", lifespan="off",
                            log_level="critical", timeout_graceful_shutdown=seconds)  # fmt: skip
    server = Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.02)
    try:
        yield server
    finally:
        server.should_exit = True
        await asyncio.wait_for(running, 5)


async def late_connection(server):
    """Connect as a reader does whose connection was accepted just before the server stopped listening."""
    ours, theirs = socket.socketpair()
    make = server.config.http_protocol_class
    await asyncio.get_running_loop().connect_accepted_socket(
        lambda: make(config=server.config, server_state=server.server_state, app_state={}), theirs
    )
    return await asyncio.open_connection(sock=ours)


async def ask(reader, writer, path: bytes) -> bytes:
    """Return the status line of an answer."""
    writer.write(REQUEST % path)
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
    return head.split(b"\r\n")[0]


@contextlib.asynccontextmanager
async def asked_before_the_end(server, path: bytes):
    """A page that is asked for before the server begins to end, and whose status line is awaited after."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.config.port)
    status = asyncio.create_task(ask(reader, writer, path))
    await asyncio.sleep(0.1)
    server.should_exit = True
    yield status
    writer.close()


async def test_a_connection_made_while_the_server_ends_is_answered_once_and_closed():
    async with started(seconds=30) as server, asked_before_the_end(server, b"slow") as status:
        await asyncio.sleep(0.2)
        reader, writer = await late_connection(server)
        assert await ask(reader, writer, b"late") == b"HTTP/1.1 200 OK"
        assert await asyncio.wait_for(reader.read(), 5) == b"ok"  # and then the end
        writer.close()
        assert await status == b"HTTP/1.1 200 OK"


async def test_a_request_that_is_given_up_is_told_so():
    async with started(seconds=1) as server, asked_before_the_end(server, b"endless") as status:
        assert await status == b"HTTP/1.1 503 Service Unavailable"
