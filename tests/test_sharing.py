"""Claims about what a reader takes away: frozen forms, oEmbed, frames, citations."""

import re
import struct
from html import unescape
from xml.etree import ElementTree

import pytest

from coalition import ROOT
from coalition.charts.frozen import difference, read_seal, sealed
from coalition.metadata import queries, read_metadata
from tests.conftest import CODEBOOK

CHARTS = [name for name, query in queries(read_metadata(ROOT, CODEBOOK)[0]).items() if "chart" in query]
SITE = "http://localhost"
ROWS = [{"year": 2014, "event": "upgraded", "events": 3}]


def words_of(svg: str) -> str:
    return " ".join(
        "".join(text.itertext()) for text in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    )


@pytest.mark.parametrize("name", CHARTS)
async def test_a_chart_page_offers_frame_figure_citation_and_frozen_form(served, name):
    page = (await served.client.get(f"/coalition/{name}?confidence=medium")).text
    assert ".embed?confidence=medium" in unescape(page) and "@misc{china-coalition-" in page
    frozen = re.search(rf"{SITE}/coalition/{name}\.svg\?confidence=medium&frozen=([\w.]+)", unescape(page))
    picture = await served.client.get(frozen[0].removeprefix(SITE))
    assert picture.status_code == 200 and "Changed since" not in picture.text
    assert "(frozen, " in words_of(picture.text)


async def test_a_frozen_picture_is_the_same_after_a_release_that_does_not_touch_it(served):
    page = unescape((await served.client.get("/coalition/exercises_by_year")).text)
    seal = re.search(r"frozen=([\w.]+)", page)[1]
    older = re.sub(r"^[\d.]+", "1.0.0", seal)
    now = await served.client.get(f"/coalition/exercises_by_year.svg?frozen={older}")
    assert "version 1.0.0 (frozen" in words_of(now.text) and "Changed since" not in now.text


async def test_a_frozen_picture_says_what_has_changed(served):
    old = "1.0.0_7_41_0123456789ab"
    for form in ("svg", "embed", "figure"):
        text = (await served.client.get(f"/coalition/exercises_by_year.{form}?frozen={old}")).text
        text = " ".join(re.sub(r"<[^>]+>", " ", text).split())
        assert "Changed since data version 1.0.0: 7 rows then," in text, form
        assert "total of the counts 41 then," in text


@pytest.mark.parametrize(
    "seal", ["1", "1.0.0_7_41_zz", "1.0.0_7_41_0123456789ab0", "../etc", "1.0.0_-7_41_0123456789ab"]
)
async def test_what_is_no_seal_is_refused(served, seal):
    response = await served.client.get("/coalition/exercises_by_year.svg", params={"frozen": seal})
    assert response.status_code == 400 and "is not a frozen form" in unescape(" ".join(response.text.split()))


def test_a_seal_tells_rows_totals_and_values_apart():
    then = sealed("1.0.0", {"mark": "bar"}, ROWS)
    assert read_seal(str(then)) == then and difference(then, sealed("1.1.0", {"mark": "bar"}, ROWS)) == ""
    more = sealed("1.1.0", {"mark": "bar"}, [*ROWS, {"year": 2015, "event": "upgraded", "events": 2}])
    assert "1 rows then, 2 now; total of the counts 3 then, 5 now" in difference(then, more)
    moved = sealed("1.1.0", {"mark": "bar"}, [{"year": 2015, "event": "upgraded", "events": 3}])
    assert "other values" in difference(then, moved)


@pytest.mark.parametrize("name", CHARTS)
async def test_oembed_gives_a_frame_for_every_chart(served, name):
    page = f"{SITE}/coalition/{name}?confidence=high"
    head = (await served.client.get(f"/coalition/{name}?confidence=high")).text
    discovery = unescape(re.search(r'type="application/json\+oembed"[^>]*href="([^"]+)"', head)[1])
    answer = (await served.client.get(discovery.removeprefix(SITE))).json()
    assert answer["version"] == "1.0" and answer["type"] == "rich" and answer["height"] > 100
    assert f'src="{page.replace("?", ".embed?")}"' in answer["html"]
    frame = await served.client.get(f"/coalition/{name}.embed?confidence=high")
    assert frame.status_code == 200


@pytest.mark.parametrize("name", ["partnerships_by_year", "current_partners_by_level"])
async def test_names_that_a_shared_link_adds_go_no_further_than_the_page(served, name):
    page = await served.client.get(f"/coalition/{name}?fbclid=abc&confidence=high&utm_source=x")
    assert page.status_code == 200
    handed_on = unescape(page.text) + page.headers["link"]
    assert "fbclid" not in handed_on and "utm_source" not in handed_on
    links = set(re.findall(rf"/coalition/{name}\.[\w.]+\?confidence=high[^\s\"<>;]*", handed_on))
    assert {link.partition("?")[0].partition(".")[2] for link in links} >= {"csv", "json", "svg", "png", "vl.json"}
    for link in links:
        assert (await served.client.get(link)).status_code == 200, link


async def test_oembed_of_a_shared_link_gives_the_chart(served):
    asked = {"url": f"{SITE}/coalition/partner_map?fbclid=abc&confidence=high"}
    answer = (await served.client.get("/oembed", params=asked)).json()
    assert f'src="{SITE}/coalition/partner_map.embed?confidence=high"' in answer["html"]
    assert "fbclid" not in answer["thumbnail_url"]


@pytest.mark.parametrize(
    ("most", "size"),
    [
        ({}, (1200, 630)),
        ({"maxwidth": 500}, (500, 262)),
        ({"maxheight": 315}, (600, 315)),
        ({"maxwidth": 400}, (400, 210)),
        ({"maxwidth": 120}, (120, 63)),
    ],
)
async def test_oembed_gives_a_photo_for_a_picture_no_larger_than_asked_for(served, most, size):
    asked = {"url": f"{SITE}/coalition/partner_map.png?theme=dark", **most}
    answer = (await served.client.get("/oembed", params=asked)).json()
    assert answer["type"] == "photo" and answer["thumbnail_url"] == answer["url"] and "theme=dark" in answer["url"]
    picture = await served.client.get(answer["url"].removeprefix(SITE))
    assert picture.content[:4] == b"\x89PNG"
    assert (answer["width"], answer["height"]) == struct.unpack(">II", picture.content[16:24]) == size


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({}, 404),
        ({"url": "https://example.org/coalition/partner_map"}, 404),
        ({"url": f"{SITE}/coalition/no_such_chart"}, 404),
        ({"url": f"{SITE}/coalition/partner_ladder"}, 404),
        ({"url": "javascript:alert(1)"}, 404),
        ({"url": "http://["}, 404),
        ({"url": f"{SITE}/coalition/partner_map.png", "maxwidth": "119"}, 404),
        ({"url": f"{SITE}/coalition/partner_map?confidence=sure"}, 400),
        ({"url": f"{SITE}/coalition/partner_map", "maxwidth": "wide"}, 400),
        ({"url": f"{SITE}/coalition/partner_map", "format": "xml"}, 501),
    ],
)
async def test_oembed_says_why_it_cannot_answer(served, params, status):
    response = await served.client.get("/oembed", params=params)
    assert response.status_code == status and response.json()["error"]


async def test_what_a_reader_chose_is_said_in_title_alt_and_citation(served):
    frame = (await served.client.get("/coalition/exercises_by_year.embed?partner=RUS")).text
    assert (
        "by domain" not in frame and "<title>Exercises and patrols, by year and domain (With: Russia)</title>" in frame
    )
    assert "Chosen: With: Russia." in (await served.client.get("/coalition/exercises_by_year.svg?partner=RUS")).text
    page = (await served.client.get("/coalition/exercises_by_year?partner=RUS")).text
    assert "by year and domain (With: Russia)”" in page
    assert "Chosen:" not in (await served.client.get("/coalition/exercises_by_year.embed?partner=any")).text
