with ranked as (
  select id, name, exercises + statements + sanctions_events as events,
    row_number() over (order by exercises + statements + sanctions_events desc, name) as place
  from country_profile where exercises + statements + sanctions_events > 0
)
select id, name, events, place from ranked
where abs(place - (select place from ranked where id = :id)) <= 2 order by place
