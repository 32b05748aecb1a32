"""Claims about charts: each draws in every form, says so in words when it cannot, and needs no other host."""

import asyncio
import json
import re
from xml.etree import ElementTree

import pytest
import vl_convert

from coalition import ROOT
from coalition.charts.drawing import _draw_svg, png_of
from coalition.charts.spec import VERSION
from coalition.charts.theme import COLOURS, FONT
from coalition.metadata import queries, read_metadata
from coalition.wording import date_in_words
from tests.conftest import CODEBOOK

CHARTS = [name for name, query in queries(read_metadata(ROOT, CODEBOOK)[0]).items() if "chart" in query]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", CHARTS)
async def test_every_chart_draws(served, name):
    response = await served.client.get(f"/coalition/{name}.svg")
    assert response.status_code == 200 and response.headers["content-type"].startswith("image/svg+xml")
    root = ElementTree.fromstring(response.text)
    assert len(list(root.iter(f"{SVG}path"))) + len(list(root.iter(f"{SVG}rect"))) > 3
    words = " ".join("".join(text.itertext()) for text in root.iter(f"{SVG}text"))
    assert "CC BY 4.0" in words and CODEBOOK.version in words
    assert root.find(f"{SVG}desc").text


@pytest.mark.parametrize("name", CHARTS)
async def test_every_spec_holds_its_data(served, name):
    spec = json.loads((await served.client.get(f"/coalition/{name}.vl.json")).text)
    rows = (await served.client.get(f"/coalition/{name}.json?_shape=array&_size=max")).json()
    assert len(spec["datasets"]["rows"]) == len(rows) > 0
    del spec["datasets"]  # a column may be called url; the spec itself names none
    assert '"url"' not in json.dumps(spec)


@pytest.mark.parametrize("name", ("exercises_by_year", "partner_map"))
async def test_a_dark_spec_holds_no_colour_of_the_light(served, name):
    light, dark = [
        (await served.client.get(f"/coalition/{name}.vl.json?theme={theme}")).text for theme in ("light", "dark")
    ]
    pairs = [pair for pair in COLOURS.values() if pair[0] != pair[1]]
    assert any(pair[0] in light for pair in pairs)
    assert not [pair for pair in pairs if pair[0] in dark and pair[0] not in {other for _, other in pairs}]


# One chart of each shape with every run, and all of them with the long tests: bars, map, heat map, dots.
SHAPES = ("exercises_by_year", "partner_map", "statement_themes_by_year", "our_counts_against_published")
ONE_OF_A_SHAPE = [name if name in SHAPES else pytest.param(name, marks=pytest.mark.long) for name in CHARTS]


@pytest.mark.parametrize("name", ONE_OF_A_SHAPE)
async def test_a_chart_drawn_again_in_another_size_is_what_vega_draws_of_its_spec(served, name):
    """Only the size and the rows are new in a compiled form, so that one of another size must not show."""
    one, other = [(await served.client.get(f"/coalition/{name}.vl.json?width={width}")).text for width in (700, 1000)]
    assert _draw_svg(one) != _draw_svg(other)
    assert _draw_svg(other) == vl_convert.vegalite_to_svg(other, vl_version=VERSION, allowed_base_urls=[])


@pytest.mark.parametrize("name", CHARTS)
async def test_every_embed_has_chart_table_and_way_back(served, name):
    page = (await served.client.get(f"/coalition/{name}.embed")).text
    assert page.count("<svg") == 2 and "<table>" in page and f"/coalition/{name}" in page
    assert not re.findall(r'(?:src|href)="https?://(?!localhost)', page)


@pytest.mark.parametrize("name", CHARTS)
async def test_every_figure_stands_without_script(served, name):
    figure = (await served.client.get(f"/coalition/{name}.figure")).text
    assert figure.startswith("<figure") and figure.count("<svg") == 1 and "<table>" in figure
    assert "<script" not in figure and "<link" not in figure


@pytest.mark.parametrize("name", CHARTS)
async def test_pictures_come_as_png_in_both_themes(served, name):
    light = await served.client.get(f"/coalition/{name}.png?width=400&scale=1")
    dark = await served.client.get(f"/coalition/{name}.png?width=400&scale=1&theme=dark")
    assert light.content[:8] == dark.content[:8] == b"\x89PNG\r\n\x1a\n" and light.content != dark.content


async def test_a_social_card_has_its_size(served):
    card = (await served.client.get(f"/coalition/{CHARTS[0]}.png?card=1")).content
    assert (int.from_bytes(card[16:20], "big"), int.from_bytes(card[20:24], "big")) == (1200, 630)


@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("partnerships_by_year.svg?confidence=certain", 400, "is not a value of confidence"),
        ("partnerships_by_year.png?colour=red", 400, "There is no parameter 'colour' here"),
        ("partnerships_by_year.png?width=9999", 400, "width is a number from 240 to 1600"),
        ("partnerships_by_year.embed?theme=pink", 400, "theme is light or dark"),
        ("no_such_chart.svg", 404, "There is no chart of the name"),
        ("partner_ladder.vl.json", 404, "There is no chart of the name"),
    ],
)
async def test_a_bad_address_gets_a_sentence(served, address, status, sentence):
    response = await served.client.get(f"/coalition/{address}")
    assert response.status_code == status
    words = re.sub(r"<[^>]+>", " ", response.text).replace("&#x27;", "'")
    assert sentence in " ".join(words.split())


@pytest.mark.parametrize(
    ("name", "dates"),
    [
        ("partnerships_by_year", "select date from partnerships"),
        ("exercises_by_year", "select start_date as date from exercises where status = 'conducted'"),
        ("exercises_with_sanctioned_states", "select start_date as date from exercises where status = 'conducted'"),
        ("statement_themes_by_year", "select date from statements"),
        ("sanctions_by_target_and_year", "select date from sanctions_defiance"),
    ],
)
async def test_the_last_year_ends_with_the_newest_record_of_what_is_charted(served, name, dates):
    newest = (await served.get_database("coalition").execute(f"select max(date) from ({dates})")).first()[0]
    embed = (await served.client.get(f"/coalition/{name}.embed")).text
    assert f"The record of {newest[:4]} ends with {date_in_words(newest)}." in embed


async def test_gallery_shows_every_chart(served):
    page = (await served.client.get("/charts")).text
    assert all(f"/coalition/{name}" in page for name in CHARTS)


async def test_chinese_is_drawn_and_not_as_boxes():
    """Two different characters give different pictures; missing glyphs would be the same box."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40"><text y="30" font-family="F">{}</text></svg>'
    svg = svg.replace('"F"', f'"{FONT}"')
    one, other = await asyncio.gather(png_of(svg.format("中"), 1), png_of(svg.format("国"), 1))
    assert one != other


PAGES = ["/", "/charts", "/countries", "/country/RUS", "/search?q=法国", "/claims", "/codebook", "/coalition/events",
         "/coalition/exercises_by_year", "/coalition/exercises/joint-sea-2016"]  # fmt: skip
# Looked at by the long tests: pages made like one of those above, or of little else than text.
MORE = ["/country/TUV", "/country/SCO", "/developers", "/embedding", "/audit", "/releases", "/downloads", "/coalition",
        "/coalition/china_vetoes", "/coalition/actors/IRN", "/coalition?sql=select+*+from+hotspots",
        "/coalition/partner_map.embed",
        "/coalition/exercises_by_year.records?at_year=2016&at_domain=maritime"]  # fmt: skip


NAMED_AGAIN = """() => [...document.querySelectorAll("td")].map(cell => getComputedStyle(cell, "::before"))
  .filter(before => before.display !== "none" && !["none", "normal"].includes(before.content))
  .map(before => before.content)"""


@pytest.mark.browser
@pytest.mark.parametrize("path", [*PAGES, *(pytest.param(path, marks=pytest.mark.long) for path in MORE)])
@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.long)])
def test_pages_are_accessible_and_fit_a_phone(address, browser, path, scheme):
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(viewport={"width": 320, "height": 700}, color_scheme=scheme)
    page = context.new_page()
    errors, hosts = [], set()
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    assert page.goto(address + path).status == 200
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate(NAMED_AGAIN) == []  # the row of column names is in sight
    found = Axe().run(page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []
    assert errors == [] and hosts == {address.split("/")[2]}
    context.close()


BEYOND = """() => [...document.querySelectorAll("svg.chart-svg")].flatMap(svg => {
  const room = svg.getBoundingClientRect(), texts = room.width ? [...svg.querySelectorAll("text")] : [];
  return texts.filter(text => {
    const box = text.getBoundingClientRect();
    return box.left < room.left - 1 || box.right > room.right + 1 || box.bottom > room.bottom + 1;
  }).map(text => text.textContent);
})"""


EMBEDS = [f"/coalition/{name}.embed" for name in CHARTS]


@pytest.mark.browser
@pytest.mark.parametrize(
    "paths", [["/charts"], pytest.param(EMBEDS, marks=pytest.mark.long)], ids=["gallery", "embeds"]
)
def test_no_label_or_legend_of_a_chart_is_cut_off(address, browser, paths):
    page = browser.new_page()
    cut = {}
    for path in paths:
        page.goto(address + path)
        for width in (320, 900):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.locator("svg.chart-svg text:visible").count() > 3
            cut[path, width] = page.evaluate(BEYOND)
    assert {place: texts for place, texts in cut.items() if texts} == {}
    page.close()


FOREIGN = """<!DOCTYPE html><html lang="en"><title>An article</title><body style="margin:0">
<h1>An article</h1><iframe src="{address}/coalition/{name}.embed" title="chart" width="600" height="150"></iframe>
<script src="{address}/static/resize.js"></script></body></html>"""


@pytest.mark.browser
@pytest.mark.parametrize("name", ONE_OF_A_SHAPE)
def test_an_embed_in_a_foreign_page_shows_marks_takes_its_height_and_asks_no_other_host(address, browser, name):
    from axe_playwright_python.sync_playwright import Axe

    for script in (False, True):
        context = browser.new_context(java_script_enabled=script, viewport={"width": 700, "height": 900})
        page = context.new_page()
        errors, hosts = [], set()
        page.on(
            "console", lambda message, errors=errors: errors.append(message.text) if message.type == "error" else None
        )
        page.on("pageerror", lambda error, errors=errors: errors.append(str(error)))
        page.on("request", lambda request, hosts=hosts: hosts.add(request.url.split("/")[2]))
        page.set_content(FOREIGN.format(address=address, name=name))
        marks = page.frame_locator("iframe").locator(".wide svg :is(path, rect, circle)")
        marks.first.wait_for()
        assert marks.count() > 3 and marks.first.is_visible()
        if script:
            page.wait_for_function("document.querySelector('iframe').clientHeight > 200")
            inner = page.frames[1].evaluate("document.documentElement.scrollHeight")
            assert abs(page.locator("iframe").evaluate("f => f.clientHeight") - inner) < 30
            found = Axe().run(page.frames[1]).response["violations"]
            assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []
        assert errors == [] and hosts == {address.split("/")[2]}
        context.close()


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.parametrize("name", CHARTS)
def test_an_embed_becomes_interactive_on_demand(address, browser, name):
    page = browser.new_page(viewport={"width": 600, "height": 700})
    errors = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{address}/coalition/{name}.embed")
    page.keyboard.press("Tab")  # by keyboard alone: the numbers, the way back, then the button
    page.locator("#live").focus()
    page.keyboard.press("Enter")
    page.locator("#chart svg.marks").wait_for(timeout=20000)
    assert page.locator("#chart svg.marks :is(path, rect, circle)").count() > 3
    assert errors == []
    page.close()
