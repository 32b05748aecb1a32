"""Sending a file as it lies on disk: ranges, a strong ETag, and its compressed copy to whoever takes that."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import FileResponse, Response

from coalition.caching.answers import PAGE
from coalition.caching.asking import holds, preferred_encoding
from coalition.compressing import compressed_copy


class Sent(FileResponse):
    # Each chunk costs a hop to a thread; a database of some megabytes then takes a handful.
    chunk_size = 1024 * 1024


async def send_file(path: Path, media_type: str, sha256: str, scope, receive, send) -> None:
    """Answer GET and HEAD with the file whose SHA-256 is given.

    A range is one of the file itself, so that a download that broke off can go on: with Range the file is sent
    as it is, without, its br or gzip copy if the reader takes one.
    """
    given = dict(scope["headers"])
    encoding = "" if b"range" in given else preferred_encoding(given.get(b"accept-encoding", b""))
    copy = compressed_copy(path, encoding)
    headers = {
        "access-control-allow-origin": "*",
        "cache-control": PAGE.decode(),
        "etag": f'"{sha256[:32]}{"-" + encoding if copy else ""}"',
        "vary": "accept-encoding",
    }
    if holds(given.get(b"if-none-match", b""), headers["etag"].encode()):
        await Response(status_code=304, headers=headers)(scope, receive, send)
        return
    if copy:
        headers["content-encoding"] = encoding
    await Sent(copy or path, headers=headers, media_type=media_type, filename=path.name)(scope, receive, send)
