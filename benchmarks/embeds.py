"""Measure an embedded chart against datasette-dashboards' embed and against plain vega-embed, in one Chromium run.

All three show the same chart over the same rows, behind the same compressing proxy, in a new browser each time, with
the network slowed to 1.6 Mbit/s and 150 ms and the processor four times slower. A page of words alone is the floor.
Prints bytes and milliseconds to the first visible mark, and the ratios; exits 1 if a goal is missed.

Needs: chromium, pip install -e '.[test,fast]', and Python's venv with access to the package index, in which
datasette-dashboards is installed for the run (or --dashboards PYTHON of an environment that has it).
Example: python benchmarks/embeds.py --rounds 5
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import venv
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import yaml
from load import ROOT, fetch, free_port, running

# chart: (kind, most bytes as a share of both others')
CHARTS = {
    "partnerships_by_year": ("bars", 1 / 50),
    "exercises_against_published": ("line", 1 / 50),
    "our_counts_against_published": ("dots", 1 / 50),
    "partner_map": ("map", 1 / 8),
}
MOST_TIME = 1 / 5  # of the others' time to the first visible mark
MOST_OF_TEXT = 1.5  # of the time that a page of text alone takes
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
WATCH = """
const look = () => {
  const seen = [...document.querySelectorAll("MARKS")].some((e) => e.getBoundingClientRect().width > 0);
  if (seen) window.firstMark = performance.now();
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
MARKS = "svg path, svg rect, svg circle, canvas.marks"
PLAIN = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Chart</title>
<div id="chart"></div><script src="/vega.min.js"></script><script src="/vega-lite.min.js"></script>
<script src="/vega-embed.min.js"></script><script>vegaEmbed("#chart", {spec}, {{actions: false}})</script></html>"""
TEXT = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Words</title>
<h1>{title}</h1><p>{words}</p></html>"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="loads of each page; the median counts")
    parser.add_argument("--dashboards", type=Path, help="Python that has datasette-dashboards")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        python = options.dashboards or installed(folder / "venv")
        missed = measured(folder, python, options.rounds)
    print("\nEvery goal was met" if not missed else "\nMissed: " + "; ".join(missed))
    sys.exit(bool(missed))


def installed(folder: Path) -> Path:
    """Return a Python with datasette-dashboards, apart from ours, whose pages its plugin would change."""
    venv.create(folder, with_pip=True)
    subprocess.run([folder / "bin/pip", "install", "-q", "datasette-dashboards"], check=True, stderr=subprocess.DEVNULL)
    return folder / "bin/python"


def measured(folder: Path, python: Path, rounds: int) -> list[str]:
    ports = [free_port() for _ in range(2)]
    build = [sys.executable, "build_db.py", "serve", "--port", str(ports[0])]
    missed = []
    with running(build, ports[0], "/-/health") as ours:
        specs = {name: json.loads(fetch(f"{ours}/coalition/{name}.vl.json")[0]) for name in CHARTS}
        (folder / "metadata.yml").write_text(yaml.safe_dump(dashboards(specs)), encoding="utf-8")
        stock = [
            python,
            "-m",
            "datasette",
            "serve",
            "-i",
            ROOT / "coalition.db",
            "-m",
            folder / "metadata.yml",
            "--cors",
        ]
        theirs = running([*map(str, stock), "--port", str(ports[1])], ports[1])
        with theirs as dashboards_address, served(pages(specs, python)) as plain:
            proxies = [served(passed_on(address)) for address in (ours, dashboards_address)]
            with proxies[0] as own, proxies[1] as other:
                print(f"{'chart':>30}  {'page':<22}{'bytes':>9}{'first mark':>12}")
                for name, (kind, share) in CHARTS.items():
                    addresses = {
                        "here": f"{own}/coalition/{name}.embed",
                        "datasette-dashboards": f"{other}/-/dashboards/compared/{name}/embed",
                        "vega-embed": f"{plain}/{name}.html",
                        "text alone": f"{plain}/text.html",
                    }
                    found = {page: load(address, rounds, page) for page, address in addresses.items()}
                    missed += judged(name, kind, share, found)
    return missed


def judged(name: str, kind: str, share: float, found: dict[str, tuple[int, float]]) -> list[str]:
    """Print one chart's lines; return the goals that it missed."""
    size, time_to_mark = found["here"]
    missed = []
    for page, (other_size, other_time) in found.items():
        print(f"{name + ' (' + kind + ')':>30}  {page:<22}{other_size:>9,}{other_time:>9.0f} ms")
    for page in ("datasette-dashboards", "vega-embed"):
        other_size, other_time = found[page]
        ratios = f"1/{other_size / size:.0f} of the bytes and 1/{other_time / time_to_mark:.1f} of the time"
        print(f"{'':>30}  {ratios} of {page}")
        if size > other_size * share:
            missed.append(f"{name}: more than 1/{1 / share:.0f} of the bytes of {page}")
        if time_to_mark > other_time * MOST_TIME:
            missed.append(f"{name}: more than 1/5 of the time of {page}")
    of_text = time_to_mark / found["text alone"][1]
    print(f"{'':>30}  {of_text:.2f} times a page of text")
    if of_text > MOST_OF_TEXT:
        missed.append(f"{name}: {of_text:.2f} times a page of text")
    return missed


def dashboards(specs: dict[str, dict]) -> dict:
    """Return metadata with one dashboard that holds the charts; the rows come from the same SQL."""
    queries = yaml.safe_load((ROOT / "metadata.yml").read_text(encoding="utf-8"))["databases"]["coalition"]["queries"]
    charts = {}
    for name, spec in specs.items():
        display = {key: value for key, value in spec.items() if key not in ("$schema", "title")}
        display["width"] = "container"
        if "world" in spec["datasets"]:  # a layer looks rows up by name, so the map takes them along
            display["data"] = {"name": "rows"}
        else:
            del display["datasets"], display["data"]
        charts[name] = {
            "title": name, "library": "vega-lite", "db": "coalition", "display": display,
            "query": filled(queries[name]["sql"], queries[name].get("params") or {}),
        }  # fmt: skip
    return {"plugins": {"datasette-dashboards": {"compared": {"title": "Compared", "charts": charts}}}}


def filled(sql: str, params: dict) -> str:
    """Return a query with its parameters' defaults in place."""
    for name, words in params.items():
        sql = sql.replace(f":{name}", "'" + str(words.get("default", "")) + "'")
    return sql


def pages(specs: dict[str, dict], python: Path):
    """Return an answer function for the plain pages, the text page, and the scripts of datasette-dashboards."""
    code = "import datasette_dashboards, os; print(os.path.dirname(datasette_dashboards.__file__))"
    static = (
        Path(subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()) / "static"
    )
    words = "A page that only says something, in as many words as stand around a chart. " * 8
    held = {"/text.html": TEXT.format(title="New and upgraded partnerships, by year", words=words).encode()}
    held |= {f"/{name}.html": PLAIN.format(spec=json.dumps(spec)).encode() for name, spec in specs.items()}
    held |= {f"/{script.name}": script.read_bytes() for script in static.glob("*.min.js")}

    def answer(path: str) -> tuple[str, bytes]:
        kind = "text/javascript" if path.endswith(".js") else "text/html; charset=utf-8"
        return kind, held[path]

    return answer


def passed_on(address: str):
    """Return an answer function that asks another server for plain bytes."""

    def answer(path: str) -> tuple[str, bytes]:
        with urllib.request.urlopen(
            urllib.request.Request(address + path, headers={"Accept-Encoding": "identity"})
        ) as found:
            return found.headers["content-type"], found.read()

    return answer


@contextlib.contextmanager
def served(answer):
    """Serve what `answer(path)` gives, compressed once at gzip's usual level; give the address."""
    kept: dict[str, tuple[str, bytes]] = {}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            if self.path not in kept:
                try:
                    kind, body = answer(self.path)
                except (KeyError, OSError):
                    kind, body = "text/plain", b""
                kept[self.path] = kind, gzip.compress(body, 6)
            kind, body = kept[self.path]
            self.send_response(200)
            for name, value in (
                ("content-type", kind),
                ("content-encoding", "gzip"),
                ("content-length", str(len(body))),
            ):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


def load(address: str, rounds: int, page: str) -> tuple[int, float]:
    """Return (bytes, milliseconds to the first visible mark), the medians over new browsers."""
    from playwright.sync_api import sync_playwright

    sizes, times = [], []
    marks = "h1" if page == "text alone" else MARKS
    with sync_playwright() as driver:
        for turn in range(rounds + 1):
            browser = driver.chromium.launch(
                executable_path=shutil.which("chromium"),
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
            )
            tab = browser.new_page(viewport={"width": 640, "height": 700})
            session = tab.context.new_cdp_session(tab)
            for method, values in (
                ("Network.enable", {}),
                ("Network.emulateNetworkConditions", SLOW),
                ("Emulation.setCPUThrottlingRate", {"rate": 4}),
            ):
                session.send(method, values)
            received = []
            session.on(
                "Network.loadingFinished", lambda event, received=received: received.append(event["encodedDataLength"])
            )
            tab.add_init_script(WATCH.replace("MARKS", marks))
            tab.goto(address, wait_until="commit")
            tab.wait_for_function("window.firstMark > 0", timeout=60_000)
            tab.wait_for_load_state("networkidle")
            time.sleep(0.2)
            if turn:  # the first load only warms the servers
                sizes.append(round(sum(received)))
                times.append(tab.evaluate("window.firstMark"))
            browser.close()
    return round(statistics.median(sizes)), statistics.median(times)


if __name__ == "__main__":
    main()
