"""Records that a text names by their ids."""

from __future__ import annotations

import json
import re

from markupsafe import Markup, escape

from coalition.asking import ask

# Not a part of a longer word, nor of the address of a document.
RECORD_ID = re.compile(r"(?<![\w./-])[a-z0-9]+(?:-[a-z0-9]+)+(?![\w-])")


async def named_events(datasette, text: str | None) -> list[dict]:
    """Return {id, type, title} of the events that a text names, in its order."""
    names = RECORD_ID.findall(text or "")
    found = await ask(datasette, "named_events", names=json.dumps(names)) if names else []
    return sorted(found, key=lambda event: names.index(event["id"]))


def linked(text: str | None, addresses: dict[str, str]) -> Markup:
    """Return the text as HTML in which the ids that have an address are links, whatever else it holds.

    >>> str(linked("As in <rus-1996>, not rus-1997", {"rus-1996": "/rus"}))
    'As in &lt;<a href="/rus">rus-1996</a>&gt;, not rus-1997'
    """

    def link(name: re.Match) -> str:
        address = addresses.get(name[0])
        return Markup('<a href="{}">{}</a>').format(address, name[0]) if address else name[0]

    return Markup(RECORD_ID.sub(link, escape(text or "")))
