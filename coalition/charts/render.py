"""Pictures of charted queries as readers get them: inline SVG, framed SVG, PNG, spec."""

from __future__ import annotations

import json

from markupsafe import Markup

from coalition.charts import picture, theme
from coalition.charts.answers import Answer, BadRequest, answer
from coalition.charts.drawing import png_of, practise, svg_of
from coalition.charts.picture import Words
from coalition.charts.spec import Options, Undrawable, assemble

EMPTY = "No row answers this question with these parameters."
CARD = (1200, 630)
WIDTHS = {"wide": 720, "narrow": 340}  # drawings of a page, of which the stylesheet shows the one that fits


async def figure_svg(datasette, name: str, params: dict | None = None, width: int = 640) -> Markup:
    """Return one <svg> to stand in a page; a bad parameter or an empty answer is an <svg> that says so."""
    try:
        found = await answer(datasette, name, params or {})
        return Markup(picture.inline(await _drawing(found, width), found.words.alt))
    except (BadRequest, Undrawable) as error:
        return Markup(picture.inline(picture.message_drawing(str(error), width), str(error)))


async def framed_svg(found: Answer, width: int = 640, dark: bool = False, card: bool = False) -> str:
    """Return a picture that stands alone, with title, source and licence."""
    size = CARD if card else None
    try:
        if not found.rows:
            return picture.message(found.words, EMPTY, width, dark, size)
        return picture.framed(await _drawing(found, width), found.words, dark, size)
    except Undrawable as error:
        return picture.message(found.words, str(error), width, dark, size)


def said(words: str, width: int = 640, dark: bool = False) -> str:
    """Return a picture that says why there is no chart."""
    return picture.message(Words(title="This chart cannot be shown", alt=words), words, width, dark)


async def practised(datasette, name: str, width: int = 640) -> None:
    """Have the chart of a query drawn by every process that draws, so that none meets it for the first time later."""
    found = await answer(datasette, name, {})
    if found.rows:
        await practise(assemble(found.query["chart"], found.rows, Options(width)))


async def png(found: Answer, width: int = 640, scale: float = 2, dark: bool = False, card: bool = False) -> bytes:
    """Return the framed picture as PNG."""
    return await png_of(await framed_svg(found, width, dark, card), scale)


def full_spec(found: Answer, width: int = 640, dark: bool = False) -> dict:
    """Return the complete Vega-Lite spec with data, title and source."""
    spec = assemble(found.query["chart"], found.rows, Options(width))
    spec["title"] = {"text": found.words.title, "subtitle": list(found.words.notes), "anchor": "start"}
    spec["description"] = found.words.alt
    spec["background"] = theme.COLOURS["paper"][0]
    return json.loads(theme.in_dark(json.dumps(spec))) if dark else spec


async def _drawing(found: Answer, width: int) -> picture.Drawing:
    if not found.rows:
        return picture.message_drawing(EMPTY, width)
    return picture.drawing(await svg_of(assemble(found.query["chart"], found.rows, Options(width))))
