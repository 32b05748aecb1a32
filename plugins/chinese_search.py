"""Make Chinese findable in Datasette's own search box: its question is spaced like the index."""

from datasette import hookimpl

from coalition.searchtext import match_query


# Datasette registers its own escape_fts in the same hook; the last registration wins.
@hookimpl(trylast=True)
def prepare_connection(conn):
    conn.create_function("escape_fts", 1, match_query)
