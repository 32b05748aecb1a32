"""Claims about ids: each that ever was is on the list, and none comes back for something else."""

import pytest

from coalition import ROOT
from coalition.reading import read_sources
from coalition.used_ids import FILE, ids_in_use, listed, read_ids
from tests.conftest import CODEBOOK

pytestmark = pytest.mark.campaign


def test_the_committed_list_holds_every_id_in_use():
    used = ids_in_use(read_sources(ROOT / "sources", CODEBOOK)[0])
    text = listed(*read_ids(ROOT / "sources"), used)
    assert (ROOT / "sources" / FILE).read_text(encoding="utf-8") == text, "run: python build_db.py tidy"


def test_a_new_id_is_added_and_a_missing_one_retired_and_none_taken_away():
    assert listed({("t", "a"), ("t", "b")}, set(), {("t", "b"), ("t", "c")}) == "t a retired\nt b\nt c\n"
    assert listed({("t", "a")}, {("t", "a")}, {("t", "a")}) == "t a retired\n"


def test_a_row_that_takes_up_a_retired_id_is_refused(project, run):
    path = project / "sources" / FILE
    path.write_text(path.read_text(encoding="utf-8") + "themes old-theme retired\n", encoding="utf-8")
    assert run("tidy")[0] == 0 and run("check")[0] == 0
    with (project / "sources" / "themes.csv").open("a", encoding="utf-8") as file:
        file.write("old-theme,Old,Something else.\n")
    code, said = run("check")
    assert code == 1 and "(old-theme), id: 'old-theme' was the id of a row that is gone; ids are never reused" in said
    run("tidy")
    assert "themes old-theme retired\n" in path.read_text(encoding="utf-8")


def test_tidy_retires_the_id_of_a_row_that_is_gone(project, run):
    themes = project / "sources" / "themes.csv"
    lines = themes.read_text(encoding="utf-8").splitlines(keepends=True)
    gone = lines.pop(1).split(",")[0]
    themes.write_text("".join(lines), encoding="utf-8")
    assert run("tidy") == (0, f"tidied sources/{FILE}\n")
    assert f"themes {gone} retired\n" in (project / "sources" / FILE).read_text(encoding="utf-8")


def test_tidy_retires_nothing_when_a_table_cannot_be_read(project, run):
    before = (project / "sources" / FILE).read_bytes()
    (project / "sources" / "themes.csv").write_bytes(b"")
    assert run("tidy")[0] == 1 and (project / "sources" / FILE).read_bytes() == before


def test_an_event_that_is_gone_needs_a_correction_that_says_why(project, run):
    path = project / "sources" / FILE
    path.write_text(path.read_text(encoding="utf-8") + "exercises old-drill retired\n", encoding="utf-8")
    assert run("tidy")[0] == 0
    code, said = run("check")
    assert code == 1 and "'old-drill' of exercises is gone; add a row with now = withdrawn and the reason" in said
    with (project / "sources" / "corrections.csv").open("a", encoding="utf-8") as file:
        file.write("old-drill-record-2020-01-01,2020-01-01,exercises,old-drill,record,withdrawn,It was never held.\n")
    assert run("tidy")[0] == 0 and run("check")[0] == 0
