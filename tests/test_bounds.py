"""Claims about bounds: what is not counted or shown to the end says so, and what is shown is right."""

import csv
import io
import re
import sqlite3

import pytest

from coalition import ROOT, bounding
from coalition.charts import answers
from coalition.limits import Measured, TooMuch
from coalition.paging import stepwise
from coalition.schema import create_indexes
from coalition.serving import site
from tests.conftest import CODEBOOK

FILTERS = [
    "type=exercise",
    "actors__arraycontains=PAK",
    "_search=Iran",
    "year__gt=2000&_search=China",
    "title__contains=a",
]
LATER = (
    "select id, date from t where (date {sign} :p1{none} or (date = :p1 and ((id > :p0)))) "
    "order by date{desc}, id limit 3"
)


@pytest.fixture
def plugin(served):
    """Return a plugin of the site by the name of its file."""
    from datasette.plugins import pm

    return lambda name: next(p for p in pm.get_plugins() if getattr(p, "__file__", "").endswith(f"plugins/{name}.py"))


@pytest.fixture
async def tight(database, monkeypatch, plugin):
    """A site over the whole dataset that counts and shows as if it were a thousand times as large."""
    monkeypatch.setattr(plugin("immutable"), "MOST_COUNTED", 40)
    monkeypatch.setattr(plugin("bounded_facets"), "MOST_FACETED", 30)
    monkeypatch.setattr(plugin("country_pages"), "MOST_READ", 7)
    datasette = site(ROOT, database)
    await datasette.invoke_startup()
    return datasette


async def rows_of(datasette, path: str) -> dict:
    return (await datasette.client.get(f"{path}&_shape=objects")).json()


@pytest.mark.parametrize("query", FILTERS)
async def test_more_rows_than_are_counted_are_said_to_be_more(tight, query):
    found = await rows_of(tight, f"/coalition/events.json?{query}")
    assert found["filtered_table_rows_count"] is None
    page = (await tight.client.get(f"/coalition/events?{query}")).text
    assert "<b>more than 40</b> rows" in page and "only the newest 30 are counted" in page
    assert {facet["counted_rows"] for facet in found["facet_results"].values()} == {30}
    assert sum(each["count"] for each in found["facet_results"]["type"]["results"]) == 30


@pytest.mark.parametrize("query", FILTERS)
async def test_rows_met_on_the_way_are_those_that_are_looked_up(served, monkeypatch, query):
    addresses = [
        f"/coalition/events.json?{query}{more}" for more in ("", "&_sort=title", "&_size=500", "&_next=2018-01-01,x")
    ]
    looked_up = [(await rows_of(served, address))["rows"] for address in addresses]
    monkeypatch.setattr(bounding, "MANY", 10)
    monkeypatch.setattr(bounding, "MANY_FOR_LONG", 10)
    for address, rows in zip(addresses, looked_up, strict=True):
        assert (await rows_of(served, f"{address}&_fresh=1"))["rows"] == rows and rows


async def test_what_is_counted_whole_says_nothing_of_a_bound(served):
    found = await rows_of(served, "/coalition/events.json?type=exercise")
    assert not any("counted_rows" in facet for facet in found["facet_results"].values())
    assert found["filtered_table_rows_count"] == sum(
        each["count"] for each in found["facet_results"]["confidence"]["results"]
    )
    page = (await served.client.get("/coalition/events?type=exercise")).text
    assert "<b>more than" not in page and "are counted here" not in page


@pytest.mark.parametrize("query", ["_facet=publisher", "_facet=publisher&kind=press"])
async def test_a_facet_that_the_table_has_anyway_is_counted_once(served, query):
    facets = (await rows_of(served, f"/coalition/sources.json?{query}"))["facet_results"]
    assert sorted(facets) == ["kind", "language", "publisher"]


async def test_a_readers_own_count_is_whole(tight):
    sql = "select count(*) from events where type = 'exercise'"
    found = (await tight.client.get("/coalition.json", params={"sql": sql, "_shape": "arrays"})).json()
    assert found["rows"][0][0] > 40


async def test_later_pages_count_the_whole_table_as_the_first_does(served):
    first = await rows_of(served, "/coalition/events.json?_size=5")
    second = await rows_of(served, f"/coalition/events.json?_size=5&_next={first['next']}&_fresh=1")
    counts = [[r["count"] for r in page["facet_results"]["type"]["results"]] for page in (first, second)]
    assert counts[0] == counts[1] and first["rows"] != second["rows"]


@pytest.mark.parametrize(("sign", "none", "desc"), [("<", " or date is null", " desc"), (">", "", "")])
def test_a_later_page_is_a_step_in_an_index_and_has_the_same_rows(sign, none, desc):
    db = sqlite3.connect(":memory:")
    db.execute("create table t (id text primary key, date text)")
    db.execute("create index t_date on t(date)")
    db.executemany("insert into t values (?, ?)", [(f"{n:02}", None if n % 7 == 0 else str(n % 5)) for n in range(40)])
    sql = LATER.format(sign=sign, none=none, desc=desc)
    for place in ({"p1": "2", "p0": "12"}, {"p1": "0", "p0": "99"}, {"p1": "4", "p0": ""}):
        assert db.execute(sql, place).fetchall() == db.execute(stepwise(sql), place).fetchall()
    plan = [row[3] for row in db.execute(f"explain query plan {stepwise(sql)}", {"p1": "2", "p0": "12"})]
    assert "MULTI-INDEX OR" not in plan and any("t_date (date" in step for step in plan)


@pytest.mark.parametrize("table", ["events", "sources", "exercises"])
async def test_the_order_of_a_page_is_that_of_an_index_with_and_without_a_facet(database, table):
    metadata = site(ROOT, database).metadata("tables", database="coalition")[table]
    facet, order = metadata["facets"][0], metadata["sort_desc"]
    with sqlite3.connect(database) as db:
        for where in ("", f"where {facet} = 'x'"):
            plan = db.execute(f"explain query plan select * from {table} {where} order by {order} desc, id limit 51")
            assert "USE TEMP B-TREE FOR ORDER BY" not in [row[3] for row in plan], where


def test_every_index_is_made_once():
    made = create_indexes(CODEBOOK.table("events"), ["type", "date"], ["date", "title"])
    assert len(made) == len(set(made))


async def test_the_csv_of_a_state_is_whole_and_its_json_says_where_it_is_cut(tight):
    sql = """select id from events where type <> 'partnership' and id in
      (select event_id from event_actors where actor_id = 'RUS') order by date desc, id"""
    whole = [row["id"] for row in await tight.get_database("coalition").execute(sql)]
    lines = csv.DictReader(io.StringIO((await tight.client.get("/country/RUS.csv")).text))
    assert [line["id"] for line in lines] == whole
    part = (await tight.client.get("/country/RUS.json")).json()
    assert part["truncated"] is True and part["all_events"].endswith("/country/RUS.csv")
    assert [event["id"] for event in part["events"]] == whole[:7]


async def test_many_records_are_in_several_sitemaps_and_each_in_one(served, plugin, monkeypatch):
    one = await addresses_in(served, "/sitemap.xml")
    monkeypatch.setattr(plugin("feeds"), "MOST", 300)
    parts = await addresses_in(served, "/sitemap.xml?_fresh=1")
    several = [await addresses_in(served, f"/{part.rsplit('/', 1)[1]}") for part in parts]
    assert sorted(address for part in several for address in part) == sorted(one)
    assert len(parts) > 3 and all(0 < len(part) <= 300 for part in several[1:])
    assert (await served.client.get("/sitemap-99.xml")).status_code == 404


async def addresses_in(datasette, path: str) -> list[str]:
    return re.findall("<loc>(.*?)</loc>", (await datasette.client.get(path)).text)


async def test_a_choice_of_too_many_is_a_field(served, monkeypatch):
    chosen = "/coalition/signatories_counted"
    assert '<select name="statement"' in (await served.client.get(chosen)).text
    monkeypatch.setattr(answers, "MOST_OPTIONS", 5)
    page = (await served.client.get(f"{chosen}?_fresh=1")).text
    assert '<input type="text" name="statement"' in page and '<select name="statement"' not in page


@pytest.mark.parametrize("path", ["/country/RUS.json", "/coalition/un_signatures", "/coalition/un_signatures.svg"])
async def test_an_answer_that_is_too_long_says_so(database, monkeypatch, path):
    monkeypatch.setattr(Measured.__init__, "__defaults__", (60_000,))
    small = site(ROOT, database)
    await small.invoke_startup()
    answer = await small.client.get(path)
    assert answer.status_code == 400 or (path.endswith("signatures") and answer.status_code == 200)
    assert "longer than" in answer.text


def test_a_failure_for_length_is_the_readers(plugin):
    status, _, words = plugin("error_pages").told(TooMuch("the answer is longer than 8 MB; ask for fewer rows"))
    assert status == 400 and words == "The answer is longer than 8 MB; ask for fewer rows"


def test_another_tables_index_is_not_taken_for_the_rows_of_this_one():
    sql = "select count(*) from events where rowid in (select rowid from sources_fts where sources_fts match :search)"
    assert "from events where rowid in" in bounding.bounded_count(sql, 9)
    assert "from events" not in bounding.bounded_count(sql.replace("sources", "events"), 9).replace("events_fts", "")


def test_lists_inside_a_question_of_a_readers_own_are_left_alone():
    search = "rowid in (select rowid from events_fts where events_fts match escape_fts(:search))"
    page = f"select id from events where {search} order by date desc, id limit 51"
    assert len(bounding.long_lists(page)) == 1
    inside = f"select id from actors where id in (select id from events where {search}) order by id limit 9"
    assert not bounding.long_lists(inside)


async def test_a_filter_of_a_readers_own_without_a_parameter_is_counted_too(served):
    response = await served.client.get("/coalition/events.json?_where=year%3E2015")
    assert response.status_code == 200 and response.json()["facet_results"]
