"""Claims about the short way for requests asked before: the same bytes sooner, and never those of another request."""

import asyncio
import contextlib
import re

import pytest
import uvicorn

from coalition import repeating
from coalition.accesslog import AccessLog
from coalition.caching.store import Store
from coalition.caching.wrapper import Cache
from coalition.repeating import Heads, Repeating, is_simple
from tests.conftest import free_port


class Site:
    """A server whose pages tell their path; `parsed` counts requests that went the long way."""

    def __init__(self, **options):
        self.parsed, self.made, self.lines, self.store = 0, 0, [], Store()
        self.log = AccessLog(Cache(self.page, lambda: "v1", store=self.store), self.lines.append)
        self.config = uvicorn.Config(
            self, port=free_port(), http=Repeating, ws="none", lifespan="off", log_level="error", **options
        )
        self.server = uvicorn.Server(self.config)

    async def __call__(self, scope, receive, send):
        self.parsed += 1
        await self.log(scope, receive, send)

    async def page(self, scope, receive, send):
        self.made += 1
        await asyncio.sleep(0.2 if scope["path"] == "/slow" else 0)
        body = f"page of {scope['path']};".encode()
        headers = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(body))]
        if scope["path"] == "/mine":
            headers.append((b"set-cookie", b"a=b"))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


@contextlib.asynccontextmanager
async def started(**options):
    site = Site(**options)
    running = asyncio.create_task(site.server.serve())
    while not site.server.started:
        await asyncio.sleep(0.02)
    try:
        yield site
    finally:
        site.server.should_exit = True
        await running


@contextlib.asynccontextmanager
async def connection(site):
    reader, writer = await asyncio.open_connection("127.0.0.1", site.config.port)
    try:
        yield reader, writer
    finally:
        writer.close()


def head(path: str, *headers: str, method: str = "GET") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: h", *headers, "", ""]).encode()


async def answer(reader, has_body: bool = True) -> tuple[bytes, bytes]:
    """Return head and body of the next answer, without the moment it was made."""
    lines = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
    length = re.search(rb"content-length: (\d+)", lines)
    body = await reader.readexactly(int(length[1]) if length and has_body else 0)
    return re.sub(rb"date: [^\r]+\r\n", b"", lines), body


async def ask(site, *requests: bytes) -> list[tuple[bytes, bytes]]:
    """Send requests over one connection, each after the answer to the one before."""
    async with connection(site) as (reader, writer):
        answers = []
        for request in requests:
            writer.write(request)
            answers.append(await answer(reader, not request.startswith(b"HEAD")))
        return answers


def same(one: tuple[bytes, bytes], other: tuple[bytes, bytes]) -> bool:
    return sorted(one[0].split(b"\r\n")) == sorted(other[0].split(b"\r\n")) and one[1] == other[1]


@pytest.mark.parametrize(
    "headers", [(), ("Accept-Encoding: gzip",), ('If-None-Match: W/"v1"',), ("Connection: keep-alive",)]
)
async def test_the_second_time_the_same_bytes_come_without_parsing(headers):
    async with started() as site:
        await ask(site, head("/a"))  # made once; the reader who holds a copy asks later
        before = site.parsed
        first, second, third = await ask(site, *[head("/a", *headers)] * 3)
        assert same(first, second) and same(first, third) and site.parsed <= before + 1
        if "If-None-Match" in str(headers):
            assert first[0].startswith(b"HTTP/1.1 304 ") and first[1] == b""


async def test_every_answer_has_its_line():
    async with started() as site:
        await ask(site, *[head("/a")] * 3)
        site.log.flush()
    lines = "".join(site.lines).splitlines()
    assert [line.split()[-1] for line in lines] == ["miss", "hit", "hit"] and site.parsed == 1
    assert all(" GET /a 200 11 " in line for line in lines)


@pytest.mark.parametrize(
    "request_",
    [
        head("/mine"),
        head("/a", method="HEAD"),
        head("/a", "Connection: close"),
        head("/a", "CONNECTION:\tkeep-alive, close"),
        head("/a", "X-Forwarded-Proto: https"),
        head("/a", "Content-Length: 0"),
        head("/a", "Authorization: x"),
        head("/" + "a" * repeating.LONGEST_HEAD),
    ],
    ids=["cookie", "head", "close", "close among others", "forwarded", "length", "authorization", "long"],
)
async def test_what_hangs_on_more_than_its_bytes_goes_the_long_way_each_time(request_):
    async with started() as site:
        for _ in range(3):
            await ask(site, request_)
        assert site.parsed == 3


async def test_an_answer_that_was_dropped_is_made_again():
    async with started() as site:
        await ask(site, head("/a"))
        for key in [*site.store._probation, *site.store._kept]:
            site.store.drop(key)
        assert (await ask(site, head("/a")))[0][1] == b"page of /a;" and site.made == 2


async def test_a_body_that_looks_like_a_request_is_not_answered():
    async with started() as site:
        await ask(site, head("/a"), head("/a"))
        for pause in (0, 0.05):
            async with connection(site) as (reader, writer):
                writer.write(head("/b", f"Content-Length: {len(head('/a'))}", method="POST"))
                await asyncio.sleep(pause)
                writer.write(head("/a"))
                assert (await answer(reader))[1] == b"page of /b;"
                with pytest.raises(asyncio.TimeoutError):
                    await asyncio.wait_for(reader.read(1), 0.3)


async def test_the_rest_of_a_header_that_looks_like_a_request_is_not_answered_nor_learned():
    """Otherwise whoever sends `X:` and then a head could have the answer of one page given out for another."""
    async with started() as site:
        for _ in range(2):
            async with connection(site) as (reader, writer):
                writer.write(b"GET /b HTTP/1.1\r\nHost: h\r\nX: ")
                await asyncio.sleep(0.05)
                writer.write(head("/a").replace(b"Host: h\r\n", b""))
                assert (await answer(reader))[1] == b"page of /b;"
        # A whole request with the beginning of the next, which is only then continued.
        async with connection(site) as (reader, writer):
            writer.write(head("/b") + b"GET /c HTTP/1.1\r\nHost: h\r\nX: ")
            assert (await answer(reader))[1] == b"page of /b;"
            writer.write(head("/a").replace(b"Host: h\r\n", b""))
            assert (await answer(reader))[1] == b"page of /c;"
        assert (await ask(site, head("/a")))[0][1] == b"page of /a;"
        assert (await ask(site, head("/a")))[0][1] == b"page of /a;"


async def test_answers_keep_the_order_of_questions():
    async with started() as site:
        await ask(site, head("/a"), head("/a"))
        async with connection(site) as (reader, writer):
            writer.write(head("/slow"))
            await asyncio.sleep(0.05)
            writer.write(head("/a"))
            await asyncio.sleep(0.01)
            writer.write(head("/a") + head("/slow"))
            told = [(await answer(reader))[1] for _ in range(4)]
        assert told == [b"page of /slow;", b"page of /a;", b"page of /a;", b"page of /slow;"]


async def test_a_connection_lives_while_it_asks_and_ends_when_it_does_not():
    async with started(timeout_keep_alive=1) as site, connection(site) as (reader, writer):
        for _ in range(5):
            writer.write(head("/a"))
            await answer(reader)
            await asyncio.sleep(0.4)
        assert site.parsed == 1
        assert await asyncio.wait_for(reader.read(), 3) == b""


def test_heads_are_bounded():
    heads = Heads(most=2)
    for name in (b"a", b"b", b"c"):
        heads.learn(name, lambda: None, None)
    assert heads.get(b"a") is None and heads.get(b"b") and heads.get(b"c")


def test_two_heads_in_one_piece_are_not_one():
    assert is_simple(head("/a")) and not is_simple(head("/a") * 2) and not is_simple(head("/a") + b"x")
