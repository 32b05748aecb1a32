select
  events.*, coalesce(exercises.end_date, sanctions_defiance.end_date) as end_date,
  china_position, coalesce(partnerships.note, exercises.note, statements.note, sanctions_defiance.note) as note,
  (select value from dataset where property = 'confidence_' || confidence) as rule
from events
  left join partnerships using (id) left join exercises using (id)
  left join statements using (id) left join sanctions_defiance using (id)
where id = :id
