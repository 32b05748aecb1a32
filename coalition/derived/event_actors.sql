-- Who takes part in each event, over all four kinds.
select id as event_id, 'CHN' as actor_id, 'partner' as role from partnerships
union select id, partner_id, 'partner' from partnerships
union select exercise_id, actor_id, role from exercise_participants
union select statement_id, actor_id, role from statement_actors
union select id, actor_id, 'actor' from sanctions_defiance
union select id, target_id, 'target' from sanctions_defiance where target_id is not null
union select id, sanctioner_id, 'sanctioner' from sanctions_defiance where sanctioner_id is not null
order by 1, 2, 3
