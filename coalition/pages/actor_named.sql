select id from actors where name = :called collate nocase
