select actors.id, actors.name, actors.name_zh, role from event_actors join actors on actors.id = actor_id
where event_id = :id order by role, actors.name
