"""Claims about weight: what a page of each kind costs a reader in bytes, compressed, and in requests."""

import re

import pytest

# kind: (path, most kilobytes of the page as gzip). About half as much again as today; raise a number
# only for something that readers gain from.
BUDGET = {
    "home": ("/", 16),
    "country": ("/country/RUS", 18),
    "countries": ("/countries", 60),
    "search": ("/search?q=Iran", 25),
    "table": ("/coalition/events", 25),
    "record": ("/coalition/exercises/{exercise}", 8),
    "chart page": ("/coalition/exercises_by_year", 15),
    "chart page with a map": ("/coalition/partner_map", 60),
    "embed": ("/coalition/exercises_by_year.embed", 10),
    "picture": ("/coalition/exercises_by_year.svg", 5),
    "claims": ("/claims", 35),
    "codebook": ("/codebook", 60),
    "gallery": ("/charts", 110),
    "downloads": ("/downloads", 10),
    "releases": ("/releases", 10),
    "developers": ("/developers", 8),
    "audit": ("/audit", 10),
    "records of a number": ("/coalition/exercises_by_year.records?at_year=2016&at_domain=maritime", 8),
}
STYLE = 6  # kilobytes, as gzip
# Else a page and its style. A chart's page has a script that copies, an embed one for its height, a table the explorer.
MOST_REQUESTS = {"table": 10, "chart page": 4, "chart page with a map": 4, "embed": 2, "picture": 1}


def loaded(html: str) -> list[str]:
    """Return what a browser fetches at once to show the page: styles, scripts, pictures, frames."""
    styles = re.findall(r'<link rel="stylesheet" href="([^"]+)"', html)
    others = re.findall(r'<(?:script|img|iframe)[^>]*?\ssrc="([^"]+)"', html)
    return sorted({*styles, *others})


async def weight(served, path: str) -> int:
    """Return the bytes that go over the line for an answer asked for as gzip."""
    answer = await served.client.get(path, headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200, path
    return int(answer.headers["content-length"])


@pytest.mark.parametrize("kind", BUDGET)
async def test_a_page_keeps_to_its_budget_of_bytes(served, kind):
    path, most = BUDGET[kind]
    row = (await served.get_database("coalition").execute("select max(id) from exercises")).single_value()
    assert await weight(served, path.format(exercise=row)) <= most * 1000


@pytest.mark.parametrize("kind", BUDGET)
async def test_a_page_keeps_to_its_budget_of_requests_and_asks_nobody_else(served, kind):
    path, _ = BUDGET[kind]
    row = (await served.get_database("coalition").execute("select max(id) from exercises")).single_value()
    page = (await served.client.get(path.format(exercise=row))).text
    files = loaded(page)
    assert 1 + len(files) <= MOST_REQUESTS.get(kind, 2), files
    assert all(file.startswith("/") for file in files)
    for file in files:
        assert (await served.client.get(file)).status_code == 200, file


async def test_the_style_of_all_pages_is_small(served):
    (style,) = [file for file in loaded((await served.client.get("/")).text) if "site.css" in file]
    assert await weight(served, style) <= STYLE * 1000
