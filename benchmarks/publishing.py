"""Measure the published site against stock Datasette, a bare uvicorn application, Varnish and nginx, in one go.

All serve the same database on the same machine; nothing is compared across runs. Stock is `datasette serve -i
coalition.db` with our metadata.yml (so that it has the named queries and facets), without our plugins, templates and
settings. It has no charts: the picture and the embed are compared with its page of the same query. All are asked as
browsers ask, with `Accept-Encoding: gzip, br`; the bare application and nginx give back our compressed bytes.

Needs: wrk nginx varnishd (Debian: apt-get install wrk nginx-light varnish gcc), pip install -e '.[fast]'
Example: python benchmarks/publishing.py --seconds 3
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import tempfile
import threading
import time
from pathlib import Path

from load import ROOT, Load, fetch, free_port, need, running, transfer, wrk

# name: (our path, stock's path, least ratio to stock)
PAGES = {
    "table page with facets": ("/coalition/events", "/coalition/events", 100),
    "JSON of 100 rows": ("/coalition/events.json?_size=100", "/coalition/events.json?_size=100", 100),
    "search page": ("/search?q=Iran", "/coalition/events?_search=Iran", 100),
    "home": ("/", "/", 100),
    "chart as SVG": ("/coalition/exercises_by_year.svg", "/coalition/exercises_by_year", 100),
    "embed": ("/coalition/exercises_by_year.embed", "/coalition/exercises_by_year", 100),
    "named query as JSON": ("/coalition/exercises_by_year.json", "/coalition/exercises_by_year.json", 40),
}
# name: (path with a place for what makes it new, least ratio to stock)
UNCACHED = {
    "JSON of 100 rows": ("/coalition/events.json?_size=100&_fresh=FRESH", 5),
    "table page with facets": ("/coalition/events?_fresh=FRESH", 2),
    "named query as JSON": ("/coalition/exercises_by_year.json?_fresh=FRESH", 1),
    "record": ("/coalition/actors/RUS?_fresh=FRESH", 1),
}
DOWNLOADS = {
    "database": ("/coalition.db", "/coalition.db", 10),
    "all events as CSV": ("/downloads/events.csv", "/coalition/events.csv?_stream=on", 10),
}
DOWNLOADERS = 8
ENCODINGS = {"Accept-Encoding": "gzip, br"}
PAUSE = 0.05  # seconds between the pages of a reader while others have charts drawn
BARE = """
import json, sys, uvicorn
pages = {}
for entry in json.load(open(sys.argv[1])):
    body = open(entry["file"], "rb").read()
    headers = [(name.encode(), value.encode()) for name, value in entry["headers"]]
    pages[entry["path"]] = headers, body
async def app(scope, receive, send):
    headers, body = pages[scope["path"]]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
uvicorn.run(app, port=int(sys.argv[2]), lifespan="off", log_level="warning", access_log=False)
"""
NGINX = """
worker_processes auto; pid {folder}/pid; error_log /dev/null; daemon off;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; open_file_cache max=100;
  client_body_temp_path {folder}/t; proxy_temp_path {folder}/t; fastcgi_temp_path {folder}/t;
  uwsgi_temp_path {folder}/t; scgi_temp_path {folder}/t; default_type text/html;
  server {{ listen 127.0.0.1:{port}; root {folder}/pages; }}
}}
"""
VCL = """
vcl 4.1;
backend default {{ .host = "127.0.0.1"; .port = "{port}"; }}
sub vcl_backend_response {{ set beresp.ttl = 1h; }}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=3, help="length of each measurement")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--database", type=Path, default=ROOT / "coalition.db")
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    args = parser.parse_args()
    need("wrk", "curl", "nginx", "varnishd")
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        bench = Bench(folder, args, stack)
        figures = {
            "cached": bench.cached(),
            "uncached": bench.uncached(),
            "downloads": bench.downloads(),
            "drawing": bench.drawing(),
        }
    if args.json:
        args.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    missed = [f"{part}, {name}" for part in figures for name, row in figures[part].items() if not row["met"]]
    print("\nAll goals met." if not missed else "\nGoals missed:\n  " + "\n  ".join(missed))
    sys.exit(1 if missed else 0)


class Bench:
    """Every server, running at the same time and measured one after the other."""

    def __init__(self, folder: Path, args, stack: contextlib.ExitStack):
        self.folder, self.args, self.stack = folder, args, stack
        ports = {name: free_port() for name in ("ours", "stock", "bare", "varnish", "nginx")}
        python = sys.executable
        self.ours = self.start([python, "build_db.py", "serve", "--port", str(ports["ours"])], ports["ours"])
        stock = [python, "-m", "datasette", "serve", "-i", str(args.database), "--metadata", "metadata.yml"]
        self.stock = self.start([*stock, "--port", str(ports["stock"])], ports["stock"])
        self.wait_until_warm()
        index = self.save_pages()
        (folder / "bare.py").write_text(BARE)
        self.bare = self.start(
            [python, str(folder / "bare.py"), str(index), str(ports["bare"])], ports["bare"], "/0.html"
        )
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=ports["nginx"]))
        self.nginx = self.start(["nginx", "-c", str(folder / "nginx.conf")], ports["nginx"], "/0.html")
        (folder / "stock.vcl").write_text(VCL.format(port=ports["stock"]))
        varnish = ["varnishd", "-F", "-n", str(folder / "varnish"), "-f", str(folder / "stock.vcl")]
        self.varnish = self.start(
            [*varnish, "-a", f"127.0.0.1:{ports['varnish']}", "-s", "malloc,128m"], ports["varnish"]
        )

    def start(self, command, port, ready="/") -> str:
        return self.stack.enter_context(running(command, port, ready))

    def wait_until_warm(self) -> None:
        while not json.loads(fetch(self.ours + "/-/health")[0])["warm"]:
            time.sleep(0.2)

    def save_pages(self) -> Path:
        """Write our answers as files, for the servers that give back the same bytes; return their index."""
        pages = self.folder / "pages"
        pages.mkdir()
        # nginx's workers run as another user.
        for path in (self.folder, pages):
            path.chmod(0o755)
        entries = []
        for number, (path, _, _) in enumerate(PAGES.values()):
            body, headers = fetch(self.ours + path, ENCODINGS)
            (pages / f"{number}.html").write_bytes(body)
            # uvicorn writes these two itself.
            headers = [(name, value) for name, value in headers if name not in ("date", "server")]
            entries.append({"path": f"/{number}.html", "file": str(pages / f"{number}.html"), "headers": headers})
        (self.folder / "index.json").write_text(json.dumps(entries))
        return self.folder / "index.json"

    def load(self, url: str, **options) -> Load:
        seconds = options.pop("seconds", self.args.seconds)
        connections = options.pop("connections", self.args.connections)
        load = wrk(url, seconds, connections, headers=ENCODINGS, **options)
        if load.failed:
            sys.exit(f"{url}: {load.failed} requests failed; the figures would mean nothing")
        return load

    def stock_load(self, path: str) -> Load:
        """Measure stock, longer where it answers less than ten times a second, and let it finish what it began.

        A measurement that starts while stock still works off the last one's questions would be of a busy machine.
        """
        load = self.load(self.stock + path)
        if load.rate < 10:
            self.wait_until_idle()
            load = self.load(self.stock + path, seconds=20)
        self.wait_until_idle()
        return load

    def wait_until_idle(self) -> None:
        quick = 0
        while quick < 5:
            start = time.perf_counter()
            fetch(self.stock + "/-/versions.json")
            quick = quick + 1 if time.perf_counter() - start < 0.02 else 0
            time.sleep(0.1)

    def cached(self) -> dict:
        print(f"Warm, {self.args.connections} connections, requests per second")
        print(
            f"{'':26}{'ours':>9}{'stock':>8}{'ratio':>7}{'bare':>9}{'ratio':>7}{'Varnish':>9}{'ratio':>7}{'nginx':>9}{'ratio':>7}"
        )
        rows = {}
        for number, (name, (path, other, least)) in enumerate(PAGES.items()):
            for address, page in ((self.ours, path), (self.varnish, other)):
                fetch(address + page, ENCODINGS)
            rates = {
                "ours": self.load(self.ours + path).rate,
                "bare": self.load(f"{self.bare}/{number}.html").rate,
                "varnish": self.load(self.varnish + other).rate,
                "nginx": self.load(f"{self.nginx}/{number}.html").rate,
                "stock": self.stock_load(other).rate,
            }
            ratios = {key: rates["ours"] / rates[key] for key in rates if key != "ours"}
            met = ratios["stock"] >= least and ratios["bare"] >= 0.9 and ratios["nginx"] >= 0.5
            rows[name] = {"rates": rates, "ratios": ratios, "met": met}
            print(f"{name:26}{rates['ours']:9.0f}" + "".join(
                f"{rates[key]:{width}.0f}{ratios[key]:6.{digits}f}×"
                for key, width, digits in (("stock", 8, 0), ("bare", 9, 2), ("varnish", 9, 2), ("nginx", 9, 2))
            ))  # fmt: skip
        return rows

    def uncached(self) -> dict:
        print("\nUncached (each request is new), requests per second")
        rows = {}
        for name, (path, least) in UNCACHED.items():
            ours, stock = self.load(self.ours + path), self.stock_load(path)
            rows[name] = row(name, ours, stock, least)
        return rows

    def downloads(self) -> dict:
        print(f"\nDownloads, {DOWNLOADERS} readers, files per second (curl; stock breaks off under wrk)")
        return {
            name: row(name, transfer(self.ours + path), transfer(self.stock + other), least)
            for name, (path, other, least) in DOWNLOADS.items()
        }

    def drawing(self) -> dict:
        """Charts that nobody asked for before, by eight clients, and another page at the same time."""
        seconds = max(self.args.seconds, 5)
        waits: list[float] = []
        done = threading.Event()
        reader = threading.Thread(target=self.read_pages, args=(waits, done))
        reader.start()
        chart = self.load(
            self.ours + "/coalition/exercises_by_year.svg?width=FRESH",
            seconds=seconds,
            connections=8,
            start=240,
            most=1360,
        )
        done.set()
        reader.join()
        page50, page99 = percentile(waits, 50), percentile(waits, 99)
        print("\nDrawing, eight clients, each asks for a picture that was never drawn")
        print(f"  {chart.rate:.0f} pictures a second, p50 {chart.median:.0f} ms, p99 {chart.p99:.0f} ms (goal: 300)")
        print(f"  meanwhile another page, {len(waits)} times: p50 {page50:.1f} ms, p99 {page99:.1f} ms")
        return {
            "chart": {"p50": chart.median, "p99": chart.p99, "rate": chart.rate, "met": chart.p99 < 300},
            "page meanwhile": {"p50": page50, "p99": page99, "met": page99 < 100},
        }

    def read_pages(self, waits: list[float], done: threading.Event) -> None:
        """Ask for a page now and then, as a reader would, and note the milliseconds each took."""
        while not done.wait(PAUSE):
            start = time.perf_counter()
            fetch(self.ours + "/claims", ENCODINGS)
            waits.append((time.perf_counter() - start) * 1000)


def percentile(values: list[float], percent: int) -> float:
    return sorted(values)[min(len(values) * percent // 100, len(values) - 1)]


def row(name: str, ours: Load, stock: Load, least: float) -> dict:
    ratio = ours.rate / stock.rate
    print(f"  {name:24}{ours.rate:9.0f}{stock.rate:9.0f}{ratio:7.1f}× (goal: {least}×)")
    return {"ours": ours.rate, "stock": stock.rate, "ratio": ratio, "met": ratio >= least}


if __name__ == "__main__":
    main()
