-- The records of one sitemap: events of a range of row numbers, which follow their dates.
select 'coalition/' || case type when 'partnership' then 'partnerships' when 'exercise' then 'exercises'
  when 'statement' then 'statements' else type end || '/' || id as path
from events where rowid > :after and rowid <= :after + :most order by date desc
