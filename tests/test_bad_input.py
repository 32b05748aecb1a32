"""Each planted error gives a sentence with its address, exit code 1, no trace, and the old database stays."""

from pathlib import Path

import pytest


def edit(name, old, new, count=1):
    """Return a function that replaces text in a file of the project."""

    def apply(project: Path):
        path = project / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} does not hold {old!r}"
        path.write_text(text.replace(old, new, count), encoding="utf-8", newline="")

    return apply


def add(name, *lines):
    """Return a function that appends lines to a file of the project."""

    def apply(project: Path):
        with (project / name).open("a", encoding="utf-8", newline="") as file:
            file.write("".join(line + "\n" for line in lines))

    return apply


def raw(name, change):
    """Return a function that changes the bytes of a file of the project."""

    def apply(project: Path):
        (project / name).write_bytes(change((project / name).read_bytes()))

    return apply


HOTSPOTS, THEMES, ACTORS = "sources/hotspots.csv", "sources/themes.csv", "sources/actors.csv"
LEVELS, PARTNERSHIPS, SOURCES = "sources/partnership_levels.csv", "sources/partnerships.csv", "sources/sources.csv"
CODEBOOK, RULES, METADATA = "sources/datapackage.yml", "sources/rules.yml", "metadata.yml"
SOURCE = "test-1,{},A document,A publisher,2016,2026-11-23,press,en"

CASES = {
    "number that is a word": (
        edit(HOTSPOTS, "Baltic Sea,57.5", "Baltic Sea,north"), "sources/hotspots.csv, row 3 (baltic-sea), latitude: 'north' is not a number"),
    "number not a number": (
        edit(HOTSPOTS, "Baltic Sea,57.5", "Baltic Sea,NaN"), "(baltic-sea), latitude: 'NaN' is not a number"),
    "number with an exponent": (
        edit(HOTSPOTS, "Baltic Sea,57.5", "Baltic Sea,1e1"), "(baltic-sea), latitude: '1e1' is not a number"),
    "number out of bounds": (
        edit(HOTSPOTS, "Baltic Sea,57.5", "Baltic Sea,91.5"), "(baltic-sea), latitude: 91.5 is above 90"),
    "padded number": (
        edit(LEVELS, "all-weather,2,", "all-weather,02,"), "(all-weather), rank: '02' is not a whole number"),
    "number with a comma": (
        edit(LEVELS, "all-weather,2,", 'all-weather,"2,0",'), "(all-weather), rank: '2,0' is not a whole number"),
    "unknown code": (
        edit(ACTORS, "state,004", "nation,004"), "sources/actors.csv, row 2 (AFG), kind: 'nation' is not one of state, territory"),
    "unknown reference": (
        edit(PARTNERSHIPS, "rus-1996,RUS,", "rus-1996,RUX,"), "(rus-1996), partner_id: 'RUX' is not in sources/actors.csv"),
    "duplicate id": (
        add(THEMES, "taiwan,Taiwan again,Twice."), "(taiwan), id: 'taiwan' stands in row"),
    "id with capitals": (
        add(THEMES, "Two Words,Label,About."), "(Two Words), id: 'Two Words' does not have the form"),
    "month that does not exist": (
        edit(PARTNERSHIPS, "1996-04-25", "1996-13-25"), "(rus-1996), date: '1996-13-25' is not a date"),
    "day that does not exist": (
        edit(PARTNERSHIPS, "1996-04-25", "1996-02-30"), "(rus-1996), date: '1996-02-30' is not a date"),
    "date without zeros": (
        edit(PARTNERSHIPS, "1996-04-25", "1996-4-25"), "(rus-1996), date: '1996-4-25' is not a date"),
    "date with a time": (
        edit(PARTNERSHIPS, "1996-04-25", "1996-04-25T00:00"), "is not a date"),
    "empty required cell": (
        edit(PARTNERSHIPS, "1996-04-25", ""), "(rus-1996), date: is empty, but every row needs it"),
    "space at the end": (
        edit(THEMES, "taiwan,Taiwan,", "taiwan,Taiwan ,"), "(taiwan), label: 'Taiwan ' has a space at its start or end"),
    "formula of a spreadsheet": (
        edit(THEMES, "taiwan,Taiwan,", "taiwan,=cmd|' /C calc'!A0,"), "(taiwan), label: '=cmd|' /C calc'!A0' starts with '=', which spreadsheets"),
    "formula that starts with a sign": (
        edit(THEMES, "taiwan,Taiwan,", "taiwan,+1+cmd,"), "(taiwan), label: '+1+cmd' starts with '+'"),
    "formula that starts with an at": (
        edit(THEMES, "taiwan,Taiwan,", "taiwan,@SUM(1),"), "(taiwan), label: '@SUM(1)' starts with '@'"),
    "formula that starts with a minus": (
        edit(THEMES, "taiwan,Taiwan,", "taiwan,-cmd,"), "(taiwan), label: '-cmd' starts with '-'"),
    "zero-width space": (
        edit(THEMES, "taiwan,Taiwan,", "taiwan,Tai\u200bwan,"), "(taiwan), label: 'Tai\\u200bwan' holds the hidden character U+200B"),
    "text reversed by an override": (
        edit(THEMES, "taiwan,Taiwan,", "taiwan,\u202eTaiwan,"), "holds the hidden character U+202E"),
    "decomposed letters": (
        edit(THEMES, "taiwan,Taiwan,", "taiwan,Taiwa\u0301n,"), "is not in Unicode normal form C"),
    "missing column": (
        edit(THEMES, "id,label,about", "id,label"), "sources/themes.csv, row 1: column 'about' is missing"),
    "extra column": (
        edit(THEMES, "id,label,about", "id,label,about,colour"), "row 1: column 'colour' is not in sources/datapackage.yml"),
    "column twice": (
        edit(THEMES, "id,label,about", "id,label,about,label"), "row 1: column 'label' stands twice"),
    "columns in another order": (
        edit(THEMES, "id,label,about", "label,id,about"), "row 1: columns must stand in this order: id, label, about"),
    "ragged row": (
        add(THEMES, "lonely,Two cells"), "(lonely): has 2 cells, needs 3"),
    "blank line": (
        add(THEMES, ""), "has 0 cells, needs 3"),
    "quote that never closes": (
        add(THEMES, 'open,"never closed,Text.'), "not valid CSV near line"),
    "byte order mark": (
        raw(THEMES, lambda b: b"\xef\xbb\xbf" + b), "sources/themes.csv: starts with a byte order mark; run: python build_db.py tidy"),
    "carriage returns": (
        raw(THEMES, lambda b: b.replace(b"\n", b"\r\n")), "sources/themes.csv: has CRLF line ends; run: python build_db.py tidy"),
    "wrong encoding": (
        raw(ACTORS, lambda b: b.decode().encode("gb18030")), "sources/actors.csv, row 2: is not UTF-8"),
    "NUL character": (
        raw(THEMES, lambda b: b.replace(b"anti-bloc,", b"anti\0bloc,")), "sources/themes.csv, row 2: holds a NUL character"),
    "empty file": (
        raw(THEMES, lambda b: b""), "sources/themes.csv: the file is empty"),
    "missing file": (
        lambda project: (project / THEMES).unlink(), "sources/themes.csv: the file is missing"),
    "folder instead of a file": (
        lambda project: ((project / THEMES).unlink(), (project / THEMES).mkdir()), "sources/themes.csv: cannot be read: Is a directory"),
    "file without a table": (
        add("sources/colours.csv", "id"), "sources/colours.csv: no table of this name in sources/datapackage.yml"),
    "unused source": (
        add(SOURCES, SOURCE.format("https://example.org/a")), "(test-1): Every source is used by some row. [rule source_is_used]"),
    "source with a script": (
        add(SOURCES, SOURCE.format("javascript:alert(1)")), "(test-1), url: 'javascript:alert(1)' does not have the form"),
    "source with a fact's address twice": (
        lambda project: add(SOURCES, SOURCE.format((project / SOURCES).read_text(encoding="utf-8").splitlines()[1].split(",")[1]))(project),
        "(test-1), url:"),
    "event without a source": (
        add(PARTNERSHIPS, "tuv-2026,TUV,other,,,2026,established,,"), "(tuv-2026): Every partnership event has at least one source"),
    "codebook that is not YAML": (
        raw(CODEBOOK, lambda b: b + b"\n  - : ]"), "sources/datapackage.yml: line"),
    "codebook with an unknown key": (
        edit(CODEBOOK, "order_by: date", "orderby: date"), "sources/datapackage.yml, table partnerships: unknown key 'orderby'"),
    "codebook with an unknown type": (
        edit(CODEBOOK, "{name: rank, type: integer", "{name: rank, type: whole"), "type 'whole' must be one of"),
    "codebook with a key twice": (
        edit(CODEBOOK, "version: ", "version: 1.0.0\nversion: "), "key 'version' is given twice"),
    "codebook with a bad pattern": (
        edit(CODEBOOK, "pattern: '^[0-9]{3}$'", "pattern: '^[0-9{3}$'"), "pattern is not a regular expression"),
    "codebook with a code that YAML takes for false": (
        edit(CODEBOOK, "enum: [state, territory, organisation]", "enum: [state, no]"), "enum must be a list of text codes"),
    "codebook missing": (
        lambda project: (project / CODEBOOK).unlink(), "sources/datapackage.yml: the file is missing"),
    "rule with bad SQL": (
        add(RULES, "bad_rule:", "  table: themes", "  about: Bad.", "  sql: selekt id from themes"), "sources/rules.yml, rule bad_rule: its SQL does not run"),
    "rule that writes": (
        add(RULES, "bad_rule:", "  table: themes", "  about: Bad.", "  sql: delete from themes"), "rule bad_rule: its SQL does not run: attempt to write a readonly database"),
    "rule that lists no key": (
        add(RULES, "bad_rule:", "  table: themes", "  about: Bad.", "  sql: select 1 as one"), "rule bad_rule: its SQL must return key columns of themes"),
    "rule without a table": (
        add(RULES, "bad_rule:", "  about: Bad.", "  sql: select id from themes"), "rule bad_rule: a rule has exactly the keys table, about and sql"),
    "rule of an unknown table": (
        add(RULES, "bad_rule:", "  table: colours", "  about: Bad.", "  sql: select 1"), "rule bad_rule: there is no table 'colours'"),
    "query with bad SQL": (
        edit(METADATA, "select date, coalesce(actors.name, 'other')", "select date, colaesce(actors.name, 'other')"), "metadata.yml, query china_vetoes: its SQL does not run"),
    "query of an unknown column": (
        edit(METADATA, "select date, coalesce(actors.name, 'other')", "select dat, coalesce(actors.name, 'other')"), "query china_vetoes: its SQL does not run: no such column"),
    "query with an undescribed parameter": (
        edit(METADATA, "where sanctions_defiance.kind = 'veto'", "where sanctions_defiance.kind = :kind"), "query china_vetoes: parameter 'kind' is used but not described"),
    "query with an unknown key": (
        edit(METADATA, "question: When has China used", "qestion: When has China used"), "query china_vetoes: unknown key 'qestion'"),
    "chart of a field the query lacks": (
        edit(METADATA, "x: {field: year, type: ordinal", "x: {field: yeer, type: ordinal"), "its chart draws field 'yeer', which the query does not return"),
    "counted of another form": (
        edit(METADATA, "by: [year, domain]", "of: [year, domain]"), "query exercises_by_year: counted has a list of columns, by, and {column: SQL condition}, numbers"),
    "counted by a column that is not there": (
        edit(METADATA, "by: [year, domain]", "by: [year, colour]"), "query exercises_by_year: what its 'exercises' counts cannot be listed: no such column: colour"),
    "query on a topic that pages do not list": (
        edit(METADATA, "topic: Partnerships", "topic: Partnership"), "query partnerships_by_year: 'topic' is not one of Partnerships, Exercises,"),
    "facet of an unknown column": (
        edit(METADATA, "facets: [kind, region]", "facets: [kind, regoin]"), "metadata.yml, table actors: column 'regoin' does not exist"),
    "metadata of an unknown table": (
        edit(METADATA, "      actors: {", "      actor: {"), "metadata.yml, table actor: there is no such table"),
    "metadata that is not YAML": (
        edit(METADATA, "title: China", "title: [China"), "metadata.yml: line"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_planted_error_gets_a_sentence_with_an_address(name, project, run):
    (project / "coalition.db").write_bytes(b"the database that was there")
    plant, sentence = CASES[name]
    plant(project)
    code, output = run("build")
    assert code == 1
    assert sentence in output, output
    assert "Traceback" not in output
    assert (project / "coalition.db").read_bytes() == b"the database that was there"


@pytest.mark.parametrize("name", ["unknown code", "rule with bad SQL", "query with bad SQL"])
def test_check_tells_the_same_as_build(name, project, run):
    CASES[name][0](project)
    assert run("check") == run("build")


def test_every_problem_is_told_at_once(project, run):
    for name in ("number that is a word", "unknown code", "unknown reference", "duplicate id", "space at the end"):
        CASES[name][0](project)
    code, output = run("check")
    assert code == 1
    for name in ("number that is a word", "unknown code", "unknown reference", "duplicate id", "space at the end"):
        assert CASES[name][1] in output
    assert output.rstrip().splitlines()[-1].startswith(tuple("56789"))


def test_tidy_mends_what_it_may(project, run):
    CASES["byte order mark"][0](project)
    CASES["carriage returns"][0](project)
    assert run("check")[0] == 1
    assert run("tidy") == (0, "tidied sources/themes.csv\n")
    assert run("tidy") == (0, "Everything was tidy\n")
    assert run("check")[0] == 0


def test_tidy_leaves_alone_what_it_cannot_read(project, run):
    CASES["ragged row"][0](project)
    before = (project / THEMES).read_bytes()
    code, output = run("tidy")
    assert code == 1 and "has 2 cells, needs 3" in output
    assert (project / THEMES).read_bytes() == before
