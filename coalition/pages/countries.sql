select country_profile.*, partnership_levels.label_en as level
from country_profile left join partnership_levels on partnership_levels.id = level_id
order by name
