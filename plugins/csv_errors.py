"""A CSV whose SQL fails is a 400 with the reason."""

from datasette import hookimpl

from coalition.csv_errors import Noting, telling


@hookimpl
def startup(datasette):
    for database in datasette.databases.values():
        database.execute = telling(database.execute)


@hookimpl
def asgi_wrapper():
    return Noting
