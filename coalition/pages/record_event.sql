select
  events.*, coalesce(exercises.end_date, sanctions_defiance.end_date) as end_date,
  (select value from dataset where property = 'confidence_' || confidence) as rule
from events left join exercises using (id) left join sanctions_defiance using (id)
where id = :id
