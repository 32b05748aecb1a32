"""Codes, dates and numbers as words for a reader; every function here is pure."""

from __future__ import annotations

import re

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
TYPES = {
    "partnership": "Partnership",
    "exercise": "Exercise",
    "statement": "Statement",
    "sanctions_defiance": "Sanctions event",
}
# The table that holds the records of each type of event.
TABLES = {
    "partnership": "partnerships",
    "exercise": "exercises",
    "statement": "statements",
    "sanctions_defiance": "sanctions_defiance",
}
TABLE_WORDS = {table: f"{TYPES[kind]}s" for kind, table in TABLES.items()}
# The columns of a record that the summary of its event ends with, in this order, and what they are called there.
LABELLED = {"china_position": "China’s position", "note": "Note"}
VERDICTS = {
    "found": "Found in the record",
    "found_with_difference": "Found, with a difference",
    "partly": "Found in part",
    "not_found": "Not found in the record",
    "not_testable": "Not testable with such data",
}
KINDS = {
    "treaty_or_joint_text": "Treaty or joint text",
    "official_china": "Official, China",
    "official_partner": "Official, partner",
    "official_third": "Official, third party",
    "united_nations": "United Nations",
    "un": "United Nations (Security Council)",
    "un_statement": "Statement at the United Nations",
}
LANGUAGES = {
    "ar": "Arabic", "be": "Belarusian", "bg": "Bulgarian", "bn": "Bengali", "cs": "Czech", "da": "Danish",
    "de": "German", "el": "Greek", "en": "English", "eo": "Esperanto", "es": "Spanish", "fa": "Persian",
    "fr": "French", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian",
    "is": "Icelandic", "it": "Italian", "ja": "Japanese", "kk": "Kazakh", "km": "Khmer", "ko": "Korean",
    "ky": "Kyrgyz", "lo": "Lao", "mn": "Mongolian", "mr": "Marathi", "ms": "Malay", "my": "Burmese",
    "ne": "Nepali", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "ps": "Pashto", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovene", "sq": "Albanian", "sr": "Serbian",
    "sv": "Swedish", "sw": "Swahili", "ta": "Tamil", "th": "Thai", "tl": "Tagalog", "tr": "Turkish",
    "uk": "Ukrainian", "ur": "Urdu", "uz": "Uzbek", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip


def date_in_words(date: str | None) -> str:
    """Return an ISO date at its own precision: '2016', 'September 2016' or '12 September 2016'.

    >>> date_in_words('2016-09')
    'September 2016'
    """
    if not date:
        return "date unknown"
    year, *rest = str(date).split("-")
    if not rest or not all(part.isdigit() for part in rest) or not 1 <= int(rest[0]) <= 12:
        return str(date)
    words = f"{MONTHS[int(rest[0]) - 1]} {year}"
    return f"{int(rest[1])} {words}" if len(rest) > 1 else words


def period_in_words(start: str | None, end: str | None) -> str:
    """Return one date, or 'from … to …' when the event has an end that says more."""
    if not end or (start or "").startswith(end):
        return date_in_words(start)
    if start and len(start) == len(end) == 10 and start[:7] == end[:7]:
        return f"{int(start[8:])}–{date_in_words(end)}"
    return f"{date_in_words(start)} to {date_in_words(end)}"


def precision_in_words(date: str | None) -> str:
    """Return a sentence about a date that is less exact than a day, or ''."""
    return {
        4: "The documents give the year only.",
        7: "The documents give the month but not the day.",
    }.get(len(str(date or "")), "")


def label(code: str | None) -> str:
    """Return a code of the codebook as words: 'joint_statement' becomes 'Joint statement'."""
    if not code:
        return ""
    known = {**VERDICTS, **KINDS, **TYPES}.get(code)
    words = str(code).replace("_", " ")
    return known or words[:1].upper() + words[1:]


def language(code: str | None) -> str:
    """Return the English name of an ISO 639-1 language, or the code itself."""
    return LANGUAGES.get(code or "", code or "")


def number(value) -> str:
    """Return a number with thousands separated by commas and without an idle decimal part."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return f"{value:,}" if isinstance(value, (int, float)) else str(value)


def plural(count: int, one: str, many: str = "") -> str:
    """Return '1 event' or '3 events'."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def shortened(text: str | None, limit: int = 160) -> str:
    """Return the text cut at a word, with an ellipsis where something is missing (SQL function too)."""
    text = " ".join((text or "").split())
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(",;:.") + "…"


def sentences(*parts: str | None) -> str:
    """Return the parts that are there, each ended by a full stop if nothing ends it yet (SQL function).

    >>> sentences("Baltic Sea", None, "First stage.", "Also called “X.”")
    'Baltic Sea. First stage. Also called “X.”'
    """
    return " ".join(
        part if part.rstrip("”’\"')").endswith((".", "!", "?", "…", "。")) else f"{part}." for part in parts if part
    )


def paragraphs(event: dict) -> list[tuple[str, str]]:
    """Return [(label, text)] of what an event's summary joins: our own words without a label first, perhaps ''.

    >>> event = {"summary": "A ban. It objects. From TASS.", "china_position": "It objects", "note": "From TASS."}
    >>> paragraphs(event)
    [('', 'A ban.'), ('China’s position', 'It objects.'), ('Note', 'From TASS.')]
    """
    labelled = [(name, sentences(event[column])) for column, name in LABELLED.items() if event.get(column)]
    own = (event["summary"] or "").removesuffix(" ".join(text for _, text in labelled)).rstrip()
    return [("", own), *labelled]


def web_address(url: str | None) -> str:
    """Return an address that a link may lead to: on the web, or nowhere; a script is no address."""
    return url if (url or "").startswith(("https://", "http://")) else "#"


def host(url: str | None) -> str:
    """Return where on the web a document is, without www.; '' for what is no web address.

    >>> host("https://www.fmprc.gov.cn/eng/1.html")
    'fmprc.gov.cn'
    """
    # As a browser reads it, unlike urlsplit: a backslash is a slash, and what stands before an @ is a user.
    found = re.match(r"https?://(?:[^/?#\\]*@)?(?:www\.)?([^/?#\\:]+)", url or "")
    return found[1] if found else ""


def anchor(heading: str) -> str:
    """Return the id of a heading on its page.

    >>> anchor("How well it is known")
    'how-well-it-is-known'
    """
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")
