select actors.id, actors.name, actors.name_zh, actors.kind
from actors_fts join actors on actors.rowid = actors_fts.rowid
where actors_fts match :words order by bm25(actors_fts) limit 10
