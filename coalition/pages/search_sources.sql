select sources.id, sources.title, sources.url, sources.publisher, sources.published
from sources_fts join sources on sources.rowid = sources_fts.rowid
where sources_fts match :words order by bm25(sources_fts) limit 20
