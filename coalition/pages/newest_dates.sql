-- The newest date of the events that each topic of queries counts; the row without a topic is for those of all four kinds.
with newest(topic, date) as (
  select 'Partnerships', max(date) from partnerships
  union all select 'Exercises', max(start_date) from exercises where status = 'conducted'
  union all select 'Statements', max(date) from statements
  union all select 'Sanctions', max(date) from sanctions_defiance
)
select topic, date from newest union all select '', max(date) from newest
