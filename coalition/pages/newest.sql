select id, type, date, title, confidence from events
where not exists (select 1 from exercises where exercises.id = events.id and status = 'announced')
order by date desc, id limit 12
