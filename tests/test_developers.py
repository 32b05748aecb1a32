"""Claims about /developers: every example on the page runs against a real server and prints something."""

import html
import re
import shutil
import socket
import subprocess
import sys
import threading
import time

import httpx
import pytest
import uvicorn

from coalition import ROOT
from coalition.serving import site

COMMANDS = {
    "sh": ["sh", "-c"],
    "python": [sys.executable, "-c"],
    "js": ["node", "--input-type=module", "-e"],
    "r": ["Rscript", "-e"],
}


@pytest.fixture(scope="module")
def server(database):
    """The address of a real server over the whole dataset."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(site(ROOT, database).app(), port=port, log_level="error", lifespan="on")
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join()


def examples(address: str) -> list[tuple[str, str]]:
    """Return (language, code) of every example on the page."""
    page = httpx.get(f"{address}/developers", timeout=60).text
    return [
        (kind, html.unescape(code)) for kind, code in re.findall(r'<code data-run="(\w+)">(.*?)</code>', page, re.S)
    ]


def test_the_page_has_examples_in_five_languages(server):
    assert {kind for kind, _ in examples(server)} == {"sh", "python", "r", "js", "duckdb"}


@pytest.mark.parametrize("kind", COMMANDS)
def test_every_example_runs(server, kind):
    if not shutil.which(COMMANDS[kind][0]):
        pytest.skip(f"no {COMMANDS[kind][0]} on this machine")
    for _, code in [example for example in examples(server) if example[0] == kind]:
        for package in re.findall(r"^import (\w+)", code, re.M) if kind == "python" else []:
            pytest.importorskip(package)
        done = subprocess.run([*COMMANDS[kind], code], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0 and done.stdout.strip(), (code, done.stderr)


def test_the_duckdb_example_runs_on_the_same_csv(server, tmp_path):
    """DuckDB fetches addresses with an extension that needs the network; the file stands in for it here."""
    duckdb = pytest.importorskip("duckdb")
    (sql,) = [code for kind, code in examples(server) if kind == "duckdb"]
    (address,) = re.findall(r"read_csv\('(.*?)'\)", sql)
    file = tmp_path / "exercises.csv"
    file.write_bytes(httpx.get(address, timeout=60).content)
    rows = duckdb.sql(sql.replace(address, str(file)).rstrip(";")).fetchall()
    assert sum(count for _, count in rows) > 100


@pytest.mark.parametrize("path", ["/country/IRN.json", "/search.json?q=Baltic", "/coalition/exercises.json",
                                  "/downloads/manifest.json", "/feed.atom"])  # fmt: skip
def test_other_sites_may_ask_from_the_browser(server, path):
    assert httpx.get(server + path, timeout=60).headers["access-control-allow-origin"] == "*"
