select * from codebook_tables
