select actors.name, actors.id, status, joined from memberships join actors on actors.id = member_id
where organisation_id = :id and "left" is null order by status, actors.name
