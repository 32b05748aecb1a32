-- One row per state or territory but China, with or without events.
with counted as (
  select
    event_actors.actor_id,
    count(distinct case when events.type = 'partnership' then event_id end) as partnership_events,
    count(distinct case when events.type = 'exercise' and exercises.status = 'conducted'
      and event_actors.role = 'participant' then event_id end) as exercises,
    count(distinct case when events.type = 'statement' and event_actors.role in ('issuer', 'signatory')
      and event_id in (select event_id from event_actors where actor_id = 'CHN' and role in ('issuer', 'signatory')) then event_id end) as statements,
    count(distinct case when events.type = 'sanctions_defiance' then event_id end) as sanctions_events
  from event_actors
    join events on events.id = event_id
    left join exercises on exercises.id = event_id
  group by event_actors.actor_id
),
joined as (
  select member_id, json_group_array(organisation_id) as memberships
  from (select * from memberships where status = 'member' and "left" is null order by member_id, organisation_id)
  group by member_id
)
select
  actors.id, actors.name, name_zh, region, subregion, level_id, rank, since,
  coalesce(partnership_events, 0) as partnership_events,
  coalesce(exercises, 0) as exercises,
  coalesce(statements, 0) as statements,
  coalesce(sanctions_events, 0) as sanctions_events,
  coalesce(memberships, '[]') as memberships
from actors
  left join current_partnerships on partner_id = actors.id
  left join counted on counted.actor_id = actors.id
  left join joined on member_id = actors.id
where actors.kind in ('state', 'territory') and actors.id <> 'CHN'
