"""The question of a search page as the database understands it, and its words marked in the answers."""

from __future__ import annotations

import re
from difflib import get_close_matches

from markupsafe import Markup, escape

LONGEST = 300
# Rows that hold the words and are ranked, the newest first; to rank all of a million takes seconds.
MOST_RANKED = 5000
MOST_SHOWN = 100  # events


def words_of(question: str) -> list[str]:
    """Return the words of a question, without quotes, at most LONGEST characters in all."""
    return [word for word in question[:LONGEST].replace('"', " ").split() if re.search(r"\w", word)]


def nearest(question: str, names: list[str]) -> list[str]:
    """Return the names, three at most, that the question may have meant to spell, the nearest first.

    >>> nearest("kazakstan", ["Kazakhstan", "Peru"])
    ['Kazakhstan']
    """
    lower = {name.lower(): name for name in names}
    return [lower[name] for name in get_close_matches(question.lower(), lower, n=3, cutoff=0.8)]


def year_of(text: str) -> str | int:
    """Return a year as a number, or '' for anything else."""
    return int(text) if re.fullmatch(r"[12][0-9]{3}", text or "") else ""


def marked(text: str | None, words: list[str]) -> Markup:
    """Return the text as HTML with the words marked, whatever else it holds."""
    text = text or ""
    if not words:
        return escape(text)
    pattern = re.compile("(" + "|".join(re.escape(word) for word in words) + ")", re.I)
    parts = pattern.split(text)
    return Markup("").join(
        Markup("<mark>{}</mark>").format(part) if number % 2 else escape(part) for number, part in enumerate(parts)
    )
