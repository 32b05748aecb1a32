"""A note from deep inside an answer in the making: what comes out of it is not what it should be, so do not keep it."""

from __future__ import annotations

from contextvars import ContextVar

_notes: ContextVar[list[bool]] = ContextVar("notes")


def begin() -> list[bool]:
    """Return the list that notes of the present task, and of tasks started by it, go into."""
    notes: list[bool] = []
    _notes.set(notes)
    return notes


def do_not_keep() -> None:
    """Leave a note; outside of an answer in the making it does nothing."""
    _notes.get([]).append(True)


def noticing(execute):
    """Return Database.execute that leaves a note when a limit stops its query, whatever the page makes of it.

    Datasette leaves out a facet or a count that took too long and calls the rest a success.
    """
    from datasette.database import QueryInterrupted

    async def noted(*args, **kwargs):
        try:
            return await execute(*args, **kwargs)
        except QueryInterrupted:
            do_not_keep()
            raise

    return noted
