-- The newest date of each table of events. Who reads event_actors reads all four; events is joined by all, for confidence.
with newest(table_name, date) as (
  select 'partnerships', max(date) from partnerships
  union all select 'exercises', max(start_date) from exercises where status = 'conducted'
  union all select 'statements', max(date) from statements
  union all select 'sanctions_defiance', max(date) from sanctions_defiance
)
select table_name, date from newest union all select 'event_actors', max(date) from newest
