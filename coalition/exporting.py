"""The files people take home: database, zipped Data Package, Parquet and CSV of each table, and their checksums."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from coalition.codebook import Codebook, Table, read_codebook
from coalition.compressing import compress_files, drop_copies
from coalition.opening import open_finished
from coalition.schema import quoted
from coalition.writing import put_whole

PACKAGE = "china-coalition-datapackage.zip"
DATABASE_FILE = "coalition.db"
MANIFEST = "manifest.json"
FORMATS = {
    ".db": "application/vnd.sqlite3",
    ".zip": "application/zip",
    ".parquet": "application/vnd.apache.parquet",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
}
# The earliest time a zip can hold; the time of packing must not enter, so that two exports are the same bytes.
EPOCH = (1980, 1, 1, 0, 0, 0)
DATAPACKAGE_KEYS = ("$schema", "name", "title", "description", "version", "created", "keywords", "licenses",
                    "contributors")  # fmt: skip
RESOURCE_KEYS = ("name", "path", "title", "description", "schema")


def datapackage(codebook: Codebook) -> dict:
    """Return the published datapackage.json: the codebook without what only the build needs."""
    package = codebook.package
    described = {key: package[key] for key in DATAPACKAGE_KEYS if key in package}
    described["resources"] = [
        {
            **{key: resource[key] for key in RESOURCE_KEYS},
            "path": f"data/{resource['path']}",
            "type": "table",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
        }
        for resource in package["resources"]
    ]
    return described


def zipped_package(root: Path, codebook: Codebook) -> bytes:
    """Return a zip of datapackage.json and the sources' CSVs, the same bytes for the same sources."""
    description = json.dumps(datapackage(codebook), ensure_ascii=False, indent=2, default=str).encode() + b"\n"
    members = {"datapackage.json": description}
    members |= {f"data/{t.name}.csv": (root / "sources" / f"{t.name}.csv").read_bytes() for t in codebook.sources}
    if (licence := root / "LICENSE-DATA").exists():
        members["LICENSE-DATA"] = licence.read_bytes()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return out.getvalue()


def parquet(db: sqlite3.Connection, table: Table) -> bytes:
    """Return one table or view as Parquet, typed by the codebook."""
    import pyarrow as pa  # loading takes a third of a second, which only an export needs
    import pyarrow.parquet as pq

    types = {"string": pa.string(), "integer": pa.int64(), "number": pa.float64()}
    columns = (*table.columns, *table.derived)
    names = ", ".join(quoted(column.name) for column in columns)
    rows = db.execute(f"select {names} from {quoted(table.name)}").fetchall()
    arrays = [pa.array([row[place] for row in rows], types[c.type]) for place, c in enumerate(columns)]
    fields = [pa.field(c.name, types[c.type], metadata={"description": c.description}) for c in columns]
    out = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, schema=pa.schema(fields)), out, compression="zstd")
    return out.getvalue()


def csv_text(db: sqlite3.Connection, table: Table) -> bytes:
    """Return one table or view as CSV: what the site streams at <table>.csv, in the table's own order."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    columns = [column.name for column in (*table.columns, *table.derived)]
    writer.writerow(columns)
    writer.writerows(db.execute(f"select {', '.join(map(quoted, columns))} from {quoted(table.name)}"))
    return out.getvalue().encode()


def export(
    root: Path,
    database: Path,
    folder: Path,
    progress: Callable[[str], None] = lambda words: None,
    compressed: bool = False,
) -> list[dict]:
    """Write every file, compressed copies if wanted, and manifest.json last into `folder`; return its entries.

    An entry is {name, format, bytes, sha256, table, title}. Two exports of one build are the same bytes. Each file
    comes into its place whole, so that who reads the former one goes on reading it.
    """
    codebook, problems = read_codebook(root / "sources")
    if codebook is None:
        raise ValueError(f"{len(problems)} problems in the codebook")
    folder.mkdir(parents=True, exist_ok=True)
    entries = []

    def put(name: str, content: bytes, title: str, table: str = "") -> None:
        progress(name)
        put_whole(folder / name, content)
        entries.append(
            {
                "name": name,
                "title": title,
                "table": table,
                "format": FORMATS[Path(name).suffix],
                "bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        )

    put(DATABASE_FILE, database.read_bytes(), "SQLite database with every table, view and search index")
    put(PACKAGE, zipped_package(root, codebook), "Data Package: the sources as CSV with datapackage.json")
    with closing(open_finished(database)) as db:
        for table in codebook.tables:
            put(f"{table.name}.parquet", parquet(db, table), table.title, table.name)
            put(f"{table.name}.csv", csv_text(db, table), table.title, table.name)
        release = dict(db.execute("select property, value from dataset"))
    manifest = {key: release[key] for key in ("title", "version", "released", "license", "content_hash")}
    content = json.dumps({**manifest, "files": entries}, ensure_ascii=False, indent=1) + "\n"
    names = [entry["name"] for entry in entries]
    drop_copies(folder, [*names, MANIFEST])
    if compressed:
        compress_files(folder, names)
    put_whole(folder / MANIFEST, content.encode())
    if compressed:
        compress_files(folder, [MANIFEST])
    return entries


def is_current(folder: Path, database_hash: str) -> bool:
    """Return whether `folder` holds a whole export of the database with this SHA-256; the manifest is written last."""
    try:
        files = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        whole = all((folder / file["name"]).stat().st_size == file["bytes"] for file in files)
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return whole and any(file["name"] == DATABASE_FILE and file["sha256"] == database_hash for file in files)
