with series(id, date, title, series) as (
  select id, start_date, name, 'the series ' || (select name from exercise_series where exercise_series.id = series_id)
  from exercises where series_id = (select series_id from exercises where id = :id)
  union all
  select partnerships.id, date, event || ', ' || date, 'the ladder of ' || actors.name
  from partnerships join actors on actors.id = partner_id
  where partner_id = (select partner_id from partnerships where id = :id)
  union all
  -- Of all statements, and of all events about one state, only the one before and the one after: each a step in an index.
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
  select id, date, title, 'sanctions events concerning ' || (select name from actors where actors.id = target_id)
  from (
    select * from (
      select near.id, near.date, near.target_id from sanctions_defiance as here join sanctions_defiance as near using (target_id)
      where here.id = :id and (near.date, near.id) <= (here.date, here.id) order by near.date desc, near.id desc limit 2
    )
    union all
    select * from (
      select near.id, near.date, near.target_id from sanctions_defiance as here join sanctions_defiance as near using (target_id)
      where here.id = :id and (near.date, near.id) > (here.date, here.id) order by near.date, near.id limit 1
    )
  ) join (select id, title from events) using (id)
),
placed as (
  select id, series, lag(id) over steps as previous_id, lag(title) over steps as previous_title,
    lead(id) over steps as next_id, lead(title) over steps as next_title
  from series window steps as (order by date, id)
)
select * from placed where id = :id
