"""Random requests to the site, as a curious reader, a broken program or an attacker would make them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from urllib.parse import quote, quote_from_bytes

FORMS = [
    "",
    ".json",
    ".csv",
    ".jsono",
    ".blob",
    ".svg",
    ".png",
    ".vl.json",
    ".embed",
    ".figure",
    ".html",
    ".db",
    ".xml",
]
PAGES = ["/", "/countries", "/country", "/charts", "/claims", "/codebook", "/search", "/search.json", "/developers",
         "/embedding", "/downloads", "/downloads/manifest.json", "/downloads/events.csv", "/coalition", "/coalition.json",
         "/coalition.csv", "/coalition.db", "/coalition/co_signers.records", "/feed.atom", "/sitemap.xml", "/robots.txt", "/favicon.ico", "/.json",
         "/_internal", "/_memory", "/_memory.json", "/static/site.css", "/static/embed.js", "/-/vega.js", "/-/health",
         "/-/metadata", "/-/metadata.json", "/-/versions.json", "/-/plugins.json", "/-/settings.json", "/-/config.json",
         "/-/threads", "/-/threads.json", "/-/databases.json", "/-/actor.json", "/-/auth-token", "/-/logout",
         "/-/permissions", "/-/messages", "/-/allow-debug", "/-/patterns", "/-/static/app.css", "/oembed", "/-/nothing",
         "/-/static-plugins/datasette_vega/x.js", "/-/auth-token?token=x"]  # fmt: skip
PARAMETERS = ["sql", "q", "_search", "_where", "_facet", "_facet_array", "_facet_date", "_facet_size", "_sort", "_sort_desc",
              "_next", "_size", "_shape", "_stream", "_labels", "_label", "_col", "_nocol", "_nofacet", "_nosuggest",
              "_nocount", "_trace", "_format", "_dl", "_header", "_ttl", "_json", "_json_infinity", "_blob_column",
              "_blob_hash", "_extra", "_searchmode", "_through", "_filter_column", "_filter_op", "_filter_value",
              "_filter_column_1", "_sort_by_desc", "_search_title", "_hide_sql", "_timelimit", "_facet_timelimit",
              "width", "height", "scale", "theme", "card", "v", "country", "type", "confidence", "from_year", "to_year",
              "id", "id__exact", "id__in", "id__gt", "title__contains", "title__like", "title__glob", "year__gte",
              "year__notin", "date__isnull", "actors__arraycontains", "date__date", "name__nothing", "rowid", "p0", "url",
              "format", "maxwidth", "maxheight", "callback", "token", "message", "message_type"]  # fmt: skip
VALUES = ["", "0", "1", "-1", "2016", "20000000000000000000", "1e309", "NaN", "max", "on", "off", "true", "null", "RUS", "CHN",
          "rus", "any", "high", "exercise", "id", "year", "actors", "title", "date", "rowid", "arrays", "objects", "object",
          "dark", "light", "Iran", "法国", "إيران", "a" * 5000, "\x00", "\r\nSet-Cookie: a=b", "\u202e", "\ufeff", "😀",
          "'", '"', "`", "[", "]", "[id]", "%", "%%", "%s", "{}", "{{7*7}}", "${7*7}", "../../etc/passwd",
          "..\\..\\windows", "file:///etc/passwd", "http://169.254.169.254/", "//evil.example", "javascript:alert(1)",
          "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "a,b,c", "1,2", '["a"]', "[", '{"a":1}',
          '{"table":"exercise_participants","column":"actor_id","value":"RUS"}', '{"table":"x","column":"y","value":"z"}',
          "NEAR(a b)", "a AND", "col:a", "*", "^", "-", "::1", "exercises-2016", "2016,joint-sea-2016"]  # fmt: skip
SQL = ["select 1", "select * from events limit 3", "select * from sqlite_master", "select * from pragma_database_list",
       "select :a, :b", "select", "selec 1", "select 1; drop table events", "drop table events", "delete from events",
       "update events set title = 1", "insert into events values (1)", "attach database '/tmp/x' as x", "vacuum",
       "pragma journal_mode = wal", "select load_extension('x')", "select zeroblob(1000000000)", "select randomblob(9)",
       "select abs(-9223372036854775808)", "select 9223372036854775808, 1e999, -1e999, null, x'00ff'", "select 1 as [a]]]",
       "with recursive n(i) as (select 1 union all select i + 1 from n limit 5000) select i from n", "explain select 1",
       "select * from events where title match 'a'", "select * from events_fts where events_fts match '\"'",
       "select json_extract('x', '$')", "select printf('%.*c', 100000000, 'x')", "select fts3_tokenizer('simple')", "values (1)",
       "select * from events_fts_config", "select * from current_partnerships", "select 1 /* */ -- :x", "select '\x00'",
       "select char(0), char(55296), cast(x'80' as text)", "select * from exercises, themes limit 10",
       "select group_concat(title) from events", "/* x */ select 1", "select 1 from (select 1", "select ?", "select ?1, @a, $b",
       "select 'a' as \"\", 'b' as \" \"", "select escape_fts('\"')"]  # fmt: skip
CONDITIONS = ["1=1", "0", "id = 'x'", "1=1) or (1=1", "id in (select id from events)", "nothing = 1", "1; drop table events",
              "title like '%a%'", "events_fts match 'a'", "rowid > 5", "randomblob(9) > 0", "load_extension('x')"]  # fmt: skip
TRAVERSALS = ["..", "%2e%2e", "%2e%2e%2f", "..%2f", "..%5c", "%252e%252e", "~2E~2E", ".", "%00", "etc", "passwd", "metadata.yml",
              "%c0%ae", "~2F", "~", "%", "%zz", "\\", "coalition.db%00.css", ".git", "config", "build_db.py", "a" * 300]  # fmt: skip
HEADERS = [(b"accept", b"application/json"), (b"accept-encoding", b"br"), (b"accept-encoding", b"gzip;q=x, *;q=nan"),
           (b"accept-language", b"\xff\xfe"), (b"if-none-match", b"*"), (b"if-none-match", b'W/"x", "y'),
           (b"range", b"bytes=0-0"), (b"range", b"bytes=5-1"), (b"range", b"bytes=" + b"0-1," * 200), (b"range", b"x"),
           (b"if-range", b"x"), (b"if-modified-since", b"yesterday"), (b"cookie", b"ds_actor=x; ds_messages=y"),
           (b"cookie", b"\xff=;;;="), (b"authorization", b"Bearer dstok_x"), (b"authorization", b"Basic !!"),
           (b"x-forwarded-host", b"evil.example"), (b"x-forwarded-proto", b"javascript"), (b"x-forwarded-for", b"127.0.0.1"),
           (b"content-type", b"application/json"), (b"referer", b"javascript:alert(1)"), (b"origin", b"null"),
           (b"user-agent", b"() { :;}; echo x"), (b"content-length", b"-1"), (b"x-http-method-override", b"DELETE")]  # fmt: skip
HOSTS = [b"localhost", b"127.0.0.1:8001", b"evil.example", b'a"><script>', b"", b"[::1]", b"x" * 300, b"\xff", b"a b"]
METHODS = ["GET"] * 60 + ["HEAD", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "FOO"]


@dataclass(frozen=True)
class Ask:
    """One request: the method, the path as it goes over the wire, the query string, and headers."""

    method: str
    raw_path: bytes
    query: bytes
    headers: list[tuple[bytes, bytes]]

    def __str__(self) -> str:
        return f"{self.method} {self.raw_path.decode('latin-1')}?{self.query.decode('latin-1')} {self.headers}"[:600]


class Fuzzer:
    """Requests of the site with these tables, queries and record ids; the same seed gives the same requests."""

    def __init__(self, seed: int, tables: list[str], queries: list[str], records: list[tuple[str, str]]):
        self.chance = random.Random(seed)
        self.tables, self.queries, self.records = tables, queries, records

    def ask(self) -> Ask:
        """Return the next request."""
        chance = self.chance
        path = self._path()
        path, _, query = path.partition("?")
        if chance.random() < 0.75:
            query = "&".join(self._parameter() for _ in range(chance.choice([1, 1, 1, 2, 2, 3, 6])))
        headers = [(b"host", chance.choice(HOSTS) if chance.random() < 0.1 else b"localhost")]
        headers += chance.sample(HEADERS, chance.choice([0, 0, 0, 1, 2]))
        return Ask(chance.choice(METHODS), path.encode("utf-8", "surrogateescape"), query.encode(), headers)

    def _path(self) -> str:
        chance = self.chance
        kind = chance.random()
        if kind < 0.25:
            path = chance.choice(PAGES)
        elif kind < 0.45:
            path = f"/coalition/{chance.choice(self.tables)}{chance.choice(FORMS)}"
        elif kind < 0.65:
            path = f"/coalition/{chance.choice(self.queries)}{chance.choice(FORMS)}"
        elif kind < 0.75:
            path = "/coalition/{}/{}{}".format(*chance.choice(self.records), chance.choice(FORMS))
        elif kind < 0.8:
            path = f"/country/{chance.choice(['RUS', 'rus', 'SCO', 'XXX', 'CHN', '1'])}{chance.choice(['', '.json', '.csv', '.x'])}"
        else:
            start = chance.choice(
                ["/", "/static/", "/-/static/", "/downloads/", "/coalition/", "/country/", "/-/static-plugins/"]
            )
            path = start + "/".join(chance.choice(TRAVERSALS) for _ in range(chance.randrange(1, 5)))
        if chance.random() < 0.1:
            path = self._spoilt(path)
        return path

    def _spoilt(self, path: str) -> str:
        chance = self.chance
        place = chance.randrange(1, len(path) + 1)
        odd = chance.choice(
            [quote_from_bytes(bytes([chance.randrange(256)])), "/", "//", "%", "~", "%0d%0a", ";", "%00", "\xe9"]
        )
        return path[:place] + odd + path[place + chance.randrange(2) :]

    def _parameter(self) -> str:
        chance = self.chance
        name = chance.choice(PARAMETERS)
        values = {"sql": SQL, "_where": CONDITIONS}.get(name, VALUES)
        if chance.random() < 0.15:
            values = chance.choice([SQL, CONDITIONS, VALUES, self.tables])
        value = chance.choice(values)
        if chance.random() < 0.1:
            value = "".join(
                chr(chance.choice([chance.randrange(32, 127), chance.randrange(1, 0xD7FF)])) for _ in range(12)
            )
        # Some programs forget to escape; bytes that are not UTF-8 arrive as well.
        return f"{quote(name)}={quote(value) if chance.random() < 0.97 else '%ff%fe' + quote(value[:20])}"
