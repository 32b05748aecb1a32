"""SQL that creates the tables, written from the codebook."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from coalition.codebook import Column, Table

AFFINITY = {"string": "TEXT", "integer": "INTEGER", "number": "REAL"}
PRECISION = {4: "year", 7: "month", 10: "day"}  # by the length of a date
YEAR, MONTH, DAY = "[12][0-9][0-9][0-9]", "-[01][0-9]", "-[0-3][0-9]"


def quoted(name: str) -> str:
    """Return an identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """Return a text value in single quotes."""
    return "'" + value.replace("'", "''") + "'"


def create_table(table: Table) -> str:
    """Return the CREATE TABLE statement: STRICT, with the keys and checks that the codebook states."""
    parts = [_column(column, table) for column in (*table.columns, *table.derived)]
    if table.primary_key:
        parts.append(f"PRIMARY KEY ({_list(table.primary_key)})")
    parts += [f"UNIQUE ({_list(key)})" for key in table.unique_keys]
    for name, (target, column) in table.foreign_keys.items():
        parts.append(f"FOREIGN KEY ({quoted(name)}) REFERENCES {quoted(target)}({quoted(column)})")
    body = ",\n  ".join(parts)
    return f"CREATE TABLE {quoted(table.name)} (\n  {body}\n) STRICT"


def _column(column: Column, table: Table) -> str:
    words = [quoted(column.name), AFFINITY[column.type]]
    if column.required or column.name in table.primary_key:
        words.append("NOT NULL")
    if column.unique:
        words.append("UNIQUE")
    words += [f"CHECK ({check})" for check in _checks(column)]
    return " ".join(words)


def _checks(column: Column) -> list[str]:
    name, checks = quoted(column.name), []
    if column.enum:
        # Not as IN: SQLite would build a table of the list again for every row that comes in.
        checks.append(" OR ".join(f"{name} = {literal(value)}" for value in column.enum))
    if column.minimum is not None:
        checks.append(f"{name} >= {column.minimum}")
    if column.maximum is not None:
        checks.append(f"{name} <= {column.maximum}")
    if column.is_date:
        checks.append(" OR ".join(f"{name} GLOB '{shape}'" for shape in (YEAR + MONTH + DAY, YEAR + MONTH, YEAR)))
    return checks


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(map(quoted, names))


def insert(table: Table) -> str:
    """Return the INSERT statement that takes a row's cells as its CSV holds them: an empty one is NULL.

    Where the table has dates, it adds their year and precision.
    """
    values = [f"nullif(?{place}, '')" for place in range(1, len(table.columns) + 1)]
    if table.derived:
        date = f"?{table.names.index(table.order_by) + 1}"
        precisions = " ".join(f"when {length} then {literal(word)}" for length, word in PRECISION.items())
        values += [f"cast(substr({date}, 1, 4) as integer)", f"case length({date}) {precisions} end"]
    return f"INSERT INTO {quoted(table.name)} VALUES ({', '.join(values)})"


def create_indexes(table: Table, facets: Sequence[str] = (), orders: Sequence[str] = ()) -> list[str]:
    """Return CREATE INDEX statements for what pages filter, facet, sort and join by.

    A reference in a table of events goes with the date: "the next event of this state" is then one step.
    Each pair of `facets` has one, or beyond three of them all together, so that rows filtered by one can be counted
    by another without being read. Each of `orders` has one, and the first of them one behind each facet: of half a
    million rows that a facet leaves, a page shows fifty in that order.
    """
    wanted = [name for name in table.foreign_keys if name != (table.primary_key or ("",))[0]]
    wanted += [column.name for column in table.columns if column.enum and column.name not in wanted]
    if table.order_by:
        wanted += [table.order_by, *(column.name for column in table.derived)]
    wanted += [facet for facet in (*facets, *orders) if facet not in table.primary_key[:1]]
    together = permutations(facets, 2) if len(facets) <= 3 else [tuple(facets)]
    dated = (table.order_by, *table.primary_key) if table.order_by else ()
    keys = [(name, *dated) if name in table.foreign_keys else (name,) for name in dict.fromkeys(wanted)]
    keys += together
    keys += [(facet, orders[0]) for facet in facets if orders and facet != orders[0]]
    return [
        f"CREATE INDEX {quoted('_'.join((table.name, *names)))} ON {quoted(table.name)}({_list(names)})"
        for names in dict.fromkeys(keys)
    ]


def text_columns(table: Table) -> list[str]:
    """Return the columns a reader would search: free text, not codes, ids, dates or addresses."""
    return [
        column.name
        for column in table.columns
        if column.type == "string" and not (column.enum or column.pattern or column.is_date)
        and column.name not in table.foreign_keys and column.name not in CODES
    ]  # fmt: skip


# Columns of the tables that the build adds carry no constraints; these hold codes, not prose.
CODES = {
    "id", "type", "date", "date_precision", "actors", "confidence", "query", "table_name", "role", "property", "asked",
    "since", "first_designated", "event_id", "actor_id", "partner_id", "level_id", "partnership_id",
    "published_total_id",
}  # fmt: skip
