"""Asking the served database: the SQL of pages from coalition/pages/*.sql, and named queries from metadata.yml."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from coalition.metadata import DATABASE, defaults, sql_of

PAGES = Path(__file__).parent / "pages"


@lru_cache
def page_sql(name: str) -> str:
    """Return the SQL of coalition/pages/<name>.sql."""
    return (PAGES / f"{name}.sql").read_text(encoding="utf-8")


async def ask(datasette, name: str, **values) -> list[dict]:
    """Return the rows of a page's query as dictionaries."""
    results = await datasette.get_database(DATABASE).execute(page_sql(name), values)
    return [dict(row) for row in results.rows]


async def ask_one(datasette, name: str, **values) -> dict | None:
    """Return the first row of a page's query, or None."""
    rows = await ask(datasette, name, **values)
    return rows[0] if rows else None


async def ask_named(datasette, name: str, **values) -> list[dict]:
    """Return the rows of a named query of metadata.yml; parameters that are not given have their defaults."""
    query = named_queries(datasette)[name]
    values = {**defaults(query), **{key: value for key, value in values.items() if key in (query.get("params") or {})}}
    results = await datasette.get_database(DATABASE).execute(sql_of(query), values)
    return [dict(row) for row in results.rows]


def named_queries(datasette) -> dict[str, dict]:
    """Return {name: definition} of the named queries; not to be changed in place."""
    return datasette.metadata("queries", database=DATABASE, fallback=False) or {}


async def release(datasette) -> dict[str, str]:
    """Return what the release says of itself: title, version, released, license, content_hash and so on."""
    return {row["property"]: row["value"] for row in await ask(datasette, "release")}
