"""Compare our check and build with csvs-to-sqlite on the same files, in one run; print the ratio.

csvs-to-sqlite 1.3.1 fails on files that have a column `table_name`; it is given copies in which that has another name.

Needs: pip install csvs-to-sqlite 'pandas<3'
Example: python benchmarks/build_against_csvs_to_sqlite.py --rounds 5
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def seconds(command: list[str], output: Path) -> float:
    """Return how long the command takes from a cold start of its process."""
    output.unlink(missing_ok=True)
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def readable_by_rival(folder: Path) -> list[str]:
    """Copy the CSVs into `folder` with a header that csvs-to-sqlite can read; return their paths."""
    for file in sorted((ROOT / "sources").glob("*.csv")):
        header, rest = file.read_text(encoding="utf-8").split("\n", 1)
        header = ",".join("of_table" if name == "table_name" else name for name in header.split(","))
        (folder / file.name).write_text(f"{header}\n{rest}", encoding="utf-8")
    return [str(path) for path in sorted(folder.glob("*.csv"))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    rival = shutil.which("csvs-to-sqlite", path=str(Path(sys.executable).parent)) or shutil.which("csvs-to-sqlite")
    if not rival:
        sys.exit("csvs-to-sqlite is not installed: pip install csvs-to-sqlite 'pandas<3'")
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = Path(folder) / "ours.db", Path(folder) / "theirs.db"
        commands = {
            "ours": ([sys.executable, str(ROOT / "build_db.py"), "build", "--output", str(ours)], ours),
            "theirs": ([rival, *readable_by_rival(Path(folder)), str(theirs)], theirs),
        }
        times = {name: [] for name in commands}
        for _ in range(rounds):
            for name, (command, output) in commands.items():
                times[name].append(seconds(command, output))
    medians = {name: statistics.median(values) for name, values in times.items()}
    print(f"check and build with build_db.py: {medians['ours']:.2f} s (median of {rounds})")
    print(f"csvs-to-sqlite without checks:    {medians['theirs']:.2f} s")
    print(f"ratio ours / theirs:              {medians['ours'] / medians['theirs']:.2f}")


if __name__ == "__main__":
    main()
