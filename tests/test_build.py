"""Claims about build_db.py: what it writes, and that a failing or killed build loses nothing."""

import hashlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time

import pytest

from coalition import ROOT
from coalition.building import build, is_stale
from coalition.checking import is_date
from coalition.compiling import dataset_properties
from coalition.reading import read_sources
from coalition.searchtext import match_query, spaced
from tests.conftest import CODEBOOK


@pytest.fixture(scope="module")
def db(database):
    return sqlite3.connect(database)


def test_two_builds_are_the_same_bytes(database, tmp_path):
    build(ROOT, tmp_path / "again.db")
    assert (tmp_path / "again.db").read_bytes() == database.read_bytes()


def test_order_of_rows_does_not_matter(project, tmp_path):
    build(project, tmp_path / "once.db")
    for path in (project / "sources").glob("*.csv"):
        header, *lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text(header + "".join(reversed(lines)), encoding="utf-8")
    build(project, tmp_path / "again.db")
    assert (tmp_path / "again.db").read_bytes() == (tmp_path / "once.db").read_bytes()


@pytest.mark.parametrize("table", [t for t in CODEBOOK.tables], ids=lambda t: t.name)
def test_database_has_exactly_the_columns_of_the_codebook(db, table):
    found = [row[1] for row in db.execute(f"pragma table_info({table.name})")]
    assert found == [column.name for column in (*table.columns, *table.derived)]


@pytest.mark.parametrize("table", CODEBOOK.sources, ids=lambda t: t.name)
def test_every_cell_of_the_sources_is_in_the_database(db, table):
    rows = read_sources(ROOT / "sources", CODEBOOK)[0][table.name].rows
    names = ", ".join(f'"{name}"' for name in table.names)
    stored = [
        ["" if value is None else value for value in row] for row in db.execute(f"select {names} from {table.name}")
    ]
    kinds = [{"integer": int, "number": float}.get(column.type, str) for column in table.columns]
    typed = [[kind(v) if v else "" for kind, v in zip(kinds, cells, strict=True)] for _, cells in rows]
    assert sorted(map(str, stored)) == sorted(map(str, typed))


def test_database_is_sound(db):
    assert db.execute("pragma integrity_check").fetchall() == [("ok",)]
    assert db.execute("pragma foreign_key_check").fetchall() == []
    assert all(strict for *_, strict in db.execute("pragma table_list") if _[2] == "table" and "_fts" not in _[1]
               and not _[1].startswith("sqlite_"))  # fmt: skip


def test_events_hold_every_record_of_the_four_tables(db):
    for kind, table in {"partnership": "partnerships", "exercise": "exercises", "statement": "statements",
                        "sanctions_defiance": "sanctions_defiance"}.items():  # fmt: skip
        assert db.execute(
            f"select (select count(*) from events where type = ?) = (select count(*) from {table})", [kind]
        ).fetchone() == (1,)


def test_confidence_follows_the_published_rule(db):
    for event, confidence in db.execute("select id, confidence from events"):
        kinds, publishers, disputed = set(), set(), False
        for table in ("partnership", "exercise", "statement", "sanctions_defiance"):
            for role, kind, publisher in db.execute(
                f"select role, kind, publisher from {table}_sources join sources on sources.id = source_id "
                f"where {table}_id = ?", [event]
            ):  # fmt: skip
                if role == "supports":
                    kinds.add(kind)
                    publishers.add(publisher)
                else:
                    disputed = True
        strong = bool(kinds - {"press", "research", "reference"})
        expected = "medium" if strong or len(publishers) > 1 else "low"
        if strong and len(publishers) > 1 and not disputed:
            expected = "high"
        assert confidence == expected, event


def test_current_partnerships_are_the_latest_events(db):
    for partner, since, event in db.execute("select partner_id, since, partnership_id from current_partnerships"):
        dates = [d for (d,) in db.execute("select date from partnerships where partner_id = ?", [partner])]
        assert since == max(dates), event


def test_country_profile_has_every_state(db):
    assert (
        db.execute("select count(*) from country_profile").fetchone()
        == db.execute("select count(*) from actors where kind in ('state', 'territory') and id <> 'CHN'").fetchone()
    )


def test_date_precision_is_that_of_the_date(db):
    shapes = {"year": 4, "month": 7, "day": 10}
    for date, year, precision in db.execute("select date, year, date_precision from events"):
        assert len(date) == shapes[precision] and date.startswith(str(year))


@pytest.mark.parametrize("words", ["法国", "俄罗斯", "partnerships", "Strategic Partner"])
def test_search_finds_stemmed_english_and_two_chinese_characters(db, words):
    (found,) = db.execute("select count(*) from events_fts where events_fts match ?", [match_query(words)]).fetchone()
    (everything,) = db.execute("select count(*) from events").fetchone()
    assert 0 < found <= everything
    assert db.execute("select count(*) from events_fts where events_fts match ?", [match_query("zzqx")]).fetchone() == (
        0,
    )


@pytest.mark.parametrize("odd", ['"', "*", "AND", 'a" OR "b', "x" * 300, "🛥", "(", "NEAR(", "-", "^a", "col:a", ""])
def test_odd_searches_are_plain_text(db, odd):
    db.execute("select count(*) from events_fts where events_fts match ?", [match_query(odd)]).fetchone()


def test_spacing_leaves_other_scripts_alone():
    assert spaced("Joint Sea 2016") == "Joint Sea 2016"
    assert spaced("中法 x").split() == ["中", "法", "x"]


@pytest.mark.parametrize("value", ["2016", "2016-09", "2016-09-12", "2016-02-29"])
def test_a_date_may_be_a_year_a_month_or_a_day(value):
    assert is_date(value)


@pytest.mark.parametrize("value", ["2016-02-30", "2016-1", "0999", "2016-09-12 ", "2016-13", "20160912"])
def test_a_date_must_exist_in_the_calendar(value):
    assert not is_date(value)


def test_content_hash_changes_with_any_cell(project):
    everything = read_sources(project / "sources", CODEBOOK)[0]
    before = dataset_properties(CODEBOOK, everything)["content_hash"]
    everything["actors"].rows[0][1][1] += "x"
    assert dataset_properties(CODEBOOK, everything)["content_hash"] != before


def test_schema_is_what_it_was(db):
    """Names are promises: a changed table or column needs a new MAJOR version, a line in CHANGELOG.md and this file."""
    schema = "\n".join(f"{t.name}: {', '.join(c.name for c in (*t.columns, *t.derived))}" for t in CODEBOOK.tables)
    assert schema + "\n" == (ROOT / "tests" / "schema_snapshot.txt").read_text(encoding="utf-8")


def test_build_is_needed_only_when_sources_are_newer(project):
    assert is_stale(project, project / "coalition.db")
    build(project, project / "coalition.db")
    assert not is_stale(project, project / "coalition.db")
    later = time.time() + 5
    os.utime(project / "sources" / "actors.csv", (later, later))
    assert is_stale(project, project / "coalition.db")


def test_a_failing_build_leaves_the_old_database(project, run):
    assert run("build")[0] == 0
    before = (project / "coalition.db").read_bytes()
    (project / "sources" / "themes.csv").write_text("broken", encoding="utf-8")
    assert run("build")[0] == 1
    assert (project / "coalition.db").read_bytes() == before
    assert [p.name for p in project.iterdir() if "building" in p.name] == []


@pytest.mark.long
def test_a_killed_build_leaves_a_whole_database(project):
    """Fifty builds, each killed at a random moment: what stands there is always the old or the new database."""
    dice = random.Random(2018)
    command = [sys.executable, str(ROOT / "build_db.py"), "build", "--root", str(project)]
    subprocess.run(command, check=True, capture_output=True)
    theme = project / "sources" / "themes.csv"
    old_text = theme.read_text(encoding="utf-8")
    new_text = old_text.replace("Arms control,", "Arms control and disarmament,", 1)
    complete = {hashlib.sha256((project / "coalition.db").read_bytes()).hexdigest()}
    theme.write_text(new_text, encoding="utf-8")
    start = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    duration = time.monotonic() - start
    complete.add(hashlib.sha256((project / "coalition.db").read_bytes()).hexdigest())
    assert len(complete) == 2
    killed = 0
    for round_number in range(50):
        theme.write_text(old_text if round_number % 2 else new_text, encoding="utf-8")
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(dice.uniform(0, duration))
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        assert hashlib.sha256((project / "coalition.db").read_bytes()).hexdigest() in complete
    assert killed > 20
    subprocess.run(command, check=True, capture_output=True)
    assert [p.name for p in project.iterdir() if "building" in p.name] == []


def test_long_work_is_quiet_in_a_pipe(project):
    command = [sys.executable, str(ROOT / "build_db.py"), "check", "--root", str(project)]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    assert result.stderr == ""
    assert result.stdout.startswith("No problems in")
