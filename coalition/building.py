"""From sources to database: read everything, check everything, then write."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from coalition.checking import cell_problems, key_problems
from coalition.codebook import Codebook, read_codebook
from coalition.compiling import Pages, compile_rows, drafted
from coalition.counting import counting_problems
from coalition.metadata import facets, orders, query_problems, read_metadata
from coalition.problems import BadInput, Problem
from coalition.reading import Rows, read_sources
from coalition.ruling import Result, Rule, judge, loose_copy, read_rules
from coalition.totals import compared
from coalition.used_ids import read_ids, reused, unexplained

Progress = Callable[[str], None]


class Checked(NamedTuple):
    """Sources that passed every check, ready to be compiled."""

    codebook: Codebook
    everything: dict[str, Rows]
    rules: list[Rule]
    metadata: dict


def check_sources(root: Path, progress: Progress = lambda words: None) -> Checked:
    """Read and check `root`/sources and metadata.yml; raise BadInput with every problem found.

    The rules are judged here only if something else is wrong, so that all is told at once; of rows that fit their
    tables they are judged in these.
    """
    sources = root / "sources"
    progress("codebook")
    codebook, problems = read_codebook(sources)
    if codebook is None:
        raise BadInput(problems)
    metadata, problems = read_metadata(root, codebook)
    rules, found = read_rules(sources, codebook)
    problems += found
    progress("cells and keys")
    everything, found = read_sources(sources, codebook)
    problems += found
    for rows in everything.values():
        problems += cell_problems(rows)
    problems += key_problems(everything)
    retired = read_ids(sources)[1]
    problems += reused(retired, everything)
    problems += unexplained(retired, everything)
    if problems:
        # A file that could not be read would make nearly every rule fail and bury the reason.
        if all(rows.readable for rows in everything.values()):
            problems += judge(rules, everything, loose_copy(everything))[1]
        raise BadInput(_sorted(problems))
    return Checked(codebook, everything, rules, metadata)


def build(root: Path, path: Path, progress: Progress = lambda words: None) -> tuple[dict[str, Rows], list[Result]]:
    """Check the sources and compile them to `path`; return the rows and what the rules found.

    Raises BadInput with every problem found, and leaves `path` as it was.
    """
    codebook, everything, rules, metadata = check_sources(root, progress)
    problems: list[Problem] = []

    def our_counts(db: sqlite3.Connection) -> list[tuple]:
        rows, found = compared(db, metadata)
        problems.extend(found)
        return rows

    def check(db: sqlite3.Connection) -> None:
        problems.extend(query_problems(metadata, db))
        problems.extend(counting_problems(metadata, db))
        if problems:
            raise BadInput(_sorted(problems))

    pages = Pages(facets(metadata), orders(metadata))
    with drafted(path) as db:
        return everything, compile_rows(db, codebook, everything, rules, pages, our_counts, check, progress)


def check_all(root: Path, progress: Progress = lambda words: None) -> tuple[dict[str, Rows], list[Result]]:
    """Check the sources and every named query, on a database that is thrown away; raise BadInput."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return build(root, Path(folder) / "coalition.db", progress)


def _sorted(problems: list[Problem]) -> list[Problem]:
    return sorted(set(problems))


def is_stale(root: Path, path: Path) -> bool:
    """Return whether the database is missing or older than anything it is made from."""
    if not path.exists():
        return True
    made_from = [*(root / "sources").glob("*"), root / "metadata.yml", *Path(__file__).parent.rglob("*.*")]
    made_from = [p for p in made_from if p.suffix in {".csv", ".yml", ".py", ".sql"} and p.exists()]
    return max(p.stat().st_mtime_ns for p in made_from) > path.stat().st_mtime_ns
