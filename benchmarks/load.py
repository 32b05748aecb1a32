"""Starting servers on free ports and asking them with wrk; what the benchmarks share."""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Each request of a run asks something new, so that no cache anywhere can answer it.
FRESH = """
local count = 0
request = function()
  count = count + 1
  return wrk.format("GET", (wrk.path:gsub("FRESH", tostring({start} + count % {most}))))
end
"""


@dataclass(frozen=True)
class Load:
    """What wrk measured: requests per second, milliseconds at the median and 99th percentile, answers not 2xx."""

    rate: float
    median: float
    p99: float
    failed: int


def need(*programs: str) -> None:
    """Exit with a sentence if a program is missing."""
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        sys.exit(
            f"Needed and not installed: {', '.join(missing)} (Debian: apt-get install wrk nginx-light varnish gcc)"
        )


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextlib.contextmanager
def running(command: list[str], port: int, ready: str = "/", wait: float = 60, **options) -> Iterator[str]:
    """Run a server; give its address once `ready` answers, and end it after."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT, **options)
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + wait
        while not _answers(address + ready):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{command[0]} did not come up: {' '.join(command)}")
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            answer.read()
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def fetch(url: str, headers: dict[str, str] | None = None) -> tuple[bytes, list[tuple[str, str]]]:
    """Return (body as it came over the wire, headers)."""
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=60) as answer:
        return answer.read(), answer.headers.items()


def wrk(url: str, seconds: float = 3, connections: int = 16, start: int = 0, most: int = 10**9,
        headers: dict[str, str] | None = None) -> Load:  # fmt: skip
    """Ask an address as fast as it answers; FRESH in it becomes another number each time, from `start` on."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{round(seconds)}s", "--latency", "--timeout", "30s"]
    for name, value in (headers or {}).items():
        command += ["-H", f"{name}: {value}"]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        if "FRESH" in url:
            script.write(FRESH.format(start=start, most=most))
            script.flush()
            command += ["-s", script.name]
        said = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    lost = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    count = int(failed[1]) if failed else 0
    return Load(
        rate,
        _milliseconds(said, "50%"),
        _milliseconds(said, "99%"),
        count + sum(map(int, lost.groups() if lost else ())),
    )


def _milliseconds(said: str, percentile: str) -> float:
    value, unit = re.search(rf"^\s+{percentile}\s+([\d.]+)(us|ms|s|m)\s*$", said, re.M).groups()
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}[unit]


def transfer(url: str, readers: int = 8, least_seconds: float = 2) -> Load:
    """Download a file with curl, `readers` at a time, until it took long enough to tell; every byte must arrive."""
    size, files = len(fetch(url)[0]), readers
    while True:
        joint = "&" if "?" in url else "?"
        command = ["curl", "-sS", "-Z", "--parallel-immediate", "--parallel-max", str(readers), "-o", "/dev/null"]
        start = time.perf_counter()
        done = subprocess.run(
            [*command, "-w", "%{http_code} %{size_download} %{time_total}\n", f"{url}{joint}_copy=[1-{files}]"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        seconds = time.perf_counter() - start
        answers = [line.split() for line in done.stdout.splitlines()]
        if seconds >= least_seconds or files > 20_000:
            break
        files *= 4
    failed = sum(code != "200" or int(received) != size for code, received, _ in answers)
    times = sorted(float(taken) * 1000 for *_, taken in answers)
    return Load(files / seconds, times[len(times) // 2], times[int(len(times) * 0.99)], failed)
