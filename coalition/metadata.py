"""Checking metadata.yml: what it names must exist, and every named query must run."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

from coalition.charts import alt
from coalition.codebook import Codebook
from coalition.problems import Problem, problem
from coalition.yamlfile import read_yaml

FILE = "metadata.yml"
DATABASE = "coalition"
TOP_KEYS = {"title", "description", "description_html", "license", "license_url", "source", "source_url", "about",
            "about_url", "databases", "extra_css_urls", "plugins"}  # fmt: skip
DATABASE_KEYS = {"title", "description", "description_html", "license", "license_url", "source", "source_url", "about",
                 "about_url", "tables", "queries", "allow_sql"}  # fmt: skip
TABLE_KEYS = {"title", "facets", "facet_size", "sort", "sort_desc", "size", "label_column", "hidden",
              "description_html"}  # fmt: skip
QUERY_KEYS = {"title", "topic", "description", "sql", "params", "chart", "question", "counted"}
# What queries are about, in the order in which pages list them.
TOPICS = ("Partnerships", "Exercises", "Statements", "Sanctions", "All records together", "How well it is known")
PARAM_KEYS = {"label", "default", "options", "help", "kind"}
CHART_KEYS = {"alt", "mark", "encoding", "transform", "layer", "facet", "width", "height", "params", "projection",
              "data_note", "spec", "resolve", "size", "hconcat", "vconcat"}  # fmt: skip


def read_metadata(root: Path, codebook: Codebook) -> tuple[dict, list[Problem]]:
    """Return (metadata, problems) of metadata.yml, short of running its queries."""
    metadata, problems = read_yaml(root / FILE, FILE)
    if not problems:
        problems = list(_shape_problems(metadata, codebook))
    return metadata, problems


def queries(metadata: dict) -> dict[str, dict]:
    """Return the named queries, {name: definition}."""
    return metadata["databases"][DATABASE].get("queries", {})


def by_topic(named: dict[str, dict]) -> dict[str, dict[str, dict]]:
    """Return the named queries by what they are about, {topic: {name: definition}}; topics without one are left out."""
    grouped = {topic: {name: q for name, q in named.items() if q.get("topic") == topic} for topic in TOPICS}
    return {topic: found for topic, found in grouped.items() if found}


def facets(metadata: dict) -> dict[str, list[str]]:
    """Return {table: the columns that its page counts by}; those that hold arrays are counted otherwise."""
    tables = metadata["databases"][DATABASE].get("tables") or {}
    return {name: [f for f in entry.get("facets", []) if isinstance(f, str)] for name, entry in tables.items()}


def orders(metadata: dict) -> dict[str, list[str]]:
    """Return {table: [the column its page is sorted by, the one that names its rows]}; either may be missing."""
    tables = metadata["databases"][DATABASE].get("tables") or {}
    keys = ("sort", "sort_desc", "label_column")
    return {name: [entry[key] for key in keys if key in entry] for name, entry in tables.items()}


def sql_of(query: dict) -> str:
    """Return the SQL of a named query without what ends it, so that it can be run and wrapped."""
    return query["sql"].rstrip().rstrip(";")


def defaults(query: dict) -> dict[str, str]:
    """Return {parameter: default value} of a named query; a parameter without default is an empty text."""
    params = query.get("params") or {}
    return {name: str(params[name].get("default", "")) for name in params}


def _shape_problems(metadata: dict, codebook: Codebook):
    yield from _unknown(metadata, TOP_KEYS, "")
    databases = metadata.get("databases")
    if not isinstance(databases, dict) or set(databases) != {DATABASE} or not isinstance(databases[DATABASE], dict):
        yield problem(FILE, f"must hold one database, '{DATABASE}'", column="databases")
        return
    yield from _unknown(databases[DATABASE], DATABASE_KEYS, DATABASE)
    columns = {t.name: [c.name for c in (*t.columns, *t.derived)] for t in codebook.tables}
    yield from _each(databases[DATABASE], "tables", lambda name, entry: _table_problems(name, entry, columns))
    yield from _each(databases[DATABASE], "queries", lambda name, entry: _query_problems(name, entry, columns))


def _each(database: dict, kind: str, judge):
    entries = database.get(kind) or {}
    if not isinstance(entries, dict):
        yield problem(FILE, f"{kind} must be a mapping of names", column=kind)
        return
    for name, entry in entries.items():
        if isinstance(entry, dict):
            yield from judge(name, entry)
        else:
            yield problem(FILE, "must be a mapping", key=f"{kind} {name}")


def _table_problems(name: str, entry: dict, columns: dict[str, list[str]]):
    where = f"table {name}"
    if name not in columns:
        yield problem(FILE, "there is no such table", key=where)
        return
    yield from _unknown(entry, TABLE_KEYS, where)
    facets = entry.get("facets", [])
    named = [f if isinstance(f, str) else next(iter(f.values()), "") if isinstance(f, dict) else f for f in facets]
    named += [entry[key] for key in ("sort", "sort_desc", "label_column") if key in entry]
    for column in named:
        if column not in columns[name]:
            yield problem(FILE, f"column '{column}' does not exist", key=where)


def _query_problems(name: str, entry: dict, columns: dict[str, list[str]]):
    where = f"query {name}"
    yield from _unknown(entry, QUERY_KEYS, where)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        yield problem(FILE, "a query's name is lower-case letters, digits and underscores", key=where)
    if name in columns:
        yield problem(FILE, "a table has the same name", key=where)
    for key in ("title", "question", "description", "sql"):
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            yield problem(FILE, f"'{key}' is missing or not text", key=where)
    if entry.get("topic") not in TOPICS:
        yield problem(FILE, f"'topic' is not one of {', '.join(TOPICS)}", key=where)
    params = entry.get("params", {})
    if not isinstance(params, dict) or not all(isinstance(p, dict) for p in params.values()):
        yield problem(FILE, "params must be a mapping of parameters", key=where)
    else:
        for param, words in params.items():
            yield from _unknown(words, PARAM_KEYS, f"{where}, parameter {param}")
    if "chart" in entry:
        yield from _chart_problems(entry["chart"], where)
    if "counted" in entry and not _is_counted(entry["counted"]):
        yield problem(FILE, "counted has a list of columns, by, and {column: SQL condition}, numbers", key=where)


def _is_counted(entry) -> bool:
    """Return whether what a query says of its counts has its form."""
    if not isinstance(entry, dict) or set(entry) != {"by", "numbers"}:
        return False
    by, numbers = entry["by"], entry["numbers"]
    if not isinstance(by, list) or not isinstance(numbers, dict) or not numbers:
        return False
    return all(isinstance(text, str) for text in (*by, *numbers, *numbers.values()))


def _chart_problems(chart, where: str):
    if not isinstance(chart, dict):
        yield problem(FILE, "chart must be a mapping", key=where)
        return
    yield from _unknown(chart, CHART_KEYS, f"{where}, chart")
    if not isinstance(chart.get("alt"), str) or not chart["alt"].strip():
        yield problem(FILE, "a chart needs an alt text", key=f"{where}, chart")
    else:
        try:
            alt.fields(chart["alt"])
        except alt.Unreadable as error:
            yield problem(FILE, f"alt text: {error}", key=f"{where}, chart")
    if "data" in chart:
        yield problem(FILE, "a chart has no data of its own; its query gives them", key=f"{where}, chart")


def _unknown(entry: dict, known: set[str], where: str):
    for key in entry:
        if key not in known:
            yield problem(FILE, f"unknown key '{key}'", key=where)


def query_problems(metadata: dict, db: sqlite3.Connection):
    """Yield a Problem for every named query that does not run on the database as it was just compiled."""
    for name, query in queries(metadata).items():
        where = f"query {name}"
        named = set(re.findall(r"(?<![:\w]):([A-Za-z_]\w*)", _without_literals(query["sql"])))
        declared = set(query.get("params") or {})
        for param in sorted(named ^ declared):
            sentence = "is used but not described under params" if param in named else "is described but not used"
            yield problem(FILE, f"parameter '{param}' {sentence}", key=where)
        try:
            cursor = db.execute(sql_of(query), {**dict.fromkeys(named, ""), **defaults(query)})
            fields = {column[0] for column in cursor.description or []}
        except (sqlite3.Error, sqlite3.Warning) as error:
            yield problem(FILE, f"its SQL does not run: {error}", key=where)
            continue
        if cursor.description is None:
            yield problem(FILE, "its SQL returns no rows; a named query is a SELECT", key=where)
        chart = query.get("chart", {})
        for field in sorted(chart_fields(chart) - fields):
            yield problem(FILE, f"its chart draws field '{field}', which the query does not return", key=where)
        for field in sorted(alt.fields(chart.get("alt", "")) - fields):
            yield problem(FILE, f"its alt text names '{field}', which the query does not return", key=where)


def _without_literals(sql: str) -> str:
    return re.sub(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", " ", sql, flags=re.S)


def chart_fields(spec) -> set[str]:
    """Return the fields that a chart's encodings draw, less those that its own transforms make."""
    if not isinstance(spec, dict):
        return set()
    made, drawn = set(), set()
    _walk(spec, made, drawn)
    return drawn - made


def _walk(node, made: set[str], drawn: set[str]) -> None:
    if isinstance(node, list):
        for item in node:
            _walk(item, made, drawn)
    if not isinstance(node, dict):
        return
    outputs = node.get("as", [])
    made.update([outputs] if isinstance(outputs, str) else [o for o in outputs if isinstance(o, str)])
    if "lookup" in node and isinstance(node.get("from"), dict):
        made.update(node["from"].get("fields", []))
    for key, value in node.items():
        if key == "encoding" and isinstance(value, dict):
            for channel in value.values():
                for entry in channel if isinstance(channel, list) else [channel]:
                    for part in (entry, entry.get("condition")) if isinstance(entry, dict) else ():
                        if isinstance(part, dict) and isinstance(part.get("field"), str):
                            drawn.add(part["field"].split(".")[0])
        _walk(value, made, drawn)
