select id, date, event, label_en, label_zh, occasion, note from partnerships where partner_id = :id order by date, id
