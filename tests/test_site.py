"""Claims about the site's own pages: each answers, leads on, and survives what readers type."""

import re

import pytest

from coalition.asking import PAGES
from coalition.searching import marked
from coalition.wording import date_in_words, period_in_words

PATHS = ["/", "/countries", "/country/RUS", "/country/TUV", "/country/SCO", "/country/CHN", "/search?q=Iran", "/claims",
         "/codebook", "/charts", "/developers", "/embedding", "/downloads"]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
async def test_every_page_answers_and_its_links_do(served, path):
    response = await served.client.get(path)
    assert response.status_code == 200
    links = sorted(set(re.findall(r'href="(/[^"#?]*)', response.text)) - {"/"})
    step = max(1, len(links) // 25)
    for link in links[::step]:
        assert (await served.client.get(link)).status_code == 200, (path, link)


@pytest.mark.parametrize("table", ["partnerships", "exercises", "statements", "sanctions_defiance"])
async def test_a_record_shows_its_documents(served, table):
    rows = (await served.client.get(f"/coalition/{table}.json?_shape=array&_size=5")).json()
    for row in rows:
        page = (await served.client.get(f"/coalition/{table}/{row['id']}")).text
        assert "<h2>Documents</h2>" in page and 'rel="nofollow noopener"' in page and "Confidence:" in page


async def test_a_state_without_record_is_said_so(served):
    page = (await served.client.get("/country/TUV")).text
    assert "No partnership with China is on record." in page and page.count("None on record.") >= 2


@pytest.mark.parametrize("path", ["/country/XYZ", "/country/XYZ.json", "/coalition/actors/XYZ", "/nothing"])
async def test_what_is_not_there_is_a_404_without_trace(served, path):
    response = await served.client.get(path)
    assert response.status_code == 404 and "Traceback" not in response.text


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


def test_marked_words_are_inert():
    assert str(marked("<b>Iran</b> and iran", ["iran"])) == "&lt;b&gt;<mark>Iran</mark>&lt;/b&gt; and <mark>iran</mark>"


def test_dates_are_told_at_their_precision():
    assert [date_in_words(d) for d in ("2016", "2016-09", "2016-09-12")] == [
        "2016",
        "September 2016",
        "12 September 2016",
    ]
    assert period_in_words("2016-09-12", "2016-09-19") == "12–19 September 2016"


async def test_the_claims_page_has_every_claim(served):
    claims = (await served.client.get("/coalition/claims.json?_shape=array&_size=max")).json()
    page = (await served.client.get("/claims")).text
    assert len(claims) >= 25 and all(f'id="{claim["id"]}"' in page for claim in claims)


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.sql")), ids=lambda p: p.stem)
async def test_every_page_query_runs(served, path):
    sql = path.read_text(encoding="utf-8")
    names = set(re.findall(r":([a-z_]+)", sql))
    await served.get_database("coalition").execute(
        sql, {**dict.fromkeys(names, ""), "words": '"Iran"'} if names else {}
    )
