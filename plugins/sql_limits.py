"""Readers' SQL reads tables and nothing else, and its answers are bounded in bytes."""

from datasette import hookimpl

from coalition.limits import restrict
from coalition.metadata import DATABASE


# After the others, which create functions and may run pragmas of their own.
@hookimpl(trylast=True)
def prepare_connection(conn, database):
    if database == DATABASE:
        restrict(conn)
