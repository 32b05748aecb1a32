"""Markdown of the project's own documents as HTML; tags that are written in it are shown as text."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markupsafe import Markup

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_TITLE = re.compile(r"\A# (.+)\n")
# A wide table is scrolled by itself; the policy of the pages allows no style in a tag.
_TABLE = '<div class="table-wrapper" role="region" aria-label="{}" tabindex="0"><table>'


def title_of(text: str) -> str:
    """Return the heading that a document begins with."""
    return _TITLE.match(text)[1]


def as_html(text: str) -> Markup:
    """Return a document without its first heading, with each table in a box named by the heading above it."""
    heading, parts = title_of(text), []
    for line in _MARKDOWN.render(_TITLE.sub("", text)).replace(' style="text-align:right"', ' class="num"').split("\n"):
        if found := re.match(r"<h\d>(.+)</h\d>", line):
            heading = found[1]
        parts.append(line.replace("<table>", _TABLE.format(heading)).replace("</table>", "</table></div>"))
    return Markup("\n".join(parts))


def line_as_html(line: str) -> Markup:
    """Return a line as HTML, without a paragraph around it.

    >>> str(line_as_html("In `events` a < b."))
    'In <code>events</code> a &lt; b.'
    """
    return Markup(_MARKDOWN.renderInline(line))
