-- The newest `most` events of an actor before the event :before_id of the day :before. Few are looked up one by one; of
-- `many`, as China and Russia have them, the newest are met soon when all events are walked through from the newest.
with newest as (
  select * from (
    select events.* from (select distinct event_id from event_actors where actor_id = :id) cross join events on events.id = event_id
    where not :many and type <> 'partnership' and (date < :before or (date = :before and events.id > :before_id))
    order by date desc, events.id limit cast(:most as integer)
  )
  union all
  select * from (
    select * from events
    where :many and type <> 'partnership' and exists (select 1 from event_actors where event_id = events.id and actor_id = :id)
      and date <= :before and (date < :before or id > :before_id)
    order by date desc, id limit cast(:most as integer)
  )
)
select newest.id, type, date, title, confidence, source_count,
  (select group_concat(role, ', ') from event_actors where event_id = newest.id and actor_id = :id) as roles,
  (select max(role in ('issuer', 'signatory')) from event_actors where event_id = newest.id and actor_id = :id)
  and exists (
    select 1 from event_actors as china
    where china.event_id = newest.id and china.actor_id = 'CHN' and china.role in ('issuer', 'signatory')
  ) as with_china
from newest order by date desc, newest.id
