"""Claims about the facts: the committed sources are valid, tidy, complete where completeness is promised."""

import csv

import pytest
import yaml
from frictionless import Package

from coalition import ROOT
from coalition.building import check_all
from coalition.tidying import is_tidy
from tests.conftest import CODEBOOK

TABLES = [table.name for table in CODEBOOK.sources]


def rows(name: str) -> list[dict]:
    with (ROOT / "sources" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_sources_have_no_problems():
    _, results = check_all(ROOT)
    assert all(result.offenders == 0 for result in results)
    assert len(results) >= 15


@pytest.mark.parametrize("name", TABLES)
def test_sources_are_tidy(name, codebook):
    assert is_tidy(ROOT / "sources" / f"{name}.csv", codebook.table(name)), "run: python build_db.py tidy"


def test_frictionless_accepts_the_data_package():
    descriptor = yaml.safe_load((ROOT / "sources" / "datapackage.yml").read_text(encoding="utf-8"))
    report = Package.from_descriptor(descriptor, basepath=str(ROOT / "sources")).validate()
    assert report.valid, report.flatten(["path", "rowNumber", "fieldName", "message"])
    assert len(report.tasks) == len(TABLES)


def test_every_column_has_a_meaning(codebook):
    for table in codebook.tables:
        assert table.description.endswith("."), table.name
        for column in (*table.columns, *table.derived):
            assert len(column.description) > 5, (table.name, column.name)


def test_examples_of_ids_are_of_records_that_exist(codebook):
    ids = {table.name: {row["id"] for row in rows(table.name)} for table in codebook.sources if "id" in table.names}
    for table in codebook.sources:
        for column in table.columns:
            of, _ = table.foreign_keys.get(column.name, (table.name if column.name == "id" else "", ""))
            assert not (of and column.example) or column.example in ids[of], (table.name, column.name, column.example)


def test_all_members_of_the_united_nations_are_actors():
    states = [row for row in rows("actors") if row["kind"] == "state"]
    assert len(states) == 195  # 193 members, Palestine and the Holy See
    assert all(row["name_zh"] and row["iso_numeric"] and row["subregion"] for row in states)


@pytest.mark.parametrize(
    ("organisation", "status", "count"),
    [
        ("SCO", "member", 10),
        ("EU", "member", 28),
        ("NATO", "member", 32),
        ("OECD", "member", 38),
        ("ASEAN", "member", 11),
        ("AU", "member", 55),
        ("LAS", "member", 22),
        ("BRICS", "partner", 10),
    ],
)
def test_memberships_are_complete(organisation, status, count):
    found = [r for r in rows("memberships") if (r["organisation_id"], r["status"]) == (organisation, status)]
    assert len(found) == count


def test_every_source_has_a_web_address():
    addresses = [row["url"] for row in rows("sources")]
    assert len(set(addresses)) == len(addresses)
    assert all(address.startswith(("http://", "https://")) for address in addresses)


def test_second_readings_are_of_rows_that_are_there(codebook):
    known = {name: {row["id"] for row in rows(name)} for name in codebook.table("readings").columns[0].enum}
    for row in rows("readings"):
        assert row["record_id"] in known[row["table_name"]]
