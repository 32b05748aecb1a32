"""Writing a file in one step."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def put_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and put it there in one step: readers see the old or the new, never a part.

    What a killed run left behind is written over by the next.
    """
    draft = path.with_name(f".{path.name}.writing")
    try:
        draft.write_bytes(content)
        if path.exists():
            shutil.copymode(path, draft)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
