"""Claims about releases: what changed is counted right, told in words, and shown on the site."""

import json
import re
import shutil
import sqlite3
from xml.etree import ElementTree

import pytest
import yaml
from click.testing import CliRunner

from build_db import cli
from coalition import ROOT
from coalition.comparing import NotARelease, as_table, compare, read_release
from coalition.exporting import PACKAGE, export
from coalition.metadata import read_metadata
from coalition.prose import line_as_html
from coalition.releases import lines_of, note_atom, read_releases
from tests.conftest import CODEBOOK

METADATA = read_metadata(ROOT, CODEBOOK)[0]
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def changed(database, tmp_path_factory):
    """The database of an imagined next version: one exercise less, one new, two dates and a summary corrected."""
    path = shutil.copy(database, tmp_path_factory.mktemp("next") / "next.db")
    with sqlite3.connect(path) as db:
        db.create_function("spaced", 1, str)
        (gone,), (copied,), *_ = db.execute("select id from exercises where status = 'conducted' order by id limit 2")
        db.execute("pragma foreign_keys = off")
        db.execute("delete from exercises where id = ?", [gone])
        names = ", ".join(f'"{name}"' for name in CODEBOOK.table("exercises").names[1:])
        derived = "year, date_precision"
        db.execute(
            f"insert into exercises (id, {names}, {derived}) select 'x-new', {names}, {derived} from exercises "
            "where id = ?",
            [copied],
        )
        db.execute("update exercises set end_date = '2031-01-01', summary = 'other' where id = ?", [copied])
        db.execute("update statements set date = '2031-02' where rowid = 1")
        db.execute("update dataset set value = '9.9.9' where property = 'version'")
    return path


@pytest.fixture(scope="module")
def note(database, changed):
    return compare(read_release(database), read_release(changed), CODEBOOK, METADATA)


def test_the_note_counts_rows_and_cells(note):
    tables = {table["name"]: table for table in note["tables"]}
    assert set(tables) == {"exercises", "statements"}
    exercises = tables["exercises"]
    assert (exercises["added"], exercises["removed"], exercises["changed"]) == (1, 1, 1)
    assert exercises["columns"] == {"end_date": 1, "summary": 1} and exercises["examples"]["added"] == ["x-new"]
    assert tables["statements"]["columns"] == {"date": 1}


def test_the_note_is_a_sentence_in_readers_terms(note):
    assert re.fullmatch(
        r"1 event added, 1 event removed, 2 dates corrected, 1 other cell of events changed; "
        r"(\d+ published charts|1 published chart) changes?\.",
        note["summary"],
    )


def test_a_chart_is_named_when_its_rows_differ_and_only_then(database, changed, note):
    named = {chart["name"] for chart in note["charts"]}
    assert named
    for name in named:
        sql = METADATA["databases"]["coalition"]["queries"][name]["sql"]
        assert "statements" in sql or "exercise" in sql or "events" in sql, name
    same = compare(read_release(database), read_release(database), CODEBOOK, METADATA)
    assert same["tables"] == same["charts"] == [] and same["summary"] == "no fact changed; 0 published charts change."


def test_a_data_package_tells_the_same_as_its_database(database, changed, note, tmp_path):
    export(ROOT, database, tmp_path)
    package = compare(read_release(tmp_path / PACKAGE), read_release(changed), CODEBOOK, METADATA)
    assert package["tables"] == note["tables"] and package["charts"] is None
    assert package["summary"] == note["summary"].split(";")[0] + "."


def test_a_table_that_one_version_lacks_is_added_whole(database, tmp_path):
    old = shutil.copy(database, tmp_path / "old.db")
    with sqlite3.connect(old) as db:
        db.execute("drop table hotspots")
    note = compare(read_release(old), read_release(database), CODEBOOK, METADATA)
    assert [(table["name"], table["removed"]) for table in note["tables"]] == [("hotspots", 0)]


@pytest.mark.parametrize(("name", "content"), [("a.db", b"text"), ("a.zip", b"text"), ("b.db", b"")])
def test_another_file_is_refused_with_a_sentence(tmp_path, database, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(NotARelease, match="is neither a database"):
        read_release(tmp_path / name)
    result = CliRunner().invoke(cli, ["compare", str(tmp_path / name), str(database)])
    assert result.exit_code == 1 and "is neither a database" in result.output and "Traceback" not in result.output


@pytest.mark.parametrize("form", ["table", "json", "atom"])
def test_compare_is_a_command_with_three_forms(database, changed, note, form):
    result = CliRunner().invoke(cli, ["compare", str(database), str(changed), "--form", form])
    assert result.exit_code == 0
    expected = {"table": as_table(note), "json": json.dumps(note, ensure_ascii=False, indent=1) + "\n"}
    assert result.output == expected.get(form, note_atom(note))
    if form == "atom":
        entry = ElementTree.fromstring(result.output.encode())
        assert entry.tag == f"{ATOM}entry" and entry.find(f"{ATOM}summary").text == note["summary"]


def test_every_committed_note_belongs_to_a_version_of_the_changelog():
    releases = {release["version"]: release for release in read_releases(ROOT)}
    for path in (ROOT / "releases").glob("*.json"):
        note = releases[path.stem]["note"]
        assert note["to"] == path.stem and note["from"] in releases and note["summary"].endswith(".")


async def test_the_site_shows_every_release_as_page_json_and_atom(served):
    releases = read_releases(ROOT)
    page = (await served.client.get("/releases")).text
    told = (await served.client.get("/releases.json")).json()
    feed = ElementTree.fromstring((await served.client.get("/releases.atom")).text)
    entries = feed.findall(f"{ATOM}entry")
    assert told == releases and len(entries) == len(releases) >= 2
    for release, entry in zip(releases, entries, strict=True):
        assert f'id="{release["version"]}"' in page and release["lines"]
        assert entry.find(f"{ATOM}title").text == f"Version {release['version']}"
        assert entry.find(f"{ATOM}link").get("href").endswith(f"/releases#{release['version']}")


def test_lines_of_the_changelog_are_items_and_paragraphs():
    assert lines_of("First\nrelease.\n\n- One\n  item.\n- `Two`.\n") == ["First release.", "One item.", "`Two`."]
    assert line_as_html("a `<b>` & c") == "a <code>&lt;b&gt;</code> &amp; c"


def test_the_release_workflow_writes_what_the_commands_write():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8"))
    steps = "\n".join(step.get("run", "") for job in workflow["jobs"].values() for step in job["steps"])
    for command in re.findall(r"python build_db\.py (\w+)", steps):
        assert command in cli.commands
    assert {"export", "compare"} <= set(re.findall(r"python build_db\.py (\w+)", steps))
