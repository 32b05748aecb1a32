"""A filter by a column that a table does not have is refused; Datasette would answer with all rows, or with none."""

from datasette import hookimpl
from datasette.utils.asgi import BadRequest

from coalition.filtering import objection, through_objection


# Before Datasette reads `_through`, whose failure it prints with a trace.
@hookimpl(tryfirst=True)
def filters_from_request(request, database, table, datasette):
    async def checked():
        db = datasette.get_database(database)
        columns = await db.table_columns(table)
        if not await db.primary_keys(table):
            columns = ["rowid", *columns]
        sentence = objection(request.args, table, columns) or through_objection(request.args.getlist("_through"))
        if sentence:
            raise BadRequest(sentence)

    return checked
