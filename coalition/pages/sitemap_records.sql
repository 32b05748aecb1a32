select 'country/' || id as path from actors
union all select 'coalition/' || case type when 'partnership' then 'partnerships' when 'exercise' then 'exercises'
  when 'statement' then 'statements' else type end || '/' || id from events
