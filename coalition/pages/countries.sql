select country_profile.*, partnership_levels.label_en as level
from country_profile left join partnership_levels on partnership_levels.id = level_id
where (:region = '' or region = :region)
  and (:standing = '' or (:standing = 'partner') = (level_id is not null))
order by
  case :sort when 'level' then coalesce(country_profile.rank, 99) end,
  case :sort when 'since' then since end desc,
  case :sort when 'exercises' then exercises when 'statements' then statements when 'sanctions_events' then sanctions_events end desc,
  country_profile.name
