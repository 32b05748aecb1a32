"""What a reader copies to show a chart elsewhere: frame, oEmbed answer, addresses; pure functions of words."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import parse_qsl, urlsplit

AROUND = 190  # pixels of an embed's title, notes and table summary above and below its drawing
CHART_PATH = re.compile(r"/coalition/(?P<name>[A-Za-z0-9_]+)(?:\.(?P<form>embed|svg|png|figure|vl\.json))?")
WIDTHS = (320, 1200)


def frame(address: str, title: str, height: int) -> str:
    """Return the <iframe> to paste; it needs no script, and follows its content's height where resize.js runs."""
    return (
        f'<iframe src="{escape(address)}" title="{escape(title)}" width="100%" height="{height}" '
        f'style="border:0;width:100%;max-width:1200px" loading="lazy"></iframe>'
    )


def frame_height(svg: str, width: int) -> int:
    """Return the height of a frame of this width that shows the whole drawing with the words around it."""
    drawn_width, drawn_height = (float(n) for n in re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups())
    return round(drawn_height * min(1.3, width / drawn_width)) + AROUND


def chart_in(url: str, site: str) -> tuple[str, dict[str, str]] | None:
    """Return (chart, parameters) of an address below `site`, in any of its forms; None for any other address."""
    try:
        asked, own = urlsplit(url), urlsplit(site)
    except ValueError:  # a bracket in the host
        return None
    if asked.scheme not in ("http", "https") or asked.netloc != own.netloc:
        return None
    base = own.path.rstrip("/")
    found = CHART_PATH.fullmatch(asked.path.removeprefix(base)) if asked.path.startswith(base) else None
    return (found["name"], dict(parse_qsl(asked.query))) if found else None


def bounded(text: str | None, default: int) -> int | None:
    """Return maxwidth or maxheight of an oEmbed request, `default` where it is not given, None where it is no size."""
    if not text:
        return default
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 6 and int(text) else None
