select name, title, description from codebook_tables where name in ('partnerships', 'exercises', 'statements', 'sanctions_defiance')
