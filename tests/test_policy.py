"""Claims about what a browser may do with our answers: nothing runs but our own files and Datasette's known scripts."""

import re

import pytest

from coalition.policy import content_policy, known, script_hashes

OWN = ["/", "/countries", "/country/RUS", "/claims", "/codebook", "/charts", "/search?q=Iran", "/downloads",
       "/coalition", "/coalition/events", "/coalition/exercises_by_year", "/coalition/exercises/joint-sea-2016",
       "/nothing", "/coalition/exercises_counted.records",
       "/coalition?sql=select+1", "/coalition/exercises_by_year.embed"]  # fmt: skip
OTHER = ["/coalition/exercises_by_year.svg", "/coalition/events.json", "/coalition/events.csv", "/feed.atom"]


def directives(response) -> dict[str, str]:
    policy = response.headers["content-security-policy"]
    return dict(part.strip().partition(" ")[::2] for part in policy.split(";"))


@pytest.mark.parametrize("path", OWN + OTHER)
async def test_every_answer_carries_the_headers(served, path):
    headers = (await served.client.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert len(headers.get_list("content-security-policy")) == 1


@pytest.mark.parametrize("path", OWN)
async def test_no_inline_script_may_run_but_those_known_in_full(served, path):
    response = await served.client.get(path)
    allowed = directives(response)["script-src"]
    assert "unsafe-inline" not in allowed and "http" not in allowed and "*" not in allowed
    for script in re.findall(r"<script>(.*?)</script>", response.text, re.S):
        assert known(script)[0] in allowed
    assert not re.search(r"<[^>]+\son\w+\s*=", response.text), "an event handler in markup would not run"


@pytest.mark.parametrize("path", OWN)
async def test_code_from_text_runs_only_where_datasette_vega_draws(served, path):
    explorer = path in ("/coalition", "/coalition/events", "/coalition?sql=select+1")
    assert ("'unsafe-eval'" in directives(await served.client.get(path))["script-src"]) is explorer


@pytest.mark.parametrize("path", OWN)
async def test_only_embeds_may_be_framed_by_others(served, path):
    assert directives(await served.client.get(path)).get("frame-ancestors") == (
        None if path.endswith(".embed") else "'self'"
    )


@pytest.mark.parametrize("path", OTHER)
async def test_pictures_and_data_run_nothing(served, path):
    found = directives(await served.client.get(path))
    assert found["default-src"] == "'none'" and "script-src" not in found


def test_a_script_with_a_placeholder_is_not_trusted():
    assert script_hashes(["<script>a = {{ b }};</script>"]) == []
    assert len(script_hashes(["<script>a</script> <script>b</script>", "<script>a</script>"])) == 2


def test_an_embed_is_open_and_a_page_is_not():
    assert b"frame-ancestors" not in content_policy(b"text/html", [], True, False)
    assert b"frame-ancestors 'self'" in content_policy(b"text/html; charset=utf-8", [], False, False)


@pytest.mark.browser
def test_a_smuggled_script_does_not_run_and_pages_report_no_violation(address, browser):
    page = browser.new_context().new_page()
    errors = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    for path in OWN:
        page.goto(address + path)
        errors = [error for error in errors if "404" not in error]
        assert errors == [], path
    page.evaluate("const s = document.createElement('script'); s.text = 'window.smuggled = 1'; document.body.append(s)")
    assert page.evaluate("window.smuggled") is None
    assert any("Content Security Policy" in error for error in errors)
