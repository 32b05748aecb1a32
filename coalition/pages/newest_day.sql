select max(date) as date from events
where not exists (select 1 from exercises where exercises.id = events.id and status = 'announced')
