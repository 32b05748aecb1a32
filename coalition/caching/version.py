"""The site version: one hash of everything that an answer depends on, so that any change invalidates every answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from weakref import WeakKeyDictionary

from coalition import ROOT

LENGTH = 16
# Libraries that shape answers.
LIBRARIES = ("datasette", "datasette-vega", "vl-convert-python", "mapcraft", "noto-cjk-sans-otc")
SUFFIXES = {".py", ".html", ".css", ".js", ".sql", ".yml", ".json", ".svg"}

CODE = Path(__file__).parent.parent
_versions: WeakKeyDictionary = WeakKeyDictionary()


def digest_of_files(folders: Iterable[Path]) -> str:
    """Return a hash of the names and contents of the code and templates in the folders; place and time do not enter."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in SUFFIXES and path.is_file():
                digest.update(f"{folder.name}/{path.relative_to(folder).as_posix()}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def combined(database_hash: str, files: str, metadata_and_settings: dict) -> str:
    """Return the version of a site as LENGTH hexadecimal digits."""
    parts = {
        "database": database_hash,
        "files": files,
        "configuration": metadata_and_settings,
        "libraries": {name: _installed(name) for name in LIBRARIES},
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:LENGTH]


def site_version(datasette) -> str:
    """Return the version that the site started with; Datasette writes into its metadata as it goes along."""
    if datasette not in _versions:
        _versions[datasette] = _version(datasette)
    return _versions[datasette]


def _version(datasette) -> str:
    folders = [CODE, datasette.plugins_dir, datasette.template_dir, *(path for _, path in datasette.static_mounts)]
    hashes = [db.hash or "" for name, db in sorted(datasette.databases.items()) if name != "_internal"]
    told = (ROOT / "docs" / "audit.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "releases").glob("*.json")))
    texts = [path.read_text(encoding="utf-8") for path in told]
    configuration = {"metadata": datasette.metadata(), "settings": datasette.settings_dict(), "texts": texts}
    return combined(" ".join(hashes), digest_of_files(Path(f) for f in folders if f), configuration)


def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
