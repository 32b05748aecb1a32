"""The codebook, sources/datapackage.yml, as typed objects."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from coalition import ROOT
from coalition.problems import BadInput, Problem, problem
from coalition.yamlfile import read_yaml

FILE = "sources/datapackage.yml"
EDTF = "https://id.loc.gov/datatypes/edtf/EDTF-level0"
TYPES = {"string", "integer", "number"}
FIELD_KEYS = {"name", "type", "description", "rdfType", "constraints", "example", "unit", "caveat"}
CONSTRAINT_KEYS = {"required", "unique", "enum", "pattern", "minimum", "maximum"}
RESOURCE_KEYS = {"name", "path", "title", "description", "schema", "order_by", "derived"}
SCHEMA_KEYS = {"fields", "primaryKey", "uniqueKeys", "foreignKeys"}
PACKAGE_KEYS = {
    "$schema", "name", "title", "description", "version", "created", "keywords", "licenses", "contributors",
    "confidence", "x-shapes", "resources", "derived_tables",
}  # fmt: skip
DERIVED_KEYS = {"name", "kind", "title", "description", "order_by", "primaryKey", "fields"}


@dataclass(frozen=True)
class Column:
    """One column: its type (string, integer or number), meaning and constraints."""

    name: str
    type: str
    description: str
    required: bool = False
    unique: bool = False
    enum: tuple[str, ...] = ()
    pattern: str = ""
    minimum: float | None = None
    maximum: float | None = None
    is_date: bool = False
    unit: str = ""
    example: str = ""
    caveat: str = ""


@dataclass(frozen=True)
class Table:
    """One table: a CSV in sources/ (kind source), or a table or view that the build adds."""

    name: str
    kind: str
    title: str
    description: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    unique_keys: tuple[tuple[str, ...], ...] = ()
    foreign_keys: dict[str, tuple[str, str]] = field(default_factory=dict)
    order_by: str = ""
    derived: tuple[Column, ...] = ()

    @property
    def file(self) -> str:
        return f"sources/{self.name}.csv"

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def sort_key(self) -> list[str]:
        """Columns that order the canonical CSV: the primary key, else a unique key, else all."""
        return list(self.primary_key or (self.unique_keys[0] if self.unique_keys else self.names))


@dataclass(frozen=True)
class Codebook:
    """All tables in the order of the file, with the package's own properties."""

    package: dict
    tables: tuple[Table, ...]

    @property
    def sources(self) -> list[Table]:
        return [table for table in self.tables if table.kind == "source"]

    @property
    def derived(self) -> list[Table]:
        return [table for table in self.tables if table.kind != "source"]

    @property
    def version(self) -> str:
        return str(self.package["version"])

    def table(self, name: str) -> Table:
        """Return a table by name; KeyError if there is none."""
        return next((t for t in self.tables if t.name == name), None) or _missing(name)


def _missing(name: str):
    raise KeyError(name)


@lru_cache
def own_codebook() -> Codebook:
    """Return the codebook of this repository, which the site shows; raise BadInput if it cannot be read."""
    codebook, problems = read_codebook(ROOT / "sources")
    if codebook is None:
        raise BadInput(problems)
    return codebook


def read_codebook(sources: Path) -> tuple[Codebook | None, list[Problem]]:
    """Return (codebook, problems) from sources/datapackage.yml; no codebook when there are problems."""
    package, problems = read_yaml(sources / "datapackage.yml", FILE)
    if problems:
        return None, problems
    problems = list(package_problems(package))
    if problems:
        return None, problems
    tables = [_source_table(resource) for resource in package["resources"]]
    tables += [_derived_table(entry) for entry in package["derived_tables"]]
    return Codebook(package, tuple(tables)), []


def _column(entry: dict) -> Column:
    constraints = entry.get("constraints", {})
    return Column(
        name=entry["name"],
        type=entry["type"],
        description=entry["description"],
        required=constraints.get("required", False),
        unique=constraints.get("unique", False),
        enum=tuple(constraints.get("enum", ())),
        pattern=constraints.get("pattern", ""),
        minimum=constraints.get("minimum"),
        maximum=constraints.get("maximum"),
        is_date=entry.get("rdfType") == EDTF,
        unit=entry.get("unit", ""),
        example=str(entry.get("example", "")),
        caveat=entry.get("caveat", ""),
    )


def _source_table(entry: dict) -> Table:
    schema = entry["schema"]
    return Table(
        name=entry["name"],
        kind="source",
        title=entry["title"],
        description=entry["description"],
        columns=tuple(map(_column, schema["fields"])),
        primary_key=tuple(schema.get("primaryKey", ())),
        unique_keys=tuple(map(tuple, schema.get("uniqueKeys", ()))),
        foreign_keys={
            key["fields"][0]: (key["reference"]["resource"], key["reference"]["fields"][0])
            for key in schema.get("foreignKeys", ())
        },
        order_by=entry.get("order_by", ""),
        derived=tuple(map(_column, entry.get("derived", ()))),
    )


def _derived_table(entry: dict) -> Table:
    return Table(
        name=entry["name"],
        kind=entry["kind"],
        title=entry["title"],
        description=entry["description"],
        columns=tuple(map(_column, entry["fields"])),
        primary_key=tuple(entry.get("primaryKey", ())),
        order_by=entry.get("order_by", ""),
    )


def package_problems(package: dict):
    """Yield a Problem for everything in the codebook that the build could not work with."""
    yield from _unknown_keys(package, PACKAGE_KEYS, "")
    for key in ("name", "title", "description", "version", "licenses", "confidence", "resources", "derived_tables"):
        if not package.get(key):
            yield problem(FILE, f"'{key}' is missing", column=key)
    if not re.fullmatch(r"\d+\.\d+\.\d+", str(package.get("version", ""))):
        yield problem(FILE, f"version {package.get('version')!r} must be three numbers such as 1.0.0", column="version")
    resources = package.get("resources")
    if not isinstance(resources, list) or not all(isinstance(r, dict) for r in resources):
        yield problem(FILE, "must be a list of tables", column="resources")
        return
    columns = {r.get("name"): _field_names(r.get("schema")) for r in resources}
    if len(columns) < len(resources):
        yield problem(FILE, "two tables have the same name", column="resources")
    for resource in resources:
        yield from _resource_problems(resource, columns)
    derived = package.get("derived_tables")
    if not isinstance(derived, list) or not all(isinstance(d, dict) for d in derived):
        yield problem(FILE, "must be a list of tables", column="derived_tables")
        return
    for entry in derived:
        where = f"table {entry.get('name')}"
        yield from _unknown_keys(entry, DERIVED_KEYS, where)
        yield from _missing_keys(entry, ("name", "kind", "title", "description", "fields"), where)
        yield from _fields_problems(entry.get("fields"), where)
        if entry.get("kind") not in ("table", "view"):
            yield problem(FILE, f"kind {entry.get('kind')!r} must be table or view", key=where)
        if entry.get("order_by") and entry["order_by"] not in _field_names(entry):
            yield problem(
                FILE, f"order_by names column '{entry['order_by']}', which the table does not have", key=where
            )


def _field_names(schema) -> list[str]:
    fields = schema.get("fields") if isinstance(schema, dict) else None
    return [f.get("name") for f in fields if isinstance(f, dict)] if isinstance(fields, list) else []


def _resource_problems(resource: dict, columns: dict[str, list[str]]):
    where = f"table {resource.get('name')}"
    yield from _unknown_keys(resource, RESOURCE_KEYS, where)
    yield from _missing_keys(resource, ("name", "path", "title", "description", "schema"), where)
    if resource.get("path") != f"{resource.get('name')}.csv":
        yield problem(FILE, f"path must be '{resource.get('name')}.csv'", key=where)
    schema = resource.get("schema")
    if not isinstance(schema, dict):
        yield problem(FILE, "schema must be a mapping", key=where)
        return
    yield from _unknown_keys(schema, SCHEMA_KEYS, where)
    yield from _fields_problems(schema.get("fields"), where)
    yield from _fields_problems(resource.get("derived", []), where)
    own = columns.get(resource.get("name"), [])
    yield from _key_problems(resource, schema, own, columns, where)


def _key_problems(resource: dict, schema: dict, own: list[str], columns: dict[str, list[str]], where: str):
    keys = [schema.get("primaryKey", []), *_list(schema.get("uniqueKeys", []))]
    if resource.get("order_by"):
        keys.append([resource["order_by"]])
    for name in (name for key in keys for name in _list(key)):
        if name not in own:
            yield problem(FILE, f"key or order_by names column '{name}', which the table does not have", key=where)
    for key in _list(schema.get("foreignKeys", [])):
        try:
            (name,), (target,) = key["fields"], key["reference"]["fields"]
            if name not in own:
                yield problem(FILE, f"foreign key names column '{name}', which the table does not have", key=where)
            if target not in columns.get(key["reference"]["resource"], []):
                yield problem(FILE, f"foreign key of '{name}' points to a column that does not exist", key=where)
        except (KeyError, TypeError, ValueError):
            yield problem(FILE, "a foreign key needs one field and a reference with resource and one field", key=where)


def _list(value) -> list:
    return value if isinstance(value, list) else []


def _fields_problems(fields, where: str):
    if not isinstance(fields, list) or not all(isinstance(f, dict) for f in fields):
        yield problem(FILE, "fields must be a list of columns", key=where)
        return
    names = [f.get("name") for f in fields]
    for name in {n for n in names if names.count(n) > 1}:
        yield problem(FILE, f"column '{name}' is described twice", key=where)
    for entry in fields:
        yield from _field_problems(entry, where)


def _field_problems(entry: dict, table: str):
    where = f"{table}, column {entry.get('name')}"
    yield from _unknown_keys(entry, FIELD_KEYS, where)
    yield from _missing_keys(entry, ("name", "type", "description"), where)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", str(entry.get("name"))):
        yield problem(FILE, "a column name is lower-case letters, digits and underscores", key=where)
    if entry.get("type") not in TYPES:
        yield problem(FILE, f"type {entry.get('type')!r} must be one of {', '.join(sorted(TYPES))}", key=where)
    constraints = entry.get("constraints", {})
    if not isinstance(constraints, dict):
        yield problem(FILE, "constraints must be a mapping", key=where)
        return
    yield from _unknown_keys(constraints, CONSTRAINT_KEYS, where)
    yield from _constraint_problems(constraints, where)
    for key in ("description", "unit", "caveat"):
        if not isinstance(entry.get(key, ""), str):
            yield problem(FILE, f"{key} must be text", key=where)


def _constraint_problems(constraints: dict, where: str):
    for key in ("required", "unique"):
        if not isinstance(constraints.get(key, False), bool):
            yield problem(FILE, f"{key} must be true or false", key=where)
    for key in ("minimum", "maximum"):
        value = constraints.get(key, 0)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            yield problem(FILE, f"{key} must be a number", key=where)
    codes = constraints.get("enum", [])
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        yield problem(FILE, "enum must be a list of text codes (quote yes, no and numbers)", key=where)
    try:
        re.compile(constraints.get("pattern", ""))
    except (re.error, TypeError) as error:
        yield problem(FILE, f"pattern is not a regular expression: {error}", key=where)


def _unknown_keys(entry: dict, known: set[str], where: str):
    for key in entry:
        if key not in known:
            yield problem(FILE, f"unknown key '{key}'", key=where)


def _missing_keys(entry: dict, keys: tuple[str, ...], where: str):
    for key in keys:
        if not entry.get(key):
            yield problem(FILE, f"'{key}' is missing", key=where)
