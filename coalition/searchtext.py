"""Text as the full-text index sees it: English words stemmed by SQLite, Chinese characters one by one.

SQLite's tokenizers take a run of Chinese as one word, so that 法国 would not be found in 中国和法国. With a
space around each character on both sides, the index and the question, two characters are a phrase.
"""

from __future__ import annotations

import re

TOKENIZE = "porter unicode61 remove_diacritics 2"
CJK = re.compile("[\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")


def spaced(text: str | None) -> str | None:
    """Return the text with a space around every Chinese character."""
    return CJK.sub(_apart, text) if text and not text.isascii() else text


def _apart(run: re.Match) -> str:
    return f" {'  '.join(run[0])} "


def match_query(words: str) -> str:
    """Return an FTS5 query that finds rows holding all the words; quotes and operators are plain text.

    Without any word it is the empty phrase, which finds nothing.

    >>> match_query('Joint Sea 法国')
    '"Joint" "Sea" " 法  国 "'
    """
    parts = [part.replace('"', "").replace("\0", "") for part in words.split()]
    return " ".join(f'"{spaced(part)}"' for part in parts if re.search(r"\w", part)) or '""'
