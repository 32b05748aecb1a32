select date, was, now, reason from corrections where record_id = :id and table_name = :table_name order by date
