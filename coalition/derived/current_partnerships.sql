-- The latest status event of each partner; those that ended or were suspended are left out.
with ladder as (
  select
    partnerships.*,
    row_number() over (partition by partner_id order by date desc, rank, partnerships.id desc) as back,
    min(date) over (partition by partner_id) as first_designated,
    rank
  from partnerships join partnership_levels on partnership_levels.id = level_id
)
select
  partner_id, actors.name as partner, level_id, rank, label_en, label_zh, date as since, first_designated,
  ladder.id as partnership_id
from ladder join actors on actors.id = partner_id
where back = 1 and event not in ('ended', 'suspended')
