-- Every state, and the newest events: a sitemap holds at most 50,000 addresses (sitemaps.org), and 20,000 take 0.2 s.
select 'country/' || id as path from actors
union all select path from (
  select 'coalition/' || case type when 'partnership' then 'partnerships' when 'exercise' then 'exercises'
  when 'statement' then 'statements' else type end || '/' || id as path from events order by date desc limit 20000
)
