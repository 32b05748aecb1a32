select themes.id, themes.label, count(*) as statements
from themes join themes_fts on themes_fts.rowid = themes.rowid join statement_themes on theme_id = themes.id
where themes_fts match :words
group by themes.id order by statements desc
