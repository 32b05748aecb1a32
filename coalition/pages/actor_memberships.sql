select actors.name, actors.id, status, joined, "left" from memberships join actors on actors.id = organisation_id
where member_id = :id order by actors.name, joined
