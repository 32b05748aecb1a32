"""The key of a record leads to the record, and the address of a query to its answer."""

from datasette import hookimpl
from datasette.utils import tilde_encode
from markupsafe import Markup

from coalition.asking import named_queries
from coalition.metadata import DATABASE
from coalition.wording import TABLES

# Where a column of this name leads; tables have their own links.
PLACES = {
    "actor_id": "/country/",
    "partner_id": "/country/",
    "claim_id": "/claims#",
    "next_event_id": f"/{DATABASE}/sanctions_defiance/",
    **{f"{table.removesuffix('s')}_id": f"/{DATABASE}/{table}/" for table in TABLES.values()},
}


ANSWERS = {"query"}  # columns that may hold the name of a query with its parameters


@hookimpl
def render_cell(row, value, column, table, datasette):
    if column in ANSWERS and str(value).partition("?")[0] in named_queries(datasette):
        return Markup('<a href="{}">{}</a>').format(datasette.urls.path(f"/{DATABASE}/{value}"), value)
    if not value:
        return None
    if column == "record_id" and "table_name" in row.keys() and row["table_name"] in TABLES.values():  # noqa: SIM118
        place = f"/{DATABASE}/{row['table_name']}/"
    elif not table and column in PLACES:
        place = PLACES[column]
    else:
        return None
    return Markup('<a href="{}">{}</a>').format(datasette.urls.path(place + tilde_encode(str(value))), value)
