select id, type, date, title, confidence from events order by date desc, id limit 12
