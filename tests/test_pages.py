"""Claims about the served site: every table and query answers, shows names and stays read-only."""

import csv
import html
import io
import json
import re

import httpx
import pytest
import yaml

from coalition import ROOT, lanes
from coalition.addressing import TRACKING, meant
from coalition.asking import named_queries
from coalition.filtering import COMPARISONS
from coalition.metadata import defaults, queries, read_metadata
from coalition.methods import ReadOnly
from tests.conftest import CODEBOOK

METADATA = read_metadata(ROOT, CODEBOOK)[0]
QUERIES = queries(METADATA)


@pytest.mark.parametrize("table", [t.name for t in CODEBOOK.tables])
async def test_every_table_has_a_page_with_its_description(served, table):
    response = await served.client.get(f"/coalition/{table}")
    assert response.status_code == 200
    description = CODEBOOK.table(table).description.split("'")[0][:60]
    assert description in response.text


@pytest.mark.parametrize("name", QUERIES)
async def test_every_named_query_runs_and_finds_rows(served, name):
    response = await served.client.get(
        f"/coalition/{name}.json", params={"_shape": "objects", **defaults(QUERIES[name])}
    )
    assert response.status_code == 200
    assert response.json()["rows"], name


@pytest.mark.parametrize("name", [n for n in QUERIES if QUERIES[n].get("params")])
async def test_an_empty_parameter_means_its_default(served, name):
    empty = await served.client.get(f"/coalition/{name}.json", params={"_shape": "array"})
    given = await served.client.get(f"/coalition/{name}.json", params={"_shape": "array", **defaults(QUERIES[name])})
    assert empty.json() == given.json()


@pytest.mark.parametrize("name", [n for n in QUERIES if "confidence" in (QUERIES[n].get("params") or {})])
async def test_confidence_narrows_the_rows(served, name):
    sums = []
    for level in ("any", "medium", "high"):
        rows = (
            await served.client.get(f"/coalition/{name}.json", params={"_shape": "array", "confidence": level})
        ).json()
        sums.append(
            sum(v for row in rows for k, v in row.items() if isinstance(v, int) and "year" not in k and k != "rank")
            or len(rows)
        )
    assert sums[0] > sums[2], (name, sums)
    # A standing is the latest event of a partner; without an uncertain one, an earlier and counted one is the latest.
    if not any(table in QUERIES[name]["sql"] for table in ("partner_standings", "published_counts")):
        assert sums[0] >= sums[1] >= sums[2], (name, sums)


@pytest.mark.parametrize(
    ("path", "period"),
    [("exercises/joint-sea-2016", "12–19 September 2016"), ("partnerships/rus-2019", "5 June 2019")],
)
async def test_a_record_tells_from_when_to_when(served, path, period):
    page = (await served.client.get(f"/coalition/{path}")).text
    assert f"<b>{period}</b>" in page


async def test_foreign_keys_show_names(served):
    page = (await served.client.get("/coalition/partnerships?partner_id=RUS")).text
    assert '<a href="/coalition/actors/RUS">Russia</a>' in page


async def test_column_help_comes_from_the_codebook(served):
    page = (await served.client.get("/coalition/exercises")).text
    assert (
        "Observers watched and sent no forces." not in page
        and "First day at the precision that the documents support." in page
    )


async def test_search_box_finds_chinese(served):
    found = (await served.client.get("/coalition/events.json?_search=法国&_shape=array")).json()
    everything = (await served.client.get("/coalition/events.json?_shape=objects")).json()["filtered_table_rows_count"]
    assert 0 < len(found) < everything
    assert all("法国" in json.dumps(row, ensure_ascii=False) for row in found)


async def test_the_database_can_be_downloaded(served, database):
    response = await served.client.get("/coalition.db")
    assert response.content == database.read_bytes()


@pytest.mark.parametrize(
    "sql",
    ["delete from actors", "drop table actors", "attach database '/tmp/x.db' as x", "pragma journal_mode = wal",
     "insert into actors values (1)", "create table x (y)", "vacuum", "update actors set name = 'x'"],
)  # fmt: skip
async def test_nothing_can_be_written(served, sql):
    response = await served.client.get("/coalition.json", params={"sql": sql})
    assert response.status_code == 400


async def test_datasette_vega_is_offered_on_tables_and_queries(served):
    for path in ("/coalition/events", "/coalition?sql=select+1"):
        assert "datasette_vega" in (await served.client.get(path)).text


async def test_settings_suit_public_reading(served):
    settings = (await served.client.get("/-/settings.json")).json()
    assert settings["suggest_facets"] is False
    assert settings["sql_time_limit_ms"] <= 2000
    assert settings["max_returned_rows"] <= 2000


def test_metadata_has_licence_and_at_least_eight_queries():
    metadata = yaml.safe_load((ROOT / "metadata.yml").read_text(encoding="utf-8"))
    assert metadata["license"] == "CC BY 4.0"
    assert len(QUERIES) >= 8
    assert all(query.get("question", "").endswith("?") for query in QUERIES.values())


async def test_the_page_of_the_data_lists_every_query_with_its_question_and_every_table_with_its_rows(served, codebook):
    page = html.unescape((await served.client.get("/coalition")).text)
    for name, query in QUERIES.items():
        assert re.search(
            rf'<a href="/coalition/{name}">{re.escape(query["title"])}</a>[^?]*{re.escape(query["question"])}', page
        )
    counts = await served.get_database("coalition").table_counts(1000)
    for table in codebook.tables:
        assert (
            f'<a href="/coalition/{table.name}">{table.name}</a></th><td class="num">{counts[table.name]:,}</td>'
            in page
        )


@pytest.mark.parametrize("path", ["/coalition", "/charts", "/claims", "/country/RUS"])
async def test_long_pages_begin_with_links_to_their_parts(served, path):
    page = (await served.client.get(path)).text
    parts = re.findall(r'href="#([^"]+)"', re.search(r'aria-label="On this page">(.+?)</nav>', page)[1])
    assert len(parts) > 1
    assert all(page.count(f'id="{part}"') == 1 for part in parts)


async def test_a_whole_number_is_shown_as_one(served):
    page = (await served.client.get("/coalition/sanctions_defiance?id=2006-10-prk-resolution-1718")).text
    assert re.search(r'class="col-quantity type-float"[^>]*>15</td>', page)


async def test_the_rows_of_a_query_lead_to_their_records(served):
    page = (await served.client.get("/coalition/exercises_near_hotspots?partner=RUS")).text
    assert '<a href="/coalition/exercises/joint-sea-2016">joint-sea-2016</a>' in page
    assert (
        '<a href="/claims#audience-costs">audience-costs</a>'
        in (await served.client.get("/coalition/claims_and_evidence")).text
    )


@pytest.mark.parametrize("path", ["corrections", "corrections/2000-04-g77-havana-title-2026-11-27"])
async def test_a_correction_leads_to_its_record(served, path):
    link = '<a href="/coalition/statements/2000-04-g77-havana">2000-04-g77-havana</a>'
    assert link in (await served.client.get(f"/coalition/{path}")).text


async def test_a_reading_leads_to_its_record(served):
    page = (await served.client.get("/coalition/readings?record_id=aman-2011")).text
    assert '<a href="/coalition/exercises/aman-2011">aman-2011</a>' in page


@pytest.mark.parametrize(
    ("asked", "opened"),
    [("", ""), ("?_sort=id", ""), ("?kind=vote", " open"), ("?_search=Iran", " open"), ("?_where=quantity=3", " open")],
)
async def test_counts_are_open_only_of_rows_that_are_filtered(served, asked, opened):
    page = (await served.client.get(f"/coalition/sanctions_defiance{asked}")).text
    assert f'<details class="facets"{opened}><summary>Counts by' in page


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("partners_on_date?as_of=yesterday", "a date is written YYYY-MM-DD"),
        ("partners_on_date?as_of=2014-13-45", "a date is written YYYY-MM-DD"),
        ("exercises_by_year?confidence=hgih", "values are any, medium, high"),
    ],
)
@pytest.mark.parametrize("form", ["", ".json", ".csv"])
async def test_a_query_refuses_a_value_that_is_none(served, address, sentence, form):
    page = await served.client.get(f"/coalition/{address.replace('?', form + '?')}")
    assert page.status_code == 400 and sentence in page.text


@pytest.mark.parametrize("form", ["", ".json", ".csv"])
@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("exercises?yeer__gte=2024", "yeer__gte"),
        ("exercises?nope=1&year=2024", "columns are id, name"),
        ("exercises?_year__gte=2024", "names no column of exercises"),
        ("exercises?year__foo=2024", "comparisons are exact, not, contains"),
        ("events?nope__isnull=1", "columns are id, type"),
        ("country_year?nope=1", "names no column of country_year"),
        ("exercises?_through=x", "_through is JSON"),
        ("exercises?_through=%5B%5D", "_through is JSON"),
        ('exercises?_through={"table":"exercise_participants"}', "_through is JSON"),
        ('exercises?_through={"table":1,"column":"actor_id","value":"RUS"}', "_through is JSON"),
        ('exercises?_through={"table":"exercise_participants","column":"actor_id","value":[1]}', "_through is JSON"),
        ('exercises?_through={"table":"nope","column":"actor_id","value":"RUS"}', "_through"),
    ],
)
async def test_a_table_refuses_a_filter_by_what_is_no_column(served, address, sentence, form):
    page = await served.client.get(f"/coalition/{address.replace('?', form + '?')}")
    assert page.status_code == 400 and sentence in page.text
    assert not form or page.json()["ok"] is False


@pytest.mark.parametrize("key", COMPARISONS)
async def test_a_table_takes_every_comparison(served, key):
    column = "actors" if key.startswith("array") else "year"
    assert (await served.client.get(f"/coalition/events.json?{column}__{key}=2024&_size=1")).status_code == 200


async def test_a_table_without_a_key_is_filtered_by_its_rowid(served):
    found = (await served.client.get("/coalition/event_actors.json?rowid=1&_shape=array")).json()
    assert [row["rowid"] for row in found] == [1]


@pytest.mark.parametrize(("path", "kind"), [("/coalition", "text/plain"), ("/coalition.json", "application/json")])
async def test_one_reader_too_many_is_asked_to_come_again(monkeypatch, path, kind):
    monkeypatch.setattr(lanes, "WAITING", -lanes.AT_ONCE)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(lanes.Lane(None)), base_url="http://test")
    answer = await client.get(f"{path}?sql=select+1")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "5") and kind in answer.headers["content-type"]
    assert "try again" in (answer.json()["error"] if kind == "application/json" else answer.text)


@pytest.mark.parametrize(("method", "code"), [("OPTIONS", 204), ("POST", 405)])
async def test_a_method_that_is_no_question_is_answered_to_the_end(method, code):
    client = httpx.AsyncClient(transport=httpx.ASGITransport(ReadOnly(None)), base_url="http://test")
    answer = await client.request(method, "/search")
    assert answer.status_code == code and ("read-only" in answer.text or not answer.text)


@pytest.mark.parametrize("table", ["sanctions_defiance", "exercises"])
async def test_a_table_tells_what_each_row_is_before_its_codes(served, table):
    page = (await served.client.get(f"/coalition/{table}?_size=2")).text
    shown = re.findall(r'<th [^>]*data-column="(\w+)"', page)
    cells = re.findall(r'<td class="col-(\w+)', page)
    assert cells == shown * 2 and set(shown) >= set(CODEBOOK.table(table).names)
    assert shown[2] == "summary" if table == "sanctions_defiance" else shown[1] == "name"


@pytest.mark.parametrize("name", ["utm_source", "fbclid", "gclid", "ref", "mc_cid", "srsltid", "utm%5Fid", "_trace"])
async def test_names_that_track_readers_filter_nothing(served, name):
    plain = await served.client.get("/coalition/exercises.json?year=2024&_shape=array")
    followed = await served.client.get(f"/coalition/exercises.json?year=2024&{name}=x&_shape=array")
    assert followed.json() == plain.json() != []
    assert f"{name}=x" not in (await served.client.get(f"/coalition/exercises?{name}=x")).text


async def test_a_table_is_filtered_through_the_rows_of_another(served):
    through = '{"table":"exercise_participants","column":"actor_id","value":"MNG"}'
    found = (await served.client.get(f"/coalition/exercises.json?_through={through}&_shape=array")).json()
    assert len({row["id"] for row in found}) == len(found) > 0


@pytest.mark.parametrize("form", [".json", ".csv", ".svg", ".embed", ".records"])
async def test_a_link_to_a_query_that_tracks_readers_leads_to_the_same(served, form):
    asked = f"/coalition/exercises_by_year{form}?" + ("number=exercises&at_year=2016" if form == ".records" else "")
    plain, followed = [await served.client.get(asked + more) for more in ("", "&fbclid=x&utm_source=y")]
    assert plain.status_code == followed.status_code == 200 and "fbclid" not in followed.text


def test_no_column_or_parameter_is_taken_for_a_name_that_tracks_readers(codebook, served):
    names = [column.name for table in codebook.tables for column in (*table.columns, *table.derived)]
    names += [name for query in named_queries(served).values() for name in query.get("params") or ()]
    assert not [name for name in names if TRACKING.fullmatch(name.encode())]


@pytest.mark.parametrize(
    "query", ["_size=", "_next=", "_stream=", "_stream=on", "utm_source=x", "utm%5Fsource=x&srsltid=y"]
)
async def test_a_csv_of_a_table_asked_for_in_other_words_is_the_same(served, query):
    whole = await served.client.get("/coalition/event_actors.csv")
    assert (await served.client.get(f"/coalition/event_actors.csv?{query}")).content == whole.content
    assert meant(query.encode(), csv=True) == meant(b"", csv=True)


async def test_a_parameter_of_free_sql_may_have_any_name(served):
    answer = await served.client.get("/coalition.json?sql=select+:ref+as+a&ref=x&_shape=array")
    assert answer.json() == [{"a": "x"}]


@pytest.mark.parametrize("query", ["", "kind=speech", "_sort=date&signatory_count__gte=2", "_dl=1", "utm_source=x"])
async def test_the_csv_of_a_table_is_whole(served, query):
    count = (await served.client.get(f"/coalition/statements.json?{query}&_size=1")).json()["filtered_table_rows_count"]
    answer = await served.client.get(f"/coalition/statements.csv?{query}")
    assert len(list(csv.reader(io.StringIO(answer.text, newline="")))) == count + 1
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert ("content-disposition" in answer.headers) == ("_dl" in query)


@pytest.mark.parametrize("query", ["_size=7", "_size=7&_next=100", "_size=7&actor_id=RUS"])
async def test_a_part_of_a_table_as_csv_is_what_was_asked_for(served, query):
    lines = (await served.client.get(f"/coalition/event_actors.csv?{query}")).text.splitlines()
    assert len(lines) == 8


async def test_the_form_of_export_gives_all_rows_from_a_later_page_as_well(served):
    first = (await served.client.get("/coalition/exercises.json?_size=10&_shape=objects")).json()
    page = (await served.client.get(f"/coalition/exercises?_size=10&_next={first['next']}")).text
    form = re.search(r'<form action="/coalition/exercises.csv".+?</form>', page, re.S)[0]
    assert 'name="_next"' not in form and 'name="_size"' not in form


async def test_all_rows_as_csv_are_all_rows_on_a_later_page_as_well(served):
    first = (await served.client.get("/coalition/exercises.json?_size=10&_shape=objects")).json()
    page = (await served.client.get(f"/coalition/exercises?_size=10&_next={first['next']}")).text
    link = re.search(r'href="([^"]*_stream=on)"', page)[1].replace("&amp;", "&")
    lines = (await served.client.get(link)).text.splitlines()
    assert len(lines) == first["filtered_table_rows_count"] + 1


async def test_a_statement_shows_its_themes(served):
    page = (await served.client.get("/coalition/statements/2022-02-china-russia-new-era")).text
    assert '<a href="/coalition/themes/anti-bloc">' in page


@pytest.mark.parametrize(("words", "actor"), [("USA", "USA"), ("asean", "ASEAN"), ("Turkey", "TUR"), ("东盟", "ASEAN")])
async def test_an_actor_is_found_by_its_code_and_other_names(served, words, actor):
    page = (await served.client.get("/search", params={"q": words})).text
    assert f'<a href="/country/{actor}">' in page
