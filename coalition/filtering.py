"""What the parameters of a table filter by; Datasette compares the name of no column with the value, as a text."""

from __future__ import annotations

import json
from collections.abc import Iterable

from datasette.filters import Filters

COMPARISONS = [key for key, _, _ in Filters([]).lookups()]
THROUGH = {"table": str, "column": str, "value": (str, int, float)}


def is_filter(key: str) -> bool:
    """Return whether Datasette takes a parameter for a filter of a column.

    >>> [is_filter(key) for key in ("year", "year__gte", "_sort", "_year__gte")]
    [True, True, False, True]
    """
    return not key.startswith("_") or "__" in key


def objection(keys: Iterable[str], table: str, columns: list[str]) -> str:
    """Return why the parameters do not filter the rows of a table, or ''; SQLite minds no capitals in `columns`.

    >>> objection(["year__foo"], "exercises", ["year"]).partition(";")[0]
    "'foo' in 'year__foo' is not a comparison"
    """
    known = {column.lower() for column in columns}
    for key in filter(is_filter, keys):
        column, _, comparison = key.rpartition("__") if "__" in key else (key, "", "exact")
        if column.lower() not in known:
            return f"'{key[:60]}' names no column of {table}; columns are {', '.join(columns)}"
        if comparison not in COMPARISONS:
            return f"'{comparison[:60]}' in '{key[:60]}' is not a comparison; comparisons are {', '.join(COMPARISONS)}"
    return ""


def through_objection(values: Iterable[str]) -> str:
    """Return why values of `_through`, a filter by the rows of another table, cannot be read, or ''.

    >>> through_objection(["x"]).partition(", for")[0]
    '_through is JSON with table, column and value'
    """
    for value in values:
        try:
            asked = json.loads(value)
        except (ValueError, RecursionError):
            asked = None
        if not isinstance(asked, dict) or not all(isinstance(asked.get(key), kind) for key, kind in THROUGH.items()):
            return (
                "_through is JSON with table, column and value, for instance"
                ' {"table": "exercise_participants", "column": "actor_id", "value": "RUS"}'
            )
    return ""
