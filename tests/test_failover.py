"""Claims about two replicas behind nginx: one may die, a new version may be rolled out, and no reader notices.

Real nginx with deploy/nginx.conf, real replicas started by deploy/serve.sh, the rollout by deploy/rollout.sh.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest
import yaml

from coalition import ROOT
from tests.conftest import free_port

NO_NGINX = not shutil.which("nginx") and not os.environ.get("CI")
pytestmark = [pytest.mark.long, pytest.mark.skipif(NO_NGINX, reason="no nginx on this machine")]
READERS, PAUSE = 4, 0.02  # a test that takes both cores for itself measures only that
OLD, NEW = "91.0.0", "92.0.0"
# FRESH becomes another number each time, so that a part of the questions reaches a replica.
PAGES = ["/", "/claims", "/coalition/events?_fresh=FRESH", "/coalition/exercises_by_year?_fresh=FRESH",
         "/coalition/dataset.json?_shape=objects&_fresh=FRESH", "/country/RUS", "/coalition/exercises_by_year.embed",
         "/search?q=Iran&fresh=FRESH", "/coalition/exercises?_size=20"]  # fmt: skip
# Charts on these pages; to draw all others would be most of the work of four starts of a replica.
DRAWN = {"partnerships_by_year", "exercises_by_year", "country_timeline"}
SHIPPED = ["build_db.py", "coalition", "metadata.yml", "settings.json", "plugins", "sources", "static", "templates",
           "deploy", "docs", "CHANGELOG.md", "releases", "LICENSE-DATA"]  # fmt: skip


def release(folder: Path, version: str) -> Path:
    """Make a release as deploy/install.sh does, with the packages that are here; data and style tell its version."""
    folder.mkdir()
    for name in SHIPPED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / name, folder / name)
    codebook = folder / "sources" / "datapackage.yml"
    changed = re.sub(r"^version: .*", f"version: {version}", codebook.read_text(encoding="utf-8"), flags=re.M)
    codebook.write_text(changed, encoding="utf-8")
    metadata = yaml.safe_load((folder / "metadata.yml").read_text(encoding="utf-8"))
    for name, query in metadata["databases"]["coalition"]["queries"].items():
        if name not in DRAWN:
            query.pop("chart", None)
    (folder / "metadata.yml").write_text(yaml.safe_dump(metadata, allow_unicode=True), encoding="utf-8")
    with (folder / "static" / "site.css").open("a", encoding="utf-8") as style:
        style.write(f"\n/* style of {version} */\n")
    for command in (["build"], ["export", "dist"]):
        subprocess.run([sys.executable, "build_db.py", *command], cwd=folder, check=True, capture_output=True)
    return folder


class Cluster:
    """nginx and two replicas in a folder."""

    def __init__(self, folder: Path):
        self.folder, self.ports, self.port = folder, [free_port(), free_port()], free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.current, self.restart = folder / "current", folder / "restart.sh"
        self.restart.write_text(RESTART.format(folder=folder))
        self.restart.chmod(0o755)
        self.environment = {**os.environ, "PYTHON": sys.executable, "CURRENT": str(self.current), "WARM": "1",
                            "RESTART": str(self.restart)}  # fmt: skip

    def start(self, port: int) -> None:
        subprocess.run([self.restart, str(port)], check=True, env=self.environment)

    def start_nginx(self) -> None:
        text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
        text = text.replace("/var/cache/nginx/coalition", f"{self.folder}/cache")
        text = text.replace("listen 80;", f"listen 127.0.0.1:{self.port};")
        for number, port in enumerate(self.ports, start=8001):
            text = text.replace(f"127.0.0.1:{number}", f"127.0.0.1:{port}")
        (self.folder / "site.conf").write_text(text)
        (self.folder / "nginx.conf").write_text(NGINX.format(folder=self.folder))
        self.folder.chmod(0o755)  # nginx's workers run as another user
        self.nginx = subprocess.Popen(["nginx", "-c", str(self.folder / "nginx.conf")])

    def kill(self, port: int) -> None:
        os.kill(int((self.folder / f"{port}.pid").read_text()), signal.SIGKILL)

    def stop(self) -> None:
        self.nginx.terminate()
        for port in self.ports:
            with contextlib.suppress(ProcessLookupError):  # the one that did not come up
                os.kill(int((self.folder / f"{port}.pid").read_text()), signal.SIGTERM)
        self.nginx.wait(10)

    async def rollout(self, release: Path) -> None:
        command = [str(release / "deploy" / "rollout.sh"), str(release), *map(str, self.ports)]
        process = await asyncio.create_subprocess_exec(*command, env=self.environment, stdout=subprocess.DEVNULL)
        assert await process.wait() == 0

    async def healthy(self, port: int, warm: int = 0) -> str:
        """Wait until the replica answers, and some seconds for its usual pictures; return its site version."""
        command = [sys.executable, str(ROOT / "deploy" / "healthy.py"), str(port), "--wait", "30", "--warm", str(warm)]
        process = await asyncio.create_subprocess_exec(*command)
        assert await process.wait() == 0
        async with httpx.AsyncClient(timeout=60) as client:
            return (await client.get(f"http://127.0.0.1:{port}/-/health")).json()["site_version"]


# What systemd does: end the process, wait for its end, start it through the link. Says what systemd knows: the pid.
RESTART = """#!/bin/sh
pid={folder}/$1.pid
if [ -f $pid ]; then kill $(cat $pid) 2>/dev/null; while kill -0 $(cat $pid) 2>/dev/null; do sleep 0.1; done; fi
PORT=$1 nohup {folder}/current/deploy/serve.sh >>{folder}/$1.log 2>&1 &
echo $! > $pid
"""
NGINX = """
worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log; daemon off;
events {{ worker_connections 256; }}
http {{
  access_log off; client_body_temp_path {folder}/t; proxy_temp_path {folder}/t; fastcgi_temp_path {folder}/t;
  uwsgi_temp_path {folder}/t; scgi_temp_path {folder}/t;
  include {folder}/site.conf;
}}
"""


class Readers:
    """Readers who open page after page with its stylesheet, and note what failed and which versions met in a page."""

    def __init__(self, address: str):
        self.address = address
        self.failures, self.pages = (
            [],
            Counter(),
        )  # pages: {(site version of the ETag, versions told, style): how often}
        self.numbers, self.done = itertools.count(), False

    async def read(self, start: int) -> None:
        async with httpx.AsyncClient(base_url=self.address, timeout=30) as client:
            for path in itertools.islice(itertools.cycle(PAGES), start, None):
                if self.done:
                    return
                await self.open(client, path.replace("FRESH", str(next(self.numbers))))
                await asyncio.sleep(PAUSE)

    async def open(self, client, path: str) -> None:
        page = await self.get(client, path)
        if page is None:
            return
        told = frozenset(TOLD.findall(page.text))
        styles = [await self.get(client, style) for style in STYLE.findall(page.text)]
        styled = frozenset(found for style in styles if style for found in STYLED.findall(style.text))
        self.pages[tag(page), told, styled or told] += 1

    async def get(self, client, path: str) -> httpx.Response | None:
        try:
            answer = await client.get(path)
        except httpx.HTTPError as error:
            self.failures.append((path, repr(error)))
            return None
        if answer.status_code != 200:
            self.failures.append((path, answer.status_code))
            return None
        return answer

    def mixed(self, sites: dict[str, str]) -> list:
        """Return the pages whose ETag, words and style are not of one version; `sites` is {site: data version}."""
        return [page for page in self.pages if not page[1] == page[2] == {sites.get(page[0])}]

    async def open_more(self, pages: int) -> None:
        """Wait until so many more pages were read."""
        wanted, until = self.pages.total() + pages, time.monotonic() + 60
        while self.pages.total() < wanted:
            assert time.monotonic() < until, "no more answers"
            await asyncio.sleep(0.05)


TOLD = re.compile(r'(?:Data version |Dataset, version |"version", "value": ")(\d+\.\d+\.\d+)')
STYLE = re.compile(r"/static/site\.css\?\w+")
STYLED = re.compile(r"style of (\d+\.\d+\.\d+)")


def tag(answer: httpx.Response) -> str:
    """Return the site version that an answer's ETag holds."""
    return answer.headers["etag"].removeprefix("W/").strip('"')


@pytest.fixture(scope="module")
def cluster():
    folder = Path(tempfile.mkdtemp(prefix="coalition-failover-"))
    cluster = Cluster(folder)
    cluster.releases = {version: release(folder / version, version) for version in (OLD, NEW)}
    cluster.current.symlink_to(cluster.releases[OLD])
    for port in cluster.ports:
        cluster.start(port)
    cluster.start_nginx()
    yield cluster
    cluster.stop()
    shutil.rmtree(folder, ignore_errors=True)


async def test_a_dead_replica_and_a_rollout_fail_no_request_and_mix_no_versions(cluster):
    first, second = cluster.ports
    sites = {await cluster.healthy(first): OLD}
    await cluster.healthy(second)
    readers = Readers(cluster.address)
    reading = [asyncio.create_task(readers.read(start)) for start in range(READERS)]
    await readers.open_more(20)
    cluster.kill(first)
    await readers.open_more(20)
    cluster.start(first)
    await cluster.healthy(first)
    await readers.open_more(20)
    assert not readers.failures

    await cluster.rollout(cluster.releases[NEW])
    await readers.open_more(40)
    readers.done = True
    await asyncio.gather(*reading)
    # A page whose pictures are not drawn yet in time is not kept and has no ETag.
    sites[await cluster.healthy(second, warm=60)] = NEW
    assert not readers.failures and not readers.mixed(sites)
    assert {told for _, told, _ in readers.pages} == {frozenset({OLD}), frozenset({NEW})}

    # The cache keeps answers by host: under another name each is asked for anew.
    other = {"headers": {"host": "another.example"}, "timeout": 30}
    async with httpx.AsyncClient(base_url=cluster.address, **other) as client:
        assert {sites[tag(await client.get(path))] for path in ("/", "/claims", "/countries", "/codebook")} == {NEW}


async def test_a_release_that_does_not_come_up_stops_the_rollout_at_the_first_replica(cluster):
    broken = cluster.folder / "broken"
    shutil.copytree(cluster.releases[NEW], broken)
    (broken / "deploy" / "serve.sh").write_text("#!/bin/sh\nexit 1\n")
    rollout = broken / "deploy" / "rollout.sh"
    rollout.write_text(rollout.read_text().replace("--wait 60", "--wait 1"))
    ports = [str(port) for port in cluster.ports]
    process = subprocess.run([rollout, broken, *ports], env=cluster.environment, capture_output=True, text=True)
    assert process.returncode == 1 and f"port {ports[0]} does not answer" in process.stderr
    async with httpx.AsyncClient(base_url=cluster.address, timeout=60) as client:
        assert (await client.get("/-/health")).json()["version"] == NEW
        assert (await client.get("/countries?_fresh=1")).status_code == 200


async def test_a_download_goes_on_where_it_broke_off_behind_nginx(cluster):
    async with httpx.AsyncClient(base_url=cluster.address, timeout=60) as client:
        plain = {"accept-encoding": "identity"}
        whole = await client.get("/coalition.db", headers=plain)
        rest = await client.get("/coalition.db", headers={**plain, "range": "bytes=100-"})
        manifest = json.loads((await client.get("/downloads/manifest.json")).text)
    assert rest.status_code == 206 and whole.content[:100] + rest.content == whole.content
    assert {file["name"]: file["bytes"] for file in manifest["files"]}["coalition.db"] == len(whole.content)
