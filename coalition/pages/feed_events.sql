select
  id, type, events.date, events.title, events.summary, confidence,
  china_position, coalesce(partnerships.note, exercises.note, statements.note, sanctions_defiance.note) as note
from events
  left join partnerships using (id) left join exercises using (id)
  left join statements using (id) left join sanctions_defiance using (id)
where exercises.status is not 'announced'
order by events.date desc, id limit 50
