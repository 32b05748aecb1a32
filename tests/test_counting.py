"""Claims about numbers: each that a named query counts leads to just so many records."""

import random
import re
import sqlite3
from html import unescape

import pytest
from datasette.utils import tilde_encode
from markupsafe import escape

from coalition import ROOT
from coalition.counting import AT, MOST, is_counting, records_query_string, records_sql
from coalition.metadata import defaults, queries, read_metadata, sql_of
from tests.conftest import CODEBOOK

METADATA, _ = read_metadata(ROOT, CODEBOOK)
COUNTING = {name: query for name, query in queries(METADATA).items() if is_counting(query)}
SAMPLE = 40  # rows of a query


@pytest.fixture(scope="module")
def db(database):
    with sqlite3.connect(f"{database.as_uri()}?immutable=1", uri=True) as db:
        db.row_factory = sqlite3.Row
        yield db


def rows(db, query) -> list[sqlite3.Row]:
    found = db.execute(sql_of(query), defaults(query)).fetchall()
    return random.Random(len(found)).sample(found, min(SAMPLE, len(found)))


@pytest.mark.parametrize("name", COUNTING)
def test_a_number_is_that_of_its_records(db, name):
    query = COUNTING[name]
    for row in rows(db, query):
        at = {column: "" if row[column] is None else str(row[column]) for column in query["counted"]["by"]}
        values = defaults(query) | {AT + column: value for column, value in at.items()}
        for number in query["counted"]["numbers"]:
            listed = db.execute(records_sql(query, number, at), values).fetchall()
            assert len(listed) == row[number], (number, dict(row))


@pytest.mark.parametrize("name", COUNTING)
async def test_each_number_of_a_page_is_a_link_to_a_page_with_as_many_records(served, db, name):
    query, row = COUNTING[name], db.execute(sql_of(COUNTING[name]), defaults(COUNTING[name])).fetchone()
    page = (await served.client.get(f"/coalition/{name}")).text
    for number in query["counted"]["numbers"]:
        if row[number]:
            asked = records_query_string(query, number, row, {})
            link = f"/coalition/{name}.records?{asked}"
            assert f'<a href="{link.replace("&", "&amp;")}" rel="nofollow">{row[number]}</a>' in page
            listed = (await served.client.get(f"/coalition/{name}.records?{asked}")).text
            assert f"{min(row[number], MOST):,} record" in listed
            data = (await served.client.get(f"/coalition/{name}.records.json?{asked}")).json()
            assert len(data["records"]) == min(row[number], MOST) and data["truncated"] == (row[number] > MOST)
            lines = (await served.client.get(f"/coalition/{name}.records.csv?{asked}")).text.splitlines()
            assert len(lines) == row[number] + 1


async def test_the_links_of_a_page_of_records_lead_somewhere(served):
    page = (await served.client.get("/coalition/exercises_by_year.records?at_year=2016&confidence=high")).text
    links = set(re.findall(r'href="(/coalition/exercises_by_year[^"]*)"', page))
    assert len(links) == 4, links  # the query, with what was chosen and without, CSV and JSON
    for link in links:
        assert (await served.client.get(unescape(link))).status_code == 200, link


async def test_without_a_column_all_of_its_values_count(served, db):
    by_year = COUNTING["exercises_by_year"]
    rows = db.execute(sql_of(by_year), defaults(by_year)).fetchall()
    for asked, wanted in (("", rows), ("?at_year=2016", [row for row in rows if row["year"] == 2016])):
        data = (await served.client.get(f"/coalition/exercises_by_year.records.json{asked}")).json()
        assert len(data["records"]) == sum(row["exercises"] for row in wanted) > 0


async def test_a_page_of_records_speaks_of_what_was_chosen_in_words(served):
    page = (await served.client.get("/coalition/exercises_by_year.records?at_year=2016&partner=PAK")).text
    assert "With: Pakistan." in page and "Confidence" not in page.split("<main")[1]
    page = (await served.client.get("/coalition/co_signers.records?number=statements&at_actor_id=PAK")).text
    assert 'the state is <a href="/country/PAK">Pakistan</a>' in page


@pytest.mark.parametrize("form", ["", ".json", ".csv"])
@pytest.mark.parametrize(
    "asked", ["exercises_by_year.records{}?at_domain=maritim", "coalition_core.records{}?at_actor_id=CHN"]
)
async def test_records_of_no_row_of_the_answer_are_not_there(served, form, asked):
    response = await served.client.get(f"/coalition/{asked.format(form)}")
    assert response.status_code == 404
    if form:
        assert response.json()["error"].startswith("Nothing is counted at ")


async def test_a_choice_of_the_reader_stays_with_the_records(served):
    page = (await served.client.get("/coalition/exercises_by_year?partner=PAK&confidence=high")).text
    assert (
        "/coalition/exercises_by_year.records?confidence=high&amp;partner=PAK&amp;number=exercises&amp;at_year=" in page
    )


@pytest.mark.parametrize("form", ["", ".json", ".csv"])
@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("number=nothing", "'nothing' is not a number of this query; its numbers are exercises"),
        (
            "at_colour=red",
            "There is no parameter 'at_colour' here; parameters of this page: number, at_year, at_domain,",
        ),
        ("confidence=certain", "'certain' is not a value of confidence"),
        ("year=2016", "There is no parameter 'year' here"),
        ("_shape=array", "There is no parameter '_shape' here"),
    ],
)
async def test_what_cannot_be_listed_is_told_in_a_sentence(served, form, asked, sentence):
    response = await served.client.get(f"/coalition/exercises_by_year.records{form}?{asked}")
    told = response.json()["error"] if form else unescape(response.text)
    assert response.status_code == 400 and sentence in told


@pytest.mark.parametrize("name", ["partner_ladder", "exercises", "nothing", tilde_encode("a/b")])
async def test_what_counts_nothing_has_no_records_page(served, name):
    assert (await served.client.get(f"/coalition/{name}.records")).status_code == 404


@pytest.mark.parametrize("confidence", ["any", "high"])
async def test_our_number_beside_a_published_one_leads_to_the_query_that_gives_it(served, db, confidence):
    chosen = f"subject=exercises&confidence={confidence}"
    page = (await served.client.get(f"/coalition/our_counts_against_published?{chosen}")).text
    sql = "select query, ours from published_counts join published_totals on published_total_id = published_totals.id"
    for query, ours in db.execute(f"{sql} where asked = ? and subject = 'exercises'", [confidence]):
        address = query if confidence == "any" else f"{query}&confidence={confidence}"
        assert f'href="/coalition/{escape(address)}"' in page
        answer = (await served.client.get(f"/coalition/{address}")).text
        assert (
            f".records?{escape(address.partition('?')[2])}&amp;number=exercises" in answer and f">{ours}</a>" in answer
        )
