"""Compressed copies beside files that are sent often, made once."""

from __future__ import annotations

import gzip
from pathlib import Path

import brotli

from coalition.writing import put_whole

# A zip and Parquet are compressed inside.
SUFFIXES = {".db", ".csv", ".json"}
COPIES = {"br": ".br", "gzip": ".gz"}


def drop_copies(folder: Path, names: list[str]) -> None:
    """Remove the copies of these files, which are of an older build."""
    for name in names:
        for suffix in COPIES.values():
            (folder / f"{name}{suffix}").unlink(missing_ok=True)


def compress_files(folder: Path, names: list[str]) -> list[Path]:
    """Write <file>.br and <file>.gz of these files where they are smaller; return what was written."""
    written = []
    for path in (folder / name for name in sorted(names)):
        if path.suffix not in SUFFIXES:
            continue
        content = path.read_bytes()
        # Three percent larger than at the best, in a fifth of the time: a site that starts waits for it.
        copies = {"br": brotli.compress(content, quality=6), "gzip": gzip.compress(content, 6, mtime=0)}
        for encoding, copy in copies.items():
            if len(copy) < len(content):
                written.append(path.with_name(path.name + COPIES[encoding]))
                put_whole(written[-1], copy)
    return written


def compressed_copy(path: Path, encoding: str) -> Path | None:
    """Return the copy of a file in this encoding, or None where there is none."""
    copy = path.with_name(path.name + COPIES[encoding]) if encoding else path
    return copy if encoding and copy.is_file() else None
