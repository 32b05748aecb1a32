"""Claims about paging: page by page or streamed, sorted by any column, a table gives every row exactly once."""

import csv
import io

import pytest

from coalition.paging import tie_broken
from tests.conftest import CODEBOOK

SORTED = [table for table in CODEBOOK.tables if table.kind != "view"]


@pytest.mark.parametrize("table", CODEBOOK.tables, ids=lambda table: table.name)
async def test_a_streamed_table_is_whole(served, table):
    (count,) = (await served.get_database("coalition").execute(f'select count(*) from "{table.name}"')).first()
    size = max(25, count // 40)  # many seams between pages, but not a thousand
    text = (await served.client.get(f"/coalition/{table.name}.csv?_stream=on&_size={size}")).text
    rows = list(csv.reader(io.StringIO(text, newline="")))[1:]
    assert len(rows) == len(set(map(tuple, rows))) == count


@pytest.mark.parametrize("direction", ["_sort", pytest.param("_sort_desc", marks=pytest.mark.long)])
@pytest.mark.parametrize("table", SORTED, ids=lambda table: table.name)
async def test_no_row_is_lost_between_pages_whatever_the_order(served, table, direction):
    database = served.get_database("coalition")
    (count,) = (await database.execute(f'select count(*) from "{table.name}"')).first()
    for column in (c.name for c in (*table.columns, *table.derived) if c.enum or c.is_date or c.type == "integer"):
        # The end of the first page is where rows were lost; put it into the middle of the longest tie.
        ties = f'select count(*) from "{table.name}" where "{column}" is not null group by "{column}" order by 1 desc'
        longest = (await database.execute(ties)).first()
        if not longest or longest[0] < 2:
            continue
        for size in (7, 60):
            if count <= size:
                continue
            first = await page(served, table.name, {direction: column, "_size": size})
            second = await page(served, table.name, {direction: column, "_size": size, "_next": first["next"]})
            both = [tuple(row.items()) for row in first["rows"] + second["rows"]]
            wide = await page(served, table.name, {direction: column, "_size": min(2 * size, 2000)})
            assert both == [tuple(row.items()) for row in wide["rows"]], (column, size)
            assert len(both) == min(2 * size, count)


async def page(served, table: str, args: dict) -> dict:
    args = {key: value for key, value in args.items() if value is not None}
    return (await served.client.get(f"/coalition/{table}.json", params={"_shape": "objects", **args})).json()


@pytest.mark.parametrize(
    ("sql", "ordered"),
    [
        ("select a from t order by b limit 5", "select a from t order by b, id limit 5"),
        ("select a from [t] where c order by b desc limit 5", "select a from [t] where c order by b desc, id limit 5"),
        ("select a from t order by id limit 5", "select a from t order by id limit 5"),
        ("select a from t order by b, id limit 5", "select a from t order by b, id limit 5"),
        ("select b from t group by b order by b limit 5", "select b from t group by b order by b limit 5"),
        ("select a from t join u order by b limit 5", "select a from t join u order by b limit 5"),
        ("select a from view order by b limit 5", "select a from view order by b limit 5"),
    ],
)  # fmt: skip
def test_only_the_first_page_of_a_table_is_touched(sql, ordered):
    assert tie_broken(sql, {"t": ["id"]}) == ordered
