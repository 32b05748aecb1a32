select 'country/' || id as path from actors
