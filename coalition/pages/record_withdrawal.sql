select date, reason from corrections
where record_id = :id and (table_name = :table_name or :table_name = 'events') and now = 'withdrawn'
order by date desc limit 1
