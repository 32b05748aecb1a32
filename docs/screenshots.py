"""Write a screenshot of each kind of page at desktop, phone and dark: python docs/screenshots.py URL FOLDER."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

PAGES = {
    "home": "/",
    "countries": "/countries",
    "country": "/country/RUS",
    "country-without-record": "/country/TUV",
    "organisation": "/country/SCO",
    "exercise": "/coalition/exercises/joint-sea-2017-baltic",
    "partnership": "/coalition/partnerships/rus-2011",
    "statement": "/coalition/statements/2019-07-xinjiang-support-letter",
    "sanctions-event": "/coalition/sanctions_defiance/2020-11-irn-inksna",
    "search": "/search?q=法国",
    "search-nothing": "/search?q=zzzz",
    "claims": "/claims",
    "codebook": "/codebook",
    "charts": "/charts",
    "query": "/coalition/exercises_by_year",
    "table": "/coalition/events",
    "developers": "/developers",
    "embedding": "/embedding",
    "downloads": "/downloads",
    "releases": "/releases",
    "error": "/coalition/exercises/none-such",
}
VIEWS = {
    "desktop": {"viewport": {"width": 1280, "height": 1200}},
    "phone": {"viewport": {"width": 320, "height": 900}},
    "dark": {"viewport": {"width": 1280, "height": 1200}, "color_scheme": "dark"},
    "plain": {"viewport": {"width": 1280, "height": 1200}, "java_script_enabled": False},
}


def main(url: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        for view, options in VIEWS.items():
            page = browser.new_page(**options)
            for name, path in PAGES.items():
                page.goto(url.rstrip("/") + path)
                page.screenshot(path=folder / f"{name}-{view}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
