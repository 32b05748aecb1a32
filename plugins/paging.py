"""No row is lost between the first page of a sorted table and the second; see coalition/paging.py."""

from datasette import hookimpl
from datasette.utils import escape_sqlite

from coalition.paging import paging


@hookimpl
def startup(datasette):
    async def patch():
        for name, database in datasette.databases.items():
            if name == "_internal":
                continue
            tables = await database.table_names()
            keys = {table: await database.primary_keys(table) or ["rowid"] for table in tables}
            database.execute = paging(database, {t: [escape_sqlite(key) for key in ks] for t, ks in keys.items()})

    return patch
