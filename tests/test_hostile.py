"""Claims about display: markup in cells, right-to-left and Chinese text and very long names, on every kind of page."""

import csv
import shutil

import pytest

from coalition import ROOT
from coalition.building import build
from coalition.serving import site
from coalition.tidying import tidy
from tests.conftest import CODEBOOK

SCRIPT = "<script>alert('x')</script>"
ARABIC = "إيران والصين"
LONG = "Very long name " * 30 + "end"
HOSTILE = f"""{SCRIPT} "quoted" & {ARABIC} 中国和法国 {LONG}"""
ROWS = {
    "actors": {"id": "XQA", "name": HOSTILE, "name_zh": SCRIPT, "kind": "territory", "iso_numeric": "999",
               "region": "Asia", "subregion": SCRIPT, "note": HOSTILE},
    "sources": {"id": "hostile-1", "url": "https://example.org/hostile?a=1&b='x'", "title": HOSTILE,
                "publisher": SCRIPT.replace("'", "’"), "accessed": "2026-11-23", "kind": "press", "language": "ar"},
    "partnerships": {"id": "xqa-2016", "partner_id": "XQA", "level_id": "strategic", "label_en": SCRIPT,
                     "date": "2016", "event": "established", "occasion": HOSTILE},
    "partnership_sources": {"partnership_id": "xqa-2016", "source_id": "hostile-1", "role": "supports", "note": SCRIPT},
    "exercises": {"id": "hostile-2016", "name": HOSTILE, "name_zh": SCRIPT, "start_date": "2016-09",
                  "status": "conducted", "domain": "land", "focus": "other", "summary": SCRIPT, "location": ARABIC},
    "exercise_sources": {"exercise_id": "hostile-2016", "source_id": "hostile-1", "role": "supports", "note": SCRIPT},
    "claims": {"id": "hostile", "position": "9999", "section": SCRIPT, "kind": "event", "claim": HOSTILE,
               "verdict": "not_found", "verdict_note": SCRIPT},
    "claim_evidence": {"claim_id": "hostile", "stance": "supports", "exercise_id": "hostile-2016", "note": SCRIPT},
    "coverage": {"id": "hostile", "table_name": "exercises", "scope": SCRIPT, "searched": SCRIPT, "gap": HOSTILE,
                 "as_of": "2026-11-23"},
}  # fmt: skip
PATHS = ["/", "/countries", "/country/XQA", "/coalition/partnerships/xqa-2016", "/coalition/exercises/hostile-2016",
         "/coalition/sources/hostile-1", "/coalition/actors/XQA", "/coalition/events?year=2016", "/claims", "/codebook",
         "/search?q=hostile+name", "/search?q=法国", "/coalition/partner_ladder?country=XQA", "/coalition/actors",
         "/coalition/country_timeline?country=XQA", "/feed.atom", "/charts"]  # fmt: skip


@pytest.fixture(scope="module")
async def hostile(tmp_path_factory):
    """A Datasette over the dataset with hostile rows added."""
    root = tmp_path_factory.mktemp("hostile")
    shutil.copytree(ROOT / "sources", root / "sources")
    shutil.copy(ROOT / "metadata.yml", root)
    participants = [{"exercise_id": "hostile-2016", "actor_id": a, "role": "participant"} for a in ("CHN", "XQA")]
    for table, rows in {**{t: [r] for t, r in ROWS.items()}, "exercise_participants": participants}.items():
        with (root / "sources" / f"{table}.csv").open("a", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, CODEBOOK.table(table).names, restval="", lineterminator="\n")
            writer.writerows(rows)
    tidy(root / "sources", CODEBOOK)
    build(root, root / "coalition.db")
    datasette = site(ROOT, root / "coalition.db")
    await datasette.invoke_startup()
    return datasette


@pytest.mark.parametrize("path", PATHS)
async def test_markup_in_cells_stays_text(hostile, path):
    response = await hostile.client.get(path)
    assert response.status_code == 200
    assert SCRIPT not in response.text and "<script>alert" not in response.text


@pytest.mark.parametrize(
    "path", ["/country/XQA", "/coalition/exercises/hostile-2016", "/coalition/sources/hostile-1", "/claims"]
)
async def test_the_text_itself_is_shown(hostile, path):
    page = (await hostile.client.get(path)).text
    assert ARABIC in page and "中国和法国" in page and LONG in page and "&lt;script&gt;" in page


async def test_search_finds_right_to_left_and_chinese_words(hostile):
    for word in ("والصين", "中国和法国"):
        found = (await hostile.client.get("/search.json", params={"q": word})).json()["events"]
        assert "hostile-2016" in [event["id"] for event in found]


async def test_dates_of_a_month_and_a_year_are_told_as_such(hostile):
    assert "The documents give the year only." in (await hostile.client.get("/coalition/partnerships/xqa-2016")).text
    page = (await hostile.client.get("/coalition/exercises/hostile-2016")).text
    assert "September 2016" in page and "1 September 2016" not in page
