select actors.id, actors.name, actors.name_zh, actors.kind
from actors left join (select rowid, bm25(actors_fts) as score from actors_fts where actors_fts match :words) as found
  on found.rowid = actors.rowid
where score is not null or actors.id = upper(:question)
order by actors.id <> upper(:question), score limit 10
