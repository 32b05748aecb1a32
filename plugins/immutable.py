"""The database never changes while it is served: pages follow on without a gap, and nothing is counted twice."""

from functools import lru_cache

from datasette import hookimpl
from datasette.utils import escape_sqlite

from coalition.asking import PAGES, named_queries, page_sql
from coalition.known import Known, by_key, by_link, statement
from coalition.metadata import defaults
from coalition.paging import tie_broken

# As many rows as there are events; not to be held in memory.
LONG = {"sitemap_records"}


def rewriting(execute, keys: dict[str, list[str]]):
    """Return Database.execute that puts right, and makes faster, the SQL that Datasette writes for a table."""

    async def rewritten(sql, *args, **kwargs):
        return await execute(by_key(by_link(tie_broken(sql, keys)), keys), *args, **kwargs)

    return rewritten


def own_statements(queries: dict[str, dict]) -> frozenset[tuple]:
    """Return what the site asks whoever reads: named queries and their options, pages without a parameter."""
    found = set()
    for query in queries.values():
        # A page of Datasette's own gives an empty text for what nobody chose, a chart the default.
        for params in (defaults(query), dict.fromkeys(query.get("params") or {}, "")):
            found.add(statement(query["sql"], params))
        options = (words.get("options") for words in (query.get("params") or {}).values())
        found |= {statement(sql) for sql in options if isinstance(sql, str)}
    pages = (page_sql(path.stem) for path in PAGES.glob("*.sql") if path.stem not in LONG)
    return frozenset(found | {statement(sql) for sql in pages if ":" not in sql})


@hookimpl
def startup(datasette):
    # Asked some nine times for one page, each time with a copy of the whole metadata: half of a page's time.
    datasette._table_permission_allows = lru_cache(4096)(datasette._table_permission_allows)

    async def patch():
        ours = own_statements(named_queries(datasette))
        for name, database in datasette.databases.items():
            if name == "_internal":
                continue
            keys = {table: await database.primary_keys(table) or ["rowid"] for table in await database.table_names()}
            keys = {table: [escape_sqlite(key) for key in names] for table, names in keys.items()}
            database.execute = rewriting(Known(database, ours), keys)

    return patch
