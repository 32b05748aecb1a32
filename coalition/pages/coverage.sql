select table_name, scope, gap from coverage order by table_name, id
