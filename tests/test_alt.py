"""Claims about alt texts: the numbers that a sentence names are those of the rows that are drawn."""

import re
import sqlite3
from xml.etree import ElementTree

import pytest

from coalition import ROOT
from coalition.charts.alt import PLACE, Unreadable, alt_text, fields
from coalition.metadata import queries, read_metadata
from tests.conftest import CODEBOOK

CHARTED = {n: q for n, q in queries(read_metadata(ROOT, CODEBOOK)[0]).items() if "chart" in q}
# The same places once more, as SQL over the rows: another way to the same numbers.
IN_SQL = [
    (r"rows", "select count(*) from drawn"),
    (r"count (\w+)", 'select count(distinct "{0}") from drawn'),
    (r"sum (\w+)", 'select coalesce(sum("{0}"), 0) from drawn'),
    (r"sum (\w+) where (\w+) is (.+)", """select coalesce(sum("{0}"), 0) from drawn where "{1}" = '{2}'"""),
    (r"first (\w+)", 'select min("{0}") from drawn'),
    (r"last (\w+)", 'select max("{0}") from drawn'),
    (r"top (\w+) by (\w+)", 'select "{0}" from drawn group by "{0}" order by sum("{1}") desc, min(rowid) limit 1'),
    (r"most (\w+) per (\w+)", 'select sum("{0}") as n from drawn group by "{1}" order by n desc limit 1'),
]


def by_sql(place: str, db: sqlite3.Connection) -> str:
    for form, sql in IN_SQL:
        if found := re.fullmatch(form, place):
            value = db.execute(sql.format(*found.groups())).fetchone()[0]
            return f"{round(value, 1):g}" if isinstance(value, float) else str(value)
    raise AssertionError(f"no SQL for {{{place}}}")


@pytest.mark.parametrize("name", CHARTED)
@pytest.mark.parametrize("confidence", ["any", "high"])
async def test_an_alt_text_names_the_numbers_of_its_rows(served, name, confidence):
    answer = await served.client.get(f"/coalition/{name}.json?_shape=array&_size=max&confidence={confidence}")
    rows = answer.json()
    if not rows:
        pytest.skip("no row of this confidence")
    db = sqlite3.connect(":memory:")
    names = list(rows[0])
    db.execute("create table drawn ({})".format(", ".join(f'"{column}"' for column in names)))
    db.executemany(f"insert into drawn values ({', '.join('?' * len(names))})", [tuple(row.values()) for row in rows])
    expected = PLACE.sub(lambda found: by_sql(found[1], db), CHARTED[name]["chart"]["alt"])
    picture = await served.client.get(f"/coalition/{name}.svg?confidence={confidence}")
    shown = ElementTree.fromstring(picture.text).find("{http://www.w3.org/2000/svg}desc").text
    assert shown.partition(" Chosen: ")[0].replace(",", "") == expected.replace(",", "")
    assert (f"Confidence: {confidence}" in shown) == (confidence == "high")


@pytest.mark.parametrize("name", CHARTED)
def test_an_alt_text_types_no_number_that_rows_could_change(name):
    query = CHARTED[name]
    template = query["chart"]["alt"]
    assert PLACE.search(template)
    typed = re.findall(r"\d+", PLACE.sub("", template))
    assert all(number in query["sql"] for number in typed), typed


def test_a_sentence_over_no_rows_still_reads():
    sentence = "{rows} rows, {sum n}, {first year}, {top who by n} {most n per who}"
    assert alt_text(sentence, []) == "0 rows, 0, none, none 0"


@pytest.mark.parametrize("place", ["{}", "{total n}", "{sum}", "{top who}", "{sum n where}"])
def test_a_place_of_no_known_form_is_refused(place):
    with pytest.raises(Unreadable, match="is none of"):
        fields(place)
