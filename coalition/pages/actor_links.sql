select count(*) as links from event_actors where actor_id = :id
