with listed as (
  select country_profile.id, name, name_zh, region, level_id, country_profile.rank, label_en as level, since, exercises, statements,
    -- A state that imposes sanctions is no party to the conduct.
    (select count(distinct event_id) from event_actors join events on events.id = event_id
      where actor_id = country_profile.id and role in ('actor', 'target') and type = 'sanctions_defiance') as sanctions_events
  from country_profile left join partnership_levels on partnership_levels.id = level_id
)
select * from listed
where (:region = '' or region = :region)
  and (:standing = '' or :standing = case when level_id is null then 'none' when rank < 16 then 'partner' else 'relationship' end)
order by
  case :sort when 'level' then coalesce(rank, 99) end,
  case :sort when 'since' then since end desc,
  case :sort when 'exercises' then exercises when 'statements' then statements when 'sanctions_events' then sanctions_events end desc,
  name
