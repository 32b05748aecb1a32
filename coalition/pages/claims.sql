select * from claims order by position
