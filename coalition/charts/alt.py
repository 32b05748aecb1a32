"""Alt texts that stay current: an author writes the sentence, and the numbers in it come from the rows that are drawn.

A place in braces is one of

    {rows}                    how many rows there are
    {count partner}           how many different values a column has
    {sum events}              its total; with a condition: {sum events where event is upgraded}
    {first year} {last year}  its least and its greatest value
    {top partner by events}   the value whose rows have the largest total, the first one among equals
    {most events per partner} that total
"""

from __future__ import annotations

import re
from collections.abc import Callable

PLACE = re.compile(r"\{([^{}]*)\}")
FORMS = {
    "rows": re.compile(r"rows"),
    "count": re.compile(r"count (\w+)"),
    "sum": re.compile(r"sum (\w+)(?: where (\w+) is (.+))?"),
    "first": re.compile(r"first (\w+)"),
    "last": re.compile(r"last (\w+)"),
    "top": re.compile(r"top (\w+) by (\w+)"),
    "most": re.compile(r"most (\w+) per (\w+)"),
}


class Unreadable(ValueError):
    """Raised for a place in braces that is of no known form; the message is a sentence."""


def alt_text(template: str, rows: list[dict]) -> str:
    """Return the sentence with its numbers; raise Unreadable for a place that is of no known form."""
    return PLACE.sub(lambda found: _value(*_parsed(found[1]), rows), template)


def fields(template: str) -> set[str]:
    """Return the columns that a sentence takes numbers from; raise Unreadable."""
    found = set()
    for place in PLACE.findall(template):
        kind, words = _parsed(place)
        found.update(word for word in words[: 1 if kind == "rows" else 2] if word)
    return found


def _parsed(place: str) -> tuple[str, tuple]:
    for kind, form in FORMS.items():
        if match := form.fullmatch(place):
            return kind, match.groups()
    raise Unreadable(f"'{{{place}}}' is none of {{rows}}, {{count x}}, {{sum x}}, {{first x}}, {{last x}}, "
                     "{top x by y}, {most y per x}")  # fmt: skip


def _value(kind: str, words: tuple, rows: list[dict]) -> str:
    return _shown(ANSWERS[kind](rows, *words))


def _shown(value) -> str:
    if isinstance(value, float):
        return f"{value:,.1f}".removesuffix(".0")
    # A year is an integer too, but nobody groups its digits.
    return f"{value:,}" if isinstance(value, int) and abs(value) >= 10_000 else str(value)


def _values(rows: list[dict], field: str) -> list:
    return [row[field] for row in rows if row.get(field) is not None]


def _sum(rows: list[dict], field: str, where: str | None = None, value: str | None = None):
    return sum(_values([row for row in rows if where is None or str(row.get(where)) == value], field))


def _end(choose: Callable) -> Callable:
    return lambda rows, field: choose(_values(rows, field), default="none")


def _totals(rows: list[dict], field: str, amount: str) -> dict:
    totals: dict = {}
    for row in rows:
        totals[row.get(field)] = totals.get(row.get(field), 0) + (row.get(amount) or 0)
    return totals or {"none": 0}


def _top(rows: list[dict], field: str, amount: str):
    totals = _totals(rows, field, amount)
    return max(totals, key=totals.get)


ANSWERS: dict[str, Callable] = {
    "rows": len,
    "count": lambda rows, field: len(set(_values(rows, field))),
    "sum": _sum,
    "first": _end(min),
    "last": _end(max),
    "top": _top,
    "most": lambda rows, amount, field: max(_totals(rows, field, amount).values()),
}
