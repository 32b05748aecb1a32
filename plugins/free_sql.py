"""Readers' own SQL queues in a lane of its own."""

from datasette import hookimpl

from coalition.lanes import Lane


# Behind the cache, which answers what was asked before; in front of all work.
@hookimpl(tryfirst=True)
def asgi_wrapper():
    return Lane
