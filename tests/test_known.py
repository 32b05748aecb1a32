"""Claims about facets: counted once, the same as Datasette's, and never without a limit for a reader."""

import json
import sqlite3
from collections import Counter

import pytest

from coalition import ROOT
from coalition.known import MOST, MOST_CHOSEN, Known, by_key, by_link, is_facet, patient, statement
from coalition.metadata import read_metadata
from coalition.serving import site
from coalition.warming import warm_up
from tests.conftest import CODEBOOK

TABLES = read_metadata(ROOT, CODEBOOK)[0]["databases"]["coalition"]["tables"]
FACETED = [name for name in TABLES if TABLES[name].get("facets")]


def column_facet(source: str) -> str:
    return f"""
        select kind as value, count(*) as count from (
            {source}
        ) where kind is not null
        group by kind order by count desc, value limit 21
    """


@pytest.mark.parametrize("table", FACETED)
async def test_facets_count_what_the_rows_hold(served, table):
    address = f"/coalition/{table}.json?_shape=objects&_size=1&_facet_size=max"
    found = (await served.client.get(address)).json()["facet_results"]
    facets = list(found.values() if isinstance(found, dict) else found)
    columns = ", ".join(f'"{facet["name"]}"' for facet in facets)
    rows = await served.get_database("coalition").execute(f'select {columns} from "{table}"')
    assert len(facets) == len(TABLES[table]["facets"])
    for facet in facets:
        counted = {}
        for row in rows.rows:
            value = row[facet["name"]]
            for item in set(json.loads(value)) if facet["type"] == "array" else [value]:
                if item is not None:
                    counted[item] = counted.get(item, 0) + 1
        for shown in facet["results"]:
            assert shown["count"] == counted[shown["value"]], (facet["name"], shown)
        assert facet["truncated"] or len(facet["results"]) == len(counted)


async def test_the_facets_of_a_whole_table_are_counted_once(database):
    fresh = site(ROOT, database)
    await fresh.invoke_startup()
    asked = []

    async def counting(execute, sql, *args, **kwargs):
        asked.append(sql)
        return await execute(sql, *args, **kwargs)

    known = known_of(fresh)
    execute = known.execute
    known.execute = lambda sql, *args, **kwargs: counting(execute, sql, *args, **kwargs)
    for order in ("_sort=title", "_sort_desc=title", "_size=7"):
        await fresh.client.get(f"/coalition/events.json?{order}")
    facets = [sql for sql in asked if is_facet(sql)]
    assert len(facets) == len(set(facets)) == len(TABLES["events"]["facets"])


def known_of(datasette) -> Known:
    """Return the Known that is wrapped by the other wrappers of Database.execute."""
    function = datasette.get_database("coalition").execute
    for _ in range(5):
        if isinstance(function, Known):
            return function
        cells = [cell.cell_contents for cell in function.__closure__ or ()]
        function = next(cell for cell in cells if callable(cell))
    raise AssertionError("no Known")


@pytest.mark.parametrize("path", ["/", "/coalition/exercises_by_year", "/coalition/exercises_by_year.svg"])
async def test_what_the_site_itself_asks_is_asked_once(database, path):
    fresh = site(ROOT, database)
    await fresh.invoke_startup()
    known = known_of(fresh)
    execute, asked = known.execute, []

    async def counting(sql, *args, **kwargs):
        asked.append(sql)
        return await execute(sql, *args, **kwargs)

    known.execute = counting
    for number in range(3):
        assert (await fresh.client.get(f"{path}?_fresh={number}")).status_code == 200
    own = [sql for sql in asked if "from exercises" in sql or "from country_profile" in sql]
    # Once with the default of each parameter, for the chart; once with none, for the rows.
    assert own and max(Counter(own).values()) <= 2


async def test_a_choice_from_a_short_list_is_known_before_anybody_makes_it(database):
    fresh = site(ROOT, database)
    await fresh.invoke_startup()
    known = known_of(fresh)
    await known.learn()
    known.execute = None  # whatever is not known fails
    for params in ({"confidence": "high"}, {"confidence": "any"}, {"confidence": ""}):
        sql = fresh.metadata("queries", database="coalition")["sources_by_kind"]["sql"]
        assert (await known(sql, params, truncate=True)).rows


async def test_of_queries_with_a_choice_of_their_reader_only_the_last_are_held(served):
    """What is offered to choose from is held from the first answer on; of what was chosen, so much."""
    known, held = known_of(served), []
    sql = "select id from actors where id in (select partner_id from partnerships) order by id limit ?"
    partners = (await served.get_database("coalition").execute(sql, [MOST_CHOSEN + 3])).rows
    for (country,) in partners:
        answer = await served.client.get(f"/coalition/partner_ladder.json?country={country}&_shape=array")
        assert answer.status_code == 200 and answer.json()
        held.append(len(known._ours))
    assert len(partners) > MOST_CHOSEN == len(known._chosen) and len(set(held)) == 1


@pytest.mark.parametrize("lookup", ["arraycontains", "arraynotcontains"])
async def test_events_of_an_actor_are_found_by_the_links_and_are_the_same(served, lookup):
    address = f"/coalition/events.json?actors__{lookup}=PAK&_shape=objects&_size=1"
    found = (await served.client.get(address)).json()
    no = "not " if "not" in lookup else ""
    by_array = f"select count(*) from events where 'PAK' {no}in (select value from json_each(actors))"
    rows = await served.get_database("coalition").execute(by_array)
    assert found["filtered_table_rows_count"] == rows.single_value() > 0
    for name in ("[events].[actors]", '"events"."actors"', "events.actors"):
        assert "json_each" not in by_link(f":p0 {no}in (select value from json_each({name}))")


def test_only_the_parameters_that_sql_names_make_another_question():
    assert statement("select :a;\n", {"a": 1, "_fresh": 2}) == statement("select :a", {"a": 1})
    assert statement("select :a", {"a": 1}) != statement("select :a", {"a": 2})
    assert statement("select ?", (1,)) != statement("select ?", (2,))


async def test_a_filter_is_counted_anew(served):
    whole = (await served.client.get("/coalition/exercises.json?_shape=objects")).json()["facet_results"]
    narrow = (await served.client.get("/coalition/exercises.json?_shape=objects&status=announced")).json()
    assert whole["domain"]["results"] != narrow["facet_results"]["domain"]["results"]


async def slow_site(database):
    """A site whose facets have no time to speak of."""
    settings = json.loads((ROOT / "settings.json").read_text()) | {"facet_time_limit_ms": 1}
    slow = site(ROOT, database, settings=settings)
    await slow.invoke_startup()
    return slow


@pytest.mark.long
async def test_a_facet_stopped_by_the_limit_is_counted_whole_before_the_site_opens(database):
    slow = await slow_site(database)
    await warm_up(slow)
    assert await facets_of(slow) == len(TABLES["events"]["facets"])


async def test_a_facet_stopped_by_the_limit_is_left_out_for_a_reader_who_comes_before(database):
    assert await facets_of(await slow_site(database)) < len(TABLES["events"]["facets"])


async def facets_of(datasette) -> int:
    page = (await datasette.client.get("/coalition/events.json?_shape=objects&_size=3")).json()
    return len(page["facet_results"])


async def test_a_reader_never_counts_without_a_limit(database, monkeypatch):
    assert patient.get() is False
    monkeypatch.setattr(Known, "_counted", lambda *_: pytest.fail("counted without a limit"))
    slow = site(ROOT, database, settings={"sql_time_limit_ms": 20})
    await slow.invoke_startup()
    bomb = column_facet("with recursive c(kind) as (select 1 union all select kind + 1 from c) select kind from c")
    answer = await slow.client.get("/coalition.json", params={"sql": bomb.strip()})
    assert answer.status_code == 400


async def test_readers_cannot_fill_the_memory_with_facets(served):
    known = Known(served.get_database("coalition"))
    for number in range(MOST + 50):
        await known(column_facet(f"select kind from actors limit {number}"))
    assert len(known._facets) == MOST


@pytest.mark.parametrize("source", ["select random() as kind", "select datetime('now') as kind"])
def test_what_changes_is_not_known(source):
    assert is_facet(column_facet("select kind from actors")) and not is_facet(column_facet(source))


def test_an_array_facet_by_key_is_the_same_and_compares_less(database):
    sql = """
        with inner as (select id, title, actors from events ),
        deduped_array_items as (
            select
                distinct j.value,
                inner.*
            from
                json_each([inner].actors) j
                join inner
        )
        select value as value, count(*) as count from deduped_array_items
        group by value order by count(*) desc, value limit 21
    """
    faster = by_key(sql, {"events": ["id"]})
    other = by_key(sql.replace("actors", "memberships").replace("from events", "from t"), {"t": ["id"]})
    assert "distinct j.value, inner.id" in other and "distinct" not in faster and "inner.*" not in faster
    with sqlite3.connect(database) as db:
        assert db.execute(sql).fetchall() == db.execute(faster).fetchall()
        values = "(select count(distinct value) from json_each(actors))"
        assert not db.execute(f"select id from events where json_array_length(actors) > {values}").fetchall()
    sql = sql.replace("from events", "from t")
    assert by_key(sql, {}) == by_key(sql, {"t": ["other"]}) == sql
