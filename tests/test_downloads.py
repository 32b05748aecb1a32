"""Claims about what people take home: files, checksums, feeds and descriptions for machines."""

import hashlib
import io
import json
import re
import sqlite3
import zipfile
from xml.etree import ElementTree

import frictionless
import pyarrow.parquet as pq
import pytest

from coalition import ROOT
from coalition.describing import json_for_script
from coalition.exporting import MANIFEST, PACKAGE, export
from coalition.feeds import atom, moment
from tests.conftest import CODEBOOK

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def exported(database, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported")
    export(ROOT, database, folder)
    return folder


def test_two_exports_are_the_same_bytes(exported, database, tmp_path):
    export(ROOT, database, tmp_path)
    names = {path.name for path in exported.iterdir()}
    assert {path.name for path in tmp_path.iterdir()} == names
    assert all((tmp_path / name).read_bytes() == (exported / name).read_bytes() for name in names)


def test_the_manifest_tells_size_and_sum_of_every_file(exported):
    files = json.loads((exported / MANIFEST).read_text(encoding="utf-8"))["files"]
    assert {file["name"] for file in files} | {MANIFEST} == {path.name for path in exported.iterdir()}
    for file in files:
        content = (exported / file["name"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file["bytes"], file["sha256"])


def test_the_data_package_is_valid_and_holds_every_source(exported, tmp_path):
    with zipfile.ZipFile(exported / PACKAGE) as archive:
        archive.extractall(tmp_path)
    assert {path.stem for path in tmp_path.glob("data/*.csv")} == {table.name for table in CODEBOOK.sources}
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.flatten(["type", "message"])[:5]


@pytest.mark.parametrize("table", CODEBOOK.tables, ids=lambda table: table.name)
def test_parquet_holds_the_rows_of_its_table(exported, database, table):
    content = pq.read_table(io.BytesIO((exported / f"{table.name}.parquet").read_bytes()))
    with sqlite3.connect(database) as db:
        cursor = db.execute(f'select * from "{table.name}"')
        assert content.column_names == [column[0] for column in cursor.description]
        assert [tuple(row.values()) for row in content.to_pylist()] == cursor.fetchall()


def test_export_is_a_command(run, tmp_path):
    code, words = run("export", str(tmp_path / "out"))
    assert code == 0 and "manifest.json" in words
    assert (tmp_path / "out" / PACKAGE).exists()


async def test_every_download_on_the_page_is_what_the_page_says(served):
    page = (await served.client.get("/downloads")).text
    files = (await served.client.get("/downloads/manifest.json")).json()["files"]
    for file in files:
        path = "/coalition.db" if file["name"] == "coalition.db" else f"/downloads/{file['name']}"
        assert f'href="{path}"' in page and file["sha256"] in page
        content = (await served.client.get(path)).content
        assert hashlib.sha256(content).hexdigest() == file["sha256"]


@pytest.mark.parametrize("name", ["nope.zip", "..%2fmetadata.yml", "../metadata.yml", "%2e%2e%2fcoalition.db"])
async def test_nothing_else_can_be_downloaded(served, name):
    response = await served.client.get(f"/downloads/{name}", follow_redirects=True)
    assert response.status_code == 404 and "databases:" not in response.text


async def test_the_feed_is_atom_with_the_newest_first(served):
    feed = ElementTree.fromstring((await served.client.get("/feed.atom")).text)
    entries = feed.findall(f"{ATOM}entry")
    published = [entry.find(f"{ATOM}published").text for entry in entries]
    assert len(entries) == 50 and published == sorted(published, reverse=True)
    for entry in entries[:5]:
        address = entry.find(f"{ATOM}link").get("href")
        assert (await served.client.get("/" + address.split("/", 3)[3])).status_code == 200


def test_the_feed_survives_hostile_titles():
    event = {
        "id": "x",
        "type": "exercise",
        "date": "2016",
        "title": "<b>&\x00 ]]>",
        "summary": None,
        "confidence": "low",
    }
    feed = ElementTree.fromstring(atom({"title": "T & U", "released": "2026-11-24"}, "http://x/?a&b=", [event]))
    assert feed.find(f"{ATOM}entry/{ATOM}title").text == "<b>& ]]>"


def test_the_feed_says_whose_words_are_china_s():
    parts = {"summary": "A ban. It objects. From TASS.", "china_position": "It objects.", "note": "From TASS."}
    event = {"id": "x", "type": "sanctions_defiance", "date": "2016", "title": "T", "confidence": "low", **parts}
    feed = ElementTree.fromstring(atom({"title": "T", "released": "2026-11-24"}, "http://x/", [event]))
    told = feed.find(f"{ATOM}entry/{ATOM}summary").text
    assert told.endswith("confidence low. A ban. China’s position: It objects. Note: From TASS.")


@pytest.mark.parametrize(
    ("date", "instant"), [("2016", "2016-01-01"), ("2016-09", "2016-09-01"), ("2016-09-12", "2016-09-12")]
)
def test_a_date_of_any_precision_is_an_instant(date, instant):
    assert moment(date, "2000") == f"{instant}T00:00:00Z"


async def test_the_sitemap_leads_to_pages_that_answer(served):
    urls = re.findall("<loc>(.*?)</loc>", (await served.client.get("/sitemap.xml")).text)
    assert len(urls) == len(set(urls)) > 500
    for url in urls[:60] + urls[60 :: len(urls) // 20]:
        assert (await served.client.get("/" + url.split("/", 3)[3])).status_code == 200, url


async def test_robots_keep_off_sql_and_find_the_sitemap(served):
    robots = (await served.client.get("/robots.txt")).text
    assert "Disallow: /coalition?sql=" in robots and "/sitemap.xml" in robots
    assert "Disallow: /\n" not in robots


@pytest.mark.parametrize("path", ["/", "/coalition/exercises", "/coalition/events"])
async def test_datasets_are_described_for_machines(served, path):
    page = (await served.client.get(path)).text
    described = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)[1])
    assert described["@type"] == "Dataset" and 50 <= len(described["description"]) <= 5000
    for file in described["distribution"]:
        address = "/" + file["contentUrl"].split("/", 3)[3]
        assert (await served.client.get(address)).status_code == 200


def test_linked_data_cannot_leave_its_script():
    text = json_for_script({"name": "</script><script>alert(1)</script>"})
    assert "<" not in text and json.loads(text)["name"].startswith("</script>")


async def test_croissant_describes_every_table_and_its_file(served):
    found = (await served.client.get("/croissant.json")).json()
    files = {file["@id"]: file for file in found["distribution"]}
    for table, records in zip(CODEBOOK.tables, found["recordSet"], strict=True):
        assert records["@id"] == table.name
        columns = [field["source"]["extract"]["column"] for field in records["field"]]
        assert columns == [column.name for column in (*table.columns, *table.derived)]
        assert {field["source"]["fileObject"]["@id"] for field in records["field"]} <= set(files)
    one = files["partnerships.csv"]
    content = (await served.client.get(one["contentUrl"].removeprefix("http://localhost"))).content
    assert hashlib.sha256(content).hexdigest() == one["sha256"]
