"""The site: Datasette over the compiled database, read-only, with this project's settings, plugins and templates."""

from __future__ import annotations

import json
from pathlib import Path

from datasette.app import Datasette
from datasette.utils import parse_metadata


def site(root: Path, database: Path, **overrides) -> Datasette:
    """Return a Datasette that serves `database` immutably, configured by the files in `root`.

    Datasette's own configuration directory mode mounts every database in the folder as mutable unless a
    file of inspect data names it, and trusts that file when it is stale; so the parts are given one by one.
    """
    options = {
        "immutables": [str(database)],
        "metadata": parse_metadata((root / "metadata.yml").read_text(encoding="utf-8")),
        "settings": json.loads((root / "settings.json").read_text(encoding="utf-8")),
        "plugins_dir": str(root / "plugins"),
        "template_dir": str(root / "templates"),
        "static_mounts": [("static", str(root / "static"))],
        "cors": True,
    }
    return Datasette([], **{**options, **overrides})
