"""What a reader's SQL may do and how much it may ask for; Datasette's own limits know time and rows only."""

from __future__ import annotations

import sqlite3

MOST_BYTES = 8 * 1024 * 1024  # of one answer; the largest table is some half a megabyte
CELL_BYTES = 100  # counted for a cell beside its text, so that many empty cells are much as well
LONGEST_VALUE = 500_000
LONGEST_PATTERN = 500  # a LIKE takes as long as value times pattern, and the time limit cannot look inside
MOST_COLUMNS = 200
HEAP = 512 * 1024 * 1024  # of all connections of the process together

READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
# Datasette reads its tables through these; none of them changes anything when it is given no value.
PRAGMAS = {
    "data_version", "database_list", "foreign_key_list", "function_list", "index_info", "index_list", "index_xinfo",
    "page_count", "page_size", "schema_version", "table_info", "table_list", "table_xinfo",
}  # fmt: skip
NAMED = {"foreign_key_list", "index_info", "index_list", "index_xinfo", "table_info", "table_list", "table_xinfo"}
# printf('%.*c', 1000000000, 'x') counts to a thousand million within one step, where no time limit is looked at; trim
# compares each character with each that it is given.
FUNCTIONS = {"load_extension", "fts3_tokenizer", "printf", "format", "trim", "ltrim", "rtrim"}


def verdict(action: int, first: str | None, second: str | None, database: str | None, trigger: str | None) -> int:
    """Return whether SQLite may do this (an authorizer): it may read tables, and nothing else.

    The database is opened immutable, so that a write fails anyway; this is the second lock. The address of the
    file on this machine reads as null.
    """
    if action == sqlite3.SQLITE_UPDATE and first == "sqlite_master":
        # What SQLite asks for when it opens a search index; an update of a reader's is refused by SQLite itself.
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_READ and (first, second) == ("pragma_database_list", "file"):
        return sqlite3.SQLITE_IGNORE
    if action == sqlite3.SQLITE_FUNCTION:
        return sqlite3.SQLITE_DENY if (second or "").lower() in FUNCTIONS else sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA:
        name = (first or "").lower()
        return sqlite3.SQLITE_OK if name in PRAGMAS and (not second or name in NAMED) else sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK if action in READING else sqlite3.SQLITE_DENY


class TooMuch(sqlite3.OperationalError):
    """Raised while rows are read when an answer grows beyond MOST_BYTES; Datasette tells it to the reader."""


class Measured:
    """A row factory that counts what one answer holds; connections answer one question at a time."""

    def __init__(self, most: int = MOST_BYTES):
        self.most, self._cursor, self._size = most, None, 0

    def __call__(self, cursor: sqlite3.Cursor, row: tuple) -> sqlite3.Row:
        if cursor is not self._cursor:
            self._cursor, self._size = cursor, 0
        self._size += CELL_BYTES * len(row) + sum([len(v) for v in row if v.__class__ in (str, bytes)])
        if self._size > self.most:
            self._cursor = None
            raise TooMuch(f"the answer is longer than {self.most >> 20} MB; ask for fewer rows or columns")
        return sqlite3.Row(cursor, row)


def restrict(conn: sqlite3.Connection) -> None:
    """Set the limits on a connection that readers' SQL runs on."""
    conn.execute(f"pragma hard_heap_limit = {HEAP}").fetchone()
    if hasattr(conn, "setlimit"):  # from Python 3.11 on
        conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
        conn.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, LONGEST_PATTERN)
        conn.setlimit(sqlite3.SQLITE_LIMIT_COLUMN, MOST_COLUMNS)
        conn.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    conn.row_factory = Measured()
    conn.set_authorizer(verdict)
