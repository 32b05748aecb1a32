"""Claims about what leaves the site: every form of every table is the database, cell by cell, and leads back to it."""

import csv
import io
import json
import shutil
import sqlite3
import zipfile
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pytest
import yaml

from coalition import ROOT
from coalition.building import build
from coalition.exporting import PACKAGE, export
from tests.conftest import CODEBOOK

pytestmark = [pytest.mark.campaign, pytest.mark.long]

TABLES = pytest.mark.parametrize("table", CODEBOOK.tables, ids=lambda table: table.name)
# What datapackage.json leaves out, because only the build needs it: rules, what is derived, how confidence is computed.
BUILD_ONLY = ("rules.yml",)


@pytest.fixture(scope="module")
def exported(database, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports")
    export(ROOT, database, folder)
    return folder


def columns(table) -> list[str]:
    return [column.name for column in (*table.columns, *table.derived)]


def stored(database, table) -> list[tuple]:
    """Return the rows as SQLite gives them, sorted; None sorts with its name."""
    with sqlite3.connect(f"file:{database}?immutable=1", uri=True) as db:
        names = ", ".join(f'"{name}"' for name in columns(table))
        return sorted(db.execute(f'select {names} from "{table.name}"').fetchall(), key=repr)


def as_text(rows) -> list[list[str]]:
    return sorted(["" if cell is None else str(cell) for cell in row] for row in rows)


@TABLES
async def test_json_is_the_database(served, database, table):
    path, rows = f"/coalition/{table.name}.json?_shape=objects&_size=max&_labels=off", []
    while path:
        page = (await served.client.get(path)).json()
        rows += page["rows"]
        path = page.get("next_url") and "/" + page["next_url"].split("/", 3)[3]
    assert sorted((tuple(row[name] for name in columns(table)) for row in rows), key=repr) == stored(database, table)


@TABLES
async def test_csv_is_the_database(served, exported, database, table):
    streamed = (await served.client.get(f"/coalition/{table.name}.csv?_stream=on")).text
    file = (exported / f"{table.name}.csv").read_bytes().decode()
    for text in (streamed, file):
        found = list(csv.DictReader(io.StringIO(text, newline="")))
        assert sorted([row[name] for name in columns(table)] for row in found) == as_text(stored(database, table))


@TABLES
def test_parquet_is_the_database(exported, database, table):
    found = pq.read_table(exported / f"{table.name}.parquet").to_pylist()
    assert sorted((tuple(row[name] for name in columns(table)) for row in found), key=repr) == stored(database, table)


@pytest.mark.parametrize("table", CODEBOOK.sources, ids=lambda table: table.name)
def test_the_data_package_is_the_database(exported, database, table):
    with zipfile.ZipFile(exported / PACKAGE) as archive:
        text = archive.read(f"data/{table.name}.csv").decode()
    kinds = {"integer": int, "number": float}
    found = [
        tuple(kinds.get(c.type, str)(row[c.name]) if row[c.name] else None for c in table.columns)
        for row in csv.DictReader(io.StringIO(text, newline=""))
    ]
    width = len(table.columns)
    assert sorted(found, key=repr) == sorted((row[:width] for row in stored(database, table)), key=repr)


def test_the_published_data_package_builds_the_same_database(exported, database, tmp_path):
    """What people take home is enough: its CSVs and codebook, with this repository's rules, give the same bytes."""
    (tmp_path / "sources").mkdir()
    with zipfile.ZipFile(exported / PACKAGE) as archive:
        archive.extractall(tmp_path / "unpacked")
    for path in (tmp_path / "unpacked" / "data").iterdir():
        shutil.copy(path, tmp_path / "sources")
    published = json.loads((tmp_path / "unpacked" / "datapackage.json").read_text(encoding="utf-8"))
    package = yaml.safe_load((ROOT / "sources" / "datapackage.yml").read_text(encoding="utf-8"))
    for resource, own in zip(published["resources"], package["resources"], strict=True):
        resource["path"] = resource["path"].removeprefix("data/")
        # The build's own keys stay as they are; everything that is published comes from the package.
        own.update({key: resource[key] for key in ("name", "path", "title", "description", "schema")})
    package.update({key: published[key] for key in published if key != "resources"})
    (tmp_path / "sources" / "datapackage.yml").write_text(
        yaml.safe_dump(package, sort_keys=False, allow_unicode=True), encoding="utf-8"
    )
    for name in BUILD_ONLY:
        shutil.copy(ROOT / "sources" / name, tmp_path / "sources")
    shutil.copy(ROOT / "metadata.yml", tmp_path)
    build(tmp_path, tmp_path / "coalition.db")
    assert (tmp_path / "coalition.db").read_bytes() == database.read_bytes()


async def test_the_feed_is_the_database(served, database):
    feed = ElementTree.fromstring((await served.client.get("/feed.atom")).text)
    atom = "{http://www.w3.org/2005/Atom}"
    entries = feed.findall(f"{atom}entry")
    with sqlite3.connect(f"file:{database}?immutable=1", uri=True) as db:
        events = {
            row[0]: row[1:] for row in db.execute("select id, type, title, date, summary, confidence from events")
        }
    assert len(entries) == min(50, len(events))
    for entry in entries:
        kind, title, date, summary, confidence = events[entry.find(f"{atom}id").text.rsplit("/", 1)[1]]
        assert entry.find(f"{atom}title").text == title and entry.find(f"{atom}category").get("term") == kind
        assert entry.find(f"{atom}published").text.startswith(date)
        told = entry.find(f"{atom}summary").text
        assert f"confidence {confidence}." in told
        assert (summary or "") in told.replace(" China’s position: ", " ").replace(" Note: ", " ")
