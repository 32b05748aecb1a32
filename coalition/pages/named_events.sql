select id, type, title from events where id in (select value from json_each(:names))
