"""Claims about the site's own pages: each answers, leads on, and survives what readers type."""

import re
from html import unescape

import pytest
from markupsafe import escape

from coalition.asking import PAGES, ask
from coalition.naming import linked
from coalition.searching import MOST_SHOWN, marked
from coalition.wording import TABLE_WORDS, date_in_words, host, period_in_words
from tests.conftest import CODEBOOK

PATHS = ["/", "/countries", "/country/RUS", "/country/TUV", "/country/SCO", "/country/CHN", "/search?q=Iran", "/claims",
         "/codebook", "/charts", "/coalition/exercises_counted.records",
         "/developers", "/embedding", "/audit", "/downloads", "/releases"]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
async def test_every_page_answers_and_its_links_do(served, path):
    response = await served.client.get(path)
    assert response.status_code == 200
    links = sorted(set(re.findall(r'href="(/[^"#?]*)', response.text)) - {"/"})
    step = max(1, len(links) // 25)
    for link in links[::step]:
        assert (await served.client.get(link)).status_code == 200, (path, link)


@pytest.mark.parametrize("path", [*PATHS, "/coalition/events", "/coalition/exercises_by_year"])
async def test_a_link_to_a_place_in_a_page_finds_one_such_place(served, path):
    for page, place in {(path, ""), *re.findall(r'href="(/[^"#]*|)#([^"]+)"', (await served.client.get(path)).text)}:
        places = re.findall(r'\sid="([^"]+)"', (await served.client.get(page or path)).text)
        assert not place or place in places, (page, place)
        assert len(places) == len(set(places)), sorted(p for p in set(places) if places.count(p) > 1)


@pytest.mark.parametrize("table", ["partnerships", "exercises", "statements", "sanctions_defiance"])
async def test_a_record_shows_its_documents(served, table):
    rows = (await served.client.get(f"/coalition/{table}.json?_shape=array&_size=5")).json()
    for row in rows:
        page = (await served.client.get(f"/coalition/{table}/{row['id']}")).text
        assert "<h2>Documents</h2>" in page and 'rel="nofollow noopener"' in page and "Confidence:" in page


async def test_ids_that_a_record_names_lead_to_their_records(served):
    page = (await served.client.get("/coalition/sanctions_defiance/2012-irn-zhuhai-zhenrong")).text
    link = '<a href="/coalition/sanctions_defiance/2019-07-irn-zhuhai-zhenrong">2019-07-irn-zhuhai-zhenrong</a>'
    assert page.count(f"Listed anew in July 2019: {link}.") == 2  # above, and in the row


def test_only_an_id_by_itself_is_a_link_and_the_rest_is_inert():
    known = {"rus-1996": "/r"}
    assert str(linked("<b>rus-1996</b>", known)) == '&lt;b&gt;<a href="/r">rus-1996</a>&lt;/b&gt;'
    for text in ("rus-1997", "rus-1996-b", "belarus-1996", "https://x.org/rus-1996"):
        assert str(linked(text, known)) == text


async def test_a_record_tells_china_s_position_and_the_note_apart(served):
    sql = "select id, china_position, note from sanctions_defiance where china_position > '' and note > '' limit 5"
    for name, position, note in (await served.get_database("coalition").execute(sql)).rows:
        page = unescape((await served.client.get(f"/coalition/sanctions_defiance/{name}")).text)
        lead = re.search(r'<p class="lead">.+?</p>', page)[0]
        assert position not in lead and note not in lead
        for text in (f"China’s position:</b> {position}", f"Note:</b> {note}"):
            assert text in re.sub(r"<(?!/b>)[^>]+>", "", page)


async def test_a_document_tells_where_it_is(served):
    page = (await served.client.get("/coalition/sanctions_defiance/2012-irn-zhuhai-zhenrong")).text
    assert '</a>, MEED <span class="small">meed.com</span>, 19 January 2012' in page
    deceiving = ("https://nato.int@evil.example/", r"https://evil.example\@nato.int/", "https://www.evil.example:8/a@b")
    assert {host(url) for url in deceiving} == {"evil.example"} and host("javascript:x") == ""


@pytest.mark.parametrize("actor", ["CHN", "RUS", "PAK", "TUV"])
async def test_the_newest_events_of_a_state_are_the_same_by_either_way(served, actor):
    latest = {"before": "9999", "before_id": ""}
    ways = [await ask(served, "actor_events", id=actor, most=50, many=many, **latest) for many in (False, True)]
    assert ways[0] == ways[1] and ways[0]


async def test_a_state_without_record_is_said_so(served):
    without = await served.get_database("coalition").execute(
        "select id, name from actors where kind = 'state' and id not in (select actor_id from event_actors) limit 3"
    )
    assert without.rows, "every state has a record; the page for one without cannot be tested"
    for code, name in without.rows:
        page = (await served.client.get(f"/country/{code}")).text
        assert "No partnership with China is on record." in page
        assert f"Nothing is on record for {escape(name)}" in page and "<svg" not in page


@pytest.mark.parametrize("path", ["/country/XYZ", "/country/XYZ.json", "/coalition/actors/XYZ", "/nothing"])
async def test_what_is_not_there_is_a_404_without_trace(served, path):
    response = await served.client.get(path)
    assert response.status_code == 404 and "Traceback" not in response.text


@pytest.mark.parametrize("form", ["", ".json"])
async def test_the_page_of_a_withdrawn_record_says_why(served, form):
    sql = "select table_name, record_id, reason from corrections where now = 'withdrawn'"
    for table, name, reason in (await served.get_database("coalition").execute(sql)).rows:
        response = await served.client.get(f"/coalition/{table}/{name}{form}")
        said = response.json()["error"] if form else response.text
        assert response.status_code == 410 and (reason if form else escape(reason)) in said
        assert (await served.client.get(f"/coalition/events/{name}{form}")).status_code == 410
    page = (await served.client.get("/coalition/partnerships/jpn-2008")).text
    assert 'See: <a href="/coalition/partnerships/jpn-2007">' in page


@pytest.mark.parametrize(
    "odd", ['"', "*", "AND", 'a" OR "b', "x" * 300, "🛥", "(", "<script>alert(1)</script>", "%00", "-"]
)
@pytest.mark.parametrize("form", ["", ".json"])
async def test_odd_searches_are_answered(served, odd, form):
    response = await served.client.get(f"/search{form}", params={"q": odd})
    assert response.status_code == 200
    if not form:
        assert "<script>alert" not in response.text


async def test_search_finds_two_chinese_characters_and_narrows_by_type(served):
    everything = (await served.client.get("/search.json?q=法国")).json()["events"]
    narrowed = (await served.client.get("/search.json?q=法国&type=partnership")).json()["events"]
    assert 0 < len(narrowed) < len(everything)
    assert {event["type"] for event in narrowed} == {"partnership"}
    assert "<mark>法国</mark>" in (await served.client.get("/search?q=法国")).text


@pytest.mark.parametrize(("words", "more"), [("China", True), ("Baltic", False), ("", False)])
async def test_a_search_says_whether_there_are_more_events(served, words, more):
    found = (await served.client.get("/search.json", params={"q": words})).json()
    assert found["truncated"] is more and (len(found["events"]) == MOST_SHOWN) == more
    page = (await served.client.get("/search", params={"q": words})).text
    assert ("the first hundred" in page) == more


def test_marked_words_are_inert():
    assert str(marked("<b>Iran</b> and iran", ["iran"])) == "&lt;b&gt;<mark>Iran</mark>&lt;/b&gt; and <mark>iran</mark>"


def test_dates_are_told_at_their_precision():
    assert [date_in_words(d) for d in ("2016", "2016-09", "2016-09-12")] == [
        "2016",
        "September 2016",
        "12 September 2016",
    ]
    assert period_in_words("2016-09-12", "2016-09-19") == "12–19 September 2016"
    assert period_in_words("2016-09-12", "2016-09") == "12 September 2016"


async def test_the_claims_page_has_every_claim(served):
    claims = (await served.client.get("/coalition/claims.json?_shape=array&_size=max")).json()
    page = (await served.client.get("/claims")).text
    assert len(claims) >= 25 and all(f'id="{claim["id"]}"' in page for claim in claims)


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.sql")), ids=lambda p: p.stem)
async def test_every_page_query_runs(served, path):
    sql = path.read_text(encoding="utf-8")
    names = set(re.findall(r":([a-z_]+)", sql))
    await served.get_database("coalition").execute(
        sql, {**dict.fromkeys(names, ""), "words": '"Iran"', "names": '["rus-1996"]'} if names else {}
    )


@pytest.mark.parametrize("code", ["RUS", "CHN", "SCO", "TUV", "IRN"])
async def test_a_profile_is_also_json_and_csv(served, code):
    found = (await served.client.get(f"/country/{code}.json")).json()
    lines = (await served.client.get(f"/country/{code}.csv")).text.splitlines()
    assert found["actor"]["id"] == code and lines[0].startswith("id,type,date,title")
    assert len(lines) - 1 == len(found["events"])


async def test_a_code_in_small_letters_leads_to_its_profile(served):
    assert (await served.client.get("/country/rus")).headers["location"] == "/country/RUS"
    named = await served.client.get("/country/russia.csv")
    assert named.headers["location"] == "/country/RUS.csv" and named.headers["access-control-allow-origin"] == "*"
    assert (await served.client.get("/country?id=south+africa", follow_redirects=True)).url.path == "/country/ZAF"
    assert (await served.client.get("/country?id=rus", follow_redirects=True)).status_code == 200
    assert (await served.client.get("/country?id=//evil.example", follow_redirects=True)).status_code == 404
    assert (await served.client.get("/country?id=")).headers["location"] == "/countries"


async def test_confidence_and_country_narrow_a_search(served):
    async def ids(**filters):
        answer = await served.client.get("/search.json", params={"q": "Iran", "type": "exercise", **filters})
        return {event["id"] for event in answer.json()["events"]}

    everything, high, russian = await ids(), await ids(confidence="high"), await ids(country="RUS")
    assert high < everything and russian < everything and high and russian


async def test_a_record_leads_to_its_neighbours_and_can_be_cited_and_reported(served):
    page = (await served.client.get("/coalition/partnerships/rus-2011")).text
    assert 'rel="prev"' in page and 'rel="next"' in page
    assert f"version {CODEBOOK.version}" in page and "mailto:?subject=Error%20in%20partnerships" in page


@pytest.mark.parametrize(
    ("asked", "meant"), [("Kazakstan", "Kazakhstan"), ("Kyrgistan", "Kyrgyzstan"), ("Tajikstan", "Tajikistan")]
)
async def test_a_misspelt_state_is_offered_as_it_is_spelt_here(served, asked, meant):
    page = (await served.client.get("/search", params={"q": asked})).text
    assert "Did you mean" in page and f'<a href="/search?q={meant}">{meant}</a>' in page
    for found in (meant, "AMAN", "Hamas"):
        assert "Did you mean" not in (await served.client.get("/search", params={"q": found})).text


async def test_the_ranking_by_sanctions_events_counts_those_who_act_and_are_sanctioned(served):
    page = (await served.client.get("/countries?sort=sanctions_events")).text
    shown = re.findall(r'<tr><td><a href="/country/(\w+)".*?<td class="num">(\d+)</td></tr>', page)
    sql = """select actor_id, count(distinct event_id) from event_actors join events on events.id = event_id
        where type = 'sanctions_defiance' and role in ('actor', 'target') group by actor_id"""
    counted = {row[0]: row[1] for row in (await served.get_database("coalition").execute(sql)).rows}
    numbers = [int(number) for _, number in shown]
    assert len(shown) > 190 and numbers == sorted(numbers, reverse=True) and shown[0][0] == "IRN"
    assert all(counted.get(actor, 0) == int(number) for actor, number in shown)


async def test_the_search_finds_themes_and_queries_as_well(served):
    page = (await served.client.get("/search?q=cyber+sovereignty")).text
    assert re.search(r'href="/coalition/statement_themes\?theme_id=cyber-sovereignty">.+?: \d+ statements</li>', page)
    assert 'href="/coalition/co_signers"' in (await served.client.get("/search?q=who+signs+with+China")).text


@pytest.mark.parametrize("host", ["[", "[::1", "a b", "exa<mple"])
async def test_a_host_that_is_none_is_refused(served, host):
    for path in ("/", "/oembed"):
        assert (await served.client.get(path, headers={"host": host})).status_code == 400
    assert (await served.client.get("/-/health", headers={"host": "[::1]:8001"})).status_code == 200


async def test_of_a_parameter_given_twice_the_first_is_checked(served):
    asked = "/coalition/partner_ladder.json?country={}&country={}&_shape=array"
    assert (await served.client.get(asked.format("XX", "PAK"))).status_code == 400
    assert (await served.client.get(asked.format("PAK", "XX"))).json()


@pytest.mark.parametrize(
    "asked",
    [
        "exercises_by_year.csv?confidense=high",
        "exercises_by_year.json?partner=RUS&confidense=",
        "exercises_by_year?_format=csv&confidense=high",
        "partner_ladder.json?confidense=high",
    ],
)
async def test_data_of_a_query_refuse_a_name_that_it_does_not_know(served, asked):
    refused = await served.client.get(f"/coalition/{asked}")
    assert refused.status_code == 400 and refused.headers["x-content-type-options"] == "nosniff"
    assert refused.json()["error"].startswith("There is no parameter 'confidense' here; parameters of this query: ")


@pytest.mark.parametrize("asked", ["confidence=high", "_size=max&_shape=array", "theme=dark", "partner="])
async def test_data_of_a_query_take_its_names_those_of_its_pictures_and_of_datasette(served, asked):
    for form in ("csv", "json"):
        assert (await served.client.get(f"/coalition/exercises_by_year.{form}?{asked}")).status_code == 200


@pytest.mark.parametrize("path", ["/", "/feed.atom"])
async def test_what_is_only_announced_is_no_newest_event(served, path):
    page = (await served.client.get(path)).text
    newest = re.findall(r"/coalition/(?:exercises|partnerships|sanctions_defiance|statements)/([\w-]+)", page)
    announced = await served.get_database("coalition").execute("select id from exercises where status = 'announced'")
    assert newest and not {row["id"] for row in announced.rows} & set(newest)


async def test_the_codebook_counts_second_readings_with_commas_and_names_the_tables_in_plural(served):
    page = (await served.client.get("/codebook")).text
    rows = re.findall(r'<tr><td>([A-Z][a-z ]+)</td><td class="num">([\d,]+)</td>', page)
    db = served.get_database("coalition")
    assert dict(rows) == {
        words: f"{(await db.execute(f'select count(*) from {table}')).first()[0]:,}"
        for table, words in TABLE_WORDS.items()
    }
    assert TABLE_WORDS["sanctions_defiance"] == "Sanctions events"


async def test_a_refusal_can_be_read_by_pages_of_other_sites(served):
    refused = await served.client.get("/coalition/exercises_by_year.vl.json?bogus=1")
    assert refused.status_code == 400 and refused.headers["access-control-allow-origin"] == "*"
    assert (await served.client.get("/coalition/partner_ladder/x")).status_code == 404


async def test_a_stopped_query_is_told_in_a_sentence_without_markup(served):
    slow = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"
    answer = await served.client.get("/coalition.json", params={"sql": slow})
    assert (
        answer.status_code == 400
        and answer.json()["error"] == "The query took longer than the time limit and was stopped"
    )
