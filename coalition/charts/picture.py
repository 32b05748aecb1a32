"""Pure functions on SVG text: from what Vega drew to a picture in house dress, or to an inline drawing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from coalition.charts import theme
from coalition.charts.paths import shortened
from coalition.charts.spec import text_width

PAD = 16


@dataclass(frozen=True)
class Words:
    """What a picture says besides its marks; every entry is plain text."""

    title: str
    subtitle: str = ""
    notes: tuple[str, ...] = ()
    alt: str = ""
    notice: str = ""
    chosen: str = ""

    @property
    def full_title(self) -> str:
        """The title with what a reader chose, for places that show it without the picture."""
        return f"{self.title} ({self.chosen})" if self.chosen else self.title


@dataclass(frozen=True)
class Drawing:
    """The inside of an SVG with its size."""

    width: float
    height: float
    inside: str


# A drawing of two thousand points takes 0.2 s to rewrite, and stands in several pages.
@lru_cache(128)
def drawing(svg: str) -> Drawing:
    """Return what Vega drew without what no reader needs; marks keep their description as a native tooltip."""
    width, height = (float(n) for n in re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups())
    inside = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    inside = shortened(_NUMBER.sub(_rounded, inside))
    # Some drawings give each text its font again; once, on the root, is enough.
    inside = re.sub(r' font-family="[^"]*"', "", inside)
    inside = re.sub(r'<path class="(?:background|foreground)"[^>]*?(?:d=""|d="M0,0h0v0h0Z")[^>]*/>', "", inside)
    inside = re.sub(r'<path class="foreground"[^>]*/>', "", inside)
    inside = re.sub(r' (?:stroke-width|opacity|fill-opacity|stroke-opacity)="1"', "", inside)
    inside = re.sub(r' (?:pointer-events|aria-roledescription|role|aria-hidden|class)="[^"]*"', "", inside)
    inside = _titled(inside)
    inside = re.sub(r' aria-label="[^"]*"', "", inside)
    inside = _without_empty_groups(inside).replace(' transform="translate(0,0)"', "")
    return Drawing(width, height, inside)


# The first character is required, which lets the search skip the rest of the text in half the time of an optional sign.
_NUMBER = re.compile(r"[-\d]\d*\.\d\d+")


def _rounded(found: re.Match) -> str:
    text = f"{float(found[0]):.1f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _titled(inside: str) -> str:
    """Turn the description of a mark into a <title>, which browsers show on hover without any script."""

    def title(found: re.Match) -> str:
        tag, before, label, after = found.groups()
        return f"<{tag}{before}{after}><title>{label}</title></{tag}>"

    return re.sub(r'<(path|circle|rect|line)((?: [^>]*?)?) aria-label="([^"]*)"((?: [^>]*?)?)/>', title, inside)


def _without_empty_groups(inside: str) -> str:
    while True:
        less = re.sub(r"<g(?: [^>]*)?></g>", "", inside)
        less = re.sub(r"<g>([^<]*(?:<(?!/?g\b)[^<]*)*)</g>", r"\1", less)
        if less == inside:
            return less
        inside = less


def inline(drawn: Drawing, alt: str) -> str:
    """Return an <svg> to stand in a page: it fills its column, and its colours are the page's variables."""
    return (
        f'<svg class="chart-svg" role="img" aria-label="{escape(alt)}" xmlns="http://www.w3.org/2000/svg" '
        f'viewBox="0 0 {drawn.width:g} {drawn.height:g}" font-family="{escape(theme.FONT)}" '
        f'style="max-width:100%;height:auto" width="{drawn.width:g}" height="{drawn.height:g}">'
        f"{theme.in_variables(drawn.inside)}</svg>"
    )


def framed(drawn: Drawing, words: Words, dark: bool = False, size: tuple[int, int] | None = None) -> str:
    """Return a picture that stands alone: title, drawing, source and licence; `size` fixes it (a social card)."""
    width = size[0] if size else drawn.width + 2 * PAD
    room = width - 2 * PAD
    big = 28 if size else 17
    top, parts = PAD, []
    for text, font, colour, weight in (
        (words.title, big, "ink", "bold"),
        (words.subtitle, 17 if size else 13, "muted", "normal"),
        (words.notice, 17 if size else 13, "notice", "bold"),
    ):
        for line in wrapped(text, room, font * (1.05 if weight == "bold" else 1)):
            top += font * 1.25
            parts.append(_text(line, PAD, top - font * 0.25, font, colour, weight))
    top += 12
    foot = [line for note in words.notes for line in wrapped(note, room, 11)]
    below = 14 * len(foot) + PAD + 4
    if size:
        fit = min(room / drawn.width, (size[1] - top - below) / drawn.height)
        shift = PAD + (room - drawn.width * fit) / 2
        height = size[1]
    else:
        fit, shift = 1, PAD
        height = top + drawn.height + below
    parts.append(f'<g transform="translate({shift:.1f},{top:.1f}) scale({fit:.3f})">{drawn.inside}</g>')
    for number, line in enumerate(foot):
        parts.append(_text(line, PAD, height - PAD - 14 * (len(foot) - 1 - number), 11, "muted", "normal"))
    svg = _page(width, height, words, "".join(parts))
    return theme.in_dark(svg) if dark else svg


def message(words: Words, sentence: str, width: float, dark: bool = False, size: tuple[int, int] | None = None) -> str:
    """Return a picture that says in words why there is no chart: never a blank."""
    lines = wrapped(sentence, width - 2 * PAD - 24, 14)
    height = 24 * len(lines) + 40
    inside = f'<rect width="{width - 2 * PAD:g}" height="{height}" fill="{theme.LIGHT["grid"]}"/>' + "".join(
        _text(line, 12, 34 + 24 * n, 14, "ink", "normal") for n, line in enumerate(lines)
    )
    return framed(Drawing(width - 2 * PAD, height, inside), words, dark, size)


def message_drawing(sentence: str, width: float) -> Drawing:
    """Return a drawing that holds only a sentence."""
    lines = wrapped(sentence, width - 24, 14)
    inside = "".join(_text(line, 12, 34 + 22 * n, 14, "ink", "normal") for n, line in enumerate(lines))
    height = 22 * len(lines) + 40
    return Drawing(width, height, f'<rect width="{width:g}" height="{height}" fill="{theme.LIGHT["grid"]}"/>{inside}')


def _page(width: float, height: float, words: Words, inside: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="t d" width="{width:g}" '
        f'height="{height:.0f}" viewBox="0 0 {width:g} {height:.0f}" font-family="{escape(theme.FONT)}">'
        f'<title id="t">{escape(words.title)}</title><desc id="d">{escape(words.alt)}</desc>'
        f'<rect width="100%" height="100%" fill="{theme.LIGHT["paper"]}"/>{inside}</svg>\n'
    )


def _text(line: str, x: float, y: float, size: float, colour: str, weight: str) -> str:
    bold = f' font-weight="{weight}"' if weight != "normal" else ""
    return f'<text x="{x:g}" y="{y:.1f}" font-size="{size:g}" fill="{theme.LIGHT[colour]}"{bold}>{escape(line)}</text>'


def wrapped(text: str, room: float, size: float) -> list[str]:
    """Return the text in lines that fit; a word longer than a line is cut, so that addresses and Chinese fit too."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        while text_width(word, size) > room:
            cut = next((n for n in range(len(word), 0, -1) if text_width(word[:n], size) <= room), 1)
            lines, line, word = [*lines, *([line] if line else []), word[:cut]], "", word[cut:]
        if text_width(f"{line} {word}".strip(), size) <= room:
            line = f"{line} {word}".strip()
        else:
            lines.append(line)
            line = word
    return [*lines, line] if line else lines
