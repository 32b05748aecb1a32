"""A CSV whose SQL fails is a 400 with the reason."""

from datasette import hookimpl

from coalition.csv_errors import Noting, telling


@hookimpl
def startup(datasette):
    for database in datasette.databases.values():
        database.execute = telling(database.execute)


# Inside, so that its refusal carries the headers of every answer.
@hookimpl(tryfirst=True)
def asgi_wrapper():
    return Noting
