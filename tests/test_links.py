"""Claims about links: every internal link on every kind of page answers."""

import asyncio
import re
from html import unescape

import pytest

from coalition import ROOT
from coalition.metadata import queries, read_metadata
from tests.conftest import CODEBOOK

QUERIES = queries(read_metadata(ROOT, CODEBOOK)[0])
TABLES = [table.name for table in CODEBOOK.tables]
KINDS = {
    "home": ["/"],
    "own pages": ["/countries", "/charts", "/claims", "/codebook", "/developers", "/embedding", "/audit", "/downloads",
                  "/coalition"],
    "countries": ["/country/RUS", "/country/TUV", "/country/SCO", "/country/PAK"],
    "search": ["/search?q=Iran", "/search?q=nothing+at+all"],
    "records": ["/coalition/exercises/joint-sea-2016", "/coalition/partnerships/rus-1996",
                "/coalition/claims/baltic-first-exercise", "/coalition/actors/IRN",
                "/coalition/exercises_by_year.records?at_year=2016&at_domain=maritime"],
    "tables": [f"/coalition/{name}" for name in TABLES],
    "queries": [f"/coalition/{name}" for name in QUERIES],
}  # fmt: skip
TOGETHER = 8
pytestmark = pytest.mark.long


@pytest.mark.parametrize("kind", KINDS)
async def test_every_internal_link_answers(served, kind):
    links: dict[str, str] = {}
    for path in KINDS[kind]:
        page = (await served.client.get(path, follow_redirects=True)).text
        for link in re.findall(r'(?:href|src|action)="(/[^"#]*)', page):
            links.setdefault(unescape(link), path)
    # Tables link to records and facets by the hundred, all made alike: one of each shape stands for the rest.
    shapes: dict[str, str] = {}
    for link in sorted(links):
        shape = re.sub(r"=[^&]*", "=", re.sub(r"(/coalition/[a-z_]+/|/country/)[^/?.]+", r"\1*", link))
        shapes.setdefault(f"{shape} on {links[link]}" if kind == "own pages" else shape, link)
    turn = asyncio.Semaphore(TOGETHER)

    async def status(link: str) -> tuple[str, int]:
        async with turn:
            return link, (await served.client.get(link, follow_redirects=True)).status_code

    answered = await asyncio.gather(*(status(link) for link in shapes.values()))
    assert len(answered) > 5
    assert [(link, code, links[link]) for link, code in answered if code != 200] == []
