"""What no reader needs is closed: methods that write, and Datasette's pages about the inside of this machine."""

from datasette import hookimpl
from datasette.utils.asgi import NotFound

from coalition.methods import ReadOnly

# They tell the paths of files and of code; the rest of /-/ tells versions, settings and metadata, which are public.
INSIDE = r"^/-/(threads|databases|messages|allow-debug|auth-token|logout)(\.json)?$"


async def closed(request):
    raise NotFound("This page is closed")


@hookimpl
def register_routes():
    return [(INSIDE, closed)]


# Innermost, so that a refusal carries the headers of every answer.
@hookimpl(tryfirst=True)
def asgi_wrapper():
    return ReadOnly
