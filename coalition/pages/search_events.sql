select events.id, events.type, events.date, events.title, events.summary, events.confidence
from events_fts join events on events.rowid = events_fts.rowid
where events_fts match :words
  and (:type = '' or events.type = :type)
  and (:country = '' or exists (select 1 from event_actors where event_id = events.id and actor_id = :country))
  and instr(case :confidence when 'high' then 'high' when 'medium' then 'high medium' else 'high medium low' end, confidence)
  and (:from_year = '' or events.year >= :from_year) and (:to_year = '' or events.year <= :to_year)
order by bm25(events_fts), events.date desc limit 100
