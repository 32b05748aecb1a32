select themes.id, label from statement_themes join themes on themes.id = theme_id where statement_id = :id order by label
