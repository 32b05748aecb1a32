-- A word may stand in nearly every row: the newest rows that hold it are ranked, not all. `most` says how many.
with found as (
  select events.*, bm25(events_fts) as score
  from events_fts cross join events on events.rowid = events_fts.rowid
  where events_fts match :words
    and (:type = '' or events.type = :type)
    and (:country = '' or exists (select 1 from event_actors where event_id = events.id and actor_id = :country))
    and instr(case :confidence when 'high' then 'high' when 'medium' then 'high medium' else 'high medium low' end, confidence)
    and (:from_year = '' or events.year >= :from_year) and (:to_year = '' or events.year <= :to_year)
  order by events_fts.rowid desc limit cast(:most as integer)
)
select id, type, date, title, summary, confidence from found order by score, date desc limit cast(:shown as integer)
