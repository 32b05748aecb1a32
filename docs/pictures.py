"""Make the pictures of README.md and docs/pictures.md from a running site: python docs/pictures.py URL."""

import shutil
import sys
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent
CHART = "/coalition/exercises_by_year"
DESKTOP, PHONE = {"width": 1100, "height": 800}, {"width": 320, "height": 640}
# name: (address, window, scheme)
VIEWS = {
    "gallery": ("/charts", DESKTOP, "light"),
    "gallery-phone": ("/charts", PHONE, "light"),
    "gallery-dark": ("/charts", DESKTOP, "dark"),
    "chart": (CHART, DESKTOP, "light"),
    "chart-phone": (CHART, PHONE, "light"),
    "chart-dark": (CHART, DESKTOP, "dark"),
    "embed": (f"{CHART}.embed", {"width": 720, "height": 520}, "light"),
    "embed-phone": (f"{CHART}.embed", {"width": 320, "height": 420}, "light"),
    "embed-dark": (f"{CHART}.embed", {"width": 720, "height": 520}, "dark"),
}


def main(url: str) -> None:
    with urllib.request.urlopen(f"{url}/coalition/current_partners_by_level.png?width=640&scale=1.5") as answer:
        (FOLDER / "partners-by-level.png").write_bytes(answer.read())
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        for name, (path, window, scheme) in VIEWS.items():
            page = browser.new_page(viewport=window, color_scheme=scheme)
            page.goto(url + path)
            page.screenshot(path=FOLDER / f"{name}.jpg", type="jpeg", quality=70)
            page.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
