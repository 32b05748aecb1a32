"""Downloads: the page, and the files as they were written at build time."""

import asyncio
import hashlib
import json
import tempfile
from pathlib import Path

from datasette import Forbidden, Response, hookimpl
from datasette.utils.asgi import NotFound

from coalition import ROOT
from coalition.asking import release
from coalition.codebook import own_codebook
from coalition.croissant import croissant
from coalition.exporting import DATABASE_FILE, FORMATS, MANIFEST, export, is_current
from coalition.metadata import DATABASE
from coalition.sending import send_file

codebook = own_codebook()


def stamp(folder: Path) -> int | None:
    """Return when the manifest of a folder was written, or None where there is none any more."""
    try:
        return (folder / MANIFEST).stat().st_mtime_ns
    except OSError:
        return None


class Files:
    """A folder of downloads with its manifest and {name: SHA-256}; the folder may be a temporary one."""

    def __init__(self, folder: Path, temporary: tempfile.TemporaryDirectory | None = None):
        self.folder, self.temporary = folder, temporary
        self.stamp = stamp(folder)
        content = (folder / MANIFEST).read_bytes()
        self.manifest = json.loads(content)
        self.sums = {file["name"]: file["sha256"] for file in self.manifest["files"]}
        self.sums[MANIFEST] = hashlib.sha256(content).hexdigest()


_files: dict[str, Files] = {}
_making = asyncio.Lock()


async def files_of(datasette) -> Files:
    """Return the files of the database being served: those that are given, if they are of this build, or new ones."""
    database = datasette.get_database(DATABASE)
    key = f"{database.path} {database.hash}"
    async with _making:
        if key not in _files:
            _files[key] = await asyncio.to_thread(found_or_made, datasette, Path(database.path), database.hash)
        elif stamp(_files[key].folder) not in (None, _files[key].stamp):
            # A new release was written there while this one is served: what is sent is what its checksum says.
            _files[key] = Files(_files[key].folder)
    return _files[key]


def found_or_made(datasette, database: Path, database_hash: str) -> Files:
    given = getattr(datasette, "downloads", None)
    if given and is_current(given, database_hash):
        return Files(given)
    temporary = tempfile.TemporaryDirectory(prefix="coalition-downloads-")
    export(ROOT, database, Path(temporary.name), compressed=True)
    return Files(Path(temporary.name), temporary)


async def downloads_page(request, datasette):
    """Answer /downloads."""
    manifest = (await files_of(datasette)).manifest

    def path(name: str) -> str:
        return datasette.urls.path(f"/{name}" if name == DATABASE_FILE else f"/downloads/{name}")

    files = [{**file, "path": path(file["name"])} for file in manifest["files"]]
    tables = {}
    for file in files:
        if file["table"]:
            tables.setdefault(file["table"], []).append(file)
    context = {"manifest": manifest, "whole": [file for file in files if not file["table"]], "tables": tables}
    return Response.html(await datasette.render_template("downloads.html", context, request=request))


async def download(request, scope, receive, send, datasette):
    """Answer /downloads/<file> and /coalition.db."""
    name = request.url_vars.get("name") or DATABASE_FILE
    if name == DATABASE_FILE and not datasette.setting("allow_download"):
        raise Forbidden("The database cannot be downloaded")
    files = await files_of(datasette)
    if name not in files.sums:
        raise NotFound(f"There is no download of the name '{name}'; /downloads lists them all")
    await send_file(files.folder / name, FORMATS[Path(name).suffix], files.sums[name], scope, receive, send)


async def croissant_json(request, datasette):
    """Answer /croissant.json: files and columns for tools that load datasets."""
    manifest = (await files_of(datasette)).manifest
    site = datasette.absolute_url(request, datasette.urls.instance())
    body = croissant(await release(datasette), site, manifest["files"], codebook.tables, codebook.package)
    return Response.json(body, headers={"access-control-allow-origin": "*"})


@hookimpl
def register_routes():
    return [
        (r"^/croissant\.json$", croissant_json),
        (r"^/downloads$", downloads_page),
        (r"^/downloads/(?P<name>[a-z_-]+\.(zip|parquet|csv|json|db))$", download),
        (rf"^/{DATABASE_FILE}$", download),
    ]
