"""Claims about serving: downloads as files, health, the log, and a server that starts whole."""

import asyncio
import contextlib
import csv
import gzip
import hashlib
import io
import re
import shutil
import sqlite3

import brotli
import httpx
import pytest

from coalition import ROOT, warming
from coalition.accesslog import AccessLog, line
from coalition.charts import drawing
from coalition.charts.answers import charted_queries
from coalition.compressing import compress_files
from coalition.exporting import export, is_current
from coalition.serving import application, inspected, prepared_downloads, site
from coalition.warming import draw_usual, is_warm, warm_up

FILES = ["/coalition.db", "/downloads/events.csv", "/downloads/events.parquet", "/downloads/manifest.json",
         "/downloads/china-coalition-datapackage.zip"]  # fmt: skip


@pytest.mark.parametrize("path", FILES)
async def test_a_download_that_broke_off_can_go_on(served, path):
    whole = await served.client.get(path, headers={"accept-encoding": "identity"})
    tag = whole.headers["etag"]
    rest = await served.client.get(path, headers={"range": "bytes=100-", "if-range": tag, "accept-encoding": "br"})
    assert rest.status_code == 206 and whole.content[:100] + rest.content == whole.content
    assert rest.headers["content-range"] == f"bytes 100-{len(whole.content) - 1}/{len(whole.content)}"
    changed = await served.client.get(path, headers={"range": "bytes=100-", "if-range": '"older"'})
    assert changed.status_code == 200 and len(changed.content) == len(whole.content)
    beyond = await served.client.get(path, headers={"range": f"bytes={len(whole.content)}-"})
    assert beyond.status_code == 416


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize(("encoding", "undo"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
async def test_a_download_is_sent_compressed_where_that_is_smaller(address, path, encoding, undo):
    async with httpx.AsyncClient(base_url=address, timeout=60) as client:
        whole = await client.get(path, headers={"accept-encoding": "identity"})
        async with client.stream("GET", path, headers={"accept-encoding": encoding}) as answer:
            body = b"".join([part async for part in answer.aiter_raw()])
    if path.endswith((".zip", ".parquet")):
        assert "content-encoding" not in answer.headers and body == whole.content
    else:
        assert answer.headers["content-encoding"] == encoding and len(body) < len(whole.content)
        assert undo(body) == whole.content and answer.headers["etag"] != whole.headers["etag"]


@pytest.mark.parametrize("path", FILES)
async def test_a_download_is_confirmed_by_its_sum(served, path):
    answer = await served.client.get(path, headers={"accept-encoding": "identity"})
    assert answer.headers["etag"] == f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
    held = {"if-none-match": answer.headers["etag"], "accept-encoding": "identity"}
    assert (await served.client.get(path, headers=held)).status_code == 304
    head = await served.client.head(path, headers={"accept-encoding": "identity"})
    assert head.content == b"" and head.headers["content-length"] == str(len(answer.content))


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.long
async def test_the_csv_file_is_what_the_table_streams(served, codebook):
    for table in codebook.tables:
        streamed = await served.client.get(f"/coalition/{table.name}.csv")
        file = await served.client.get(f"/downloads/{table.name}.csv")
        # Datasette puts a rowid before the columns of a table without a key.
        written = rows(file.text)
        expected = [row[len(row) - len(written[0]) :] for row in rows(streamed.text)]
        assert sorted(written) == sorted(expected), table.name


@pytest.mark.long
def test_downloads_are_written_once_per_build(database, tmp_path):
    folder = prepared_downloads(ROOT, database, tmp_path / "dist")
    manifest = folder / "manifest.json"
    before = manifest.stat().st_mtime_ns
    assert prepared_downloads(ROOT, database, folder) == folder and manifest.stat().st_mtime_ns == before
    assert list(folder.glob("*.br"))
    export(ROOT, database, folder)
    assert not list(folder.glob("*.br")) and not list(folder.glob("*.gz"))  # copies would be of the build before
    (folder / "events.csv").write_bytes(b"half")
    assert not is_current(folder, hashlib.sha256(database.read_bytes()).hexdigest())
    assert not is_current(folder, "another database") and not is_current(tmp_path / "none", "x")


def test_a_folder_that_cannot_be_written_is_no_reason_not_to_serve(database, tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert prepared_downloads(ROOT, database, tmp_path / "file" / "dist") is None


def test_what_compresses_badly_has_no_copy(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"x")
    (tmp_path / "b.csv").write_bytes(b"x" * 5000)
    assert {path.name for path in compress_files(tmp_path, ["a.csv", "b.csv"])} == {"b.csv.br", "b.csv.gz"}


def test_counts_known_before_serving_are_those_of_the_tables(database):
    known = inspected(database)["coalition"]
    assert known["hash"] == hashlib.sha256(database.read_bytes()).hexdigest()
    with sqlite3.connect(database) as db:
        for table, entry in known["tables"].items():
            assert entry["count"] == db.execute(f'select count(*) from "{table}"').fetchone()[0], table
    assert {"events", "events_fts", "actors"} <= set(known["tables"])


async def test_health_tells_version_and_is_kept_by_nobody(served):
    answer = await served.client.get("/-/health")
    told = answer.json()
    about = dict((await served.get_database("coalition").execute("select property, value from dataset")).rows)
    assert told["ok"] and told["content_hash"] == about["content_hash"] and told["version"] == about["version"]
    assert f'"{told["site_version"]}"' in (await served.client.get("/")).headers["etag"]
    assert answer.headers["cache-control"] == "no-store"


async def test_health_is_503_when_the_database_cannot_be_read(database, tmp_path):
    copy = shutil.copy(database, tmp_path / "coalition.db")
    broken = site(ROOT, copy)
    await broken.invoke_startup()
    copy.write_bytes(b"not a database" * 1000)
    answer = await broken.client.get("/-/health")
    assert answer.status_code == 503 and answer.json()["ok"] is False


@pytest.mark.long
async def test_a_site_is_warm_when_its_usual_pictures_are_drawn(database, tmp_path, monkeypatch):
    fresh = site(ROOT, database, tmp_path)
    await fresh.invoke_startup()
    assert not is_warm(fresh) and (await fresh.client.get("/-/health")).json()["warm"] is False
    drawn = await draw_usual(fresh)
    assert is_warm(fresh) and drawn >= len(charted_queries(fresh))

    async def nobody_draws(work, *arguments):
        raise AssertionError(f"{work.__name__} was asked for")

    monkeypatch.setattr(drawing, "_work", nobody_draws)
    monkeypatch.setattr(drawing, "_cache", drawing.Cache())
    await warm_up(another := site(ROOT, database, tmp_path))
    assert (await another.client.get("/coalition/exercises_by_year.svg")).status_code == 200


async def test_the_processes_that_draw_are_kept_in_practice_with_every_usual_chart(served, monkeypatch):
    drawn, usual = [], list(charted_queries(served))

    async def noted(datasette, name):
        drawn.append(name)

    monkeypatch.setattr(warming, "practised", noted)
    monkeypatch.setattr(warming, "PRACTICE", 0)
    practising = asyncio.create_task(warming.keep_in_practice(served))
    while len(drawn) < 2 * len(usual):
        await asyncio.sleep(0)
    practising.cancel()
    assert drawn[: 2 * len(usual)] == 2 * usual


async def test_the_application_has_started_before_it_says_so(database):
    app = application(site(ROOT, database), log=False)
    said, events = [], asyncio.Queue()

    async def send(message):
        said.append(message["type"])

    await events.put({"type": "lifespan.startup"})
    running = asyncio.create_task(app({"type": "lifespan"}, events.get, send))
    while not said:
        await asyncio.sleep(0.01)
    await events.put({"type": "lifespan.shutdown"})
    await running
    assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


async def test_each_answer_is_one_line_with_its_timing_and_no_address():
    lines = []

    async def app(scope, receive, send):
        if scope["path"] == "/broken":
            raise RuntimeError
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"12345"})

    async def nothing(message):
        pass

    log = AccessLog(app, lines.append)
    for path in ("/a", "/broken"):
        scope = {"type": "http", "method": "GET", "path": path, "query_string": b"q=1", "client": ("203.0.113.9", 1)}
        with contextlib.suppress(RuntimeError):
            await log(scope, None, nothing)
    log.flush()
    first, second = lines[0].splitlines()
    assert re.fullmatch(r"\S+Z GET /a\?q=1 200 5 \d+\.\d\dms pass", first)
    assert " /broken?q=1 500 0 " in second and "203.0.113.9" not in lines[0]


@pytest.mark.parametrize("path", ["/a\nGET /forged 200", "/a b", "/\x1b[31m", "/\u202e"])
def test_no_path_can_forge_a_line(path):
    text = line({"method": "GET", "path": path, "query_string": b""}, 404, 0, 0.001)
    assert text.count("\n") == 1 and len(text.split()) == 7 and text.isascii()


async def test_what_is_known_of_metadata_is_bounded_and_not_the_askers_to_change(database, monkeypatch):
    monkeypatch.setattr("coalition.serving.MOST_TOLD", 3)
    fresh = site(ROOT, database)
    for number in range(10):
        fresh.metadata("title", database="coalition", table=f"none-such-{number}")
    assert fresh._told.cache_info().currsize == 3
    fresh.metadata(database="coalition")["title"] = "Changed"
    assert fresh.metadata(database="coalition").get("title") != "Changed"


async def test_a_server_that_ends_leaves_no_line_of_its_log_behind():
    async def ended(scope, receive, send):
        pass

    written = []
    log = AccessLog(ended, written.append)
    log._lines = ["one\n"]
    await log({"type": "lifespan"}, None, None)
    assert written == ["one\n"]
