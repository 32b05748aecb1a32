"""The page of the database: every named query by topic, and every table with what one row of it is."""

from datasette import hookimpl

from coalition.asking import named_queries
from coalition.codebook import own_codebook
from coalition.metadata import by_topic

codebook = own_codebook()
KINDS = {True: "Tables from the sources", False: "Tables that the build makes from them"}


def tables_by_kind(tables: list[dict]) -> dict[str, list[dict]]:
    """Return {heading: [{name, rows, description}]} of the tables of the codebook, in its order.

    `tables` are {name, count} as Datasette counts them; a count may be None.
    """
    rows = {table["name"]: table["count"] for table in tables}
    return {
        heading: [
            {"name": table.name, "rows": rows[table.name], "description": table.description}
            for table in codebook.tables
            if table.name in rows and (table.kind == "source") is source
        ]
        for source, heading in KINDS.items()
    }


@hookimpl
def extra_template_vars(datasette, template):
    if template != "database.html":
        return None
    return {"queries_by_topic": lambda: by_topic(named_queries(datasette)), "tables_by_kind": tables_by_kind}
