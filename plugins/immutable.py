"""The database never changes while it is served: pages follow on without a gap, and nothing is counted twice."""

from functools import lru_cache

from datasette import hookimpl
from datasette.database import QueryInterrupted
from datasette.utils import escape_sqlite

from coalition.asking import PAGES, named_queries, page_sql
from coalition.bounding import MOST_COUNTED, beyond, bounded_count, long_lists, on_the_way
from coalition.charts.answers import few
from coalition.known import Known, by_key, by_link, statement
from coalition.metadata import defaults
from coalition.paging import stepwise, tie_broken


def rewriting(execute, keys: dict[str, list[str]]):
    """Return Database.execute that puts right, and makes faster, the SQL that Datasette writes for a table."""

    async def rewritten(sql, params=None, truncate=False, **kwargs):
        sql = by_link(sql)
        # Nothing but Datasette's own count of a filtered table comes without any of the other arguments.
        if not truncate and not kwargs and (bounded := bounded_count(sql, MOST_COUNTED)):
            return await counted(execute, bounded, params)
        for one, how_many, many in long_lists(sql):
            if (await execute(how_many, params)).single_value() > many:
                sql = on_the_way(sql, one)
        return await execute(by_key(stepwise(tie_broken(sql, keys)), keys), params, truncate=truncate, **kwargs)

    return rewritten


async def counted(execute, sql: str, params):
    """Return a count as Datasette wants it; beyond the bound it is told that there is none, as after a timeout."""
    results = await execute(sql, params)
    beyond.set(results.single_value() > MOST_COUNTED)
    if beyond.get():
        raise QueryInterrupted(None, sql, params)
    return results


def own_statements(queries: dict[str, dict]) -> frozenset[tuple]:
    """Return what the site asks whoever reads: named queries and their options, pages without a parameter.

    One choice from a short list, as of the confidence, belongs to it: all events are counted anew for each.
    """
    found = set()
    for query in queries.values():
        # A page of Datasette's own gives an empty text for what nobody chose, a chart the default.
        for params in (defaults(query), dict.fromkeys(query.get("params") or {}, "")):
            found.add(statement(query["sql"], params))
            for name, words in (query.get("params") or {}).items():
                listed = words.get("options") if isinstance(words.get("options"), list) else []
                found |= {statement(query["sql"], {**params, name: str(option)}) for option in listed}
        options = (words.get("options") for words in (query.get("params") or {}).values())
        found |= {statement(few(sql)) for sql in options if isinstance(sql, str)}
    pages = (page_sql(path.stem) for path in PAGES.glob("*.sql"))
    return frozenset(found | {statement(sql) for sql in pages if ":" not in sql})


def always(value):
    """Return a method that gives the same value each time it is awaited."""

    async def given():
        return value

    return given


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
            # Worked out from every table's pragmas for each record: 6 ms.
            database.get_all_foreign_keys = always(await database.get_all_foreign_keys())
            database.known = Known(database, ours)
            database.execute = rewriting(database.known, keys)

    return patch


@hookimpl
def extra_template_vars():
    return {"more_than": lambda: MOST_COUNTED if beyond.get() else None}
