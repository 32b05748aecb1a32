"""schema.org/Dataset on the start page and on tables, so that dataset search engines find them."""

from datasette import hookimpl

from coalition.asking import release
from coalition.codebook import own_codebook
from coalition.describing import dataset_jsonld, table_jsonld

codebook = own_codebook()
FILES = (
    ("coalition.db", "SQLite database", "application/vnd.sqlite3"),
    ("downloads/china-coalition-datapackage.zip", "Data Package (CSV)", "application/zip"),
    ("downloads/events.parquet", "Events as Parquet", "application/vnd.apache.parquet"),
)


@hookimpl
def extra_template_vars(datasette, request, view_name, table):
    if view_name not in ("index", "table"):
        return None

    async def described():
        about = await release(datasette)
        root = datasette.absolute_url(request, datasette.urls.instance())
        if view_name == "index":
            files = [{"url": root + path, "name": name, "format": kind} for path, name, kind in FILES]
            return {"jsonld": dataset_jsonld(about, root, files, codebook.package)}
        known = next((t for t in codebook.tables if t.name == table), None)
        if known is None:
            return {}
        columns = {column.name: column.description for column in (*known.columns, *known.derived)}
        parts = {"name": known.name, "title": known.title, "description": known.description, "columns": columns}
        return {"jsonld": table_jsonld(about, root, parts, codebook.package["licenses"][0]["path"])}

    return described
