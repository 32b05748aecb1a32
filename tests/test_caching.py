"""Claims about caching: made once, kept only where right, bounded, compressed once, out of date at once."""

import asyncio
import gzip
from urllib.parse import quote

import brotli
import pytest

from coalition import ROOT
from coalition.caching.answers import ASSET, PAGE
from coalition.caching.asking import asked, preferred_encoding
from coalition.caching.notes import do_not_keep
from coalition.caching.store import Store
from coalition.caching.version import combined, digest_of_files
from coalition.caching.wrapper import LONGEST, Cache
from coalition.serving import site

PAGES = ["/", "/coalition/events", "/coalition/events.json?_size=100", "/coalition/exercises_by_year.json", "/claims",
         "/search?q=Iran", "/coalition/exercises_by_year.svg", "/coalition/exercises_by_year.embed", "/static/site.css",
         "/coalition/exercises.csv?_stream=on", "/feed.atom", "/coalition?sql=select+1", "/-/vega.js"]  # fmt: skip


class Counting:
    """An application that counts its runs and answers with what it is told."""

    def __init__(self, body=b"x" * 1000, status=200, headers=(), wait=0.0, note=False):
        self.runs, self.body, self.status, self.headers, self.wait, self.note = 0, body, status, headers, wait, note

    async def __call__(self, scope, receive, send):
        self.runs += 1
        await asyncio.sleep(self.wait)
        if self.note:
            do_not_keep()
        headers = [(b"content-type", b"text/plain"), *self.headers]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        for start in range(0, len(self.body), 1_000_000):
            await send({"type": "http.response.body", "body": self.body[start : start + 1_000_000], "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def get(app, path="/page", query=b"", method="GET", **headers):
    """Return (status, headers, body) of one request; header names are written with underscores."""
    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in {"host": "h", **headers}.items()]
    scope = {"type": "http", "method": method, "scheme": "http", "path": path, "query_string": query, "headers": given}
    sent = []

    async def send(message):
        sent.append(message)

    await app(scope, None, send)
    return sent[0]["status"], dict(sent[0]["headers"]), b"".join(m.get("body", b"") for m in sent[1:])


def cached(app, version="v1", **options):
    return Cache(app, lambda: version, **options)


async def test_sixty_four_identical_first_requests_cost_one():
    app = Counting(wait=0.05)
    cache = cached(app)
    answers = await asyncio.gather(*(get(cache) for _ in range(64)))
    assert app.runs == 1 and {body for _, _, body in answers} == {app.body}


@pytest.mark.parametrize(
    "different",
    [{"host": "other"}, {"path": "/other"}, {"query": b"a=1"}, {"accept_encoding": "gzip"}, {"accept_encoding": "br"}],
)
async def test_host_path_query_and_encoding_make_different_answers(different):
    app = Counting()
    cache = cached(app)
    await get(cache)
    await get(cache, **different)
    await get(cache, **different)
    assert app.runs == 2


@pytest.mark.parametrize(
    "app",
    [Counting(status=404), Counting(status=500), Counting(status=400), Counting(status=302),
     Counting(headers=[(b"set-cookie", b"a=b")]), Counting(headers=[(b"cache-control", b"no-store")]),
     Counting(headers=[(b"cache-control", b"private, max-age=9")]), Counting(note=True)],
    ids=["404", "500", "400", "redirect", "cookie", "no-store", "private", "cut off by a limit"],
)  # fmt: skip
async def test_what_is_not_the_same_for_all_is_made_anew_and_kept_by_nobody(app):
    cache = cached(app)
    for runs in (1, 2):
        _, headers, _ = await get(cache)
        assert app.runs == runs and b"etag" not in headers
        assert headers[b"cache-control"] == (b"no-cache" if app.status == 302 else b"no-store")


@pytest.mark.parametrize("headers", [{"cookie": "x=1; ds_actor=abc"}, {"authorization": "Bearer x"}])
async def test_somebody_signed_in_gets_an_answer_of_their_own(headers):
    app = Counting()
    cache = cached(app)
    await get(cache)
    _, told, _ = await get(cache, **headers)
    assert app.runs == 2 and told[b"cache-control"] == b"no-store"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
async def test_other_methods_pass(method):
    app = Counting()
    cache = cached(app)
    await get(cache)
    await get(cache, method=method)
    assert app.runs == 2


async def test_head_has_the_headers_of_get_and_no_body():
    cache = cached(Counting())
    _, head, body = await get(cache, method="HEAD")
    _, headers, _ = await get(cache)
    assert body == b"" and head == headers and head[b"content-length"] == b"1000"


async def test_a_reader_who_holds_the_answer_gets_304_until_the_next_version():
    app = Counting()
    _, headers, _ = await get(cached(app))
    etag = headers[b"etag"].decode()
    for held in (etag, f'"other", {etag}', etag.removeprefix("W/")):
        status, told, body = await get(cached(app), if_none_match=held)
        assert (status, body, told[b"etag"]) == (304, b"", etag.encode()) and app.runs == 1
    status, _, _ = await get(cached(app, version="v2"), if_none_match=etag)
    assert status == 200 and app.runs == 2


@pytest.mark.parametrize(("encoding", "undo"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
async def test_an_answer_is_compressed_once(encoding, undo, monkeypatch):
    from coalition.caching import answers

    calls = []
    compress = answers.compressed
    monkeypatch.setattr(answers, "compressed", lambda *a: calls.append(1) or compress(*a))
    cache = cached(Counting())
    for _ in range(3):
        _, headers, body = await get(cache, accept_encoding=encoding)
        assert undo(body) == b"x" * 1000 and headers[b"content-encoding"] == encoding.encode()
        assert int(headers[b"content-length"]) == len(body) < 200 and headers[b"vary"] == b"accept-encoding"
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [(b"", ""), (b"gzip", "gzip"), (b"gzip, deflate, br", "br"), (b"br;q=0, gzip", "gzip"), (b"identity", ""),
     (b"*", "br"), (b"gzip;q=1..2", ""), (b"\xff\xfe", "")],
)  # fmt: skip
def test_the_encoding_is_one_that_the_reader_accepts(accepts, encoding):
    assert preferred_encoding(accepts) == encoding


async def test_endless_query_strings_neither_fill_the_memory_nor_push_out_what_is_read():
    cache = cached(Counting(), store=Store(most=200_000))
    for _ in range(2):
        await get(cache, "/front-page")
    for number in range(2000):
        await get(cache, query=b"x=%d" % number)
    runs = cache.app.runs
    await get(cache, "/front-page")
    assert cache.app.runs == runs
    assert cache.store.size <= 200_000 and len(cache.store) <= 100


def test_a_store_counts_what_it_holds():
    store = Store(most=20_000)
    for number in range(300):
        store.put(number % 37, b"x", 100 + number)
        store.get(number % 11)
    held = [*store._probation.values(), *store._kept.values()]
    assert store.size == sum(size for _, size in held) <= store.most
    assert store.kept_size == sum(size for _, size in store._kept.values()) <= store.most


async def test_an_answer_too_long_to_keep_streams_whole():
    app = Counting(body=b"y" * (LONGEST + 1))
    cache = cached(app)
    for runs in (2, 3):
        _, headers, body = await get(cache)
        assert body == app.body and headers[b"cache-control"] == PAGE and app.runs == runs
    assert (await get(cache, method="HEAD"))[2] == b""
    assert cache.store.size < 10_000


async def test_a_failure_reaches_everyone_who_waits_and_is_not_kept():
    async def failing(scope, receive, send):
        await asyncio.sleep(0.01)
        raise RuntimeError("broken")

    cache = cached(failing)
    results = await asyncio.gather(*(get(cache) for _ in range(4)), return_exceptions=True)
    assert all(isinstance(result, RuntimeError) for result in results) and not cache._under_way


async def test_a_reader_who_goes_away_does_not_take_the_answer_with_them():
    app = Counting(wait=0.05)
    cache = cached(app)
    first = asyncio.create_task(get(cache))
    await asyncio.sleep(0.01)
    second = asyncio.create_task(get(cache))
    await asyncio.sleep(0.01)
    first.cancel()
    assert (await second)[2] == app.body and app.runs == 1


@pytest.mark.parametrize(
    "sql", ["select random()", "select datetime('now')", "select current_timestamp", "select date()",
            "select hex(randomblob(9))", "select strftime('%s')"],
)  # fmt: skip
async def test_sql_that_tells_the_time_or_throws_dice_is_not_kept(served, sql):
    for name in ("sql", "%73ql"):
        response = await served.client.get(f"/coalition.json?{name}={quote(sql)}")
        assert response.status_code == 200 and response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", PAGES)
async def test_every_kind_of_page_is_cacheable_and_confirmed_by_304(served, path):
    response = await served.client.get(path)
    etag = response.headers["etag"]
    assert response.headers["cache-control"] == PAGE.decode() and "set-cookie" not in response.headers
    assert etag == (await served.client.get("/")).headers["etag"]
    assert (await served.client.get(path, headers={"if-none-match": etag})).status_code == 304
    assert (await served.client.head(path)).headers["content-length"] == response.headers["content-length"]
    for encoding in ("br", "gzip", "identity"):
        # httpx decodes what it is sent; timings aside the text is the same.
        again = await served.client.get(path, headers={"accept-encoding": encoding})
        assert abs(len(again.content) - len(response.content)) < 20


@pytest.mark.parametrize("path", ["/nothing", "/coalition/exercises?_sort=nope", "/coalition?sql=delete+from+actors"])
async def test_errors_are_kept_by_nobody(served, path):
    response = await served.client.get(path)
    assert response.status_code >= 400 and response.headers["cache-control"] == "no-store"
    assert "etag" not in response.headers


async def test_a_page_names_its_stylesheet_by_version_and_that_may_be_kept_for_ever(served):
    home = await served.client.get("/")
    version = home.headers["etag"][3:-1]
    assert f"/static/site.css?{version}" in home.text
    right = await served.client.get(f"/static/site.css?{version}")
    wrong = await served.client.get("/static/site.css?" + "0" * len(version))
    assert right.headers["cache-control"] == ASSET.decode() and wrong.headers["cache-control"] == "no-store"


async def test_a_proxy_that_asks_for_exactly_one_version_gets_no_other(served):
    version = (await served.client.get("/")).headers["etag"][3:-1]
    exact = {"x-exact-version": "1"}
    assert (await served.client.get(f"/static/site.css?{version}", headers=exact)).status_code == 200
    other = await served.client.get("/static/site.css?" + "0" * len(version), headers=exact)
    assert other.status_code == 404 and other.headers["cache-control"] == "no-store"


async def test_a_query_cut_off_by_the_limit_is_not_kept(database):
    slow = site(ROOT, database, settings={"sql_time_limit_ms": 20, "facet_time_limit_ms": 1, "suggest_facets": False})
    await slow.invoke_startup()
    bomb = "with recursive c(x) as (select 1 union all select x+1 from c) select max(x) from c"
    assert (await slow.client.get("/coalition.json", params={"sql": bomb})).headers["cache-control"] == "no-store"


async def test_a_page_without_its_facets_is_not_kept(database):
    """Datasette calls it a success."""
    slow = site(ROOT, database, settings={"facet_time_limit_ms": 1, "suggest_facets": False})
    await slow.invoke_startup()
    page = await slow.client.get("/coalition/sources.json?_facet=title&kind=press&_shape=objects&_ttl=31536000")
    assert page.status_code == 200 and "title" not in page.json()["facet_results"]
    assert "etag" not in page.headers and page.headers["cache-control"] == "no-store"


async def test_two_sites_of_one_build_have_one_version(database):
    """Replicas confirm each other's answers."""
    etags = set()
    for path in ("/coalition/events", "/"):
        replica = site(ROOT, database)
        etags.add((await replica.client.get(path)).headers["etag"])
    assert len(etags) == 1


@pytest.mark.parametrize("part", ["database", "files", "configuration"])
def test_any_change_makes_a_new_site_version(part):
    parts = {"database": "a", "files": "b", "configuration": {"c": 1}}
    changed = {**parts, part: {"c": 2} if part == "configuration" else "z"}
    assert combined(*parts.values()) == combined(*parts.values()) != combined(*changed.values())


@pytest.mark.parametrize("name", ["page.html", "plugin.py", "sub/query.sql"])
def test_any_changed_file_changes_the_digest(tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("one")
    before = digest_of_files([tmp_path])
    path.write_text("two")
    assert digest_of_files([tmp_path]) != before


def test_a_request_longer_than_any_of_ours_is_not_a_key():
    scope = {"method": "GET", "path": "/", "query_string": b"x" * 10_000, "headers": []}
    assert asked(scope) is None
