"""Claims about what anybody may type at the site: never a failure, a trace, or anything else of this machine."""

import asyncio
import sqlite3
import sys
import sysconfig
from collections import Counter
from urllib.parse import unquote

import pytest

from coalition import ROOT
from coalition.serving import site
from tests.campaign import cases, figure
from tests.conftest import CODEBOOK
from tests.fuzzing import Fuzzer

SEED = 2018
REQUESTS = cases(sample=400, full=20_000)
TOGETHER = 8


async def answered(app, ask) -> tuple[int, dict[bytes, bytes], bytes]:
    """Return (status, headers, body) of a request that goes past every client that would tidy it first."""
    scope = {
        "type": "http", "http_version": "1.1", "method": ask.method, "scheme": "http", "headers": ask.headers,
        "path": unquote(ask.raw_path.decode("latin-1")), "raw_path": ask.raw_path, "query_string": ask.query,
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "root_path": "",
    }  # fmt: skip
    sent, bodies = [], [{"type": "http.request", "body": b"a=b", "more_body": False}]

    async def receive():
        # After its body a reader says nothing more; nor does he go away.
        return bodies.pop() if bodies else await asyncio.Event().wait()

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], dict(sent[0]["headers"]), body


def faults(status: int, headers: dict[bytes, bytes], body: bytes, secrets: list[bytes]) -> list[str]:
    """Return what is wrong with an answer, whatever was asked."""
    # 501 is how oEmbed wants a site to say that it does not have a format.
    found = [f"status {status}"] if status >= 500 and status != 501 else []
    if b"Traceback (most recent call last)" in body:
        found.append("a trace")
    found += [f"tells {secret!r}" for secret in secrets if secret in body]
    for name, value in headers.items():
        if any(c in name + value for c in b"\r\n\0"):
            found.append(f"a broken header {name!r}")
    if headers.get(b"x-content-type-options") != b"nosniff" or b"content-security-policy" not in headers:
        found.append("no security headers")
    if headers.get(b"location", b"/")[:1] != b"/" or headers.get(b"location", b"/").startswith((b"//", b"/\\")):
        found.append(f"leads away to {headers[b'location']!r}")
    return found


@pytest.mark.long
@pytest.mark.campaign
async def test_no_request_fails_or_tells_what_it_should_not(database):
    datasette = site(ROOT, database)
    await datasette.invoke_startup()
    app = datasette.app()
    tables = [table.name for table in CODEBOOK.tables]
    with sqlite3.connect(database) as db:
        records = db.execute("select type, id from events order by id limit 50").fetchall()
    places = {"partnership": "partnerships", "exercise": "exercises", "statement": "statements"}
    records = [(places.get(kind, kind), name) for kind, name in records] + [("actors", "RUS"), ("events", "nothing")]
    queries = list(datasette.metadata("queries", database="coalition"))
    # Paths of this machine, and what stands in files that nobody may read here.
    secrets = [str(p).encode() for p in (ROOT, database.parent, sysconfig.get_paths()["purelib"], sys.prefix)]
    secrets += [b"root:x:0:0:", b"[build-system]"]
    fuzzer = Fuzzer(SEED, tables, queries, records)
    statuses, found = Counter(), []
    turn = asyncio.Semaphore(TOGETHER)

    async def one(ask):
        async with turn:
            try:
                answer = await asyncio.wait_for(answered(app, ask), 60)
            except Exception as error:
                found.append((str(ask), repr(error)))
                return
            statuses[answer[0]] += 1
            if wrong := faults(*answer, secrets):
                found.append((str(ask), wrong))

    for start in range(0, REQUESTS, 500):
        await asyncio.gather(*(one(fuzzer.ask()) for _ in range(min(500, REQUESTS - start))))
    figure(
        "requests fuzzed", f"{sum(statuses.values()):,}", " ".join(f"{k}: {v:,}" for k, v in sorted(statuses.items()))
    )
    assert not found, f"{len(found)} of {REQUESTS}: {found[:5]}"
