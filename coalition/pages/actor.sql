select actors.*, current_partnerships.since, current_partnerships.first_designated,
  coalesce(current_partnerships.label_en, partnership_levels.label_en) as level, partnership_levels.rank
from actors
  left join current_partnerships on partner_id = actors.id
  left join partnership_levels on partnership_levels.id = level_id
where actors.id = :id
