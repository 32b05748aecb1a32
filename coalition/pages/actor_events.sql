select events.id, type, date, title, confidence, group_concat(role, ', ') as roles
from event_actors join events on events.id = event_id
where actor_id = :id and type <> 'partnership' group by events.id order by date desc, events.id
