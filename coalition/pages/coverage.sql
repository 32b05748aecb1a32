select table_name, scope, gap, lines from (
  select table_name, scope, gap, count(*) over (partition by table_name) as lines,
    row_number() over (partition by table_name order by as_of desc, id) as place
  from coverage
) where place <= 25 order by table_name, place
