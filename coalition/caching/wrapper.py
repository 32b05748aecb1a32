"""The cache in front of the site, as one ASGI application around another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from coalition.caching.answers import ASSET, NEVER, PAGE, Answer, Headers, finished, header, may_be_kept, wired
from coalition.caching.asking import Asked, asked, holds
from coalition.caching.notes import begin
from coalition.caching.store import Store

LONGEST = 8 * 1024 * 1024  # bytes; a longer answer streams to its reader and is not kept
ASSETS = ("/static/", "/-/static/", "/-/static-plugins/", "/-/vega.js")
# Sent by a proxy that can ask another replica: an asset of another version is 404 rather than the one at hand.
EXACT = b"x-exact-version"
DROPPED = {EXACT, b"accept-encoding", b"if-none-match", b"if-modified-since", b"range", b"if-range"}


class TooLong(BaseException):
    """Ends the making of an answer that will not be kept; no handler of errors on the way may take it for one."""


class Cache:
    """ASGI application that answers from its store and runs `app` once for what it does not have.

    `version()` is asked once. The scope's "cache" tells what happened: hit, miss, same (304), shared (waited for
    another's miss) or pass. Its "again", where there is one, gives the bytes for the same request once more (see
    repeating), or None when they are held no longer.
    """

    def __init__(self, app, version: Callable[[], str], store: Store | None = None):
        self.app, self.store = app, Store() if store is None else store
        self._version = version
        self._etag = b""
        self._under_way: dict[tuple, asyncio.Task] = {}

    async def __call__(self, scope, receive, send):
        question = asked(scope) if scope["type"] == "http" else None
        if question is None:
            scope["cache"] = "pass"
            await self.app(scope, receive, self._guarded(send) if scope["type"] == "http" else send)
            return
        if self._control(scope) is NEVER and header(scope["headers"], EXACT):
            scope["cache"] = "pass"
            await reply(ANOTHER_VERSION, question, scope, send)
            return
        answer = self.store.get(question.key)
        scope["cache"] = "hit"
        if answer is None:
            if question.tags and holds(question.tags, self.etag()):
                # What the reader holds was made by this version of the site, and so would be made again.
                answer = Answer(304, [], b"", True, self._unchanged(scope))
            else:
                answer = await self._made(question, scope)
        if answer is STREAMED:
            scope["cache"] = "pass"
            await self._stream(question, scope, receive, send)
        else:
            if answer.kept:
                scope["again"] = partial(self._again, question)
            await reply(answer, question, scope, send)

    def _again(self, question: Asked) -> tuple[bytes, bytes] | None:
        """Return head and body as `reply` sends them, from what is in the store."""
        answer = self.store.get(question.key)
        if answer is None or not answer.kept:
            return None
        if question.tags and holds(question.tags, header(answer.unchanged, b"etag")):
            return wired(304, answer.unchanged), b""
        return answer.head, answer.body

    def etag(self) -> bytes:
        """Return the site's ETag; weak, for two answers of one version may tell different timings."""
        if not self._etag:
            self._etag = f'W/"{self._version()}"'.encode()
        return self._etag

    def _unchanged(self, scope) -> Headers:
        return [(b"cache-control", self._control(scope)), (b"etag", self.etag()), (b"vary", b"accept-encoding")]

    def _control(self, scope) -> bytes:
        """An asset asked for by this site version never changes; asked for by another, it is not kept."""
        if not scope["query_string"] or not scope["path"].startswith(ASSETS):
            return PAGE
        return ASSET if scope["query_string"] == self.etag()[3:-1] else NEVER

    async def _made(self, question: Asked, scope) -> Answer:
        task = self._under_way.get(question.key)
        scope["cache"] = "shared" if task else "miss"
        if task is None:
            # In a task of its own, so that it is finished for the others if the first reader goes away.
            task = asyncio.create_task(self._make(question, scope))
            self._under_way[question.key] = task
            task.add_done_callback(lambda _: self._under_way.pop(question.key, None))
        return await asyncio.shield(task)

    async def _make(self, question: Asked, scope) -> Answer:
        collected = Collected()
        notes = begin()
        try:
            await self.app(plain(scope), nothing_more, collected)
        except TooLong:
            self.store.put(question.key, STREAMED, 0)
            return STREAMED
        control = self._control(scope)
        kept = not notes and control is not NEVER
        parts = (collected.status, collected.headers, b"".join(collected.parts), question.encoding)
        if question.encoding:
            answer = await asyncio.to_thread(finished, *parts, self.etag(), control, kept)
        else:
            answer = finished(*parts, self.etag(), control, kept)
        if answer.kept:
            self.store.put(question.key, answer, len(answer.body))
        return answer

    async def _stream(self, question: Asked, scope, receive, send) -> None:
        async def tagged(message):
            if message["type"] == "http.response.start":
                headers = [(k.lower(), v) for k, v in message["headers"]]
                if may_be_kept(message["status"], headers):
                    rest = [(k, v) for k, v in headers if k not in (b"cache-control", b"etag")]
                    message = {**message, "headers": [*rest, (b"cache-control", PAGE), (b"etag", self.etag())]}
            await send(message)
            if question.head and message["type"] == "http.response.start":
                await send({"type": "http.response.body", "body": b""})
                raise TooLong

        with suppress(TooLong):
            await self.app(plain(scope), receive, tagged)

    def _guarded(self, send):
        """Say of an answer that passes by that it is not to be kept, unless its maker said how it is."""

        async def guarded(message):
            if message["type"] == "http.response.start" and not header(message.get("headers", []), b"etag"):
                headers = [(k, v) for k, v in message.get("headers", []) if k.lower() != b"cache-control"]
                message = {**message, "headers": [*headers, (b"cache-control", NEVER)]}
            await send(message)

        return guarded


class Collected:
    """Takes what an application sends, up to LONGEST bytes."""

    def __init__(self):
        self.status, self.headers, self.parts, self.size = 500, [], [], 0

    async def __call__(self, message):
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message.get("headers", []))
            if int(header(self.headers, b"content-length") or 0) > LONGEST:
                raise TooLong
        elif message["type"] == "http.response.body":
            self.parts.append(message.get("body", b""))
            self.size += len(self.parts[-1])
            if self.size > LONGEST:
                raise TooLong


STREAMED = Answer(0, [], b"", False, [])
ANOTHER_VERSION = Answer(404, [(b"cache-control", NEVER), (b"content-length", b"0")], b"", False, [])


def plain(scope) -> dict:
    """Return the scope as of a simple GET: what is kept must not depend on who asked first."""
    headers = [(key, value) for key, value in scope["headers"] if key not in DROPPED]
    return {**scope, "method": "GET", "headers": headers}


async def nothing_more():
    """Receive for an answer that is made for many: no body comes, and nobody goes away."""
    await asyncio.Event().wait()


async def reply(answer: Answer, question: Asked, scope, send) -> None:
    """Send an answer, or 304 to whoever holds it already."""
    if answer.kept and question.tags and holds(question.tags, header(answer.unchanged, b"etag")):
        scope["cache"] = "same"
        await send({"type": "http.response.start", "status": 304, "headers": answer.unchanged})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": b"" if question.head else answer.body})
