-- The latest status event of each partner among events of at least the confidence asked for.
with asked(asked, levels) as (values ('any', 'high medium low'), ('medium', 'high medium'), ('high', 'high')),
ladder as (
  select
    asked, partnerships.*, rank,
    row_number() over (partition by asked, partner_id order by partnerships.date desc, rank, partnerships.id desc) as back
  from asked, partnerships
    join events on events.id = partnerships.id and instr(levels, confidence)
    join partnership_levels on partnership_levels.id = level_id
)
select asked, partner_id, actors.name as partner, level_id, rank, date as since, ladder.id as partnership_id
from ladder join actors on actors.id = partner_id
where back = 1 and event not in ('ended', 'suspended')
