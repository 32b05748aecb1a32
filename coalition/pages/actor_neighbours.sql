with ranked as (
  select id, name, exercises + statements as events, rank() over (order by exercises + statements desc) as place,
    row_number() over (order by exercises + statements desc, name) as nth
  from country_profile where exercises + statements > 0
)
select id, name, events, place from ranked where abs(nth - (select nth from ranked where id = :id)) <= 2 order by nth
