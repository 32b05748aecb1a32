"""Compiling checked rows into one SQLite file: complete and new, or not there at all."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from coalition.codebook import FILE as CODEBOOK
from coalition.codebook import Codebook, Table
from coalition.problems import BadInput, Problem, problem
from coalition.reading import Rows
from coalition.ruling import Result, Rule, judge
from coalition.schema import create_indexes, create_table, insert, quoted, text_columns
from coalition.searchtext import TOKENIZE, spaced
from coalition.wording import sentences, shortened

# Tables that the build fills from what it knows itself, with their columns in the order in which it gives them.
FILLED = {
    "rules": ("id", "table_name", "about", "offenders", "checked"),
    "codebook_tables": ("name", "kind", "title", "description"),
    "codebook_columns": ("table_name", "name", "position", "type", "description", "unit", "example", "caveat", "codes"),
    "dataset": ("property", "value"),
    "published_counts": ("published_total_id", "asked", "ours"),
}
DATED = ("year", "date_precision")  # columns that are added to a table with dates
DERIVED = Path(__file__).parent / "derived"
# What SQLite says when it is the machine that fails, and not a statement.
DISK = re.compile("disk|readonly|unable to open")
# Of pages in memory, at most; with less, those of a large file are written out and read again while indexes grow.
CACHE_KB = 2_000_000
NUMBERS = {"integer": int, "number": float}


class Pages(NamedTuple):
    """What the pages of tables ask for: {table: columns counted by}, {table: columns sorted by}."""

    facets: dict[str, list[str]]
    orders: dict[str, list[str]]


@contextmanager
def drafted(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection to a draft beside `path`, and put it in place in one step once the block is through.

    An exception or a kill at any moment leaves what was at `path` as it was.
    """
    _sweep(path)
    # The name does not end in .db, so that no server takes it for a database.
    draft = path.with_name(f".{path.name}.{os.getpid()}.building")
    try:
        with closing(sqlite3.connect(draft, isolation_level=None)) as db:
            # Nobody reads the draft, and it is flushed as a whole: neither journal nor syncing is needed.
            db.executescript(f"pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -{CACHE_KB}")
            yield db
        _flush(draft)
        os.replace(draft, path)
    except sqlite3.OperationalError as error:
        if not DISK.search(str(error)):
            raise
        raise OSError(errno.EIO, str(error), path.name) from error
    finally:
        draft.unlink(missing_ok=True)


def undescribed(codebook: Codebook) -> Iterator[Problem]:
    """Yield a Problem for every table that the build makes and the codebook describes otherwise, or not at all."""
    described = {table.name: table for table in codebook.derived}
    queried = {path.stem for path in DERIVED.glob("*.sql")}
    for name in sorted({*FILLED, *queried} ^ set(described)):
        sentence = "is described, but the build does not make it" if name in described else "is not described"
        yield problem(CODEBOOK, sentence, key=f"table {name}")
    wanted = {name: (described[name].names, columns) for name, columns in FILLED.items() if name in described}
    wanted |= {t.name: ([column.name for column in t.derived], DATED) for t in codebook.sources if t.derived}
    for name, (names, columns) in wanted.items():
        if tuple(names) != columns:
            yield problem(CODEBOOK, f"the build's columns are {', '.join(columns)}, in this order", key=f"table {name}")


def _sweep(path: Path) -> None:
    """Remove drafts that killed builds left behind."""
    for draft in path.parent.glob(f".{path.name}.*.building"):
        pid = draft.name.split(".")[-2]
        if not (pid.isdigit() and _alive(int(pid))):
            draft.unlink(missing_ok=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def compile_rows(
    db: sqlite3.Connection,
    codebook: Codebook,
    everything: dict[str, Rows],
    rules: list[Rule],
    pages: Pages,
    our_counts: Callable[[sqlite3.Connection], list[tuple]],
    check: Callable[[sqlite3.Connection], None],
    progress: Callable[[str], None],
) -> list[Result]:
    """Make all tables in the empty draft `db`; return what the rules found.

    `our_counts` gives the rows of published_counts from the database as it stands before; `check` is called when all
    is there. Two runs over the same rows write the same bytes: rows are sorted, and neither time nor place enters.
    Raises BadInput when a rule is broken.
    """
    if problems := list(undescribed(codebook)):
        raise BadInput(problems)
    db.create_function("sentences", -1, sentences, deterministic=True)
    db.create_function("spaced", 1, spaced, deterministic=True)
    db.create_function("few_of", 1, few_of, deterministic=True)
    db.create_function("shortened", 2, shortened, deterministic=True)
    db.execute("begin")
    progress("tables")
    for table in codebook.sources:
        db.execute(create_table(table))
    for table in codebook.sources:
        _fill(db, table, everything[table.name])
    # All at once: row by row, each row that others refer to would be looked for in all of them.
    if dangling := db.execute("pragma foreign_key_check").fetchall():
        raise sqlite3.IntegrityError(f"references to rows that are not there: {dangling[:20]}")
    _index(db, codebook.sources, pages)
    progress("rules")
    results, problems = judge(rules, everything, db)
    if problems:
        raise BadInput(problems)
    progress("events and views")
    _fill_codebook(db, codebook, everything, results)
    for name in ("event_actors", "events"):
        _derive(db, codebook.table(name))
    _index(db, [codebook.table("event_actors"), codebook.table("events")], pages)
    db.execute("create unique index event_actors_key on event_actors(event_id, actor_id, role)")
    # What a state's page counts is in these two, so that of a hundred thousand events no row is read.
    db.execute("create index event_actors_actor_id on event_actors(actor_id, event_id, role)")
    db.execute("create index events_id on events(id, type, year, confidence)")
    # Tables and not views: the file never changes, and a view would count all events again for every page.
    counted = [t for t in codebook.derived if t.name not in ("event_actors", "events") and _is_derived(t.name)]
    for table in counted:
        _derive(db, table)
    _index(db, counted, pages)
    progress("totals")
    _put(db, codebook.table("published_counts"), our_counts(db))
    progress("search")
    for table in codebook.tables:
        _index_text(db, table)
    db.execute("commit")
    db.execute("analyze")
    progress("queries")
    db.execute("pragma query_only = on")
    check(db)
    return results


def few_of(names: str | None, room: int = 90) -> str | None:
    """Return a list separated by semicolons cut to what fits a title, with how many are left out (SQL function).

    >>> few_of("Alpha Ltd; Beta Ltd; Gamma Ltd", room=20)
    'Alpha Ltd; Beta Ltd and 1 more'
    """
    if not names or len(names) <= room:
        return names
    shown: list[str] = []
    listed = [name.strip() for name in names.split(";")]
    for name in listed:
        if shown and len("; ".join([*shown, name])) > room:
            break
        shown.append(name)
    left = len(listed) - len(shown)
    return "; ".join(shown) + (f" and {left} more" if left else "")


def typed(value: str, kind: str) -> str | int | float | None:
    """Return a cell as the value that is stored: None when empty, a number where the column holds numbers."""
    if value == "":
        return None
    return NUMBERS[kind](value) if kind in NUMBERS else value


def _fill(db: sqlite3.Connection, table: Table, rows: Rows) -> None:
    key = itemgetter(*[table.names.index(name) for name in table.sort_key])
    db.executemany(insert(table), sorted((cells for _, cells in rows.rows), key=key))


def _index(db: sqlite3.Connection, tables: list[Table], pages: Pages) -> None:
    for table in tables:
        for statement in create_indexes(table, pages.facets.get(table.name, []), pages.orders.get(table.name, [])):
            db.execute(statement)


def _is_derived(name: str) -> bool:
    return (DERIVED / f"{name}.sql").exists()


def _derived_sql(name: str) -> str:
    return (DERIVED / f"{name}.sql").read_text(encoding="utf-8")


def _derive(db: sqlite3.Connection, table: Table) -> None:
    sql = _derived_sql(table.name)
    made = [column[0] for column in db.execute(f"select * from ({sql}) limit 0").description]
    if made != table.names:
        raise _otherwise(table, f"its query gives the columns {', '.join(made)}, in this order")
    db.execute(create_table(table))
    try:
        db.execute(f"insert into {quoted(table.name)} {sql}")
    except sqlite3.IntegrityError as error:
        raise _otherwise(table, f"its rows are not as described: {error}") from error


def _otherwise(table: Table, sentence: str) -> BadInput:
    return BadInput([problem(CODEBOOK, sentence, key=f"table {table.name}")])


def _fill_codebook(db: sqlite3.Connection, codebook: Codebook, everything, results: list[Result]) -> None:
    content = {
        "rules": [(r.rule.id, r.rule.table, r.rule.about, r.offenders, r.checked) for r in results],
        "codebook_tables": [(t.name, t.kind, t.title, t.description) for t in codebook.tables],
        "codebook_columns": [
            (t.name, c.name, place, c.type, c.description, c.unit or None, c.example or None, c.caveat or None,
             json.dumps(c.enum) if c.enum else None)
            for t in codebook.tables
            for place, c in enumerate((*t.columns, *t.derived), start=1)
        ],
        "dataset": list(dataset_properties(codebook, everything).items()),
    }  # fmt: skip
    for name, rows in content.items():
        _put(db, codebook.table(name), rows)


def _put(db: sqlite3.Connection, table: Table, rows: list[tuple]) -> None:
    db.execute(create_table(table))
    marks = ", ".join("?" * len(table.columns))
    try:
        db.executemany(f"insert into {quoted(table.name)} values ({marks})", rows)
    except sqlite3.IntegrityError as error:
        raise _otherwise(table, f"its rows are not as described: {error}") from error


def dataset_properties(codebook: Codebook, everything: dict[str, Rows]) -> dict[str, str]:
    """Return what the release says of itself; `content_hash` changes when any cell does."""
    digest = hashlib.sha256()
    for name in sorted(everything):
        # No cell holds a control character, so that these cannot be part of one.
        rows = sorted("\x1f".join(cells) for _, cells in everything[name].rows)
        digest.update("\x1e".join([name, *rows, ""]).encode())
    package = codebook.package
    return {
        "title": package["title"],
        "description": package["description"],
        "version": codebook.version,
        "released": str(package["created"])[:10],
        "license": package["licenses"][0]["name"],
        "content_hash": digest.hexdigest(),
        **{f"confidence_{level}": words for level, words in package["confidence"].items()},
    }


def _index_text(db: sqlite3.Connection, table: Table) -> None:
    """Create the full-text index of one table; it is filled once, for nothing is ever written after."""
    columns = text_columns(table)
    if not columns:
        return
    name = quoted(f"{table.name}_fts")
    names = ", ".join(map(quoted, columns))
    # Datasette finds the index only if the content table's name stands in double quotes.
    db.execute(f'create virtual table {name} using fts5({names}, tokenize="{TOKENIZE}", content="{table.name}")')
    words = ", ".join(f"spaced({quoted(column)})" for column in columns)
    db.execute(f"insert into {name}(rowid, {names}) select rowid, {words} from {quoted(table.name)}")
