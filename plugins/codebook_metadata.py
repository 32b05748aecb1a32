"""Titles, descriptions and column help of tables come from the codebook, so that they are written once."""

from datasette import hookimpl

from coalition.codebook import Codebook, own_codebook
from coalition.metadata import DATABASE


def table_metadata(codebook: Codebook) -> dict[str, dict]:
    """Return {table: {title, description, columns: {column: help}}}."""
    return {
        table.name: {
            "title": table.title,
            "description": table.description,
            "columns": {column.name: help_text(column) for column in (*table.columns, *table.derived)},
        }
        for table in codebook.tables
    }


def help_text(column) -> str:
    """Return a column's meaning with its unit and caveat."""
    parts = [column.description, f"Unit: {column.unit}." if column.unit else "", column.caveat]
    return " ".join(filter(None, parts))


codebook = own_codebook()
tables = table_metadata(codebook)


@hookimpl
def get_metadata(datasette, key, database, table):
    return {"databases": {DATABASE: {"tables": tables}}}
