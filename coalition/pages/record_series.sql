with series(id, date, title, series) as (
  select id, start_date, name, 'the series ' || (select name from exercise_series where exercise_series.id = series_id)
  from exercises where series_id = (select series_id from exercises where id = :id)
  union all
  select partnerships.id, date, event || ', ' || date, 'the ladder of ' || actors.name
  from partnerships join actors on actors.id = partner_id
  where partner_id = (select partner_id from partnerships where id = :id)
  union all
  -- Of all statements, only the one before and the one after: the keys of the window are those of the index.
  select * from (
    select id, date, title, 'statements by date' from statements
    where (date, id) <= (select date, id from statements where id = :id) order by date desc, id desc limit 2
  )
  union all
  select * from (
    select id, date, title, 'statements by date' from statements
    where (date, id) > (select date, id from statements where id = :id) order by date, id limit 1
  )
  union all
  select sanctions_defiance.id, events.date, title, 'sanctions events concerning ' || actors.name
  from sanctions_defiance join events using (id) join actors on actors.id = target_id
  where target_id = (select target_id from sanctions_defiance where id = :id)
),
placed as (
  select id, series, lag(id) over steps as previous_id, lag(title) over steps as previous_title,
    lead(id) over steps as next_id, lead(title) over steps as next_title
  from series window steps as (order by date, id)
)
select * from placed where id = :id
