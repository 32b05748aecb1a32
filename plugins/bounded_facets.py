"""The facets of a filtered table count the newest of its rows, and say of how many."""

import json

from datasette import hookimpl
from datasette.database import QueryInterrupted
from datasette.facets import ArrayFacet, ColumnFacet, DateFacet

from coalition.bounding import MOST_FACETED, among, newest
from coalition.filtering import is_filter

FILTERS = ("_search", "_where", "_through")  # of Datasette's parameters, those that leave fewer rows


def is_filtered(args) -> bool:
    """Return whether the parameters of a table's page leave some of its rows out, other than by turning pages."""
    return any(is_filter(key) or key.startswith(FILTERS) for key in args)


def bounded(facet_results):
    """Return Facet.facet_results that counts MOST_FACETED rows at most."""

    async def bounded_results(self):
        if not self.get_configs():
            return [], []
        if self.table and not is_filtered(self.request.args):
            # Datasette leaves out what stands on the pages before; the counts of the whole table are known.
            self.sql = self.sql.split(" where ")[0].rstrip() + " "
            results, timed_out = await facet_results(self)
            return once(results), timed_out
        rows = await found(self) if newest(self.sql, MOST_FACETED) else []
        if rows is None:
            return [], [each["config"].get("column") or each["config"]["simple"] for each in self.get_configs()]
        if rows:
            self.sql = among(self.sql)
            # Datasette makes a list of no parameters.
            self.params = {**(self.params or {}), "_rows": json.dumps(rows[:MOST_FACETED])}
        results, timed_out = await facet_results(self)
        for result in results if len(rows) > MOST_FACETED else ():
            result["counted_rows"] = MOST_FACETED
        return once(results), timed_out

    return bounded_results


def once(results: list[dict]) -> list[dict]:
    """Return the facets without those that the reader asks for and the table has anyway."""
    return list({result["name"]: result for result in reversed(results)}.values())[::-1]


async def found(facet) -> list[int] | None:
    """Return the numbers of the rows that all facets of a page count, looked up once; None if that took too long."""
    if not hasattr(facet.request, "rows_found"):
        limit = facet.ds.setting("facet_time_limit_ms") * len(facet.get_configs())  # as they may take together
        sql = newest(facet.sql, MOST_FACETED)
        try:
            rows = await facet.ds.execute(facet.database, sql, facet.params, custom_time_limit=limit)
            facet.request.rows_found = [row[0] for row in rows]
        except QueryInterrupted:
            facet.request.rows_found = None
    return facet.request.rows_found


@hookimpl
def startup():
    for kind in (ArrayFacet, ColumnFacet, DateFacet):
        if kind.facet_results.__module__ == kind.__module__:  # a second site in one process finds it done
            kind.facet_results = bounded(kind.facet_results)
