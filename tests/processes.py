"""The site as its readers meet it: a process of its own, asked over a socket."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from coalition import ROOT


@dataclass(frozen=True)
class Running:
    """A running site: its folder, address and process."""

    root: Path
    port: int
    process: subprocess.Popen

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def memory(self) -> float:
        """Return the megabytes that the process holds; its drawing workers are not counted."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def content_hash(self) -> str:
        return json.loads(get(self.address + "/-/health")[1])["content_hash"]


def site_folder(folder: Path) -> Path:
    """Return a folder with a copy of the sources, and the code, templates and settings of this repository."""
    shutil.copytree(ROOT / "sources", folder / "sources")
    shutil.copy(ROOT / "metadata.yml", folder)
    for name in ("plugins", "templates", "static", "settings.json"):
        (folder / name).symlink_to(ROOT / name)
    return folder


@contextlib.contextmanager
def running(root: Path, *, warm: bool = False) -> Iterator[Running]:
    """Serve a folder with `build_db.py serve` until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, str(ROOT / "build_db.py"), "serve", "--root", str(root), "--port", str(port)]
    with (root / "serve.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    started = Running(root, port, process)
    try:
        until = time.monotonic() + 180
        while not _ready(started, warm):
            assert process.poll() is None and time.monotonic() < until, (root / "serve.log").read_text()
            time.sleep(0.1)
        yield started
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def _ready(site: Running, warm: bool) -> bool:
    try:
        return json.loads(get(site.address + "/-/health")[1])["warm"] or not warm
    except OSError:
        return False


def get(url: str, seconds: float = 60, **headers: str) -> tuple[int, bytes]:
    """Return (status, body)."""
    request = urllib.request.Request(url, headers={k.replace("_", "-"): v for k, v in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=seconds) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def raw(port: int, sent: bytes, seconds: float = 60) -> bytes:
    """Send bytes as they are and return all that comes back until the server closes or is silent."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(sent)
        parts = []
        with contextlib.suppress(TimeoutError, ConnectionError):
            while part := connection.recv(65536):
                parts.append(part)
    return b"".join(parts)
