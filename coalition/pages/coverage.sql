select * from coverage order by table_name, id
