"""Claims about whole ways through the site in a real browser: to a document, by keyboard, without script."""

import re

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture(params=["with script", "without script", "on a phone without script"])
def reader(request, browser):
    """A page in a browser as a reader may have it."""
    size = {"width": 320, "height": 640} if "phone" in request.param else {"width": 1100, "height": 800}
    context = browser.new_context(viewport=size, java_script_enabled=request.param == "with script")
    yield context.new_page()
    context.close()


def follow(page, selector: str, nth: int = 0) -> None:
    """Follow a link of the page as its address says; a new tab would lose the way."""
    address = page.locator(selector).nth(nth).evaluate("a => a.href")
    assert page.goto(address).status == 200


def document_link(page) -> str:
    """Return the address of the record's first document, which lies outside the site."""
    return page.locator("h2:has-text('Documents') + ul a").first.get_attribute("href")


def test_an_embed_leads_to_rows_to_the_record_and_to_its_document(address, reader):
    reader.goto(address + "/coalition/exercise_map.embed")
    follow(reader, "a:has-text('Rows and documents')")
    assert reader.locator("figure.chart svg path").count() > 10
    row = reader.locator("table.rows-and-columns tbody tr").first.locator("td").last.inner_text()
    assert reader.goto(f"{address}/coalition/exercises/{row}").status == 200
    assert re.match(r"https?://", document_link(reader))


def test_home_leads_to_a_country_to_an_exercise_and_to_its_documents(address, reader):
    reader.goto(address + "/")
    reader.locator("#pick").select_option("PAK")
    reader.locator("form:has(#pick) button").click()
    assert reader.url.endswith("/country/PAK")
    follow(reader, "h2:has-text('Exercises and patrols') + ul a")
    assert "/coalition/exercises/" in reader.url and re.match(r"https?://", document_link(reader))


def test_a_search_in_chinese_leads_to_a_record(address, reader):
    reader.goto(address + "/")
    reader.locator("#ask").fill("海上联合")
    reader.locator("form:has(#ask) button").click()
    assert reader.locator(".events mark").first.is_visible()
    follow(reader, ".events a[href*='/coalition/exercises/']")
    assert re.match(r"https?://", document_link(reader))


def test_a_claim_leads_to_its_evidence(address, reader):
    reader.goto(address + "/claims")
    follow(reader, "#baltic-first-exercise a[href*='/coalition/exercises/']")
    assert reader.locator("h2:has-text('Claims it bears on') + ul a[href*='#baltic-first-exercise']").count() == 1


def test_parameters_are_chosen_without_script(address, reader):
    reader.goto(address + "/coalition/exercises_by_year")
    reader.locator("select[name=partner]").select_option("RUS")
    reader.locator("form.params button").click()
    assert "partner=RUS" in reader.url and reader.locator("figure.chart svg path").count() > 3
    countries = reader.goto(address + "/countries?region=Oceania&sort=exercises")
    assert countries.status == 200
    assert (
        reader.locator("tbody tr td:nth-child(2)").all_inner_texts() == ["Oceania"] * reader.locator("tbody tr").count()
    )


def test_by_keyboard_alone_from_home_to_a_result(address, browser):
    page = browser.new_page(viewport={"width": 1100, "height": 800})
    page.goto(address + "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    for _ in range(40):
        if page.evaluate("document.activeElement.id") == "ask":
            break
        page.keyboard.press("Tab")
    page.keyboard.type("Security Belt")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=Security+Belt")
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("(document.activeElement.getAttribute('href') || '').startsWith('/coalition/exercises/')"):
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    page.keyboard.press("Enter")
    page.wait_for_url("**/coalition/exercises/*")
    assert outline != "none" and page.locator("h2:has-text('Documents')").is_visible()
    page.close()


def test_the_panel_beside_a_chart_copies_the_frame(address, browser):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(address + "/coalition/partnerships_by_year")
    page.locator("summary:has-text('Use this chart')").click()
    page.locator("button:has-text('Copy frame')").click()
    page.locator("button:has-text('Copied')").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").startswith("<iframe src=")
    page.locator("button:has-text('Copy figure')").click()
    page.wait_for_function("navigator.clipboard.readText().then(t => t.startsWith('<figure'))")
    context.close()


def test_what_was_refused_is_not_copied(address, browser):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.route("**/*.figure", lambda route: route.fulfill(status=400, body="refused"))
    page.goto(address + "/coalition/partnerships_by_year")
    page.locator("summary:has-text('Use this chart')").click()
    page.evaluate("navigator.clipboard.writeText('before')")
    page.locator("button:has-text('Copy figure')").click()
    page.locator("button:has-text('Could not copy; open the link instead')").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "before"
    context.close()
