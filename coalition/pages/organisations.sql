select id, name from actors
where kind = 'organisation' and exists (select 1 from event_actors where actor_id = actors.id)
order by name
