"""Rules across rows, sources/rules.yml: each is a claim about the whole dataset with a query that lists offenders."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from coalition.codebook import Codebook
from coalition.problems import Problem, problem
from coalition.reading import Rows
from coalition.schema import AFFINITY, insert, quoted
from coalition.yamlfile import read_yaml

FILE = "sources/rules.yml"
MOST = 50  # offenders told per rule; a rule that breaks everywhere should not bury the others


@dataclass(frozen=True)
class Rule:
    """A rule: the query's columns are key columns of the table, and it must return no row."""

    id: str
    table: str
    about: str
    sql: str


@dataclass(frozen=True)
class Result:
    """What a rule found: the number of offenders among the rows judged."""

    rule: Rule
    offenders: int
    checked: int


def read_rules(sources: Path, codebook: Codebook) -> tuple[list[Rule], list[Problem]]:
    """Return (rules, problems) of sources/rules.yml."""
    content, problems = read_yaml(sources / "rules.yml", FILE)
    rules = []
    tables = {table.name for table in codebook.sources}
    for name, entry in content.items():
        if not isinstance(entry, dict) or set(entry) != {"table", "about", "sql"}:
            problems.append(problem(FILE, "a rule has exactly the keys table, about and sql", key=f"rule {name}"))
        elif not all(isinstance(value, str) and value.strip() for value in entry.values()):
            problems.append(problem(FILE, "table, about and sql must be text", key=f"rule {name}"))
        elif entry["table"] not in tables:
            problems.append(problem(FILE, f"there is no table '{entry['table']}'", key=f"rule {name}"))
        else:
            rules.append(Rule(name, entry["table"], entry["about"], entry["sql"]))
    if not rules and not problems:
        problems.append(problem(FILE, "holds no rule"))
    return rules, problems


def judge(rules: list[Rule], everything: dict[str, Rows], db: sqlite3.Connection) -> tuple[list[Result], list[Problem]]:
    """Return (results, problems) of all rules; `db` holds the rows, in their tables or as a `loose_copy`."""
    db.execute("pragma query_only = on")
    results, problems = [], []
    for rule in rules:
        try:
            cursor = db.execute(rule.sql)
            names = [column[0] for column in cursor.description or []]
            offenders = cursor.fetchall()
        except (sqlite3.Error, sqlite3.Warning) as error:
            problems.append(problem(FILE, f"its SQL does not run: {error}", key=f"rule {rule.id}"))
            continue
        problems += _offences(rule, names, offenders, everything[rule.table])
        results.append(Result(rule, len(offenders), len(everything[rule.table].rows)))
    db.execute("pragma query_only = off")
    return results, problems


def _offences(rule: Rule, names: list[str], offenders: list[tuple], rows: Rows) -> list[Problem]:
    own = rows.table.names
    if not names or any(name not in own for name in names):
        sentence = f"its SQL must return key columns of {rule.table}, not {', '.join(names) or 'nothing'}"
        return [problem(FILE, sentence, key=f"rule {rule.id}")]
    if not offenders:
        return []
    places = [own.index(name) for name in names]
    index: dict[tuple, tuple[int, str]] = {}
    for number, cells in rows.rows:
        index.setdefault(tuple(cells[place] for place in places), (number, rows.key(cells)))
    found = []
    for offender in offenders[:MOST]:
        number, key = index.get(tuple("" if v is None else str(v) for v in offender), (0, " ".join(map(str, offender))))
        found.append(problem(rows.table.file, f"{rule.about} [rule {rule.id}]", number, key))
    if len(offenders) > MOST:
        found.append(problem(rows.table.file, f"and {len(offenders) - MOST} more rows [rule {rule.id}]"))
    return found


def loose_copy(everything: dict[str, Rows]) -> sqlite3.Connection:
    """Return a database in memory with the rows and without constraints, so that rules judge bad rows as well."""
    db = sqlite3.connect(":memory:")
    for rows in everything.values():
        columns = ", ".join(f"{quoted(c.name)} {AFFINITY[c.type]}" for c in (*rows.table.columns, *rows.table.derived))
        db.execute(f"create table {quoted(rows.table.name)} ({columns})")
        db.executemany(insert(rows.table), (cells for _, cells in rows.rows))
        for name in {*rows.table.foreign_keys, rows.table.sort_key[0]}:
            index = quoted(f"{rows.table.name}_{name}")
            db.execute(f"create index {index} on {quoted(rows.table.name)}({quoted(name)})")
    return db
