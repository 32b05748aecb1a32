"""Multiply the dataset in a temporary folder, build it as always, and time the build and every kind of page uncached.

Events, their links and documents become N times as many; states, organisations and the essay stay what they are. The
rows are copies, so that each word of a search and each state has N times as many hits, which is worse than real growth.
Rules that copies must break (a partner is established once) are left out and named.

Pages are asked in this process through Datasette's own client, each time with another query string, after the site is
warm. A figure is the median of three: milliseconds on the clock, and milliseconds of work in this process, which is
what the clock would show on a machine that does nothing else. A page that a limit cut off is told as such.

Example: python benchmarks/growth.py --times 1 10 100 1000
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import itertools
import json
import multiprocessing
import resource
import shutil
import statistics
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import yaml
from load import ROOT

sys.path.insert(0, str(ROOT))  # so that it runs from a clone without an install

from build_db import uncollected
from coalition.building import build
from coalition.codebook import Codebook, Table, read_codebook
from coalition.problems import BadInput
from coalition.serving import site
from coalition.warming import warm_up

# Each event against each other: their answers have the square of the rows, whoever computes them. Left out of copies.
SQUARE = ("exercises_after_events", "status_events_and_occasions")
GOAL = 500  # milliseconds, at a million events
STATES = ("IRN", "PAK", "KAZ")  # another one each time, for what is held of one state
COPIED = ("partnerships", "exercises", "exercise_series", "statements", "sanctions_defiance", "sources")
PAGES = {
    "home": "/",
    "countries": "/countries",
    "country": "/country/RUS",
    "country, not the default of a query": "/country/{state}",
    "country as JSON": "/country/MNG.json",
    "search, a word in nearly every row": "/search?q=China",
    "search, two words": "/search?q=joint+sea",
    "search, Chinese": "/search?q=联合",
    "search, filtered": "/search?q=military&type=exercise&country=RUS&from_year=2010",
    "search, nothing found": "/search?q=xyzzy",
    "table with facets": "/coalition/events",
    "table, next page": "/coalition/events?_sort_desc=date&_next=2016-09-12%2Czzz",
    "table, filtered by a facet": "/coalition/events?type=exercise",
    "table, filtered by two": "/coalition/events?year=2016&confidence=high",
    "table, filtered by an actor": "/coalition/events?actors__arraycontains=PAK",
    "table, searched": "/coalition/events?_search=Iran",
    "table, searched, a word in nearly every row": "/coalition/events?_search=China",
    "table, sorted by another column": "/coalition/events?_sort=title",
    "table of links": "/coalition/exercise_sources",
    "table of documents": "/coalition/sources",
    "table of documents, filtered": "/coalition/sources?language=zh",
    "table of documents, next page": "/coalition/sources?_sort_desc=published&_next=2016-09-12%2Czzz",
    "JSON of 100 rows": "/coalition/events.json?_size=100",
    "record, partnership": "/coalition/partnerships/{partnership}",
    "record, exercise": "/coalition/exercises/{exercise}",
    "record, statement": "/coalition/statements/{statement}",
    "record, sanctions event": "/coalition/sanctions_defiance/{sanctions_defiance}",
    "all tables": "/coalition",
    "claims": "/claims",
    "codebook": "/codebook",
    "gallery": "/charts",
    "feed": "/feed.atom",
    "sitemap": "/sitemap.xml",
    "sitemap, one part": "/sitemap-1.xml",
    "query, one choice of a few": "/coalition/sources_by_kind?confidence=high",
    "query, one state": "/coalition/country_timeline?country={state}",
    "query, one partner": "/coalition/exercises_by_year?partner={state}",
}


def multiplied(table: Table, rows: list[list[str]], times: int) -> list[list[str]]:
    """Return the rows and their copies; the copies' keys, and references to what is copied, end in a number."""
    names = table.names
    places = [names.index(name) for name, (target, _) in table.foreign_keys.items() if target in COPIED]
    places += [names.index("id")] if table.name in COPIED else []
    address = names.index("url") if table.name == "sources" else None
    out = list(rows)
    for number in range(2, times + 1):
        for cells in rows:
            copy = list(cells)
            for place in places:
                copy[place] = f"{copy[place]}-x{number}" if copy[place] else ""
            if address is not None:
                copy[address] = f"{copy[address]}{'&' if '?' in copy[address] else '?'}copy={number}"
            out.append(copy)
    return out


def is_copied(table: Table) -> bool:
    """Return whether a table grows: what is copied, and what links one event to something else."""
    events = {"partnerships", "exercises", "statements", "sanctions_defiance"}
    targets = [target for name, (target, _) in table.foreign_keys.items() if name in table.primary_key]
    return table.name in COPIED or any(target in events for target in targets)


def grow(root: Path, codebook: Codebook, times: int) -> None:
    """Write sources/ and metadata.yml into `root`, with `times` as many events."""
    sources = root / "sources"
    sources.mkdir()
    for table in codebook.sources:
        with (ROOT / "sources" / f"{table.name}.csv").open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        with (sources / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(multiplied(table, rows, times) if is_copied(table) else rows)
    shutil.copy(ROOT / "sources" / "datapackage.yml", sources)
    metadata = yaml.safe_load((ROOT / "metadata.yml").read_text(encoding="utf-8"))
    if times > 1:
        for name in SQUARE:
            metadata["databases"]["coalition"]["queries"].pop(name, None)
    (root / "metadata.yml").write_text(yaml.safe_dump(metadata, allow_unicode=True), encoding="utf-8")


def put_rules(root: Path, without: set[str]) -> None:
    rules = yaml.safe_load((ROOT / "sources" / "rules.yml").read_text(encoding="utf-8"))
    kept = {name: rule for name, rule in rules.items() if name not in without}
    (root / "sources" / "rules.yml").write_text(yaml.safe_dump(kept, allow_unicode=True), encoding="utf-8")


def broken_by_copies(codebook: Codebook) -> set[str]:
    """Return the rules that hold for the dataset and not for two copies of it."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        grow(root, codebook, 2)
        put_rules(root, set())
        try:
            build(root, root / "copies.db")
        except BadInput as error:
            others = [str(p) for p in error.problems if "[rule " not in str(p)]
            if others:
                sys.exit("\n".join(others[:10]))
            return {str(p).rsplit("[rule ", 1)[1].rstrip("]") for p in error.problems}
        return set()


def without_downloads(folder: Path, database: Path, database_hash: str) -> Path:
    """Return a folder of downloads with nothing but the database; writing the others is not measured here."""
    folder.mkdir()
    (folder / "coalition.db").hardlink_to(database)
    size = database.stat().st_size
    entry = {"name": "coalition.db", "table": "", "title": "", "bytes": size, "sha256": database_hash}
    about = dict.fromkeys(("title", "version", "license", "content_hash"), "")
    (folder / "manifest.json").write_text(json.dumps({**about, "released": "2026-01-01", "files": [entry]}))
    return folder


class Figure(NamedTuple):
    """Milliseconds of one kind of page; figures are ordered by what is worst."""

    failed: bool
    clock: float
    work: float
    wrong: str

    def __str__(self) -> str:
        return f"{self.clock:,.0f} / {self.work:,.0f}" + (f" ({self.wrong})" if self.wrong else "")


class Pages:
    """The pages of one database, asked afresh each time."""

    def __init__(self, datasette):
        self.datasette, self.numbers = datasette, itertools.count(1)

    async def timed(self, path: str) -> Figure:
        """Return how long a page takes that nobody asked for before."""
        clock, work, wrong = [], [], ""
        for state in STATES:
            asked = path.replace("{state}", state)
            start, worked = time.perf_counter(), time.process_time()
            answer = await self.datasette.client.get(f"{asked}{'&' if '?' in path else '?'}_fresh={next(self.numbers)}")
            clock.append((time.perf_counter() - start) * 1000)
            work.append((time.process_time() - worked) * 1000)
            wrong = wrong or problem(answer)
        return Figure(bool(wrong), statistics.median(clock), statistics.median(work), wrong)


def problem(answer) -> str:
    """Return what is wrong with an answer: an error, or a part that a limit cut off; '' if nothing is."""
    if answer.status_code != 200:
        return f"status {answer.status_code}"
    for words in ("took too long", "longer than the time limit", "SQL Interrupted"):
        if words in answer.text:
            return "cut off by a limit"
    if answer.headers["cache-control"] == "no-store":
        return "a part was cut off by a limit"
    return ""


async def measured(datasette, examples: dict[str, str]) -> dict[str, Figure]:
    """Return {kind of page: figure}; of the queries and charts, each is one row."""
    pages = Pages(datasette)
    found = {name: await pages.timed(path.format(**examples, state="{state}")) for name, path in PAGES.items()}
    for name, query in datasette.metadata("queries", database="coalition").items():
        found[f"query {name}"] = await pages.timed(f"/coalition/{name}")
        if "chart" in query:
            found[f"picture {name}"] = await pages.timed(f"/coalition/{name}.svg")
    return found


async def asked(database: Path, folder: Path) -> tuple[float, dict]:
    """Return (seconds until warm, what `measured` returns)."""
    datasette = site(
        ROOT, database, metadata=yaml.safe_load((database.parent / "metadata.yml").read_text(encoding="utf-8"))
    )
    datasette.downloads = without_downloads(folder, database, datasette.get_database("coalition").hash)
    await datasette.invoke_startup()
    start = time.perf_counter()
    await warm_up(datasette)
    warm = time.perf_counter() - start
    rows = await datasette.get_database("coalition").execute("select type, max(id) from events group by type")
    return warm, await measured(datasette, dict(tuple(row) for row in rows))


def run(times: int, codebook: Codebook, broken: set[str], keep: Path | None) -> dict:
    """Return the figures for one size."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        grow(root, codebook, times)
        put_rules(root, broken)
        database = root / "coalition.db"
        start = time.perf_counter()
        with uncollected():
            everything, _ = build(root, database)
        seconds = time.perf_counter() - start
        rows = sum(len(rows.rows) for rows in everything.values())
        events = sum(len(everything[name].rows) for name in COPIED[:2] + COPIED[3:5])
        del everything
        warm, pages = asyncio.run(asked(database, root / "files"))
        for drawing in multiprocessing.active_children():
            drawing.kill()  # they end when this process does, which would wait for them
        if keep:
            shutil.copy(database, keep)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        size = database.stat().st_size
    return {"times": times, "events": events, "rows": rows, "build": seconds, "bytes": size, "memory": memory,
            "warm": warm, "pages": pages}  # fmt: skip


def table(runs: list[dict]) -> str:
    """Return the figures as a Markdown table: what is over the goal, and of queries and pictures only the slowest."""
    lines = ["| | " + " | ".join(f"{r['times']}×" for r in runs) + " |", "|---|" + "---:|" * len(runs)]

    def add(name: str, cells) -> None:
        lines.append(f"| {name} | " + " | ".join(cells) + " |")

    add("events", (f"{r['events']:,}" for r in runs))
    add("rows in sources", (f"{r['rows']:,}" for r in runs))
    add("check and build, s", (f"{r['build']:.1f}" for r in runs))
    add("microseconds per row", (f"{r['build'] / r['rows'] * 1e6:.0f}" for r in runs))
    add("database, MB", (f"{r['bytes'] / 1e6:,.0f}" for r in runs))
    add("most memory, MB", (f"{r['memory']:,}" for r in runs))
    add("until warm, s", (f"{r['warm']:.1f}" for r in runs))
    for name in PAGES:
        add(name, (str(r["pages"][name]) for r in runs))
    for kind in ("query", "picture"):
        names = [name for name in runs[-1]["pages"] if name.startswith(f"{kind} ")]
        add(f"slowest {kind}", (str(max(r["pages"][name] for name in names)) for r in runs))
    return "\n".join(lines)


def missed(run: dict) -> list[str]:
    """Return the pages of one size that are over the goal or were cut off."""
    return [f"{name}: {figure}" for name, figure in run["pages"].items() if figure.clock > GOAL or figure.failed]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--times", type=int, nargs="+", default=[1, 10, 100])
    parser.add_argument("--keep", type=Path, help="copy the last database there")
    args = parser.parse_args()
    codebook, _ = read_codebook(ROOT / "sources")
    broken = broken_by_copies(codebook)
    print("Rules left out, because copies break them:", ", ".join(sorted(broken)) or "none")
    runs = []
    for times in args.times:
        # Each size in a process of its own: a site bounds the memory of SQLite for the whole process, and for good.
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as apart:
            runs.append(apart.submit(run, times, codebook, broken, args.keep).result())
        print(f"{times}×: built in {runs[-1]['build']:.1f} s; over {GOAL} ms or cut off:", file=sys.stderr)
        print("\n".join(missed(runs[-1])) or "nothing", file=sys.stderr)
    print(table(runs))


if __name__ == "__main__":
    main()
