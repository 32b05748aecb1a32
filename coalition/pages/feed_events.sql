select id, type, date, title, summary, confidence from events order by date desc, id limit 50
