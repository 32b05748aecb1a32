-- As with events, `most` of the rows that hold the words are ranked.
with found as (
  select sources.*, bm25(sources_fts) as score from sources_fts cross join sources on sources.rowid = sources_fts.rowid
  where sources_fts match :words order by sources_fts.rowid desc limit cast(:most as integer)
)
select id, title, url, publisher, published from found order by score limit 20
