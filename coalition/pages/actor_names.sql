select name from actors order by name
