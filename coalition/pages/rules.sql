select * from rules order by table_name, id
