"""Opening a finished database, which nothing writes to any more."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote


def open_finished(path: Path) -> sqlite3.Connection:
    """Return a connection that can only read; what SQLite would take for a part of the address is quoted."""
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)
