select read_on, result, changed, note from readings where record_id = :id and table_name = :table_name order by read_on
