"""Claims about hostile cells in a real Chromium: nothing that they hold becomes markup, a script or a link that runs.

The build would refuse most of these cells; here they are written into a finished database, past every check. The
Content-Security-Policy is switched off, so that it cannot hide what the pages let through.
"""

import shutil
import sqlite3
import threading
import time

import pytest
import uvicorn

from coalition import ROOT
from coalition.metadata import queries, read_metadata
from coalition.schema import quoted, text_columns
from coalition.serving import site
from tests.campaign import FULL
from tests.conftest import CODEBOOK, free_port

pytestmark = [pytest.mark.browser, pytest.mark.campaign, pytest.mark.long]
MARK = "qqhostile"
PAYLOAD = (
    f"{MARK} \"><img src=x onerror='window.pwned=1'><script>window.pwned=1</script></title></svg></textarea>"
    "'><svg onload=window.pwned=1> {{7*7}} ]]> =cmd|' /C calc'!A0 \u202egnp.exe\u202c zero\u200bwidth &lt;b&gt; "
)
LONG = "w" * 10_000
PAGES = ["/", "/countries", "/country/RUS", "/country/SCO", "/coalition", "/coalition/events",
         "/coalition/actors/RUS", "/coalition/partnerships/rus-1996", "/coalition/sources", "/claims", "/codebook", "/charts", "/downloads",
         "/search?q=Russia", f"/search?q={MARK}", "/coalition/claims", "/coalition/exercises_by_year",
         "/coalition?sql=select+*+from+events+limit+20", "/coalition/events?_facet=title&_size=20", "/nothing%3Cscript%3E",
         "/coalition/partner_ladder?country=RUS", "/coalition/exercises_counted.records", "/embedding", "/developers"]  # fmt: skip
DATA = ["/feed.atom", "/sitemap.xml"]
OEMBED = "/oembed?url={}/coalition/exercises_by_year%3Fpartner%3DRUS"


def spoil(path) -> None:
    """Put the payload into every text of every table, and a script into the address of every document."""
    db = sqlite3.connect(path)
    db.execute("pragma ignore_check_constraints = on")
    for table in CODEBOOK.tables:
        columns = text_columns(table) if table.kind != "view" else []
        # A label that is unique stays so: what was there follows.
        for column in columns:
            db.execute(f"update {quoted(table.name)} set {quoted(column)} = ? || {quoted(column)}", [PAYLOAD])
    db.execute("update sources set url = 'javascript:window.pwned=1//' || url")
    db.execute("update events set title = title || ? where id = (select min(id) from events)", [LONG])
    db.execute("update actors set name = name || ? where id = 'SCO'", [LONG])
    db.execute("update dataset set value = ? || value where property in ('title', 'description')", [PAYLOAD])
    db.commit()
    db.close()


@pytest.fixture(scope="module")
def hostile(database, tmp_path_factory):
    """The address of a server over a database whose every text is hostile."""
    path = shutil.copy(database, tmp_path_factory.mktemp("hostile") / "coalition.db")
    spoil(path)
    config = uvicorn.Config(site(ROOT, path).app(), port=free_port(), log_level="error", lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{config.port}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def page(browser):
    """A page without the protection of a Content-Security-Policy."""
    opened = browser.new_context(bypass_csp=True).new_page()
    opened.set_default_timeout(120_000)
    opened.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
    return opened


def inert(page, where: str) -> None:
    """Assert that no part of the payload became more than text."""
    assert page.evaluate("window.pwned") is None, where
    planted = 'document.querySelectorAll(\'img[src="x"], svg[onload], [onerror], a[href^="javascript:"]\').length'
    assert page.evaluate(planted) == 0, where


@pytest.mark.parametrize("path", PAGES if FULL else PAGES[::2])
def test_pages_show_it_as_text(hostile, page, path):
    page.goto(hostile + path, wait_until="load")
    inert(page, path)


CHARTS = [name for name, query in queries(read_metadata(ROOT, CODEBOOK)[0]).items() if "chart" in query]
SAMPLE = CHARTS if FULL else CHARTS[:: max(1, len(CHARTS) // 4)]


@pytest.mark.parametrize("name", SAMPLE)
def test_pictures_hold_it_as_text(hostile, page, name):
    """The SVG as a document of its own, whose titles are the tooltips, and the figure inside somebody's article."""
    response = page.goto(f"{hostile}/coalition/{name}.svg")
    assert response.ok and page.evaluate("document.documentElement.nodeName") == "svg", name
    assert page.evaluate("document.querySelectorAll('parsererror, script, img, foreignObject, [onload]').length") == 0
    inert(page, name)
    figure = page.request.get(f"{hostile}/coalition/{name}.figure").text()
    page.goto("about:blank")
    page.set_content(f"<!doctype html><title>Article</title><article>{figure}</article>")
    assert page.evaluate("document.querySelectorAll('figure').length") == 1 and page.title() == "Article"
    inert(page, name)


@pytest.mark.parametrize("name", SAMPLE[:8])
def test_tooltips_of_an_interactive_chart_are_text(hostile, page, name):
    page.goto(f"{hostile}/coalition/{name}.embed")
    button = page.locator("button").first
    button.click()
    page.wait_for_timeout(1500)
    for place in page.locator("svg path, svg rect, canvas").all()[:12]:
        box = place.bounding_box()
        if box and box["width"] > 1:
            page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            page.wait_for_timeout(20)
    inert(page, name)


@pytest.mark.parametrize("path", DATA)
def test_feeds_are_well_formed_and_hold_it_as_text(hostile, page, path):
    text = page.request.get(hostile + path).text()
    page.goto("about:blank")
    parsed = page.evaluate(
        "text => { const d = new DOMParser().parseFromString(text, 'application/xml');"
        " return [d.querySelectorAll('parsererror').length, d.querySelectorAll('script, img').length,"
        " (d.querySelector('entry title') || {}).textContent || ''] }",
        text,
    )
    assert parsed[:2] == [0, 0]
    assert path != "/feed.atom" or PAYLOAD.strip()[:60] in parsed[2]


@pytest.mark.parametrize("path", ["/", "/coalition/events"])
def test_linked_data_is_json_and_stays_in_its_script(hostile, page, path):
    page.goto(hostile + path)
    told = page.evaluate("JSON.parse(document.querySelector('script[type=\"application/ld+json\"]').textContent)")
    assert told["@type"] == "Dataset" and MARK in (told["name"] + told["description"])


@pytest.mark.parametrize("path", [OEMBED])
def test_oembed_holds_it_as_text(hostile, page, path):
    response = page.request.get(hostile + path.format(hostile))
    assert response.status == 200
    page.goto("about:blank")
    page.set_content(f"<!doctype html><article>{response.json()['html']}</article>")
    inert(page, path)


def test_a_word_of_ten_thousand_characters_stays_in_its_page(hostile, page):
    for path in ("/", "/country/SCO"):
        page.goto(hostile + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 1300, path
