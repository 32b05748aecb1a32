select events.id, type, date, title, confidence, source_count, group_concat(role, ', ') as roles,
  max(role in ('issuer', 'signatory')) and exists (
    select 1 from event_actors as china
    where china.event_id = events.id and china.actor_id = 'CHN' and china.role in ('issuer', 'signatory')
  ) as with_china
from event_actors join events on events.id = event_actors.event_id
where actor_id = :id and type <> 'partnership' group by events.id order by date desc, events.id
