-- One row per state and year with at least one event.
select
  actors.id as actor_id, actors.name, events.year,
  count(distinct case when events.type = 'partnership' then event_id end) as partnership_events,
  count(distinct case when events.type = 'exercise' and exercises.status = 'conducted'
    and event_actors.role = 'participant' then event_id end) as exercises,
  count(distinct case when events.type = 'statement' and event_actors.role in ('issuer', 'signatory')
    and event_id in (select event_id from event_actors where actor_id = 'CHN' and role in ('issuer', 'signatory')) then event_id end) as statements,
  count(distinct case when events.type = 'sanctions_defiance' then event_id end) as sanctions_events
from event_actors
  join actors on actors.id = event_actors.actor_id
  join events on events.id = event_id
  left join exercises on exercises.id = event_id
where actors.kind in ('state', 'territory') and actors.id <> 'CHN'
group by actors.id, events.year
