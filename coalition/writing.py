"""Writing a file in one step."""

from __future__ import annotations

import os
from pathlib import Path


def put_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and put it there in one step: readers see the old or the new, never a part."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.writing")
    try:
        draft.write_bytes(content)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
