"""What changed between two data versions, in readers' terms; each is a database or a Data Package."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import zipfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from coalition.charts.frozen import sealed
from coalition.codebook import Codebook, Table
from coalition.compiling import typed
from coalition.metadata import defaults, queries, sql_of
from coalition.opening import open_finished
from coalition.schema import quoted
from coalition.wording import TABLES, plural

Records = dict[tuple, dict]  # {key of a row: {column: value}}
EVENTS = tuple(TABLES.values())
# One page of examples; the whole list is the difference of two files.
MOST_NAMED = 20


class NotARelease(ValueError):
    """Raised for a file that is neither a database of this dataset nor its Data Package; the message says why."""


@dataclass(frozen=True)
class Release:
    """One data version: what it says of itself, and a way to the records of a table."""

    version: str
    released: str
    content_hash: str
    records: Callable[[Table], Records]
    database: Path | None


def read_release(path: Path) -> Release:
    """Return the release in a database (.db) or a zipped Data Package (.zip)."""
    try:
        if path.suffix == ".zip":
            return _from_package(path)
        with closing(_opened(path)) as db:
            about = dict(db.execute("select property, value from dataset"))
        said = (about["version"], about["released"], about["content_hash"])
        return Release(*said, lambda table: _from_database(path, table), path)
    except (OSError, KeyError, ValueError, sqlite3.Error, zipfile.BadZipFile) as error:
        raise NotARelease(f"{path.name} is neither a database of this dataset nor its Data Package: {error}") from None


def _opened(path: Path) -> sqlite3.Connection:
    db = open_finished(path)
    db.row_factory = sqlite3.Row
    return db


def _from_database(path: Path, table: Table) -> Records:
    with closing(_opened(path)) as db:
        there = {row["name"] for row in db.execute("select name from pragma_table_info(?)", [table.name])}
        names = [name for name in table.names if name in there]
        if not names:
            return {}
        rows = db.execute(f"select {', '.join(map(quoted, names))} from {quoted(table.name)}")
        return _keyed(table, map(dict, rows))


def _from_package(path: Path) -> Release:
    with zipfile.ZipFile(path) as archive:
        about = json.loads(archive.read("datapackage.json"))

    def records(table: Table) -> Records:
        kinds = {column.name: column.type for column in table.columns}
        with zipfile.ZipFile(path) as archive:
            if f"data/{table.name}.csv" not in archive.namelist():
                return {}
            text = archive.read(f"data/{table.name}.csv").decode("utf-8")
        rows = csv.DictReader(io.StringIO(text, newline=""))
        try:
            return _keyed(table, ({k: typed(v, kinds[k]) for k, v in row.items() if k in kinds} for row in rows))
        except ValueError as error:
            raise NotARelease(f"{path.name} is a damaged Data Package: data/{table.name}.csv: {error}") from None

    return Release(about["version"], str(about.get("created", "2000"))[:10], "", records, None)


def _keyed(table: Table, rows) -> Records:
    return {tuple(row.get(name) for name in table.sort_key): row for row in rows}


def compare(old: Release, new: Release, codebook: Codebook, metadata: dict) -> dict:
    """Return a release note as data: {from, to, released, content_hash, summary, tables, charts}.

    A table is {name, title, added, removed, changed, columns: {column: cells changed}, examples}. `charts` lists the
    published charts whose rows differ, without those that the old data cannot draw at all; it is None where a Data
    Package, which draws nothing, is one of the two.
    """
    tables = [changes(table, old.records(table), new.records(table)) for table in codebook.sources]
    tables = [table for table in tables if table["added"] or table["removed"] or table["changed"]]
    charts = None
    if old.database and new.database:
        before, after = drawn(old.database, metadata), drawn(new.database, metadata)
        charts = [{"name": n, "title": queries(metadata)[n]["title"]} for n in after if before[n] not in ("", after[n])]
    dates = {t.name: [c.name for c in t.columns if c.is_date] for t in codebook.sources}
    note = {"from": old.version, "to": new.version, "released": new.released, "content_hash": new.content_hash}
    return {**note, "summary": summary(tables, dates, charts), "tables": tables, "charts": charts}


def changes(table: Table, old: Records, new: Records) -> dict:
    """Return what changed in one table."""
    columns: Counter = Counter()
    changed = []
    for key in old.keys() & new.keys():
        differing = [n for n in table.names if old[key].get(n) != new[key].get(n)]
        columns.update(differing)
        if differing:
            changed.append(key)
    named = {"added": new.keys() - old.keys(), "removed": old.keys() - new.keys(), "changed": changed}
    return {
        "name": table.name,
        "title": table.title,
        **{kind: len(keys) for kind, keys in named.items()},
        "columns": {name: columns[name] for name in table.names if columns[name]},
        "examples": {kind: sorted(map(_words, keys))[:MOST_NAMED] for kind, keys in named.items() if keys},
    }


def _words(key: tuple) -> str:
    return " ".join(str(part) for part in key if part is not None)


def drawn(database: Path, metadata: dict) -> dict[str, str]:
    """Return {charted query: digest of what its chart shows}; '' for one that this database cannot answer."""
    digests = {}
    with closing(_opened(database)) as db:
        for name, query in queries(metadata).items():
            if "chart" not in query:
                continue
            try:
                rows = [dict(row) for row in db.execute(sql_of(query), defaults(query))]
                digests[name] = sealed("", query["chart"], rows).digest
            except sqlite3.Error:
                digests[name] = ""
    return digests


def summary(tables: list[dict], dates: dict[str, list[str]], charts: list | None) -> str:
    """Return one sentence: '12 events added, 3 dates corrected; 2 published charts change.'"""
    by_name = {table["name"]: table for table in tables}
    events = [by_name[name] for name in EVENTS if name in by_name]
    parts = [
        plural(count, "event") + f" {kind}"
        for kind in ("added", "removed")
        if (count := sum(table[kind] for table in events))
    ]
    days = sum(table["columns"].get(name, 0) for table in events for name in dates[table["name"]])
    others = sum(sum(table["columns"].values()) for table in events) - days
    parts += [f"{plural(days, 'date')} corrected"] if days else []
    parts += [f"{plural(others, 'other cell')} of events changed"] if others else []
    if "sources" in by_name and (documents := by_name["sources"]["added"]):
        parts.append(f"{plural(documents, 'document')} added")
    words = ", ".join(parts) or ("other tables changed" if tables else "no fact changed")
    if charts is None:
        return f"{words}."
    change = "changes" if len(charts) == 1 else "change"
    return f"{words}; {plural(len(charts), 'published chart')} {change}."


def as_table(note: dict) -> str:
    """Return the note as plain text for a terminal or a commit message."""
    lines = [f"{note['from']} to {note['to']}: {note['summary']}", ""]
    lines += [f"{'table':28}{'added':>8}{'removed':>9}{'changed':>9}  columns changed"]
    for table in note["tables"]:
        columns = ", ".join(f"{name} {count}" for name, count in table["columns"].items())
        counts = f"{table['added']:8}{table['removed']:9}{table['changed']:9}"
        lines.append(f"{table['name']:28}{counts}  {columns}".rstrip())
    if note["charts"]:
        lines += ["", "Charts that change:", *(f"- {chart['title']} ({chart['name']})" for chart in note["charts"])]
    return "\n".join(lines) + "\n"
