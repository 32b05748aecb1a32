select * from codebook_columns order by table_name, position
