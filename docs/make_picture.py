"""Draw the README's picture from its named query: python docs/make_picture.py (after a build)."""

import sqlite3

import vl_convert

from coalition import ROOT
from coalition.codebook import read_codebook
from coalition.metadata import queries, read_metadata

NAME = "current_partners_by_level"

codebook, _ = read_codebook(ROOT / "sources")
query = queries(read_metadata(ROOT, codebook)[0])[NAME]
db = sqlite3.connect(ROOT / "coalition.db")
db.row_factory = sqlite3.Row
chart = {key: value for key, value in query["chart"].items() if key not in ("alt", "claim")}
spec = {
    **chart,
    "title": {
        "text": query["title"],
        "subtitle": f"China Coalition Dataset {codebook.version}, CC BY 4.0",
        "anchor": "start",
    },
    "data": {"values": [dict(row) for row in db.execute(query["sql"])]},
    "width": 420,
    "config": {"bar": {"color": "#8c2d19"}, "axis": {"labelLimit": 320}, "view": {"stroke": None}},
}
(ROOT / "docs" / "partners-by-level.png").write_bytes(vl_convert.vegalite_to_png(spec, scale=1.5))
