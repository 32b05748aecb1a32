"""A filter by a column that a table does not have is refused; Datasette would answer with all rows, or with none."""

from datasette import hookimpl
from datasette.utils.asgi import BadRequest

from coalition.filtering import objection


@hookimpl
def filters_from_request(request, database, table, datasette):
    async def checked():
        db = datasette.get_database(database)
        columns = await db.table_columns(table)
        if not await db.primary_keys(table):
            columns = ["rowid", *columns]
        if sentence := objection(request.args, table, columns):
            raise BadRequest(sentence)

    return checked
