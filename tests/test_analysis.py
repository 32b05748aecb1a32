"""Claims about analysis elsewhere: DuckDB, Polars and Arrow read the files as they are, and count as SQLite does."""

import sqlite3
import zipfile

import pytest

from coalition import ROOT
from coalition.exporting import PACKAGE, export
from tests.conftest import CODEBOOK

duckdb = pytest.importorskip("duckdb")
polars = pytest.importorskip("polars")
TABLES = [table for table in CODEBOOK.tables if table.name not in ("codebook_columns", "codebook_tables")]
SOURCES = CODEBOOK.sources


@pytest.fixture(scope="module")
def files(database, tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    export(ROOT, database, folder)
    with zipfile.ZipFile(folder / PACKAGE) as archive:
        archive.extractall(folder)
    return folder


def aggregates(columns) -> str:
    """Return SQL that any engine answers alike: rows, filled cells of each column, sums of whole numbers."""
    filled = [f'count("{column.name}")' for column in columns]
    sums = [f'sum("{column.name}")' for column in columns if column.type == "integer"]
    return ", ".join(["count(*)", *filled, *sums])


def by_sqlite(database, table, columns) -> list:
    with sqlite3.connect(database) as db:
        return plain(db.execute(f'select {aggregates(columns)} from "{table.name}"').fetchone())


def plain(row) -> list:
    return [None if value is None else int(value) for value in row]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_duckdb_counts_the_parquet_as_sqlite_its_table(files, database, table):
    columns = (*table.columns, *table.derived)
    path = files / f"{table.name}.parquet"
    (found,) = duckdb.sql(f"select {aggregates(columns)} from '{path}'").fetchall()
    assert plain(found) == by_sqlite(database, table, columns)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_polars_counts_the_parquet_as_sqlite_its_table(files, database, table):
    columns = (*table.columns, *table.derived)
    frame = polars.read_parquet(files / f"{table.name}.parquet")
    sums = [frame[column.name].sum() if frame[column.name].count() else None for column in columns
            if column.type == "integer"]  # fmt: skip
    found = [frame.height, *(frame[column.name].count() for column in columns), *sums]
    assert plain(found) == by_sqlite(database, table, columns)


@pytest.mark.parametrize("table", SOURCES, ids=lambda table: table.name)
def test_duckdb_counts_the_data_package_as_sqlite_its_table(files, database, table):
    types = {"string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE"}
    named = ", ".join(f"'{column.name}': '{types[column.type]}'" for column in table.columns)
    path = files / "data" / f"{table.name}.csv"
    found = duckdb.sql(f"select {aggregates(table.columns)} from read_csv('{path}', header=true, columns={{{named}}})")
    assert plain(found.fetchall()[0]) == by_sqlite(database, table, table.columns)


@pytest.mark.parametrize("table", SOURCES, ids=lambda table: table.name)
def test_polars_counts_the_data_package_as_sqlite_its_table(files, database, table):
    # The types that datapackage.json states; a guess from the first rows takes a year for a number and a date for one.
    kinds = {"string": polars.String, "integer": polars.Int64, "number": polars.Float64}
    schema = {column.name: kinds[column.type] for column in table.columns}
    frame = polars.read_csv(files / "data" / f"{table.name}.csv", schema=schema)
    found = [frame.height, *(frame[column.name].count() for column in table.columns)]
    assert found == by_sqlite(database, table, table.columns)[: len(found)]


def test_a_question_over_two_tables_has_one_answer_everywhere(files, database):
    sql = """
        select actors.region, count(*) as exercises from {participants} as participants
        join {actors} as actors on actors.id = participants.actor_id
        where participants.role = 'participant' group by actors.region order by exercises desc, region
    """
    names = {"participants": "exercise_participants", "actors": "actors"}
    with sqlite3.connect(database) as db:
        expected = db.execute(sql.format(**names)).fetchall()
    in_parquet = {key: f"'{files / name}.parquet'" for key, name in names.items()}
    assert duckdb.sql(sql.format(**in_parquet)).fetchall() == expected
    frames = {key: polars.read_parquet(files / f"{name}.parquet") for key, name in names.items()}
    joined = frames["participants"].join(frames["actors"], left_on="actor_id", right_on="id")
    counted = joined.filter(polars.col("role") == "participant").group_by("region").len()
    assert sorted(counted.rows(), key=str) == sorted(expected, key=str)
