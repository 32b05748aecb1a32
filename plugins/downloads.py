"""Downloads: the page and the files, made once per database when first asked for, in a thread."""

import asyncio
import json
import tempfile
from pathlib import Path

from datasette import Response, hookimpl
from datasette.utils.asgi import NotFound, asgi_send_file

from coalition import ROOT
from coalition.exporting import DATABASE_FILE, FORMATS, MANIFEST, export
from coalition.metadata import DATABASE

# {hash of the database: folder}; a folder lives as long as the process.
_made: dict[str, tempfile.TemporaryDirectory] = {}
_making = asyncio.Lock()


async def folder_of(datasette) -> Path:
    """Return the folder that holds the files of the database being served."""
    database = datasette.get_database(DATABASE)
    key = f"{database.path} {database.hash}"
    async with _making:
        if key not in _made:
            made = tempfile.TemporaryDirectory(prefix="coalition-downloads-")
            await asyncio.to_thread(export, ROOT, Path(database.path), Path(made.name))
            _made[key] = made
    return Path(_made[key].name)


async def downloads_page(request, datasette):
    """Answer /downloads."""
    folder = await folder_of(datasette)
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    for file in manifest["files"]:
        own = file["name"] == DATABASE_FILE
        file["path"] = datasette.urls.path(f"/{DATABASE_FILE}" if own else f"/downloads/{file['name']}")
    return Response.html(await datasette.render_template("downloads.html", {"manifest": manifest}, request=request))


async def download(request, send, datasette):
    """Answer /downloads/<file>."""
    name = request.url_vars["name"]
    folder = await folder_of(datasette)
    if not (folder / name).is_file():
        raise NotFound(f"There is no download of the name '{name}'; /downloads lists them all")
    headers = {"access-control-allow-origin": "*", "cache-control": "max-age=300"}
    kind = FORMATS[Path(name).suffix]
    await asgi_send_file(send, folder / name, filename=name, content_type=kind, headers=headers)


@hookimpl
def register_routes():
    return [
        (r"^/downloads$", downloads_page),
        (r"^/downloads/(?P<name>[a-z_-]+\.(zip|parquet|json|db))$", download),
    ]
