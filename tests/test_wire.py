"""Claims about bytes on the wire: whatever a client sends, the server says what is wrong and goes on serving."""

import asyncio
import contextlib
import socket
import sys
import time

import pytest
import uvicorn

from coalition.guarding import MOST_BYTES, SECONDS, Guarded
from tests.campaign import FULL
from tests.conftest import free_port
from tests.processes import get, raw, running, site_folder

pytestmark = [pytest.mark.campaign, pytest.mark.long]

ROUTES = ["/", "/.json", "/countries", "/country", "/country/RUS", "/country/RUS.csv", "/charts", "/claims",
          "/codebook", "/search", "/search.json", "/developers", "/embedding", "/audit", "/downloads",
          "/downloads/manifest.json", "/coalition",
          "/coalition.db", "/coalition/events", "/coalition/events.json", "/coalition/events.csv",
          "/coalition/actors/RUS", "/coalition/exercises_by_year", "/coalition/exercises_by_year.svg",
          "/coalition/exercises_by_year.png", "/coalition/exercises_by_year.vl.json",
          "/coalition/exercises_by_year.embed", "/coalition/exercises_by_year.figure", "/feed.atom", "/sitemap.xml",
          "/robots.txt", "/static/site.css", "/-/static/app.css", "/-/vega.js", "/-/health", "/-/metadata",
          "/-/logout", "/-/messages", "/-/permissions", "/nothing"]  # fmt: skip
TRAVERSALS = ["/../../../../etc/passwd", "/static/../metadata.yml", "/static/%2e%2e/metadata.yml",
              "/static/..%2f..%2f..%2fetc/passwd", "/-/static/..%2f..%2fapp.py", "/-/static//etc/passwd",
              "/static//etc/passwd", "/downloads/..%2fmetadata.yml", "/downloads/%2e%2e/settings.json",
              "/static/..%5c..%5cbuild_db.py", "/static/%252e%252e/build_db.py", "/static/..%00/build_db.py",
              "/coalition/..%2f..%2fetc%2fpasswd", "/..%2fcoalition.db", "/static/plugins/charts.py",
              "/-/static-plugins/datasette_vega/..%2f..%2f..%2fapp.py"]  # fmt: skip
BROKEN = {
    "nothing": b"\r\n\r\n",
    "not HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "no version": b"GET /\r\n\r\n",
    "a bare line end in a header": b"GET / HTTP/1.1\r\nHost: x\r\nX: a\nb\r\n\r\n",
    "a space in the name": b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
    "two lengths": b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "length and chunks": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
    "negative length": b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "bytes in the address": b"GET /caf\xe9 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "unknown method": b"FOO / HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with running(site_folder(tmp_path_factory.mktemp("site"))) as started:
        yield started


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def asked(method: str, path: str, *headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
def test_no_route_takes_a_method_that_writes(site, method):
    for route in ROUTES:
        answer = raw(site.port, asked(method, route, "Content-Length: 3") + b"a=b")
        assert status(answer) == 405 and b"allow: GET, HEAD, OPTIONS" in answer, route


@pytest.mark.parametrize(
    ("method", "path", "code"), [("POST", "/coalition/exercises.json", 405), ("GET", "//search.json", 400)]
)
def test_a_refusal_at_a_json_address_is_json(site, method, path, code):
    head, _, body = raw(site.port, asked(method, path)).partition(b"\r\n\r\n")
    assert status(head) == code and b"access-control-allow-origin: *" in head
    assert b"content-type: application/json" in head and b'{"ok": false, "error": "This ' in body


def test_every_route_answers_options_without_a_body(site):
    for route in ROUTES:
        head, _, body = raw(site.port, asked("OPTIONS", route)).partition(b"\r\n\r\n")
        assert status(head) == 204 and body == b"" and b"access-control-allow-origin: *" in head, route


def test_head_is_get_without_a_body_on_every_route(site):
    for route in ROUTES:
        head, _, body = raw(site.port, asked("HEAD", route)).partition(b"\r\n\r\n")
        assert body == b"" and status(head) == status(raw(site.port, asked("GET", route))) < 500, route


@pytest.mark.parametrize("path", TRAVERSALS)
def test_no_path_leads_to_another_file(site, path):
    answer = raw(site.port, asked("GET", path))
    assert status(answer) in (302, 400, 403, 404), answer[:200]
    for text in (b"root:x:0:0", b"databases:\n", b"sql_time_limit_ms", b"def ", b"SQLite format 3"):
        assert text not in answer


@pytest.mark.parametrize(
    "route",
    [
        "/country?id=a%0d%0aSet-Cookie:%20a=b",
        "/country/rus%0d%0aX:%20y",
        "/nothing%0d%0aX: y/",
        "/search?q=%0d%0aX-Injected:%20y",
        "/coalition/events?_sort=%0d%0aX:y",
        "/coalition/x%0d%0aSet-Cookie:a=b",
    ],
)
def test_nobody_writes_a_header_through_an_address(site, route):
    answer = raw(site.port, asked("GET", route.replace(" ", "%20")))
    head = answer.partition(b"\r\n\r\n")[0].lower()
    assert 200 <= status(answer) < 500
    assert b"\r\nset-cookie:" not in head and b"\r\nx:" not in head and b"\r\nx-injected:" not in head


@pytest.mark.parametrize("what", BROKEN)
def test_broken_requests_are_refused_and_the_next_one_is_answered(site, what):
    answer = raw(site.port, BROKEN[what], seconds=1)
    # HTTP/0.9 had no version; uvicorn still answers it.
    assert status(answer) in ((0, 200, 400) if what == "no version" else (0, 400, 405)) and b"Traceback" not in answer
    assert get(site.address + "/-/health")[0] == 200


@pytest.mark.parametrize("place", ["address", "header", "many headers", "one megabyte of SQL"])
def test_a_head_longer_than_the_bound_is_refused_in_words(site, place):
    long = "a" * (MOST_BYTES + 100)
    requests = {
        "address": asked("GET", "/" + long),
        "header": asked("GET", "/", f"X: {long}"),
        "many headers": asked("GET", "/", *(f"X-{n}: a" for n in range(MOST_BYTES // 8))),
        "one megabyte of SQL": asked("GET", "/coalition?sql=select+1" + "+" * 1_000_000),
    }
    answer = raw(site.port, requests[place])
    # A client that still sends while it is refused may lose the words, never the refusal.
    assert status(answer) in (0, 400, 431)
    assert get(site.address + "/-/health")[0] == 200


def test_a_header_without_end_does_not_fill_the_memory(site):
    before, sent = site.memory(), 0
    with socket.create_connection(("127.0.0.1", site.port), timeout=5) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX: ")
        with contextlib.suppress(OSError):
            for _ in range(500):
                sent += connection.send(b"a" * 100_000)
    assert sent < 20_000_000 and site.memory() - before < 20


def test_a_body_that_nobody_reads_does_not_fill_the_memory(site):
    before = site.memory()
    with socket.create_connection(("127.0.0.1", site.port), timeout=5) as connection:
        connection.sendall(b"POST /-/logout HTTP/1.1\r\nHost: x\r\nContent-Length: 50000000\r\n\r\n")
        with contextlib.suppress(OSError):
            for _ in range(500):
                connection.sendall(b"a" * 100_000)
    assert site.memory() - before < 20


def test_slow_clients_wait_alone_and_not_for_ever(site):
    """Two hundred clients that send a byte at a time hold nobody up, and are gone soon after the bound."""
    slow = [socket.create_connection(("127.0.0.1", site.port), timeout=60) for _ in range(200)]
    start = time.monotonic()
    try:
        for connection in slow:
            connection.sendall(b"GET / HT")
        for _ in range(20):
            begin = time.monotonic()
            assert get(site.address + "/static/site.css")[0] == 200 and time.monotonic() - begin < 5
            for connection in slow[:20]:
                with contextlib.suppress(ConnectionError):  # on a busy machine the bound comes before the last page
                    connection.sendall(b"T")
        if FULL:
            with contextlib.suppress(ConnectionError):
                assert slow[-1].recv(100) == b""
    finally:
        for connection in slow:
            connection.close()
    assert time.monotonic() - start < SECONDS + 10


async def test_a_connection_that_says_nothing_ends():
    class Impatient(Guarded):
        seconds = 0.2

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    config = uvicorn.Config(app, port=free_port(), http=Impatient, ws="none", lifespan="off", log_level="error")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.05)
    for start in (b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HT"):
        reader, writer = await asyncio.open_connection("127.0.0.1", config.port)
        writer.write(start)
        answer = await asyncio.wait_for(reader.read(), 10)  # the last one is up to uvicorn, after five seconds
        assert answer.startswith(b"HTTP/1.1 200") is start.endswith(b"\nGET / HT")
        writer.close()
    server.should_exit = True
    await running


def test_a_client_that_never_reads_holds_nobody_up(site):
    with contextlib.ExitStack() as stack:
        for _ in range(20):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", site.port), timeout=5))
            connection.sendall(asked("GET", "/coalition.db"))
        begin = time.monotonic()
        assert get(site.address + "/-/health")[0] == 200 and time.monotonic() - begin < 5


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_server_said_nothing_of_its_inside(site):
    assert "Traceback" not in (site.root / "serve.log").read_text()
